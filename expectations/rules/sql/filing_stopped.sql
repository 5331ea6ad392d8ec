-- Agencies that filed year after year and then no more, though the year's reports
-- are out: at least $share of those of their kind (governments; all others) that
-- filed the year before have filed. The issue belongs to no filing; it was first
-- seen when that share was reached.
WITH filed AS (
    SELECT a.lineage_id, f.report_year, min(f.retrieved_at) AS seen_at, max_by(f.agency_id, f.filing_id) AS agency_id
    FROM dim_filing AS f
    JOIN dim_agency AS a ON a.agency_id = f.agency_id
    GROUP BY a.lineage_id, f.report_year
), history AS (
    SELECT lineage_id, min(report_year) AS first_year, max(report_year) AS last_year
    FROM filed
    GROUP BY lineage_id
), followed AS (
    SELECT last.lineage_id, last.agency_id, last.report_year + 1 AS report_year, next.seen_at,
           coalesce(head.sector = 'government', false) AS is_government
    FROM filed AS last
    JOIN dim_agency AS head ON head.agency_id = last.lineage_id
    LEFT JOIN filed AS next ON next.lineage_id = last.lineage_id AND next.report_year = last.report_year + 1
), due AS (
    SELECT is_government, report_year,
           quantile_disc(coalesce(seen_at, TIMESTAMP 'infinity'), $share) AS seen_at
    FROM followed
    GROUP BY is_government, report_year
), newcomer AS (
    -- Who began to file under a name that the register may not know for a successor's.
    SELECT a.region_code, a.sector, max(h.first_year) AS first_year
    FROM history AS h
    JOIN dim_agency AS a ON a.agency_id = h.lineage_id
    WHERE a.region_code IS NOT NULL AND a.sector <> 'government'
    GROUP BY a.region_code, a.sector
), merger AS (
    SELECT any_value(lineage_id) AS lineage_id FROM dim_agency GROUP BY successor_id
    HAVING successor_id IS NOT NULL AND count(*) > 1
)
SELECT NULL AS filing_id, s.agency_id, s.report_year, s.report_year::VARCHAR AS place,
       NULL AS expected, NULL AS actual, [] AS cells, d.seen_at,
       MAP {'since': h.first_year::VARCHAR} AS detail
FROM followed AS s
JOIN history AS h ON h.lineage_id = s.lineage_id AND h.last_year = s.report_year - 1
JOIN due AS d ON d.is_government = s.is_government AND d.report_year = s.report_year AND isfinite(d.seen_at)
JOIN dim_agency AS head ON head.agency_id = s.lineage_id
SEMI JOIN (
    SELECT this.lineage_id, this.report_year
    FROM filed AS this
    JOIN filed AS earlier ON earlier.lineage_id = this.lineage_id
        AND earlier.report_year BETWEEN this.report_year - $years + 1 AND this.report_year
    GROUP BY this.lineage_id, this.report_year
    HAVING count(*) >= $years
) AS steady ON steady.lineage_id = s.lineage_id AND steady.report_year = s.report_year - 1
LEFT JOIN newcomer AS n ON n.region_code = head.region_code AND n.sector = head.sector
WHERE (head.valid_to IS NULL OR head.valid_to > make_date(s.report_year + 1, 3, 31))
  AND (head.is_registered OR head.region_code IS NOT NULL AND head.sector IS NOT NULL)
  AND (n.first_year IS NULL OR n.first_year < s.report_year)
  AND (s.agency_id = s.lineage_id OR s.lineage_id NOT IN (SELECT lineage_id FROM merger))
