-- Agencies with the number of their current filings. {where} is made of fragments of dashboard.agencies.
SELECT a.agency_id, a.name, a.level::VARCHAR AS level, a.sector::VARCHAR AS sector, a.province, a.prefecture, a.county,
       coalesce(f.filings, 0) AS filings, f.first_year, f.last_year, coalesce(f.errors, 0)::BIGINT AS errors,
       coalesce(f.warnings, 0)::BIGINT AS warnings
FROM dim_agency a
LEFT JOIN (
    -- (live.listing knows the decisions made since the build.)
    SELECT agency_id, count(*) AS filings, min(report_year) AS first_year, max(report_year) AS last_year,
           sum(errors) AS errors, sum(warnings) AS warnings
    FROM live.listing
    GROUP BY agency_id
) f ON f.agency_id = a.agency_id
WHERE {where}
ORDER BY a.agency_id
LIMIT $page
