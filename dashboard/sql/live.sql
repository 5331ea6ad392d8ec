-- What stands in memory beside a build that is open, so that the list of filings is quick to sort and to filter.
-- Decisions made since the build was made: the last one of each issue.
CREATE TABLE live.decided (
    issue_id VARCHAR NOT NULL,
    decision VARCHAR NOT NULL,
    reason VARCHAR,
    role VARCHAR,
    decided_at TIMESTAMP NOT NULL
);
-- By how much they change the numbers of open issues of filings (a dismissed issue is not counted).
CREATE TABLE live.shift (
    filing_id VARCHAR NOT NULL,
    errors INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    remarks INTEGER NOT NULL,
    doubts INTEGER NOT NULL
);
-- Agencies, and all filings with what a filing's page says of them. A table in memory is read by its order in a third
-- of the time that the build takes; the flags say what need not be asked for at all.
CREATE TABLE live.agency AS
SELECT agency_id, name AS agency_name, lineage_id, (dense_rank() OVER (ORDER BY lineage_id))::INTEGER AS line,
       level, sector, region_code, province, prefecture, county
FROM dim_agency
ORDER BY agency_id;
CREATE TABLE live.filing AS
SELECT filing_id, agency_id, agency_as_filed, report_year, scope, form, title, url, media_type, sha256,
       published_on, retrieved_at, index_number, revision, is_current,
       filing_id IN (SELECT q.filing_id FROM quality_issue q WHERE q.filing_id IS NOT NULL) AS has_issues,
       filing_id IN (
           SELECT m.filing_id FROM mart_issue m
           WHERE m.filing_id IS NOT NULL AND (m.decision IS NOT NULL OR m.decision_lapsed)
       ) AS has_decisions,
       filing_id IN (SELECT u.filing_id FROM unresolved_claim u) AS has_unresolved
FROM dim_filing
ORDER BY filing_id;
-- Current filings, by identifier; `place` numbers them, `name_rank` their agencies' names in order, `line` is the
-- number of the agency and its forerunners.
CREATE TABLE live.listing AS
SELECT (row_number() OVER (ORDER BY m.filing_id))::INTEGER AS place,
       (dense_rank() OVER (ORDER BY m.agency_name))::INTEGER AS name_rank,
       m.filing_id, m.agency_id, m.agency_name, a.line, m.level, m.sector, m.region_code, m.province, m.prefecture, m.county,
       m.report_year, m.scope, m.form, m.revision, m.published_on, m.received_new,
       m.errors, m.warnings, m.remarks, m.extraction_errors + m.extraction_warnings + m.extraction_remarks AS doubts
FROM mart_filing m
LEFT JOIN (SELECT DISTINCT lineage_id, line FROM live.agency) a ON a.lineage_id = m.lineage_id
WHERE m.is_current
ORDER BY place;
-- Their agencies' names: a tenth of the filings to look through.
CREATE TABLE live.name AS
SELECT DISTINCT name_rank, agency_name FROM live.listing;
CREATE UNIQUE INDEX listing_place ON live.listing (place);
-- Their open issues, with the decisions that the build knows.
CREATE TABLE live.issue AS
SELECT l.place, i.issue_id, i.rule, i.severity, i.origin, i.decision, i.decision_lapsed
FROM mart_issue i
JOIN live.listing l ON l.filing_id = i.filing_id
WHERE i.state = 'open'
