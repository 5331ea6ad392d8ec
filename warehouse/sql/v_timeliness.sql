-- 是否按期公开：每份现行报告一行，期限依《政府信息公开条例》：2019年度起，县级以上政府部门次年1月31日、县级以上政府（含其办公厅、办公室）次年3月31日；2018年度及以前一律次年3月31日。乡镇、街道、开发区、垂直管理机关，级别或类别不明的机关不判定，没有公开日期的也不判定（均为空）。有几个版本的以最早的公开日期为准。与规则 late_publication 一致。不用表格的单元格。
-- / Was a report published in time: one row per current filing, by the Regulations: from report year 2019 departments of county level and above by 31 January, governments of county level and above (their offices included) by 31 March of the year after; before, everyone by 31 March. Townships, zones, vertical organs and agencies of unknown level or sector are not judged, nor are filings without a date (NULL). Among revisions the earliest date counts. The same as the rule late_publication. No cells of the tables are used.
-- @column due_on: 最后期限；不判定的为空 / last day allowed; NULL where it is not judged
-- @column is_on_time: 是否按期；不判定或没有日期的为空 / whether it was in time; NULL where not judged or without a date
-- @column days_late: 逾期天数，按期为 0；不判定或没有日期的为空 / days late, 0 where in time; NULL where not judged or without a date
WITH due AS (
    SELECT *,
           CASE WHEN level NOT IN ('central', 'province', 'prefecture', 'county') OR level IS NULL THEN NULL
                WHEN report_year < 2019 OR sector = 'government' THEN make_date(report_year + 1, 3, 31)
                WHEN sector IS NOT NULL THEN make_date(report_year + 1, 1, 31)
           END AS due_on
    FROM mart_filing
    WHERE is_current
)
SELECT filing_id, agency_id, agency_name, lineage_id, level, sector, region_code, province, prefecture, county,
       report_year, scope, first_published_on, due_on, first_published_on <= due_on AS is_on_time,
       CASE WHEN first_published_on <= due_on THEN 0 ELSE first_published_on - due_on END::INTEGER AS days_late
FROM due
