-- The check (src/market/check.c): every statement gives rows that should not be there, in words
-- and numbers: who (a row number), is, should. All read whole tables and say so.
-- Account kinds (id % 8): 1 avail, 2 held, 3 payable, 4 fee, 5 extin, 6 extout. Transfer kinds:
-- 6 reward, 7 fee, 8 overturn reward, 9 overturn fee, 10 bonus, 11 bonus fee, 12 payout, 13 payout
-- failed, 14 adjust. Assignment status: 1 Accepted, 2 Submitted, 3 Approved, 4 Rejected.

-- I1: a balance is its credits minus its debits.
-- name: check_balance :many
-- out: id int, is_cents int, should_cents int
-- scan: check
SELECT a.id, a.balance, COALESCE(x.cents, 0)
FROM account a
LEFT JOIN (SELECT m.id, CAST(SUM(m.cents) AS @INT@) AS cents
           FROM (SELECT credit AS id, cents FROM transfer
                 UNION ALL SELECT debit AS id, -cents FROM transfer) AS m
           GROUP BY m.id) AS x ON x.id = a.id
WHERE a.balance <> COALESCE(x.cents, 0)
ORDER BY a.id;

-- I1: no transfer without its accounts.
-- name: check_transfer_accounts :many
-- out: id int, debit int, credit int
-- scan: check
SELECT t.id, t.debit, t.credit FROM transfer t
WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.id = t.debit)
   OR NOT EXISTS (SELECT 1 FROM account a WHERE a.id = t.credit)
   OR t.debit = t.credit OR t.cents < 0
ORDER BY t.id;

-- I1, I5: all accounts together.
-- name: check_total :one
-- out: total_cents int
-- scan: check
SELECT CAST(COALESCE(SUM(balance), 0) AS @INT@) FROM account;

-- I2: signs.
-- name: check_sign :many
-- out: id int, balance int
-- scan: check
SELECT id, balance FROM account
WHERE (id % 8 <> 5 AND balance < 0) OR (id % 8 = 5 AND balance > 0) OR id % 8 NOT BETWEEN 1 AND 6
ORDER BY id;

-- I3: held.
-- name: check_held :many
-- out: id int, is_cents int, should_cents int
-- scan: check
SELECT p.id, COALESCE(a.balance, 0), COALESCE(x.cents, 0)
FROM party p
LEFT JOIN account a ON a.id = p.id * 8 + 2
LEFT JOIN (
    SELECT m.requester, CAST(SUM(m.cents) AS @INT@) AS cents FROM (
        SELECT h.requester,
               (h.max_assignments - h.pending - h.submitted - h.approved - h.rejected)
               * (h.reward_cents + h.fee_cents) AS cents
        FROM hit h WHERE h.disposed_ms IS NULL AND h.expired = 0
        UNION ALL
        SELECT h.requester,
               CASE WHEN s.status = 1 AND h.expired = 0
                         AND h.reward_cents + h.fee_cents > s.reward_cents + s.fee_cents
                    THEN h.reward_cents + h.fee_cents
                    ELSE s.reward_cents + s.fee_cents END AS cents
        FROM assignment s JOIN hit h ON h.id = s.hit
        WHERE s.status IN (1, 2) AND h.disposed_ms IS NULL
        UNION ALL
        SELECT b.requester,
               (b.rows_total - b.rows_published) * b.max_assignments
               * (t.reward_cents + b.fee_cents) AS cents
        FROM batch b JOIN hit_type t ON t.id = b.hit_type WHERE b.state = 1
    ) AS m GROUP BY m.requester) AS x ON x.requester = p.id
WHERE COALESCE(a.balance, 0) <> COALESCE(x.cents, 0)
ORDER BY p.id;

