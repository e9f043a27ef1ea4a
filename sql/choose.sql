-- Decisions on a selection (src/market/choose.c): which assignments it holds. Status 2 Submitted,
-- 3 Approved, 4 Rejected.

-- name: choose_one :one
-- in: id int, requester int
-- out: status int
SELECT status FROM assignment
WHERE id = :id AND requester = :requester AND submitted_ms IS NOT NULL;

-- Rejections that can still be undone: of a batch, of a worker, of all.
-- name: choose_undo_batch :many
-- in: batch int, requester int, since_ms int, limit int
-- out: id int
SELECT a.id
FROM assignment a
JOIN hit h ON h.id = a.hit AND h.disposed_ms IS NULL
WHERE a.batch = :batch AND a.status = 4 AND a.submitted_ms >= :since_ms
  AND a.requester = :requester
LIMIT :limit;

-- name: choose_undo_worker :many
-- in: worker int, requester int, since_ms int, limit int
-- out: id int
SELECT a.id
FROM assignment a
JOIN hit h ON h.id = a.hit AND h.disposed_ms IS NULL
WHERE a.worker = :worker AND a.submitted_ms IS NOT NULL AND a.submitted_ms >= :since_ms
  AND a.status = 4 AND a.requester = :requester
LIMIT :limit;

-- name: choose_undo_all :many
-- in: requester int, since_ms int, limit int
-- out: id int
SELECT a.id
FROM assignment a
JOIN hit h ON h.id = a.hit AND h.disposed_ms IS NULL
WHERE a.requester = :requester AND a.submitted_ms >= :since_ms AND a.status = 4
LIMIT :limit;

-- The same of what one review rejected.
-- name: choose_undo_review :many
-- in: settlement int, requester int, since_ms int, limit int
-- out: id int
SELECT a.id
FROM decision d
JOIN assignment a ON a.id = d.assignment AND a.status = 4 AND a.submitted_ms >= :since_ms
                     AND a.requester = :requester
JOIN hit h ON h.id = a.hit AND h.disposed_ms IS NULL
WHERE d.settlement = :settlement AND d.verdict = 2
LIMIT :limit;

-- Workers whose rejections a settlement undid, among its first ones, and who are blocked all the
-- same.
-- name: choose_overturned_blocked :many
-- in: settlement int, requester int, look int, page int
-- out: worker_id text
SELECT p.public_id
FROM (SELECT DISTINCT d.worker
      FROM (SELECT worker FROM decision
            WHERE settlement = :settlement AND verdict = 3 LIMIT :look) AS d) AS x
JOIN worker_block b ON b.requester = :requester AND b.worker = x.worker
JOIN party p ON p.id = x.worker
ORDER BY p.id LIMIT :page;

-- How many rejections of a review can still be undone, at most limit, and until when.
-- name: choose_undoable_of_review :one
-- in: settlement int, since_ms int, limit int
-- out: n int, first_ms int?
SELECT COUNT(*), MIN(x.submitted_ms)
FROM (SELECT a.submitted_ms
      FROM decision d
      JOIN assignment a ON a.id = d.assignment AND a.status = 4 AND a.submitted_ms >= :since_ms
      JOIN hit h ON h.id = a.hit AND h.disposed_ms IS NULL
      WHERE d.settlement = :settlement AND d.verdict = 2
      LIMIT :limit) AS x;
