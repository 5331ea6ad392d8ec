-- 每个承接链、口径、程序各年合计的复议、诉讼结果，取自 mart_filing 的现行报告；只计三种结果都填有数字的报告。 /
-- Results of reviews and lawsuits per lineage, scope and procedure over all years, from the current filings of mart_filing; only filings with a number in all three results are used.
WITH cases AS (
    SELECT lineage_id, report_year, scope, 'review'::e_procedure AS procedure_code, review_upheld AS upheld, review_corrected AS corrected,
           review_other AS other, review_pending AS pending
    FROM mart_filing WHERE is_current
    UNION ALL
    SELECT lineage_id, report_year, scope, 'litigation_direct', litigation_direct_upheld, litigation_direct_corrected,
           litigation_direct_other, litigation_direct_pending
    FROM mart_filing WHERE is_current
    UNION ALL
    SELECT lineage_id, report_year, scope, 'litigation_after_review', litigation_after_review_upheld, litigation_after_review_corrected,
           litigation_after_review_other, litigation_after_review_pending
    FROM mart_filing WHERE is_current
), told AS (
    SELECT *, upheld + corrected + other IS NOT NULL AS is_whole FROM cases
)
SELECT lineage_id, scope, procedure_code, count(DISTINCT report_year) FILTER (is_whole) AS years, count(*) AS filings,
       count(*) FILTER (is_whole) AS filings_used, sum(upheld) FILTER (is_whole) AS upheld,
       sum(corrected) FILTER (is_whole) AS corrected, sum(other) FILTER (is_whole) AS other_result
FROM told
GROUP BY lineage_id, scope, procedure_code
