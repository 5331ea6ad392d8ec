-- 有问题的机关：按机关、年度统计现行报告的问题，含没有报告的问题（如缺报）。errors、warnings、remarks 只计报告本身的问题（origin = filing），本系统读取存疑的另计为 extraction_issues。复核人最后一次决定为驳回的不计。问题判断用到全部单元格（含总计），空白按各规则处理。
-- / Agencies with issues: issues of current filings by agency and year, also those without a filing (filing_missing). errors, warnings and remarks are the filer's (origin = filing); what may be our misreading is counted as extraction_issues. Issues whose last review dismissed them are left out. The rules look at all cells, totals too, and treat blanks each as it says.
-- @column agency_name: 机关全称 / agency's full name
-- @column errors: 错误数 / number of errors
-- @column warnings: 警告数 / number of warnings
-- @column remarks: 提示数 / number of remarks (info)
-- @column extraction_issues: 读取存疑的问题数 / number of issues that may be our misreading
-- @column rules: 涉及的规则，逗号分隔 / rules concerned, comma-separated
WITH counted AS (
    SELECT agency_id, report_year,
           count(*) FILTER (WHERE origin = 'filing' AND severity = 'error') AS errors,
           count(*) FILTER (WHERE origin = 'filing' AND severity = 'warning') AS warnings,
           count(*) FILTER (WHERE origin = 'filing' AND severity = 'info') AS remarks,
           count(*) FILTER (WHERE origin = 'extraction') AS extraction_issues,
           string_agg(DISTINCT rule, ',' ORDER BY rule) AS rules
    FROM mart_issue
    WHERE state = 'open' AND decision IS DISTINCT FROM 'dismissed' AND agency_id IS NOT NULL
    GROUP BY agency_id, report_year
)
SELECT c.agency_id, a.name AS agency_name, a.lineage_id, a.level, a.sector, a.region_code, a.province, a.prefecture,
       a.county, c.report_year, c.errors, c.warnings, c.remarks, c.extraction_issues, c.rules
FROM counted AS c
LEFT JOIN dim_agency AS a ON a.agency_id = c.agency_id
