SELECT strftime(first_seen_at, '%Y-%m') AS month, count(*) AS issues
FROM quality_issue
WHERE rule = $rule
GROUP BY month
ORDER BY month DESC
LIMIT 36
