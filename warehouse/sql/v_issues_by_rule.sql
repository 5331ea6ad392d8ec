-- 各规则未解决的问题数：按年度、省、规则、严重程度、来源，取自 mart_issue；复核驳回的不计，没有报告的问题（如缺报）也在内。问题判断用到全部单元格（含总计），空白按各规则处理。
-- / Open issues by year, province, rule, severity and origin, from mart_issue; those dismissed by a reviewer are left out, issues without a filing (filing_missing …) stand here too. The rules look at all cells, totals too, and treat blanks each as it says.
-- @column issues: 问题数 / number of issues
-- @column filings: 涉及的报告份数 / filings concerned
SELECT m.report_year, a.province, m.rule, m.severity, m.origin, count(*) AS issues,
       count(DISTINCT m.filing_id) AS filings
FROM mart_issue AS m
LEFT JOIN dim_agency AS a ON a.agency_id = m.agency_id
WHERE m.state = 'open' AND m.decision IS DISTINCT FROM 'dismissed'
GROUP BY m.report_year, a.province, m.rule, m.severity, m.origin
