-- 表三 with nothing but totals, although there were applications. One applicant's
-- cell tells which filings to look at: few leave it blank.
WITH candidate AS (
    SELECT filing_id FROM cell
    WHERE form_table = 'applications' AND row_code = 'received_new' AND column_code = 'natural_person'
      AND status IN ('blank', 'not_applicable')
)
SELECT c.filing_id, 'applications' AS place, NULL AS expected, NULL AS actual,
       list({'side': 'actual', 'filing_id': c.filing_id, 'form_table': c.form_table::VARCHAR,
             'row_code': c.row_code::VARCHAR, 'column_code': c.column_code::VARCHAR} ORDER BY c.row_code)
           FILTER (c.column_code = 'total' AND c.value > 0) AS cells
FROM cell AS c
SEMI JOIN candidate AS k ON k.filing_id = c.filing_id
WHERE c.form_table = 'applications'
GROUP BY c.filing_id
HAVING bool_or(c.column_code = 'total' AND c.value > 0)
   AND bool_and(c.column_code = 'total' OR c.status IN ('blank', 'not_applicable'))
