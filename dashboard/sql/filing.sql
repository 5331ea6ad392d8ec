-- A filing's identifier begins with that of its agency; asking by both reads less of the table.
SELECT f.filing_id, f.agency_id, a.name AS agency_name, f.agency_as_filed, a.lineage_id,
       a.level::VARCHAR AS level, a.sector::VARCHAR AS sector, a.region_code, a.province, a.prefecture, a.county,
       f.report_year, f.scope::VARCHAR AS scope, f.form::VARCHAR AS form, f.title, f.url, f.media_type, f.sha256,
       f.published_on, f.retrieved_at, f.index_number, f.revision, f.is_current
FROM dim_filing f
JOIN dim_agency a ON a.agency_id = f.agency_id
WHERE f.filing_id = $filing_id AND f.agency_id = $agency_id
