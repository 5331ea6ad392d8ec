-- The two sides of every identity at every place of every filing, where it can be judged.
-- rule_term holds the terms of every edition; a merged row (其他处理) weighs as
-- many terms as the rows that it replaces, and those are not among the figures.
SELECT t.rule, t.form, t.place, c.filing_id,
       coalesce(sum(c.value) FILTER (t.side = 'expected'), 0) AS expected,
       coalesce(sum(c.value) FILTER (t.side = 'actual'), 0) AS actual
FROM rule_figure AS c
JOIN dim_filing AS f ON f.filing_id = c.filing_id
JOIN rule_term AS t ON t.form = f.form AND t.form_table = c.form_table
                   AND t.row_code = c.row_code AND t.column_code = c.column_code
GROUP BY t.rule, t.form, t.place, c.filing_id
HAVING NOT bool_or(c.status IN ('missing', 'unreadable')
                   OR t.is_total AND c.status = 'blank'
                   OR t.is_result AND c.status <> 'reported')
   AND sum(t.weight) = any_value(t.weight_needed)
