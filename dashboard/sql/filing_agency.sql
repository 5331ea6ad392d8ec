SELECT agency_id, agency_name, lineage_id, line, level::VARCHAR AS level, sector::VARCHAR AS sector,
       region_code, province, prefecture, county
FROM live.agency
WHERE agency_id = $agency_id
