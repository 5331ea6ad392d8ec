-- Agencies below it, and those that it succeeded: a page of them.
SELECT agency_id, name, CASE WHEN successor_id = $agency_id THEN 'predecessor' ELSE 'child' END AS relation
FROM dim_agency
WHERE parent_agency_id = $agency_id OR successor_id = $agency_id
ORDER BY relation DESC, agency_id
LIMIT $page OFFSET $skip
