-- For every agency the family within which figures and prose may be shared: its
-- lineage; and a government of county level or above with the offices that report
-- for it. The last agency of a lineage decides, so that a district has the family
-- of the county that it was.
SELECT a.agency_id, a.name, a.lineage_id,
       head.sector = 'government' AND head.level IN ('province', 'prefecture', 'county') IS TRUE AS is_government,
       CASE WHEN head.sector = 'government' AND head.level IN ('province', 'prefecture', 'county')
                 AND head.region_code IS NOT NULL THEN head.region_code || '-' || head.level
            WHEN head.sector = 'government' AND parent.sector = 'government' AND parent.level = head.level
                THEN parent.lineage_id
            ELSE a.lineage_id END AS family
FROM dim_agency AS a
JOIN dim_agency AS head ON head.agency_id = a.lineage_id
LEFT JOIN dim_agency AS parent ON parent.agency_id = head.parent_agency_id
