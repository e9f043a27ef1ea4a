-- Reports of groups, their cases and pauses (src/market/group_report.c, group_case.c). States of a
-- case and of its reports: 1 open, 2 dismissed, 3 upheld, 4 withdrawn.

-- name: group_report_state :one
-- in: worker int
-- out: state int
SELECT state FROM party WHERE id = :worker;

-- His report of the group that is open, or one that was dismissed.
-- name: group_report_earlier :one
-- in: worker int, hit_type int, state int
-- out: id int
SELECT id FROM group_report WHERE worker = :worker AND hit_type = :hit_type AND state = :state
LIMIT 1;

-- Of his newest reports, those since a moment.
-- name: group_report_recent :one
-- in: worker int, since_ms int, look int
-- out: n int
SELECT COUNT(*)
FROM (SELECT at_ms FROM group_report WHERE worker = :worker ORDER BY id DESC LIMIT :look) AS r
WHERE r.at_ms > :since_ms;

-- The open case of a group, with one report more; made when there is none.
-- name: group_case_enter :one
-- in: hit_type int, requester int, counts int, at_ms int
-- out: id int, counting int
INSERT INTO group_case (hit_type, requester, state, reports, counting, opened_ms, last_ms)
VALUES (:hit_type, :requester, 1, 1, :counts, :at_ms, :at_ms)
ON CONFLICT (hit_type) WHERE state = 1 DO UPDATE SET reports = group_case.reports + 1,
    counting = group_case.counting + excluded.counting, last_ms = excluded.last_ms
RETURNING id, counting;

-- name: group_report_insert :exec
-- in: group_case int, hit_type int, requester int, worker int, hit int?, reason int, counts int, body text, at_ms int
INSERT INTO group_report (group_case, hit_type, requester, worker, hit, reason, counts, body, state,
                          at_ms)
VALUES (:group_case, :hit_type, :requester, :worker, :hit, :reason, :counts, :body, 1, :at_ms);

-- name: group_report_get :one
-- in: id int
-- out: worker int, requester int, group_case int, state int, counts int
SELECT worker, requester, group_case, state, counts FROM group_report WHERE id = :id;

-- name: group_report_withdraw :exec
-- in: id int
UPDATE group_report SET state = 4, counts = 0 WHERE id = :id AND state = 1;

-- name: group_case_subtract :one
-- in: id int, counts int
-- out: reports int, hit_type int
UPDATE group_case SET reports = reports - 1, counting = counting - :counts
WHERE id = :id AND state = 1
RETURNING reports, hit_type;

-- name: group_report_own :many
-- in: worker int, before int, page int
-- out: id int, hit_type int, title text, requester_id text, requester_name text, reason int, body text, state int, at_ms int, closed_ms int?, note text?, paused int?
SELECT r.id, r.hit_type, t.title, p.public_id, p.name, r.reason, r.body, r.state, r.at_ms,
       k.closed_ms, k.note, t.paused_ms
FROM group_report r
JOIN work_type t ON t.id = r.hit_type
JOIN party p ON p.id = r.requester
JOIN group_case k ON k.id = r.group_case
WHERE r.worker = :worker AND r.id < :before
ORDER BY r.id DESC LIMIT :page;

-- ---- pauses ----

-- name: group_pause_insert :exec
-- in: hit_type int, requester int, group_case int, actor int, at_ms int, note text?
INSERT INTO group_pause (hit_type, requester, group_case, actor, at_ms, note)
VALUES (:hit_type, :requester, :group_case, :actor, :at_ms, :note)
ON CONFLICT (hit_type) DO UPDATE SET group_case = excluded.group_case, actor = excluded.actor,
    note = excluded.note;

-- name: group_pause_delete :exec
-- in: hit_type int
DELETE FROM group_pause WHERE hit_type = :hit_type;

-- name: group_pause_get :one
-- in: hit_type int
-- out: requester int, group_case int, actor int, at_ms int, note text?, title text, resumed_ms int?
SELECT g.requester, g.group_case, g.actor, g.at_ms, g.note, t.title, k.resumed_ms
FROM group_pause g
JOIN hit_type t ON t.id = g.hit_type
JOIN group_case k ON k.id = g.group_case
WHERE g.hit_type = :hit_type;

-- name: group_pause_of :many
-- in: requester int, after int, page int
-- out: hit_type int, at_ms int, actor int, title text, reports int
SELECT g.hit_type, g.at_ms, g.actor, t.title, k.reports
FROM group_pause g
JOIN hit_type t ON t.id = g.hit_type
JOIN group_case k ON k.id = g.group_case
WHERE g.requester = :requester AND g.hit_type > :after
ORDER BY g.hit_type LIMIT :page;

