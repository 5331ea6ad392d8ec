-- 各来源应有的报告是否找到；没有找到的，列出与之有关的网址最近的结果。应有哪些报告由来源文件的机关和年度而定；只写年度的，每年至少一份（机关为 *）。不用表格的单元格。 /
-- Whether the filings that sources should have were found; where not, what became of the addresses that concern them. Which should be there is told by the agencies and years of a source's file; where it names years only, at least one of each (agency *). No cells of the tables are used.
-- @column filing_id: 现行报告；没有找到则为空 / current filing; NULL where none was found
-- @column is_found: 是否找到 / whether it was found
-- @column outcomes: 有关网址最近的结果；没有见到网址则为空 / what became of the addresses that concern it; NULL where none was seen
WITH filed AS (
    SELECT a.agency_id, a.name, f.report_year, min(f.filing_id) AS filing_id
    FROM dim_filing AS f
    JOIN dim_agency AS a USING (agency_id)
    WHERE f.is_current
    GROUP BY ALL
), sourced AS (
    SELECT s.source, f.report_year, min(f.filing_id) AS filing_id
    FROM (SELECT DISTINCT source FROM expected_filing) AS s
    JOIN document AS d ON starts_with(d.source_name, s.source || '/')
    JOIN dim_filing AS f ON f.sha256 = d.sha256
    WHERE f.is_current
    GROUP BY ALL
), seen AS (
    SELECT source, agency_name, report_year, string_agg(DISTINCT outcome::VARCHAR, ', ' ORDER BY outcome::VARCHAR) AS outcomes
    FROM crawl_address
    WHERE role <> 'listing' AND agency_name IS NOT NULL
    GROUP BY ALL
)
SELECT e.source, e.agency_name, e.report_year, e.agency_id,
    coalesce(by_id.filing_id, by_name.filing_id, any_one.filing_id) AS filing_id,
    coalesce(by_id.filing_id, by_name.filing_id, any_one.filing_id) IS NOT NULL AS is_found,
    CASE WHEN coalesce(by_id.filing_id, by_name.filing_id, any_one.filing_id) IS NULL THEN s.outcomes END AS outcomes
FROM expected_filing AS e
LEFT JOIN filed AS by_id ON by_id.agency_id = e.agency_id AND by_id.report_year = e.report_year
LEFT JOIN filed AS by_name ON e.agency_id IS NULL AND by_name.name = e.agency_name AND by_name.report_year = e.report_year
LEFT JOIN sourced AS any_one ON e.agency_name = '*' AND any_one.source = e.source AND any_one.report_year = e.report_year
LEFT JOIN seen AS s ON s.source = e.source AND s.agency_name = e.agency_name AND s.report_year = e.report_year
