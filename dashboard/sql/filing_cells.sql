-- Cells of the filings between two identifiers: a filing's own, or last year's as well, which stand next to them.
SELECT filing_id,
       form_table::VARCHAR AS form_table, row_code::VARCHAR AS row_code, column_code::VARCHAR AS column_code,
       raw, value, status::VARCHAR AS status, page, bbox, locator, method
FROM cell
WHERE filing_id BETWEEN $first AND $last
