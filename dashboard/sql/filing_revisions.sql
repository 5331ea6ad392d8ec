-- All revisions of a report.
SELECT filing_id, revision, is_current, retrieved_at, published_on
FROM dim_filing
WHERE agency_id = $agency_id AND report_year = $report_year AND scope::VARCHAR = $scope
ORDER BY revision
