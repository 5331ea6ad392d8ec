-- 各类申请人的办理结果及占比：按年度、口径、层级、申请人类别、结果大类，取自 mart_group_figure 中表三各结果行、各申请人列（不含总计行、列）。空白不计入，其个数见 cells_without_number，占比因此只是已填部分的占比。area 口径已含所属部门，勿与其他口径相加；其上级的 area 报告又含下级的，勿跨层级相加。
-- / Outcomes and their shares by kind of applicant: by year, scope, level, applicant and main outcome, from the outcome rows and applicant columns of 表三 in mart_group_figure (no totals). Blanks count as nothing; cells_without_number says how many there are, and shares are those of what was filled in. A filing of scope area contains its departments; never add it to other scopes, nor across levels: a province's contains its counties'.
-- @column applicant_label_zh: 申请人类别的中文标签 / Chinese label of the kind of applicant
-- @column outcome_group: 结果大类：granted、partly_granted、refused、unavailable、not_processed、other / main outcome: granted, partly_granted, refused, unavailable, not_processed, other
-- @column applications: 申请件数之和 / sum of applications
-- @column share: 占该类申请人各项结果之和的比例 / share of all outcomes of that kind of applicant
-- @column cells_without_number: 没有数字的单元格数 / number of cells without a number
WITH summed AS (
    SELECT t.report_year, g.scope, g.level, t.column_code, t.item, sum(t.value_sum)::BIGINT AS applications,
           sum(t.blank + t.unknown)::BIGINT AS cells_without_number
    FROM mart_group_figure AS t
    JOIN mart_group AS g ON g.group_no = t.group_no
    JOIN dim_item AS i ON i.item = t.item AND i.item_group = 'outcome'
    WHERE t.column_code <> 'total'
    GROUP BY t.report_year, g.scope, g.level, t.column_code, t.item
), grouped AS (
    SELECT report_year, scope, level, column_code::VARCHAR::e_applicant AS applicant,
           split_part(item::VARCHAR, '.', 1) AS outcome_group,
           sum(applications)::BIGINT AS applications, sum(cells_without_number)::BIGINT AS cells_without_number
    FROM summed
    GROUP BY ALL
)
SELECT report_year, scope, level, applicant, p.label_zh AS applicant_label_zh, outcome_group, applications,
       applications / nullif(sum(applications) OVER (PARTITION BY report_year, scope, level, applicant), 0) AS share,
       cells_without_number
FROM grouped
JOIN dim_applicant AS p ON p.code = applicant
