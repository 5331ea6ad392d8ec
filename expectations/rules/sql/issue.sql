-- From violations to issues: identifier, whose issue it is, when it was first
-- seen and when resolved. A violation is known across the revisions of a report
-- by rule, place and figures. One that was found against an earlier revision of
-- another report only is resolved when that report's next revision came.
CREATE OR REPLACE TEMP TABLE rule_issue AS
WITH uncertain AS (
    -- The cells that an uncertain reading names; without cells, by its place.
    SELECT r.filing_id, t.named.form_table, t.named.row_code, t.named.column_code
    FROM reading_issue AS r, unnest(r.cells) AS t(named)
    WHERE r.rule = 'extraction_uncertain'
    UNION
    SELECT c.filing_id, c.form_table::VARCHAR, c.row_code::VARCHAR, c.column_code::VARCHAR
    FROM reading_issue AS r
    JOIN cell AS c ON c.filing_id = r.filing_id
                  AND r.place IN (c.form_table, c.row_code, c.row_code || '.' || c.column_code)
    WHERE r.rule = 'extraction_uncertain' AND len(r.cells) = 0
), touched AS (
    SELECT DISTINCT v.rule, v.filing_id, v.place
    FROM rule_found AS v, unnest(v.cells) AS t(involved)
    JOIN uncertain AS u ON u.filing_id = t.involved.filing_id AND u.form_table = t.involved.form_table
                       AND u.row_code = t.involved.row_code AND u.column_code = t.involved.column_code
    WHERE v.origin IS NULL
), issue AS (
    SELECT left(sha256(concat_ws('|', coalesce(v.filing_id, v.agency_id, v.sha256, ''), v.rule, v.place,
                                 coalesce(v.expected, ''), coalesce(v.actual, ''))), 16) AS issue_id,
           v.filing_id, v.rule, v.severity,
           coalesce(v.origin, CASE WHEN t.rule IS NULL THEN 'filing' ELSE 'extraction' END) AS origin,
           v.place, v.expected, v.actual, v.message_zh, v.message_en, v.detail, v.cells,
           coalesce(v.agency_id, f.agency_id) AS agency_id, coalesce(v.report_year, f.report_year) AS report_year,
           coalesce(v.sha256, f.sha256) AS sha256, f.form::VARCHAR AS form, f.scope::VARCHAR AS scope, f.revision,
           coalesce(f.retrieved_at, v.seen_at) AS seen_at, v.resolved_at AS superseded_at
    FROM rule_found AS v
    LEFT JOIN dim_filing AS f ON f.filing_id = v.filing_id
    LEFT JOIN touched AS t ON t.rule = v.rule AND t.filing_id = v.filing_id AND t.place = v.place
    QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY v.resolved_at DESC NULLS FIRST, len(v.cells) DESC, v.message_zh) = 1
), resolved AS (
    SELECT i.issue_id, min(f.retrieved_at) AS resolved_at
    FROM issue AS i
    JOIN dim_filing AS f ON f.agency_id = i.agency_id AND f.report_year = i.report_year
                        AND f.scope = i.scope AND f.revision > i.revision
    LEFT JOIN issue AS again ON again.filing_id = f.filing_id AND again.rule = i.rule AND again.place = i.place
                            AND again.expected IS NOT DISTINCT FROM i.expected
                            AND again.actual IS NOT DISTINCT FROM i.actual
    WHERE i.filing_id IS NOT NULL AND again.issue_id IS NULL
    GROUP BY i.issue_id
)
SELECT i.* EXCLUDE (scope, revision, seen_at, superseded_at), least(r.resolved_at, i.superseded_at) AS resolved_at,
       CASE WHEN i.filing_id IS NULL THEN i.seen_at
            ELSE min(i.seen_at) OVER (
                PARTITION BY i.agency_id, i.report_year, i.scope, i.rule, i.place, i.expected, i.actual
                ORDER BY i.revision) END AS first_seen_at
FROM issue AS i
LEFT JOIN resolved AS r ON r.issue_id = i.issue_id
