SELECT DISTINCT e.report_year
FROM expected_filing e
WHERE e.agency_id = $agency_id
ORDER BY 1
