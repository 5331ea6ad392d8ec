-- Amounts whose own text or heading states another unit than the form, which counts
-- in 万元. The value was converted when it was read: what was printed, as a number,
-- is a power of ten of it, four for yuan.
WITH printed AS (
    SELECT c.filing_id, c.form_table, c.row_code, c.column_code, c.value,
           regexp_replace(translate(c.raw, '０１２３４５６７８９．，', '0123456789.,'), '\s', '', 'g') AS text
    FROM cell AS c
    JOIN dim_filing AS f ON f.filing_id = c.filing_id
    WHERE c.column_code = 'amount' AND c.value <> 0 AND f.form <> '2019'
), figure AS (
    SELECT *, TRY_CAST(replace(regexp_extract(text, '[0-9][0-9,]*(\.[0-9]+)?'), ',', '') AS DECIMAL(30,8)) AS number
    FROM printed
), scaled AS (
    SELECT *, round(log10(number::DOUBLE / abs(value)::DOUBLE))::INTEGER AS power FROM figure WHERE number > 0
)
SELECT filing_id, row_code || '.' || column_code AS place, value AS expected, number AS actual,
       [{'side': 'actual', 'filing_id': filing_id, 'form_table': form_table::VARCHAR,
         'row_code': row_code::VARCHAR, 'column_code': column_code::VARCHAR}] AS cells,
       MAP {'unit_zh': unit_zh, 'unit_en': unit_en,
            'converted': rtrim(rtrim(value::DECIMAL(38,8)::VARCHAR, '0'), '.')} AS detail
FROM scaled
JOIN (VALUES (4, '元', 'yuan'), (2, '百元', 'hundreds of yuan'), (1, '千元', 'thousands of yuan'),
             (-2, '百万元', 'millions of yuan'), (-3, '千万元', 'tens of millions of yuan'),
             (-4, '亿元', 'hundreds of millions of yuan')) AS u(power, unit_zh, unit_en) USING (power)
