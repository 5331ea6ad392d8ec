-- 每个问题在各版本、各次复核之后的状况。同一机关、年度、口径的报告换了版本而规则、位置和数字不变的，仍是同一问题，取最近出现的版本。 /
-- Where every issue stands after revisions and reviewers' decisions. An issue whose rule, place and figures are unchanged in a new revision of the report (same agency, year and scope) is the same issue, as its last revision shows it.
WITH issue AS (
    SELECT q.issue_id, q.filing_id, q.rule, q.severity, q.origin, q.place, q.expected, q.actual, q.resolved_at,
           q.sha256, coalesce(f.agency_id, q.agency_id) AS agency_id,
           coalesce(f.report_year, q.report_year) AS report_year,
           f.scope, f.revision, coalesce(f.is_current, true) AS is_current
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
SELECT s.issue_id, s.filing_id, s.agency_id, s.report_year, s.scope, s.rule, s.severity, s.origin,
       CASE WHEN s.is_open THEN 'open' ELSE 'resolved' END AS state,
       l.last.decision AS decision, l.last.reason AS reason, l.last.role AS role, l.last.decided_at AS decided_at,
       s.is_open AND l.issue_id IS NULL AND p.rule IS NOT NULL AS decision_lapsed
FROM standing s
LEFT JOIN last_decision l ON l.issue_id = s.issue_id
LEFT JOIN lapsed p ON p.subject = s.subject AND p.rule = s.rule AND p.place = s.place
