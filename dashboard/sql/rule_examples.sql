SELECT q.issue_id, m.filing_id, a.name AS agency_name, m.report_year, q.expected, q.actual, q.message_zh, q.message_en
FROM (
    SELECT m.issue_id, m.filing_id, m.agency_id, m.report_year
    FROM mart_issue m
    LEFT JOIN live.decided d ON d.issue_id = m.issue_id
    WHERE m.rule = $rule AND m.state = 'open' AND coalesce(d.decision, m.decision::VARCHAR) IS DISTINCT FROM 'dismissed'
    ORDER BY m.report_year DESC, m.issue_id
    LIMIT $most
) m
JOIN quality_issue q ON q.issue_id = m.issue_id
LEFT JOIN dim_agency a ON a.agency_id = m.agency_id
ORDER BY m.report_year DESC, m.issue_id
