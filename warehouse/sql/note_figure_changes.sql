-- Cells that are read otherwise than in the build attached as "last", although the document is the same.
-- Parameters: build_id, changed_at, all (else only the filings of the relation "compared").
INSERT INTO figure_change BY NAME
WITH same AS (
    SELECT n.filing_id, o.sha256
    FROM dim_filing n JOIN last.dim_filing o ON o.filing_id = n.filing_id AND o.sha256 = n.sha256
    WHERE $all OR n.filing_id IN (FROM compared)
), before AS (
    SELECT filing_id, sum(hash(form_table::VARCHAR, row_code::VARCHAR, column_code::VARCHAR, raw, value,
                               status::VARCHAR)::HUGEINT) AS content
    FROM last.cell WHERE filing_id IN (SELECT filing_id FROM same) GROUP BY 1
), since AS (
    SELECT filing_id, sum(hash(form_table::VARCHAR, row_code::VARCHAR, column_code::VARCHAR, raw, value,
                               status::VARCHAR)::HUGEINT) AS content
    FROM cell WHERE filing_id IN (SELECT filing_id FROM same) GROUP BY 1
), differing AS (
    SELECT filing_id, sha256 FROM same LEFT JOIN before b USING (filing_id) LEFT JOIN since s USING (filing_id)
    WHERE b.content IS DISTINCT FROM s.content
), old AS (
    SELECT filing_id, form_table::VARCHAR AS t, row_code::VARCHAR AS r, column_code::VARCHAR AS c,
           raw, value, status::VARCHAR AS status
    FROM last.cell WHERE filing_id IN (SELECT filing_id FROM differing)
), new AS (
    SELECT filing_id, form_table::VARCHAR AS t, row_code::VARCHAR AS r, column_code::VARCHAR AS c,
           raw, value, status::VARCHAR AS status
    FROM cell WHERE filing_id IN (SELECT filing_id FROM differing)
)
SELECT filing_id, t AS form_table, r AS row_code, c AS column_code, $changed_at::TIMESTAMP AS changed_at,
       $build_id AS build_id, old.raw AS raw_before, old.value AS value_before, old.status AS status_before,
       new.raw AS raw_after, new.value AS value_after, new.status AS status_after,
       was.reader AS reader_before, now.reader AS reader_after
FROM old FULL JOIN new USING (filing_id, t, r, c)
JOIN differing USING (filing_id)
LEFT JOIN last.document was ON was.sha256 = differing.sha256
LEFT JOIN document now ON now.sha256 = differing.sha256
WHERE (old.raw, old.value, old.status) IS DISTINCT FROM (new.raw, new.value, new.status)
