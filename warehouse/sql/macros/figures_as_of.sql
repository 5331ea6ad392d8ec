-- 截至某日（北京时间当日结束）所见报告的每个单元格（含合计）：取当时最新的版本；此后读数变了的（figure_change），取当时的读数。用法：FROM figures_as_of(DATE '2024-03-01') WHERE agency_name = …。空白等 value 为空，不作零。
-- / Every cell (totals too) of the filings as they were known at the end of a day (Asia/Shanghai): of the latest revision retrieved by then, and as it was read then where its reading has changed since (figure_change). Use: FROM figures_as_of(DATE '2024-03-01') WHERE agency_name = …. A cell without a number has value NULL, not zero.
-- @parameters day
WITH later AS (
    SELECT filing_id, form_table, row_code, column_code,
           arg_min(struct_pack(value := value_before, status := status_before), changed_at) AS before
    FROM figure_change
    WHERE changed_at >= day::DATE + INTERVAL 1 DAY - INTERVAL 8 HOUR
    GROUP BY ALL
)
SELECT m.filing_id, m.agency_id, m.agency_name, m.report_year, m.scope, m.form, m.revision, m.retrieved_at,
       c.form_table, c.row_code, c.column_code,
       CASE WHEN l.filing_id IS NULL THEN c.value ELSE l.before.value END AS value,
       CASE WHEN l.filing_id IS NULL THEN c.status ELSE l.before.status END AS status
FROM filings_as_of(day) AS m
JOIN cell AS c ON c.filing_id = m.filing_id
LEFT JOIN later AS l ON l.filing_id = c.filing_id AND l.form_table = c.form_table AND l.row_code = c.row_code
                    AND l.column_code = c.column_code
WHERE l.filing_id IS NULL OR l.before.status IS NOT NULL
UNION ALL
SELECT m.filing_id, m.agency_id, m.agency_name, m.report_year, m.scope, m.form, m.revision, m.retrieved_at,
       l.form_table, l.row_code, l.column_code, l.before.value, l.before.status
FROM later AS l
ANTI JOIN cell AS c ON c.filing_id = l.filing_id AND c.form_table = l.form_table AND c.row_code = l.row_code
                   AND c.column_code = l.column_code
JOIN filings_as_of(day) AS m ON m.filing_id = l.filing_id
WHERE l.before.status IS NOT NULL
