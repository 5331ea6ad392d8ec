-- Reported counts that are negative or not whole.
SELECT c.filing_id, c.row_code || '.' || c.column_code AS place, NULL AS expected, c.value AS actual,
       [{'side': 'actual', 'filing_id': c.filing_id, 'form_table': c.form_table::VARCHAR,
         'row_code': c.row_code::VARCHAR, 'column_code': c.column_code::VARCHAR}] AS cells
FROM cell AS c
JOIN dim_filing AS f ON f.filing_id = c.filing_id
JOIN rule_cell AS k ON k.form = f.form AND k.form_table = c.form_table
                   AND k.row_code = c.row_code AND k.column_code = c.column_code
WHERE k.kind = 'count' AND c.status = 'reported' AND (c.value < 0 OR c.value <> floor(c.value))
