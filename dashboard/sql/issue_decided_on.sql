-- What a decision on an issue notes of it, by which it is found again when identifiers change.
SELECT coalesce(f.agency_id, q.agency_id) AS agency_id,
       coalesce(f.report_year, q.report_year) AS report_year, f.scope::VARCHAR AS scope,
       q.sha256, q.rule, q.place, q.expected, q.actual
FROM quality_issue q
LEFT JOIN dim_filing f ON f.filing_id = q.filing_id
WHERE q.issue_id = $issue_id
