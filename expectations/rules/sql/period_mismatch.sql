-- Periods that do not begin on 1 January and end on 31 December of the report's
-- year: one issue per day that differs. Not the first day of an agency founded
-- in that year, nor the last of one that ended in it; nothing where another
-- sentence gives the whole year. A first day that is not stated is left alone
-- (数据截至…); a last day beside a first is always stated, so without one it is no day.
WITH period AS (
    SELECT s.filing_id, s.first_day, s.last_day, s.sentence, f.report_year,
           year(a.valid_from) IS NOT DISTINCT FROM f.report_year AS founded,
           year(a.valid_to) IS NOT DISTINCT FROM f.report_year AS ended,
           coalesce(bool_or(s.first_day = make_date(f.report_year, 1, 1) AND s.last_day = make_date(f.report_year, 12, 31))
                    OVER (PARTITION BY s.filing_id), false) AS right_elsewhere
    FROM statement AS s
    JOIN dim_filing AS f ON f.filing_id = s.filing_id
    JOIN dim_agency AS a ON a.agency_id = f.agency_id
    WHERE s.kind = 'period'
), side AS (
    SELECT filing_id, 'first_day' AS place, make_date(report_year, 1, 1) AS expected, first_day AS actual,
           '起始日' AS side_zh, 'begin' AS side_en, first_day, last_day, sentence
    FROM period WHERE NOT founded AND NOT right_elsewhere
    UNION ALL
    SELECT filing_id, 'last_day', make_date(report_year, 12, 31), last_day, '截止日', 'end', first_day, last_day, sentence
    FROM period WHERE NOT ended AND NOT right_elsewhere
)
SELECT filing_id, place, expected, actual,
       MAP {'side_zh': any_value(side_zh), 'side_en': any_value(side_en), 'sentence': any_value(sentence),
            'says_zh': coalesce('是' || actual::VARCHAR, '不是一个存在的日期'),
            'says_en': coalesce('is ' || actual::VARCHAR, 'is no day of the calendar'),
            'note_zh': CASE WHEN any_value(last_day < first_day) THEN '截止日早于起始日。' ELSE '' END,
            'note_en': CASE WHEN any_value(last_day < first_day) THEN 'It ends before it begins. ' ELSE '' END} AS detail,
       [] AS cells
FROM side
WHERE actual <> expected OR place = 'last_day' AND actual IS NULL AND first_day IS NOT NULL
GROUP BY filing_id, place, expected, actual
