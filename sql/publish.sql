-- Publishing (src/market/publish.c). Batch kinds: 1 file, 2 API. States: 1 publishing, 2 live,
-- 4 draft. upload_chunk.owner_kind 2: staged rows of a batch; n is the first row's number.

-- name: batch_api_join :one
-- in: requester int, name text, hit_type int, max_assignments int, lifetime_s int, fee_cents int, created_ms int
-- out: id int, seq int
INSERT INTO batch (requester, kind, state, name, hit_type, columns, fields, max_assignments,
                   lifetime_s, fee_cents, created_ms, rows_total, rows_published, slots, pending,
                   submitted, approved, rejected)
VALUES (:requester, 2, 2, :name, :hit_type, '', '', :max_assignments, :lifetime_s, :fee_cents,
        :created_ms, 1, 1, :max_assignments, 0, 0, 0, 0)
ON CONFLICT (hit_type) WHERE kind = 2 AND state = 2 DO UPDATE SET
    rows_total = batch.rows_total + 1,
    rows_published = batch.rows_published + 1,
    slots = batch.slots + excluded.slots
RETURNING id, rows_published;

-- name: hit_add :one
-- in: requester int, batch int, hit_type int, seq int, document int, vars text?, annotation text?, layout_hit int, max_assignments int, many int, fee_cents int, reward_cents int, created_ms int, expires_ms int
-- out: id int
INSERT INTO hit (requester, batch, hit_type, seq, document, vars, annotation, layout_hit,
                 max_assignments, pending, submitted, approved, rejected, expired, reviewing, many,
                 fee_cents, reward_cents, created_ms, expires_ms, activity_ms)
VALUES (:requester, :batch, :hit_type, :seq, :document, :vars, :annotation, :layout_hit,
        :max_assignments, 0, 0, 0, 0, 0, 0, :many, :fee_cents, :reward_cents, :created_ms,
        :expires_ms, :created_ms)
RETURNING id;

-- name: hit_rows_add :bulk
-- in: requester int, batch int, hit_type int, seq int, vars text, annotation text?, layout_hit int, max_assignments int, pending int, submitted int, approved int, rejected int, expired int, reviewing int, many int, fee_cents int, reward_cents int, created_ms int, expires_ms int, activity_ms int
INSERT INTO hit (requester, batch, hit_type, seq, vars, annotation, layout_hit, max_assignments,
                 pending, submitted, approved, rejected, expired, reviewing, many, fee_cents,
                 reward_cents, created_ms, expires_ms, activity_ms)
VALUES (:requester, :batch, :hit_type, :seq, :vars, :annotation, :layout_hit, :max_assignments,
        :pending, :submitted, :approved, :rejected, :expired, :reviewing, :many, :fee_cents,
        :reward_cents, :created_ms, :expires_ms, :activity_ms);

-- name: batch_draft_add :one
-- in: requester int, project int?, name text, hit_type int, document int, columns text, max_assignments int, lifetime_s int, annotation text?, created_ms int, file_digest text?, file_name text?
-- out: id int
INSERT INTO batch (requester, project, kind, state, name, hit_type, document, columns, fields,
                   max_assignments, lifetime_s, fee_cents, annotation, created_ms, rows_total,
                   rows_published, file_digest, file_name, slots, pending, submitted, approved,
                   rejected)
VALUES (:requester, :project, 1, 4, :name, :hit_type, :document, :columns, '', :max_assignments,
        :lifetime_s, 0, :annotation, :created_ms, 0, 0, :file_digest, :file_name, 0, 0, 0, 0, 0)
RETURNING id;

-- name: batch_publishing_row :one
-- in: id int
-- out: requester int, kind int, state int, hit_type int, max_assignments int, lifetime_s int, fee_cents int, many int, annotation text?, created_ms int, rows_total int, rows_published int, reward_cents int, masters int, premium_cents int, events int
SELECT b.requester, b.kind, b.state, b.hit_type, b.max_assignments, b.lifetime_s, b.fee_cents,
       b.many, b.annotation, b.created_ms, b.rows_total, b.rows_published, t.reward_cents, t.masters,
       t.premium_cents, t.events
FROM batch b JOIN hit_type t ON t.id = b.hit_type WHERE b.id = :id;

-- name: batch_chunk_add :exec
-- in: batch int, n int, body blob
INSERT INTO upload_chunk (owner_kind, owner, n, body) VALUES (2, :batch, :n, :body);

-- name: batch_chunk_get :one
-- in: batch int, n int
-- out: body blob
SELECT body FROM upload_chunk WHERE owner_kind = 2 AND owner = :batch AND n = :n;

-- name: batch_chunk_drop :exec
-- in: batch int, n int
DELETE FROM upload_chunk WHERE owner_kind = 2 AND owner = :batch AND n = :n;

-- name: batch_chunks_drop :exec
-- in: batch int
DELETE FROM upload_chunk WHERE owner_kind = 2 AND owner = :batch;

-- name: batch_staged :exec
-- in: batch int, rows int
UPDATE batch SET rows_total = rows_total + :rows WHERE id = :batch;

-- name: batch_ordered :exec
-- in: batch int, fee_cents int, many int, created_ms int
UPDATE batch SET state = 1, fee_cents = :fee_cents, many = :many, created_ms = :created_ms
WHERE id = :batch;

-- name: batch_published :exec
-- in: batch int, rows int, slots int, state int
UPDATE batch SET rows_published = rows_published + :rows, slots = slots + :slots, state = :state
WHERE id = :batch;

-- name: batch_draft_drop :exec
-- in: batch int
DELETE FROM batch WHERE id = :batch AND state = 4;

-- name: batch_twin :one
-- in: requester int, project int, file_digest text, since_ms int
-- out: id int
SELECT id FROM batch
WHERE project = :project AND file_digest = :file_digest AND created_ms > :since_ms
  AND requester = :requester AND state <> 4
ORDER BY created_ms DESC LIMIT 1;

-- name: batches_publishing :many
-- in: n int
-- out: id int
SELECT id FROM batch WHERE state = 1 ORDER BY id LIMIT :n;

-- name: batches_draft_old :many
-- in: before_ms int, n int
-- out: id int
SELECT id FROM batch WHERE state = 4 AND created_ms < :before_ms ORDER BY created_ms LIMIT :n;
