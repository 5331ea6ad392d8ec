-- The sums of one identity rule, per filing and place (a row or a column).
-- rule_term holds the terms of every edition; a merged row (其他处理) weighs as
-- many terms as the rows that it replaces, and those are not in `cell`.
WITH side AS (
    SELECT c.filing_id, t.form, t.place,
           coalesce(sum(c.value) FILTER (t.side = 'expected'), 0) AS expected,
           coalesce(sum(c.value) FILTER (t.side = 'actual'), 0) AS actual,
           bool_or(c.status IN ('missing', 'unreadable')
                   OR t.is_total AND c.status = 'blank'
                   OR t.is_result AND c.status <> 'reported') AS unjudged,
           sum(t.weight) <> any_value(t.weight_needed) AS incomplete
    FROM rule_term AS t
    JOIN dim_filing AS f ON f.form = t.form
    JOIN cell AS c ON c.filing_id = f.filing_id AND c.form_table = t.form_table
                  AND c.row_code = t.row_code AND c.column_code = t.column_code
    WHERE t.rule = $rule
    GROUP BY c.filing_id, t.form, t.place
    HAVING NOT unjudged AND NOT incomplete AND expected <> actual
)
SELECT s.filing_id, s.place, s.expected, s.actual,
       list({'side': t.side, 'filing_id': s.filing_id, 'form_table': t.form_table,
             'row_code': t.row_code, 'column_code': t.column_code} ORDER BY t.term_no) AS cells
FROM side AS s
JOIN rule_term AS t ON t.rule = $rule AND t.form = s.form AND t.place = s.place
JOIN cell AS c ON c.filing_id = s.filing_id AND c.form_table = t.form_table
              AND c.row_code = t.row_code AND c.column_code = t.column_code
GROUP BY ALL
