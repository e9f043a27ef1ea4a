-- The worker's side (src/market/work*.c). A HIT is open when it is not expired, not disposed and
-- has used fewer than max_assignments: the condition of the index hit_open. Assignment status:
-- 1 Accepted, 2 Submitted, 3 Approved, 4 Rejected, 5 Returned, 6 Abandoned.

-- name: work_figures :one
-- in: worker int
-- out: accepted int, submitted int, approved int, rejected int, returned int, abandoned int, country text, adult int
SELECT s.accepted, s.submitted, s.approved, s.rejected, s.returned, s.abandoned,
       p.country, p.adult
FROM worker_stat s JOIN party p ON p.id = s.worker
WHERE s.worker = :worker;

-- name: work_figures_accept :exec
-- in: worker int, day int
UPDATE worker_stat SET accepted = accepted + 1,
    day_accepted = CASE WHEN day = :day THEN day_accepted + 1 ELSE 1 END,
    day = :day
WHERE worker = :worker;

-- name: work_figures_add :exec
-- in: worker int, submitted int, returned int
UPDATE worker_stat SET submitted = submitted + :submitted, returned = returned + :returned
WHERE worker = :worker;

-- Groups with a slot that are not paused and that the worker does not hide, newest first; newest is the newest open HIT.
-- worker 0: nobody.
-- name: work_groups :many
-- in: worker int, page int
-- out: id int, requester int, requester_id text, requester_name text, title text, description text, keywords text, reward_cents int, duration_s int, requirements text, masters int, created_ms int, open_hits int, alias text?, newest int?
SELECT t.id, t.requester, p.public_id, p.name, t.title, t.description, t.keywords,
       t.reward_cents, t.duration_s, t.requirements, t.masters, t.created_ms, t.open_hits, t.alias,
       (SELECT MAX(h.id) FROM hit h
        WHERE h.hit_type = t.id AND h.expired = 0 AND h.disposed_ms IS NULL
          AND h.max_assignments > h.pending + h.submitted + h.approved + h.rejected)
FROM work_type t
JOIN party p ON p.id = t.requester
LEFT JOIN worker_block b ON b.requester = t.requester AND b.worker = :worker
WHERE t.open_hits > 0 AND t.paused_ms IS NULL AND b.worker IS NULL
  AND NOT EXISTS (SELECT 1 FROM hidden k
                  WHERE k.worker = :worker AND k.kind = 1 AND k.subject = t.id)
  AND NOT EXISTS (SELECT 1 FROM hidden k
                  WHERE k.worker = :worker AND k.kind = 2 AND k.subject = t.requester)
ORDER BY t.id DESC LIMIT :page;

-- name: work_group :one
-- in: worker int, id int
-- out: id int, requester int, requester_id text, requester_name text, title text, description text, keywords text, reward_cents int, duration_s int, requirements text, masters int, created_ms int, open_hits int, alias text?, newest int?, blocked int?, paused int?
SELECT t.id, t.requester, p.public_id, p.name, t.title, t.description, t.keywords,
       t.reward_cents, t.duration_s, t.requirements, t.masters, t.created_ms, t.open_hits, t.alias,
       (SELECT MAX(h.id) FROM hit h
        WHERE h.hit_type = t.id AND h.expired = 0 AND h.disposed_ms IS NULL
          AND h.max_assignments > h.pending + h.submitted + h.approved + h.rejected),
       b.worker, t.paused_ms
FROM work_type t
JOIN party p ON p.id = t.requester
LEFT JOIN worker_block b ON b.requester = t.requester AND b.worker = :worker
WHERE t.id = :id;

-- name: work_group_of_alias :one
-- in: alias text
-- out: id int
SELECT id FROM hit_type WHERE alias = :alias;

-- name: work_hit_of_alias :one
-- in: alias text
-- out: id int
SELECT id FROM hit WHERE alias = :alias;

-- name: work_assignment_of_alias :one
-- in: alias text
-- out: id int
SELECT id FROM assignment WHERE alias = :alias;

-- Whose lane a write belongs into.
-- name: work_assignment_requester :one
-- in: id int
-- out: requester int
SELECT requester FROM assignment WHERE id = :id;

-- name: work_type_requester :one
-- in: id int
-- out: requester int
SELECT requester FROM hit_type WHERE id = :id;

