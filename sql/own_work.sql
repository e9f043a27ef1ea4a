-- One piece of a worker's work and what became of it (src/market/own_work.c).

-- name: own_work_get :one
-- in: assignment int
-- out: auto_approval_ms int?, approved_ms int?, rejected_ms int?, disposed_ms int?, appeal int?, window_ms int?
SELECT a.auto_approval_ms, a.approved_ms, a.rejected_ms, h.disposed_ms, p.state, p.window_ms
FROM assignment a
JOIN hit h ON h.id = a.hit
LEFT JOIN appeal p ON p.assignment = a.id
WHERE a.id = :assignment;

-- Steps of the appeal (kind 1), decisions (2, what: the verdict, of which 2 pays nothing), bonuses
-- (3). Of one moment the step of an appeal stands before the decision that it brought about.
-- name: own_work_events :many
-- in: assignment int, page int
-- out: at_ms int, kind int, what int, entrance int, cents int, body text?
SELECT d.at_ms AS at_ms, CAST(2 AS @INT@) AS kind, d.verdict AS what, s.entrance AS entrance,
       CASE d.verdict WHEN 2 THEN 0 ELSE d.reward_cents END AS cents, d.feedback AS body
FROM decision d JOIN settlement s ON s.id = d.settlement
WHERE d.assignment = :assignment
UNION ALL
SELECT b.at_ms, 3, b.id, 0, b.cents, b.reason FROM bonus b WHERE b.assignment = :assignment
UNION ALL
SELECT p.at_ms, 1, p.kind, 0, 0, p.body FROM appeal_step p WHERE p.assignment = :assignment
ORDER BY at_ms, kind, what LIMIT :page;
