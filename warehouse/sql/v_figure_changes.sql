-- 报告换版本时改了哪些数字：每份报告相邻两个版本之间数值或状态不同的单元格一行（含合计），取自 mart_figure_change。空白改为零也是变动。被取代的数字仍在旧版本中，从不改写。
-- / Which figures changed between revisions: one row per cell (totals too) whose figure or status differs between a revision of a filing and the one before it, from mart_figure_change. A blank that became zero is a change. What was replaced stays in its revision and is never overwritten.
-- @column agency_name: 机关全称 / agency's full name
-- @column item_label_zh: 行的中文标签 / Chinese label of the row
-- @column changed_at: 后一版本首次取得的时刻（UTC） / when the later revision was first retrieved (UTC)
SELECT c.filing_id, c.previous_filing_id, f.agency_id, a.name AS agency_name, a.lineage_id, f.report_year, f.scope,
       f.revision, f.retrieved_at AS changed_at, c.form_table, c.row_code, i.label_zh AS item_label_zh, c.column_code,
       c.value_before, c.value_after, c.status_before, c.status_after
FROM mart_figure_change AS c
JOIN dim_filing AS f ON f.filing_id = c.filing_id
JOIN dim_agency AS a ON a.agency_id = f.agency_id
JOIN dim_item AS i ON i.item = c.row_code
