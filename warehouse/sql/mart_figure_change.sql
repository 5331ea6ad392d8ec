-- 相邻两个版本之间变动的单元格，取自 cell；空白与零不同，状态变动也算变动。 /
-- Cells that changed between a revision and the one before it, from cell; a blank is no zero, and a change of status is a change.
WITH step AS (
    SELECT filing_id, lag(filing_id) OVER (PARTITION BY agency_id, report_year, scope ORDER BY revision) AS previous
    FROM dim_filing
), pair AS (
    SELECT filing_id, previous FROM step WHERE previous IS NOT NULL
), after AS (
    SELECT p.filing_id, p.previous, c.form_table, c.row_code, c.column_code, c.value, c.status
    FROM pair AS p JOIN cell AS c ON c.filing_id = p.filing_id
), before AS (
    SELECT p.filing_id, p.previous, c.form_table, c.row_code, c.column_code, c.value, c.status
    FROM pair AS p JOIN cell AS c ON c.filing_id = p.previous
)
SELECT filing_id, coalesce(a.previous, b.previous) AS previous_filing_id, form_table, row_code, column_code,
       b.value AS value_before, a.value AS value_after, b.status AS status_before, a.status AS status_after
FROM after AS a
FULL JOIN before AS b USING (filing_id, form_table, row_code, column_code)
WHERE a.value IS DISTINCT FROM b.value OR a.status IS DISTINCT FROM b.status
