-- Prose that is last year's or another agency's. The share of equal values of two
-- sketches (128 minima each) estimates how much of the two texts is the same.
-- Candidates among others: sketches are cut into bands of $band values; texts that
-- agree in a whole band share a bucket (most have theirs to themselves). Templates make buckets of thousands, so
-- that a text meets not all of its bucket but its earliest text and its neighbours
-- in the order of the values that follow the band, which copies share as well.
WITH text AS (
    SELECT n.filing_id, f.agency_id, f.report_year, f.is_current, hash(a.family) AS family, n.sketch,
           -- One letter per value: unequal values have the same letter once in 90 times.
           array_to_string(list_transform(n.sketch, lambda x: chr(33 + (x % 90)::INTEGER)), '') AS letters,
           row_number() OVER (ORDER BY f.report_year, f.published_on NULLS LAST, f.retrieved_at, f.filing_id)::INTEGER
               AS position
    FROM narrative AS n
    JOIN dim_filing AS f ON f.filing_id = n.filing_id
    JOIN rule_family AS a ON a.agency_id = f.agency_id
    WHERE len(n.sketch) > 0
), key AS (
    SELECT t.position, b.start, hash(t.sketch[b.start + 1:b.start + $band]) AS bucket,
           t.sketch[(b.start + $band) % 128 + 1]::UBIGINT * 4294967296 + t.sketch[(b.start + $band + 1) % 128 + 1] AS next
    FROM text AS t, range(0, 128 - $band + 1, $band) AS b(start)
    WHERE t.is_current
), met AS (
    SELECT position, min(position) OVER bucket AS first, lag(position) OVER neighbour AS before,
           lag(position, 2) OVER neighbour AS before_that
    FROM key
    SEMI JOIN (SELECT start, bucket FROM key GROUP BY start, bucket HAVING count(*) > 1) AS shared USING (start, bucket)
    WINDOW bucket AS (PARTITION BY start, bucket), neighbour AS (PARTITION BY start, bucket ORDER BY next, position)
), candidate AS (
    SELECT DISTINCT greatest(position, other) AS position, least(position, other) AS other
    FROM (SELECT position, unnest([first, before, before_that]) AS other FROM met)
    WHERE other <> position
), pair AS (
    SELECT this.filing_id, other.filing_id AS other_id, other.position, this.sketch, other.sketch AS other_sketch,
           $least AS least, false AS is_own
    FROM candidate AS c
    JOIN text AS this ON this.position = c.position
    JOIN text AS other ON other.position = c.other
    WHERE this.family <> other.family AND 128 - hamming(this.letters, other.letters) >= $least * 128
    UNION ALL
    SELECT this.filing_id, other.filing_id, other.position, this.sketch, other.sketch, $least_own, true
    FROM rule_previous AS p
    JOIN text AS this ON this.filing_id = p.filing_id
    JOIN text AS other ON other.filing_id = p.previous_id
    WHERE 128 - hamming(this.letters, other.letters) >= $least_own * 128
), alike AS (
    SELECT filing_id, other_id, position, is_own, least,
           list_sum(list_transform(list_zip(sketch, other_sketch), lambda x: (x[1] = x[2])::INTEGER)) / 128 AS similarity
    FROM pair
), best AS (
    SELECT * FROM alike WHERE similarity >= least
    QUALIFY row_number() OVER (PARTITION BY filing_id ORDER BY similarity DESC, is_own DESC, position) = 1
)
SELECT b.filing_id, 'narrative' AS place, NULL AS expected, round(b.similarity, 2) AS actual, [] AS cells,
       MAP {'share': round(100 * b.similarity)::INTEGER::VARCHAR,
            'other_zh': CASE WHEN b.is_own THEN '本机关' ELSE a.name END || f.report_year || '年度报告',
            'other_en': CASE WHEN b.is_own THEN 'its own report' ELSE 'that of ' || a.name END || ' for ' || f.report_year
       } AS detail
FROM best AS b
JOIN dim_filing AS f ON f.filing_id = b.other_id
JOIN dim_agency AS a ON a.agency_id = f.agency_id
