-- The current filings of the agency, through renames.
SELECT filing_id, report_year, form::VARCHAR AS form, scope::VARCHAR AS scope
FROM live.listing
WHERE line = $line
