-- What workers have entered and not submitted (src/market/answer_draft.c).

-- name: answer_draft_put :exec
-- in: assignment int, at_ms int, fields text
INSERT INTO draft (assignment, at_ms, fields) VALUES (:assignment, :at_ms, :fields)
ON CONFLICT (assignment) DO UPDATE SET at_ms = excluded.at_ms, fields = excluded.fields;

-- name: answer_draft_of :one
-- in: assignment int
-- out: at_ms int, fields text
SELECT at_ms, fields FROM draft WHERE assignment = :assignment;

-- Drafts of work that is no longer in progress.
-- name: answer_draft_purge :exec
-- in: before_ms int, page int
DELETE FROM draft WHERE assignment IN (
    SELECT d.assignment FROM draft d JOIN assignment a ON a.id = d.assignment
    WHERE d.at_ms < :before_ms AND a.status <> 1
    ORDER BY d.at_ms LIMIT :page);
