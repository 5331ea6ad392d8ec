-- 有问题的机关：按机关、年度统计现行报告的问题，含没有报告的问题（如缺报）。errors、warnings、remarks 只计报告本身的问题（origin = filing），本系统读取存疑的另计为 extraction_issues。复核人最后一次决定为驳回的不计。问题判断用到全部单元格（含总计），空白按各规则处理。
-- / Agencies with issues: issues of current filings by agency and year, also those without a filing (filing_missing). errors, warnings and remarks are the filer's (origin = filing); what may be our misreading is counted as extraction_issues. Issues whose last review dismissed them are left out. The rules look at all cells, totals too, and treat blanks each as it says.
-- @column agency_name: 机关全称 / agency's full name
-- @column errors: 错误数 / number of errors
-- @column warnings: 警告数 / number of warnings
-- @column remarks: 提示数 / number of remarks (info)
-- @column extraction_issues: 读取存疑的问题数 / number of issues that may be our misreading
-- @column rules: 涉及的规则，逗号分隔 / rules concerned, comma-separated
WITH last_review AS (
    SELECT issue_id, arg_max(decision, review_no) AS decision FROM review GROUP BY issue_id
), issue AS (
    SELECT coalesce(f.agency_id, q.agency_id) AS agency_id, coalesce(f.report_year, q.report_year) AS report_year,
           q.severity, q.origin, q.rule
    FROM quality_issue q
    LEFT JOIN dim_filing f ON f.filing_id = q.filing_id
    LEFT JOIN last_review r ON r.issue_id = q.issue_id
    WHERE (q.filing_id IS NULL OR f.is_current) AND q.resolved_at IS NULL AND r.decision IS DISTINCT FROM 'dismissed'
)
SELECT a.agency_id, a.name AS agency_name, a.lineage_id, a.level, a.sector, a.region_code,
       a.province, a.prefecture, a.county, i.report_year,
       count(*) FILTER (WHERE i.origin = 'filing' AND i.severity = 'error') AS errors,
       count(*) FILTER (WHERE i.origin = 'filing' AND i.severity = 'warning') AS warnings,
       count(*) FILTER (WHERE i.origin = 'filing' AND i.severity = 'info') AS remarks,
       count(*) FILTER (WHERE i.origin = 'extraction') AS extraction_issues,
       string_agg(DISTINCT i.rule, ',' ORDER BY i.rule) AS rules
FROM issue i
JOIN dim_agency a ON a.agency_id = i.agency_id
GROUP BY ALL
