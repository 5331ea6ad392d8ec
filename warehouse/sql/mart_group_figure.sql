-- 每组现行报告各单元格之和，取自 cell；空白不计入和，其个数另列。 /
-- Sums of every cell over a group of current filings, from cell; blanks are not in the sum but counted.
WITH member AS (
    SELECT f.filing_id, g.group_no, g.report_year
    FROM dim_filing AS f
    JOIN dim_agency AS a ON a.agency_id = f.agency_id
    JOIN mart_group AS g ON g.report_year = f.report_year AND g.scope = f.scope AND g.form = f.form
        AND g.level IS NOT DISTINCT FROM a.level AND g.sector IS NOT DISTINCT FROM a.sector
        AND g.province IS NOT DISTINCT FROM a.province
    WHERE f.is_current
)
SELECT any_value(m.report_year) AS report_year, c.row_code AS item, c.column_code, m.group_no,
       sum(c.value) AS value_sum,
       count(c.value) AS reported,
       count(*) FILTER (c.status IN ('blank', 'not_applicable')) AS blank,
       count(*) FILTER (c.status IN ('unreadable', 'missing')) AS unknown
FROM cell AS c
JOIN member AS m ON m.filing_id = c.filing_id
GROUP BY m.group_no, c.row_code, c.column_code
