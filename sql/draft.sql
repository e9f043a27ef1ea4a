-- Drafts of batches, looked at before they are published (src/market/draft.c).

-- name: draft_row :one
-- in: batch int
-- out: requester int, project int?, state int, name text, document int, columns text, hit_type int, max_assignments int, lifetime_s int, created_ms int, rows_total int, rows_published int, file_digest text?, file_name text?
SELECT requester, project, state, name, document, columns, hit_type, max_assignments, lifetime_s,
       created_ms, rows_total, rows_published, file_digest, file_name
FROM batch WHERE id = :batch AND kind = 1 AND document IS NOT NULL;

-- name: draft_list :many
-- in: requester int, n int
-- out: id int, project int?, name text, rows_total int, created_ms int, file_name text?
SELECT id, project, name, rows_total, created_ms, file_name FROM batch
WHERE requester = :requester AND state = 4 ORDER BY id DESC LIMIT :n;

-- name: draft_finding_add :exec
-- in: batch int, n int, code text, line int, name text?, message text
INSERT INTO batch_finding (batch, n, code, line, name, message)
VALUES (:batch, :n, :code, :line, :name, :message)
ON CONFLICT (batch, n) DO NOTHING;

-- name: draft_findings :many
-- in: batch int, n int
-- out: code text, line int, name text?, message text
SELECT code, line, name, message FROM batch_finding WHERE batch = :batch ORDER BY n LIMIT :n;

-- name: draft_findings_drop :exec
-- in: batch int
DELETE FROM batch_finding WHERE batch = :batch;

-- The chunk in which a staged row stands.
-- name: draft_chunk :one
-- in: batch int, n int
-- out: n int, body blob
SELECT n, body FROM upload_chunk
WHERE owner_kind = 2 AND owner = :batch AND n <= :n ORDER BY n DESC LIMIT 1;

-- Figures of workers, for "how many would qualify now".
-- name: draft_workers :many
-- in: after int, n int
-- out: id int, country text, adult int, accepted int, submitted int, approved int, rejected int, returned int, abandoned int
SELECT p.id, p.country, p.adult, s.accepted, s.submitted, s.approved, s.rejected, s.returned,
       s.abandoned
FROM worker_stat s JOIN party p ON p.id = s.worker AND p.state = 0
WHERE s.worker > :after ORDER BY s.worker LIMIT :n;
