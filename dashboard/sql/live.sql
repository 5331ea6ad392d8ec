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
-- Current filings, by identifier; `place` numbers them, `name_rank` their agencies' names in order.
CREATE TABLE live.listing AS
SELECT (row_number() OVER (ORDER BY m.filing_id))::INTEGER AS place,
       (dense_rank() OVER (ORDER BY m.agency_name))::INTEGER AS name_rank,
       m.filing_id, m.agency_id, m.agency_name, m.lineage_id, m.level, m.sector, m.region_code, m.province, m.prefecture, m.county,
       m.report_year, m.scope, m.form, m.revision, m.published_on, m.received_new,
       m.errors, m.warnings, m.remarks, m.extraction_errors + m.extraction_warnings + m.extraction_remarks AS doubts
FROM mart_filing m
WHERE m.is_current
ORDER BY place;
CREATE UNIQUE INDEX listing_place ON live.listing (place);
-- Their open issues, with the decisions that the build knows.
CREATE TABLE live.issue AS
SELECT l.place, i.issue_id, i.rule, i.severity, i.origin, i.decision, i.decision_lapsed
FROM mart_issue i
JOIN live.listing l ON l.filing_id = i.filing_id
WHERE i.state = 'open'
