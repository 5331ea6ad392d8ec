-- 机关各年报告的覆盖：每个机关（沿承接链）一行：报告了哪些年度，首末之间缺哪些年度，各年是否收到申请。新收取自表三“总计”列所填，没有数字的年度另计，不作零；2014年统计表的年度不计收到。只有一份报告也算。
-- / Coverage of agencies: one row per agency (lineage): the years for which it filed, those lacking between the first and the last, and whether it reports any applications. Received is the column 总计 of 表三 as filed; years without a number are counted apart, not as zero, and years on the statistical table of 2014 are left out of what was received.
-- @column agency_name: 承接链最后一个机关的全称 / full name of the last agency of the lineage
-- @column first_year: 最早的报告年度 / first report year
-- @column last_year: 最近的报告年度 / last report year
-- @column years_filed: 有报告的年度数 / years with a filing
-- @column years_lacking: 首末之间没有报告的年度数 / years without a filing between the first and the last
-- @column years_without_requests: 新收填为零的年度数（各口径都为零） / years for which received is filed as zero (in every scope)
-- @column years_unknown: 新收没有数字的年度数 / years for which received has no number
-- @column received: 各年 own 口径新收之和（没有数字的不计） / received over all years, scope own (those without a number left out)
WITH yearly AS (
    SELECT lineage_id, report_year, bool_and(form = '2014') AS is_old,
           max(received_new) AS most, bool_or(received_new IS NULL) AS has_blank,
           sum(received_new) FILTER (scope = 'own')::BIGINT AS received
    FROM mart_filing
    WHERE is_current
    GROUP BY lineage_id, report_year
)
SELECT y.lineage_id, a.name AS agency_name, a.level, a.sector, a.province, a.prefecture, a.county,
       min(y.report_year) AS first_year, max(y.report_year) AS last_year, count(*) AS years_filed,
       max(y.report_year) - min(y.report_year) + 1 - count(*) AS years_lacking,
       count(*) FILTER (NOT is_old AND most = 0 AND NOT has_blank) AS years_without_requests,
       count(*) FILTER (NOT is_old AND has_blank) AS years_unknown,
       sum(received)::BIGINT AS received
FROM yearly AS y
JOIN dim_agency AS a ON a.agency_id = y.lineage_id
GROUP BY ALL
