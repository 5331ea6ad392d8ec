-- The numbers in live.listing after other decisions: the former change is taken back, the present one made.
UPDATE live.listing AS l
SET errors = l.errors - s.errors, warnings = l.warnings - s.warnings, remarks = l.remarks - s.remarks,
    doubts = l.doubts - s.doubts
FROM live.shift s
WHERE s.filing_id = l.filing_id;
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
GROUP BY filing_id;
UPDATE live.listing AS l
SET errors = l.errors + s.errors, warnings = l.warnings + s.warnings, remarks = l.remarks + s.remarks,
    doubts = l.doubts + s.doubts
FROM live.shift s
WHERE s.filing_id = l.filing_id
