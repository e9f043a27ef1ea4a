-- Statements of account (src/market/funds.c).

-- name: funds_page_of_requester :many
-- in: party int, before int, page int
-- out: id int, at_ms int, kind int, debit int, credit int, cents int, worker int?, batch int?, hit int?, assignment int?, settlement int?, note text?
SELECT id, at_ms, kind, debit, credit, cents, worker, batch, hit, assignment, settlement, note
FROM transfer WHERE requester = :party AND id < :before ORDER BY id DESC LIMIT :page;

-- name: funds_page_of_worker :many
-- in: party int, before int, page int
-- out: id int, at_ms int, kind int, debit int, credit int, cents int, requester int?, batch int?, hit int?, assignment int?, settlement int?, note text?
SELECT id, at_ms, kind, debit, credit, cents, requester, batch, hit, assignment, settlement, note
FROM transfer WHERE worker = :party AND id < :before ORDER BY id DESC LIMIT :page;

-- The same with the work that it is about, for his page.
-- name: funds_lines_of_worker :many
-- in: party int, before int, page int
-- out: id int, at_ms int, kind int, debit int, credit int, cents int, requester int?, batch int?, hit int?, assignment int?, settlement int?, note text?, alias text?, title text?
SELECT x.id, x.at_ms, x.kind, x.debit, x.credit, x.cents, x.requester, x.batch, x.hit, x.assignment,
       x.settlement, x.note, a.alias, t.title
FROM transfer x
LEFT JOIN assignment a ON a.id = x.assignment
LEFT JOIN hit h ON h.id = x.hit
LEFT JOIN hit_type t ON t.id = h.hit_type
WHERE x.worker = :party AND x.id < :before ORDER BY x.id DESC LIMIT :page;

-- The newest transfer about a worker.
-- name: funds_last_of_worker :one
-- in: worker int
-- out: id int
SELECT id FROM transfer WHERE worker = :worker ORDER BY id DESC LIMIT 1;

-- A payout of the worker (kind 12) and whether it has failed (kind 13 names it).
-- name: funds_payout_get :one
-- in: id int, worker int
-- out: cents int, failed int
SELECT t.cents,
       (SELECT COUNT(*) FROM transfer f WHERE f.worker = t.worker AND f.id > t.id
                                          AND f.kind = 13 AND f.corrects = t.id)
FROM transfer t WHERE t.id = :id AND t.worker = :worker AND t.kind = 12;
