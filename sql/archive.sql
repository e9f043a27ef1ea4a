-- Archive batches (src/market/archive.c).

-- name: archive_batch_add :one
-- in: requester int, name text, hit_type int, columns text, annotation text?, created_ms int, hits int, submitted int, approved int, rejected int, file_digest text
-- out: id int
INSERT INTO batch (requester, kind, state, name, hit_type, columns, fields, max_assignments,
                   lifetime_s, fee_cents, annotation, created_ms, rows_total, rows_published,
                   file_digest, slots, pending, submitted, approved, rejected)
VALUES (:requester, 3, 2, :name, :hit_type, :columns, '', 0, 0, 0, :annotation, :created_ms, :hits,
        :hits, :file_digest, :submitted + :approved + :rejected, 0, :submitted, :approved,
        :rejected)
RETURNING id;

-- name: archive_known :one
-- in: requester int, file_digest text
-- out: id int
SELECT id FROM batch
WHERE requester = :requester AND file_digest = :file_digest AND kind = 3 LIMIT 1;

-- name: archive_row_add :bulk
-- in: batch int, seq int, assignment_id text, status int, cells text
INSERT INTO archive_row (batch, seq, assignment_id, status, cells)
VALUES (:batch, :seq, :assignment_id, :status, :cells);

-- name: archive_batch_get :one
-- in: batch int, requester int
-- out: columns text
SELECT columns FROM batch WHERE id = :batch AND requester = :requester AND kind = 3;

-- name: archive_rows :many
-- in: batch int, status int
-- out: seq int, status int, cells text
SELECT seq, status, cells FROM archive_row
WHERE batch = :batch AND (:status = 0 OR status = :status) ORDER BY seq;
