-- 汇总所取的现行报告：basis 说明各份属于哪一种汇总，汇总须只取一种。area：全地区汇总报告，已含下级和部门，只可在同一层级内相加。own：各机关自己的报告，各层级可以相加；代表本级政府的报告（represented）只在该机关、其办公厅（室）及其所属政府当年都没有 own 报告时才取，以免重复。为空的不取：口径未说明，或已由 own 报告代替。更名、合并的机关各年各自报告，不重复；旧版本不取。数字同 mart_filing：合计照录所填，空白为空，不作零。
-- / What a roll-up takes: basis says to which kind of roll-up a current filing belongs, and a roll-up takes one kind only. area: whole-area reports, which contain their departments and all levels below, to be added within one level only. own: the agencies' reports about themselves, which add up across levels; a report on behalf of a government (represented) is taken only where neither that agency, nor its office, nor the government that it belongs to has an own filing for the year, so that nothing counts twice. Filings with basis NULL are taken by none: their scope is not stated, or an own filing stands in their place. Renamed and merged agencies filed each for their years; older revisions are out. Figures as in mart_filing: totals as filed, blanks NULL.
-- @column basis: 所属汇总：area 或 own；为空则不取 / roll-up that takes it: area or own; NULL where none does
WITH represented AS (
    SELECT m.filing_id, m.agency_id, m.report_year, CASE WHEN m.sector = 'government' THEN a.parent_agency_id END AS parent
    FROM mart_filing AS m
    JOIN dim_agency AS a ON a.agency_id = m.agency_id
    WHERE m.is_current AND m.scope = 'represented'
), own AS (
    SELECT m.agency_id, m.report_year, CASE WHEN m.sector = 'government' THEN a.parent_agency_id END AS parent
    FROM mart_filing AS m
    JOIN dim_agency AS a ON a.agency_id = m.agency_id
    WHERE m.is_current AND m.scope = 'own' AND EXISTS (FROM represented)
), replaced AS (
    -- By an own filing of the agency itself, of the government that an office belongs to, or of a government's office.
    SELECT r.filing_id FROM represented AS r JOIN own AS o ON o.report_year = r.report_year AND o.agency_id = r.agency_id
    UNION
    SELECT r.filing_id FROM represented AS r JOIN own AS o ON o.report_year = r.report_year AND o.agency_id = r.parent
    UNION
    SELECT r.filing_id FROM represented AS r JOIN own AS o ON o.report_year = r.report_year AND o.parent = r.agency_id
)
SELECT m.* EXCLUDE (is_current),
       CASE WHEN m.scope IN ('area', 'own') THEN m.scope::VARCHAR
            WHEN m.scope = 'represented' AND r.filing_id IS NULL THEN 'own'
       END AS basis
FROM mart_filing AS m
LEFT JOIN replaced AS r ON r.filing_id = m.filing_id
WHERE m.is_current
