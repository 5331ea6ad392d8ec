-- Figures that are powers of ten off. A figure is held against the same cell of the
-- agency's other years (lineage and scope): $power times above the largest of them,
-- or below the smallest. $floor is added to the smaller side, so that small counts
-- may multiply. With a single other year only a rise after it counts, and a fall
-- only between years before and after: what is last may have changed for good. An
-- agency without another year is held against its peers (level, sector, scope and
-- edition, year ± 1). Year-on-year jumps of main counts are remarks. Where neither
-- says so, and with $alone, an amount is held against the most that an agency of its
-- level can have: $county and so on in 万元, $area times as much for a whole area,
-- $procurement times as much for purchases; a whole number $whole times sooner, since
-- who counts in 万元 mostly has decimals and who counts in yuan has none.
WITH figure AS (
    SELECT f.filing_id, f.report_year, f.scope, f.form, f.is_current, a.lineage_id, a.level, a.sector,
           c.form_table, c.row_code, c.column_code, c.value, k.kind
    FROM cell AS c
    JOIN dim_filing AS f ON f.filing_id = c.filing_id
    JOIN dim_agency AS a ON a.agency_id = f.agency_id
    JOIN rule_cell AS k ON k.form = f.form AND k.form_table = c.form_table
                       AND k.row_code = c.row_code AND k.column_code = c.column_code
    WHERE c.value > 0 AND k.kind IN ('count', 'amount')
), limited AS (
    SELECT *,
           CASE row_code
               WHEN 'charges' THEN $charges
               WHEN 'budget' THEN $budget
               ELSE CASE level WHEN 'township' THEN $township WHEN 'county' THEN $county WHEN 'zone' THEN $county
                               WHEN 'prefecture' THEN $prefecture WHEN 'vertical' THEN $prefecture
                               ELSE $province END
                    * CASE scope WHEN 'own' THEN 1 ELSE $area END
                    * CASE row_code WHEN 'procurement' THEN $procurement ELSE 1 END
           END AS bound,
           value = floor(value) AS is_whole
    FROM figure
    WHERE kind = 'amount'
), beyond AS (
    SELECT filing_id, form_table, row_code, column_code, kind, value, level, scope,
           CASE WHEN value >= bound THEN bound ELSE bound / $whole END AS compared, value < bound AS for_whole,
           CASE WHEN value >= bound OR scope = 'own' THEN 'warning' ELSE 'info' END AS severity
    FROM limited
    WHERE value >= bound OR is_whole AND value >= bound / $whole
), series AS (
    SELECT lineage_id, scope, form_table, row_code, column_code,
           min(report_year) < max(report_year) AS has_years, max(value) AS highest, min(value) AS lowest
    FROM figure
    WHERE NOT $alone
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
                     AND last.row_code = this.row_code AND last.column_code = this.column_code AND NOT $alone
    -- A figure that is off already is no yardstick, nor is it said twice.
    ANTI JOIN off AS o ON o.filing_id IN (p.filing_id, p.previous_id) AND o.row_code = this.row_code
                      AND o.column_code = this.column_code
    WHERE last.value >= $least_base
      AND (this.value > $jump * last.value OR this.value * $jump < last.value)
), alone_off AS (
    SELECT b.*
    FROM beyond AS b
    ANTI JOIN off AS o USING (filing_id, form_table, row_code, column_code)
    -- The prose that differs by the factor of the units is told by narrative_mismatch.
    ANTI JOIN (SELECT c.filing_id, c.metric, c.value
               FROM claim AS c
               JOIN dim_filing AS f ON f.filing_id = c.filing_id
                                   AND (c.scope = f.scope OR 'unknown' IN (c.scope, f.scope))
               WHERE c.metric LIKE '%.amount') AS c
        ON c.filing_id = b.filing_id AND c.metric = concat_ws('.', b.form_table, b.row_code, b.column_code)
       AND b.value BETWEEN CAST(c.value AS DECIMAL(38,4)) * 1000 AND CAST(c.value AS DECIMAL(38,4)) * 100000
), compared AS (
    SELECT filing_id, form_table, row_code, column_code, kind, value, severity, true AS has_times,
           CASE WHEN value > 0 THEN greatest(value / compared, compared / value) END AS times, compared,
           coalesce('本机关' || year || '年度报告的同一项', '同级同类' || agencies || '个机关近年同一项的中位数') AS basis_zh,
           coalesce('its own report for ' || year, 'the median of ' || agencies || ' agencies of its kind') AS basis_en
    FROM (FROM off UNION ALL FROM jump)
    UNION ALL
    SELECT filing_id, form_table, row_code, column_code, kind, value, severity, false, value / compared, compared,
           CASE row_code WHEN 'charges' THEN '一个机关' WHEN 'budget' THEN '一个机关'
                ELSE CASE level WHEN 'township' THEN '乡级' WHEN 'county' THEN '县级' WHEN 'zone' THEN '开发区的'
                                WHEN 'prefecture' THEN '地市级' WHEN 'vertical' THEN '垂直管理'
                                WHEN 'province' THEN '省级' WHEN 'central' THEN '中央' ELSE '任何一级' END
                     || CASE scope WHEN 'own' THEN '机关' ELSE '地区' END END
           || '一年的数额' || CASE WHEN for_whole THEN '，恰为整数万元的，' ELSE '' END || '一般不到',
           CASE row_code WHEN 'charges' THEN 'an agency' WHEN 'budget' THEN 'an agency'
                ELSE CASE scope WHEN 'own' THEN 'an agency' ELSE 'an area' END
                     || coalesce(CASE level WHEN 'zone' THEN ' of a zone' WHEN 'vertical' THEN ' of a vertical organ'
                                            ELSE ' of ' || level || ' level' END, ' of any level') END
           || CASE WHEN for_whole THEN ' whose amount is a whole number of 万元' ELSE '' END || ' has as a rule less than'
    FROM alone_off
), worded AS (
    -- Amounts that may have been written in yuan, with what they are in both units.
    SELECT *,
           kind = 'amount' AND (NOT has_times OR times BETWEEN 1000 AND 100000) AS may_be_yuan,
           rtrim(rtrim(CAST(compared AS DECIMAL(38,8))::VARCHAR, '0'), '.') AS compared_text, rtrim(rtrim(CAST(value AS DECIMAL(38,8))::VARCHAR, '0'), '.') AS value_text, rtrim(rtrim(CAST(value / 10000 AS DECIMAL(38,8))::VARCHAR, '0'), '.') AS hundred_million
    FROM compared
)
SELECT w.filing_id, w.row_code || '.' || w.column_code AS place, NULL AS expected, w.value AS actual, w.severity,
       [{'side': 'actual', 'filing_id': w.filing_id, 'form_table': w.form_table::VARCHAR,
         'row_code': w.row_code::VARCHAR, 'column_code': w.column_code::VARCHAR}] AS cells,
       MAP {'comparison_zh':
                CASE WHEN w.has_times
                     THEN w.basis_zh || '为' || w.compared_text || '，'
                          || coalesce('相差约' || round(w.times)::BIGINT || '倍', '降为零')
                     ELSE w.basis_zh || w.compared_text || '万元' END,
            'comparison_en':
                CASE WHEN w.has_times
                     THEN w.basis_en || ' has ' || w.compared_text || ': '
                          || coalesce('about ' || round(w.times)::BIGINT || ' times apart', 'it fell to zero')
                     ELSE w.basis_en || ' ' || w.compared_text || ' 万元' END,
            'unit_zh': CASE WHEN NOT w.may_be_yuan THEN ''
                            WHEN w.row_code = 'procurement'
                            THEN '金额按万元计，' || w.value_text || '万元即' || w.hundred_million || '亿元；如按元填写，'
                                 || w.value_text || '元合' || w.hundred_million || '万元，请写明单位。'
                            ELSE '本项以万元为单位，' || w.value_text || '万元即' || w.hundred_million || '亿元；如按元填写，'
                                 || w.value_text || '元应换算为' || w.hundred_million || '万元填报。' END,
            'unit_en': CASE WHEN NOT w.may_be_yuan THEN ''
                            WHEN w.row_code = 'procurement'
                            THEN 'The amount is taken for 万元 (10,000 yuan); were it ' || w.value_text
                                 || ' yuan, it would be ' || w.hundred_million || ' 万元: state the unit. '
                            ELSE 'The amount is in 万元 (10,000 yuan); if it is ' || w.value_text
                                 || ' yuan, write ' || w.hundred_million || '. ' END} AS detail
FROM worded AS w
