-- The figures that stand in some identity, by the numbers of filing and cell:
-- grouping many millions of them by text takes ten times as long.
CREATE OR REPLACE TEMP TABLE rule_figure AS
SELECT n.filing_no, k.cell_no, c.value, c.status
FROM cell AS c
JOIN rule_filing AS n ON n.filing_id = c.filing_id
JOIN rule_cell AS k ON k.form = n.form AND k.form_table = c.form_table
                   AND k.row_code = c.row_code AND k.column_code = c.column_code
