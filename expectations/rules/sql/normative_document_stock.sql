-- 现行有效件数 against last year's plus 制发 minus 废止, for 规章 and 行政规范性文件.
-- The stock is carried like a total: last year's must not be blank, this year's
-- must be a figure. Dashes, and blanks elsewhere, count as nothing.
WITH document AS (
    SELECT c.filing_id, c.row_code,
           any_value(c.status) FILTER (c.column_code = 'in_force') AS stock_status,
           coalesce(any_value(c.value) FILTER (c.column_code = 'in_force'), 0) AS stock,
           coalesce(any_value(c.value) FILTER (c.column_code = 'issued'), 0)
             - coalesce(any_value(c.value) FILTER (c.column_code = 'repealed'), 0) AS change,
           count(*) FILTER (c.column_code IN ('issued', 'repealed')
                            AND c.status NOT IN ('missing', 'unreadable')) = 2 AS change_known
    FROM cell AS c
    WHERE c.form_table = 'proactive' AND c.row_code IN ('regulations', 'normative_documents')
    GROUP BY c.filing_id, c.row_code
)
SELECT p.filing_id, this.row_code::VARCHAR AS place, last.stock + this.change AS expected, this.stock AS actual,
       [{'side': 'expected', 'filing_id': p.previous_id, 'form_table': 'proactive',
         'row_code': this.row_code::VARCHAR, 'column_code': 'in_force'},
        {'side': 'expected', 'filing_id': p.filing_id, 'form_table': 'proactive',
         'row_code': this.row_code::VARCHAR, 'column_code': 'issued'},
        {'side': 'minus', 'filing_id': p.filing_id, 'form_table': 'proactive',
         'row_code': this.row_code::VARCHAR, 'column_code': 'repealed'},
        {'side': 'actual', 'filing_id': p.filing_id, 'form_table': 'proactive',
         'row_code': this.row_code::VARCHAR, 'column_code': 'in_force'}] AS cells
FROM rule_previous AS p
JOIN dim_filing AS f ON f.filing_id = p.filing_id AND f.report_year >= $first_year
JOIN document AS this ON this.filing_id = p.filing_id
JOIN document AS last ON last.filing_id = p.previous_id AND last.row_code = this.row_code
WHERE this.stock_status = 'reported' AND this.change_known
  AND last.stock_status IN ('reported', 'not_applicable')
  AND this.stock <> last.stock + this.change
