-- The outbox and its delivery (src/market/notification.c).

-- target: of a test of a known destination; else its own transport, address and version.
-- name: outbox_add_test :exec
-- in: at_ms int, kind int, requester int, target int?, transport int?, destination text?, version text?
INSERT INTO outbox (at_ms, kind, requester, overturned, target, transport, destination, version)
VALUES (:at_ms, :kind, :requester, 0, :target, :transport, :destination, :version);

-- The next one to try. Events of one HIT go to one destination in their order: none before an older
-- one is delivered or given up.
-- name: outbox_pick :one
-- in: now_ms int
-- out: id int, at_ms int, kind int, requester int, requester_id text, hit_type int?, hit int?, assignment int?, type_alias text?, hit_alias text?, assignment_alias text?, overturned int, target int?, active int?, secret blob?, transport int?, destination text?, version text?, attempts int
SELECT o.id, o.at_ms, o.kind, o.requester, r.public_id, o.hit_type, o.hit, o.assignment, t.alias,
       h.alias, a.alias, o.overturned, o.target, d.active, d.secret,
       COALESCE(o.transport, d.transport), COALESCE(o.destination, d.address),
       COALESCE(o.version, d.version), o.attempts
FROM outbox o
JOIN party r ON r.id = o.requester
LEFT JOIN destination d ON d.id = o.target
LEFT JOIN hit_type t ON t.id = o.hit_type
LEFT JOIN hit h ON h.id = o.hit
LEFT JOIN assignment a ON a.id = o.assignment
WHERE o.dead_ms IS NULL AND o.next_ms <= :now_ms
  AND NOT EXISTS (SELECT 1 FROM outbox p
                  WHERE p.hit = o.hit AND p.target = o.target AND p.id < o.id
                    AND p.dead_ms IS NULL)
ORDER BY o.next_ms, o.id LIMIT 1;

-- Is anything due, be it behind an older event of its HIT or not?
-- name: outbox_any :one
-- in: now_ms int
-- out: id int
SELECT id FROM outbox WHERE dead_ms IS NULL AND next_ms <= :now_ms LIMIT 1;

-- name: outbox_lease :exec
-- in: id int, attempts int, until_ms int
UPDATE outbox SET attempts = :attempts, next_ms = :until_ms WHERE id = :id;

-- A row is touched only by who leased it last: attempts is the lease's number.
-- name: outbox_delete :exec
-- in: id int, attempts int
DELETE FROM outbox WHERE id = :id AND attempts = :attempts;

-- name: outbox_fail :exec
-- in: id int, attempts int, next_ms int, dead_ms int?, error text
UPDATE outbox SET next_ms = :next_ms, dead_ms = :dead_ms, error = :error
WHERE id = :id AND attempts = :attempts;

-- name: outbox_dead_list :many
-- in: after int, page int
-- out: id int, at_ms int, kind int, requester_id text, attempts int, dead_ms int, error text?, destination text?
SELECT o.id, o.at_ms, o.kind, r.public_id, o.attempts, o.dead_ms, o.error,
       COALESCE(o.destination, d.address)
FROM outbox o
JOIN party r ON r.id = o.requester
LEFT JOIN destination d ON d.id = o.target
WHERE o.dead_ms IS NOT NULL AND o.id > :after ORDER BY o.id LIMIT :page;

-- name: outbox_replay :exec
-- in: low int, high int
UPDATE outbox SET dead_ms = NULL, attempts = 0, next_ms = 0
WHERE dead_ms IS NOT NULL AND id BETWEEN :low AND :high;

-- name: outbox_drop :exec
-- in: low int, high int
DELETE FROM outbox WHERE dead_ms IS NOT NULL AND id BETWEEN :low AND :high;

-- How the queue stands; counts stop at `most`.
-- name: outbox_state :one
-- in: most int
-- out: waiting int, oldest_ms int?, failing int, dead int
SELECT (SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE dead_ms IS NULL AND next_ms >= 0
                              ORDER BY next_ms, id LIMIT :most) AS w),
       (SELECT MIN(x.at_ms) FROM (SELECT at_ms FROM outbox WHERE dead_ms IS NULL AND next_ms >= 0
                               ORDER BY next_ms, id LIMIT :most) AS x),
       (SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE dead_ms IS NULL AND next_ms > 0
                              ORDER BY next_ms, id LIMIT :most) AS f),
       (SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE dead_ms IS NOT NULL
                              ORDER BY id LIMIT :most) AS g);
