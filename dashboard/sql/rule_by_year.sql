WITH issue AS (
    SELECT m.report_year, count(*) AS issues, count(DISTINCT m.filing_id) AS filings
    FROM mart_issue m
    LEFT JOIN live.decided d ON d.issue_id = m.issue_id
    WHERE m.rule = $rule AND m.state = 'open' AND m.report_year IS NOT NULL
      AND coalesce(d.decision, m.decision::VARCHAR) IS DISTINCT FROM 'dismissed'
    GROUP BY m.report_year
), filing AS (
    SELECT report_year, count(*) AS current_filings FROM mart_filing WHERE is_current GROUP BY report_year
)
SELECT report_year, coalesce(issues, 0) AS issues, coalesce(filings, 0) AS filings,
       coalesce(current_filings, 0) AS current_filings
FROM filing FULL JOIN issue USING (report_year)
ORDER BY report_year
