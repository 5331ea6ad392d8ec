SELECT form_table::VARCHAR AS form_table, row_code::VARCHAR AS row_code, column_code::VARCHAR AS column_code,
       raw, value, status::VARCHAR AS status, page, bbox, locator, method
FROM cell
WHERE filing_id = $filing_id
