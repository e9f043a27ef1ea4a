-- Qualification tests that workers have started (src/market/test.c).

-- The latest try: its end is NULL while nothing was submitted.
-- name: test_last :one
-- in: worker int, type int
-- out: id int, started_ms int, due_ms int, ended_ms int?
SELECT id, started_ms, due_ms, ended_ms FROM test_run
WHERE worker = :worker AND type = :type
ORDER BY id DESC LIMIT 1;

-- name: test_begin :exec
-- in: worker int, type int, started_ms int, due_ms int
INSERT INTO test_run (worker, type, started_ms, due_ms)
VALUES (:worker, :type, :started_ms, :due_ms);

-- name: test_end :exec
-- in: id int, ended_ms int
UPDATE test_run SET ended_ms = :ended_ms WHERE id = :id AND ended_ms IS NULL;
