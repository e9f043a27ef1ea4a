-- What a requester's money did by month and batch (src/market/activity.c). Kinds: 4 release (of a
-- rejection when it names an assignment), 6 and 7 reward and fee, 8 and 9 after an overturn, 10 and
-- 11 bonus and its fee.

-- The newest postings of a requester by day, batch and kind.
-- name: activity_rows :many
-- in: requester int, most int
-- out: day int, batch int?, kind int, n int, cents int
SELECT t.at_ms / 86400000, t.batch, t.kind, COUNT(*), CAST(SUM(t.cents) AS @INT@)
FROM (SELECT at_ms, batch, kind, cents, assignment, settlement FROM transfer
      WHERE requester = :requester ORDER BY id DESC LIMIT :most) AS t
WHERE t.kind IN (6, 7, 8, 9, 10, 11)
   OR (t.kind = 4 AND t.assignment IS NOT NULL AND t.settlement IS NOT NULL)
GROUP BY t.at_ms / 86400000, t.batch, t.kind
ORDER BY 1 DESC, 2 DESC, 3 LIMIT 20000;

-- name: activity_batch :one
-- in: batch int
-- out: name text, hits int, project text?
SELECT b.name, b.rows_published, p.name
FROM batch b LEFT JOIN project p ON p.id = b.project WHERE b.id = :batch;

-- name: activity_lines_of :one
-- in: requester int, most int
-- out: n int
SELECT COUNT(*) FROM (SELECT id FROM transfer WHERE requester = :requester
                      ORDER BY id DESC LIMIT :most) AS t;
