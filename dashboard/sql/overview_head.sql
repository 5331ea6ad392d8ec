SELECT (SELECT strftime(built_at, '%Y-%m-%dT%H:%M:%S') FROM build_info) AS built_at,
       count(*) AS filings, count(DISTINCT lineage_id) AS agencies
FROM mart_filing
WHERE is_current
