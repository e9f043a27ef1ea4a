-- Access keys (src/market/key.c). State 0 active, 1 revoked.

-- name: key_insert :exec
-- in: party int, key_id text, secret blob, created_ms int
INSERT INTO access_key (party, key_id, secret, state, created_ms)
VALUES (:party, :key_id, :secret, 0, :created_ms);

-- name: key_get :one
-- in: key_id text
-- out: party int, secret blob, state int
SELECT party, secret, state FROM access_key WHERE key_id = :key_id;

-- name: key_count_active :one
-- in: party int
-- out: n int
SELECT COUNT(*) FROM access_key WHERE party = :party AND state = 0;

-- name: key_revoke_one :exec
-- in: party int, key_id text
UPDATE access_key SET state = 1 WHERE key_id = :key_id AND party = :party AND state = 0;

-- The last 100, oldest first.
-- name: key_list_of :many
-- in: party int
-- out: key_id text, state int, created_ms int
SELECT k.key_id, k.state, k.created_ms
FROM (SELECT id, key_id, state, created_ms FROM access_key
      WHERE party = :party ORDER BY id DESC LIMIT 100) AS k
ORDER BY k.id;
