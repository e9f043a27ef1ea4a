-- name: thing_add :one
-- in: name text, count int?, body blob?
-- out: id int
INSERT INTO thing (name, count, body) VALUES (:name, :count, :body) RETURNING id;

-- name: thing_get :one
-- in: name text
-- out: id int, name text, count int?,
--      body blob?, odd text
SELECT id, name, count, body, 'it''s; :not_a_param -- "@x@"' FROM thing WHERE name = :name;

-- A :one that promises a column without NULL, which is not kept for rows without count.
-- name: thing_count_strict :one
-- in: name text
-- out: count int
SELECT count FROM thing WHERE name = :name;

-- name: thing_strict_name :exec
-- in: name text
INSERT INTO thing (name) VALUES (:name);

-- name: part_add :exec
-- in: thing int, n int
INSERT INTO part (thing, n) VALUES (:thing, :n) ON CONFLICT (thing, n) DO NOTHING;

-- name: thing_bulk :bulk
-- in: id int, name text, count int?, body blob?
INSERT INTO thing (id, name, count, body) VALUES (:id, :name, :count, :body);

-- name: thing_names :bulk
-- in: id int, name text, count int?
INSERT INTO thing (id, name, count) VALUES (:id, :name, :count);

-- name: thing_list :many
-- in: least int
-- out: id int, name text, count int?, body blob?
SELECT id, name, count, body FROM thing WHERE id >= :least ORDER BY id;

-- name: thing_find :many
-- in: name text?, count int?
-- out: id int
-- scan: a test of optional filters
SELECT id FROM thing
WHERE (CAST(:name AS TEXT) IS NULL OR name = :name)
  AND (CAST(:count AS @INT@) IS NULL OR count = :count)
ORDER BY id;

-- name: thing_total :one
-- out: things int, total int
-- scan: a test of aggregates
SELECT COUNT(*), CAST(COALESCE(SUM(count), 0) AS @INT@) FROM thing;

-- name: thing_bump :exec
-- in: by int
-- scan: a test of set-based changes
UPDATE thing SET count = count + :by WHERE count IS NOT NULL;

-- name: tally_put :exec
-- in: id int, count int
INSERT INTO tally (id, count) VALUES (:id, :count)
ON CONFLICT (id) DO UPDATE SET count = excluded.count;

-- name: tally_get :one
-- in: id int
-- out: count int
SELECT count FROM tally WHERE id = :id;
