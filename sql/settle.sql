-- The settlement (src/market/settle.c): a set of decisions and all that follows from it. What
-- groups and joins the set has a form ending in _one for a set of one, which is found by its keys:
-- the same effect on the same rows (tests/market/test_settle.c).
-- Numbers: verdict 1 approve, 2 reject, 3 overturn; status 2 Submitted, 3 Approved, 4 Rejected.

-- name: settle_open :one
-- in: requester int, entrance int, actor int, actor_detail text?, request_key text?, review int?, at_ms int
-- out: id int
INSERT INTO settlement (requester, entrance, actor, actor_detail, request_key, review, at_ms,
                        avail_before, avail_after, approved, rejected, overturned, reward_cents,
                        fee_cents, released_cents)
VALUES (:requester, :entrance, :actor, :actor_detail, :request_key, :review, :at_ms,
        0, 0, 0, 0, 0, 0, 0, 0)
RETURNING id;

-- name: settle_decide_one :exec
-- in: settlement int, assignment int, verdict int, old_status int, at_ms int, feedback text?
INSERT INTO decision (settlement, assignment, hit, batch, worker, verdict, old_status, at_ms,
                      reward_cents, fee_cents, rejected_ms, feedback)
SELECT :settlement, a.id, a.hit, a.batch, a.worker, :verdict, :old_status, :at_ms,
       a.reward_cents, a.fee_cents, a.rejected_ms, :feedback
FROM assignment a
WHERE a.id = :assignment AND a.status = :old_status;

-- name: settle_decide_due :exec
-- in: settlement int, hit int, now_ms int
INSERT INTO decision (settlement, assignment, hit, batch, worker, verdict, old_status, at_ms,
                      reward_cents, fee_cents)
SELECT :settlement, a.id, a.hit, a.batch, a.worker, 1, 2, a.due_ms, a.reward_cents, a.fee_cents
FROM assignment a
WHERE a.hit = :hit AND a.due_ms IS NOT NULL AND a.due_ms <= :now_ms AND a.status = 2;

-- The only decision of a settlement, or two to say that there are more.
-- name: settle_look :many
-- in: settlement int
-- out: assignment int, hit int, batch int, worker int, verdict int, old_status int, at_ms int, reward_cents int, fee_cents int, rejected_ms int?, feedback text?
SELECT assignment, hit, batch, worker, verdict, old_status, at_ms, reward_cents, fee_cents,
       rejected_ms, feedback
FROM decision WHERE settlement = :settlement LIMIT 2;

-- name: settle_totals :one
-- in: settlement int
-- out: approved int, rejected int, overturned int, approve_reward int, approve_fee int, overturn_reward int, overturn_fee int, release int
SELECT CAST(COALESCE(SUM(CASE verdict WHEN 1 THEN 1 ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE verdict WHEN 2 THEN 1 ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE verdict WHEN 3 THEN 1 ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE verdict WHEN 1 THEN reward_cents ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE verdict WHEN 1 THEN fee_cents ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE verdict WHEN 3 THEN reward_cents ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE verdict WHEN 3 THEN fee_cents ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE verdict WHEN 2 THEN reward_cents + fee_cents ELSE 0 END), 0) AS @INT@)
FROM decision WHERE settlement = :settlement;

-- name: settle_assignments :exec
-- in: settlement int, entrance int
UPDATE assignment SET
    status = CASE d.verdict WHEN 2 THEN 4 ELSE 3 END,
    version = assignment.version + 1,
    approved_ms = CASE d.verdict WHEN 2 THEN assignment.approved_ms ELSE d.at_ms END,
    rejected_ms = CASE d.verdict WHEN 2 THEN d.at_ms ELSE assignment.rejected_ms END,
    rejection = CASE d.verdict WHEN 2 THEN d.feedback ELSE assignment.rejection END,
    feedback = d.feedback,
    entrance = :entrance,
    due_ms = NULL
FROM decision d
WHERE d.settlement = :settlement AND assignment.id = d.assignment
  AND assignment.status = d.old_status;

-- name: settle_assignment_approved_one :exec
-- in: assignment int, old_status int, at_ms int, feedback text?, entrance int
UPDATE assignment SET status = 3, version = version + 1, approved_ms = :at_ms,
    feedback = :feedback, entrance = :entrance, due_ms = NULL
