-- Percentages of the prose against the tables. Where the prose does not name
-- what it is a percentage of, every plausible base must contradict it, and all
-- of them must be known. The figure printed may be rounded.
WITH stated AS (
    SELECT s.filing_id, s.statement_no, s.metric, s.base, s.value, s.sentence, f.form
    FROM statement AS s
    JOIN dim_filing AS f ON f.filing_id = s.filing_id
    WHERE s.kind = 'percentage' AND s.value IS NOT NULL
      AND (s.scope = f.scope OR 'unknown' IN (s.scope, f.scope))
), candidate AS (
    SELECT filing_id, statement_no, base FROM stated WHERE base IS NOT NULL
    UNION ALL
    SELECT s.filing_id, s.statement_no, b.base
    FROM stated AS s JOIN rule_base AS b ON b.form = s.form AND b.metric = s.metric
    WHERE s.base IS NULL
), ratio AS (
    SELECT s.filing_id, s.statement_no, s.form, s.metric, s.value, s.sentence, c.base,
           n.label_zh, n.label_en, d.label_zh AS base_zh, d.label_en AS base_en,
           n.value AS numerator, d.value AS denominator,
           CASE WHEN d.value <> 0 THEN round(100 * n.value / d.value, 2) END AS percent,
           $tolerance + CASE WHEN s.value % 1 = 0 THEN 0.5 WHEN s.value * 10 % 1 = 0 THEN 0.05 ELSE 0.005 END AS allowed
    FROM stated AS s
    JOIN candidate AS c ON c.filing_id = s.filing_id AND c.statement_no = s.statement_no
    JOIN rule_metric_figure AS n ON n.filing_id = s.filing_id AND n.metric = s.metric
    LEFT JOIN rule_metric_figure AS d ON d.filing_id = s.filing_id AND d.metric = c.base
), nearest AS (
    SELECT *
    FROM ratio
    WINDOW statement AS (PARTITION BY filing_id, statement_no)
    QUALIFY bool_and(denominator IS NOT NULL) OVER statement
        AND NOT coalesce(bool_or(abs(percent - value) <= allowed + 0.005) OVER statement, true)
        AND row_number() OVER (PARTITION BY filing_id, statement_no ORDER BY abs(percent - value), base) = 1
)
SELECT n.filing_id, n.metric AS place, n.percent AS expected, n.value AS actual,
       MAP {'metric_zh': any_value(n.label_zh), 'metric_en': any_value(n.label_en),
            'base_zh': any_value(n.base_zh), 'base_en': any_value(n.base_en),
            'numerator': any_value(n.numerator)::DECIMAL(38,0)::VARCHAR,
            'denominator': any_value(n.denominator)::DECIMAL(38,0)::VARCHAR,
            'sentence': any_value(n.sentence)} AS detail,
       list(DISTINCT {'side': CASE WHEN m.metric = n.metric THEN 'actual' ELSE 'expected' END,
                      'filing_id': n.filing_id, 'form_table': m.form_table::VARCHAR, 'row_code': m.row_code::VARCHAR,
                      'column_code': m.column_code::VARCHAR}) AS cells
FROM nearest AS n
JOIN rule_metric AS m ON m.form = n.form AND m.metric IN (n.metric, n.base)
JOIN cell AS c ON c.filing_id = n.filing_id AND c.form_table = m.form_table
              AND c.row_code = m.row_code AND c.column_code = m.column_code
GROUP BY n.filing_id, n.statement_no, n.metric, n.percent, n.value
