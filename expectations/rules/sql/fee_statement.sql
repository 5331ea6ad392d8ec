-- No fees, says the prose, although applications ended because a fee asked for
-- was not paid, or although it says elsewhere that fees were charged.
WITH none AS (
    SELECT s.filing_id, s.scope, arg_min(s.sentence, s.statement_no) AS sentence,
           bool_or(contains(s.sentence, '通知')) AS no_notice
    FROM statement AS s
    WHERE s.kind = 'no_fees'
    GROUP BY s.filing_id, s.scope
), unpaid AS (
    SELECT c.filing_id, coalesce(max(c.value) FILTER (c.column_code = 'total'), sum(c.value)) AS value
    FROM cell AS c
    WHERE c.form_table = 'applications' AND c.row_code = 'other.fee_not_paid_in_time'
      AND c.filing_id IN (SELECT filing_id FROM none)
    GROUP BY c.filing_id
)
SELECT n.filing_id, 'applications.other.fee_not_paid_in_time.total' AS place, u.value AS expected, 0 AS actual,
       MAP {'but_zh': '而表三“（六）其他处理·2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请”填有'
                || rtrim(rtrim(u.value::DECIMAL(38,4)::VARCHAR, '0'), '.')
                || CASE WHEN n.no_notice THEN '件，说明发出过收费通知'
                        ELSE '件，说明发出过收费通知，正文应写明通知的件数和金额' END,
            'but_en': 'but table 3 reports that applications ended because a fee that had been asked for was not paid: '
                || rtrim(rtrim(u.value::DECIMAL(38,4)::VARCHAR, '0'), '.'),
            'sentence': any_value(n.sentence)} AS detail,
       [{'side': 'expected', 'filing_id': n.filing_id, 'form_table': 'applications',
         'row_code': 'other.fee_not_paid_in_time', 'column_code': 'total'}] AS cells
FROM none AS n
JOIN dim_filing AS f ON f.filing_id = n.filing_id AND (n.scope = f.scope OR 'unknown' IN (n.scope, f.scope))
JOIN unpaid AS u ON u.filing_id = n.filing_id AND u.value > 0
GROUP BY n.filing_id, u.value, n.no_notice
UNION ALL
-- A notice without an amount contradicts only that no notice was issued.
SELECT n.filing_id, 'fees' AS place, max(c.value) AS expected, CASE WHEN max(c.value) > 0 THEN 0 END AS actual,
       MAP {'but_zh': '而正文另有一处说收取了费用或者发出了收费通知：“' || left(arg_min(c.sentence, c.statement_no), 80) || '”',
            'but_en': 'but elsewhere the prose says that fees were charged or asked for: “'
                || left(arg_min(c.sentence, c.statement_no), 80) || '”',
            'sentence': any_value(n.sentence)} AS detail,
       [] AS cells
FROM none AS n
JOIN statement AS c ON c.filing_id = n.filing_id AND c.scope = n.scope AND c.kind = 'fees_charged'
                   AND (c.value > 0 OR c.value IS NULL AND n.no_notice)
GROUP BY n.filing_id, n.scope
