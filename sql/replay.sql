-- Re-enacting results files (src/market/replay.c).

-- name: replay_hits :one
-- out: some int
SELECT CASE WHEN EXISTS (SELECT 1 FROM hit) THEN 1 ELSE 0 END;

-- name: replay_batch_add :one
-- in: requester int, name text, hit_type int, document int, columns text, max_assignments int, lifetime_s int, fee_cents int, annotation text?, created_ms int
-- out: id int
INSERT INTO batch (requester, kind, state, name, hit_type, document, columns, fields,
                   max_assignments, lifetime_s, fee_cents, annotation, created_ms, rows_total,
                   rows_published, slots, pending, submitted, approved, rejected)
VALUES (:requester, 1, 2, :name, :hit_type, :document, :columns, '', :max_assignments, :lifetime_s,
        :fee_cents, :annotation, :created_ms, 0, 0, 0, 0, 0, 0, 0)
RETURNING id;

-- name: replay_batch_grow :exec
-- in: batch int, slots int
UPDATE batch SET rows_total = rows_total + 1, rows_published = rows_published + 1,
    slots = slots + :slots
WHERE id = :batch;

-- name: replay_hit_known :one
-- in: alias text
-- out: id int
SELECT id FROM hit WHERE alias = :alias;

-- name: replay_hit_add :one
-- in: requester int, batch int, hit_type int, seq int, vars text, annotation text?, alias text, max_assignments int, many int, fee_cents int, reward_cents int, created_ms int, expires_ms int
-- out: id int
INSERT INTO hit (requester, batch, hit_type, seq, vars, annotation, layout_hit, max_assignments,
                 pending, submitted, approved, rejected, expired, reviewing, many, fee_cents,
                 reward_cents, created_ms, expires_ms, activity_ms, alias)
VALUES (:requester, :batch, :hit_type, :seq, :vars, :annotation, 0, :max_assignments, 0, 0, 0, 0,
        0, 0, :many, :fee_cents, :reward_cents, :created_ms, :expires_ms, :created_ms, :alias)
RETURNING id;