WHERE id = :assignment AND status = :old_status;

-- name: settle_assignment_rejected_one :exec
-- in: assignment int, old_status int, at_ms int, feedback text?, entrance int
UPDATE assignment SET status = 4, version = version + 1, rejected_ms = :at_ms,
    rejection = :feedback, feedback = :feedback, entrance = :entrance, due_ms = NULL
WHERE id = :assignment AND status = :old_status;

-- name: settle_hits :exec
-- in: settlement int
UPDATE hit SET
    submitted = hit.submitted - x.decided,
    approved = hit.approved + x.approved,
    rejected = hit.rejected + x.rejected,
    activity_ms = CASE WHEN x.at_ms > hit.activity_ms THEN x.at_ms ELSE hit.activity_ms END
FROM (SELECT d.hit,
             CAST(SUM(CASE d.verdict WHEN 3 THEN 0 ELSE 1 END) AS @INT@) AS decided,
             CAST(SUM(CASE d.verdict WHEN 2 THEN 0 ELSE 1 END) AS @INT@) AS approved,
             CAST(SUM(CASE d.verdict WHEN 2 THEN 1 WHEN 3 THEN -1 ELSE 0 END) AS @INT@) AS rejected,
             MAX(d.at_ms) AS at_ms
      FROM decision d WHERE d.settlement = :settlement GROUP BY d.hit) AS x
WHERE hit.id = x.hit;

-- name: settle_hit_one :exec
-- in: hit int, decided int, approved int, rejected int, at_ms int
UPDATE hit SET submitted = submitted - :decided, approved = approved + :approved,
    rejected = rejected + :rejected,
    activity_ms = CASE WHEN :at_ms > activity_ms THEN :at_ms ELSE activity_ms END
WHERE id = :hit;

-- name: settle_batches :exec
-- in: settlement int
UPDATE batch SET
    submitted = batch.submitted - x.decided,
    approved = batch.approved + x.approved,
    rejected = batch.rejected + x.rejected
FROM (SELECT d.batch,
             CAST(SUM(CASE d.verdict WHEN 3 THEN 0 ELSE 1 END) AS @INT@) AS decided,
             CAST(SUM(CASE d.verdict WHEN 2 THEN 0 ELSE 1 END) AS @INT@) AS approved,
             CAST(SUM(CASE d.verdict WHEN 2 THEN 1 WHEN 3 THEN -1 ELSE 0 END) AS @INT@) AS rejected
      FROM decision d WHERE d.settlement = :settlement GROUP BY d.batch) AS x
WHERE batch.id = x.batch;

-- name: settle_batch_one :exec
-- in: batch int, decided int, approved int, rejected int
UPDATE batch SET submitted = submitted - :decided, approved = approved + :approved,
    rejected = rejected + :rejected
WHERE id = :batch;

-- name: settle_workers :exec
-- in: settlement int
UPDATE worker_stat SET
    approved = worker_stat.approved + x.approved,
    rejected = worker_stat.rejected + x.rejected
FROM (SELECT d.worker,
             CAST(SUM(CASE d.verdict WHEN 2 THEN 0 ELSE 1 END) AS @INT@) AS approved,
             CAST(SUM(CASE d.verdict WHEN 2 THEN 1 WHEN 3 THEN -1 ELSE 0 END) AS @INT@) AS rejected
      FROM decision d WHERE d.settlement = :settlement GROUP BY d.worker) AS x
WHERE worker_stat.worker = x.worker;

-- name: settle_worker_one :exec
-- in: worker int, approved int, rejected int
UPDATE worker_stat SET approved = approved + :approved, rejected = rejected + :rejected
WHERE worker = :worker;

-- Days of the decisions (9.5): an overturn takes the rejection off its own day.
-- name: settle_pairs :exec
-- in: settlement int, requester int
INSERT INTO pair_day (requester, worker, day, approved, rejected)
SELECT :requester, d.worker, d.at_ms / 86400000,
       CAST(SUM(CASE d.verdict WHEN 2 THEN 0 ELSE 1 END) AS @INT@),
       CAST(SUM(CASE d.verdict WHEN 2 THEN 1 ELSE 0 END) AS @INT@)
