-- 全部办结 although applications are carried forward, 均获维持 although another
-- result is reported. One issue per figure contradicted. Not where the sentence
-- itself states that figure (除2件结转外，均已办结), speaks of another scope, or of
-- last year's applications alone; 本年新收均已办结 only where more is carried
-- forward than was carried over.
WITH said AS (
    SELECT s.filing_id, s.statement_no, s.kind, s.metric, s.sentence,
           split_part(s.metric, '.', 2) AS item
    FROM statement AS s
    JOIN dim_filing AS f ON f.filing_id = s.filing_id
    WHERE s.kind IN ('all_concluded', 'all_upheld')
      AND (s.scope = f.scope OR 'unknown' IN (s.scope, f.scope))
), figure AS (
    SELECT c.filing_id, c.form_table::VARCHAR AS form_table, c.row_code::VARCHAR AS row_code,
           c.column_code::VARCHAR AS column_code, c.value
    FROM cell AS c
    WHERE c.filing_id IN (SELECT filing_id FROM said) AND c.status = 'reported'
      AND (c.form_table = 'applications' AND c.column_code = 'total'
           AND c.row_code IN ('carried_forward', 'received_carried_over')
           OR c.form_table = 'review_litigation' AND c.column_code IN ('corrected', 'other', 'pending'))
), contradicted AS (
    SELECT s.*, c.form_table, c.row_code, c.column_code, c.value
    FROM said AS s
    JOIN figure AS c ON c.filing_id = s.filing_id AND c.row_code = 'carried_forward' AND c.value > 0
    LEFT JOIN figure AS o ON o.filing_id = s.filing_id AND o.row_code = 'received_carried_over'
    WHERE s.kind = 'all_concluded' AND s.item IS DISTINCT FROM 'received_carried_over'
      AND (s.item IS DISTINCT FROM 'received_new' OR c.value > o.value)
    UNION ALL
    SELECT s.*, c.form_table, c.row_code, c.column_code, c.value
    FROM said AS s
    JOIN figure AS c ON c.filing_id = s.filing_id AND c.form_table = 'review_litigation' AND c.value > 0
    WHERE s.kind = 'all_upheld'
      AND (s.item IS NULL OR s.item = c.row_code OR s.item = 'litigation' AND starts_with(c.row_code, 'litigation_'))
      -- 已审结的均获维持 leaves open what is pending.
      AND NOT (c.column_code = 'pending' AND regexp_matches(s.sentence, '(^|[^未])(审结|结案|办结)'))
      -- A suit that was withdrawn was not lost.
      AND NOT (c.column_code = 'other' AND contains(s.sentence, '胜诉') AND NOT contains(s.sentence, '维持'))
)
SELECT c.filing_id, concat_ws('.', c.form_table, c.row_code, c.column_code) AS place,
       c.value AS expected, 0 AS actual,
       MAP {'said_zh': CASE WHEN c.kind = 'all_concluded' THEN '申请已全部办结'
                            WHEN arg_min(contains(c.sentence, '胜诉'), c.statement_no) THEN '诉讼均胜诉'
                            ELSE '结果均为维持' END,
            'said_en': CASE WHEN c.kind = 'all_concluded' THEN 'all applications were concluded'
                            WHEN arg_min(contains(c.sentence, '胜诉'), c.statement_no) THEN 'every suit was won'
                            ELSE 'every decision was upheld' END,
            'sentence': arg_min(c.sentence, c.statement_no)} AS detail,
       [{'side': 'expected', 'filing_id': c.filing_id, 'form_table': c.form_table,
         'row_code': c.row_code, 'column_code': c.column_code}] AS cells
FROM contradicted AS c
WHERE NOT EXISTS (
    SELECT 1 FROM claim AS k
    WHERE k.filing_id = c.filing_id AND k.sentence = c.sentence AND k.value > 0
      AND (k.metric = concat_ws('.', c.form_table, c.row_code, c.column_code)
           OR k.metric = 'review_litigation.litigation.' || c.column_code AND starts_with(c.row_code, 'litigation_')))
GROUP BY c.filing_id, c.kind, c.form_table, c.row_code, c.column_code, c.value
