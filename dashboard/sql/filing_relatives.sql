-- The agency's filings of the same scope, through renames: all revisions for the year, and the current ones for the
-- years before and after.
SELECT f.filing_id, f.report_year, f.form::VARCHAR AS form, f.revision, f.is_current, f.retrieved_at, f.published_on,
       f.agency_id
FROM mart_filing f
WHERE f.lineage_id = $lineage_id AND f.scope::VARCHAR = $scope
  AND (f.report_year = $report_year AND f.agency_id = $agency_id
       OR f.is_current AND f.report_year IN ($report_year - 1, $report_year + 1))
ORDER BY f.report_year, f.revision, f.filing_id
