-- Current filings as the list shows them. What is to be filled in are fragments of dashboard.filings.
SELECT m.filing_id, m.agency_id, m.agency_name, m.level::VARCHAR AS level, m.sector::VARCHAR AS sector,
       m.region_code, m.province, m.prefecture, m.county, m.report_year, m.scope::VARCHAR AS scope,
       m.form::VARCHAR AS form, m.revision, m.published_on, m.received_new,
       m.errors + coalesce(s.errors, 0) AS errors, m.warnings + coalesce(s.warnings, 0) AS warnings,
       m.remarks + coalesce(s.remarks, 0) AS remarks,
       m.extraction_errors + m.extraction_warnings + m.extraction_remarks + coalesce(s.doubts, 0) AS doubts
FROM mart_filing m
LEFT JOIN live.shift s ON s.filing_id = m.filing_id
WHERE {where}
ORDER BY {order}
LIMIT $page
