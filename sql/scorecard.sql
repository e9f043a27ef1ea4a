-- What workers see of a requester (src/market/scorecard.c, worker-site 12.2). Verdict: 1 approve,
-- 2 reject, 3 overturn. Assignment status: 2 Submitted, 3 Approved, 4 Rejected.

-- A row a day with decisions: at most 731 of them.
-- name: scorecard_days :one
-- in: requester int, from_day int, month_day int
-- out: approved int, rejected int, overturned int, by_clock int, month_approved int, month_rejected int, month_overturned int
SELECT CAST(COALESCE(SUM(approved), 0) AS @INT@), CAST(COALESCE(SUM(rejected), 0) AS @INT@),
       CAST(COALESCE(SUM(overturned), 0) AS @INT@), CAST(COALESCE(SUM(by_clock), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN day >= :month_day THEN approved ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN day >= :month_day THEN rejected ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN day >= :month_day THEN overturned ELSE 0 END), 0) AS @INT@)
FROM requester_day WHERE requester = :requester AND day >= :from_day;

-- His newest decisions: how long they took, and how long the work.
-- name: scorecard_newest :many
-- in: requester int, settlements int, page int
-- out: wait_ms int, worked_ms int, reward_cents int
SELECT d.at_ms - a.submitted_ms, a.submitted_ms - a.accepted_ms, a.reward_cents
FROM (SELECT id FROM settlement WHERE requester = :requester ORDER BY id DESC LIMIT :settlements) AS s
JOIN decision d ON d.settlement = s.id
JOIN assignment a ON a.id = d.assignment
WHERE a.submitted_ms IS NOT NULL
LIMIT :page;

-- The batch of a group's newest open HIT.
-- name: scorecard_group_batch :one
-- in: hit_type int
-- out: batch int
SELECT h.batch FROM hit h
WHERE h.hit_type = :hit_type AND h.expired = 0 AND h.disposed_ms IS NULL
  AND h.max_assignments > h.pending + h.submitted + h.approved + h.rejected
ORDER BY h.hit_type DESC, h.id DESC LIMIT 1;

-- How long its newest work of a status took.
-- name: scorecard_group_times :many
-- in: batch int, status int, page int
-- out: worked_ms int
SELECT submitted_ms - accepted_ms FROM assignment
WHERE batch = :batch AND status = :status AND submitted_ms IS NOT NULL
ORDER BY submitted_ms DESC LIMIT :page;

-- name: scorecard_blocks :one
-- in: requester int, look int
-- out: n int
SELECT COUNT(*) FROM (SELECT worker FROM worker_block WHERE requester = :requester
                      ORDER BY worker LIMIT :look) AS b;

-- name: scorecard_paused :one
-- in: requester int, look int
-- out: n int
SELECT COUNT(*) FROM (SELECT hit_type FROM group_pause WHERE requester = :requester
                      ORDER BY hit_type LIMIT :look) AS g;
