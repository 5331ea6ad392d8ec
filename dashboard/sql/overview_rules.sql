-- Open issues that nobody dismissed, by rule; and how many nobody has decided on.
SELECT m.rule, m.severity::VARCHAR AS severity, m.origin::VARCHAR AS origin, count(*) AS issues,
       count(DISTINCT m.filing_id) AS filings,
       count(*) FILTER (coalesce(d.decision, m.decision::VARCHAR) IS NULL) AS undecided
FROM mart_issue m
LEFT JOIN live.decided d ON d.issue_id = m.issue_id
WHERE m.state = 'open' AND coalesce(d.decision, m.decision::VARCHAR) IS DISTINCT FROM 'dismissed'
GROUP BY ALL
ORDER BY issues DESC, m.rule
