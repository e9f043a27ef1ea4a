-- Batches as their requester sees them (src/market/batch.c) and their results as CSV
-- (src/market/results.c).

-- A requester's batches, newest first. list: 0 all, else the list of requester-site 4.1: 1 in
-- progress, 2 ready for review, 3 reviewed.
-- name: batch_page :many
-- in: requester int, before int, list int, limit int
-- out: id int, name text, kind int, state int, project int?, hit_type int, created_ms int, rows_published int, rows_total int, slots int, pending int, submitted int, approved int, rejected int, reward_cents int, fee_cents int, lifetime_s int, max_assignments int, list int
SELECT x.id, x.name, x.kind, x.state, x.project, x.hit_type, x.created_ms, x.rows_published,
       x.rows_total, x.slots, x.pending, x.submitted, x.approved, x.rejected, t.reward_cents,
       x.fee_cents, x.lifetime_s, x.max_assignments, x.list
FROM (SELECT b.id, b.name, b.kind, b.state, b.project, b.hit_type, b.created_ms, b.rows_published,
             b.rows_total, b.slots, b.pending, b.submitted, b.approved, b.rejected, b.fee_cents,
             b.lifetime_s, b.max_assignments,
             CASE WHEN b.state = 1 OR b.slots > b.submitted + b.approved + b.rejected THEN 1
                  WHEN b.submitted > 0 AND b.kind <> 3 THEN 2 ELSE 3 END AS list
      FROM batch b
      WHERE b.requester = :requester AND b.id < :before AND b.state NOT IN (4, 5)) AS x
JOIN hit_type t ON t.id = x.hit_type
WHERE :list = 0 OR x.list = :list
ORDER BY x.id DESC LIMIT :limit;

-- name: batch_one :one
-- in: id int, requester int
-- out: id int, name text, kind int, state int, project int?, hit_type int, created_ms int, rows_published int, rows_total int, slots int, pending int, submitted int, approved int, rejected int, reward_cents int, fee_cents int, lifetime_s int, max_assignments int, list int, columns text, fields text, annotation text?, note text?
SELECT b.id, b.name, b.kind, b.state, b.project, b.hit_type, b.created_ms, b.rows_published,
       b.rows_total, b.slots, b.pending, b.submitted, b.approved, b.rejected, t.reward_cents,
       b.fee_cents, b.lifetime_s, b.max_assignments,
       CASE WHEN b.state = 1 OR b.slots > b.submitted + b.approved + b.rejected THEN 1
            WHEN b.submitted > 0 AND b.kind <> 3 THEN 2 ELSE 3 END,
       b.columns, b.fields, b.annotation, b.note
FROM batch b
JOIN hit_type t ON t.id = b.hit_type
WHERE b.id = :id AND b.requester = :requester AND b.state <> 5;

-- Rejections inside the window, from the index alone, counted up to `most`.
-- name: batch_undoable :one
-- in: batch int, since_ms int, most int
-- out: n int, first_ms int?, last_ms int?
SELECT COUNT(*), MIN(x.submitted_ms),
       (SELECT MAX(a.submitted_ms) FROM assignment a
        WHERE a.batch = :batch AND a.status = 4 AND a.submitted_ms >= :since_ms)
FROM (SELECT submitted_ms FROM assignment
      WHERE batch = :batch AND status = 4 AND submitted_ms >= :since_ms
      ORDER BY submitted_ms LIMIT :most) AS x;

-- Rejections whose window is over, counted up to `most`.
-- name: batch_undo_over :one
-- in: batch int, since_ms int, most int
-- out: n int
SELECT COUNT(*)
FROM (SELECT submitted_ms FROM assignment
      WHERE batch = :batch AND status = 4 AND submitted_ms IS NOT NULL
        AND submitted_ms < :since_ms LIMIT :most) AS x;

-- The same without those whose HIT has been deleted.
-- name: batch_undoable_live :one
-- in: batch int, since_ms int
-- out: n int, first_ms int?, last_ms int?
SELECT COUNT(*), MIN(a.submitted_ms), MAX(a.submitted_ms)
FROM assignment a
JOIN hit h ON h.id = a.hit AND h.disposed_ms IS NULL
WHERE a.batch = :batch AND a.status = 4 AND a.submitted_ms >= :since_ms;

