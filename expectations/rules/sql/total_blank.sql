-- Totals that do not stand where a part does. A cell can be the total of a row
-- and of a column: it yields one issue, and the row's sum is preferred.
WITH gap AS (
    SELECT c.filing_id, t.form, t.rule, t.place, t.per, t.form_table, t.row_code, t.column_code, c.status
    FROM cell AS c
    JOIN dim_filing AS f ON f.filing_id = c.filing_id
    JOIN rule_term AS t ON t.form = f.form AND t.is_result AND t.form_table = c.form_table
                       AND t.row_code = c.row_code AND t.column_code = c.column_code
    WHERE c.status IN ('blank', 'not_applicable')
), part AS (
    SELECT g.filing_id, g.form, g.rule, g.place, g.per, g.form_table, g.row_code, g.column_code,
           coalesce(sum(c.value), 0) AS parts,
           NOT bool_or(c.status IN ('missing', 'unreadable') OR t.is_total AND c.status = 'blank')
               AND sum(t.weight) + 1 = any_value(t.weight_needed) AS known
    FROM gap AS g
    JOIN rule_term AS t ON t.rule = g.rule AND t.form = g.form AND t.place = g.place AND NOT t.is_result
    JOIN cell AS c ON c.filing_id = g.filing_id AND c.form_table = t.form_table
                  AND c.row_code = t.row_code AND c.column_code = t.column_code
    GROUP BY ALL
    HAVING bool_or(c.status = 'reported') AND (any_value(g.status) = 'blank' OR parts <> 0)
), one AS (
    SELECT * FROM part
    QUALIFY row_number() OVER (
        PARTITION BY filing_id, form_table, row_code, column_code ORDER BY known DESC, per = 'row' DESC, rule) = 1
)
SELECT o.filing_id, o.row_code || '.' || o.column_code AS place,
       CASE WHEN o.known THEN o.parts END AS expected, NULL AS actual,
       list({'side': t.side, 'filing_id': o.filing_id, 'form_table': t.form_table,
             'row_code': t.row_code, 'column_code': t.column_code} ORDER BY t.is_result DESC, t.term_no) AS cells
FROM one AS o
JOIN rule_term AS t ON t.rule = o.rule AND t.form = o.form AND t.place = o.place
JOIN cell AS c ON c.filing_id = o.filing_id AND c.form_table = t.form_table
              AND c.row_code = t.row_code AND c.column_code = t.column_code
GROUP BY ALL
