-- 表三 and 表四 with the same figures in the same cells as last year's report.
-- Only what is not zero is compared; tables with few figures may well be alike.
-- How much is alike is counted in cells that follow from no others.
WITH print AS (
    SELECT c.filing_id, count(*) AS filled, count(o.row_code) AS facts,
           count(DISTINCT c.value) FILTER (o.row_code IS NOT NULL) AS different,
           bit_xor(hash(c.form_table, c.row_code, c.column_code, c.value)) AS mark
    FROM cell AS c
    LEFT JOIN rule_own_fact AS o ON o.form_table = c.form_table AND o.row_code = c.row_code
                           AND o.column_code = c.column_code
    WHERE c.form_table IN ('applications', 'review_litigation') AND c.value <> 0
    GROUP BY c.filing_id
    HAVING facts >= $least_cells AND different >= $least_values
)
SELECT p.filing_id, 'applications' AS place, NULL AS expected, NULL AS actual,
       [{'side': 'actual', 'filing_id': p.filing_id, 'form_table': 'applications',
         'row_code': 'received_new', 'column_code': 'total'},
        {'side': 'expected', 'filing_id': p.previous_id, 'form_table': 'applications',
         'row_code': 'received_new', 'column_code': 'total'}] AS cells,
       MAP {'filled': this.filled::VARCHAR} AS detail
FROM rule_previous AS p
JOIN print AS this ON this.filing_id = p.filing_id
JOIN print AS last ON last.filing_id = p.previous_id
                  AND last.mark = this.mark AND last.filled = this.filled AND last.different = this.different
