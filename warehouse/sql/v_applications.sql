-- 现行报告的申请数：每份报告、行代码、申请人类别一行。取自 fact_applications，不含“总计”行和“总计”列。空白等非数字单元格 value 为空，不作零。全地区汇总（scope = area）已含所属部门，勿与 own、represented 相加；比较时请限定 scope 和 level。
-- / Applications of current filings: one row per filing, item and kind of applicant, from fact_applications, without the row and the column 总计. A cell without a number (blank …) has value NULL, which is not zero. A whole-area filing (scope = area) contains its departments; never add it to own or represented, and fix scope and level when comparing.
-- @column agency_name: 机关全称 / agency's full name
-- @column item_label_zh: 行的中文标签 / Chinese label of the row
-- @column applicant_label_zh: 申请人类别的中文标签 / Chinese label of the kind of applicant
SELECT f.filing_id, f.agency_id, a.name AS agency_name, a.lineage_id, a.level, a.sector, a.region_code,
       a.province, a.prefecture, a.county, f.report_year, f.scope, f.form,
       t.item, i.item_group, i.label_zh AS item_label_zh, t.applicant, p.label_zh AS applicant_label_zh,
       t.value, t.status
FROM fact_applications t
JOIN dim_filing f ON f.filing_id = t.filing_id AND f.is_current
JOIN dim_agency a ON a.agency_id = f.agency_id
JOIN dim_item i ON i.item = t.item
JOIN dim_applicant p ON p.code = t.applicant
