-- Where one filing stands among those of the same year, scope, level and sector: in its province, and in all.
SELECT count(*) AS filings, count(received_new) AS with_received, median(received_new) AS median_received,
       count(*) FILTER (received_new > $received) + 1 AS rank_received,
       count(share) AS with_share, median(share) AS median_share,
       count(*) FILTER (share > $share) + 1 AS rank_share,
       median(errors) AS median_errors, count(*) FILTER (errors > $errors) + 1 AS rank_errors
FROM (
    SELECT received_new, errors, CASE WHEN concluded > 0 THEN refused / concluded END AS share
    FROM mart_filing
    WHERE is_current AND report_year = $report_year AND scope::VARCHAR = $scope AND level::VARCHAR = $level
      AND sector::VARCHAR = $sector AND ($province IS NULL OR province = $province)
)
