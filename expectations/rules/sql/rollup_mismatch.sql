-- The whole-area report of a government against the sum of its departments' own
-- reports, per row of 表三 and 表四 (the totals). A department's predecessor is left
-- out where its successor filed for the same year; vertically managed organs are
-- no part of a government. Blanks count as nothing in the sum.
WITH area AS (
    SELECT f.filing_id, f.agency_id, f.report_year, a.lineage_id
    FROM dim_filing AS f
    JOIN dim_agency AS a ON a.agency_id = f.agency_id AND a.sector = 'government'
    WHERE f.is_current AND f.scope = 'area'
), child AS (
    -- Whose register still names a government that has ended belongs to its successor.
    SELECT r.filing_id AS area_id, r.report_year, c.agency_id, c.name, c.lineage_id, c.successor_id,
           (c.valid_from IS NULL OR c.valid_from <= make_date(r.report_year, 12, 31))
             AND (c.valid_to IS NULL OR c.valid_to >= make_date(r.report_year, 12, 31)) AS is_in_force
    FROM area AS r
    JOIN dim_agency AS g ON g.lineage_id = r.lineage_id
    JOIN dim_agency AS c ON c.parent_agency_id = g.agency_id AND c.lineage_id <> r.lineage_id
    WHERE (g.agency_id = r.agency_id
           OR r.agency_id = r.lineage_id AND g.valid_to < make_date(r.report_year, 1, 1))
      AND c.level IS DISTINCT FROM 'vertical'
), filed AS (
    SELECT c.area_id, c.agency_id, c.lineage_id, c.successor_id, f.filing_id,
           CASE WHEN c.lineage_id <> c.agency_id THEN c.lineage_id END AS heir_id
    FROM child AS c
    JOIN dim_filing AS f ON f.agency_id = c.agency_id AND f.report_year = c.report_year
                        AND f.scope = 'own' AND f.is_current
), counted AS (
    SELECT f.area_id, f.lineage_id, f.filing_id
    FROM filed AS f
    ANTI JOIN filed AS successor ON successor.area_id = f.area_id AND successor.agency_id = f.successor_id
    ANTI JOIN filed AS heir ON heir.area_id = f.area_id AND heir.agency_id = f.heir_id
), missing AS (
    SELECT c.area_id, count(*) AS number, list(c.name ORDER BY c.agency_id)[:5] AS names
    FROM child AS c
    ANTI JOIN counted AS f ON f.area_id = c.area_id AND f.lineage_id = c.lineage_id
    WHERE c.is_in_force
    GROUP BY c.area_id
), figure AS MATERIALIZED (
    SELECT filing_id, form_table, row_code, value FROM cell
    WHERE form_table IN ('applications', 'review_litigation') AND column_code = 'total'
), total AS (
    SELECT d.area_id, c.form_table, c.row_code, sum(c.value) AS value, count(*) AS filings
    FROM counted AS d
    JOIN figure AS c ON c.filing_id = d.filing_id
    GROUP BY d.area_id, c.form_table, c.row_code
)
SELECT t.area_id AS filing_id, t.row_code || '.total' AS place, t.value AS expected, whole.value AS actual,
       [{'side': 'actual', 'filing_id': t.area_id, 'form_table': t.form_table::VARCHAR,
         'row_code': t.row_code::VARCHAR, 'column_code': 'total'}] AS cells,
       MAP {'found': t.filings::VARCHAR,
            'missing_zh': coalesce('另有' || m.number || '个所属机关的报告未收集到（' || array_to_string(m.names, '、')
                                   || CASE WHEN m.number > 5 THEN '等' ELSE '' END || '）。', ''),
            'missing_en': coalesce('The reports of ' || m.number || ' more were not found ('
                                   || array_to_string(m.names, ', ')
                                   || CASE WHEN m.number > 5 THEN ' …' ELSE '' END || '). ', '')} AS detail
FROM total AS t
JOIN figure AS whole ON whole.filing_id = t.area_id AND whole.form_table = t.form_table AND whole.row_code = t.row_code
LEFT JOIN missing AS m ON m.area_id = t.area_id
WHERE t.value > whole.value
