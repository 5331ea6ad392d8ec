-- Figures that differ from the revision before that stood at the same address.
-- Files without an address are taken for versions of one where they are of one
-- media type. What either table lacks, or cannot be read, is no change. A table
-- with more than $most_cells changes is one issue.
WITH version AS (
    SELECT f.filing_id, f.form, lag(f.filing_id) OVER same_address AS earlier_id,
           lag(f.retrieved_at) OVER same_address AS earlier_at
    FROM dim_filing AS f
    WINDOW same_address AS (
        PARTITION BY f.agency_id, f.report_year, f.scope,
                     coalesce(regexp_replace(f.url, '^https?://', ''), 'file:' || f.media_type)
        ORDER BY f.revision)
    QUALIFY earlier_id IS NOT NULL
), changed AS (
    SELECT v.filing_id, v.earlier_id, v.earlier_at, this.form_table::VARCHAR AS form_table,
           this.row_code::VARCHAR AS row_code, this.column_code::VARCHAR AS column_code,
           last.value AS before, this.value AS after, k.sort_order,
           count(*) OVER (PARTITION BY v.filing_id, this.form_table) AS changes
    FROM version AS v
    JOIN cell AS this ON this.filing_id = v.filing_id
    JOIN cell AS last ON last.filing_id = v.earlier_id AND last.form_table = this.form_table
                     AND last.row_code = this.row_code AND last.column_code = this.column_code
    LEFT JOIN rule_cell AS k ON k.form = v.form AND k.form_table = this.form_table
                            AND k.row_code = this.row_code AND k.column_code = this.column_code
    WHERE this.status NOT IN ('missing', 'unreadable') AND last.status NOT IN ('missing', 'unreadable')
      AND this.value IS DISTINCT FROM last.value
), one AS (
    SELECT filing_id, earlier_id, earlier_at, any_value(changes) AS changes,
           CASE WHEN changes > $most_cells THEN form_table ELSE row_code || '.' || column_code END AS place,
           list({'form_table': form_table, 'row_code': row_code, 'column_code': column_code} ORDER BY sort_order)
               AS places,
           min_by(struct_pack(value := before), sort_order).value AS before,
           min_by(struct_pack(value := after), sort_order).value AS after
    FROM changed
    GROUP BY filing_id, earlier_id, earlier_at, changes > $most_cells, place
)
SELECT filing_id, place,
       CASE WHEN changes <= $most_cells THEN before END AS expected,
       CASE WHEN changes <= $most_cells THEN after ELSE changes END AS actual,
       list_transform(places, lambda x: {'side': 'actual', 'filing_id': filing_id, 'form_table': x.form_table,
                                         'row_code': x.row_code, 'column_code': x.column_code})
         || list_transform(places, lambda x: {'side': 'expected', 'filing_id': earlier_id,
                                              'form_table': x.form_table, 'row_code': x.row_code,
                                              'column_code': x.column_code}) AS cells,
       MAP {'earlier': strftime(earlier_at, '%Y-%m-%d'),
            'many_zh': CASE WHEN changes > $most_cells THEN '本表共有' || changes || '处数字改变，其中' ELSE '' END,
            'many_en': CASE WHEN changes > $most_cells THEN changes || ' figures of the table changed, among them '
                            ELSE '' END,
            'before_zh': coalesce(rtrim(rtrim(before::VARCHAR, '0'), '.'), '未填数字'),
            'before_en': coalesce(rtrim(rtrim(before::VARCHAR, '0'), '.'), 'no figure'),
            'after_zh': coalesce(rtrim(rtrim(after::VARCHAR, '0'), '.'), '未填数字'),
            'after_en': coalesce(rtrim(rtrim(after::VARCHAR, '0'), '.'), 'no figure')} AS detail
FROM one
