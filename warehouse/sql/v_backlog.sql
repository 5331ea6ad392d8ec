-- 结转和积压：每份现行报告一行，取自表三“总计”列所填（mart_filing）。所用各格有一格没有数字即为空，空白不作零；2014年统计表没有结转，均为空。
-- / Carry-over and backlog: one row per current filing, from the column 总计 of 表三 as filed (mart_filing). NULL where a cell that is needed has no number; a blank is no zero. The statistical table of 2014 has no carry-over: all NULL.
-- @column backlog_change: 积压增减：结转下年度－上年结转 / carried forward − carried over
-- @column conclusion_rate: 办结率：办理结果总计÷（本年新收＋上年结转） / concluded / (received this year + carried over)
SELECT filing_id, agency_id, agency_name, lineage_id, level, sector, region_code, province, prefecture, county,
       report_year, scope, form, received_new, received_carried_over, concluded, carried_forward,
       (carried_forward - received_carried_over)::BIGINT AS backlog_change,
       (concluded / nullif(received_new + received_carried_over, 0))::DOUBLE AS conclusion_rate
FROM mart_filing
WHERE is_current AND form <> '2014'