-- I4: one reward transfer for each approved assignment, of its own snapshot; and its fee.
-- name: check_paid :many
-- out: id int, status int, is_cents int, should_cents int
-- scan: check
SELECT s.id, s.status, COALESCE(r.cents, -1), s.reward_cents
FROM assignment s
LEFT JOIN transfer r ON r.assignment = s.id AND r.kind IN (6, 8)
WHERE (s.status = 3 AND (r.id IS NULL OR r.cents <> s.reward_cents OR r.worker <> s.worker))
   OR (s.status <> 3 AND r.id IS NOT NULL)
ORDER BY s.id;

-- name: check_paid_twice :many
-- out: assignment int?, times int
-- scan: check
SELECT assignment, COUNT(*) FROM transfer WHERE kind IN (6, 8)
GROUP BY assignment HAVING COUNT(*) > 1 OR assignment IS NULL ORDER BY assignment;

-- I5: what came in is what there is and what went out.
-- name: check_equation :one
-- out: extin_cents int, rest_cents int
-- scan: check
SELECT CAST(COALESCE(SUM(CASE WHEN id % 8 = 5 THEN -balance ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN id % 8 = 5 THEN 0 ELSE balance END), 0) AS @INT@)
FROM account;

-- I6: a worker's income is what he is owed and what he took out.
-- name: check_worker_money :many
-- out: id int, is_cents int, should_cents int
-- scan: check
SELECT p.id, COALESCE(a.balance, 0) + COALESCE(o.cents, 0), COALESCE(i.cents, 0) + COALESCE(z.cents, 0)
FROM party p
LEFT JOIN account a ON a.id = p.id * 8 + 3
LEFT JOIN (SELECT worker, CAST(SUM(reward_cents) AS @INT@) AS cents FROM assignment
           WHERE status = 3 GROUP BY worker) AS i ON i.worker = p.id
LEFT JOIN (SELECT worker, CAST(SUM(cents) AS @INT@) AS cents FROM bonus GROUP BY worker) AS z
       ON z.worker = p.id
LEFT JOIN (SELECT m.account, CAST(SUM(m.cents) AS @INT@) AS cents
           FROM (SELECT debit AS account, cents FROM transfer WHERE kind = 12
                 UNION ALL SELECT credit AS account, -cents FROM transfer WHERE kind = 13) AS m
           GROUP BY m.account) AS o ON o.account = p.id * 8 + 3
WHERE COALESCE(a.balance, 0) + COALESCE(o.cents, 0) <> COALESCE(i.cents, 0) + COALESCE(z.cents, 0)
ORDER BY p.id;

-- I7: fee income, requester by requester.
-- name: check_fee :many
-- out: id int, is_cents int, should_cents int
-- scan: check
SELECT p.id, COALESCE(a.balance, 0),
       COALESCE(i.cents, 0) + COALESCE(z.cents, 0) - COALESCE(w.cents, 0)
FROM party p
LEFT JOIN account a ON a.id = p.id * 8 + 4
LEFT JOIN (SELECT requester, CAST(SUM(fee_cents) AS @INT@) AS cents FROM assignment
           WHERE status = 3 GROUP BY requester) AS i ON i.requester = p.id
LEFT JOIN (SELECT requester, CAST(SUM(fee_cents) AS @INT@) AS cents FROM bonus
           GROUP BY requester) AS z ON z.requester = p.id
LEFT JOIN (SELECT m.account, CAST(SUM(m.cents) AS @INT@) AS cents
           FROM (SELECT debit AS account, cents FROM transfer WHERE kind = 14
                 UNION ALL SELECT credit AS account, -cents FROM transfer WHERE kind = 14) AS m
           GROUP BY m.account) AS w ON w.account = p.id * 8 + 4
WHERE COALESCE(a.balance, 0)
      <> COALESCE(i.cents, 0) + COALESCE(z.cents, 0) - COALESCE(w.cents, 0)
ORDER BY p.id;

