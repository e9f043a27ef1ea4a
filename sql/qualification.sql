-- Qualification types, grants and requests (src/market/qualification*.c).

-- name: qualification_type_add :one
-- in: requester int, name text, description text, keywords text, active int, retry_s int?, test text?, test_s int?, answer_key text?, auto_granted int, auto_value int, created_ms int
-- out: id int
INSERT INTO qualification_type (requester, name, description, keywords, active, retry_s, test,
                                test_s, answer_key, auto_granted, auto_value, created_ms)
VALUES (:requester, :name, :description, :keywords, :active, :retry_s, :test, :test_s, :answer_key,
        :auto_granted, :auto_value, :created_ms)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: qualification_type_put :exec
-- in: id int, description text, active int, retry_s int?, test text?, test_s int?, answer_key text?, auto_granted int, auto_value int
UPDATE qualification_type
SET description = :description, active = :active, retry_s = :retry_s, test = :test,
    test_s = :test_s, answer_key = :answer_key, auto_granted = :auto_granted,
    auto_value = :auto_value
WHERE id = :id;

-- name: qualification_type_delete :exec
-- in: id int, at_ms int
UPDATE qualification_type SET deleted_ms = :at_ms, active = 0 WHERE id = :id;

-- name: qualification_type_by_alias :one
-- in: alias text
-- out: id int
SELECT id FROM qualification_type WHERE alias = :alias;

-- name: qualification_type_row :one
-- in: id int
-- out: id int, requester int?, alias text?, name text, description text, keywords text, active int, retry_s int?, test text?, test_s int?, answer_key text?, auto_granted int, auto_value int, created_ms int, deleted_ms int?
SELECT id, requester, alias, name, description, keywords, active, retry_s, test, test_s,
       answer_key, auto_granted, auto_value, created_ms, deleted_ms
FROM qualification_type WHERE id = :id;

-- By name, behind the type `after`; the caller ends it when his page is full.
-- name: qualification_types :many
-- in: after_name text, after int
-- out: id int, requester int?, name text, description text, keywords text, active int
SELECT id, requester, name, description, keywords, active
FROM qualification_type
WHERE deleted_ms IS NULL AND (name, id) > (:after_name, :after)
ORDER BY name, id;

-- name: qualification_types_own :many
-- in: requester int, after_name text
-- out: id int, requester int?, name text, description text, keywords text, active int
SELECT id, requester, name, description, keywords, active
FROM qualification_type
WHERE requester = :requester AND deleted_ms IS NULL AND name > :after_name
ORDER BY name;

-- name: qualification_put :exec
-- in: type int, worker int, value int, granted_ms int
INSERT INTO qualification (type, worker, value, status, granted_ms)
VALUES (:type, :worker, :value, 1, :granted_ms)
ON CONFLICT (type, worker) DO UPDATE
SET value = excluded.value, status = 1, granted_ms = excluded.granted_ms;

-- name: qualification_revoke :exec
-- in: type int, worker int
UPDATE qualification SET status = 2 WHERE type = :type AND worker = :worker;

-- name: qualification_get :one
-- in: type int, worker int
-- out: value int, status int, granted_ms int
SELECT value, status, granted_ms FROM qualification WHERE type = :type AND worker = :worker;

-- Everything that a worker holds, for judging requirements.
-- name: qualification_held :many
-- in: worker int
-- out: type int, value int, alias text?, name text
SELECT q.type, q.value, t.alias, t.name
FROM qualification q JOIN qualification_type t ON t.id = q.type
WHERE q.worker = :worker AND q.status = 1
ORDER BY q.type;

-- name: qualification_page :many
-- in: type int, status int, after_ms int, after_worker int, page int
-- out: worker int, worker_id text, value int, granted_ms int
SELECT q.worker, p.public_id, q.value, q.granted_ms
FROM qualification q JOIN party p ON p.id = q.worker
WHERE q.type = :type AND q.status = :status
  AND (q.granted_ms, q.worker) > (:after_ms, :after_worker)
ORDER BY q.granted_ms, q.worker
LIMIT :page;