-- name: work_hit_brief :one
-- in: id int
-- out: hit_type int, alias text?, created_ms int, expires_ms int
SELECT hit_type, alias, created_ms, expires_ms FROM hit WHERE id = :id;

-- How many of the oldest open HITs of a group the worker holds or has submitted.
-- name: work_group_own :one
-- in: worker int, hit_type int, look int
-- out: n int
SELECT COUNT(*)
FROM (SELECT h.id FROM hit h
      WHERE h.hit_type = :hit_type AND h.id > 0 AND h.expired = 0 AND h.disposed_ms IS NULL
        AND h.max_assignments > h.pending + h.submitted + h.approved + h.rejected
      ORDER BY h.id LIMIT :look) AS o
WHERE EXISTS (SELECT 1 FROM assignment a WHERE a.worker = :worker AND a.hit = o.id AND a.status < 5);

-- The oldest open HIT behind a row that the worker does not hold and has not submitted, not looking
-- further than `look` rows behind the oldest open one. The order names hit_type, so that hit_open
-- gives it.
-- name: work_candidate :one
-- in: worker int, hit_type int, after int, now_ms int, look int
-- out: id int
SELECT h.id FROM hit h
WHERE h.hit_type = :hit_type AND h.id > :after
  AND h.expired = 0 AND h.disposed_ms IS NULL
  AND h.max_assignments > h.pending + h.submitted + h.approved + h.rejected
  AND h.expires_ms > :now_ms
  AND h.id < :look +
      (SELECT MIN(f.id) FROM hit f
       WHERE f.hit_type = :hit_type AND f.id > :after
         AND f.expired = 0 AND f.disposed_ms IS NULL
         AND f.max_assignments > f.pending + f.submitted + f.approved + f.rejected)
  AND NOT EXISTS
    (SELECT 1 FROM assignment a WHERE a.worker = :worker AND a.hit = h.id AND a.status < 5)
ORDER BY h.hit_type, h.id LIMIT 1;

-- The newest HIT up to a row that the worker holds or has submitted, of whatever group.
-- name: work_latest_own :one
-- in: worker int, newest int
-- out: id int?
SELECT MAX(hit) FROM assignment WHERE worker = :worker AND status < 5 AND hit <= :newest;

-- HITs of a group whose work in progress is overdue: their slots are about to reopen.
-- name: work_overdue_of_group :many
-- in: hit_type int, now_ms int, page int
-- out: hit int
SELECT a.hit FROM assignment a JOIN hit h ON h.id = a.hit
WHERE a.due_ms IS NOT NULL AND a.due_ms <= :now_ms AND a.status = 1 AND h.hit_type = :hit_type
ORDER BY a.due_ms LIMIT :page;

-- What the worker holds: HITs and when the clock takes them back.
-- name: work_held :many
-- in: worker int
-- out: hit int, due_ms int
SELECT hit, due_ms FROM assignment WHERE worker = :worker AND status = 1;

-- Everything that accepting looks at, at once.
-- name: work_accept_look :one
-- in: hit_type int, worker int
-- out: requester int, duration_s int, auto_approval_s int, requirements text, state int, country text, adult int, accepted int, submitted int, approved int, rejected int, returned int, abandoned int, day int, day_accepted int, blocked int?, paused int?
SELECT t.requester, t.duration_s, t.auto_approval_s, t.requirements, p.state, p.country, p.adult,
       s.accepted, s.submitted, s.approved, s.rejected, s.returned, s.abandoned, s.day,
       s.day_accepted, b.worker, t.paused_ms
FROM work_type t
JOIN party p ON p.id = :worker
JOIN worker_stat s ON s.worker = p.id
LEFT JOIN worker_block b ON b.requester = t.requester AND b.worker = p.id
WHERE t.id = :hit_type;

-- name: work_holds :one
-- in: worker int, hit int
-- out: id int
SELECT id FROM assignment WHERE worker = :worker AND hit = :hit AND status < 5;

-- name: work_assignment_insert :one
-- in: hit int, batch int, requester int, worker int, reward_cents int, fee_cents int, auto_approval_s int, accepted_ms int, deadline_ms int, due_ms int, alias text?
-- out: id int
INSERT INTO assignment (hit, batch, requester, worker, status, version, reward_cents, fee_cents,
                        auto_approval_s, accepted_ms, deadline_ms, due_ms, alias)
