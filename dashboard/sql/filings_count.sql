SELECT count(*) AS filings
FROM mart_filing m
LEFT JOIN live.shift s ON s.filing_id = m.filing_id
WHERE {where}
