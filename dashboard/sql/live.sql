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
