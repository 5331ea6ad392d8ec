-- 每个机关（沿承接链）各年合计的复议、诉讼结果和纠正率：按口径、程序，取自表四各结果（mart_filing 的现行报告），不用其总计。只计三种结果都填有数字的报告，空白不作零；尚未审结的不计入，因此跨年相加不重复。结案少于 minimum_base 件的不给纠正率。
-- / Results of reviews and lawsuits of each agency (followed through its lineage) over all years and the rate of correction, by scope and procedure, from the results of 表四 (current filings of mart_filing), not its totals. Only filings with a number in all three results are used; a blank is no zero. Pending cases are left out, so that years add up without counting a case twice. No rate where fewer than minimum_base cases were decided.
-- @column agency_name: 承接链最后一个机关的全称 / full name of the last agency of the lineage
-- @column minimum_base: 计算纠正率所需的最少结案数 / decided cases that a rate needs at least
-- @column correction_rate: 纠正率：纠正÷（维持＋纠正＋其他）；结案少于 minimum_base 的为空 / corrected / (upheld + corrected + other); NULL where fewer than minimum_base cases were decided
SELECT s.lineage_id, a.name AS agency_name, a.level, a.sector, a.province, s.scope, s.procedure_code, s.years, s.filings,
       s.filings_used, s.upheld::BIGINT AS upheld, s.corrected::BIGINT AS corrected,
       s.other_result::BIGINT AS other_result, 10 AS minimum_base,
       CASE WHEN s.upheld + s.corrected + s.other_result >= minimum_base
            THEN s.corrected::DOUBLE / (s.upheld + s.corrected + s.other_result)::DOUBLE END AS correction_rate
FROM mart_lineage_case AS s
JOIN dim_agency AS a ON a.agency_id = s.lineage_id
