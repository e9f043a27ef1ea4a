-- Payouts of workers, deposits and refunds asked for by requesters (src/market/payout.c,
-- funds_request.c), and what people chose for themselves (preference.c).

-- name: payout_insert :one
-- in: worker int, cents int, transfer int, destination text, asked_ms int
-- out: id int
INSERT INTO payout (worker, cents, state, transfer, destination, asked_ms)
VALUES (:worker, :cents, 1, :transfer, :destination, :asked_ms) RETURNING id;

-- name: payout_get :one
-- in: id int
-- out: worker int, cents int, state int, transfer int
SELECT worker, cents, state, transfer FROM payout WHERE id = :id;

-- name: payout_state_put :exec
-- in: id int, old_state int, state int, sent_ms int?, ended_ms int?, note text?
UPDATE payout SET state = :state, sent_ms = COALESCE(:sent_ms, sent_ms),
                  ended_ms = COALESCE(:ended_ms, ended_ms), note = COALESCE(:note, note)
WHERE id = :id AND state = :old_state;

-- Open ones are worked through from the oldest.
-- name: payout_page_up :many
-- in: state int, after int, page int
-- out: id int, worker int, public_id text, name text, email text, cents int, state int, destination text, asked_ms int, sent_ms int?, ended_ms int?, note text?
SELECT o.id, o.worker, p.public_id, p.name, p.email, o.cents, o.state, o.destination, o.asked_ms,
       o.sent_ms, o.ended_ms, o.note
FROM payout o JOIN party p ON p.id = o.worker
WHERE o.state = :state AND o.id > :after ORDER BY o.id LIMIT :page;

-- Finished ones are looked up from the newest.
-- name: payout_page_down :many
-- in: state int, before int, page int
-- out: id int, worker int, public_id text, name text, email text, cents int, state int, destination text, asked_ms int, sent_ms int?, ended_ms int?, note text?
SELECT o.id, o.worker, p.public_id, p.name, p.email, o.cents, o.state, o.destination, o.asked_ms,
       o.sent_ms, o.ended_ms, o.note
FROM payout o JOIN party p ON p.id = o.worker
WHERE o.state = :state AND o.id < :before ORDER BY o.id DESC LIMIT :page;

-- name: payout_page_of_worker :many
-- in: worker int, before int, page int
-- out: id int, worker int, public_id text, name text, email text, cents int, state int, destination text, asked_ms int, sent_ms int?, ended_ms int?, note text?
SELECT o.id, o.worker, p.public_id, p.name, p.email, o.cents, o.state, o.destination, o.asked_ms,
       o.sent_ms, o.ended_ms, o.note
FROM payout o JOIN party p ON p.id = o.worker
WHERE o.worker = :worker AND o.id < :before ORDER BY o.id DESC LIMIT :page;

-- name: payout_waiting :one
-- in: state int, most int
-- out: n int, cents int?, oldest_ms int?
SELECT COUNT(*), CAST(SUM(w.cents) AS @INT@), MIN(w.asked_ms)
FROM (SELECT cents, asked_ms FROM payout WHERE state = :state ORDER BY id LIMIT :most) AS w;

-- name: funds_request_insert :one
-- in: requester int, kind int, cents int, note text, asked_by int, asked_ms int
-- out: id int
INSERT INTO funds_request (requester, kind, cents, state, note, asked_by, asked_ms)
VALUES (:requester, :kind, :cents, 1, :note, :asked_by, :asked_ms) RETURNING id;

-- name: funds_request_get :one
-- in: id int
-- out: requester int, kind int, cents int, state int, note text
SELECT requester, kind, cents, state, note FROM funds_request WHERE id = :id;

-- name: funds_request_answer :exec
-- in: id int, state int, answered_ms int, answered_by int, answer text?
UPDATE funds_request SET state = :state, answered_ms = :answered_ms, answered_by = :answered_by,
                         answer = :answer
WHERE id = :id AND state = 1;

-- name: funds_request_open_of :one
-- in: requester int, most int
-- out: n int
SELECT COUNT(*) FROM (SELECT id FROM funds_request WHERE requester = :requester AND state = 1
                      ORDER BY id DESC LIMIT :most) AS w;

-- name: funds_request_page :many
-- in: state int, before int, page int
-- out: id int, requester int, public_id text, name text, email text, kind int, cents int, state int, note text, asked_by text?, asked_ms int, answered_ms int?, answer text?
SELECT q.id, q.requester, p.public_id, p.name, p.email, q.kind, q.cents, q.state, q.note, a.name,
       q.asked_ms, q.answered_ms, q.answer
FROM funds_request q JOIN party p ON p.id = q.requester LEFT JOIN party a ON a.id = q.asked_by
WHERE q.state = :state AND q.id < :before ORDER BY q.id DESC LIMIT :page;

