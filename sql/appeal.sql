-- Appeals (src/market/appeal.c). States: 1 open, 2 asked back, 3 waiting for funds; closed: 4
-- granted, 5 declined, 6 withdrawn, 7 lapsed. Assignment status 4 is Rejected.

-- What filing looks at.
-- name: appeal_look :one
-- in: assignment int
-- out: hit int, worker int, requester int, batch int, status int, submitted_ms int?, disposed_ms int?, has int?, rejection text?
SELECT a.hit, a.worker, a.requester, a.batch, a.status, a.submitted_ms, h.disposed_ms, p.assignment,
       a.rejection
FROM assignment a
JOIN hit h ON h.id = a.hit
LEFT JOIN appeal p ON p.assignment = a.id
WHERE a.id = :assignment;

-- name: appeal_insert :exec
-- in: assignment int, requester int, worker int, batch int, reason int, body text, filed_ms int, due_ms int, window_ms int
INSERT INTO appeal (assignment, requester, worker, batch, state, reason, body, filed_ms, due_ms,
                    window_ms, late)
VALUES (:assignment, :requester, :worker, :batch, 1, :reason, :body, :filed_ms, :due_ms,
        :window_ms, 0);

-- name: appeal_step_add :exec
-- in: assignment int, at_ms int, kind int, actor int, actor_detail text?, body text?
INSERT INTO appeal_step (assignment, at_ms, kind, actor, actor_detail, body)
VALUES (:assignment, :at_ms, :kind, :actor, :actor_detail, :body);

-- name: appeal_stat_add :exec
-- in: requester int, filed int, granted int, declined int, withdrawn int, lapsed int, late int
INSERT INTO appeal_stat (requester, filed, granted, declined, withdrawn, lapsed, late)
VALUES (:requester, :filed, :granted, :declined, :withdrawn, :lapsed, :late)
ON CONFLICT (requester) DO UPDATE SET
    filed = appeal_stat.filed + excluded.filed,
    granted = appeal_stat.granted + excluded.granted,
    declined = appeal_stat.declined + excluded.declined,
    withdrawn = appeal_stat.withdrawn + excluded.withdrawn,
    lapsed = appeal_stat.lapsed + excluded.lapsed,
    late = appeal_stat.late + excluded.late;

-- name: appeal_stat_get :one
-- in: requester int
-- out: filed int, granted int, declined int, withdrawn int, lapsed int, late int
SELECT filed, granted, declined, withdrawn, lapsed, late FROM appeal_stat
WHERE requester = :requester;

-- An appeal with what stands beside it.
-- name: appeal_get :one
-- in: assignment int
-- out: requester int, worker int, batch int, hit int, state int, reason int, body text, question text?, reply text?, answer text?, filed_ms int, due_ms int, window_ms int, answered_ms int?, closed_ms int?, late int, reward_cents int, fee_cents int, status int, submitted_ms int?, rejected_ms int?, rejection text?, alias text?, hit_alias text?, disposed_ms int?, title text, requester_id text, requester_name text, worker_id text
SELECT p.requester, p.worker, p.batch, a.hit, p.state, p.reason, p.body, p.question, p.reply,
       p.answer, p.filed_ms, p.due_ms, p.window_ms, p.answered_ms, p.closed_ms, p.late,
       a.reward_cents, a.fee_cents, a.status, a.submitted_ms, a.rejected_ms, a.rejection,
       a.alias, h.alias, h.disposed_ms, t.title, r.public_id, r.name, w.public_id
FROM appeal p
JOIN assignment a ON a.id = p.assignment
JOIN hit h ON h.id = a.hit
JOIN hit_type t ON t.id = h.hit_type
JOIN party r ON r.id = p.requester
JOIN party w ON w.id = p.worker
WHERE p.assignment = :assignment;

-- name: appeal_queue :many
-- in: requester int, after_ms int, after int, page int
-- out: id int
SELECT assignment FROM appeal
WHERE requester = :requester AND state < 4 AND (window_ms, assignment) > (:after_ms, :after)
ORDER BY window_ms, assignment LIMIT :page;