-- I8: a worker's figures.
-- name: check_worker_stat :many
-- out: id int, accepted int, submitted int, approved int, rejected int, returned int,
--      abandoned int, should_accepted int, should_submitted int, should_approved int,
--      should_rejected int, should_returned int, should_abandoned int
-- scan: check
SELECT * FROM (
    SELECT p.id, COALESCE(w.accepted, 0) AS a1, COALESCE(w.submitted, 0) AS s1,
           COALESCE(w.approved, 0) AS p1, COALESCE(w.rejected, 0) AS r1,
           COALESCE(w.returned, 0) AS t1, COALESCE(w.abandoned, 0) AS b1,
           COALESCE(x.accepted, 0) AS a2, COALESCE(x.submitted, 0) AS s2,
           COALESCE(x.approved, 0) AS p2, COALESCE(x.rejected, 0) AS r2,
           COALESCE(x.returned, 0) AS t2, COALESCE(x.abandoned, 0) AS b2
    FROM party p
    LEFT JOIN worker_stat w ON w.worker = p.id
    LEFT JOIN (SELECT worker, COUNT(*) AS accepted,
                      CAST(SUM(CASE WHEN status IN (2, 3, 4) THEN 1 ELSE 0 END) AS @INT@) AS submitted,
                      CAST(SUM(CASE status WHEN 3 THEN 1 ELSE 0 END) AS @INT@) AS approved,
                      CAST(SUM(CASE status WHEN 4 THEN 1 ELSE 0 END) AS @INT@) AS rejected,
                      CAST(SUM(CASE status WHEN 5 THEN 1 ELSE 0 END) AS @INT@) AS returned,
                      CAST(SUM(CASE status WHEN 6 THEN 1 ELSE 0 END) AS @INT@) AS abandoned
               FROM assignment GROUP BY worker) AS x ON x.worker = p.id) AS f
WHERE f.a1 <> f.a2 OR f.s1 <> f.s2 OR f.p1 <> f.p2 OR f.r1 <> f.r2 OR f.t1 <> f.t2 OR f.b1 <> f.b2
ORDER BY f.id;

-- I8: decisions of a requester on a worker by day.
-- name: check_pair_day :many
-- out: requester int, worker int, day int, approved int, rejected int
-- scan: check
SELECT f.requester, f.worker, f.day, CAST(SUM(f.approved) AS @INT@), CAST(SUM(f.rejected) AS @INT@)
FROM (SELECT requester, worker, day, approved, rejected FROM pair_day
      UNION ALL
      SELECT requester, worker, approved_ms / 86400000 AS day, -COUNT(*) AS approved, 0 AS rejected
      FROM assignment WHERE status = 3 GROUP BY requester, worker, approved_ms / 86400000
      UNION ALL
      SELECT requester, worker, rejected_ms / 86400000 AS day, 0 AS approved, -COUNT(*) AS rejected
      FROM assignment WHERE status = 4 GROUP BY requester, worker, rejected_ms / 86400000) AS f
GROUP BY f.requester, f.worker, f.day
HAVING SUM(f.approved) <> 0 OR SUM(f.rejected) <> 0
ORDER BY f.requester, f.worker, f.day;

-- I8: decisions of a requester by day.
-- name: check_requester_day :many
-- out: requester int, day int, approved int, rejected int, overturned int, by_clock int
-- scan: check
SELECT f.requester, f.day, CAST(SUM(f.approved) AS @INT@), CAST(SUM(f.rejected) AS @INT@),
       CAST(SUM(f.overturned) AS @INT@), CAST(SUM(f.by_clock) AS @INT@)
FROM (SELECT requester, day, approved, rejected, overturned, by_clock FROM requester_day
      UNION ALL
      SELECT requester, at_ms / 86400000 AS day, -approved, -rejected, -overturned,
             CASE entrance WHEN 7 THEN -approved ELSE 0 END
      FROM settlement) AS f
