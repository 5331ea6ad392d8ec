-- Cases pending at the end of last year against all cases of this year, per block
-- of 表四: they were decided this year or are still pending. This year's total must
-- stand and its parts be readable; of total and sum the larger counts.
WITH block AS (
    SELECT c.filing_id, c.row_code,
           max(c.value) FILTER (c.column_code = 'pending') AS pending,
           max(c.value) FILTER (c.column_code = 'total') AS total,
           coalesce(sum(c.value) FILTER (c.column_code <> 'total'), 0) AS parts,
           bool_or(c.status IN ('missing', 'unreadable')) AS is_unknown
    FROM cell AS c
    WHERE c.form_table = 'review_litigation'
    GROUP BY c.filing_id, c.row_code
)
SELECT p.filing_id, this.row_code::VARCHAR AS place, last.pending AS expected, this.total AS actual,
       [{'side': 'actual', 'filing_id': p.filing_id, 'form_table': 'review_litigation',
         'row_code': this.row_code::VARCHAR, 'column_code': 'total'},
        {'side': 'expected', 'filing_id': p.previous_id, 'form_table': 'review_litigation',
         'row_code': this.row_code::VARCHAR, 'column_code': 'pending'}] AS cells
FROM rule_previous AS p
JOIN dim_filing AS f ON f.filing_id = p.filing_id AND f.report_year >= $first_year
JOIN block AS this ON this.filing_id = p.filing_id
JOIN block AS last ON last.filing_id = p.previous_id AND last.row_code = this.row_code
WHERE NOT this.is_unknown AND last.pending > greatest(this.total, this.parts) AND this.total IS NOT NULL
