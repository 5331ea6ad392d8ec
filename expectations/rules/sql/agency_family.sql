-- For every agency the family within which figures and prose may be shared: its
-- lineage; and a government of county level or above with the offices that report
-- for it (by the register, or of the same division and level). The last agency of
-- a lineage decides, so that a district has the family of the county that it was.
WITH head AS (
    SELECT agency_id, region_code, level, lineage_id, parent_agency_id,
           coalesce(sector = 'government' AND level IN ('province', 'prefecture', 'county'), false) AS is_government
    FROM dim_agency
)
SELECT a.agency_id, a.name, a.lineage_id, h.is_government,
       CASE WHEN NOT h.is_government THEN a.lineage_id
            ELSE coalesce(coalesce(g.region_code, h.region_code) || '-' || h.level, g.lineage_id, a.lineage_id)
       END AS family
FROM dim_agency AS a
JOIN head AS h ON h.agency_id = a.lineage_id
LEFT JOIN head AS g ON g.agency_id = h.parent_agency_id AND g.is_government AND g.level = h.level
