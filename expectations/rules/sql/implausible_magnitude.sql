-- Figures that are powers of ten off. A figure is held against the same cell of the
-- agency's other years (lineage and scope): $power times above the largest of them,
-- or below the smallest. $floor is added to the smaller side, so that small counts
-- may multiply. With a single other year only a rise after it counts, and a fall
-- only between years before and after: what is last may have changed for good. An
-- agency without another year is held against its peers (level, sector, scope and
-- edition, year ± 1). Year-on-year jumps of main counts are remarks.
WITH figure AS (
    SELECT f.filing_id, f.report_year, f.scope, f.form, f.is_current, a.lineage_id, a.level, a.sector,
           c.form_table, c.row_code, c.column_code, c.value, k.kind
    FROM cell AS c
    JOIN dim_filing AS f ON f.filing_id = c.filing_id
    JOIN dim_agency AS a ON a.agency_id = f.agency_id
    JOIN rule_cell AS k ON k.form = f.form AND k.form_table = c.form_table
                       AND k.row_code = c.row_code AND k.column_code = c.column_code
    WHERE c.value > 0 AND k.kind IN ('count', 'amount')
), series AS (
    SELECT lineage_id, scope, form_table, row_code, column_code,
           min(report_year) < max(report_year) AS has_years, max(value) AS highest, min(value) AS lowest
    FROM figure
    GROUP BY lineage_id, scope, form_table, row_code, column_code
), against_years AS (
    SELECT x.filing_id, x.report_year, x.form_table, x.row_code, x.column_code, x.kind, x.value,
           count(DISTINCT o.report_year) AS years,
           bool_or(o.report_year < x.report_year) AS has_before, bool_or(o.report_year > x.report_year) AS has_after,
           max(o.value) AS highest,
           max_by(o.report_year, row(o.value, o.report_year)) AS year_of_highest,
           min(o.value) AS lowest,
           min_by(o.report_year, row(o.value, -o.report_year)) AS year_of_lowest
    FROM figure AS x
    SEMI JOIN (SELECT * FROM series WHERE has_years AND highest >= $power * (lowest + $floor)) AS s
        USING (lineage_id, scope, form_table, row_code, column_code)
    JOIN figure AS o ON o.lineage_id = x.lineage_id AND o.scope = x.scope AND o.form_table = x.form_table
                    AND o.row_code = x.row_code AND o.column_code = x.column_code
                    AND o.is_current AND o.report_year <> x.report_year
    GROUP BY x.filing_id, x.report_year, x.form_table, x.row_code, x.column_code, x.kind, x.value
), alone AS (
    SELECT x.*
    FROM figure AS x
    SEMI JOIN (SELECT * FROM series WHERE NOT has_years AND highest >= $peer_power * $floor) AS s
        USING (lineage_id, scope, form_table, row_code, column_code)
    WHERE x.level IS NOT NULL AND x.sector IS NOT NULL AND x.value >= $peer_power * $floor
), peer AS (
    SELECT x.level, x.sector, x.scope, x.form, x.form_table, x.row_code, x.column_code, x.report_year,
           count(DISTINCT p.lineage_id) AS agencies, median(p.value) AS middle, quantile_cont(p.value, 0.75) AS upper
    FROM (SELECT DISTINCT level, sector, scope, form, form_table, row_code, column_code, report_year,
                          unnest([report_year - 1, report_year, report_year + 1]) AS near_year
          FROM alone) AS x
    JOIN figure AS p ON p.level = x.level AND p.sector = x.sector AND p.scope = x.scope AND p.form = x.form
                    AND p.form_table = x.form_table AND p.row_code = x.row_code
                    AND p.column_code = x.column_code AND p.report_year = x.near_year AND p.is_current
    GROUP BY ALL
), off AS (
    SELECT filing_id, form_table, row_code, column_code, kind, value, highest AS compared,
           'warning' AS severity, year_of_highest AS year, NULL AS agencies
    FROM against_years
    WHERE value >= $power * (highest + $floor) AND (has_before OR years > 1)
    UNION ALL
    SELECT filing_id, form_table, row_code, column_code, kind, value, lowest, 'warning', year_of_lowest, NULL
    FROM against_years
    WHERE lowest >= $power * (value + $floor) AND has_before AND has_after
    UNION ALL
    SELECT x.filing_id, x.form_table, x.row_code, x.column_code, x.kind, x.value, p.middle, 'warning', NULL, p.agencies
    FROM alone AS x
    JOIN peer AS p USING (level, sector, scope, form, form_table, row_code, column_code, report_year)
    WHERE p.agencies > $peers AND x.value >= $peer_power * (p.upper + $floor)
), main AS (
    SELECT c.filing_id, c.form_table, c.row_code, c.column_code, c.value
    FROM cell AS c
    WHERE c.status = 'reported'
      AND (c.column_code = 'decisions'
           OR c.column_code = 'total' AND c.row_code IN ('received_new', 'concluded_total', 'review',
                                                         'litigation_direct', 'litigation_after_review'))
), jump AS (
    SELECT p.filing_id, this.form_table, this.row_code, this.column_code, 'count' AS kind, this.value,
           last.value AS compared, 'info' AS severity, f.report_year - 1 AS year, NULL AS agencies
    FROM rule_previous AS p
    JOIN dim_filing AS f ON f.filing_id = p.filing_id
    JOIN main AS this ON this.filing_id = p.filing_id
    JOIN main AS last ON last.filing_id = p.previous_id AND last.form_table = this.form_table
                     AND last.row_code = this.row_code AND last.column_code = this.column_code
    -- A figure that is off already is no yardstick, nor is it said twice.
    ANTI JOIN off AS o ON o.filing_id IN (p.filing_id, p.previous_id) AND o.row_code = this.row_code
                      AND o.column_code = this.column_code
    WHERE last.value >= $least_base
      AND (this.value > $jump * last.value OR this.value * $jump < last.value)
)
SELECT o.filing_id, o.row_code || '.' || o.column_code AS place, NULL AS expected, o.value AS actual, o.severity,
       [{'side': 'actual', 'filing_id': o.filing_id, 'form_table': o.form_table::VARCHAR,
         'row_code': o.row_code::VARCHAR, 'column_code': o.column_code::VARCHAR}] AS cells,
       MAP {'basis_zh': coalesce('本机关' || o.year || '年度报告的同一项',
                                 '同级同类' || o.agencies || '个机关近年同一项的中位数'),
            'basis_en': coalesce('its own report for ' || o.year,
                                 'the median of ' || o.agencies || ' agencies of its kind'),
            'compared': rtrim(rtrim(CAST(o.compared AS DECIMAL(18,4))::VARCHAR, '0'), '.'),
            'times_zh': coalesce('相差约' || round(o.times)::BIGINT || '倍', '降为零'),
            'times_en': coalesce('about ' || round(o.times)::BIGINT || ' times apart', 'it fell to zero'),
            'unit_zh': CASE WHEN o.kind = 'amount' AND o.times BETWEEN 1000 AND 100000
                            THEN '本项以万元为单位，如按元填写，应换算为万元；' ELSE '' END,
            'unit_en': CASE WHEN o.kind = 'amount' AND o.times BETWEEN 1000 AND 100000
                            THEN 'The amount is in 万元 (10,000 yuan); convert it where it was written in yuan. '
                            ELSE '' END} AS detail
FROM (SELECT *, greatest(value / compared, compared / nullif(value, 0)) AS times FROM off
      UNION ALL
      SELECT *, CASE WHEN value > 0 THEN greatest(value / compared, compared / value) END FROM jump) AS o
