SELECT a.level::VARCHAR AS level, count(*) AS issues, count(DISTINCT m.filing_id) AS filings
FROM mart_issue m
LEFT JOIN dim_agency a ON a.agency_id = m.agency_id
LEFT JOIN live.decided d ON d.issue_id = m.issue_id
WHERE m.rule = $rule AND m.state = 'open' AND coalesce(d.decision, m.decision::VARCHAR) IS DISTINCT FROM 'dismissed'
GROUP BY a.level
ORDER BY a.level NULLS LAST