FROM decision d
WHERE d.settlement = :settlement
GROUP BY d.worker, d.at_ms / 86400000
ON CONFLICT (requester, worker, day) DO UPDATE SET
    approved = pair_day.approved + excluded.approved,
    rejected = pair_day.rejected + excluded.rejected;

-- name: settle_pair_one :exec
-- in: requester int, worker int, day int, approved int, rejected int
INSERT INTO pair_day (requester, worker, day, approved, rejected)
VALUES (:requester, :worker, :day, :approved, :rejected)
ON CONFLICT (requester, worker, day) DO UPDATE SET
    approved = pair_day.approved + excluded.approved,
    rejected = pair_day.rejected + excluded.rejected;

-- name: settle_pairs_overturned :exec
-- in: settlement int, requester int
UPDATE pair_day SET rejected = pair_day.rejected - x.n
FROM (SELECT d.worker, d.rejected_ms / 86400000 AS day, COUNT(*) AS n
      FROM decision d WHERE d.settlement = :settlement AND d.verdict = 3
      GROUP BY d.worker, d.rejected_ms / 86400000) AS x
WHERE pair_day.requester = :requester AND pair_day.worker = x.worker AND pair_day.day = x.day;

-- name: settle_pair_overturned_one :exec
-- in: requester int, worker int, day int
UPDATE pair_day SET rejected = rejected - 1
WHERE requester = :requester AND worker = :worker AND day = :day;

-- One notice per worker and verdict (10.3); of one assignment alone it names that one.
-- name: settle_notices :exec
-- in: settlement int, at_ms int
INSERT INTO notice (party, at_ms, kind, settlement, assignment, items, cents)
SELECT d.worker, :at_ms, d.verdict, d.settlement,
       CASE WHEN COUNT(*) = 1 THEN MIN(d.assignment) ELSE NULL END, COUNT(*),
       CAST(SUM(CASE d.verdict WHEN 2 THEN 0 ELSE d.reward_cents END) AS @INT@)
FROM decision d
WHERE d.settlement = :settlement
GROUP BY d.settlement, d.worker, d.verdict;

-- name: settle_notice_one :exec
-- in: worker int, at_ms int, verdict int, settlement int, assignment int, cents int
INSERT INTO notice (party, at_ms, kind, settlement, assignment, items, cents)
VALUES (:worker, :at_ms, :verdict, :settlement, :assignment, 1, :cents);

-- Events for those who asked (bit 5 rejected, bit 6 approved).
-- name: settle_events :exec
-- in: settlement int, requester int
INSERT INTO outbox (at_ms, kind, requester, hit_type, hit, assignment, overturned, target)
SELECT d.at_ms, CASE d.verdict WHEN 2 THEN 5 ELSE 6 END, :requester, h.hit_type, d.hit,
       d.assignment, CASE d.verdict WHEN 3 THEN 1 ELSE 0 END, x.id
FROM decision d
JOIN hit h ON h.id = d.hit
JOIN hit_type t ON t.id = h.hit_type
JOIN destination x ON x.requester = :requester AND x.hit_type IN (0, h.hit_type)
WHERE d.settlement = :settlement AND t.events <> 0
  AND x.active = 1 AND x.batch IN (0, h.batch) AND x.only_type IN (0, h.hit_type)
  AND (x.events & (CASE d.verdict WHEN 2 THEN 32 ELSE 64 END)) <> 0;

-- The requester's own days (worker-site 12.2).
-- name: settle_day :exec
-- in: requester int, day int, approved int, rejected int, overturned int, by_clock int
INSERT INTO requester_day (requester, day, approved, rejected, overturned, by_clock)
VALUES (:requester, :day, :approved, :rejected, :overturned, :by_clock)
ON CONFLICT (requester, day) DO UPDATE SET
    approved = requester_day.approved + excluded.approved,
    rejected = requester_day.rejected + excluded.rejected,
    overturned = requester_day.overturned + excluded.overturned,
    by_clock = requester_day.by_clock + excluded.by_clock;

-- name: settle_close :exec
-- in: id int, avail_before int, avail_after int, approved int, rejected int, overturned int, reward_cents int, fee_cents int, released_cents int
UPDATE settlement SET avail_before = :avail_before, avail_after = :avail_after,
    approved = :approved, rejected = :rejected, overturned = :overturned,
    reward_cents = :reward_cents, fee_cents = :fee_cents, released_cents = :released_cents
WHERE id = :id;
