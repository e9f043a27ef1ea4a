-- Members of a requester's account and invitations (src/market/member.c, invitation.c).

-- name: member_add :exec
-- in: account int, person int, role int, added_ms int
INSERT INTO member (account, person, role, added_ms) VALUES (:account, :person, :role, :added_ms)
ON CONFLICT (account, person) DO NOTHING;

-- name: member_get :one
-- in: account int, person int
-- out: role int
SELECT role FROM member WHERE account = :account AND person = :person;

-- name: member_role_put :exec
-- in: account int, person int, role int
UPDATE member SET role = :role WHERE account = :account AND person = :person;

-- name: member_delete :exec
-- in: account int, person int
DELETE FROM member WHERE account = :account AND person = :person;

-- name: member_count :one
-- in: account int
-- out: n int
SELECT COUNT(*) FROM member WHERE account = :account;

-- name: member_rows :many
-- in: account int, page int
-- out: person int, public_id text, email text, name text, role int, added_ms int
SELECT m.person, p.public_id, p.email, p.name, m.role, m.added_ms
FROM member m JOIN party p ON p.id = m.person
WHERE m.account = :account ORDER BY m.person LIMIT :page;

-- The accounts that a person was joined to.
-- name: member_accounts :many
-- in: person int, page int
-- out: account int, public_id text, name text, role int, state int
SELECT m.account, p.public_id, p.name, m.role, p.state
FROM member m JOIN party p ON p.id = m.account
WHERE m.person = :person ORDER BY m.account LIMIT :page;

-- name: member_first :one
-- in: person int
-- out: account int, role int
SELECT m.account, m.role FROM member m JOIN party p ON p.id = m.account
WHERE m.person = :person AND p.state <> 2 ORDER BY m.account LIMIT 1;

-- name: session_act_put :exec
-- in: digest text, acting int?
UPDATE session SET acting = :acting WHERE digest = :digest;

-- name: invitation_add :exec
-- in: account int, email text, role int, digest text, invited_by int, created_ms int, expires_ms int
INSERT INTO invitation (account, email, role, digest, invited_by, created_ms, expires_ms)
VALUES (:account, :email, :role, :digest, :invited_by, :created_ms, :expires_ms);

-- name: invitation_delete :exec
-- in: account int, email text
DELETE FROM invitation WHERE account = :account AND email = :email;

-- name: invitation_count :one
-- in: account int
-- out: n int
SELECT COUNT(*) FROM invitation WHERE account = :account;

-- name: invitation_of_account :many
-- in: account int, page int
-- out: email text, role int, created_ms int, expires_ms int
SELECT email, role, created_ms, expires_ms FROM invitation
WHERE account = :account ORDER BY email LIMIT :page;

-- name: invitation_by_digest :one
-- in: digest text
-- out: account int, email text, role int, created_ms int, expires_ms int, name text, state int
SELECT i.account, i.email, i.role, i.created_ms, i.expires_ms, p.name, p.state
FROM invitation i JOIN party p ON p.id = i.account WHERE i.digest = :digest;

-- name: invitation_for :one
-- in: account int, email text
-- out: account int, email text, role int, created_ms int, expires_ms int, name text, state int
SELECT i.account, i.email, i.role, i.created_ms, i.expires_ms, p.name, p.state
FROM invitation i JOIN party p ON p.id = i.account
WHERE i.account = :account AND i.email = :email;

-- Those that wait for the holder of an address.
-- name: invitation_of_email :many
-- in: email text, wall_ms int, page int
-- out: account int, public_id text, name text, role int, created_ms int, expires_ms int
SELECT i.account, p.public_id, p.name, i.role, i.created_ms, i.expires_ms
FROM invitation i JOIN party p ON p.id = i.account
WHERE i.email = :email AND i.expires_ms > :wall_ms AND p.state <> 2
ORDER BY i.id LIMIT :page;
