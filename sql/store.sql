-- The store's own statements.

-- name: meta_get :one
-- in: key text
-- out: value text
SELECT value FROM meta WHERE key = :key;

-- name: meta_put :exec
-- in: key text, value text
INSERT INTO meta (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: migration_list :many
-- out: version int, name text, checksum text
-- scan: a few dozen rows, read at the start
SELECT version, name, checksum FROM schema_migration ORDER BY version;

-- name: migration_add :exec
-- in: version int, name text, checksum text, applied_ms int
INSERT INTO schema_migration (version, name, checksum, applied_ms)
VALUES (:version, :name, :checksum, :applied_ms);
