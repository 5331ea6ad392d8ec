-- 同比：每个机关（沿承接链，更名、合并前后相连）、口径、年度一行，取自表三“总计”列（现行报告，经 mart_lineage_year）。承接链上一年有几份同口径报告的（如合并前的几个机关）相加，其中一份没有数字即为空。上一年没有报告的，_before 为空。空白不作零。两年报告份数不同（is_same_composition 为假）的，增减可能出于机构合并。
-- / Year on year: one row per agency (followed through its lineage of renames and mergers), scope and year, from the column 总计 of 表三 (current filings, by way of mart_lineage_year). Where a lineage has several filings of one scope in a year (agencies before their merger), they are added up, NULL where one of them has no number. The columns _before are NULL where there is no filing for the year before. A blank is no zero. Where the number of filings differs between the years (is_same_composition is false), a change may be due to a merger.
-- @column agency_name: 承接链最后一个机关的全称 / full name of the last agency of the lineage
-- @column filings: 当年该承接链该口径的报告份数 / filings of the lineage and scope for the year
-- @column filings_before: 上一年的报告份数 / filings for the year before
-- @column is_same_composition: 两年报告份数相同 / as many filings as the year before
-- @column received_new: 本年新收 / received this year
-- @column received_new_before: 上一年新收 / received the year before
-- @column received_new_change: 新收增减 / change of received
-- @column received_new_ratio: 新收之比；上一年不足 10 件的为空 / received, ratio to the year before; NULL where that was below 10
-- @column concluded: 本年办结 / concluded this year
-- @column concluded_before: 上一年办结 / concluded the year before
-- @column concluded_change: 办结增减 / change of concluded
-- @column refused: 本年不予公开 / refused this year
-- @column refused_before: 上一年不予公开 / refused the year before
-- @column refused_change: 不予公开增减 / change of refused
-- @column carried_forward: 本年结转下年度 / carried forward this year
-- @column carried_forward_before: 上一年结转下年度 / carried forward the year before
-- @column carried_forward_change: 结转增减 / change of carried forward
SELECT t.lineage_id, a.name AS agency_name, a.level, a.sector, a.province, a.prefecture, a.county, t.scope, t.report_year,
       t.filings, t.filings_before, t.filings = t.filings_before AS is_same_composition,
       t.received_new::BIGINT AS received_new, t.received_new_before::BIGINT AS received_new_before,
       (t.received_new - t.received_new_before)::BIGINT AS received_new_change,
       t.concluded::BIGINT AS concluded, t.concluded_before::BIGINT AS concluded_before,
       (t.concluded - t.concluded_before)::BIGINT AS concluded_change,
       t.refused::BIGINT AS refused, t.refused_before::BIGINT AS refused_before,
       (t.refused - t.refused_before)::BIGINT AS refused_change,
       t.carried_forward::BIGINT AS carried_forward, t.carried_forward_before::BIGINT AS carried_forward_before,
       (t.carried_forward - t.carried_forward_before)::BIGINT AS carried_forward_change,
       CASE WHEN t.received_new_before >= 10 THEN (t.received_new / t.received_new_before)::DOUBLE END AS received_new_ratio
FROM mart_lineage_year AS t
JOIN dim_agency AS a ON a.agency_id = t.lineage_id
