-- 规章 reported by agencies that cannot make them. Who can: departments of the
-- State Council, the governments (their offices included) of provinces, of
-- cities with districts and of autonomous prefectures; not 地区 and 盟, whose
-- 行政公署 are no government. Not judged where the agency's level is unknown,
-- or its sector where that decides, or where a vertical organ has no place of
-- its own (it may be the head).
WITH powerless AS (
    SELECT f.filing_id, a.name
    FROM dim_filing AS f
    JOIN dim_agency AS a ON a.agency_id = f.agency_id
    WHERE CASE
        WHEN a.level IN ('county', 'township', 'zone') THEN true
        WHEN a.level = 'vertical' THEN coalesce(a.province, a.prefecture, a.county) IS NOT NULL
        WHEN a.level = 'province' THEN a.sector <> 'government'
        WHEN a.level = 'prefecture'
        THEN a.sector <> 'government' OR regexp_matches(a.name, '行政公署|行署|^.{1,12}(地区|盟)$')
        ELSE false END
)
SELECT p.filing_id, c.row_code || '.' || c.column_code AS place, 0 AS expected, c.value AS actual,
       -- On the form of 2019 what was disclosed may have been made by others.
       CASE WHEN c.column_code IN ('newly_disclosed', 'total_disclosed') THEN 'info' ELSE 'warning' END AS severity,
       MAP {'agency': p.name} AS detail,
       [{'side': 'actual', 'filing_id': p.filing_id, 'form_table': c.form_table::VARCHAR,
         'row_code': c.row_code::VARCHAR, 'column_code': c.column_code::VARCHAR}] AS cells
FROM cell AS c
JOIN powerless AS p ON p.filing_id = c.filing_id
WHERE c.form_table = 'proactive' AND c.row_code = 'regulations' AND c.value > 0
