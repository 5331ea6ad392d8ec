-- 表二, 表三 and 表四 with the same figures in the same cells as another agency's
-- report of any year. Of all that are alike the earliest (by report year, day of
-- publication, retrieval) is taken for the original; the others are named against
-- it, never against each other, and those of its own family not at all.
-- How much is alike is counted in cells that follow from no others.
WITH print AS (
    SELECT c.filing_id, count(*) AS filled, count(o.row_code) AS facts,
           count(DISTINCT c.value) FILTER (o.row_code IS NOT NULL) AS different,
           bit_xor(hash(c.form_table, c.row_code, c.column_code, c.value)) AS mark
    FROM cell AS c
    LEFT JOIN rule_own_fact AS o ON o.form_table = c.form_table AND o.row_code = c.row_code
                           AND o.column_code = c.column_code
    WHERE c.form_table IN ('proactive', 'applications', 'review_litigation') AND c.value <> 0
    GROUP BY c.filing_id
    HAVING facts >= $least_cells AND different >= $least_values
), alike AS (
    SELECT p.filing_id, p.filled, a.family, f.report_year,
           first_value(p.filing_id) OVER earliest AS original_id,
           first_value(a.family) OVER earliest AS original_family,
           first_value(a.name) OVER earliest AS original_agency,
           first_value(f.report_year) OVER earliest AS original_year
    FROM print AS p
    JOIN dim_filing AS f ON f.filing_id = p.filing_id AND f.is_current
    JOIN rule_family AS a ON a.agency_id = f.agency_id
    WINDOW earliest AS (PARTITION BY p.mark, p.filled, p.different
                        ORDER BY f.report_year, f.published_on NULLS LAST, f.retrieved_at, f.filing_id)
)
SELECT filing_id, 'applications' AS place, NULL AS expected, NULL AS actual,
       [{'side': 'actual', 'filing_id': filing_id, 'form_table': 'applications',
         'row_code': 'received_new', 'column_code': 'total'},
        {'side': 'expected', 'filing_id': original_id, 'form_table': 'applications',
         'row_code': 'received_new', 'column_code': 'total'}] AS cells,
       MAP {'other_agency': original_agency, 'other_year': original_year::VARCHAR, 'filled': filled::VARCHAR} AS detail
FROM alike
WHERE family <> original_family
