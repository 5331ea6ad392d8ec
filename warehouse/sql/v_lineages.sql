-- 机关的更名、合并：每个机关一行，附其承接链（最后一个机关）和该机关自己的报告年度。不用表格的单元格。
-- / Renames and mergers: one row per agency with its lineage (the last agency of the chain of successors) and the years for which it filed under that name. No cells of the tables are used.
-- @column lineage_name: 承接链最后一个机关的全称 / full name of the last agency of the lineage
-- @column successor_name: 承接其职能的机关 / agency that succeeded it
-- @column predecessors: 同一承接链的其他机关数 / other agencies of the lineage
-- @column first_year: 以此名称报告的最早年度 / first report year under this name
-- @column last_year: 以此名称报告的最近年度 / last report year under this name
-- @column filings: 现行报告份数 / current filings
WITH filed AS (
    SELECT agency_id, min(report_year) AS first_year, max(report_year) AS last_year, count(*) AS filings
    FROM mart_filing
    WHERE is_current
    GROUP BY agency_id
), lineage AS (
    SELECT lineage_id, count(*) AS members FROM dim_agency GROUP BY lineage_id
)
SELECT a.lineage_id, l.name AS lineage_name, a.agency_id, a.name, a.valid_from, a.valid_to, a.successor_id,
       s.name AS successor_name, n.members - 1 AS predecessors, a.level, a.sector, a.province, a.prefecture, a.county,
       f.first_year, f.last_year, coalesce(f.filings, 0) AS filings
FROM dim_agency AS a
JOIN dim_agency AS l ON l.agency_id = a.lineage_id
JOIN lineage AS n ON n.lineage_id = a.lineage_id
LEFT JOIN dim_agency AS s ON s.agency_id = a.successor_id
LEFT JOIN filed AS f ON f.agency_id = a.agency_id
