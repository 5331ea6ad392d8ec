SELECT count(*) AS agencies
FROM dim_agency
WHERE parent_agency_id = $agency_id OR successor_id = $agency_id
