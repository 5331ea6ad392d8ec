-- 截至某日（北京时间当日结束）所见的报告：每个机关、年度、口径一行，取当时最新的版本。用法：FROM filings_as_of(DATE '2024-03-01')。问题数是现在的，不列。数字同 mart_filing：合计照录所填，空白为空；为现在的读数，当时的读数见 figures_as_of。
-- / Filings as they were known at the end of a day (Asia/Shanghai): one row per agency, year and scope, the latest revision retrieved by then. Use: FROM filings_as_of(DATE '2024-03-01'). Numbers of issues are those of today and therefore left out. Figures as in mart_filing: totals as filed, blanks NULL; as they are read now, figures_as_of has them as they were read then.
-- @parameters day
SELECT * EXCLUDE (is_current, errors, warnings, remarks, extraction_errors, extraction_warnings, extraction_remarks)
FROM mart_filing
WHERE retrieved_at < day::DATE + INTERVAL 1 DAY - INTERVAL 8 HOUR
  AND (superseded_at IS NULL OR superseded_at >= day::DATE + INTERVAL 1 DAY - INTERVAL 8 HOUR)
