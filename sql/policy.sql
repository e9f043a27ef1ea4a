-- Review policies (src/market/policy.c). Levels: 1 Assignment, 2 HIT.

-- name: policy_add :exec
-- in: hit int, level int, requester int, packed text
INSERT INTO policy (hit, level, requester, packed) VALUES (:hit, :level, :requester, :packed);

-- name: policy_get :one
-- in: hit int, level int
-- out: requester int, packed text
SELECT requester, packed FROM policy WHERE hit = :hit AND level = :level;

-- name: policy_mark :exec
-- in: hit int, at_ms int
UPDATE policy SET due_ms = :at_ms WHERE hit = :hit AND level = 2;

-- name: policy_marked :one
-- in: hit int, now_ms int
-- out: due_ms int
SELECT due_ms FROM policy WHERE hit = :hit AND level = 2 AND due_ms <= :now_ms;

-- name: policy_unmark :exec
-- in: hit int
UPDATE policy SET due_ms = NULL WHERE hit = :hit AND level = 2;

-- name: policy_due :many
-- in: now_ms int, page int
-- out: hit int
SELECT hit FROM policy WHERE due_ms IS NOT NULL AND due_ms <= :now_ms ORDER BY due_ms LIMIT :page;

-- Submitted work of a HIT with its answers, in the order of submission.
-- name: policy_work :many
-- in: hit int, page int
-- out: id int, status int, fields text?
SELECT a.id, a.status, w.fields
FROM assignment a LEFT JOIN answer w ON w.assignment = a.id
WHERE a.hit = :hit AND a.submitted_ms > 0 AND a.status IN (2, 3, 4)
ORDER BY a.submitted_ms, a.id LIMIT :page;

-- name: policy_answer :one
-- in: assignment int
-- out: fields text
SELECT fields FROM answer WHERE assignment = :assignment;

-- What the known answers of an assignment scored.
-- name: policy_score :one
-- in: assignment int
-- out: value text?
SELECT value FROM policy_line
WHERE assignment = :assignment AND name = 'KnownAnswerScore'
ORDER BY id DESC LIMIT 1;

-- name: policy_line_add :one
-- in: hit int, level int, action int?, name text, assignment int?, question text?, value text?, status int, error text?, at_ms int
-- out: id int
INSERT INTO policy_line (hit, level, action, name, assignment, question, value, status, error, at_ms)
VALUES (:hit, :level, :action, :name, :assignment, :question, :value, :status, :error, :at_ms)
RETURNING id;

-- kinds: 1 actions, 2 results; levels: 1 Assignment, 2 HIT, as bits.
-- name: policy_lines :many
-- in: hit int, after int, levels int, kinds int, page int
-- out: id int, level int, action int?, name text, assignment int?, alias text?, question text?, value text?, status int, error text?, at_ms int
SELECT l.id, l.level, l.action, l.name, l.assignment, a.alias, l.question, l.value, l.status,
       l.error, l.at_ms
FROM policy_line l LEFT JOIN assignment a ON a.id = l.assignment
WHERE l.hit = :hit AND l.id > :after AND (l.level & :levels) <> 0
  AND (CASE WHEN l.action IS NULL THEN 1 ELSE 2 END & :kinds) <> 0
ORDER BY l.id LIMIT :page;
