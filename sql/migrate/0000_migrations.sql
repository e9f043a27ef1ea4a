-- The store's own list of what was applied. Version 0 runs before every migration and is not
-- listed itself, so it must stay harmless when repeated.
CREATE TABLE IF NOT EXISTS schema_migration (
    version @INT@ NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,             -- SHA-256 of the migration's text without comments
    applied_ms @INT@ NOT NULL
) @STRICT@;
