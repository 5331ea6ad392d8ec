-- 因机关名录或问题变动而过时的行。 /
-- Rows that a change of the register of agencies or of issues made stale.
WITH issues AS (
    SELECT filing_id, severity, origin, count(*) AS number
    FROM mart_issue
    WHERE state = 'open' AND decision IS DISTINCT FROM 'dismissed' AND filing_id IS NOT NULL
    GROUP BY ALL
), kept AS (
    -- The counts of a row as rows, those of zero left out.
    SELECT filing_id, k.severity::e_severity AS severity, k.origin::e_origin AS origin, k.number
    FROM (
        SELECT filing_id, unnest([
            {'severity': 'error', 'origin': 'filing', 'number': errors},
            {'severity': 'warning', 'origin': 'filing', 'number': warnings},
            {'severity': 'info', 'origin': 'filing', 'number': remarks},
            {'severity': 'error', 'origin': 'extraction', 'number': extraction_errors},
            {'severity': 'warning', 'origin': 'extraction', 'number': extraction_warnings},
            {'severity': 'info', 'origin': 'extraction', 'number': extraction_remarks}
        ]) AS k
        FROM mart_filing
        WHERE errors + warnings + remarks + extraction_errors + extraction_warnings + extraction_remarks > 0
    )
    WHERE k.number > 0
), differing AS (
    (FROM issues EXCEPT FROM kept) UNION ALL (FROM kept EXCEPT FROM issues)
)
SELECT filing_id FROM differing
UNION
SELECT m.filing_id
FROM mart_filing AS m
JOIN dim_agency AS a ON a.agency_id = m.agency_id
WHERE (m.agency_name, m.lineage_id, m.level, m.sector, m.region_code, m.province, m.prefecture, m.county)
      IS DISTINCT FROM (a.name, a.lineage_id, a.level, a.sector, a.region_code, a.province, a.prefecture, a.county)
