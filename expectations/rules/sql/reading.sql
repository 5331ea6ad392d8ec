-- Issues that were found while reading or identifying a document, as they are.
SELECT filing_id, agency_id, report_year, sha256, severity::VARCHAR AS severity, origin::VARCHAR AS origin,
       place, expected, actual, message_zh, message_en, retrieved_at AS seen_at,
       list_transform(cells, lambda x: {'side': 'actual', 'filing_id': filing_id, 'form_table': x.form_table,
                                        'row_code': x.row_code, 'column_code': x.column_code}) AS cells
FROM reading_issue
WHERE rule = $rule
