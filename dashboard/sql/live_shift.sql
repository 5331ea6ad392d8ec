DELETE FROM live.shift;
INSERT INTO live.shift
SELECT filing_id,
       coalesce(sum(step) FILTER (severity = 'error' AND origin = 'filing'), 0),
       coalesce(sum(step) FILTER (severity = 'warning' AND origin = 'filing'), 0),
       coalesce(sum(step) FILTER (severity = 'info' AND origin = 'filing'), 0),
       coalesce(sum(step) FILTER (origin = 'extraction'), 0)
FROM (
    SELECT m.filing_id, m.severity, m.origin,
           (m.decision IS NOT DISTINCT FROM 'dismissed')::INTEGER - (d.decision = 'dismissed')::INTEGER AS step
    FROM live.decided d
    JOIN mart_issue m ON m.issue_id = d.issue_id
    WHERE m.state = 'open' AND m.filing_id IS NOT NULL
)
WHERE step <> 0
GROUP BY filing_id
