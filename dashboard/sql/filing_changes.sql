-- Figures in which the revisions of a report differ, each against the revision before it.
SELECT filing_id, form_table::VARCHAR AS form_table, row_code::VARCHAR AS row_code, column_code::VARCHAR AS column_code,
       value_before, value_after, status_before::VARCHAR AS status_before, status_after::VARCHAR AS status_after
FROM mart_figure_change
WHERE list_contains($revisions, filing_id)
ORDER BY ALL
