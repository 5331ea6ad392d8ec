-- 没有变的分组（derive_same）的各格之和，改用现在的分组序号。 /
-- The sums of the groups that are the same (derive_same), under the numbers that these have now.
SELECT t.* REPLACE (g.group_no AS group_no)
FROM mart_group_figure AS t
JOIN derive_same AS s ON s.group_no = t.group_no
JOIN mart_group AS g ON g.report_year = s.report_year AND g.scope = s.scope AND g.form = s.form
    AND g.level IS NOT DISTINCT FROM s.level AND g.sector IS NOT DISTINCT FROM s.sector
    AND g.province IS NOT DISTINCT FROM s.province
