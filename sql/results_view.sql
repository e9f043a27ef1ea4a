-- Review Results (src/market/results_view.c). Rows of one batch behind a key, cells included;
-- statuses: bits 1 Submitted, 2 Approved, 4 Rejected. Each arm reads one range of
-- assignment_results, at most `n` entries, so a chunk costs the same whatever the batch's size.

-- name: results_view_up :many
-- in: batch int, statuses int, from_ms int, to_ms int, after_ms int, after int, n int
-- out: id int, alias text?, hit int, hit_alias text?, seq int, max_assignments int, worker int, worker_id text, status int, version int, reward_cents int, fee_cents int, accepted_ms int, submitted_ms int, auto_approval_ms int?, approved_ms int?, rejected_ms int?, entrance int?, feedback text?, rejection text?, disposed_ms int?, vars text?, fields text?, batch int, requester int
SELECT r.*
FROM (SELECT y.id, y.ms
      FROM (SELECT * FROM (SELECT id, submitted_ms AS ms FROM assignment
                           WHERE batch = :batch AND status = 2 AND (:statuses & 1) <> 0
                             AND submitted_ms >= :from_ms AND submitted_ms < :to_ms
                             AND (submitted_ms, id) > (:after_ms, :after)
                           ORDER BY submitted_ms, id LIMIT :n) AS s
            UNION ALL
            SELECT * FROM (SELECT id, submitted_ms AS ms FROM assignment
                           WHERE batch = :batch AND status = 3 AND (:statuses & 2) <> 0
                             AND submitted_ms >= :from_ms AND submitted_ms < :to_ms
                             AND (submitted_ms, id) > (:after_ms, :after)
                           ORDER BY submitted_ms, id LIMIT :n) AS t
            UNION ALL
            SELECT * FROM (SELECT id, submitted_ms AS ms FROM assignment
                           WHERE batch = :batch AND status = 4 AND (:statuses & 4) <> 0
                             AND submitted_ms >= :from_ms AND submitted_ms < :to_ms
                             AND (submitted_ms, id) > (:after_ms, :after)
                           ORDER BY submitted_ms, id LIMIT :n) AS u) AS y
      ORDER BY y.ms, y.id LIMIT :n) AS x
JOIN result r ON r.id = x.id
ORDER BY x.ms, x.id;

-- The same, latest first: rows before the key.
-- name: results_view_down :many
-- in: batch int, statuses int, from_ms int, to_ms int, after_ms int, after int, n int
-- out: id int, alias text?, hit int, hit_alias text?, seq int, max_assignments int, worker int, worker_id text, status int, version int, reward_cents int, fee_cents int, accepted_ms int, submitted_ms int, auto_approval_ms int?, approved_ms int?, rejected_ms int?, entrance int?, feedback text?, rejection text?, disposed_ms int?, vars text?, fields text?, batch int, requester int
SELECT r.*
FROM (SELECT y.id, y.ms
      FROM (SELECT * FROM (SELECT id, submitted_ms AS ms FROM assignment
                           WHERE batch = :batch AND status = 2 AND (:statuses & 1) <> 0
                             AND submitted_ms >= :from_ms AND submitted_ms < :to_ms
                             AND (submitted_ms, id) < (:after_ms, :after)
                           ORDER BY submitted_ms DESC, id DESC LIMIT :n) AS s
            UNION ALL
            SELECT * FROM (SELECT id, submitted_ms AS ms FROM assignment
                           WHERE batch = :batch AND status = 3 AND (:statuses & 2) <> 0
                             AND submitted_ms >= :from_ms AND submitted_ms < :to_ms
                             AND (submitted_ms, id) < (:after_ms, :after)
                           ORDER BY submitted_ms DESC, id DESC LIMIT :n) AS t
            UNION ALL
            SELECT * FROM (SELECT id, submitted_ms AS ms FROM assignment
                           WHERE batch = :batch AND status = 4 AND (:statuses & 4) <> 0
                             AND submitted_ms >= :from_ms AND submitted_ms < :to_ms
                             AND (submitted_ms, id) < (:after_ms, :after)
                           ORDER BY submitted_ms DESC, id DESC LIMIT :n) AS u) AS y
      ORDER BY y.ms DESC, y.id DESC LIMIT :n) AS x
JOIN result r ON r.id = x.id
ORDER BY x.ms DESC, x.id DESC;

