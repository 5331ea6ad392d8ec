-- Figures of the prose that are not the tables': one issue per metric and figure.
-- An error only where a sentence is about what the filing is about, no blank
-- stands in the sum and the table's unit is known. Sentences about something else
-- (本机关 in a whole area's report) are not judged where one of their figures
-- stands beside the table's: the prose tells the two scopes apart. Amounts are compared at the precision of the coarser side,
-- rounded or cut off; a printed 0 may stand for anything below 0.1.
WITH stated AS (
    SELECT c.filing_id, c.metric, c.value, f.form, f.scope AS filing_scope, m.value AS expected, m.kind,
           m.label_zh, m.label_en, m.blanks,
           bool_or(c.scope = f.scope AND f.scope <> 'unknown') AS same_scope,
           bool_or('unknown' IN (c.scope, f.scope)) AS unknown_scope,
           arg_min(c.scope, c.claim_no) AS claim_scope, arg_min(c.sentence, c.claim_no) AS sentence
    FROM claim AS c
    JOIN dim_filing AS f ON f.filing_id = c.filing_id
    JOIN rule_metric_figure AS m ON m.filing_id = c.filing_id AND m.metric = c.metric
    GROUP BY ALL
), precise AS (
    SELECT *,
           CASE WHEN value = 0 THEN 0.1 ELSE list_filter([1, 0.1, 0.01, 0.001, 0.0001], lambda u: value % u = 0)[1]
           END AS unit_stated,
           CASE WHEN expected = 0 THEN 0.1
                ELSE list_filter([1, 0.1, 0.01, 0.001, 0.0001], lambda u: expected % u = 0)[1] END AS unit_filled
    FROM stated
), compared AS (
    SELECT *,
           CASE WHEN kind = 'count' THEN value = expected
                WHEN unit_stated >= unit_filled
                THEN 2 * (expected - value) >= -unit_stated AND expected - value < unit_stated
                ELSE 2 * (value - expected) >= -unit_filled AND value - expected < unit_filled END AS agrees
    FROM precise
), confirmed AS (
    SELECT filing_id, metric FROM compared WHERE agrees AND same_scope
), told_apart AS (
    SELECT DISTINCT filing_id, claim_scope
    FROM compared AS c
    WHERE NOT agrees AND NOT same_scope AND NOT unknown_scope
      AND EXISTS (SELECT 1 FROM confirmed AS o WHERE o.filing_id = c.filing_id AND o.metric = c.metric)
), mismatch AS (
    SELECT c.*, o.metric IS NOT NULL AS also_agrees,
           EXISTS (SELECT 1 FROM reading_issue AS r
                   WHERE r.rule = 'unit_unstated' AND r.filing_id = c.filing_id
                     AND contains('.' || c.metric, '.' || r.place)) AS unit_unstated,
           -- Rounded figures are ten thousand times each other by less than a twentieth.
           c.value > 0 AND c.expected > 0 AND (c.value / c.expected BETWEEN 9500 AND 10500
                                               OR c.expected / c.value BETWEEN 9500 AND 10500) AS times_10_000,
           rtrim(rtrim(CAST(c.expected AS DECIMAL(38,8))::VARCHAR, '0'), '.') AS filled, rtrim(rtrim(CAST(c.value AS DECIMAL(38,8))::VARCHAR, '0'), '.') AS told, rtrim(rtrim(CAST(CAST(c.value AS DECIMAL(38,4)) * 10000 AS DECIMAL(38,8))::VARCHAR, '0'), '.') AS told_yuan
    FROM compared AS c
    LEFT JOIN confirmed AS o ON o.filing_id = c.filing_id AND o.metric = c.metric
    LEFT JOIN told_apart AS a ON a.filing_id = c.filing_id AND a.claim_scope = c.claim_scope
    WHERE NOT c.agrees AND (c.same_scope OR c.unknown_scope OR a.filing_id IS NULL)
), meant AS (
    -- Another total that the figure equals: 收到 for 收到和结转, 办结 for 收到和结转 …
    SELECT v.filing_id, v.metric, v.value, arg_min(m.label_zh, a.preference) AS label_zh,
           arg_min(m.label_en, a.preference) AS label_en
    FROM mismatch AS v
    JOIN rule_alike AS a ON a.metric = v.metric
    JOIN rule_metric_figure AS m ON m.filing_id = v.filing_id AND m.metric = a.other AND m.value = v.value
    WHERE v.value <> 0
    GROUP BY ALL
), worded AS (
    SELECT v.*,
           CASE WHEN v.same_scope THEN ''
                WHEN v.unknown_scope THEN '这句话与报告的口径是否一致，本系统无法确定。'
                ELSE '这句话说的是' || cs.zh || '，而本报告的口径是' || fs.zh || '；如属不同口径，请在正文中写明。' END
           || CASE WHEN v.also_agrees THEN '正文另有一处与表格一致。' ELSE '' END
           || CASE WHEN v.unit_unstated THEN '表格没有写明金额单位。' ELSE '' END
           || CASE WHEN v.kind = 'amount' AND v.times_10_000
                   THEN '两者相差一万倍，应是把“元”和“万元”混用：表格按万元计为' || v.filled || '万元，正文合'
                        || v.told || '万元（' || v.told_yuan || '元）。如以正文为准，表格应填' || v.told
                        || '；如以表格为准，正文应写' || v.filled || '万元。' ELSE '' END
           || CASE WHEN t.metric IS NOT NULL THEN '正文的数字恰与' || t.label_zh || '相等，如指该数，请改用相应的表述。'
                   ELSE '' END AS note_zh,
           CASE WHEN v.same_scope THEN ''
                WHEN v.unknown_scope THEN 'Whether the sentence is about what the report is about is not known. '
                ELSE 'The sentence is about ' || cs.en || ', the report about ' || fs.en
                     || '; if they differ, the prose should say so. ' END
           || CASE WHEN v.also_agrees THEN 'Elsewhere the prose agrees with the table. ' ELSE '' END
           || CASE WHEN v.unit_unstated THEN 'The table does not say in which unit the amount is. ' ELSE '' END
           || CASE WHEN v.kind = 'amount' AND v.times_10_000
                   THEN 'One is ten thousand times the other, so that 元 and 万元 seem to be confused: the table has '
                        || v.filled || ' 万元, the prose ' || v.told || ' 万元 (' || v.told_yuan
                        || ' yuan). If the prose is right, the table should say ' || v.told
                        || '; if the table is, the prose should say ' || v.filled || ' 万元. ' ELSE '' END
           || CASE WHEN t.metric IS NOT NULL
                   THEN 'The figure of the prose equals ' || t.label_en || '; if that is meant, say so. '
                   ELSE '' END AS note_en
    FROM mismatch AS v
    LEFT JOIN meant AS t ON t.filing_id = v.filing_id AND t.metric = v.metric AND t.value = v.value
    LEFT JOIN rule_scope AS cs ON cs.scope = v.claim_scope
    LEFT JOIN rule_scope AS fs ON fs.scope = v.filing_scope
)
SELECT w.filing_id, w.metric AS place, w.expected, w.value AS actual,
       CASE WHEN w.same_scope AND w.blanks = 0 AND NOT w.unit_unstated THEN 'error' ELSE 'warning' END AS severity,
       MAP {'metric_zh': any_value(w.label_zh), 'metric_en': any_value(w.label_en), 'sentence': any_value(w.sentence),
            'note_zh': any_value(w.note_zh), 'note_en': any_value(w.note_en)} AS detail,
       list({'side': 'expected', 'filing_id': w.filing_id, 'form_table': m.form_table::VARCHAR, 'row_code': m.row_code::VARCHAR,
             'column_code': m.column_code::VARCHAR} ORDER BY k.sort_order) AS cells
FROM worded AS w
JOIN rule_metric AS m ON m.form = w.form AND m.metric = w.metric
JOIN cell AS c ON c.filing_id = w.filing_id AND c.form_table = m.form_table
              AND c.row_code = m.row_code AND c.column_code = m.column_code
JOIN rule_cell AS k ON k.form = m.form AND k.form_table = m.form_table
                   AND k.row_code = m.row_code AND k.column_code = m.column_code
GROUP BY w.filing_id, w.metric, w.expected, w.value, w.same_scope, w.blanks, w.unit_unstated
