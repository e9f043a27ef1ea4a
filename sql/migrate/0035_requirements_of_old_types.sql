-- HIT types that were made before 0018 named their qualifications in their requirements only. Every
-- id stands between "QualificationTypeId":" (23 characters) and a quote, as requirements.c writes it.
INSERT INTO hit_type_requirement (hit_type, qualification)
WITH RECURSIVE named (hit_type, depth, rest) AS (
    SELECT t.id, 0, t.requirements FROM hit_type t WHERE t.requirements <> '[]'
    UNION ALL
    SELECT hit_type, depth + 1, substr(rest, @INSTR@(rest, '"QualificationTypeId":"') + 23)
    FROM named WHERE @INSTR@(rest, '"QualificationTypeId":"') > 0
)
SELECT DISTINCT hit_type, substr(rest, 1, @INSTR@(rest, '"') - 1) FROM named WHERE depth > 0
ON CONFLICT DO NOTHING;
