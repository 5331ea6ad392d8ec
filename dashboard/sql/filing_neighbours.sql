-- The agency's current filings of the same scope for the years before and after, through renames.
SELECT m.filing_id, m.report_year, m.form::VARCHAR AS form
FROM mart_filing m
WHERE m.is_current AND m.lineage_id = $lineage_id AND m.scope::VARCHAR = $scope
  AND m.report_year IN ($report_year - 1, $report_year + 1)
ORDER BY m.report_year, m.filing_id
