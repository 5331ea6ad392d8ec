-- The two sides of every identity at every place of the filings numbered
-- $first to $last, where it can be judged. rule_term holds the terms of every
-- edition; a merged row (其他处理) weighs as many terms as the rows that it
-- replaces, and those are not among the figures.
SELECT t.sum_no, c.filing_no,
       coalesce(sum(c.value) FILTER (t.side = 'expected'), 0) AS expected,
       coalesce(sum(c.value) FILTER (t.side = 'actual'), 0) AS actual
FROM rule_figure AS c
JOIN rule_term AS t ON t.cell_no = c.cell_no
WHERE c.filing_no BETWEEN $first AND $last
GROUP BY t.sum_no, c.filing_no
HAVING NOT bool_or(c.status IN ('missing', 'unreadable')
                   OR t.is_total AND c.status = 'blank'
                   OR t.is_result AND c.status <> 'reported')
   AND sum(t.weight) = any_value(t.weight_needed)
