-- Blocks of workers (src/market/block.c).

-- name: block_put :exec
-- in: requester int, worker int, reason text, created_ms int
INSERT INTO worker_block (requester, worker, reason, created_ms)
VALUES (:requester, :worker, :reason, :created_ms)
ON CONFLICT (requester, worker) DO UPDATE SET reason = excluded.reason;

-- name: block_delete :exec
-- in: requester int, worker int
DELETE FROM worker_block WHERE requester = :requester AND worker = :worker;

-- name: block_get :one
-- in: requester int, worker int
-- out: created_ms int
SELECT created_ms FROM worker_block WHERE requester = :requester AND worker = :worker;

-- Sorts the blocks of one requester.
-- name: block_page :many
-- in: requester int, after_ms int, after_worker int, page int
-- out: worker int, worker_id text, reason text, created_ms int
SELECT b.worker, p.public_id, b.reason, b.created_ms
FROM worker_block b
JOIN party p ON p.id = b.worker
WHERE b.requester = :requester AND (b.created_ms, b.worker) > (:after_ms, :after_worker)
ORDER BY b.created_ms, b.worker
LIMIT :page;
