-- 各省、层级按期公开的比例：按年度、省、层级，取自 v_timeliness。没有公开日期的报告不计入比例，份数另列。不用表格的单元格。
-- / Share of reports published in time by year, province and level, from v_timeliness. Filings without a date are not in the share but counted. No cells of the tables are used.
-- @column judged: 有期限和公开日期的报告份数 / filings with a last day and a date
-- @column on_time: 其中按期的 / of these in time
-- @column without_date: 有期限但没有公开日期的 / filings with a last day but without a date
-- @column on_time_share: 按期比例 / on_time / judged
-- @column median_days_late: 逾期者的逾期天数中位数 / median of the days late of those that are late
SELECT report_year, province, level, count(is_on_time) AS judged, count(*) FILTER (is_on_time) AS on_time,
       count(*) FILTER (due_on IS NOT NULL AND first_published_on IS NULL) AS without_date,
       count(*) FILTER (is_on_time) / nullif(count(is_on_time), 0) AS on_time_share,
       median(days_late) FILTER (NOT is_on_time) AS median_days_late
FROM v_timeliness
WHERE due_on IS NOT NULL
GROUP BY report_year, province, level
