-- The outbox and its delivery (src/market/notification.c), and as the operator sees it
-- (src/market/outbox.c). next_ms: 0 not tried yet; -1 the same, before all others (a test); else when
-- it is due, or until when it is leased.

-- target: of a test of a known destination; 0 with a transport, address and version of its own.
-- name: outbox_add_test :exec
-- in: at_ms int, kind int, requester int, target int, transport int?, destination text?, version text?
INSERT INTO outbox (at_ms, kind, requester, overturned, target, transport, destination, version,
                    next_ms)
VALUES (:at_ms, :kind, :requester, 0, :target, :transport, :destination, :version, -1);

-- The next one to try. Each destination is a lane; lanes take turns, and one that rests or is being
-- served is passed over; so are those that failed last time, and tests of the API, unless doubtful
-- ones are wanted too. Within a lane the events of one HIT go in their order: none before an older
-- one is delivered or given up. Lanes are stepped through by the index, so what waits in one that
-- rests is never read.
-- name: outbox_next :one
-- in: now_ms int, after int, doubtful int
-- out: id int, target int, doubtful int
WITH RECURSIVE lane (target) AS (
    SELECT MIN(target) FROM outbox WHERE dead_ms IS NULL
    UNION ALL
    SELECT (SELECT MIN(n.target) FROM outbox n WHERE n.dead_ms IS NULL AND n.target > lane.target)
    FROM lane WHERE lane.target IS NOT NULL)
SELECT f.id, f.target, f.doubtful
FROM (SELECT lane.target, CASE WHEN d.failures = 0 THEN 0 ELSE 1 END AS doubtful,
             (SELECT o.id FROM outbox o
              WHERE o.dead_ms IS NULL AND o.target = lane.target AND o.next_ms <= :now_ms
                AND NOT EXISTS (SELECT 1 FROM outbox p
                                WHERE p.hit = o.hit AND p.target = o.target AND p.id < o.id
                                  AND p.dead_ms IS NULL)
              ORDER BY o.next_ms, o.id LIMIT 1) AS id
      FROM lane
      LEFT JOIN destination d ON d.id = lane.target
      WHERE lane.target IS NOT NULL AND (d.failures = 0 OR :doubtful = 1)
        AND COALESCE(d.next_ms, 0) <= :now_ms) AS f
WHERE f.id IS NOT NULL
ORDER BY CASE WHEN f.target > :after THEN 0 ELSE 1 END, f.target LIMIT 1;

-- It, when nobody else has taken it or its lane.
-- name: outbox_pick :one
-- in: id int, now_ms int
-- out: id int, at_ms int, kind int, requester int, requester_id text, hit_type int?, hit int?, assignment int?, type_alias text?, hit_alias text?, assignment_alias text?, overturned int, target int, active int?, failures int?, secret blob?, transport int?, destination text?, version text?, attempts int
SELECT o.id, o.at_ms, o.kind, o.requester, r.public_id, o.hit_type, o.hit, o.assignment, t.alias,
       h.alias, a.alias, o.overturned, o.target, d.active, d.failures, d.secret,
       COALESCE(o.transport, d.transport), COALESCE(o.destination, d.address),
       COALESCE(o.version, d.version), o.attempts
FROM outbox o
JOIN party r ON r.id = o.requester
LEFT JOIN destination d ON d.id = o.target
LEFT JOIN hit_type t ON t.id = o.hit_type
LEFT JOIN hit h ON h.id = o.hit
LEFT JOIN assignment a ON a.id = o.assignment
WHERE o.id = :id AND o.dead_ms IS NULL AND o.next_ms <= :now_ms
  AND COALESCE(d.next_ms, 0) <= :now_ms;

-- name: outbox_lease :exec
-- in: id int, attempts int, until_ms int
UPDATE outbox SET attempts = :attempts, next_ms = :until_ms WHERE id = :id;

-- name: destination_lease :exec
-- in: id int, until_ms int
UPDATE destination SET next_ms = :until_ms WHERE id = :id;

-- A row is touched only by who leased it last: attempts is the lease's number.
-- name: outbox_delete :exec
-- in: id int, attempts int
DELETE FROM outbox WHERE id = :id AND attempts = :attempts;

-- name: outbox_fail :exec
-- in: id int, attempts int, next_ms int, dead_ms int?, error text
UPDATE outbox SET next_ms = :next_ms, dead_ms = :dead_ms, error = :error
WHERE id = :id AND attempts = :attempts;

-- name: attempt_add :exec
-- in: target int, at_ms int, took_ms int, kind int, hit int?, assignment int?, number int, error text?
INSERT INTO attempt (target, at_ms, took_ms, kind, hit, assignment, number, error)
VALUES (:target, :at_ms, :took_ms, :kind, :hit, :assignment, :number, :error);

-- The newest `kept` of a destination are kept.
-- name: attempt_trim :exec
-- in: target int, kept int
DELETE FROM attempt WHERE target = :target
  AND id <= (SELECT a.id FROM attempt a WHERE a.target = :target
             ORDER BY a.id DESC LIMIT 1 OFFSET :kept);

-- name: attempt_forget :exec
-- in: target int
DELETE FROM attempt WHERE target = :target;

-- name: attempt_list :many
-- in: target int, page int
-- out: at_ms int, took_ms int, kind int, hit int?, hit_alias text?, number int, error text?
SELECT a.at_ms, a.took_ms, a.kind, a.hit, h.alias, a.number, a.error
FROM attempt a LEFT JOIN hit h ON h.id = a.hit
WHERE a.target = :target ORDER BY a.id DESC LIMIT :page;

