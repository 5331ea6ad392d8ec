SELECT f.filing_id, f.revision, f.is_current, f.retrieved_at, f.published_on, f.url,
       (SELECT count(*) FROM mart_figure_change c WHERE c.filing_id = f.filing_id) AS figures_changed
FROM dim_filing f
WHERE f.agency_id = $agency_id AND f.report_year = $report_year AND f.scope::VARCHAR = $scope
ORDER BY f.revision
