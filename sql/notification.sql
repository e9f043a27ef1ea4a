-- Destinations of events, and their delivery (src/market/notification.c).

-- name: notification_get :one
-- in: hit_type int
-- out: events int
SELECT events FROM notification WHERE hit_type = :hit_type;

-- name: notification_put :exec
-- in: hit_type int, transport int, destination text, version text, events int
INSERT INTO notification (hit_type, transport, destination, version, events)
VALUES (:hit_type, :transport, :destination, :version, :events)
ON CONFLICT (hit_type) DO UPDATE SET transport = excluded.transport,
    destination = excluded.destination, version = excluded.version, events = excluded.events;

-- name: outbox_add_test :exec
-- in: at_ms int, kind int, requester int, transport int, destination text, version text
INSERT INTO outbox (at_ms, kind, requester, overturned, transport, destination, version)
VALUES (:at_ms, :kind, :requester, 0, :transport, :destination, :version);

-- The next one to try. Events of one HIT go out in their order: none before an older one of the
-- same HIT is delivered or given up.
-- name: outbox_pick :one
-- in: now_ms int
-- out: id int, at_ms int, kind int, requester int, requester_id text, hit_type int?, hit int?, assignment int?, type_alias text?, hit_alias text?, assignment_alias text?, transport int?, destination text?, version text?, attempts int
SELECT o.id, o.at_ms, o.kind, o.requester, r.public_id, o.hit_type, o.hit, o.assignment, t.alias,
       h.alias, a.alias, COALESCE(o.transport, n.transport),
       COALESCE(o.destination, n.destination), COALESCE(o.version, n.version), o.attempts
FROM outbox o
JOIN party r ON r.id = o.requester
LEFT JOIN notification n ON n.hit_type = o.hit_type
LEFT JOIN hit_type t ON t.id = o.hit_type
LEFT JOIN hit h ON h.id = o.hit
LEFT JOIN assignment a ON a.id = o.assignment
WHERE o.dead_ms IS NULL AND o.next_ms <= :now_ms
  AND NOT EXISTS (SELECT 1 FROM outbox p
                  WHERE p.hit = o.hit AND p.id < o.id AND p.dead_ms IS NULL)
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
-- out: id int, at_ms int, kind int, requester_id text, attempts int, dead_ms int, error text?
SELECT o.id, o.at_ms, o.kind, r.public_id, o.attempts, o.dead_ms, o.error
FROM outbox o JOIN party r ON r.id = o.requester
WHERE o.dead_ms IS NOT NULL AND o.id > :after ORDER BY o.id LIMIT :page;

-- name: outbox_replay :exec
-- in: low int, high int
UPDATE outbox SET dead_ms = NULL, attempts = 0, next_ms = 0
WHERE dead_ms IS NOT NULL AND id BETWEEN :low AND :high;
