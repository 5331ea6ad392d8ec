-- The current revision of a report against the last document of every other
-- address where the same agency's report for that year and scope stands. Files
-- without an address are one document per media type. A zero here and a blank
-- there contradict nothing.
WITH document AS (
    SELECT f.filing_id, f.agency_id, f.report_year, f.scope, f.form, f.is_current, f.url, f.retrieved_at
    FROM dim_filing AS f
    WHERE f.scope <> 'unknown'
    QUALIFY row_number() OVER (
        PARTITION BY f.agency_id, f.report_year, f.scope,
                     coalesce(regexp_replace(f.url, '^https?://', ''), 'file:' || f.media_type)
        ORDER BY f.revision DESC) = 1
), pair AS (
    SELECT this.filing_id, this.form, other.filing_id AS other_id, other.url, other.retrieved_at
    FROM document AS this
    JOIN document AS other ON other.agency_id = this.agency_id AND other.report_year = this.report_year
                          AND other.scope = this.scope
    WHERE this.is_current AND NOT other.is_current
)
SELECT p.filing_id, p.other_id AS place, NULL AS expected, count(*) AS actual,
       list({'side': 'actual', 'filing_id': p.filing_id, 'form_table': this.form_table::VARCHAR,
             'row_code': this.row_code::VARCHAR, 'column_code': this.column_code::VARCHAR}
            ORDER BY k.sort_order)[:$shown_cells]
         || list({'side': 'expected', 'filing_id': p.other_id, 'form_table': this.form_table::VARCHAR,
                  'row_code': this.row_code::VARCHAR, 'column_code': this.column_code::VARCHAR}
                 ORDER BY k.sort_order)[:$shown_cells] AS cells,
       MAP {'address_zh': coalesce(p.url, '没有网址的文件'), 'address_en': coalesce(p.url, 'a file without an address'),
            'retrieved': strftime(p.retrieved_at, '%Y-%m-%d'),
            'here_zh': min_by(coalesce(rtrim(rtrim(this.value::VARCHAR, '0'), '.'), '未填数字'), k.sort_order),
            'here_en': min_by(coalesce(rtrim(rtrim(this.value::VARCHAR, '0'), '.'), 'no figure'), k.sort_order),
            'there_zh': min_by(coalesce(rtrim(rtrim(other.value::VARCHAR, '0'), '.'), '未填数字'), k.sort_order),
            'there_en': min_by(coalesce(rtrim(rtrim(other.value::VARCHAR, '0'), '.'), 'no figure'), k.sort_order)
       } AS detail
FROM pair AS p
JOIN cell AS this ON this.filing_id = p.filing_id
JOIN cell AS other ON other.filing_id = p.other_id AND other.form_table = this.form_table
                  AND other.row_code = this.row_code AND other.column_code = this.column_code
JOIN rule_cell AS k ON k.form = p.form AND k.form_table = this.form_table
                   AND k.row_code = this.row_code AND k.column_code = this.column_code
WHERE this.status NOT IN ('missing', 'unreadable') AND other.status NOT IN ('missing', 'unreadable')
  AND coalesce(this.value, 0) <> coalesce(other.value, 0)
GROUP BY p.filing_id, p.other_id, p.url, p.retrieved_at
