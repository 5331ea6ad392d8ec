-- 现行报告按年度、口径、格式、层级、部门类别、省分组。 /
-- Current filings in groups by year, scope, edition, level, sector and province.
SELECT row_number() OVER (ORDER BY report_year, scope, form, level NULLS LAST, sector NULLS LAST, province NULLS LAST)
           AS group_no,
       report_year, scope, form, level, sector, province, count(*) AS filings
FROM dim_filing
JOIN dim_agency USING (agency_id)
WHERE is_current
GROUP BY report_year, scope, form, level, sector, province
