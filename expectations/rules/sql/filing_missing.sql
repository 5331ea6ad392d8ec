-- Years without a filing between two years with one, per agency with its
-- predecessors and whatever the scope. The issue belongs to no filing.
WITH filed AS (
    SELECT a.lineage_id, f.report_year, min(f.agency_id) AS agency_id, min(f.retrieved_at) AS seen_at
    FROM dim_filing AS f
    JOIN dim_agency AS a ON a.agency_id = f.agency_id
    GROUP BY a.lineage_id, f.report_year
)
SELECT NULL AS filing_id, after.agency_id, before.report_year + 1 AS report_year,
       (before.report_year + 1)::VARCHAR AS place, NULL AS expected, NULL AS actual, [] AS cells,
       greatest(before.seen_at, after.seen_at) AS seen_at
FROM filed AS before
JOIN filed AS after ON after.lineage_id = before.lineage_id AND after.report_year = before.report_year + 2
WHERE NOT EXISTS (
    SELECT 1 FROM filed AS between_them
    WHERE between_them.lineage_id = before.lineage_id AND between_them.report_year = before.report_year + 1)
