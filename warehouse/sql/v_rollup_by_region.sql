-- 按省、地市和层级汇总。
-- / Roll-up by province, prefecture and level.
-- @part rollup
SELECT report_year, basis, level, province, prefecture, {rollup}
FROM v_rollup_filings
WHERE basis IS NOT NULL
GROUP BY report_year, basis, level, province, prefecture
