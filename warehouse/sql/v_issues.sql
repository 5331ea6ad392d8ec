-- 质量问题一览：每个问题一行。同一机关、年度、口径的报告换了版本而规则、位置和数字不变的，仍是同一问题，取最近出现的版本；没有对应报告的问题（如缺报）也在内。state：未解决（open）的问题出自现行报告，更正后不再出现的为已解决（resolved）。decision 是适用于该问题的最近一次复核决定：换版本后数字不变的仍然适用，数字变了即失效（decision_lapsed）。origin = extraction 的问题可能是本系统读错。
-- / Issues: one row each. An issue whose rule, place and figures are unchanged in a new revision of the report (same agency, year and scope) is the same issue, as its last revision shows it; issues without a filing (filing_missing …) stand here too. state: an open issue is one of a current filing, a resolved one was put right. decision is the last reviewer's decision that applies: it survives a new revision with the same figures and lapses when they change (decision_lapsed). Issues of origin extraction may be our misreading.
-- @column agency_name: 机关全称 / agency's full name
-- @column state: 状态：open 未解决，resolved 已解决 / open or resolved
-- @column decision: 适用于该问题的最近一次复核决定；未复核为空 / last decision that applies; NULL where there is none
-- @column reason: 该决定的理由 / reason of that decision
-- @column role: 作出该决定的复核人角色 / role of its reviewer
-- @column decision_lapsed: 该位置上的问题曾经复核，但数字已变，须重新复核 / an issue of this rule and place was decided on, but its figures have changed since: to be decided anew
WITH issue AS (
    SELECT q.* REPLACE (coalesce(f.agency_id, q.agency_id) AS agency_id,
                        coalesce(f.report_year, q.report_year) AS report_year),
           f.scope, f.revision, coalesce(f.is_current, true) AS is_current, f.title, f.url
    FROM quality_issue q
    LEFT JOIN dim_filing f ON f.filing_id = q.filing_id
), subject_issue AS (
    SELECT *, CASE WHEN agency_id IS NULL THEN sha256 ELSE concat_ws('-', agency_id, report_year, scope) END AS subject
    FROM issue
), standing AS (
    SELECT *, resolved_at IS NULL AND is_current AS is_open
    FROM subject_issue
    QUALIFY row_number() OVER (
        PARTITION BY subject, rule, place, expected, actual ORDER BY revision DESC, issue_id) = 1
), decided AS (
    -- What was decided on: as the decision notes it, else as the issue still shows it.
    SELECT r.issue_id, r.review_no, r.decision, r.reason, r.role, r.decided_at,
           CASE WHEN r.rule IS NULL THEN i.subject WHEN r.agency_id IS NULL THEN r.sha256
                ELSE concat_ws('-', r.agency_id, r.report_year, r.scope) END AS subject,
           coalesce(r.sha256, i.sha256) AS sha256, coalesce(r.rule, i.rule) AS rule,
           coalesce(r.place, i.place) AS place,
           CASE WHEN r.rule IS NULL THEN i.expected ELSE r.expected END AS expected,
           CASE WHEN r.rule IS NULL THEN i.actual ELSE r.actual END AS actual
    FROM review r
    LEFT JOIN subject_issue i ON i.issue_id = r.issue_id
), applies AS (
    -- By the report, or by the very document (its agency may have been registered since): two joins, each on its key.
    SELECT s.issue_id, d.issue_id AS decided_id, d.review_no
    FROM standing s
    JOIN decided d ON d.subject = s.subject AND d.rule = s.rule AND d.place = s.place
                  AND d.expected IS NOT DISTINCT FROM s.expected AND d.actual IS NOT DISTINCT FROM s.actual
    UNION
    SELECT s.issue_id, d.issue_id, d.review_no
    FROM standing s
    JOIN decided d ON d.sha256 = s.sha256 AND d.rule = s.rule AND d.place = s.place
                  AND d.expected IS NOT DISTINCT FROM s.expected AND d.actual IS NOT DISTINCT FROM s.actual
), last_decision AS (
    SELECT p.issue_id, arg_max(struct_pack(d.decision, d.reason, d.role, d.decided_at),
                               struct_pack(d.decided_at, d.issue_id, d.review_no)) AS last
    FROM applies p
    JOIN decided d ON d.issue_id = p.decided_id AND d.review_no = p.review_no
    GROUP BY p.issue_id
), lapsed AS (
    SELECT DISTINCT d.subject, d.rule, d.place
    FROM decided d
    WHERE NOT EXISTS (SELECT 1 FROM applies p JOIN standing s ON s.issue_id = p.issue_id
                      WHERE p.decided_id = d.issue_id AND s.is_open)
)
SELECT s.issue_id, s.filing_id, s.agency_id, a.name AS agency_name,
       a.lineage_id, a.level, a.sector, a.region_code, a.province, a.prefecture, a.county,
       s.report_year, s.scope, s.title, s.url, s.sha256, s.rule, s.severity, s.origin, s.place, s.expected, s.actual,
       s.hint, s.hint_en, s.cause_group, s.message_zh, s.message_en,
       CASE WHEN s.is_open THEN 'open' ELSE 'resolved' END AS state, s.first_seen_at, s.resolved_at,
       l.last.decision AS decision, l.last.reason AS reason, l.last.role AS role, l.last.decided_at AS decided_at,
       s.is_open AND l.issue_id IS NULL AND p.rule IS NOT NULL AS decision_lapsed
FROM standing s
LEFT JOIN dim_agency a ON a.agency_id = s.agency_id
LEFT JOIN last_decision l ON l.issue_id = s.issue_id
LEFT JOIN lapsed p ON p.subject = s.subject AND p.rule = s.rule AND p.place = s.place
