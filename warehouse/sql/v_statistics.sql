-- 2014年统计表：现行报告的每份报告、项目一行，取自 fact_statistics（分项）和 fact_reported_totals（is_total 为真，报告自己填写的总数，未重算）。求和时二者只取其一；“其中”各行是所属项目的一部分。空白等非数字单元格 value 为空，不作零。area 口径已含所属部门，勿与其他口径相加。
-- / The statistical table of 2014: one row per current filing and item, from fact_statistics (parts) and fact_reported_totals (is_total, as filed, never recomputed). Sum one or the other; rows under 其中 are part of the row above. A cell without a number has value NULL, which is not zero. A filing of scope area contains its departments; never add it to other scopes.
-- @column agency_name: 机关全称 / agency's full name
-- @column item_label_zh: 项目的中文标签 / Chinese label of the item
WITH figures AS (
    SELECT filing_id, item, value, status FROM fact_statistics
    UNION ALL
    SELECT filing_id, row_code, value, status FROM fact_reported_totals WHERE form_table = 'statistics'
)
SELECT f.filing_id, f.agency_id, a.name AS agency_name, a.lineage_id, a.level, a.sector, a.region_code,
       a.province, a.prefecture, a.county, f.report_year, f.scope, f.form,
       s.item, i.label_zh AS item_label_zh, i.item_group, i.is_total, i.unit, s.value, s.status
FROM figures s
JOIN dim_filing f ON f.filing_id = s.filing_id AND f.is_current
JOIN dim_agency a ON a.agency_id = f.agency_id
JOIN dim_item i ON i.item = s.item
