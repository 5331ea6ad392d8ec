-- 上年结转 of a year against 结转下年度 of the year before, per column.
-- A blank is not zero: an applicant's blank counts as nothing only where its row
-- has a figure for some applicant; a total must stand to be judged.
WITH side AS (
    SELECT c.filing_id, c.row_code, c.column_code, c.status, c.value, k.is_total,
           bool_or(c.status = 'reported' AND NOT k.is_total)
               OVER (PARTITION BY c.filing_id, c.row_code) AS row_is_split
    FROM cell AS c
    JOIN dim_filing AS f ON f.filing_id = c.filing_id
    JOIN rule_cell AS k ON k.form = f.form AND k.form_table = c.form_table
                       AND k.row_code = c.row_code AND k.column_code = c.column_code
    WHERE c.form_table = 'applications' AND c.row_code IN ('received_carried_over', 'carried_forward')
), figure AS (
    SELECT filing_id, row_code, column_code, coalesce(value, 0) AS value
    FROM side
    WHERE status = 'reported' OR status IN ('blank', 'not_applicable') AND NOT is_total AND row_is_split
)
SELECT p.filing_id, this.column_code::VARCHAR AS place, last.value AS expected, this.value AS actual,
       [{'side': 'actual', 'filing_id': p.filing_id, 'form_table': 'applications',
         'row_code': this.row_code::VARCHAR, 'column_code': this.column_code::VARCHAR},
        {'side': 'expected', 'filing_id': p.previous_id, 'form_table': 'applications',
         'row_code': last.row_code::VARCHAR, 'column_code': last.column_code::VARCHAR}] AS cells
FROM rule_previous AS p
JOIN dim_filing AS f ON f.filing_id = p.filing_id AND f.report_year >= $first_year
JOIN figure AS this ON this.filing_id = p.filing_id AND this.row_code = 'received_carried_over'
JOIN figure AS last ON last.filing_id = p.previous_id AND last.row_code = 'carried_forward'
                   AND last.column_code = this.column_code
WHERE this.value <> last.value
