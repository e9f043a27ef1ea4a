-- Settings and small facts about this store.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) @STRICT_CLUSTERED@;
