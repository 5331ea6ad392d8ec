-- The issues of one revision as it shows them, each with the last decision on it, made before the build or since.
SELECT q.issue_id, q.rule, q.severity::VARCHAR AS severity, q.origin::VARCHAR AS origin, q.place, q.expected, q.actual,
       q.hint, q.hint_en, q.cause_group, q.message_zh, q.message_en, q.first_seen_at, q.resolved_at,
       coalesce(d.decision, m.decision::VARCHAR) AS decision,
       CASE WHEN d.issue_id IS NULL THEN m.reason ELSE d.reason END AS reason,
       CASE WHEN d.issue_id IS NULL THEN m.role ELSE d.role END AS role,
       coalesce(d.decided_at, m.decided_at) AS decided_at,
       d.issue_id IS NOT NULL AS is_new_decision,
       coalesce(m.decision_lapsed, false) AND d.issue_id IS NULL AS decision_lapsed,
       coalesce(c.cells, []) AS cells
FROM quality_issue q
LEFT JOIN mart_issue m ON m.issue_id = q.issue_id AND m.filing_id = $filing_id
LEFT JOIN live.decided d ON d.issue_id = q.issue_id
LEFT JOIN (
    SELECT issue_id, list([form_table::VARCHAR, row_code::VARCHAR, column_code::VARCHAR]
                          ORDER BY form_table, row_code, column_code) AS cells
    FROM issue_cell
    WHERE filing_id = $filing_id
    GROUP BY issue_id
) c ON c.issue_id = q.issue_id
WHERE q.filing_id = $filing_id
