-- 机关各年报告的覆盖：每个机关（沿承接链）一行：报告了哪些年度，首末之间缺哪些年度，各年是否收到申请。新收取自表三“总计”列所填，没有数字的年度另计，不作零；2014年统计表的年度不计收到。只有一份报告也算。
-- / Coverage of agencies: one row per agency (lineage): the years for which it filed, those lacking between the first and the last, and whether it reports any applications. Received is the column 总计 of 表三 as filed; years without a number are counted apart, not as zero, and years on the statistical table of 2014 are left out of what was received.
-- @column agency_name: 承接链最后一个机关的全称 / full name of the last agency of the lineage
SELECT m.lineage_id, a.name AS agency_name, a.level, a.sector, a.province, a.prefecture, a.county, m.first_year,
       m.last_year, m.years_filed, m.years_lacking, m.years_without_requests, m.years_unknown,
       m.received::BIGINT AS received
FROM mart_lineage AS m
JOIN dim_agency AS a ON a.agency_id = m.lineage_id
