-- What needs a requester's attention (src/market/attention.c).

-- Batches with undecided work, when the next of it approves itself, and how much of it does so
-- before until_ms (counted up to `most`).
-- name: attention_batches :many
-- in: requester int, until_ms int, most int, n int
-- out: id int, name text, submitted int, next_ms int?, due int
SELECT b.id, b.name, b.submitted,
       (SELECT a.auto_approval_ms FROM assignment a
        WHERE a.batch = b.id AND a.status = 2 AND a.submitted_ms IS NOT NULL
        ORDER BY a.submitted_ms LIMIT 1),
       (SELECT COUNT(*) FROM (SELECT d.id FROM assignment d
                              WHERE d.batch = b.id AND d.status = 2 AND d.submitted_ms IS NOT NULL
                                AND d.submitted_ms <= :until_ms - t.auto_approval_s * 1000
                              LIMIT :most) AS x)
FROM batch b
JOIN hit_type t ON t.id = b.hit_type
WHERE b.requester = :requester AND b.submitted > 0 AND b.kind <> 3
ORDER BY b.id DESC LIMIT :n;

-- name: attention_undo :one
-- in: requester int, since_ms int, most int
-- out: n int, first_ms int?, last_ms int?, cents int
SELECT COUNT(*), MIN(x.submitted_ms), MAX(x.submitted_ms), CAST(COALESCE(SUM(x.cents), 0) AS @INT@)
FROM (SELECT a.submitted_ms, a.reward_cents + a.fee_cents AS cents
      FROM assignment a
      JOIN hit h ON h.id = a.hit AND h.disposed_ms IS NULL
      WHERE a.requester = :requester AND a.status = 4 AND a.submitted_ms >= :since_ms
      ORDER BY a.submitted_ms LIMIT :most) AS x;

-- Rejections that can still be undone, those that are lost first on top.
-- name: undo_page :many
-- in: requester int, after_ms int, after int, n int
-- out: id int, alias text?, batch int, batch_name text, worker_id text, submitted_ms int, rejected_ms int?, reward_cents int, fee_cents int, rejection text?, disposed_ms int?
SELECT a.id, a.alias, a.batch, b.name, p.public_id, a.submitted_ms, a.rejected_ms, a.reward_cents,
       a.fee_cents, a.rejection, h.disposed_ms
FROM assignment a
JOIN hit h ON h.id = a.hit
JOIN batch b ON b.id = a.batch
JOIN party p ON p.id = a.worker
WHERE a.requester = :requester AND a.status = 4 AND (a.submitted_ms, a.id) > (:after_ms, :after)
ORDER BY a.submitted_ms, a.id LIMIT :n;

-- The same by batch, of the first `most` of them; what is lost first on top.
-- name: undo_batches :many
-- in: requester int, since_ms int, most int, n int
-- out: batch int, name text, n int, first_ms int, cents int, reasons int, reason text?
SELECT x.batch, b.name, COUNT(*), MIN(x.submitted_ms), CAST(SUM(x.cents) AS @INT@),
       COUNT(DISTINCT x.rejection), MIN(x.rejection)
FROM (SELECT a.batch, a.submitted_ms, a.reward_cents + a.fee_cents AS cents, a.rejection
      FROM assignment a
      JOIN hit h ON h.id = a.hit AND h.disposed_ms IS NULL
      WHERE a.requester = :requester AND a.status = 4 AND a.submitted_ms >= :since_ms
      ORDER BY a.submitted_ms LIMIT :most) AS x
JOIN batch b ON b.id = x.batch
GROUP BY x.batch, b.name
ORDER BY MIN(x.submitted_ms), x.batch LIMIT :n;

-- A requester's workers: those whose work was decided on, by the worker's row.
-- name: workers_page :many
-- in: requester int, after int, n int
-- out: worker int, worker_id text, approved int, rejected int, last_day int, blocked int
SELECT x.worker, p.public_id, x.approved, x.rejected, x.last_day,
       CASE WHEN k.worker IS NULL THEN 0 ELSE 1 END
FROM (SELECT worker, CAST(SUM(approved) AS @INT@) AS approved,
             CAST(SUM(rejected) AS @INT@) AS rejected, MAX(day) AS last_day
      FROM pair_day WHERE requester = :requester AND worker > :after
      GROUP BY worker ORDER BY worker LIMIT :n) AS x
JOIN party p ON p.id = x.worker
LEFT JOIN worker_block k ON k.requester = :requester AND k.worker = x.worker
ORDER BY x.worker;

-- One worker's results for a requester, latest first.
-- name: worker_results :many
-- in: worker int, requester int, before_ms int, before int, n int
-- out: id int, alias text?, batch int, batch_name text, status int, accepted_ms int, submitted_ms int, reward_cents int, fee_cents int, rejection text?, feedback text?, disposed_ms int?
SELECT a.id, a.alias, a.batch, b.name, a.status, a.accepted_ms, a.submitted_ms, a.reward_cents,
       a.fee_cents, a.rejection, a.feedback, h.disposed_ms
FROM assignment a
JOIN batch b ON b.id = a.batch
JOIN hit h ON h.id = a.hit
WHERE a.worker = :worker AND a.submitted_ms IS NOT NULL
  AND (a.submitted_ms, a.id) < (:before_ms, :before) AND a.requester = :requester
ORDER BY a.submitted_ms DESC, a.id DESC LIMIT :n;

-- How a person last looked at something.
-- name: view_choice_get :one
-- in: party int, subject text
-- out: value text
SELECT value FROM view_choice WHERE party = :party AND subject = :subject;

-- name: view_choice_put :exec
-- in: party int, subject text, value text
INSERT INTO view_choice (party, subject, value) VALUES (:party, :subject, :value)
ON CONFLICT (party, subject) DO UPDATE SET value = excluded.value;

-- name: attention_batch :one
-- in: batch int, requester int, until_ms int, most int
-- out: name text, submitted int, next_ms int?, due int
SELECT b.name, b.submitted,
       (SELECT a.auto_approval_ms FROM assignment a
        WHERE a.batch = b.id AND a.status = 2 AND a.submitted_ms IS NOT NULL
        ORDER BY a.submitted_ms LIMIT 1),
       (SELECT COUNT(*) FROM (SELECT d.id FROM assignment d
                              WHERE d.batch = b.id AND d.status = 2 AND d.submitted_ms IS NOT NULL
                                AND d.submitted_ms <= :until_ms - t.auto_approval_s * 1000
                              LIMIT :most) AS x)
FROM batch b
JOIN hit_type t ON t.id = b.hit_type
WHERE b.id = :batch AND b.requester = :requester;
