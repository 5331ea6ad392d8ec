-- 构建改动之前的分组中，现行报告仍是那几份、各份的单元格也没有变的。{touched} 列出有变动的报告。 /
-- Of the groups as they were before the change those whose current filings are the same still, with the same cells. {touched} names the filings that changed.
WITH before AS (
    SELECT filing_id, report_year, scope, form, level, sector, province FROM mart_filing WHERE is_current
), now AS (
    SELECT filing_id, report_year, scope, form, level, sector, province
    FROM dim_filing
    JOIN dim_agency USING (agency_id)
    WHERE is_current
), differing AS (
    (FROM before EXCEPT FROM now) UNION ALL (FROM now EXCEPT FROM before)
    UNION ALL
    FROM now WHERE filing_id IN (SELECT filing_id FROM {touched})
)
SELECT g.group_no, g.report_year, g.scope, g.form, g.level, g.sector, g.province
FROM mart_group AS g
WHERE NOT EXISTS (
    FROM differing AS d
    WHERE d.report_year = g.report_year AND d.scope = g.scope AND d.form = g.form
      AND d.level IS NOT DISTINCT FROM g.level AND d.sector IS NOT DISTINCT FROM g.sector
      AND d.province IS NOT DISTINCT FROM g.province
)
