-- All that the market keeps about one worker, list by list (src/market/own_data.c): oldest first,
-- pages behind a number that is unique in the list. Only rows of :worker.

-- Work in hand, submitted and decided; what was returned or not submitted in time is counted in his
-- figures.
-- name: own_work :many
-- in: worker int, after int, page int
-- out: hit int, id int, alias text?, hit_alias text?, title text, requester_id text, requester_name text, reward_cents int, status int, accepted_ms int, submitted_ms int?, approved_ms int?, rejected_ms int?, feedback text?, rejection text?, fields text?
SELECT a.hit, a.id, a.alias, h.alias, t.title, p.public_id, p.name, a.reward_cents, a.status,
       a.accepted_ms, a.submitted_ms, a.approved_ms, a.rejected_ms, a.feedback, a.rejection,
       w.fields
FROM assignment a
JOIN hit h ON h.id = a.hit
JOIN hit_type t ON t.id = h.hit_type
JOIN party p ON p.id = a.requester
LEFT JOIN answer w ON w.assignment = a.id
WHERE a.worker = :worker AND a.status < 5 AND a.hit > :after
ORDER BY a.hit LIMIT :page;

-- What moved his money: income above zero, payouts below.
-- name: own_earnings :many
-- in: worker int, account int, after int, page int
-- out: id int, at_ms int, kind int, cents int, requester_id text?, requester_name text?, assignment int?, alias text?, note text?
SELECT t.id, t.at_ms, t.kind, CASE WHEN t.credit = :account THEN t.cents ELSE -t.cents END,
       p.public_id, p.name, t.assignment, a.alias, t.note
FROM transfer t
LEFT JOIN party p ON p.id = t.requester
LEFT JOIN assignment a ON a.id = t.assignment
WHERE t.worker = :worker AND t.worker IS NOT NULL AND t.id > :after
  AND (t.credit = :account OR t.debit = :account)
ORDER BY t.id LIMIT :page;

-- name: own_payouts :many
-- in: worker int, after int, page int
-- out: id int, cents int, state int, destination text, asked_ms int, sent_ms int?, ended_ms int?, note text?
SELECT id, cents, state, destination, asked_ms, sent_ms, ended_ms, note
FROM payout WHERE worker = :worker AND id > :after ORDER BY id LIMIT :page;

-- name: own_messages :many
-- in: worker int, after int, page int
-- out: id int, thread int, at_ms int, own int, requester_id text, requester_name text, title text, body text
SELECT m.id, m.thread, m.at_ms, CASE WHEN m.sender = :worker THEN 1 ELSE 0 END, p.public_id,
       p.name, t.title, m.body
FROM thread h
JOIN message m ON m.thread = h.id
JOIN party p ON p.id = h.requester
JOIN hit_type t ON t.id = h.hit_type
WHERE h.worker = :worker AND m.id > :after
ORDER BY m.id LIMIT :page;

-- name: own_reports :many
-- in: worker int, after int, page int
-- out: id int, at_ms int, reason int, state int, title text, requester_id text, requester_name text, body text, answer text?
SELECT r.id, r.at_ms, r.reason, r.state, t.title, p.public_id, p.name, r.body, c.note
FROM group_report r
JOIN group_case c ON c.id = r.group_case
JOIN hit_type t ON t.id = r.hit_type
JOIN party p ON p.id = r.requester
WHERE r.worker = :worker AND r.id > :after
ORDER BY r.id LIMIT :page;

-- name: own_appeals :many
-- in: worker int, after int, page int
-- out: assignment int, alias text?, filed_ms int, state int, reason int, body text, question text?, reply text?, answer text?, answered_ms int?, closed_ms int?
SELECT e.assignment, a.alias, e.filed_ms, e.state, e.reason, e.body, e.question, e.reply, e.answer,
       e.answered_ms, e.closed_ms
FROM appeal e JOIN assignment a ON a.id = e.assignment
WHERE e.worker = :worker AND e.assignment > :after
ORDER BY e.assignment LIMIT :page;

-- name: own_qualifications :many
-- in: worker int, after int, page int
-- out: type int, alias text?, name text, author text?, value int, status int, granted_ms int
SELECT q.type, t.alias, t.name, p.name, q.value, q.status, q.granted_ms
FROM qualification q
JOIN qualification_type t ON t.id = q.type
LEFT JOIN party p ON p.id = t.requester
WHERE q.worker = :worker AND q.type > :after
ORDER BY q.type LIMIT :page;

-- name: own_requests :many
-- in: worker int, after int, page int
-- out: id int, name text, state int, asked_ms int, decided_ms int?, reason text?, fields text?
SELECT r.id, t.name, r.state, r.asked_ms, r.decided_ms, r.reason, r.answer
FROM qualification_request r JOIN qualification_type t ON t.id = r.type
WHERE r.worker = :worker AND r.id > :after
ORDER BY r.id LIMIT :page;

-- name: own_choices :many
-- in: worker int, page int
-- out: key text, value text
SELECT key, value FROM party_setting WHERE party = :worker ORDER BY key LIMIT :page;
