-- Mail to people (src/market/person_mail.c). None is made while no server of the store sends mail
-- (meta "mails").

-- name: mail_add :exec
-- in: party int, kind int, bit int, usual int, at_ms int, assignment int?, cents int, note text?
INSERT INTO mail (party, kind, at_ms, items, cents, assignment, note, open, next_ms, attempts)
SELECT p.id, :kind, :at_ms, 1, :cents, :assignment, :note, 1, 0, 0
FROM party p
JOIN meta s ON s.key = 'mails' AND s.value = 'on'
LEFT JOIN mail_choice m ON m.party = p.id
WHERE p.id = :party AND p.state = 0 AND (COALESCE(m.subjects, :usual) & :bit) <> 0
ON CONFLICT (party, kind) WHERE open = 1
DO UPDATE SET items = mail.items + excluded.items, cents = mail.cents + excluded.cents,
    assignment = NULL, note = NULL;

-- What a settlement rejected (verdict 2) and overturned (3), a row for each worker.
-- name: mail_settlement :exec
-- in: settlement int, at_ms int, usual int, rejected_bit int, overturned_bit int
INSERT INTO mail (party, kind, at_ms, items, cents, assignment, open, next_ms, attempts)
SELECT p.id, x.verdict, :at_ms, x.items, x.cents, x.one, 1, 0, 0
FROM (SELECT d.worker, d.verdict, COUNT(*) AS items,
             CAST(SUM(d.reward_cents) AS @INT@) AS cents,
             CASE WHEN COUNT(*) = 1 THEN MIN(d.assignment) ELSE NULL END AS one
      FROM decision d
      WHERE d.settlement = :settlement AND d.verdict IN (2, 3)
      GROUP BY d.worker, d.verdict) AS x
JOIN party p ON p.id = x.worker
LEFT JOIN mail_choice m ON m.party = p.id
WHERE p.state = 0 AND (COALESCE(m.subjects, :usual) &
                       CASE x.verdict WHEN 2 THEN :rejected_bit ELSE :overturned_bit END) <> 0
ON CONFLICT (party, kind) WHERE open = 1
DO UPDATE SET items = mail.items + excluded.items, cents = mail.cents + excluded.cents,
    assignment = NULL, note = NULL;

-- name: mail_any :one
-- in: now_ms int
-- out: id int
SELECT id FROM mail WHERE next_ms <= :now_ms ORDER BY next_ms, id LIMIT 1;

-- name: mail_pick :one
-- in: now_ms int
-- out: id int, kind int, at_ms int, items int, cents int, note text?, open int, next_ms int, attempts int, party int, role int, email text, name text, assignment int?, alias text?, submitted_ms int?, title text?
SELECT l.id, l.kind, l.at_ms, l.items, l.cents, l.note, l.open, l.next_ms, l.attempts, p.id, p.role,
       p.email, p.name, a.id, a.alias, a.submitted_ms, t.title
FROM mail l
JOIN party p ON p.id = l.party
LEFT JOIN assignment a ON a.id = l.assignment
LEFT JOIN hit h ON h.id = a.hit
LEFT JOIN hit_type t ON t.id = h.hit_type
WHERE l.next_ms <= :now_ms ORDER BY l.next_ms, l.id LIMIT 1;

-- It waits for company.
-- name: mail_hold :exec
-- in: id int, until_ms int
UPDATE mail SET next_ms = :until_ms WHERE id = :id;

-- A row is touched only by who leased it last: attempts is the lease's number.
-- name: mail_lease :exec
-- in: id int, attempts int, until_ms int
UPDATE mail SET open = 0, attempts = :attempts, next_ms = :until_ms WHERE id = :id;

-- name: mail_again :exec
-- in: id int, attempts int, next_ms int
UPDATE mail SET next_ms = :next_ms WHERE id = :id AND attempts = :attempts;

-- name: mail_delete :exec
-- in: id int, attempts int
DELETE FROM mail WHERE id = :id AND attempts = :attempts;

-- name: mail_choice_get :one
-- in: party int
-- out: subjects int
SELECT subjects FROM mail_choice WHERE party = :party;

-- name: mail_choice_put :exec
-- in: party int, subjects int
INSERT INTO mail_choice (party, subjects) VALUES (:party, :subjects)
ON CONFLICT (party) DO UPDATE SET subjects = excluded.subjects;

-- name: mail_party :one
-- in: party int
-- out: role int, email text, name text
SELECT role, email, name FROM party WHERE id = :party;
