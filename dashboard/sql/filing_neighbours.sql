-- The agency's current filings of the same scope for the years before and after, through renames.
SELECT filing_id, report_year, form::VARCHAR AS form
FROM live.listing
WHERE lineage_id = $lineage_id AND scope::VARCHAR = $scope AND report_year IN ($report_year - 1, $report_year + 1)
ORDER BY report_year, filing_id
