-- The sums of one identity rule that do not hold, per filing and place (a row or a column).
SELECT s.filing_id, s.place, s.expected, s.actual,
       list({'side': t.side, 'filing_id': s.filing_id, 'form_table': t.form_table::VARCHAR,
             'row_code': t.row_code::VARCHAR, 'column_code': t.column_code::VARCHAR} ORDER BY t.term_no) AS cells
FROM rule_sum AS s
JOIN rule_term AS t ON t.rule = s.rule AND t.form = s.form AND t.place = s.place
JOIN cell AS c ON c.filing_id = s.filing_id AND c.form_table = t.form_table
              AND c.row_code = t.row_code AND c.column_code = t.column_code
WHERE s.rule = $rule
GROUP BY ALL
