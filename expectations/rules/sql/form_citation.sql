-- Filings that cite the document of another edition of the form than the one in
-- force for their year, and not that one beside it.
WITH cited AS (
    SELECT s.filing_id, s.metric AS edition, s.statement_no, s.sentence, e.form,
           bool_or(s.metric = e.form) OVER (PARTITION BY s.filing_id) AS right_too
    FROM statement AS s
    JOIN dim_filing AS f ON f.filing_id = s.filing_id
    JOIN rule_edition AS e ON f.report_year BETWEEN e.first_year AND e.last_year
    WHERE s.kind = 'form_cited'
)
SELECT filing_id, 'form' AS place, form AS expected, edition AS actual,
       MAP {'sentence': arg_min(sentence, statement_no)} AS detail, [] AS cells
FROM cited
WHERE NOT right_too
GROUP BY filing_id, form, edition
