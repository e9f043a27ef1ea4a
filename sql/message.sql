-- Conversations of workers and requesters (src/market/message.c).

-- name: message_thread_get :one
-- in: id int
-- out: requester int, worker int, assignment int, alias text?, worker_unread int, requester_unread int, last int, title text, requester_id text, requester_name text, worker_id text
SELECT m.requester, m.worker, m.assignment, a.alias, m.worker_unread, m.requester_unread, m.last,
       t.title, r.public_id, r.name, w.public_id
FROM thread m
JOIN hit_type t ON t.id = m.hit_type
JOIN party r ON r.id = m.requester
JOIN party w ON w.id = m.worker
LEFT JOIN assignment a ON a.id = m.assignment
WHERE m.id = :id;

-- name: message_thread_find :one
-- in: worker int, hit_type int, assignment int
-- out: id int
SELECT id FROM thread
WHERE worker = :worker AND hit_type = :hit_type AND assignment = :assignment;

-- name: message_thread_insert :one
-- in: requester int, worker int, hit_type int, assignment int, at_ms int
-- out: id int
INSERT INTO thread (requester, worker, hit_type, assignment, created_ms, last, worker_unread,
                    requester_unread)
VALUES (:requester, :worker, :hit_type, :assignment, :at_ms, 0, 0, 0)
RETURNING id;

-- name: message_insert :one
-- in: thread int, sender int, at_ms int, body text
-- out: id int
INSERT INTO message (thread, sender, at_ms, body) VALUES (:thread, :sender, :at_ms, :body)
RETURNING id;

-- name: message_thread_touch :exec
-- in: id int, last int, worker_unread int, requester_unread int
UPDATE thread SET last = :last, worker_unread = worker_unread + :worker_unread,
    requester_unread = requester_unread + :requester_unread
WHERE id = :id;

-- name: message_sent :one
-- in: sender int, since_ms int
-- out: n int
SELECT COUNT(*) FROM message WHERE sender = :sender AND at_ms > :since_ms;

-- name: message_threads_of_worker :many
-- in: worker int, before int, page int
-- out: id int
SELECT id FROM thread WHERE worker = :worker AND last < :before ORDER BY last DESC LIMIT :page;

-- name: message_threads_of_requester :many
-- in: requester int, before int, page int
-- out: id int
SELECT id FROM thread WHERE requester = :requester AND last < :before
ORDER BY last DESC LIMIT :page;

-- The newest ones.
-- name: message_list :many
-- in: thread int, page int
-- out: sender int, at_ms int, body text
SELECT sender, at_ms, body FROM message WHERE thread = :thread ORDER BY id DESC LIMIT :page;

-- name: message_get :one
-- in: id int
-- out: at_ms int, body text
SELECT at_ms, body FROM message WHERE id = :id;

-- name: message_read_by_worker :exec
-- in: id int
UPDATE thread SET worker_unread = 0 WHERE id = :id AND worker_unread > 0;

-- name: message_read_by_requester :exec
-- in: id int
UPDATE thread SET requester_unread = 0 WHERE id = :id AND requester_unread > 0;

-- Has the requester ever decided on the worker's work? (worker-site 11)
-- name: message_worker_known :one
-- in: requester int, worker int
-- out: day int
SELECT day FROM pair_day
WHERE requester = :requester AND worker = :worker AND approved + rejected > 0 LIMIT 1;

-- The kind of task that the requester decided on last for the worker; in his own work, newest first.
-- name: message_last_type :one
-- in: requester int, worker int
-- out: hit_type int
SELECT h.hit_type FROM assignment a JOIN hit h ON h.id = a.hit
WHERE a.worker = :worker AND a.submitted_ms IS NOT NULL AND a.requester = :requester
  AND a.status IN (3, 4)
ORDER BY a.submitted_ms DESC LIMIT 1;
