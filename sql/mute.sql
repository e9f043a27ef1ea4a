-- Requesters that a worker mutes, and those who do not take his work (src/market/mute.c).

-- name: mute_put :exec
-- in: worker int, requester int, at_ms int
INSERT INTO muted (worker, requester, at_ms) VALUES (:worker, :requester, :at_ms)
ON CONFLICT (worker, requester) DO NOTHING;

-- name: mute_delete :exec
-- in: worker int, requester int
DELETE FROM muted WHERE worker = :worker AND requester = :requester;

-- name: mute_get :one
-- in: worker int, requester int
-- out: at_ms int
SELECT at_ms FROM muted WHERE worker = :worker AND requester = :requester;

-- name: mute_count :one
-- in: worker int
-- out: n int
SELECT COUNT(*) FROM muted WHERE worker = :worker;

-- name: mute_page :many
-- in: worker int, after int, page int
-- out: requester int, requester_id text, requester_name text, at_ms int
SELECT m.requester, p.public_id, p.name, m.at_ms
FROM muted m JOIN party p ON p.id = m.requester
WHERE m.worker = :worker AND m.requester > :after
ORDER BY m.requester LIMIT :page;

-- name: mute_blocked_by :many
-- in: worker int, page int
-- out: requester_id text, requester_name text, created_ms int
SELECT p.public_id, p.name, b.created_ms
FROM worker_block b JOIN party p ON p.id = b.requester
WHERE b.worker = :worker
ORDER BY b.created_ms DESC, b.requester DESC LIMIT :page;