GROUP BY f.requester, f.day
HAVING SUM(f.approved) <> 0 OR SUM(f.rejected) <> 0 OR SUM(f.overturned) <> 0
    OR SUM(f.by_clock) <> 0
ORDER BY f.requester, f.day;

-- A HIT's counters are those of its assignments.
-- name: check_hit :many
-- out: id int, pending int, submitted int, approved int, rejected int, should_pending int,
--      should_submitted int, should_approved int, should_rejected int
-- scan: check
SELECT h.id, h.pending, h.submitted, h.approved, h.rejected, COALESCE(x.pending, 0),
       COALESCE(x.submitted, 0), COALESCE(x.approved, 0), COALESCE(x.rejected, 0)
FROM hit h
LEFT JOIN (SELECT hit,
                  CAST(SUM(CASE status WHEN 1 THEN 1 ELSE 0 END) AS @INT@) AS pending,
                  CAST(SUM(CASE status WHEN 2 THEN 1 ELSE 0 END) AS @INT@) AS submitted,
                  CAST(SUM(CASE status WHEN 3 THEN 1 ELSE 0 END) AS @INT@) AS approved,
                  CAST(SUM(CASE status WHEN 4 THEN 1 ELSE 0 END) AS @INT@) AS rejected
           FROM assignment GROUP BY hit) AS x ON x.hit = h.id
WHERE h.pending <> COALESCE(x.pending, 0) OR h.submitted <> COALESCE(x.submitted, 0)
   OR h.approved <> COALESCE(x.approved, 0) OR h.rejected <> COALESCE(x.rejected, 0)
ORDER BY h.id;

-- States of HITs that can not be.
-- name: check_hit_state :many
-- out: id int
-- scan: check
SELECT h.id FROM hit h
LEFT JOIN batch b ON b.id = h.batch
LEFT JOIN hit_type t ON t.id = h.hit_type
WHERE h.pending < 0 OR h.submitted < 0 OR h.approved < 0 OR h.rejected < 0
   OR h.pending + h.submitted + h.approved + h.rejected > h.max_assignments
   OR h.max_assignments < 1 OR h.fee_cents < 0 OR h.reward_cents < 0
   OR h.expired NOT IN (0, 1) OR h.reviewing NOT IN (0, 1) OR h.many NOT IN (0, 1)
   OR b.id IS NULL OR b.requester <> h.requester OR t.id IS NULL OR t.requester <> h.requester
   OR h.reward_cents <> t.reward_cents
   OR (h.document IS NULL AND b.document IS NULL)
   OR ((h.reviewing = 1 OR h.disposed_ms IS NOT NULL)
       AND NOT (h.pending = 0 AND (h.expired = 1
                OR h.max_assignments = h.submitted + h.approved + h.rejected)))
   OR (h.disposed_ms IS NOT NULL AND h.submitted > 0)
ORDER BY h.id;

-- States of assignments that can not be.
-- name: check_assignment_state :many
-- out: id int, status int
-- scan: check
SELECT s.id, s.status FROM assignment s
LEFT JOIN hit h ON h.id = s.hit
WHERE h.id IS NULL OR h.batch <> s.batch OR h.requester <> s.requester
   OR s.status NOT BETWEEN 1 AND 6
   OR (s.due_ms IS NULL) <> (s.status > 2)
   OR (s.submitted_ms IS NULL) <> (s.status IN (1, 5, 6))
   OR (s.status = 3 AND s.approved_ms IS NULL) OR (s.status = 4 AND s.rejected_ms IS NULL)
   OR (s.status <> 3 AND s.approved_ms IS NOT NULL)
   OR s.submitted_ms < s.accepted_ms OR s.approved_ms < s.submitted_ms
   OR s.rejected_ms < s.submitted_ms
ORDER BY s.id;