-- name: funds_request_page_of :many
-- in: requester int, before int, page int
-- out: id int, requester int, public_id text, name text, email text, kind int, cents int, state int, note text, asked_by text?, asked_ms int, answered_ms int?, answer text?
SELECT q.id, q.requester, p.public_id, p.name, p.email, q.kind, q.cents, q.state, q.note, a.name,
       q.asked_ms, q.answered_ms, q.answer
FROM funds_request q JOIN party p ON p.id = q.requester LEFT JOIN party a ON a.id = q.asked_by
WHERE q.requester = :requester AND q.id < :before ORDER BY q.id DESC LIMIT :page;

-- name: funds_request_waiting :one
-- in: most int
-- out: n int, cents int?, oldest_ms int?
SELECT COUNT(*), CAST(SUM(w.cents) AS @INT@), MIN(w.asked_ms)
FROM (SELECT cents, asked_ms FROM funds_request WHERE state = 1 ORDER BY id LIMIT :most) AS w;

-- name: preference_get :one
-- in: party int, key text
-- out: value text
SELECT value FROM party_setting WHERE party = :party AND key = :key;

-- name: account_view :one
-- in: party int
-- out: time_zone text?, csv_dialect text?, csv_times text?
SELECT (SELECT value FROM party_setting WHERE party = :party AND key = 'time_zone'),
       (SELECT value FROM party_setting WHERE party = :party AND key = 'csv_dialect'),
       (SELECT value FROM party_setting WHERE party = :party AND key = 'csv_times');

-- name: preference_put :exec
-- in: party int, key text, value text
INSERT INTO party_setting (party, key, value) VALUES (:party, :key, :value)
ON CONFLICT (party, key) DO UPDATE SET value = excluded.value;

-- name: account_name_put :exec
-- in: id int, name text
UPDATE party SET name = :name WHERE id = :id;

-- The operator's search: by the beginning of an address or an id.
-- name: account_page_email :many
-- in: low text, high text, after text, page int
-- out: id int, public_id text, role int, email text, name text, country text, state int, adult int, created_ms int
SELECT id, public_id, role, email, name, country, state, adult, created_ms FROM party
WHERE email COLLATE @BYTEWISE@ >= :low AND email COLLATE @BYTEWISE@ < :high
  AND email COLLATE @BYTEWISE@ > :after
ORDER BY email COLLATE @BYTEWISE@ LIMIT :page;

-- name: account_page_public :many
-- in: low text, high text, page int
-- out: id int, public_id text, role int, email text, name text, country text, state int, adult int, created_ms int
SELECT id, public_id, role, email, name, country, state, adult, created_ms FROM party
WHERE public_id COLLATE @BYTEWISE@ >= :low AND public_id COLLATE @BYTEWISE@ < :high
ORDER BY public_id COLLATE @BYTEWISE@ LIMIT :page;

-- name: account_page_down :many
-- in: before int, page int
-- out: id int, public_id text, role int, email text, name text, country text, state int, adult int, created_ms int
SELECT id, public_id, role, email, name, country, state, adult, created_ms FROM party
WHERE id < :before ORDER BY id DESC LIMIT :page;

-- Health: nothing is counted beyond `most`.
-- name: health_sessions :one
-- in: wall_ms int, most int
-- out: n int
SELECT COUNT(*) FROM (SELECT digest FROM session WHERE expires_ms > :wall_ms LIMIT :most) AS s;

-- name: health_due :one
-- out: due_ms int?, expires_ms int?
SELECT (SELECT MIN(due_ms) FROM assignment WHERE due_ms IS NOT NULL),
       (SELECT MIN(expires_ms) FROM hit WHERE expired = 0 AND disposed_ms IS NULL);

-- The newest settlements by day of the market's clock: what the operator's report adds up.
-- name: report_days :many
-- in: most int
-- out: day int, settlements int, approved int, rejected int, overturned int, reward_cents int, fee_cents int
-- scan: the newest `most` rows
SELECT s.at_ms / 86400000, COUNT(*), CAST(SUM(s.approved) AS @INT@),
       CAST(SUM(s.rejected) AS @INT@), CAST(SUM(s.overturned) AS @INT@),
       CAST(SUM(s.reward_cents) AS @INT@), CAST(SUM(s.fee_cents) AS @INT@)
FROM (SELECT at_ms, approved, rejected, overturned, reward_cents, fee_cents
      FROM settlement ORDER BY id DESC LIMIT :most) AS s
GROUP BY s.at_ms / 86400000 ORDER BY 1 DESC LIMIT 400;

-- name: report_bonuses :many
-- in: most int
-- out: day int, n int, cents int, fee_cents int
-- scan: the newest `most` rows
SELECT b.at_ms / 86400000, COUNT(*), CAST(SUM(b.cents) AS @INT@), CAST(SUM(b.fee_cents) AS @INT@)
FROM (SELECT at_ms, cents, fee_cents FROM bonus ORDER BY id DESC LIMIT :most) AS b
GROUP BY b.at_ms / 86400000 ORDER BY 1 DESC LIMIT 400;
