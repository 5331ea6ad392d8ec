-- 每个承接链各年报告的覆盖，取自 mart_filing 的现行报告；新收没有数字的年度另计，不作零。 /
-- Coverage of each lineage over the years, from the current filings of mart_filing; years in which received has no number are counted apart, not as zero.
WITH yearly AS (
    SELECT lineage_id, report_year, bool_and(form = '2014') AS is_old,
           max(received_new) AS most, bool_or(received_new IS NULL) AS has_blank,
           sum(received_new) FILTER (scope = 'own') AS received
    FROM mart_filing
    WHERE is_current
    GROUP BY lineage_id, report_year
)
SELECT lineage_id,
       min(report_year) AS first_year, max(report_year) AS last_year, count(*) AS years_filed,
       max(report_year) - min(report_year) + 1 - count(*) AS years_lacking,
       count(*) FILTER (NOT is_old AND most = 0 AND NOT has_blank) AS years_without_requests,
       count(*) FILTER (NOT is_old AND has_blank) AS years_unknown,
       sum(received) AS received
FROM yearly
GROUP BY lineage_id
