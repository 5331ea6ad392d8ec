-- Regions of agencies that have filings.
SELECT DISTINCT province, prefecture, county
FROM mart_filing
WHERE is_current AND province IS NOT NULL
ORDER BY min(region_code) OVER (PARTITION BY province), min(region_code) OVER (PARTITION BY province, prefecture),
         prefecture NULLS FIRST, county NULLS FIRST
