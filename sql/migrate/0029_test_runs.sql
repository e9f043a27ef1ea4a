-- Tries of qualification tests: the clock of each, and when it was submitted.
CREATE TABLE test_run (
    id @PK@,
    worker @INT@ NOT NULL REFERENCES party (id),
    type @INT@ NOT NULL REFERENCES qualification_type (id),
    started_ms @INT@ NOT NULL,
    due_ms @INT@ NOT NULL,
    ended_ms @INT@                      -- NULL: runs, or ran out
) @STRICT@;
CREATE INDEX test_run_worker ON test_run (worker, type, id);