-- name: qualification_request_add :one
-- in: type int, requester int, worker int, state int, answer text?, asked_ms int, decided_ms int?
-- out: id int
INSERT INTO qualification_request (type, requester, worker, state, answer, asked_ms, decided_ms)
VALUES (:type, :requester, :worker, :state, :answer, :asked_ms, :decided_ms)
RETURNING id;

-- name: qualification_request_row :one
-- in: id int
-- out: id int, type int, requester int, worker int, state int
SELECT id, type, requester, worker, state FROM qualification_request WHERE id = :id;

-- name: qualification_request_decide :exec
-- in: id int, state int, reason text?, decided_ms int
UPDATE qualification_request SET state = :state, reason = :reason, decided_ms = :decided_ms
WHERE id = :id;

-- name: qualification_request_drop_all :exec
-- in: type int, decided_ms int
UPDATE qualification_request SET state = 3, decided_ms = :decided_ms
WHERE type = :type AND state = 1;

-- The newest one of a worker, whatever became of it.
-- name: qualification_request_last :one
-- in: worker int, type int
-- out: id int, state int, asked_ms int, reason text?
SELECT id, state, asked_ms, reason FROM qualification_request
WHERE worker = :worker AND type = :type
ORDER BY asked_ms DESC, id DESC LIMIT 1;

-- name: qualification_requests :many
-- in: requester int, after_ms int, after int, page int
-- out: id int, type int, worker_id text, test text?, answer text?, asked_ms int
SELECT r.id, r.type, p.public_id, t.test, r.answer, r.asked_ms
FROM qualification_request r
JOIN party p ON p.id = r.worker
JOIN qualification_type t ON t.id = r.type
WHERE r.requester = :requester AND r.state = 1 AND (r.asked_ms, r.id) > (:after_ms, :after)
ORDER BY r.asked_ms, r.id
LIMIT :page;

-- name: qualification_requests_of_type :many
-- in: type int, after_ms int, after int, page int
-- out: id int, type int, worker_id text, test text?, answer text?, asked_ms int
SELECT r.id, r.type, p.public_id, t.test, r.answer, r.asked_ms
FROM qualification_request r
JOIN party p ON p.id = r.worker
JOIN qualification_type t ON t.id = r.type
WHERE r.type = :type AND r.state = 1 AND (r.asked_ms, r.id) > (:after_ms, :after)
ORDER BY r.asked_ms, r.id
LIMIT :page;

-- name: hit_type_requirement_add :exec
-- in: hit_type int, qualification text
INSERT INTO hit_type_requirement (hit_type, qualification) VALUES (:hit_type, :qualification)
ON CONFLICT DO NOTHING;

-- The caller's HITs whose type asks for it, newest first.
-- name: hits_of_qualification :many
-- in: requester int, qualification text, after_ms int, after int, page int
-- out: id int, created_ms int
SELECT h.id, h.created_ms FROM hit h
WHERE h.requester = :requester AND h.disposed_ms IS NULL
  AND (h.created_ms, h.id) < (:after_ms, :after)
  AND EXISTS (SELECT 1 FROM hit_type_requirement r
              WHERE r.hit_type = h.hit_type AND r.qualification = :qualification)
ORDER BY h.created_ms DESC, h.id DESC
LIMIT :page;

-- What a worker holds, as he is shown it; of the three names of Masters one.
-- name: qualification_own :many
-- in: worker int, after int, page int
-- out: type int, value int, granted_ms int, alias text?, name text, author text?
SELECT q.type, q.value, q.granted_ms, t.alias, t.name, p.name
FROM qualification q
JOIN qualification_type t ON t.id = q.type
LEFT JOIN party p ON p.id = t.requester
WHERE q.worker = :worker AND q.status = 1 AND q.type > :after
  AND (t.requester IS NOT NULL OR t.alias = '2F1QJWKUDD8XADTFD2Q0G6UTO95ALH')
ORDER BY q.type
LIMIT :page;

-- name: qualification_asked :many
-- in: worker int, after int, page int
-- out: type int, asked_ms int, name text, author text
SELECT r.type, r.asked_ms, t.name, p.name
FROM qualification_request r
JOIN qualification_type t ON t.id = r.type
JOIN party p ON p.id = r.requester
WHERE r.worker = :worker AND r.state = 1 AND r.type > :after
ORDER BY r.type
LIMIT :page;
