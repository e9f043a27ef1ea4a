-- Parties, passwords, sessions, sign-ins (src/market/account.c).

-- name: account_insert :one
-- in: public_id text, role int, email text, name text, country text, password text, state int, adult int, created_ms int
-- out: id int
INSERT INTO party (public_id, role, email, name, country, password, state, adult, created_ms)
VALUES (:public_id, :role, :email, :name, :country, :password, :state, :adult, :created_ms)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: account_stat_open :exec
-- in: worker int
INSERT INTO worker_stat (worker, accepted, submitted, approved, rejected, returned, abandoned,
                         day, day_accepted)
VALUES (:worker, 0, 0, 0, 0, 0, 0, 0, 0);

-- name: account_get :one
-- in: id int
-- out: id int, public_id text, role int, email text, name text, country text, state int, adult int, created_ms int
SELECT id, public_id, role, email, name, country, state, adult, created_ms
FROM party WHERE id = :id;

-- name: account_of_email :one
-- in: email text
-- out: id int, password text
SELECT id, password FROM party WHERE email = :email;

-- name: account_of_public_id :one
-- in: public_id text
-- out: id int
SELECT id FROM party WHERE public_id = :public_id;

-- name: account_page :many
-- in: after int, page int
-- out: id int, public_id text, role int, email text, name text, country text, state int, adult int, created_ms int
SELECT id, public_id, role, email, name, country, state, adult, created_ms
FROM party WHERE id > :after ORDER BY id LIMIT :page;

-- name: account_password_set :exec
-- in: id int, password text
UPDATE party SET password = :password WHERE id = :id;

-- name: account_email_set :exec
-- in: id int, email text
UPDATE party SET email = :email
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM party WHERE email = :email);

-- name: account_state_set :exec
-- in: id int, state int
UPDATE party SET state = :state WHERE id = :id;

-- name: account_adult_set :exec
-- in: id int, adult int
UPDATE party SET adult = :adult WHERE id = :id;

-- name: session_insert :exec
-- in: digest text, party int, csrf text, created_ms int, expires_ms int, address text, agent text
INSERT INTO session (digest, party, csrf, created_ms, expires_ms, address, agent)
VALUES (:digest, :party, :csrf, :created_ms, :expires_ms, :address, :agent);

-- name: session_get :one
-- in: digest text
-- out: party int, csrf text, expires_ms int, acting int?
SELECT party, csrf, expires_ms, acting FROM session WHERE digest = :digest;

-- name: session_list_of :many
-- in: party int, wall_ms int, page int
-- out: digest text, created_ms int, expires_ms int, address text, agent text
SELECT digest, created_ms, expires_ms, address, agent
FROM session WHERE party = :party AND expires_ms > :wall_ms
ORDER BY created_ms DESC, digest LIMIT :page;

-- name: session_delete_one_of :exec
-- in: party int, digest text
DELETE FROM session WHERE digest = :digest AND party = :party;

-- name: session_delete_others :exec
-- in: party int, digest text
DELETE FROM session WHERE party = :party AND digest <> :digest;

-- name: session_delete :exec
-- in: digest text
DELETE FROM session WHERE digest = :digest;

-- name: session_delete_of :exec
-- in: party int
DELETE FROM session WHERE party = :party;

-- name: session_delete_over :exec
-- in: wall_ms int
DELETE FROM session WHERE expires_ms <= :wall_ms;

-- name: sign_in_failure_get :one
-- in: subject text
-- out: failures int, last_ms int
SELECT failures, last_ms FROM sign_in_failure WHERE subject = :subject;

-- name: sign_in_failure_add :exec
-- in: subject text, wall_ms int, forget_ms int
INSERT INTO sign_in_failure (subject, failures, last_ms) VALUES (:subject, 1, :wall_ms)
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN sign_in_failure.last_ms < :forget_ms THEN 1
                    ELSE sign_in_failure.failures + 1 END,
    last_ms = excluded.last_ms;

-- name: sign_in_failure_delete :exec
-- in: subject text
DELETE FROM sign_in_failure WHERE subject = :subject;

-- name: sign_in_failure_delete_over :exec
-- in: forget_ms int
-- scan: failures of one hour
DELETE FROM sign_in_failure WHERE last_ms < :forget_ms;
