-- 按部门类别（职能）和层级汇总，只取 own。
-- / Roll-up by sector (function) and level, own only.
-- @part rollup
SELECT report_year, basis, sector, level, {rollup}
FROM v_rollup_filings
WHERE basis = 'own'
GROUP BY report_year, basis, sector, level
