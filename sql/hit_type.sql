-- HIT types and projects (src/market/hit_type.c, project.c).

-- name: hit_type_by_digest :one
-- in: requester int, digest text
-- out: id int, premium_cents int, open_hits int, events int, created_ms int, requirements text, alias text?
SELECT id, premium_cents, open_hits, events, created_ms, requirements, alias FROM hit_type
WHERE requester = :requester AND digest = :digest;

-- name: hit_type_add :one
-- in: requester int, digest text, title text, description text, keywords text, reward_cents int, duration_s int, auto_approval_s int, requirements text, masters int, premium_cents int, created_ms int, alias text?
-- out: id int
INSERT INTO hit_type (requester, digest, title, description, keywords, reward_cents, duration_s,
                      auto_approval_s, requirements, masters, premium_cents, created_ms,
                      open_hits, events, alias)
VALUES (:requester, :digest, :title, :description, :keywords, :reward_cents, :duration_s,
        :auto_approval_s, :requirements, :masters, :premium_cents, :created_ms, 0, 0, :alias)
RETURNING id;

-- name: hit_type_row :one
-- in: id int
-- out: id int, requester int, title text, description text, keywords text, reward_cents int, duration_s int, auto_approval_s int, requirements text, masters int, premium_cents int, created_ms int, open_hits int, events int, alias text?
SELECT id, requester, title, description, keywords, reward_cents, duration_s, auto_approval_s,
       requirements, masters, premium_cents, created_ms, open_hits, events, alias
FROM hit_type WHERE id = :id;

-- name: hit_type_by_alias :one
-- in: alias text
-- out: id int
SELECT id FROM hit_type WHERE alias = :alias;

-- name: hit_type_put_events :exec
-- in: id int, events int
UPDATE hit_type SET events = :events WHERE id = :id;

-- name: hit_type_shift_open :exec
-- in: id int, delta int
UPDATE hit_type SET open_hits = open_hits + :delta WHERE id = :id;

-- name: project_add :one
-- in: requester int, name text, title text, description text, keywords text, reward_cents int, max_assignments int, duration_s int, lifetime_s int, auto_approval_s int, requirements text, document int, created_ms int
-- out: id int
INSERT INTO project (requester, name, title, description, keywords, reward_cents, max_assignments,
                     duration_s, lifetime_s, auto_approval_s, requirements, document, created_ms)
VALUES (:requester, :name, :title, :description, :keywords, :reward_cents, :max_assignments,
        :duration_s, :lifetime_s, :auto_approval_s, :requirements, :document, :created_ms)
ON CONFLICT (requester, name) DO NOTHING RETURNING id;

-- name: project_row :one
-- in: id int, requester int
-- out: id int, name text, title text, description text, keywords text, reward_cents int, max_assignments int, duration_s int, lifetime_s int, auto_approval_s int, requirements text, document int, created_ms int
SELECT id, name, title, description, keywords, reward_cents, max_assignments, duration_s,
       lifetime_s, auto_approval_s, requirements, document, created_ms
FROM project WHERE id = :id AND requester = :requester;

-- name: project_rows :many
-- in: requester int, before int, n int
-- out: id int, name text, title text, description text, keywords text, reward_cents int, max_assignments int, duration_s int, lifetime_s int, auto_approval_s int, requirements text, document int, created_ms int
SELECT id, name, title, description, keywords, reward_cents, max_assignments, duration_s,
       lifetime_s, auto_approval_s, requirements, document, created_ms
FROM project WHERE requester = :requester AND id < :before ORDER BY id DESC LIMIT :n;

-- name: project_of_layout :one
-- in: requester int, document int
-- out: body text
SELECT d.body FROM project p JOIN document d ON d.id = p.document
WHERE p.requester = :requester AND p.document = :document LIMIT 1;
