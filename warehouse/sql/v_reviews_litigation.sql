-- 复议、诉讼结果：现行报告的每份报告、程序、结果一行，取自 fact_reviews 和 fact_litigation，不含总计。空白等非数字单元格 value 为空，不作零。尚未审结的案件次年会再计一次，跨年相加即重复。area 口径已含所属部门，勿与其他口径相加。
-- / Reviews and lawsuits by result: one row per current filing, procedure and result, from fact_reviews and fact_litigation, without totals. A cell without a number has value NULL, which is not zero. A pending case is counted again the year after, so sums over years count it twice. A filing of scope area contains its departments; never add it to other scopes.
-- @column agency_name: 机关全称 / agency's full name
-- @column procedure_code: 程序：review 复议、litigation 诉讼 / procedure: review or litigation
-- @column route: 起诉方式；复议为空 / route of a lawsuit, NULL for reviews
-- @column result_label_zh: 结果的中文标签 / Chinese label of the result
WITH cases AS (
    SELECT filing_id, 'review' AS procedure_code, NULL AS route, result, value, status FROM fact_reviews
    UNION ALL
    SELECT filing_id, 'litigation', route::VARCHAR, result, value, status FROM fact_litigation
)
SELECT f.filing_id, f.agency_id, a.name AS agency_name, a.lineage_id, a.level, a.sector, a.region_code,
       a.province, a.prefecture, a.county, f.report_year, f.scope, f.form,
       c.procedure_code, c.route, c.result, r.label_zh AS result_label_zh, c.value, c.status
FROM cases c
JOIN dim_filing f ON f.filing_id = c.filing_id AND f.is_current
JOIN dim_agency a ON a.agency_id = f.agency_id
JOIN dim_result r ON r.code = c.result
