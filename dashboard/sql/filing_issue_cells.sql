SELECT issue_id, form_table::VARCHAR AS form_table, row_code::VARCHAR AS row_code, column_code::VARCHAR AS column_code
FROM issue_cell
WHERE filing_id = $filing_id
