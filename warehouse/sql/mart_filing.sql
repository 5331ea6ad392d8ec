-- 每份报告一行的宽表。合计取自 fact_reported_totals（照录所填），申请人类别取自 fact_applications，复议、诉讼取自 fact_reviews 和 fact_litigation，主动公开取自 fact_proactive；空白为空，不作零。 /
-- One wide row per filing. Totals come from fact_reported_totals (as filed), kinds of applicant from fact_applications, reviews and lawsuits from fact_reviews and fact_litigation, proactive disclosure from fact_proactive; a blank is NULL, not zero.
WITH filed AS (
    SELECT *, min(published_on) OVER (PARTITION BY agency_id, report_year, scope) AS first_published_on,
           lead(retrieved_at) OVER (PARTITION BY agency_id, report_year, scope ORDER BY revision) AS superseded_at
    FROM dim_filing
), issues AS (
    SELECT filing_id,
           count(*) FILTER (origin = 'filing' AND severity = 'error') AS errors,
           count(*) FILTER (origin = 'filing' AND severity = 'warning') AS warnings,
           count(*) FILTER (origin = 'filing' AND severity = 'info') AS remarks,
           count(*) FILTER (origin = 'extraction' AND severity = 'error') AS extraction_errors,
           count(*) FILTER (origin = 'extraction' AND severity = 'warning') AS extraction_warnings,
           count(*) FILTER (origin = 'extraction' AND severity = 'info') AS extraction_remarks
    FROM mart_issue
    WHERE state = 'open' AND decision IS DISTINCT FROM 'dismissed'
    GROUP BY filing_id
), totals AS (
    -- Column 总计 of 表三. Rows of one group are known by the form (dim_item.group_code).
    SELECT filing_id,
           max(value) FILTER (row_code = 'received_new') AS received_new,
           max(value) FILTER (row_code = 'received_carried_over') AS received_carried_over,
           max(value) FILTER (row_code = 'concluded_total') AS concluded,
           max(value) FILTER (row_code = 'carried_forward') AS carried_forward,
           max(value) FILTER (row_code = 'granted') AS granted,
           max(value) FILTER (row_code = 'partly_granted') AS partly_granted,
           CASE WHEN bool_and(value IS NOT NULL) FILTER (group_code = 'refused')
                THEN try_cast(sum(value) FILTER (group_code = 'refused') AS DECIMAL(18,4)) END AS refused,
           try_cast(sum(value) FILTER (group_code = 'refused') AS DECIMAL(18,4)) AS refused_at_least,
           max(value) FILTER (row_code = 'refused.state_secret') AS refused_state_secret,
           max(value) FILTER (row_code = 'refused.prohibited_by_law') AS refused_prohibited_by_law,
           max(value) FILTER (row_code = 'refused.security_and_stability') AS refused_security_and_stability,
           max(value) FILTER (row_code = 'refused.third_party_rights') AS refused_third_party_rights,
           max(value) FILTER (row_code = 'refused.internal_affairs') AS refused_internal_affairs,
           max(value) FILTER (row_code = 'refused.process_information') AS refused_process_information,
           max(value) FILTER (row_code = 'refused.enforcement_case_file') AS refused_enforcement_case_file,
           max(value) FILTER (row_code = 'refused.administrative_inquiry') AS refused_administrative_inquiry,
           CASE WHEN bool_and(value IS NOT NULL) FILTER (group_code = 'unavailable')
                THEN try_cast(sum(value) FILTER (group_code = 'unavailable') AS DECIMAL(18,4)) END AS unavailable,
           try_cast(sum(value) FILTER (group_code = 'unavailable') AS DECIMAL(18,4)) AS unavailable_at_least,
           max(value) FILTER (row_code = 'unavailable.not_held') AS unavailable_not_held,
           max(value) FILTER (row_code = 'unavailable.must_be_created') AS unavailable_must_be_created,
           max(value) FILTER (row_code = 'unavailable.still_unclear') AS unavailable_still_unclear,
           CASE WHEN bool_and(value IS NOT NULL) FILTER (group_code = 'not_processed')
                THEN try_cast(sum(value) FILTER (group_code = 'not_processed') AS DECIMAL(18,4)) END AS not_processed,
           try_cast(sum(value) FILTER (group_code = 'not_processed') AS DECIMAL(18,4)) AS not_processed_at_least,
           max(value) FILTER (row_code = 'not_processed.petition_or_complaint') AS not_processed_petition_or_complaint,
           max(value) FILTER (row_code = 'not_processed.repeated') AS not_processed_repeated,
           max(value) FILTER (row_code = 'not_processed.publication') AS not_processed_publication,
           max(value) FILTER (row_code = 'not_processed.excessive') AS not_processed_excessive,
           max(value) FILTER (row_code = 'not_processed.confirm_or_reissue') AS not_processed_confirm_or_reissue,
           coalesce(max(value) FILTER (row_code = 'other'),
                CASE WHEN bool_and(value IS NOT NULL) FILTER (group_code = 'other')
                THEN try_cast(sum(value) FILTER (group_code = 'other') AS DECIMAL(18,4)) END) AS other_handled,
           coalesce(max(value) FILTER (row_code = 'other'),
                try_cast(sum(value) FILTER (group_code = 'other') AS DECIMAL(18,4))) AS other_handled_at_least
    FROM fact_reported_totals AS t
    JOIN dim_item AS i ON i.item = t.row_code
    WHERE t.form_table = 'applications' AND t.column_code = 'total'
    GROUP BY filing_id
), received AS (
    SELECT filing_id,
           max(value) FILTER (applicant = 'natural_person') AS received_natural_person,
           max(value) FILTER (applicant = 'commercial_enterprise') AS received_commercial_enterprise,
           max(value) FILTER (applicant = 'research_institution') AS received_research_institution,
           max(value) FILTER (applicant = 'social_welfare_organisation') AS received_social_welfare_organisation,
           max(value) FILTER (applicant = 'legal_service_organisation') AS received_legal_service_organisation,
           max(value) FILTER (applicant = 'other_organisation') AS received_other_organisation,
           CASE WHEN bool_and(value IS NOT NULL) FILTER (applicant <> 'natural_person')
                THEN try_cast(sum(value) FILTER (applicant <> 'natural_person') AS DECIMAL(18,4)) END AS received_organisations
    FROM fact_applications
    WHERE item = 'received_new'
    GROUP BY filing_id
), disclosed AS (
    SELECT filing_id,
           max(value) FILTER (item = 'regulations' AND measure = 'issued') AS regulations_issued,
           max(value) FILTER (item = 'regulations' AND measure = 'repealed') AS regulations_repealed,
           max(value) FILTER (item = 'regulations' AND measure = 'in_force') AS regulations_in_force,
           max(value) FILTER (item = 'normative_documents' AND measure = 'issued') AS normative_documents_issued,
           max(value) FILTER (item = 'normative_documents' AND measure = 'repealed') AS normative_documents_repealed,
           max(value) FILTER (item = 'normative_documents' AND measure = 'in_force') AS normative_documents_in_force,
           max(value) FILTER (item = 'licensing' AND measure = 'decisions') AS licensing_decisions,
           max(value) FILTER (item = 'penalties' AND measure = 'decisions') AS penalties_decisions,
           max(value) FILTER (item = 'coercion' AND measure = 'decisions') AS coercion_decisions,
           max(value) FILTER (item = 'fees' AND measure = 'amount') AS fees_amount
    FROM fact_proactive
    GROUP BY filing_id
), reviews AS (
    SELECT filing_id,
           max(value) FILTER (result = 'upheld') AS review_upheld,
           max(value) FILTER (result = 'corrected') AS review_corrected,
           max(value) FILTER (result = 'other') AS review_other,
           max(value) FILTER (result = 'pending') AS review_pending
    FROM fact_reviews
    GROUP BY filing_id
), lawsuits AS (
    SELECT filing_id,
           max(value) FILTER (route = 'direct' AND result = 'upheld') AS litigation_direct_upheld,
           max(value) FILTER (route = 'direct' AND result = 'corrected') AS litigation_direct_corrected,
           max(value) FILTER (route = 'direct' AND result = 'other') AS litigation_direct_other,
           max(value) FILTER (route = 'direct' AND result = 'pending') AS litigation_direct_pending,
           max(value) FILTER (route = 'after_review' AND result = 'upheld') AS litigation_after_review_upheld,
           max(value) FILTER (route = 'after_review' AND result = 'corrected') AS litigation_after_review_corrected,
           max(value) FILTER (route = 'after_review' AND result = 'other') AS litigation_after_review_other,
           max(value) FILTER (route = 'after_review' AND result = 'pending') AS litigation_after_review_pending
    FROM fact_litigation
    GROUP BY filing_id
), case_totals AS (
    SELECT filing_id,
           max(value) FILTER (row_code = 'review') AS review_total,
           max(value) FILTER (row_code = 'litigation_direct') AS litigation_direct_total,
           max(value) FILTER (row_code = 'litigation_after_review') AS litigation_after_review_total
    FROM fact_reported_totals
    WHERE form_table = 'review_litigation' AND column_code = 'total'
    GROUP BY filing_id
)
SELECT f.filing_id, f.agency_id, a.name AS agency_name, a.lineage_id, a.level, a.sector, a.region_code, a.province,
       a.prefecture, a.county, f.report_year, f.scope, f.form, f.revision, f.is_current, f.published_on,
       f.first_published_on, f.retrieved_at, f.superseded_at, t.received_new, t.received_carried_over, t.concluded, t.carried_forward, t.granted,
       t.partly_granted, t.refused, t.refused_at_least, t.refused_state_secret, t.refused_prohibited_by_law,
       t.refused_security_and_stability, t.refused_third_party_rights, t.refused_internal_affairs,
       t.refused_process_information, t.refused_enforcement_case_file, t.refused_administrative_inquiry,
       t.unavailable, t.unavailable_at_least, t.unavailable_not_held, t.unavailable_must_be_created,
       t.unavailable_still_unclear, t.not_processed, t.not_processed_at_least, t.not_processed_petition_or_complaint,
       t.not_processed_repeated, t.not_processed_publication, t.not_processed_excessive,
       t.not_processed_confirm_or_reissue, t.other_handled, t.other_handled_at_least, n.received_natural_person,
       n.received_commercial_enterprise, n.received_research_institution, n.received_social_welfare_organisation,
       n.received_legal_service_organisation, n.received_other_organisation, n.received_organisations,
       d.regulations_issued, d.regulations_repealed, d.regulations_in_force, d.normative_documents_issued,
       d.normative_documents_repealed, d.normative_documents_in_force, d.licensing_decisions, d.penalties_decisions,
       d.coercion_decisions, d.fees_amount, r.review_upheld, r.review_corrected, r.review_other, r.review_pending,
       c.review_total, l.litigation_direct_upheld, l.litigation_direct_corrected, l.litigation_direct_other,
       l.litigation_direct_pending, c.litigation_direct_total, l.litigation_after_review_upheld,
       l.litigation_after_review_corrected, l.litigation_after_review_other, l.litigation_after_review_pending,
       c.litigation_after_review_total,
       try_cast(l.litigation_direct_upheld + l.litigation_after_review_upheld AS DECIMAL(18,4)) AS litigation_upheld,
       try_cast(l.litigation_direct_corrected + l.litigation_after_review_corrected AS DECIMAL(18,4)) AS litigation_corrected,
       try_cast(l.litigation_direct_other + l.litigation_after_review_other AS DECIMAL(18,4)) AS litigation_other,
       try_cast(l.litigation_direct_pending + l.litigation_after_review_pending AS DECIMAL(18,4)) AS litigation_pending,
       try_cast(c.litigation_direct_total + c.litigation_after_review_total AS DECIMAL(18,4)) AS litigation_total,
       CASE WHEN f.is_current THEN coalesce(i.errors, 0) END AS errors,
       CASE WHEN f.is_current THEN coalesce(i.warnings, 0) END AS warnings,
       CASE WHEN f.is_current THEN coalesce(i.remarks, 0) END AS remarks,
       CASE WHEN f.is_current THEN coalesce(i.extraction_errors, 0) END AS extraction_errors,
       CASE WHEN f.is_current THEN coalesce(i.extraction_warnings, 0) END AS extraction_warnings,
       CASE WHEN f.is_current THEN coalesce(i.extraction_remarks, 0) END AS extraction_remarks
FROM filed AS f
JOIN dim_agency AS a ON a.agency_id = f.agency_id
LEFT JOIN issues AS i ON i.filing_id = f.filing_id
LEFT JOIN totals AS t ON t.filing_id = f.filing_id
LEFT JOIN received AS n ON n.filing_id = f.filing_id
LEFT JOIN disclosed AS d ON d.filing_id = f.filing_id
LEFT JOIN reviews AS r ON r.filing_id = f.filing_id
LEFT JOIN lawsuits AS l ON l.filing_id = f.filing_id
LEFT JOIN case_totals AS c ON c.filing_id = f.filing_id
