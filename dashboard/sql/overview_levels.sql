-- Current filings by year and level, and those of them with open errors of their own.
SELECT report_year, level::VARCHAR AS level, count(*) AS filings,
       count(*) FILTER (m.errors + coalesce(s.errors, 0) > 0) AS with_errors,
       count(*) FILTER (m.extraction_errors + m.extraction_warnings + m.extraction_remarks + coalesce(s.doubts, 0) > 0)
           AS with_doubts
FROM mart_filing m
LEFT JOIN live.shift s ON s.filing_id = m.filing_id
WHERE is_current
GROUP BY ALL
ORDER BY ALL
