SELECT a.agency_id, a.name, a.level::VARCHAR AS level, a.sector::VARCHAR AS sector, a.region_code, a.province, a.prefecture,
       a.county, a.parent_agency_id, p.name AS parent_name, a.valid_from, a.valid_to, a.successor_id,
       s.name AS successor_name, a.lineage_id, a.is_registered
FROM dim_agency a
LEFT JOIN dim_agency p ON p.agency_id = a.parent_agency_id
LEFT JOIN dim_agency s ON s.agency_id = a.successor_id
WHERE a.agency_id = $agency_id