-- Sums of batches.
-- name: check_batch :many
-- out: id int, hits int, slots int, pending int, submitted int, approved int, rejected int,
--      should_hits int, should_slots int, should_pending int, should_submitted int,
--      should_approved int, should_rejected int
-- scan: check
SELECT * FROM (
    SELECT b.id, b.rows_published AS n1, b.slots AS m1, b.pending AS w1, b.submitted AS s1,
           b.approved AS p1, b.rejected AS r1,
           COALESCE(x.hits, 0) AS n2, COALESCE(x.slots, 0) AS m2, COALESCE(x.pending, 0) AS w2,
           COALESCE(x.submitted, 0) AS s2, COALESCE(x.approved, 0) AS p2,
           COALESCE(x.rejected, 0) AS r2
    FROM (SELECT * FROM batch WHERE kind <> 3) AS b
    LEFT JOIN (SELECT batch, COUNT(*) AS hits,
                      CAST(SUM(CASE expired WHEN 1 THEN pending + submitted + approved + rejected
                               ELSE max_assignments END) AS @INT@) AS slots,
                      CAST(SUM(pending) AS @INT@) AS pending,
                      CAST(SUM(submitted) AS @INT@) AS submitted,
                      CAST(SUM(approved) AS @INT@) AS approved,
                      CAST(SUM(rejected) AS @INT@) AS rejected
               FROM hit GROUP BY batch) AS x ON x.batch = b.id) AS f
WHERE f.n1 <> f.n2 OR f.m1 <> f.m2 OR f.w1 <> f.w2 OR f.s1 <> f.s2 OR f.p1 <> f.p2 OR f.r1 <> f.r2
ORDER BY f.id;

-- HITs by shape (market/shapes.h).
-- name: check_shape :many
-- out: batch int, cost_cents int, live int, expired int, used int, should_live int,
--      should_expired int, should_used int
-- scan: check
SELECT f.batch, f.cost_cents, CAST(SUM(f.l1) AS @INT@), CAST(SUM(f.e1) AS @INT@),
       CAST(SUM(f.u1) AS @INT@), CAST(SUM(f.l2) AS @INT@), CAST(SUM(f.e2) AS @INT@),
       CAST(SUM(f.u2) AS @INT@)
FROM (SELECT batch, many, max_assignments, cost_cents, live AS l1, expired AS e1, used AS u1,
             0 AS l2, 0 AS e2, 0 AS u2
      FROM batch_shape
      UNION ALL
      SELECT batch, many, max_assignments, reward_cents + fee_cents, 0, 0, 0, 1 - expired, expired,
             expired * (pending + submitted + approved + rejected)
      FROM hit WHERE disposed_ms IS NULL) AS f
GROUP BY f.batch, f.many, f.max_assignments, f.cost_cents
HAVING SUM(f.l1) <> SUM(f.l2) OR SUM(f.e1) <> SUM(f.e2) OR SUM(f.u1) <> SUM(f.u2)
ORDER BY f.batch, f.many, f.max_assignments, f.cost_cents;

-- Archives have rows of their own instead of HITs, and nothing else.
-- name: check_archive :many
-- out: id int, rows_kept int, should_rows int, hits int
-- scan: check
SELECT b.id, COALESCE(x.n, 0), b.submitted + b.approved + b.rejected, COALESCE(y.n, 0)
FROM batch b
LEFT JOIN (SELECT batch, COUNT(*) AS n FROM archive_row GROUP BY batch) AS x ON x.batch = b.id
LEFT JOIN (SELECT batch, COUNT(*) AS n FROM hit GROUP BY batch) AS y ON y.batch = b.id
WHERE b.kind = 3
  AND (COALESCE(x.n, 0) <> b.submitted + b.approved + b.rejected OR COALESCE(y.n, 0) <> 0)
ORDER BY b.id;

-- HIT types with a slot to accept.
-- name: check_open_hits :many
-- out: id int, open_hits int, should_open_hits int
-- scan: check
SELECT t.id, t.open_hits, COALESCE(x.n, 0) FROM hit_type t
LEFT JOIN (SELECT hit_type, COUNT(*) AS n FROM hit
           WHERE expired = 0 AND disposed_ms IS NULL
             AND pending + submitted + approved + rejected < max_assignments
           GROUP BY hit_type) AS x ON x.hit_type = t.id
