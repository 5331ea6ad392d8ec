-- A draft beside the build attached as "last", in one row. Parameter: all (else only the filings of the
-- relation "compared" can have changed, and only their cells are looked at; the others count as kept).
WITH old_filing AS (
    SELECT agency_id, report_year, scope::VARCHAR AS scope FROM last.dim_filing WHERE is_current
), new_filing AS (
    SELECT agency_id, report_year, scope::VARCHAR AS scope FROM dim_filing WHERE is_current
), filing AS (
    SELECT report_year, count(*) AS before, count(n.agency_id) AS kept
    FROM old_filing o LEFT JOIN new_filing n USING (agency_id, report_year, scope) GROUP BY report_year
), worst AS (
    SELECT before, kept / before AS share FROM filing WHERE before >= $minimum ORDER BY share, before DESC LIMIT 1
), document_kept AS (
    SELECT count(*) AS before, count(n.sha256) AS kept
    FROM last.document o LEFT JOIN document n USING (sha256)
), old_figure AS (
    SELECT o.agency_id, o.report_year, o.scope::VARCHAR AS scope, count(*) AS figures
    FROM last.cell c JOIN last.dim_filing o USING (filing_id)
    WHERE o.is_current AND c.status = 'reported' GROUP BY ALL
), new_figure AS (
    SELECT n.agency_id, n.report_year, n.scope::VARCHAR AS scope, count(*) AS figures
    FROM cell c JOIN dim_filing n USING (filing_id)
    WHERE n.is_current AND c.status = 'reported' GROUP BY ALL
), report AS (
    -- A report's newest revision beside the newest that there was, whatever document it is.
    SELECT sum(o.figures) AS before, sum(least(o.figures, coalesce(n.figures, 0))) AS kept
    FROM old_figure o LEFT JOIN new_figure n USING (agency_id, report_year, scope)
), old_cell AS (
    SELECT c.filing_id, form_table::VARCHAR AS t, row_code::VARCHAR AS r, column_code::VARCHAR AS c, c.value
    FROM last.cell c JOIN last.dim_filing o USING (filing_id) JOIN dim_filing n USING (filing_id)
    WHERE o.sha256 = n.sha256 AND c.status = 'reported' AND ($all OR c.filing_id IN (FROM compared))
), new_cell AS (
    SELECT filing_id, form_table::VARCHAR AS t, row_code::VARCHAR AS r, column_code::VARCHAR AS c, value
    FROM cell WHERE status = 'reported' AND ($all OR filing_id IN (FROM compared))
), figure AS (
    SELECT count(*) AS before, count(n.value) AS kept, count(*) FILTER (n.value <> o.value) AS changed
    FROM old_cell o LEFT JOIN new_cell n USING (filing_id, t, r, c)
), old_issue AS (
    SELECT issue_id FROM last.quality_issue WHERE resolved_at IS NULL
), new_issue AS (
    SELECT issue_id FROM quality_issue WHERE resolved_at IS NULL
), whole AS (
    SELECT (SELECT count(*) FROM last.cell WHERE status = 'reported') AS reported,
           (SELECT count(*) FROM last.dim_filing WHERE is_current) AS current_before,
           (SELECT count(*) FROM dim_filing WHERE is_current) AS current_now,
           (SELECT count(*) FROM last.quality_issue WHERE resolved_at IS NULL) AS issues_before,
           (SELECT count(*) FROM quality_issue WHERE resolved_at IS NULL) AS issues_now,
           (SELECT count(*) FROM new_issue ANTI JOIN old_issue USING (issue_id)) AS issues_new,
           (SELECT count(*) FROM old_issue ANTI JOIN new_issue USING (issue_id)) AS issues_gone,
           (SELECT count(*) FROM last.document WHERE error_code IS NOT NULL) AS failed_before,
           (SELECT count(*) FROM document WHERE error_code IS NOT NULL) AS failed_now
)
SELECT (SELECT coalesce(sum(before), 0) FROM filing)::BIGINT AS filings_before,
       (SELECT sum(kept) / nullif(sum(before), 0) FROM filing) AS filings_kept,
       current_now AS filings_now,
       document_kept.before AS documents_before,
       document_kept.kept / nullif(document_kept.before, 0) AS documents_kept,
       coalesce((SELECT before FROM worst), 0) AS worst_year_before,
       (SELECT share FROM worst) AS worst_year_kept,
       reported AS cells_reported_before,
       1 - (figure.before - figure.kept) / nullif(reported, 0) AS cells_reported_kept,
       report.before::BIGINT AS current_figures_before,
       report.kept / nullif(report.before, 0) AS current_figures_kept,
       figure.changed AS cells_changed,
       figure.changed / nullif(reported, 0) AS values_changed,
       issues_before, issues_now, issues_new, issues_gone,
       (issues_now / nullif(current_now, 0)) / nullif(issues_before / nullif(current_before, 0), 0) - 1
           AS issues_per_filing_growth,
       failed_before, failed_now, failed_now / nullif(failed_before, 0) - 1 AS failed_growth
FROM whole, document_kept, figure, report
