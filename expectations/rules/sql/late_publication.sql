-- Filings published after the day that the law sets. A corrected version is not
-- late because it came later: the earliest date among the revisions so far counts.
WITH dated AS (
    SELECT f.filing_id, f.report_year, a.sector, a.level,
           min(f.published_on) OVER (
               PARTITION BY f.agency_id, f.report_year, f.scope ORDER BY f.revision
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS published_on
    FROM dim_filing AS f
    JOIN dim_agency AS a ON a.agency_id = f.agency_id
), due AS (
    SELECT filing_id, published_on,
           CASE WHEN report_year < 2019 OR sector = 'government' THEN make_date(report_year + 1, 3, 31)
                ELSE make_date(report_year + 1, 1, 31) END AS last_day
    FROM dated
    WHERE level IN ('central', 'province', 'prefecture', 'county')
      AND (report_year < 2019 OR sector IS NOT NULL)
)
SELECT filing_id, 'published_on' AS place, last_day AS expected, published_on AS actual, [] AS cells
FROM due
WHERE published_on > last_day