WHERE t.open_hits <> COALESCE(x.n, 0)
ORDER BY t.id;

-- Decisions point at what there is, and settlements are their sums.
-- name: check_decision :many
-- out: settlement int, assignment int
-- scan: check
SELECT d.settlement, d.assignment FROM decision d
LEFT JOIN settlement s ON s.id = d.settlement
LEFT JOIN assignment a ON a.id = d.assignment
WHERE s.id IS NULL OR a.id IS NULL OR a.hit <> d.hit OR a.worker <> d.worker
   OR a.requester <> s.requester OR a.reward_cents <> d.reward_cents OR a.fee_cents <> d.fee_cents
ORDER BY d.settlement, d.assignment;

-- name: check_settlement :many
-- out: id int
-- scan: check
SELECT s.id FROM settlement s
LEFT JOIN (SELECT settlement,
                  CAST(SUM(CASE verdict WHEN 1 THEN 1 ELSE 0 END) AS @INT@) AS approved,
                  CAST(SUM(CASE verdict WHEN 2 THEN 1 ELSE 0 END) AS @INT@) AS rejected,
                  CAST(SUM(CASE verdict WHEN 3 THEN 1 ELSE 0 END) AS @INT@) AS overturned,
                  CAST(SUM(CASE verdict WHEN 2 THEN 0 ELSE reward_cents END) AS @INT@) AS reward,
                  CAST(SUM(CASE verdict WHEN 2 THEN 0 ELSE fee_cents END) AS @INT@) AS fee
           FROM decision GROUP BY settlement) AS x ON x.settlement = s.id
WHERE s.approved <> COALESCE(x.approved, 0) OR s.rejected <> COALESCE(x.rejected, 0)
   OR s.overturned <> COALESCE(x.overturned, 0) OR s.reward_cents <> COALESCE(x.reward, 0)
   OR s.fee_cents <> COALESCE(x.fee, 0)
ORDER BY s.id;

-- Every decided assignment has a decision that made it so.
-- name: check_undecided :many
-- out: id int, status int
-- scan: check
SELECT a.id, a.status FROM assignment a
WHERE a.status IN (3, 4)
  AND NOT EXISTS (SELECT 1 FROM decision d
                  WHERE d.assignment = a.id AND (d.verdict = 2) = (a.status = 4))
ORDER BY a.id;

-- Review policies (sql/migrate/0020). Levels: 1 Assignment, 2 HIT. A mark stands only on a HIT that
-- is reviewable: whatever reopens one runs the review first.
-- name: check_policy :many
-- out: hit int, what text
-- scan: check
SELECT p.hit AS hit,
       CASE WHEN h.id IS NULL OR h.requester <> p.requester OR p.level NOT IN (1, 2)
            THEN 'its review policy is of no level or another requester'
            ELSE 'a review is due, but it is not reviewable' END AS what
FROM policy p LEFT JOIN hit h ON h.id = p.hit
WHERE h.id IS NULL OR h.requester <> p.requester OR p.level NOT IN (1, 2)
   OR (p.due_ms IS NOT NULL
       AND (p.level = 1 OR h.disposed_ms IS NOT NULL OR h.pending > 0
            OR (h.expired = 0 AND h.max_assignments > h.submitted + h.approved + h.rejected)))
UNION ALL
SELECT l.hit, 'its policies extended it more often than it has assignments'
FROM policy_line l JOIN hit h ON h.id = l.hit
WHERE l.action IS NULL AND l.name = 'extend' AND l.status = 2
  AND l.value = 'Extended by one assignment'
GROUP BY l.hit, h.max_assignments HAVING COUNT(*) >= h.max_assignments
ORDER BY 1, 2;

