-- For every filing the revisions of last year's report that were corrected since
-- it was filed: the two stood side by side for a time. ``age`` counts back from
-- the current revision; ``resolved_at`` is when the next revision came.
WITH revision AS (
    SELECT filing_id, agency_id, report_year, scope, retrieved_at,
           lead(retrieved_at) OVER later AS next_at,
           row_number() OVER (PARTITION BY agency_id, report_year, scope ORDER BY revision DESC) - 1 AS age
    FROM dim_filing
    WINDOW later AS (PARTITION BY agency_id, report_year, scope ORDER BY revision)
)
SELECT p.filing_id, o.filing_id AS previous_id, o.age::INTEGER AS age, o.next_at AS resolved_at
FROM rule_previous AS p
JOIN revision AS this ON this.filing_id = p.filing_id
JOIN revision AS c ON c.filing_id = p.previous_id
JOIN revision AS o ON o.agency_id = c.agency_id AND o.report_year = c.report_year AND o.scope = c.scope
WHERE o.age > 0 AND o.next_at > this.retrieved_at AND (this.next_at IS NULL OR o.retrieved_at < this.next_at)
