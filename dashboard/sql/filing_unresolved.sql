SELECT claim_no, value, sentence, reason
FROM unresolved_claim
WHERE filing_id = $filing_id