-- name: group_pause_page :many
-- in: after int, page int
-- out: hit_type int, at_ms int, actor int, group_case int, title text, requester_id text, requester_name text, reports int, state int
SELECT g.hit_type, g.at_ms, g.actor, g.group_case, t.title, p.public_id, p.name, k.reports, k.state
FROM group_pause g
JOIN hit_type t ON t.id = g.hit_type
JOIN party p ON p.id = g.requester
JOIN group_case k ON k.id = g.group_case
WHERE g.hit_type > :after
ORDER BY g.hit_type LIMIT :page;

-- The requester has changed what was broken: those who reported it are not counted again.
-- name: group_case_resume :exec
-- in: id int, at_ms int, note text
UPDATE group_case SET counting = 0, resumed_ms = :at_ms, resumed_note = :note WHERE id = :id;

-- name: group_report_uncount :exec
-- in: group_case int
UPDATE group_report SET counts = 0 WHERE group_case = :group_case AND counts = 1;

-- ---- cases ----

-- name: group_case_get :one
-- in: id int
-- out: hit_type int, requester int, state int, reports int, counting int, opened_ms int, last_ms int, resumed_ms int?, resumed_note text?, closed_ms int?, note text?, closed_name text?, title text, description text, reward_cents int, open_hits int, requester_id text, requester_name text, paused int?, paused_by int?
SELECT k.hit_type, k.requester, k.state, k.reports, k.counting, k.opened_ms, k.last_ms,
       k.resumed_ms, k.resumed_note, k.closed_ms, k.note, o.name, t.title, t.description,
       t.reward_cents, t.open_hits, p.public_id, p.name, g.at_ms, g.actor
FROM group_case k
JOIN hit_type t ON t.id = k.hit_type
JOIN party p ON p.id = k.requester
LEFT JOIN party o ON o.id = k.closed_by
LEFT JOIN group_pause g ON g.hit_type = k.hit_type
WHERE k.id = :id;

-- name: group_case_queue :many
-- in: after int, page int
-- out: id int
SELECT id FROM group_case WHERE state = 1 AND id > :after ORDER BY id LIMIT :page;

-- name: group_case_decided :many
-- in: before_ms int, before int, page int
-- out: id int
SELECT id FROM group_case
WHERE state IN (2, 3) AND (closed_ms, id) < (:before_ms, :before)
ORDER BY closed_ms DESC, id DESC LIMIT :page;

-- name: group_case_count :one
-- in: look int
-- out: n int, oldest_ms int?
SELECT COUNT(*), MIN(k.opened_ms)
FROM (SELECT opened_ms FROM group_case WHERE state = 1 ORDER BY id LIMIT :look) AS k;

-- name: group_case_reports :many
-- in: group_case int, page int
-- out: id int, worker_id text, hit int?, hit_alias text?, reason int, counts int, body text, state int, at_ms int
SELECT r.id, p.public_id, r.hit, h.alias, r.reason, r.counts, r.body, r.state, r.at_ms
FROM group_report r
JOIN party p ON p.id = r.worker
LEFT JOIN hit h ON h.id = r.hit
WHERE r.group_case = :group_case
ORDER BY r.id LIMIT :page;

-- name: group_case_close :exec
-- in: id int, state int, at_ms int, closed_by int?, note text?
UPDATE group_case SET state = :state, closed_ms = :at_ms, closed_by = :closed_by, note = :note
WHERE id = :id AND state = 1;

-- Everybody who stands behind the case is told.
-- name: group_report_notices :exec
-- in: group_case int, at_ms int, kind int, note text
INSERT INTO notice (party, at_ms, kind, items, cents, note)
SELECT r.worker, :at_ms, :kind, 1, 0, :note
FROM group_report r WHERE r.group_case = :group_case AND r.state = 1;

-- name: group_report_close :exec
-- in: group_case int, state int
UPDATE group_report SET state = :state WHERE group_case = :group_case AND state = 1;

-- The oldest task of the group that still exists, for whoever reported none.
-- name: group_case_hit :one
-- in: hit_type int
-- out: id int, alias text?
SELECT h.id, h.alias FROM hit h
WHERE h.hit_type = :hit_type AND h.expired = 0 AND h.disposed_ms IS NULL
  AND h.max_assignments > h.pending + h.submitted + h.approved + h.rejected
ORDER BY h.id LIMIT 1;
