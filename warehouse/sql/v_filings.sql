-- 现行报告一览：每个机关、年度、口径一行，附机关属性、所填总数和问题数。收到数取报告自填的总计列（fact_reported_totals），办结数取“总计”行的总计，均不重算；空白为空，不作零。问题数不含复核驳回的。area 口径已含所属部门。
-- / Current filings: one row per agency, year and scope, with the agency's attributes, the totals as filed and the number of issues. Received and concluded are the filing's own totals (fact_reported_totals), never recomputed; a blank is NULL, not zero. Issues dismissed by a reviewer are left out. A filing of scope area contains its departments.
-- @column agency_name: 机关全称 / agency's full name
-- @column received_new: 本年新收申请（所填总计） / applications received this year (total as filed)
-- @column received_carried_over: 上年结转申请（所填总计） / carried over from last year (total as filed)
-- @column concluded: 本年办结（所填总计） / concluded this year (total as filed)
-- @column carried_forward: 结转下年度（所填总计） / carried forward (total as filed)
-- @column errors: 错误数 / number of errors
-- @column warnings: 警告数 / number of warnings
-- @column remarks: 提示数 / number of remarks (info)
-- @column extraction_issues: 读取存疑的问题数 / number of issues that may be our misreading
SELECT m.filing_id, m.agency_id, m.agency_name, m.lineage_id, m.level, m.sector, m.region_code,
       m.province, m.prefecture, m.county, m.report_year, m.scope, m.form, f.title, f.url, m.published_on,
       m.retrieved_at, m.revision,
       m.received_new::BIGINT AS received_new, m.received_carried_over::BIGINT AS received_carried_over,
       m.concluded::BIGINT AS concluded, m.carried_forward::BIGINT AS carried_forward,
       m.errors::BIGINT AS errors, m.warnings::BIGINT AS warnings, m.remarks::BIGINT AS remarks,
       (m.extraction_errors + m.extraction_warnings + m.extraction_remarks)::BIGINT AS extraction_issues
FROM mart_filing m
JOIN dim_filing f ON f.filing_id = m.filing_id
WHERE m.is_current
