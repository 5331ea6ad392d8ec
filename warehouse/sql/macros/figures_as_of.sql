-- 截至某日（北京时间当日结束）所见报告的每个单元格（含合计），取当时最新的版本。用法：FROM figures_as_of(DATE '2024-03-01') WHERE agency_name = …。空白等 value 为空，不作零。
-- / Every cell (totals too) of the filings as they were known at the end of a day (Asia/Shanghai), of the latest revision retrieved by then. Use: FROM figures_as_of(DATE '2024-03-01') WHERE agency_name = …. A cell without a number has value NULL, not zero.
-- @parameters day
SELECT m.filing_id, m.agency_id, m.agency_name, m.report_year, m.scope, m.form, m.revision, m.retrieved_at,
       c.form_table, c.row_code, c.column_code, c.value, c.status
FROM filings_as_of(day) AS m
JOIN cell AS c ON c.filing_id = m.filing_id