-- name: appeal_closed :many
-- in: requester int, before_ms int, before int, page int
-- out: id int
SELECT assignment FROM appeal
WHERE requester = :requester AND state >= 4 AND (closed_ms, assignment) < (:before_ms, :before)
ORDER BY closed_ms DESC, assignment DESC LIMIT :page;

-- name: appeal_of_worker :many
-- in: worker int, before_ms int, before int, page int
-- out: id int
SELECT assignment FROM appeal
WHERE worker = :worker AND (filed_ms, assignment) < (:before_ms, :before)
ORDER BY filed_ms DESC, assignment DESC LIMIT :page;

-- name: appeal_open_count :one
-- in: requester int, most int
-- out: n int, window_ms int?
SELECT COUNT(*), MIN(window_ms)
FROM (SELECT window_ms FROM appeal WHERE requester = :requester AND state < 4
      ORDER BY window_ms, assignment LIMIT :most) AS o;

-- name: appeal_answer :exec
-- in: assignment int, state int, answer text?, at_ms int, closed_ms int?
UPDATE appeal SET state = :state, answer = COALESCE(:answer, answer),
    answered_ms = COALESCE(answered_ms, :at_ms), closed_ms = :closed_ms
WHERE assignment = :assignment AND state < 4;

-- name: appeal_ask :exec
-- in: assignment int, question text
UPDATE appeal SET state = 2, question = :question WHERE assignment = :assignment AND state = 1;

-- name: appeal_reply :exec
-- in: assignment int, reply text
UPDATE appeal SET state = 1, reply = :reply WHERE assignment = :assignment AND state = 2;

-- Withdrawn or lapsed: nobody's answer.
-- name: appeal_close :exec
-- in: assignment int, state int, at_ms int
UPDATE appeal SET state = :state, closed_ms = :at_ms WHERE assignment = :assignment AND state < 4;

-- Whatever overturned a rejection has granted its appeal.
-- name: appeal_settled :many
-- in: requester int, settlement int, at_ms int
-- out: id int, worker int
UPDATE appeal SET state = 4, settlement = :settlement, closed_ms = :at_ms,
    answered_ms = COALESCE(answered_ms, :at_ms)
WHERE requester = :requester AND state < 4
  AND EXISTS (SELECT 1 FROM decision d WHERE d.settlement = :settlement
              AND d.assignment = appeal.assignment AND d.verdict = 3)
RETURNING assignment, worker;

-- Granted ones that wait for money, the earliest window first.
-- name: appeal_waiting :many
-- in: requester int, page int
-- out: id int, hit int, cost_cents int
SELECT p.assignment, a.hit, a.reward_cents + a.fee_cents
FROM appeal p JOIN assignment a ON a.id = p.assignment
WHERE p.requester = :requester AND p.state < 4 AND p.state = 3
ORDER BY p.window_ms, p.assignment LIMIT :page;

-- Windows that are over.
-- name: appeal_over :many
-- in: before_ms int, page int
-- out: id int, requester int, worker int, state int, hit int, window_ms int
SELECT p.assignment, p.requester, p.worker, p.state, a.hit, p.window_ms
FROM appeal p JOIN assignment a ON a.id = p.assignment
WHERE p.state < 4 AND p.window_ms <= :before_ms
ORDER BY p.window_ms LIMIT :page;

-- Answers that are overdue.
-- name: appeal_overdue :many
-- in: now_ms int, page int
-- out: id int, requester int
UPDATE appeal SET late = 1
WHERE assignment IN (SELECT assignment FROM appeal
                     WHERE state < 3 AND late = 0 AND due_ms <= :now_ms
                     ORDER BY due_ms LIMIT :page)
RETURNING assignment, requester;

-- name: appeal_steps :many
-- in: assignment int, page int
-- out: at_ms int, kind int, actor int, body text?
SELECT at_ms, kind, actor, body FROM appeal_step
WHERE assignment = :assignment ORDER BY id LIMIT :page;

-- name: notice_add :exec
-- in: party int, at_ms int, kind int, assignment int?, cents int, note text?
INSERT INTO notice (party, at_ms, kind, assignment, items, cents, note)
VALUES (:party, :at_ms, :kind, :assignment, 1, :cents, :note);