-- In the order of the file: rows of HITs number seq to seq_to.
-- name: results_view_hits :many
-- in: batch int, statuses int, from_ms int, to_ms int, seq int, seq_to int, hit int, after_ms int, after int, n int
-- out: id int, alias text?, hit int, hit_alias text?, seq int, max_assignments int, worker int, worker_id text, status int, version int, reward_cents int, fee_cents int, accepted_ms int, submitted_ms int, auto_approval_ms int?, approved_ms int?, rejected_ms int?, entrance int?, feedback text?, rejection text?, disposed_ms int?, vars text?, fields text?, batch int, requester int
SELECT r.*
FROM hit h
JOIN result r ON r.hit = h.id AND r.submitted_ms IS NOT NULL
WHERE h.batch = :batch AND h.seq >= :seq AND h.seq <= :seq_to
  AND (h.seq, h.id, r.submitted_ms, r.id) > (:seq, :hit, :after_ms, :after)
  AND ((:statuses & 1) <> 0 AND h.submitted > 0 OR (:statuses & 2) <> 0 AND h.approved > 0
       OR (:statuses & 4) <> 0 AND h.rejected > 0)
  AND (CASE r.status WHEN 2 THEN 1 WHEN 3 THEN 2 WHEN 4 THEN 4 ELSE 0 END & :statuses) <> 0
  AND r.submitted_ms >= :from_ms AND r.submitted_ms < :to_ms
ORDER BY h.seq, h.id, r.submitted_ms, r.id LIMIT :n;

-- Of one worker.
-- name: results_view_worker :many
-- in: worker int, batch int, statuses int, from_ms int, to_ms int, after_ms int, after int, n int
-- out: id int, alias text?, hit int, hit_alias text?, seq int, max_assignments int, worker int, worker_id text, status int, version int, reward_cents int, fee_cents int, accepted_ms int, submitted_ms int, auto_approval_ms int?, approved_ms int?, rejected_ms int?, entrance int?, feedback text?, rejection text?, disposed_ms int?, vars text?, fields text?, batch int, requester int
SELECT r.*
FROM result r
WHERE r.worker = :worker AND r.submitted_ms IS NOT NULL
  AND r.submitted_ms >= :from_ms AND r.submitted_ms < :to_ms
  AND (r.submitted_ms, r.id) > (:after_ms, :after)
  AND r.batch = :batch
  AND (CASE r.status WHEN 2 THEN 1 WHEN 3 THEN 2 WHEN 4 THEN 4 ELSE 0 END & :statuses) <> 0
ORDER BY r.submitted_ms, r.id LIMIT :n;

-- Of one HIT.
-- name: results_view_of_hit :many
-- in: hit int, batch int, statuses int, from_ms int, to_ms int, after_ms int, after int, n int
-- out: id int, alias text?, hit int, hit_alias text?, seq int, max_assignments int, worker int, worker_id text, status int, version int, reward_cents int, fee_cents int, accepted_ms int, submitted_ms int, auto_approval_ms int?, approved_ms int?, rejected_ms int?, entrance int?, feedback text?, rejection text?, disposed_ms int?, vars text?, fields text?, batch int, requester int
SELECT r.*
FROM result r
WHERE r.hit = :hit AND r.submitted_ms >= :from_ms AND r.submitted_ms < :to_ms
  AND (r.submitted_ms, r.id) > (:after_ms, :after)
  AND r.batch = :batch
  AND (CASE r.status WHEN 2 THEN 1 WHEN 3 THEN 2 WHEN 4 THEN 4 ELSE 0 END & :statuses) <> 0
ORDER BY r.submitted_ms, r.id LIMIT :n;

-- One row, for pages in another order, and for the page of one result.
-- name: results_view_one :one
-- in: id int, batch int, requester int
-- out: id int, alias text?, hit int, hit_alias text?, seq int, max_assignments int, worker int, worker_id text, status int, version int, reward_cents int, fee_cents int, accepted_ms int, submitted_ms int, auto_approval_ms int?, approved_ms int?, rejected_ms int?, entrance int?, feedback text?, rejection text?, disposed_ms int?, vars text?, fields text?, batch int, requester int
SELECT r.*
FROM result r
WHERE r.id = :id AND r.batch = :batch AND r.requester = :requester AND r.submitted_ms IS NOT NULL;

-- Keys only, for orders that no index has: batches of bounded size.
-- name: results_view_keys :many
-- in: batch int, statuses int, n int
-- out: id int, worker_id text, worked_ms int, submitted_ms int
SELECT a.id, p.public_id, a.submitted_ms - a.accepted_ms, a.submitted_ms
FROM assignment a
JOIN party p ON p.id = a.worker
WHERE a.batch = :batch AND a.submitted_ms IS NOT NULL AND a.status IN (2, 3, 4)
  AND (CASE a.status WHEN 2 THEN 1 WHEN 3 THEN 2 WHEN 4 THEN 4 ELSE 0 END & :statuses) <> 0
LIMIT :n;

-- Answers of a HIT, for agreement.
-- name: results_view_answers :many
-- in: hit int, n int
-- out: id int, fields text
SELECT a.id, w.fields
FROM assignment a
JOIN answer w ON w.assignment = a.id
WHERE a.hit = :hit AND a.submitted_ms IS NOT NULL
ORDER BY a.submitted_ms, a.id LIMIT :n;

-- name: results_view_batch :one
-- in: id int, requester int
-- out: kind int, columns text, submitted int, approved int, rejected int, seq_max int?
SELECT b.kind, b.columns, b.submitted, b.approved, b.rejected,
       (SELECT MAX(h.seq) FROM hit h WHERE h.batch = b.id)
FROM batch b WHERE b.id = :id AND b.requester = :requester;