-- name: results_batch :one
-- in: id int, requester int
-- out: kind int, name text, project int?, columns text, fields text, annotation text?, max_assignments int, rows int
SELECT b.kind, b.name, b.project, b.columns, b.fields, b.annotation, b.max_assignments,
       b.submitted + b.approved + b.rejected
FROM batch b WHERE b.id = :id AND b.requester = :requester;

-- name: results_rows :many
-- in: batch int, submitted int, approved int, rejected int
-- out: hit int, hit_alias text?, hit_type int, type_alias text?, title text, description text, keywords text, hit_reward_cents int, created_ms int, max_assignments int, annotation text?, duration_s int, auto_approval_s int, expires_ms int, pending int, hit_submitted int, hit_approved int, hit_rejected int, expired int, reviewing int, disposed_ms int?, vars text?, assignment int, alias text?, worker int, worker_id text, status int, accepted_ms int, submitted_ms int, auto_approval_ms int?, approved_ms int?, rejected_ms int?, feedback text?, entrance int?, fee_cents int, fields text?
SELECT h.id, h.alias, h.hit_type, t.alias, t.title, t.description, t.keywords, h.reward_cents,
       h.created_ms, h.max_assignments, h.annotation, t.duration_s, t.auto_approval_s,
       h.expires_ms, h.pending, h.submitted, h.approved, h.rejected, h.expired, h.reviewing,
       h.disposed_ms, h.vars, a.id, a.alias, a.worker, p.public_id, a.status, a.accepted_ms,
       a.submitted_ms, a.auto_approval_ms, a.approved_ms, a.rejected_ms, a.feedback, a.entrance,
       a.fee_cents, n.fields
FROM hit h
JOIN hit_type t ON t.id = h.hit_type
JOIN assignment a ON a.hit = h.id AND a.submitted_ms IS NOT NULL
JOIN party p ON p.id = a.worker
LEFT JOIN answer n ON n.assignment = a.id
WHERE h.batch = :batch
  AND (a.status = 2 AND :submitted <> 0 OR a.status = 3 AND :approved <> 0
       OR a.status = 4 AND :rejected <> 0)
ORDER BY h.seq, h.id, a.id;

-- Decided work of the workers of this requester (9.5), days since 1970. Two ways to the same rows:
-- all workers that he ever decided on, or those of one batch.
-- name: results_rates :many
-- in: requester int, month int, week int
-- out: worker int, approved int, rejected int, month_approved int, month_rejected int, week_approved int, week_rejected int
SELECT worker, CAST(SUM(approved) AS @INT@), CAST(SUM(rejected) AS @INT@),
       CAST(SUM(CASE WHEN day > :month THEN approved ELSE 0 END) AS @INT@),
       CAST(SUM(CASE WHEN day > :month THEN rejected ELSE 0 END) AS @INT@),
       CAST(SUM(CASE WHEN day > :week THEN approved ELSE 0 END) AS @INT@),
       CAST(SUM(CASE WHEN day > :week THEN rejected ELSE 0 END) AS @INT@)
FROM pair_day WHERE requester = :requester
GROUP BY worker ORDER BY worker;

-- name: results_rates_batch :many
-- in: requester int, batch int, month int, week int
-- out: worker int, approved int, rejected int, month_approved int, month_rejected int, week_approved int, week_rejected int
SELECT d.worker, CAST(SUM(d.approved) AS @INT@), CAST(SUM(d.rejected) AS @INT@),
       CAST(SUM(CASE WHEN d.day > :month THEN d.approved ELSE 0 END) AS @INT@),
       CAST(SUM(CASE WHEN d.day > :month THEN d.rejected ELSE 0 END) AS @INT@),
       CAST(SUM(CASE WHEN d.day > :week THEN d.approved ELSE 0 END) AS @INT@),
       CAST(SUM(CASE WHEN d.day > :week THEN d.rejected ELSE 0 END) AS @INT@)
FROM (SELECT DISTINCT a.worker FROM hit h JOIN assignment a ON a.hit = h.id
      WHERE h.batch = :batch) AS w
CROSS JOIN pair_day d
WHERE d.requester = :requester AND d.worker = w.worker
GROUP BY d.worker ORDER BY d.worker;

-- name: results_bonuses :many
-- in: batch int
-- out: assignment int, cents int
SELECT b.assignment, CAST(SUM(b.cents) AS @INT@)
FROM hit h JOIN bonus b ON b.hit = h.id
WHERE h.batch = :batch
GROUP BY b.assignment ORDER BY b.assignment;
