-- Where one filing stands among those of the same year, scope, level and sector: in its province, or in all. Shares are
-- compared by cross-multiplication, which is exact.
SELECT count(*) AS filings, count(received_new) AS with_received, median(received_new) AS median_received,
       count(*) FILTER (received_new > $received) + 1 AS rank_received,
       count(share) AS with_share, median(share) AS median_share,
       count(*) FILTER (concluded > 0 AND refused * $concluded > $refused * concluded) + 1 AS rank_share,
       median(errors) AS median_errors, count(*) FILTER (errors > $errors) + 1 AS rank_errors
FROM (
    SELECT m.received_new::DECIMAL(18, 0) AS received_new, m.refused::DECIMAL(18, 0) AS refused,
           m.concluded::DECIMAL(18, 0) AS concluded, m.errors + coalesce(s.errors, 0) AS errors,
           CASE WHEN m.concluded > 0 THEN m.refused / m.concluded END AS share
    FROM mart_filing m
    LEFT JOIN live.shift s ON s.filing_id = m.filing_id
    WHERE is_current AND report_year = $report_year AND scope::VARCHAR = $scope AND level::VARCHAR = $level
      AND sector::VARCHAR = $sector AND ($province IS NULL OR province = $province)
)
