-- Calls that come twice (src/market/request_key.c).

-- name: request_key_get :one
-- in: digest text, since_ms int
-- out: status int, body text
SELECT status, body FROM request_key WHERE digest = :digest AND at_ms >= :since_ms;

-- name: request_key_put :exec
-- in: digest text, at_ms int, status int, body text
INSERT INTO request_key (digest, at_ms, status, body) VALUES (:digest, :at_ms, :status, :body)
ON CONFLICT (digest) DO UPDATE SET at_ms = excluded.at_ms, status = excluded.status,
    body = excluded.body;

-- name: request_key_delete_old :exec
-- in: before_ms int, page int
DELETE FROM request_key WHERE digest IN
    (SELECT digest FROM request_key WHERE at_ms < :before_ms ORDER BY at_ms LIMIT :page);

-- name: unique_token_get :one
-- in: requester int, operation text, token text, since_ms int
-- out: subject int
SELECT subject FROM unique_token
WHERE requester = :requester AND operation = :operation AND token = :token AND at_ms >= :since_ms;

-- name: unique_token_put :exec
-- in: requester int, operation text, token text, at_ms int, subject int
INSERT INTO unique_token (requester, operation, token, at_ms, subject)
VALUES (:requester, :operation, :token, :at_ms, :subject)
ON CONFLICT (requester, operation, token) DO UPDATE SET at_ms = excluded.at_ms,
    subject = excluded.subject;

-- name: unique_token_old :many
-- in: before_ms int, page int
-- out: requester int, operation text, token text
SELECT requester, operation, token FROM unique_token
WHERE at_ms < :before_ms ORDER BY at_ms LIMIT :page;

-- name: unique_token_delete :exec
-- in: requester int, operation text, token text
DELETE FROM unique_token
WHERE requester = :requester AND operation = :operation AND token = :token;
