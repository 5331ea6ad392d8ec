-- 办理结果与申请人类别交叉：按年度、口径、层级、部门类别、省汇总现行报告的各项结果（不含总计、收到和结转），取自 mart_group_figure 中表三各结果行、各申请人列。空白不计入，其个数见 cells_without_number。outcome_group 把子项并到（三）至（六），因此合并填报“其他处理”的报告也可比。口径和层级分列，汇总时请限定 scope：area 已含所属部门，相加即重复。
-- / Outcomes by kind of applicant: sums over current filings by year, scope, level, sector and province, outcomes only (no totals, no inflow, nothing carried forward), from the outcome rows and applicant columns of 表三 in mart_group_figure. Blanks count as nothing; cells_without_number says how many there are. outcome_group joins sub-items up to （三）–（六）, so that filings that merged 其他处理 compare. Scope and level stand apart: fix scope before summing, for area contains the departments and would count them twice.
-- @column outcome_group: 结果大类：granted、partly_granted、refused、unavailable、not_processed、other / main outcome: granted, partly_granted, refused, unavailable, not_processed, other
-- @column applications: 申请件数之和 / sum of applications
-- @column filings: 报告份数 / number of filings
-- @column cells_without_number: 没有数字的单元格数 / number of cells without a number
WITH summed AS (
    SELECT t.report_year, g.scope, g.level, g.sector, g.province, t.item, t.column_code,
           sum(t.value_sum)::BIGINT AS applications,
           sum(t.reported + t.blank + t.unknown)::BIGINT AS filings,
           sum(t.blank + t.unknown)::BIGINT AS cells_without_number
    FROM mart_group_figure t
    JOIN mart_group g ON g.group_no = t.group_no
    JOIN dim_item i ON i.item = t.item AND i.item_group = 'outcome'
    WHERE t.column_code <> 'total'
    GROUP BY t.report_year, g.scope, g.level, g.sector, g.province, t.item, t.column_code
)
SELECT report_year, scope, level, sector, province, split_part(item::VARCHAR, '.', 1) AS outcome_group, item,
       column_code::VARCHAR::e_applicant AS applicant, applications, filings, cells_without_number
FROM summed
