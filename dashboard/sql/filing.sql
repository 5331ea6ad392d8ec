-- A filing's identifier begins with that of its agency; what belongs to the agency is asked for apart, as planning a
-- join takes longer than both.
SELECT filing_id, agency_id, agency_as_filed, report_year, scope::VARCHAR AS scope, form::VARCHAR AS form, title, url,
       media_type, sha256, published_on, retrieved_at, index_number, revision, is_current,
       has_issues, has_decisions, has_unresolved
FROM live.filing
WHERE filing_id = $filing_id
