-- By province and year: current filings that there are, and filings that sources should have, found and not found.
WITH found AS (
    SELECT province, report_year, count(*) AS filings FROM mart_filing WHERE is_current GROUP BY ALL
), expected AS (
    SELECT a.province, e.report_year, count(*) AS expected, count(*) FILTER (NOT e.is_found) AS missing
    FROM v_coverage e
    LEFT JOIN dim_agency a ON a.agency_id = e.agency_id
    GROUP BY ALL
)
SELECT coalesce(found.province, expected.province) AS province,
       coalesce(found.report_year, expected.report_year) AS report_year, coalesce(filings, 0) AS filings, expected, missing
FROM found FULL JOIN expected ON found.province IS NOT DISTINCT FROM expected.province
                             AND found.report_year = expected.report_year
ORDER BY 1 NULLS LAST, 2