VALUES (:hit, :batch, :requester, :worker, 1, 1, :reward_cents, :fee_cents,
        :auto_approval_s, :accepted_ms, :deadline_ms, :due_ms, :alias)
RETURNING id;

-- name: work_submit_look :one
-- in: id int
-- out: hit int, batch int, requester int, worker int, status int, reward_cents int, fee_cents int, auto_approval_s int, deadline_ms int, due_ms int?, hit_type int, batch_fields text, document int?, form int?
SELECT a.hit, a.batch, a.requester, a.worker, a.status, a.reward_cents, a.fee_cents,
       a.auto_approval_s, a.deadline_ms, a.due_ms, h.hit_type, b.fields, d.id, d.form
FROM assignment a
JOIN hit h ON h.id = a.hit
JOIN batch b ON b.id = a.batch
LEFT JOIN document d ON d.id = h.document
WHERE a.id = :id;

-- name: work_answer_get :one
-- in: assignment int
-- out: fields text
SELECT fields FROM answer WHERE assignment = :assignment;

-- name: work_answer_insert :exec
-- in: assignment int, fields text
INSERT INTO answer (assignment, fields) VALUES (:assignment, :fields);

-- name: work_assignment_submit :exec
-- in: id int, submitted_ms int, auto_approval_ms int
UPDATE assignment SET status = 2, version = version + 1, submitted_ms = :submitted_ms,
    auto_approval_ms = :auto_approval_ms, due_ms = :auto_approval_ms
WHERE id = :id AND status = 1;

-- name: work_assignment_return :exec
-- in: id int
UPDATE assignment SET status = 5, version = version + 1, due_ms = NULL
WHERE id = :id AND status = 1;

-- name: work_batch_fields_set :exec
-- in: id int, fields text
UPDATE batch SET fields = :fields WHERE id = :id;

-- name: work_task_hit :one
-- in: id int
-- out: hit_type int, batch int, annotation text?, alias text?, expires_ms int
SELECT hit_type, batch, annotation, alias, expires_ms FROM hit WHERE id = :id;

-- name: work_task_assignment :one
-- in: id int
-- out: hit int, worker int, worker_id text, status int, accepted_ms int, deadline_ms int, submitted_ms int?, auto_approval_s int, reward_cents int, alias text?, fields text?
SELECT a.hit, a.worker, p.public_id, a.status, a.accepted_ms, a.deadline_ms, a.submitted_ms,
       a.auto_approval_s, a.reward_cents, a.alias, w.fields
FROM assignment a
JOIN party p ON p.id = a.worker
LEFT JOIN answer w ON w.assignment = a.id
WHERE a.id = :id;

-- name: work_queue_of :many
-- in: worker int, now_ms int, page int
-- out: id int, alias text?, hit int, hit_alias text?, batch int, hit_type int, type_alias text?, requester int, requester_id text, requester_name text, title text, description text, keywords text, duration_s int, masters int, created_ms int, open_hits int, accepted_ms int, deadline_ms int, auto_approval_s int, reward_cents int, annotation text?, expires_ms int
SELECT a.id, a.alias, a.hit, h.alias, a.batch, h.hit_type, t.alias, t.requester, p.public_id,
       p.name, t.title, t.description, t.keywords, t.duration_s, t.masters, t.created_ms,
       t.open_hits, a.accepted_ms, a.deadline_ms, a.auto_approval_s, a.reward_cents, h.annotation,
       h.expires_ms
FROM assignment a
JOIN hit h ON h.id = a.hit
JOIN hit_type t ON t.id = h.hit_type
JOIN party p ON p.id = t.requester
WHERE a.worker = :worker AND a.status = 1 AND a.deadline_ms > :now_ms
ORDER BY a.deadline_ms LIMIT :page;

-- name: work_group_newest :one
-- in: hit_type int
-- out: id int?
SELECT MAX(h.id) FROM hit h
WHERE h.hit_type = :hit_type AND h.expired = 0 AND h.disposed_ms IS NULL
  AND h.max_assignments > h.pending + h.submitted + h.approved + h.rejected;
