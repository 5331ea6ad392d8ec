-- 质量问题一览：每个问题一行。同一机关、年度、口径的报告换了版本而规则、位置和数字不变的，仍是同一问题，取最近出现的版本；没有对应报告的问题（如缺报）也在内。state：未解决（open）的问题出自现行报告，更正后不再出现的为已解决（resolved）。decision 是适用于该问题的最近一次复核决定：换版本后数字不变的仍然适用，数字变了即失效（decision_lapsed）。origin = extraction 的问题可能是本系统读错。问题判断用到全部单元格（含总计），空白按各规则处理；expected、actual 没有可写的数字时为空，不是零。
-- / Issues: one row each. An issue whose rule, place and figures are unchanged in a new revision of the report (same agency, year and scope) is the same issue, as its last revision shows it; issues without a filing (filing_missing …) stand here too. state: an open issue is one of a current filing, a resolved one was put right. decision is the last reviewer's decision that applies: it survives a new revision with the same figures and lapses when they change (decision_lapsed). Issues of origin extraction may be our misreading. The rules look at all cells, totals too, and treat blanks each as it says; expected and actual are NULL where there is no figure to name, which is not zero.
-- @column agency_name: 机关全称 / agency's full name
SELECT m.issue_id, m.filing_id, m.agency_id, a.name AS agency_name,
       a.lineage_id, a.level, a.sector, a.region_code, a.province, a.prefecture, a.county,
       m.report_year, m.scope, f.title, f.url, q.sha256, m.rule, m.severity, m.origin, q.place, q.expected, q.actual,
       q.hint, q.hint_en, q.cause_group, q.message_zh, q.message_en,
       m.state, q.first_seen_at, q.resolved_at,
       m.decision, m.reason, m.role, m.decided_at, m.decision_lapsed
FROM mart_issue m
JOIN quality_issue q ON q.issue_id = m.issue_id
LEFT JOIN dim_filing f ON f.filing_id = m.filing_id
LEFT JOIN dim_agency a ON a.agency_id = m.agency_id
