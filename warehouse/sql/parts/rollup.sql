-- 取自 v_rollup_filings：area 和 own 两种汇总分列，只可取一种；area 只可在同一层级内相加。数字取自表三“总计”列和表四总计所填，不予公开等为各项都有数字时之和；空白不计入，各列旁的 _filings 说明有几份报告填有数字。
-- / From v_rollup_filings: the roll-ups area and own stand apart, take one of them; area adds up within one level only. Figures are the column 总计 of 表三 and the totals of 表四 as filed; refused, unavailable and not_processed are sums where every part has a number. Blanks are not in the sums: the columns _filings say how many filings have a number.
-- @column basis: 汇总种类：area 全地区汇总报告，own 各机关自己的报告 / kind of roll-up: area whole-area reports, own the agencies' reports about themselves
-- @column filings: 所取报告份数 / filings taken
-- @column agencies: 所取报告的机关数（沿承接链） / agencies (lineages) of the filings taken
-- @column received_new: 本年新收之和，只加填有数字的报告；全无数字为空 / received this year, over the filings that have a number; NULL where none has
-- @column received_new_filings: 其中填有数字的报告份数 / filings that have a number for it
-- @column concluded: 办结之和，只加填有数字的报告；全无数字为空 / concluded, over the filings that have a number; NULL where none has
-- @column concluded_filings: 其中填有数字的报告份数 / filings that have a number for it
-- @column granted: 予以公开之和，只加填有数字的报告；全无数字为空 / granted, over the filings that have a number; NULL where none has
-- @column granted_filings: 其中填有数字的报告份数 / filings that have a number for it
-- @column partly_granted: 部分公开之和，只加填有数字的报告；全无数字为空 / partly granted, over the filings that have a number; NULL where none has
-- @column partly_granted_filings: 其中填有数字的报告份数 / filings that have a number for it
-- @column refused: 不予公开之和，只加填有数字的报告；全无数字为空 / refused, over the filings that have a number; NULL where none has
-- @column refused_filings: 其中填有数字的报告份数 / filings that have a number for it
-- @column unavailable: 无法提供之和，只加填有数字的报告；全无数字为空 / unavailable, over the filings that have a number; NULL where none has
-- @column unavailable_filings: 其中填有数字的报告份数 / filings that have a number for it
-- @column not_processed: 不予处理之和，只加填有数字的报告；全无数字为空 / not processed, over the filings that have a number; NULL where none has
-- @column not_processed_filings: 其中填有数字的报告份数 / filings that have a number for it
-- @column carried_forward: 结转下年度之和，只加填有数字的报告；全无数字为空 / carried forward, over the filings that have a number; NULL where none has
-- @column carried_forward_filings: 其中填有数字的报告份数 / filings that have a number for it
-- @column review_total: 行政复议之和，只加填有数字的报告；全无数字为空 / reviews, over the filings that have a number; NULL where none has
-- @column review_total_filings: 其中填有数字的报告份数 / filings that have a number for it
-- @column litigation_total: 行政诉讼之和，只加填有数字的报告；全无数字为空 / lawsuits, over the filings that have a number; NULL where none has
-- @column litigation_total_filings: 其中填有数字的报告份数 / filings that have a number for it
count(*) AS filings, count(DISTINCT lineage_id) AS agencies,
       sum(received_new)::BIGINT AS received_new, count(received_new) AS received_new_filings,
       sum(concluded)::BIGINT AS concluded, count(concluded) AS concluded_filings,
       sum(granted)::BIGINT AS granted, count(granted) AS granted_filings,
       sum(partly_granted)::BIGINT AS partly_granted, count(partly_granted) AS partly_granted_filings,
       sum(refused)::BIGINT AS refused, count(refused) AS refused_filings,
       sum(unavailable)::BIGINT AS unavailable, count(unavailable) AS unavailable_filings,
       sum(not_processed)::BIGINT AS not_processed, count(not_processed) AS not_processed_filings,
       sum(carried_forward)::BIGINT AS carried_forward, count(carried_forward) AS carried_forward_filings,
       sum(review_total)::BIGINT AS review_total, count(review_total) AS review_total_filings,
       sum(litigation_total)::BIGINT AS litigation_total, count(litigation_total) AS litigation_total_filings
