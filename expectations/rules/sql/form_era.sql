-- Filings on another edition of the form than the one in force for their year.
SELECT f.filing_id, 'form' AS place, e.form AS expected, f.form::VARCHAR AS actual, [] AS cells
FROM dim_filing AS f
JOIN rule_edition AS e ON f.report_year BETWEEN e.first_year AND e.last_year
WHERE f.form <> e.form
