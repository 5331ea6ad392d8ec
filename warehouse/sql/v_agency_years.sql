-- 机关各年报告的覆盖：每个机关（沿承接链）一行：报告了哪些年度，首末之间缺哪些年度，各年是否收到申请。各年度看所有口径的现行报告；新收取自表三“总计”列所填（mart_lineage），没有数字的年度另计，不作零；received 只加 own 口径报告的新收，其他口径（area、represented、unknown）的不加，没有数字的不加，一个数字也没有则为空；2014年统计表的年度不计收到。只有一份报告也算。
-- / Coverage of agencies: one row per agency (lineage): the years for which it filed, those lacking between the first and the last, and whether it reports any applications. Years are those of current filings of any scope. Received is the column 总计 of 表三 as filed (mart_lineage); years without a number are counted apart, a blank is not taken for zero. The column received sums filings of scope own only, those of other scopes (area, represented, unknown) and those without a number left out; NULL where there is none. Years on the statistical table of 2014 are left out of what was received.
-- @column agency_name: 承接链最后一个机关的全称 / full name of the last agency of the lineage
SELECT m.lineage_id, a.name AS agency_name, a.level, a.sector, a.province, a.prefecture, a.county, m.first_year,
       m.last_year, m.years_filed, m.years_lacking, m.years_without_requests, m.years_unknown,
       m.received::BIGINT AS received
FROM mart_lineage AS m
JOIN dim_agency AS a ON a.agency_id = m.lineage_id
