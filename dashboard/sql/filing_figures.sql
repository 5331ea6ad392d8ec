SELECT form_table::VARCHAR AS form_table, row_code::VARCHAR AS row_code, column_code::VARCHAR AS column_code,
       value, status::VARCHAR AS status
FROM cell
WHERE filing_id = $filing_id