-- ---- for the operator ----

-- name: outbox_dead_list :many
-- in: after int, page int
-- out: id int, target int, at_ms int, kind int, requester_id text, requester_name text, attempts int, dead_ms int, error text?, transport int?, destination text?
SELECT o.id, o.target, o.at_ms, o.kind, r.public_id, r.name, o.attempts, o.dead_ms, o.error,
       COALESCE(o.transport, d.transport), COALESCE(o.destination, d.address)
FROM outbox o
JOIN party r ON r.id = o.requester
LEFT JOIN destination d ON d.id = o.target
WHERE o.dead_ms IS NOT NULL AND o.id > :after ORDER BY o.id LIMIT :page;

-- name: outbox_dead_get :one
-- in: id int
-- out: id int, target int, at_ms int, kind int, requester_id text, requester_name text, attempts int, dead_ms int, error text?, transport int?, destination text?
SELECT o.id, o.target, o.at_ms, o.kind, r.public_id, r.name, o.attempts, o.dead_ms, o.error,
       COALESCE(o.transport, d.transport), COALESCE(o.destination, d.address)
FROM outbox o
JOIN party r ON r.id = o.requester
LEFT JOIN destination d ON d.id = o.target
WHERE o.id = :id AND o.dead_ms IS NOT NULL;

-- name: outbox_replay :exec
-- in: low int, high int
UPDATE outbox SET dead_ms = NULL, attempts = 0, next_ms = 0
WHERE dead_ms IS NOT NULL AND id BETWEEN :low AND :high;

-- name: outbox_drop :exec
-- in: low int, high int
DELETE FROM outbox WHERE dead_ms IS NOT NULL AND id BETWEEN :low AND :high;

-- name: outbox_replay_lane :exec
-- in: target int
UPDATE outbox SET dead_ms = NULL, attempts = 0, next_ms = 0
WHERE target = :target AND dead_ms IS NOT NULL;

-- name: outbox_drop_dead :exec
-- in: target int
DELETE FROM outbox WHERE target = :target AND dead_ms IS NOT NULL;

-- name: outbox_drop_waiting :exec
-- in: target int
DELETE FROM outbox WHERE target = :target AND dead_ms IS NULL;

-- Lanes of what was given up go on at once.
-- name: destination_wake :exec
-- in: low int, high int
UPDATE destination SET next_ms = 0
WHERE failures > 0 AND id IN (SELECT o.target FROM outbox o
                              WHERE o.dead_ms IS NOT NULL AND o.id BETWEEN :low AND :high);

-- How the queue stands; counts stop at `most`.
-- name: outbox_state :one
-- in: most int
-- out: waiting int, oldest_ms int?, next_ms int?, failing int, dead int
SELECT (SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE dead_ms IS NULL AND next_ms >= -1
                              ORDER BY next_ms, id LIMIT :most) AS w),
       (SELECT MIN(x.at_ms) FROM (SELECT at_ms FROM outbox WHERE dead_ms IS NULL AND next_ms >= -1
                               ORDER BY next_ms, id LIMIT :most) AS x),
       (SELECT MIN(next_ms) FROM outbox WHERE dead_ms IS NULL AND next_ms > 0),
       (SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE dead_ms IS NULL AND next_ms > 0
                              ORDER BY next_ms, id LIMIT :most) AS f),
       (SELECT COUNT(*) FROM (SELECT id FROM outbox WHERE dead_ms IS NOT NULL
                              ORDER BY id LIMIT :most) AS g);

-- Where something waits or was given up; behind a target, counts up to `counted`.
-- name: outbox_lanes :many
-- in: page int, counted int
-- out: target int, requester_id text?, requester_name text?, transport int?, address text?, active int?, failures int?, next_ms int?, good_ms int?, error text?, waiting int, oldest_ms int?, dead int
WITH RECURSIVE
busy (target) AS (
    SELECT MIN(target) FROM outbox WHERE dead_ms IS NULL
    UNION ALL
    SELECT (SELECT MIN(n.target) FROM outbox n WHERE n.dead_ms IS NULL AND n.target > busy.target)
    FROM busy WHERE busy.target IS NOT NULL),
dead (target) AS (
    SELECT MIN(target) FROM outbox WHERE dead_ms IS NOT NULL
    UNION ALL
    SELECT (SELECT MIN(n.target) FROM outbox n
            WHERE n.dead_ms IS NOT NULL AND n.target > dead.target)
    FROM dead WHERE dead.target IS NOT NULL)
SELECT l.target, r.public_id, r.name, d.transport, d.address, d.active, d.failures, d.next_ms,
       d.good_ms, d.error,
       (SELECT COUNT(*) FROM (SELECT w.id FROM outbox w WHERE w.target = l.target AND w.dead_ms IS NULL
                              ORDER BY w.next_ms, w.id LIMIT :counted) AS c),
       (SELECT MIN(c.at_ms) FROM (SELECT w.at_ms FROM outbox w
                                  WHERE w.target = l.target AND w.dead_ms IS NULL
                                  ORDER BY w.next_ms, w.id LIMIT :counted) AS c),
       (SELECT COUNT(*) FROM (SELECT w.id FROM outbox w
                              WHERE w.target = l.target AND w.dead_ms IS NOT NULL
                              ORDER BY w.id LIMIT :counted) AS c)
FROM (SELECT target FROM busy UNION SELECT target FROM dead) AS l
LEFT JOIN destination d ON d.id = l.target
LEFT JOIN party r ON r.id = d.requester
WHERE l.target IS NOT NULL
ORDER BY COALESCE(d.failures, 0) DESC, l.target LIMIT :page;
