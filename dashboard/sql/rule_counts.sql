-- By rule: open issues that nobody dismissed, the filings concerned, issues put right, decisions.
SELECT m.rule,
       count(*) FILTER (m.state = 'open' AND coalesce(d.decision, m.decision::VARCHAR) IS DISTINCT FROM 'dismissed') AS open,
       count(DISTINCT m.filing_id) FILTER (
           m.state = 'open' AND coalesce(d.decision, m.decision::VARCHAR) IS DISTINCT FROM 'dismissed') AS filings,
       count(*) FILTER (m.state = 'resolved') AS resolved,
       count(*) FILTER (coalesce(d.decision, m.decision::VARCHAR) = 'confirmed') AS confirmed,
       count(*) FILTER (coalesce(d.decision, m.decision::VARCHAR) = 'dismissed') AS dismissed,
       count(*) FILTER (coalesce(d.decision, m.decision::VARCHAR) = 'waiting') AS waiting
FROM mart_issue m
LEFT JOIN live.decided d ON d.issue_id = m.issue_id
GROUP BY m.rule
