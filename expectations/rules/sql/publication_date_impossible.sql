-- Published before the year was over, or after the document was found. On
-- 31 December itself a report can be published. Days are those of Beijing.
WITH dated AS (
    SELECT filing_id, published_on, report_year, (retrieved_at + INTERVAL 8 HOUR)::DATE AS found_on
    FROM dim_filing
    WHERE published_on IS NOT NULL
)
SELECT filing_id, 'published_on' AS place,
       CASE WHEN published_on > found_on THEN found_on ELSE make_date(report_year, 12, 31) END AS expected,
       published_on AS actual,
       MAP {'why_zh': CASE WHEN published_on > found_on THEN '晚于本系统取得该报告的日期' || found_on::VARCHAR
                           ELSE '早于所报告年度结束之日' || make_date(report_year, 12, 31)::VARCHAR END,
            'why_en': CASE WHEN published_on > found_on THEN 'after the day on which it was retrieved, ' || found_on::VARCHAR
                           ELSE 'before the year that it reports about was over, on ' || make_date(report_year, 12, 31)::VARCHAR
                      END} AS detail,
       [] AS cells
FROM dated
WHERE published_on > found_on OR published_on < make_date(report_year, 12, 31)
