-- Where events go (src/market/destination.c, src/market/notification.c).

-- name: destination_of_type :one
-- in: hit_type int
-- out: id int, events int, active int
SELECT id, events, active FROM destination WHERE hit_type = :hit_type AND hit_type > 0;

-- name: destination_put_type :exec
-- in: requester int, hit_type int, transport int, address text, version text, events int, now_ms int
INSERT INTO destination (requester, hit_type, batch, transport, address, version, events, active,
                         created_ms, failures)
VALUES (:requester, :hit_type, 0, :transport, :address, :version, :events, 0, :now_ms, 0)
ON CONFLICT (hit_type) WHERE hit_type > 0 DO UPDATE SET transport = excluded.transport,
    address = excluded.address, version = excluded.version, events = excluded.events;

-- name: destination_add :one
-- in: requester int, batch int, only_type int, transport int, address text, version text, events int, secret blob?, now_ms int
-- out: id int
INSERT INTO destination (requester, hit_type, batch, only_type, transport, address, version, events,
                         active, secret, created_ms, failures)
VALUES (:requester, 0, :batch, :only_type, :transport, :address, :version, :events, 1, :secret,
        :now_ms, 0)
RETURNING id;

-- name: destination_put :exec
-- in: id int, batch int, only_type int, address text, events int
UPDATE destination SET batch = :batch, only_type = :only_type, address = :address, events = :events
WHERE id = :id;

-- name: destination_put_active :exec
-- in: id int, active int
UPDATE destination SET active = :active, next_ms = 0 WHERE id = :id;

-- name: destination_put_secret :exec
-- in: id int, secret blob
UPDATE destination SET secret = :secret WHERE id = :id;

-- name: destination_remove :exec
-- in: id int
DELETE FROM destination WHERE id = :id;

-- name: destination_get :one
-- in: id int, requester int
-- out: id int, hit_type int, only_type int, type_alias text?, title text?, batch int, batch_name text?, transport int, address text, version text, events int, active int, created_ms int, next_ms int, good_ms int?, bad_ms int?, failures int, error text?
SELECT d.id, d.hit_type, d.only_type, t.alias, t.title, d.batch, b.name, d.transport, d.address,
       d.version, d.events, d.active, d.created_ms, d.next_ms, d.good_ms, d.bad_ms, d.failures, d.error
FROM destination d
LEFT JOIN hit_type t ON t.id = CASE WHEN d.hit_type > 0 THEN d.hit_type ELSE d.only_type END
LEFT JOIN batch b ON b.id = d.batch
WHERE d.id = :id AND d.requester = :requester;

-- The account's own, then those that the API set for HIT types; behind a row in that order.
-- name: destination_page :many
-- in: requester int, after_type int, after int, n int
-- out: id int, hit_type int, only_type int, type_alias text?, title text?, batch int, batch_name text?, transport int, address text, version text, events int, active int, created_ms int, next_ms int, good_ms int?, bad_ms int?, failures int, error text?
SELECT d.id, d.hit_type, d.only_type, t.alias, t.title, d.batch, b.name, d.transport, d.address,
       d.version, d.events, d.active, d.created_ms, d.next_ms, d.good_ms, d.bad_ms, d.failures, d.error
FROM destination d
LEFT JOIN hit_type t ON t.id = CASE WHEN d.hit_type > 0 THEN d.hit_type ELSE d.only_type END
LEFT JOIN batch b ON b.id = d.batch
WHERE d.requester = :requester AND (d.hit_type, d.id) > (:after_type, :after)
ORDER BY d.hit_type, d.id LIMIT :n;

-- What waits for a destination and what was given up, counted up to `most`.
-- name: destination_queue :one
-- in: id int, most int
-- out: waiting int, dead int
SELECT (SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE target = :id AND dead_ms IS NULL
                              ORDER BY next_ms, id LIMIT :most) AS w),
       (SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE target = :id AND dead_ms IS NOT NULL
                              ORDER BY id LIMIT :most) AS g);

-- name: destination_own :many
-- in: requester int
-- out: id int, events int, active int
SELECT id, events, active FROM destination WHERE requester = :requester AND hit_type = 0;

-- name: event_mask_put :exec
-- in: requester int, events int
INSERT INTO event_mask (requester, events) VALUES (:requester, :events)
ON CONFLICT (requester) DO UPDATE SET events = excluded.events;

-- A type's bits: what its own destination asks for, and the account's own destinations.
-- name: event_mask_type :exec
-- in: hit_type int
UPDATE hit_type SET events =
    COALESCE((SELECT d.events FROM destination d
              WHERE d.hit_type = hit_type.id AND d.hit_type > 0 AND d.active = 1), 0) |
    COALESCE((SELECT m.events FROM event_mask m WHERE m.requester = hit_type.requester), 0)
WHERE id = :hit_type;

-- name: event_mask_types :exec
-- in: requester int
UPDATE hit_type SET events =
    COALESCE((SELECT d.events FROM destination d
              WHERE d.hit_type = hit_type.id AND d.hit_type > 0 AND d.active = 1), 0) |
    COALESCE((SELECT m.events FROM event_mask m WHERE m.requester = hit_type.requester), 0)
WHERE requester = :requester;

-- name: destination_good :exec
-- in: id int, at_ms int
UPDATE destination SET good_ms = :at_ms, failures = 0, next_ms = 0 WHERE id = :id;

-- name: destination_bad :exec
-- in: id int, at_ms int, next_ms int, error text
UPDATE destination SET bad_ms = :at_ms, failures = failures + 1, next_ms = :next_ms, error = :error
WHERE id = :id;
