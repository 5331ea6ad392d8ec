-- 各省的公开率、不予公开率、不掌握率：按年度、口径、层级、省，取自表三“总计”列（mart_filing 的现行报告）。只计各有关格都填有数字的报告（filings_used），份数之比见 filings；空白不作零。area 口径已含所属部门，勿与其他口径相加。area 口径下各层级也相互包含，勿跨层级相加。
-- / The same rates by year, scope, level and province, from the column 总计 of 表三 (current filings of mart_filing). Only filings in which every cell concerned has a number are used (filings_used, out of filings); a blank is no zero. A filing of scope area contains its departments; never add it to other scopes. Within scope area levels contain each other, too: never add levels.
-- @column filings: 现行报告份数 / current filings
-- @column filings_used: 所用报告份数：各有关格都填有数字 / filings used: every cell concerned has a number
-- @column concluded: 所用报告的办结总计之和 / concluded, over the filings used
-- @column disclosure_rate: 公开率：（予以公开＋部分公开）÷办理结果总计 / (granted + partly granted) / concluded
-- @column refusal_rate: 不予公开率：不予公开÷办理结果总计 / refused / concluded
-- @column not_held_rate: 不掌握率：本机关不掌握÷办理结果总计 / not held / concluded
SELECT report_year, scope, level, province, count(*) AS filings, count(*) FILTER (is_whole) AS filings_used,
       sum(concluded) FILTER (is_whole)::BIGINT AS concluded,
       sum(granted + partly_granted) FILTER (is_whole)::DOUBLE / nullif(sum(concluded) FILTER (is_whole), 0)::DOUBLE
           AS disclosure_rate,
       sum(refused) FILTER (is_whole)::DOUBLE / nullif(sum(concluded) FILTER (is_whole), 0)::DOUBLE AS refusal_rate,
       sum(unavailable_not_held) FILTER (is_whole)::DOUBLE / nullif(sum(concluded) FILTER (is_whole), 0)::DOUBLE
           AS not_held_rate
FROM (
    SELECT *, concluded + granted + partly_granted + refused + unavailable_not_held IS NOT NULL AS is_whole
    FROM mart_filing
    WHERE is_current
)
GROUP BY report_year, scope, level, province
