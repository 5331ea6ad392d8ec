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
WITH issues AS (
    SELECT filing_id,
           count(*) FILTER (WHERE origin = 'filing' AND severity = 'error') AS errors,
           count(*) FILTER (WHERE origin = 'filing' AND severity = 'warning') AS warnings,
           count(*) FILTER (WHERE origin = 'filing' AND severity = 'info') AS remarks,
           count(*) FILTER (WHERE origin = 'extraction') AS extraction_issues
    FROM v_issues
    WHERE state = 'open' AND decision IS DISTINCT FROM 'dismissed'
    GROUP BY filing_id
), totals AS (
    SELECT filing_id,
           max(value) FILTER (WHERE row_code = 'received_new')::BIGINT AS received_new,
           max(value) FILTER (WHERE row_code = 'received_carried_over')::BIGINT AS received_carried_over,
           max(value) FILTER (WHERE row_code = 'concluded_total')::BIGINT AS concluded,
           max(value) FILTER (WHERE row_code = 'carried_forward')::BIGINT AS carried_forward
    FROM fact_reported_totals
    WHERE form_table = 'applications' AND column_code = 'total'
    GROUP BY filing_id
)
SELECT f.filing_id, f.agency_id, a.name AS agency_name, a.lineage_id, a.level, a.sector, a.region_code,
       a.province, a.prefecture, a.county, f.report_year, f.scope, f.form, f.title, f.url, f.published_on,
       f.retrieved_at, f.revision,
       t.received_new, t.received_carried_over, t.concluded, t.carried_forward,
       coalesce(i.errors, 0) AS errors, coalesce(i.warnings, 0) AS warnings, coalesce(i.remarks, 0) AS remarks,
       coalesce(i.extraction_issues, 0) AS extraction_issues
FROM dim_filing f
JOIN dim_agency a ON a.agency_id = f.agency_id
LEFT JOIN totals t ON t.filing_id = f.filing_id
LEFT JOIN issues i ON i.filing_id = f.filing_id
WHERE f.is_current
