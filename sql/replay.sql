-- Re-enacting results files (src/market/replay.c).

-- name: replay_hits :one
-- out: some int
SELECT CASE WHEN EXISTS (SELECT 1 FROM hit) THEN 1 ELSE 0 END;
