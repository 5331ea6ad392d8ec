-- Current filings as the list shows them. What is to be filled in are fragments of dashboard.filings.
SELECT filing_id, agency_id, agency_name, level::VARCHAR AS level, sector::VARCHAR AS sector,
       region_code, province, prefecture, county, report_year, scope::VARCHAR AS scope, form::VARCHAR AS form,
       revision, published_on, received_new, errors, warnings, remarks, doubts
FROM live.listing m
WHERE {where}
ORDER BY {order}
