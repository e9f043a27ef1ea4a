-- Bonuses (src/market/bonus.c).

-- name: bonus_insert :one
-- in: requester int, worker int, hit int, assignment int, cents int, fee_cents int, reason text, at_ms int
-- out: id int
INSERT INTO bonus (requester, worker, hit, assignment, cents, fee_cents, reason, at_ms)
VALUES (:requester, :worker, :hit, :assignment, :cents, :fee_cents, :reason, :at_ms)
RETURNING id;

-- Kind 4: a bonus.
-- name: bonus_notice :exec
-- in: worker int, at_ms int, assignment int, cents int, reason text
INSERT INTO notice (party, at_ms, kind, assignment, items, cents, note)
VALUES (:worker, :at_ms, 4, :assignment, 1, :cents, :reason);

-- Work of the worker for the requester since a moment.
-- name: bonus_recent_work :one
-- in: worker int, requester int, since_ms int
-- out: id int
SELECT id FROM assignment
WHERE worker = :worker AND submitted_ms IS NOT NULL AND submitted_ms >= :since_ms
  AND requester = :requester
ORDER BY submitted_ms DESC LIMIT 1;

-- name: bonus_page_of_hit :many
-- in: hit int, after_ms int, after int, page int
-- out: id int, worker_id text, assignment int, alias text?, cents int, fee_cents int, reason text, at_ms int
SELECT b.id, p.public_id, b.assignment, a.alias, b.cents, b.fee_cents, b.reason, b.at_ms
FROM bonus b
JOIN party p ON p.id = b.worker
JOIN assignment a ON a.id = b.assignment
WHERE b.hit = :hit AND (b.at_ms, b.id) > (:after_ms, :after)
ORDER BY b.at_ms, b.id LIMIT :page;

-- name: bonus_page_of_assignment :many
-- in: assignment int, after_ms int, after int, page int
-- out: id int, worker_id text, assignment int, alias text?, cents int, fee_cents int, reason text, at_ms int
SELECT b.id, p.public_id, b.assignment, a.alias, b.cents, b.fee_cents, b.reason, b.at_ms
FROM bonus b
JOIN party p ON p.id = b.worker
JOIN assignment a ON a.id = b.assignment
WHERE b.assignment = :assignment AND (b.at_ms, b.id) > (:after_ms, :after)
ORDER BY b.at_ms, b.id LIMIT :page;
