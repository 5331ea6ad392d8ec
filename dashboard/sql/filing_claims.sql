SELECT claim_no, metric, value, sentence, scope::VARCHAR AS scope
FROM claim
WHERE filing_id = $filing_id
