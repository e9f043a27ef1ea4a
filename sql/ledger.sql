-- The book (src/ledger/). Nothing else writes account or transfer.

-- name: ledger_account_open :exec
-- in: id int
INSERT INTO account (id, balance) VALUES (:id, 0) ON CONFLICT (id) DO NOTHING;

-- name: ledger_account_debit :exec
-- in: id int, cents int
UPDATE account SET balance = balance - :cents
WHERE id = :id AND (balance >= :cents OR id % 8 = 5);

-- name: ledger_account_credit :exec
-- in: id int, cents int
UPDATE account SET balance = balance + :cents
WHERE id = :id AND (id % 8 <> 5 OR balance + :cents <= 0);

-- name: ledger_transfer_add :exec
-- in: at_ms int, kind int, debit int, credit int, cents int, requester int?, worker int?, batch int?, hit int?, assignment int?, settlement int?, corrects int?, note text?
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, worker, batch, hit, assignment,
                      settlement, corrects, note)
VALUES (:at_ms, :kind, :debit, :credit, :cents, :requester, :worker, :batch, :hit, :assignment,
        :settlement, :corrects, :note);

-- name: ledger_balances_of :many
-- in: first int, last int
-- out: id int, balance int
SELECT id, balance FROM account WHERE id BETWEEN :first AND :last ORDER BY id;

-- name: ledger_lock :many
-- in: first int, last int
-- out: id int
SELECT id FROM account WHERE id BETWEEN :first AND :last ORDER BY id @LOCK@;

-- The money of a settlement. 1 approve, 3 overturn: reward to the worker, from held (account kind
-- 2) or from available (1). Kinds of transfers: 6 reward, 8 overturn reward.
-- name: ledger_settle_rewards :exec
-- in: settlement int, at_ms int, requester int
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, worker, batch, hit, assignment,
                      settlement)
SELECT :at_ms, CASE d.verdict WHEN 3 THEN 8 ELSE 6 END,
       :requester * 8 + CASE d.verdict WHEN 3 THEN 1 ELSE 2 END, d.worker * 8 + 3, d.reward_cents,
       :requester, d.worker, d.batch, d.hit, d.assignment, d.settlement
FROM decision d
WHERE d.settlement = :settlement AND d.verdict IN (1, 3);

-- name: ledger_settle_fees :exec
-- in: settlement int, at_ms int, requester int
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, batch, hit, assignment,
                      settlement)
SELECT :at_ms, CASE d.verdict WHEN 3 THEN 9 ELSE 7 END,
       :requester * 8 + CASE d.verdict WHEN 3 THEN 1 ELSE 2 END, :requester * 8 + 4, d.fee_cents,
       :requester, d.batch, d.hit, d.assignment, d.settlement
FROM decision d
WHERE d.settlement = :settlement AND d.verdict IN (1, 3) AND d.fee_cents > 0;

-- name: ledger_settle_releases :exec
-- in: settlement int, at_ms int, requester int
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, batch, hit, assignment,
                      settlement)
SELECT :at_ms, 4, :requester * 8 + 2, :requester * 8 + 1, d.reward_cents + d.fee_cents,
       :requester, d.batch, d.hit, d.assignment, d.settlement
FROM decision d
WHERE d.settlement = :settlement AND d.verdict = 2;

-- name: ledger_settle_payable :exec
-- in: settlement int
UPDATE account SET balance = account.balance + paid.cents
FROM (SELECT d.worker * 8 + 3 AS id, CAST(SUM(d.reward_cents) AS @INT@) AS cents
      FROM decision d WHERE d.settlement = :settlement AND d.verdict IN (1, 3)
      GROUP BY d.worker) AS paid
WHERE account.id = paid.id;

-- name: ledger_settle_held :exec
-- in: id int, cents int
UPDATE account SET balance = balance - :cents WHERE id = :id AND balance >= :cents;

-- name: ledger_settle_avail :exec
-- in: id int, released int, spent int
UPDATE account SET balance = balance + :released - :spent
WHERE id = :id AND balance + :released >= :spent;

-- Workers whose payable account was never opened would be paid nothing: none may be left.
-- name: ledger_settle_unopened :one
-- in: settlement int
-- out: n int
SELECT COUNT(*) FROM decision d
WHERE d.settlement = :settlement AND d.verdict IN (1, 3)
  AND NOT EXISTS (SELECT 1 FROM account a WHERE a.id = d.worker * 8 + 3);
