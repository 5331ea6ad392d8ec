-- Sums of the prose whose listed parts do not add up to them.
SELECT s.filing_id, coalesce(s.metric, 'narrative') AS place, list_sum(s.parts) AS expected, s.value AS actual,
       MAP {'parts_zh': array_to_string(list_transform(s.parts, lambda part:
                            rtrim(rtrim(part::VARCHAR, '0'), '.')), '＋'),
            'parts_en': array_to_string(list_transform(s.parts, lambda part:
                            rtrim(rtrim(part::VARCHAR, '0'), '.')), ' + '),
            'sentence': s.sentence} AS detail,
       [] AS cells
FROM statement AS s
WHERE s.kind = 'breakdown' AND s.value IS NOT NULL AND len(s.parts) > 1 AND list_sum(s.parts) <> s.value
