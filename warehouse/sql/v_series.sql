-- 跨各版格式可比的序列：按年度、口径、层级、省、序列，取自 mart_group_figure 和 crosswalk；不可比的（comparable = none）不列。几格相加时只加填有数字的格，filings_with_number 取各格中最少的份数。空白不作零。area 口径已含所属部门，勿与其他口径相加，也勿跨层级相加。
-- / Series that compare across the editions of the form: by year, scope, level, province and series, from mart_group_figure and crosswalk; what must not be compared (comparable = none) is left out. Where several cells are added, only those with a number are; filings_with_number is the least of the cells. A blank is no zero. A filing of scope area contains its departments; never add it to other scopes, nor levels of it.
-- @column value: 所填数字之和；没有数字则为空 / sum of the figures filed; NULL where there is none
-- @column filings: 报告份数 / filings
-- @column filings_with_number: 填有数字的报告份数 / filings with a number
WITH summed AS (
    -- A merged row and the rows that it replaces stand in for each other: their filings add up.
    SELECT w.series, w.comparable, w.reason_zh, w.reason_en, t.report_year, g.scope, g.form, g.level, g.province,
           coalesce(i.replaced_by, t.item) AS row_of, t.item, sum(t.value_sum) AS value,
           sum(t.reported)::BIGINT AS reported, sum(t.reported + t.blank + t.unknown)::BIGINT AS filings
    FROM crosswalk AS w
    JOIN mart_group_figure AS t ON t.item = w.row_code AND t.column_code = w.column_code
    JOIN mart_group AS g ON g.group_no = t.group_no AND g.form = w.form
    JOIN dim_item AS i ON i.item = t.item
    WHERE w.comparable <> 'none'
    GROUP BY ALL
), merged AS (
    SELECT * EXCLUDE (item, row_of, value, reported, filings), row_of, sum(value) AS value,
           coalesce(min(reported) FILTER (item <> row_of), 0) + coalesce(min(reported) FILTER (item = row_of), 0)
               AS reported,
           coalesce(max(filings) FILTER (item <> row_of), 0) + coalesce(max(filings) FILTER (item = row_of), 0)
               AS filings
    FROM summed
    GROUP BY ALL
)
SELECT series, report_year, scope, form, level, province, comparable, reason_zh, reason_en,
       sum(value) AS value, max(filings)::BIGINT AS filings, min(reported)::BIGINT AS filings_with_number
FROM merged
GROUP BY ALL
