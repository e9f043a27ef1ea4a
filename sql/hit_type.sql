-- HIT types (src/market/hit_type.c).

-- name: hit_type_by_digest :one
-- in: requester int, digest text
-- out: id int, premium_cents int, open_hits int, events int, created_ms int, requirements text, alias text?
SELECT id, premium_cents, open_hits, events, created_ms, requirements, alias FROM hit_type
WHERE requester = :requester AND digest = :digest;

-- name: hit_type_add :one
-- in: requester int, digest text, title text, description text, keywords text, reward_cents int, duration_s int, auto_approval_s int, requirements text, masters int, premium_cents int, created_ms int, alias text?
-- out: id int, events int
INSERT INTO hit_type (requester, digest, title, description, keywords, reward_cents, duration_s,
                      auto_approval_s, requirements, masters, premium_cents, created_ms,
                      open_hits, events, alias)
VALUES (:requester, :digest, :title, :description, :keywords, :reward_cents, :duration_s,
        :auto_approval_s, :requirements, :masters, :premium_cents, :created_ms, 0,
        COALESCE((SELECT m.events FROM event_mask m WHERE m.requester = :requester), 0), :alias)
RETURNING id, events;

-- The newest live batch of a type, of the requester's newest `looked_at` batches.
-- name: hit_type_batch :one
-- in: requester int, hit_type int, looked_at int
-- out: id int, name text
SELECT b.id, b.name
FROM (SELECT id, name, hit_type, state FROM batch WHERE requester = :requester
      ORDER BY id DESC LIMIT :looked_at) AS b
WHERE b.hit_type = :hit_type AND b.state = 2 ORDER BY b.id DESC LIMIT 1;

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

-- name: hit_type_shift_open :exec
-- in: id int, delta int
UPDATE hit_type SET open_hits = open_hits + :delta WHERE id = :id;
