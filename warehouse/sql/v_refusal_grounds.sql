-- 不予公开的理由及占比：按年度、口径、层级、省、理由，取自表三“不予公开”各行的“总计”列（mart_group_figure）。空白不计入，其个数见 filings_without_number。area 口径已含所属部门，勿与其他口径相加；其上级的 area 报告又含下级的，勿跨层级相加。
-- / Grounds of refusal and their shares by year, scope, level, province and ground, from the column 总计 of the rows 不予公开 of 表三 (mart_group_figure). Blanks count as nothing; filings_without_number says how many there are. A filing of scope area contains its departments; never add it to other scopes, nor across levels: a province's contains its counties'.
-- @column item_label_zh: 理由的中文标签 / Chinese label of the ground
-- @column applications: 申请件数之和 / sum of applications
-- @column share: 占该年度、口径、层级、省全部不予公开件数的比例 / share of all refusals of the year, scope, level and province
-- @column filings_without_number: 该行没有数字的报告份数 / filings without a number in the row
WITH summed AS (
    SELECT t.report_year, g.scope, g.level, g.province, t.item, sum(t.value_sum)::BIGINT AS applications,
           sum(t.blank + t.unknown)::BIGINT AS filings_without_number
    FROM mart_group_figure AS t
    JOIN mart_group AS g ON g.group_no = t.group_no
    JOIN dim_item AS i ON i.item = t.item AND i.group_code = 'refused'
    WHERE t.column_code = 'total'
    GROUP BY t.report_year, g.scope, g.level, g.province, t.item
)
SELECT report_year, scope, level, province, item, i.label_zh AS item_label_zh, applications,
       applications / nullif(sum(applications) OVER (PARTITION BY report_year, scope, level, province), 0) AS share,
       filings_without_number
FROM summed
JOIN dim_item AS i USING (item)
