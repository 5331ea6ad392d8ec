-- Governments that for a year filed about themselves only, although they filed
-- for their whole area (or an office on behalf of them) the year before or after.
-- A report that another of the family filed, or one of unknown scope, may be it.
WITH year AS (
    SELECT a.lineage_id, a.family, f.report_year, min(f.filing_id) FILTER (f.scope = 'own') AS own_id,
           bool_or(f.scope IN ('area', 'represented')) AS is_whole,
           bool_or(f.scope = 'unknown') AS is_unknown
    FROM dim_filing AS f
    JOIN rule_family AS a ON a.agency_id = f.agency_id AND a.is_government
    WHERE f.is_current
    GROUP BY a.lineage_id, a.family, f.report_year
), covered AS (
    SELECT family, report_year FROM year WHERE is_whole OR is_unknown
)
SELECT this.own_id AS filing_id, 'scope' AS place, 'area' AS expected, 'own' AS actual, [] AS cells,
       MAP {'other_year': min(around.report_year)::VARCHAR} AS detail
FROM year AS this
JOIN year AS around ON around.lineage_id = this.lineage_id AND around.is_whole
                   AND around.report_year IN (this.report_year - 1, this.report_year + 1)
ANTI JOIN covered AS c ON c.family = this.family AND c.report_year = this.report_year
WHERE this.own_id IS NOT NULL
GROUP BY this.own_id
