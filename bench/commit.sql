-- The reference for the commit of a review: its decisions, all overturns, as one would type them
-- into the sqlite3 shell. {review}, {requester}, {now}: numbers that bench/bench puts in.
PRAGMA synchronous = FULL;
PRAGMA cache_size = -131072;
BEGIN IMMEDIATE;
INSERT INTO settlement (id, requester, entrance, actor, review, at_ms, avail_before, avail_after,
                        approved, rejected, overturned, reward_cents, fee_cents, released_cents)
VALUES (1000000, {requester}, 3, {requester}, {review}, {now}, 0, 0, 0, 0, 0, 0, 0, 0);
INSERT INTO decision (settlement, assignment, hit, batch, worker, verdict, old_status, at_ms,
                      reward_cents, fee_cents, rejected_ms)
SELECT 1000000, a.id, a.hit, a.batch, a.worker, 3, 4, {now}, a.reward_cents, a.fee_cents,
       a.rejected_ms
FROM review_row r JOIN assignment a ON a.id = r.assignment
WHERE r.review = {review} AND r.approve <> 0 AND a.status = 4
  AND a.submitted_ms > {now} - 2592000000;
UPDATE assignment SET status = 3, version = version + 1, approved_ms = d.at_ms, feedback = NULL,
                      entrance = 3, due_ms = NULL
FROM decision d WHERE d.settlement = 1000000 AND assignment.id = d.assignment;
UPDATE hit SET approved = approved + x.n, rejected = rejected - x.n, activity_ms = {now}
FROM (SELECT hit AS h, COUNT(*) AS n FROM decision WHERE settlement = 1000000 GROUP BY hit) AS x
WHERE hit.id = x.h;
UPDATE batch SET approved = approved + x.n, rejected = rejected - x.n
FROM (SELECT batch AS b, COUNT(*) AS n FROM decision WHERE settlement = 1000000 GROUP BY batch) AS x
WHERE batch.id = x.b;
UPDATE worker_stat SET approved = approved + x.n, rejected = rejected - x.n
FROM (SELECT worker AS w, COUNT(*) AS n FROM decision WHERE settlement = 1000000
      GROUP BY worker) AS x
WHERE worker_stat.worker = x.w;
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, worker, batch, hit, assignment,
                      settlement)
SELECT {now}, 8, {requester} * 8 + 1, worker * 8 + 3, reward_cents, {requester}, worker, batch, hit,
       assignment, settlement FROM decision WHERE settlement = 1000000;
INSERT INTO transfer (at_ms, kind, debit, credit, cents, requester, batch, hit, assignment,
                      settlement)
SELECT {now}, 9, {requester} * 8 + 1, {requester} * 8 + 4, fee_cents, {requester}, batch, hit,
       assignment, settlement FROM decision WHERE settlement = 1000000;
UPDATE account SET balance = balance + x.cents
FROM (SELECT worker * 8 + 3 AS id, SUM(reward_cents) AS cents FROM decision
      WHERE settlement = 1000000 GROUP BY worker) AS x
WHERE account.id = x.id;
UPDATE account SET balance = balance
    - (SELECT SUM(reward_cents + fee_cents) FROM decision WHERE settlement = 1000000)
WHERE id = {requester} * 8 + 1;
UPDATE account SET balance = balance
    + (SELECT SUM(fee_cents) FROM decision WHERE settlement = 1000000)
WHERE id = {requester} * 8 + 4;
INSERT INTO pair_day (requester, worker, day, approved, rejected)
SELECT {requester}, worker, at_ms / 86400000, COUNT(*), 0
FROM decision WHERE settlement = 1000000 GROUP BY worker, at_ms / 86400000
ON CONFLICT (requester, worker, day) DO UPDATE SET approved = pair_day.approved + excluded.approved;
UPDATE pair_day SET rejected = pair_day.rejected - x.n
FROM (SELECT worker AS w, rejected_ms / 86400000 AS d, COUNT(*) AS n FROM decision
      WHERE settlement = 1000000 GROUP BY worker, rejected_ms / 86400000) AS x
WHERE pair_day.requester = {requester} AND pair_day.worker = x.w AND pair_day.day = x.d;
INSERT INTO notice (party, at_ms, kind, settlement, items, cents)
SELECT worker, {now}, 3, settlement, COUNT(*), SUM(reward_cents)
FROM decision WHERE settlement = 1000000 GROUP BY worker;
UPDATE settlement SET overturned = x.n, reward_cents = x.reward, fee_cents = x.fee
FROM (SELECT COUNT(*) AS n, SUM(reward_cents) AS reward, SUM(fee_cents) AS fee FROM decision
      WHERE settlement = 1000000) AS x
WHERE settlement.id = 1000000;
COMMIT;
