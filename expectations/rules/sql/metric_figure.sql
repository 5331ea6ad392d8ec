-- What the tables say of every metric that the prose of a filing names: in a
-- claim, or as a percentage's numerator or denominator. A metric without a row
-- here cannot be judged: a cell of it is missing or unreadable, none is
-- reported, or a total is blank although its row has figures. Other blanks and
-- dashes beside reported cells count as nothing; `blanks` tells how many did.
WITH wanted AS (
    SELECT filing_id, metric FROM claim
    UNION
    SELECT c.filing_id, a.other FROM claim AS c JOIN rule_alike AS a ON a.metric = c.metric
    UNION
    SELECT filing_id, metric FROM statement WHERE kind = 'percentage'
    UNION
    SELECT filing_id, base FROM statement WHERE kind = 'percentage'
    UNION
    SELECT s.filing_id, b.base
    FROM statement AS s JOIN dim_filing AS f ON f.filing_id = s.filing_id
    JOIN rule_base AS b ON b.form = f.form AND b.metric = s.metric
    WHERE s.kind = 'percentage' AND s.base IS NULL
), term AS (
    SELECT w.filing_id, w.metric, m.label_zh, m.label_en, k.kind, c.form_table, c.row_code, c.column_code,
           c.status, c.value
    FROM wanted AS w
    JOIN dim_filing AS f ON f.filing_id = w.filing_id
    JOIN rule_metric AS m ON m.form = f.form AND m.metric = w.metric
    JOIN rule_cell AS k ON k.form = m.form AND k.form_table = m.form_table
                       AND k.row_code = m.row_code AND k.column_code = m.column_code
    JOIN cell AS c ON c.filing_id = w.filing_id AND c.form_table = m.form_table
                  AND c.row_code = m.row_code AND c.column_code = m.column_code
), hidden AS (
    SELECT DISTINCT t.filing_id, t.form_table, t.row_code
    FROM (SELECT DISTINCT filing_id, form_table, row_code FROM term
          WHERE status IN ('blank', 'not_applicable') AND column_code = 'total') AS t
    JOIN cell AS c ON c.filing_id = t.filing_id AND c.form_table = t.form_table AND c.row_code = t.row_code
    WHERE c.value <> 0
)
SELECT t.filing_id, t.metric, any_value(t.label_zh) AS label_zh, any_value(t.label_en) AS label_en,
       any_value(t.kind) AS kind, sum(t.value) AS value, count(*) FILTER (t.status = 'blank') AS blanks
FROM term AS t
LEFT JOIN hidden AS h ON h.filing_id = t.filing_id AND h.form_table = t.form_table AND h.row_code = t.row_code
                     AND t.column_code = 'total' AND t.status IN ('blank', 'not_applicable')
GROUP BY t.filing_id, t.metric
HAVING bool_or(t.status = 'reported')
   AND NOT bool_or(t.status IN ('missing', 'unreadable') OR h.filing_id IS NOT NULL)
