-- The issues of one revision as it shows them.
SELECT issue_id, rule, severity::VARCHAR AS severity, origin::VARCHAR AS origin, place, expected, actual,
       hint, hint_en, cause_group, message_zh, message_en, first_seen_at, resolved_at
FROM quality_issue
WHERE filing_id = $filing_id AND agency_id = $agency_id
