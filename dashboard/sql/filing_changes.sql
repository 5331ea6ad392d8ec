-- Figures that this revision changed against the one before it.
SELECT form_table::VARCHAR AS form_table, row_code::VARCHAR AS row_code, column_code::VARCHAR AS column_code,
       value_before, value_after, status_before::VARCHAR AS status_before, status_after::VARCHAR AS status_after
FROM mart_figure_change
WHERE filing_id = $filing_id
ORDER BY ALL
