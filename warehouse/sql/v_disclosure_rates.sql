-- 每份现行报告的公开率、不予公开率、不掌握率：取自表三“总计”列（mart_filing）。分子、分母所用各格都填有数字且办结大于零才有比率，否则为空；空白不作零。
-- / Rates of disclosure, refusal and information not held of each current filing, from the column 总计 of 表三 (mart_filing). NULL unless every cell of numerator and denominator has a number and something was concluded; a blank is no zero.
-- @column disclosure_rate: 公开率：（予以公开＋部分公开）÷办理结果总计 / (granted + partly granted) / concluded
-- @column refusal_rate: 不予公开率：不予公开÷办理结果总计 / refused / concluded
-- @column not_held_rate: 不掌握率：本机关不掌握÷办理结果总计 / not held / concluded
SELECT filing_id, agency_id, agency_name, lineage_id, level, sector, region_code, province, prefecture, county,
       report_year, scope, form, concluded, granted, partly_granted, refused, unavailable_not_held,
       ((granted + partly_granted) / nullif(concluded, 0))::DOUBLE AS disclosure_rate,
       (refused / nullif(concluded, 0))::DOUBLE AS refusal_rate,
       (unavailable_not_held / nullif(concluded, 0))::DOUBLE AS not_held_rate
FROM mart_filing
WHERE is_current
