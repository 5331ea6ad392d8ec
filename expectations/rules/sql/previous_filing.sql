-- For every filing the current revision of last year's report of the same agency
-- and scope. A renamed agency continues its only predecessor. Where agencies
-- merged, what one of them carried forward says nothing of the whole: no pair, nor
-- in the year in which an agency's division took in another (rule_merger).
WITH latest AS (
    SELECT filing_id, agency_id, report_year, scope FROM dim_filing WHERE is_current
), predecessor AS (
    SELECT a.agency_id, p.agency_id AS predecessor_id,
           count(*) OVER (PARTITION BY a.agency_id) AS predecessors,
           -- An agency that existed before its predecessor's end took it in.
           CASE WHEN a.valid_from IS NULL OR a.valid_from <= p.valid_to THEN year(p.valid_to) END AS taken_in
    FROM dim_agency AS a
    JOIN dim_agency AS p ON p.successor_id = a.agency_id
), before AS (
    SELECT p.agency_id, l.report_year, l.scope,
           any_value(l.filing_id) AS filing_id, any_value(p.predecessors) AS predecessors
    FROM predecessor AS p
    JOIN latest AS l ON l.agency_id = p.predecessor_id
    GROUP BY ALL
)
SELECT f.filing_id, coalesce(own.filing_id, before.filing_id) AS previous_id
FROM dim_filing AS f
ANTI JOIN (SELECT a.agency_id, m.report_year
           FROM dim_agency AS a JOIN rule_merger AS m ON m.region_code = a.region_code) AS m
    ON m.agency_id = f.agency_id AND m.report_year = f.report_year
LEFT JOIN latest AS own ON own.agency_id = f.agency_id
                       AND own.report_year = f.report_year - 1 AND own.scope = f.scope
LEFT JOIN before ON before.agency_id = f.agency_id
                AND before.report_year = f.report_year - 1 AND before.scope = f.scope
WHERE CASE
    WHEN own.filing_id IS NULL THEN before.predecessors = 1
    ELSE before.filing_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM predecessor AS p
        WHERE p.agency_id = f.agency_id AND p.taken_in IN (f.report_year - 1, f.report_year))
END
