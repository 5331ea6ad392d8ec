-- 复议、诉讼结果和纠正率：按年度、口径、层级、省、程序，取自表四各结果（mart_filing 的现行报告），不用其总计。只计三种结果都填有数字的报告，空白不作零。尚未审结的不计入：次年会再计一次。结案少于 minimum_base 件的不给纠正率。area 口径已含所属部门，勿与其他口径相加。
-- / Results of reviews and lawsuits and the rate of correction by year, scope, level, province and procedure, from the results of 表四 (current filings of mart_filing), not its totals. Only filings with a number in all three results are used; a blank is no zero. Pending cases are left out: they are counted again the year after. No rate where fewer than minimum_base cases were decided. A filing of scope area contains its departments; never add it to other scopes.
-- @column procedure_code: 程序：review 复议、litigation_direct 未经复议直接起诉、litigation_after_review 复议后起诉 / procedure: review, litigation_direct or litigation_after_review
-- @column filings: 现行报告份数 / current filings
-- @column filings_used: 所用报告份数：三种结果都填有数字 / filings used: all three results have a number
-- @column upheld: 结果维持之和 / upheld, over the filings used
-- @column corrected: 结果纠正之和 / corrected, over the filings used
-- @column other_result: 其他结果之和 / other results, over the filings used
-- @column minimum_base: 计算纠正率所需的最少结案数 / decided cases that a rate needs at least
-- @column correction_rate: 纠正率：纠正÷（维持＋纠正＋其他）；结案少于 minimum_base 的为空 / corrected / (upheld + corrected + other); NULL where fewer than minimum_base cases were decided
WITH cases AS (
    SELECT report_year, scope, level, province, 'review' AS procedure_code, review_upheld AS upheld, review_corrected AS corrected,
           review_other AS other, review_pending AS pending
    FROM mart_filing WHERE is_current
    UNION ALL
    SELECT report_year, scope, level, province, 'litigation_direct', litigation_direct_upheld, litigation_direct_corrected,
           litigation_direct_other, litigation_direct_pending
    FROM mart_filing WHERE is_current
    UNION ALL
    SELECT report_year, scope, level, province, 'litigation_after_review', litigation_after_review_upheld, litigation_after_review_corrected,
           litigation_after_review_other, litigation_after_review_pending
    FROM mart_filing WHERE is_current
), told AS (
    SELECT *, upheld + corrected + other IS NOT NULL AS is_whole, 10 AS minimum_base FROM cases
)
SELECT report_year, scope, level, province, procedure_code, count(*) AS filings, count(upheld + corrected + other) AS filings_used,
       sum(upheld) FILTER (is_whole)::BIGINT AS upheld, sum(corrected) FILTER (is_whole)::BIGINT AS corrected,
       sum(other) FILTER (is_whole)::BIGINT AS other_result, any_value(minimum_base) AS minimum_base,
       CASE WHEN sum(upheld + corrected + other) >= any_value(minimum_base)
            THEN sum(corrected) FILTER (is_whole)::DOUBLE / sum(upheld + corrected + other)::DOUBLE
       END AS correction_rate
FROM told
GROUP BY report_year, scope, level, province, procedure_code
