-- The cells that follow from no others: totals, and 本年新收 (what was concluded
-- and carried forward, less what was carried over), repeat what their parts say.
SELECT DISTINCT form_table, row_code, column_code
FROM rule_cell
WHERE NOT is_total AND row_code <> 'received_new'