-- What policies recorded, and what they decided: each decision has its action and each action,
-- unless it found its work decided ("Already …"), its decision. Status: 2 Succeeded, 3 Failed;
-- entrance 8: a policy.
-- name: check_policy_line :many
-- out: id int, what text
-- scan: check
SELECT l.id AS id, 'belongs to no policy, action or assignment of its HIT' AS what
FROM policy_line l
LEFT JOIN policy p ON p.hit = l.hit AND p.level = l.level
LEFT JOIN assignment a ON a.id = l.assignment
LEFT JOIN policy_line o ON o.id = l.action
WHERE p.hit IS NULL OR (l.assignment IS NOT NULL AND (a.id IS NULL OR a.hit <> l.hit))
   OR (l.action IS NOT NULL
       AND (o.id IS NULL OR o.action IS NOT NULL OR o.hit <> l.hit OR o.level <> l.level))
UNION ALL
SELECT l.id, 'has a status that it can not have'
FROM policy_line l
WHERE (l.action IS NULL) <> (l.status IN (1, 2, 3, 4)) OR (l.error IS NULL) = (l.status = 3)
UNION ALL
SELECT l.id, 'says that it decided, but no decision did so'
FROM policy_line l
WHERE l.action IS NULL AND l.status = 2 AND l.value IN ('Approved', 'Rejected')
  AND NOT EXISTS (SELECT 1 FROM decision d JOIN settlement s ON s.id = d.settlement
                  WHERE d.assignment = l.assignment AND s.entrance = 8
                    AND d.verdict = CASE l.value WHEN 'Approved' THEN 1 ELSE 2 END)
UNION ALL
SELECT d.assignment, 'is missing: so numbered an assignment was decided by a policy'
FROM settlement s JOIN decision d ON d.settlement = s.id
WHERE s.entrance = 8
  AND NOT EXISTS (SELECT 1 FROM policy_line l
                  WHERE l.hit = d.hit AND l.assignment = d.assignment AND l.action IS NULL
                    AND l.status = 2
                    AND l.name = CASE d.verdict WHEN 1 THEN 'approve' ELSE 'reject' END)
ORDER BY 1, 2;

-- Bonuses and their transfers.
-- name: check_bonus :one
-- out: bonus_cents int, fee_cents int, transfer_cents int, transfer_fee_cents int
-- scan: check
SELECT (SELECT CAST(COALESCE(SUM(cents), 0) AS @INT@) FROM bonus),
       (SELECT CAST(COALESCE(SUM(fee_cents), 0) AS @INT@) FROM bonus),
       (SELECT CAST(COALESCE(SUM(cents), 0) AS @INT@) FROM transfer WHERE kind = 10),
       (SELECT CAST(COALESCE(SUM(cents), 0) AS @INT@) FROM transfer WHERE kind = 11);

-- References without a foreign key: who they say they are.
-- name: check_references :many
-- out: what text, id int
-- scan: check
SELECT 'account' AS what, a.id AS id FROM account a
WHERE NOT EXISTS (SELECT 1 FROM party p WHERE p.id = a.id / 8)
UNION ALL
SELECT 'bonus', b.id FROM bonus b
WHERE NOT EXISTS (SELECT 1 FROM assignment a WHERE a.id = b.assignment AND a.worker = b.worker)
UNION ALL
SELECT 'answer', w.assignment FROM answer w
WHERE NOT EXISTS (SELECT 1 FROM assignment a WHERE a.id = w.assignment)
UNION ALL
SELECT 'assignment without worker', a.id FROM assignment a
WHERE NOT EXISTS (SELECT 1 FROM party p WHERE p.id = a.worker AND p.role = 2)
UNION ALL
SELECT 'staged rows', c.owner FROM upload_chunk c
WHERE c.owner_kind = 2 AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = c.owner AND b.state IN (1, 4))
ORDER BY 1, 2;
