-- For each issue of a filing: the last decision on it, made before the build or since, and the cells involved.
SELECT m.issue_id, coalesce(d.decision, m.decision::VARCHAR) AS decision,
       CASE WHEN d.issue_id IS NULL THEN m.reason ELSE d.reason END AS reason,
       CASE WHEN d.issue_id IS NULL THEN m.role ELSE d.role END AS role,
       coalesce(d.decided_at, m.decided_at) AS decided_at,
       d.issue_id IS NOT NULL AS is_new_decision,
       m.decision_lapsed AND d.issue_id IS NULL AS decision_lapsed
FROM mart_issue m
LEFT JOIN live.decided d ON d.issue_id = m.issue_id
WHERE m.filing_id = $filing_id
