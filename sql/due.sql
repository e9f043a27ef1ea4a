-- What the clock owes (src/market/due.c). Status 1 Accepted, 2 Submitted, 6 Abandoned. The partial
-- indexes of 0002_market.sql ask for their condition word for word.

-- name: due_look :one
-- in: hit int
-- out: requester int, expired int, expires_ms int, disposed_ms int?, max_assignments int,
--      pending int, submitted int, decided int, activity_ms int, due_ms int?, policy_ms int?
SELECT h.requester, h.expired, h.expires_ms, h.disposed_ms, h.max_assignments, h.pending,
       h.submitted, h.approved + h.rejected, h.activity_ms,
       (SELECT MIN(a.due_ms) FROM assignment a WHERE a.hit = h.id AND a.due_ms IS NOT NULL),
       (SELECT p.due_ms FROM policy p WHERE p.hit = h.id AND p.level = 2)
FROM hit h WHERE h.id = :hit;

-- The heads of the indexes.
-- name: due_heads :one
-- out: expires_ms int?, due_ms int?, activity_ms int?, policy_ms int?, publishing int?
SELECT (SELECT MIN(expires_ms) FROM hit WHERE expired = 0 AND disposed_ms IS NULL),
       (SELECT MIN(due_ms) FROM assignment WHERE due_ms IS NOT NULL),
       (SELECT MIN(activity_ms) FROM hit
        WHERE disposed_ms IS NULL AND pending = 0
          AND (expired = 1 OR max_assignments = submitted + approved + rejected)),
       (SELECT MIN(due_ms) FROM policy WHERE due_ms IS NOT NULL),
       (SELECT MIN(id) FROM batch WHERE state = 1);

-- Expiry. A HIT without work in progress becomes Reviewable by it: an activity.
-- name: due_expire_one :one
-- in: hit int, at_ms int
-- out: id int, requester int, batch int, hit_type int, max_assignments int, pending int,
--      used int, cost_cents int, expires_ms int, many int
UPDATE hit SET expired = 1, expires_ms = :at_ms,
    activity_ms = CASE
        WHEN pending = 0 AND submitted + approved + rejected < max_assignments
             AND :at_ms > activity_ms THEN :at_ms
        ELSE activity_ms END
WHERE id = :hit AND expired = 0 AND disposed_ms IS NULL
RETURNING id, requester, batch, hit_type, max_assignments, pending,
          pending + submitted + approved + rejected, reward_cents + fee_cents, expires_ms, many;

-- Full HITs wait until nothing of theirs is due for approval, as they may have been old enough for
-- disposal before they expired.
-- name: due_expire_some :many
-- in: now_ms int, age_ms int, n int
-- out: id int, requester int, batch int, hit_type int, max_assignments int, pending int,
--      used int, cost_cents int, expires_ms int, many int
UPDATE hit SET expired = 1,
    activity_ms = CASE
        WHEN pending = 0 AND submitted + approved + rejected < max_assignments
             AND expires_ms > activity_ms THEN expires_ms
        ELSE activity_ms END
WHERE id IN (
    SELECT h.id FROM hit h
    WHERE h.expired = 0 AND h.disposed_ms IS NULL AND h.expires_ms <= :now_ms
      AND NOT (h.pending = 0 AND h.max_assignments = h.submitted + h.approved + h.rejected
               AND (h.activity_ms + :age_ms <= h.expires_ms
                    OR EXISTS (SELECT 1 FROM assignment a
                               WHERE a.hit = h.id AND a.due_ms IS NOT NULL
                                 AND a.due_ms <= :now_ms)))
    ORDER BY h.expires_ms LIMIT :n)
RETURNING id, requester, batch, hit_type, max_assignments, pending,
          pending + submitted + approved + rejected, reward_cents + fee_cents, expires_ms, many;

-- name: due_batch_hits :many
-- in: batch int, after_seq int, n int
-- out: id int, seq int, expired int, disposed_ms int?
SELECT id, seq, expired, disposed_ms FROM hit
WHERE batch = :batch AND seq > :after_seq ORDER BY batch, seq, id LIMIT :n;

-- name: due_assignments :many
-- in: now_ms int, n int
-- out: id int, hit int, requester int, status int, policy int?
SELECT id, hit, requester, status,
       (SELECT p.level FROM policy p WHERE p.hit = assignment.hit AND p.level = 2)
FROM assignment
WHERE due_ms IS NOT NULL AND due_ms <= :now_ms ORDER BY due_ms LIMIT :n;

-- name: due_accepted :many
-- in: hit int, now_ms int, n int
-- out: id int
SELECT id FROM assignment
WHERE hit = :hit AND due_ms IS NOT NULL AND due_ms <= :now_ms AND status = 1
ORDER BY due_ms LIMIT :n;

-- The moment of abandonment is what was due.
-- name: due_abandoning :one
-- in: id int
-- out: hit int, worker int, cost_cents int, due_ms int, expired int, expires_ms int
SELECT a.hit, a.worker, a.reward_cents + a.fee_cents, a.due_ms, h.expired, h.expires_ms
FROM assignment a JOIN hit h ON h.id = a.hit
WHERE a.id = :id AND a.status = 1 AND a.due_ms IS NOT NULL;

-- name: due_abandon :exec
-- in: id int
UPDATE assignment SET status = 6, due_ms = NULL, version = version + 1
WHERE id = :id AND status = 1;

-- name: due_abandon_figure :exec
-- in: worker int
UPDATE worker_stat SET abandoned = abandoned + 1 WHERE worker = :worker;

-- name: due_dispose_one :one
-- in: hit int, before_ms int, age_ms int
-- out: disposed_ms int, batch int, many int, max_assignments int, cost_cents int, expired int,
--      used int
UPDATE hit SET disposed_ms = activity_ms + :age_ms
WHERE id = :hit AND disposed_ms IS NULL AND pending = 0
  AND (expired = 1 OR max_assignments = submitted + approved + rejected)
  AND submitted = 0 AND activity_ms <= :before_ms
RETURNING disposed_ms, batch, many, max_assignments, reward_cents + fee_cents, expired,
          approved + rejected;

-- name: due_dispose_some :many
-- in: before_ms int, age_ms int, n int
-- out: id int, disposed_ms int, events int, batch int, many int, max_assignments int,
--      cost_cents int, expired int, used int
UPDATE hit SET disposed_ms = activity_ms + :age_ms
WHERE id IN (SELECT id FROM hit
             WHERE disposed_ms IS NULL AND pending = 0
               AND (expired = 1 OR max_assignments = submitted + approved + rejected)
               AND submitted = 0 AND activity_ms <= :before_ms
             ORDER BY activity_ms LIMIT :n)
RETURNING id, disposed_ms, (SELECT t.events FROM hit_type t WHERE t.id = hit_type),
          batch, many, max_assignments, reward_cents + fee_cents, expired, approved + rejected;
