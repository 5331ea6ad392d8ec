-- The current filings of an agency's lineage, a row each, figures as filed (NULL where there is no number).
SELECT m.filing_id, m.agency_id, m.agency_name, m.report_year, m.scope::VARCHAR AS scope, m.form::VARCHAR AS form,
       m.published_on, m.received_new, m.received_carried_over, m.granted, m.partly_granted, m.refused, m.unavailable,
       m.unavailable_not_held, m.not_processed, m.other_handled, m.concluded, m.carried_forward, m.review_total,
       m.review_corrected, m.litigation_total, m.litigation_corrected, m.normative_documents_issued, m.fees_amount,
       m.errors + coalesce(s.errors, 0) AS errors, m.warnings + coalesce(s.warnings, 0) AS warnings,
       m.extraction_errors + m.extraction_warnings + m.extraction_remarks + coalesce(s.doubts, 0) AS doubts
FROM mart_filing m
LEFT JOIN live.shift s ON s.filing_id = m.filing_id
WHERE m.is_current AND m.lineage_id = $lineage_id
ORDER BY m.scope, m.report_year, m.filing_id
