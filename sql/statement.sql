-- The first posting of a requester from a number on; the newest.
-- name: statement_from :one
-- in: party int, id int
-- out: id int, at_ms int
SELECT id, at_ms FROM transfer WHERE requester = :party AND id >= :id ORDER BY id LIMIT 1;

-- name: statement_last :one
-- in: party int
-- out: id int
SELECT id FROM transfer WHERE requester = :party ORDER BY id DESC LIMIT 1;

-- The whole statement of a requester, oldest first (src/market/statement.c).

-- name: statement_rise :many
-- in: party int, after int, page int
-- out: id int, at_ms int, kind int, debit int, credit int, cents int, worker_id text?, batch int?, batch_name text?, hit int?, hit_alias text?, assignment int?, assignment_alias text?, settlement int?, actor text?, note text?
SELECT t.id, t.at_ms, t.kind, t.debit, t.credit, t.cents, w.public_id, t.batch, b.name, t.hit,
       h.alias, t.assignment, a.alias, t.settlement, p.email, t.note
FROM (SELECT id, at_ms, kind, debit, credit, cents, worker, batch, hit, assignment, settlement, note
      FROM transfer WHERE requester = :party AND id > :after ORDER BY id LIMIT :page) AS t
LEFT JOIN party w ON w.id = t.worker
LEFT JOIN batch b ON b.id = t.batch
LEFT JOIN hit h ON h.id = t.hit
LEFT JOIN assignment a ON a.id = t.assignment
LEFT JOIN settlement s ON s.id = t.settlement
LEFT JOIN party p ON p.id = s.actor
ORDER BY t.id;
