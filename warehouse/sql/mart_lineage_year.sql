-- 每个承接链、口径、年度的合计及上一年的合计，取自 mart_filing 的现行报告；有一份没有数字即为空。2014年统计表除外。 /
-- Sums per lineage, scope and year and those of the year before, from the current filings of mart_filing; NULL where one of them has no number. Without the statistical table of 2014.
WITH yearly AS (
    SELECT lineage_id, scope, report_year, count(*) AS filings,
           CASE WHEN count(*) = count(received_new) THEN sum(received_new) END AS received_new,
           CASE WHEN count(*) = count(concluded) THEN sum(concluded) END AS concluded,
           CASE WHEN count(*) = count(refused) THEN sum(refused) END AS refused,
           CASE WHEN count(*) = count(carried_forward) THEN sum(carried_forward) END AS carried_forward
    FROM mart_filing
    WHERE is_current AND form <> '2014'
    GROUP BY lineage_id, scope, report_year
)
SELECT t.report_year, t.scope, t.lineage_id, t.filings, l.filings AS filings_before,
       t.received_new, l.received_new AS received_new_before,
       t.concluded, l.concluded AS concluded_before,
       t.refused, l.refused AS refused_before,
       t.carried_forward, l.carried_forward AS carried_forward_before
FROM yearly AS t
LEFT JOIN yearly AS l
    ON l.lineage_id = t.lineage_id AND l.scope = t.scope AND l.report_year = t.report_year - 1
