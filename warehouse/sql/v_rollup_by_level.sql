-- 按层级汇总。
-- / Roll-up by level.
-- @part rollup
SELECT report_year, basis, level, {rollup}
FROM v_rollup_filings
WHERE basis IS NOT NULL
GROUP BY report_year, basis, level
