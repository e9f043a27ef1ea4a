-- Single decisions and the requester's sight of submitted work (src/market/decide.c).

-- name: decide_get :one
-- in: id int
-- out: hit int, requester int, status int, submitted_ms int?, disposed_ms int?, batch_kind int
SELECT a.hit, a.requester, a.status, a.submitted_ms, h.disposed_ms, b.kind
FROM assignment a
JOIN hit h ON h.id = a.hit
JOIN batch b ON b.id = a.batch
WHERE a.id = :id;

-- disposal_ms: now less the 120 days after which the clock disposes of a HIT.
-- name: decide_assignment :one
-- in: id int, now_ms int, disposal_ms int
-- out: hit int, hit_alias text?, batch int, requester int, worker int, worker_id text, alias text?, status int, version int, accepted_ms int, deadline_ms int, submitted_ms int?, auto_approval_ms int?, approved_ms int?, rejected_ms int?, reward_cents int, fee_cents int, feedback text?, rejection text?, fields text?, disposed_ms int?, due int
SELECT a.hit, h.alias, a.batch, a.requester, a.worker, p.public_id, a.alias, a.status, a.version,
       a.accepted_ms, a.deadline_ms, a.submitted_ms, a.auto_approval_ms, a.approved_ms,
       a.rejected_ms, a.reward_cents, a.fee_cents, a.feedback, a.rejection, w.fields,
       h.disposed_ms,
       CASE WHEN h.disposed_ms IS NULL
                 AND (a.due_ms <= :now_ms OR h.activity_ms <= :disposal_ms
                      OR (h.expired = 0 AND h.expires_ms <= :now_ms)) THEN 1 ELSE 0 END
FROM assignment a
JOIN hit h ON h.id = a.hit
JOIN party p ON p.id = a.worker
LEFT JOIN answer w ON w.assignment = a.id
WHERE a.id = :id;

-- name: decide_hit :one
-- in: id int, now_ms int, disposal_ms int
-- out: requester int, alias text?, disposed_ms int?, due int
SELECT h.requester, h.alias, h.disposed_ms,
       CASE WHEN h.disposed_ms IS NULL
                 AND (h.activity_ms <= :disposal_ms
                      OR (h.expired = 0 AND h.expires_ms <= :now_ms)
                      OR EXISTS (SELECT 1 FROM assignment a
                                 WHERE a.hit = h.id AND a.due_ms IS NOT NULL
                                   AND a.due_ms <= :now_ms)) THEN 1 ELSE 0 END
FROM hit h WHERE h.id = :id;

-- statuses: bits 1 Submitted, 2 Approved, 4 Rejected.
-- name: decide_list :many
-- in: hit int, statuses int, after_ms int, after int, page int
-- out: id int, worker int, worker_id text, batch int, alias text?, status int, version int, accepted_ms int, deadline_ms int, submitted_ms int, auto_approval_ms int?, approved_ms int?, rejected_ms int?, reward_cents int, fee_cents int, feedback text?, rejection text?, fields text?
SELECT a.id, a.worker, p.public_id, a.batch, a.alias, a.status, a.version, a.accepted_ms,
       a.deadline_ms, a.submitted_ms, a.auto_approval_ms, a.approved_ms, a.rejected_ms,
       a.reward_cents, a.fee_cents, a.feedback, a.rejection, w.fields
FROM assignment a
JOIN party p ON p.id = a.worker
LEFT JOIN answer w ON w.assignment = a.id
WHERE a.hit = :hit AND (a.submitted_ms, a.id) > (:after_ms, :after)
  AND (CASE a.status WHEN 2 THEN 1 WHEN 3 THEN 2 WHEN 4 THEN 4 ELSE 0 END & :statuses) <> 0
ORDER BY a.submitted_ms, a.id LIMIT :page;

-- name: decide_history :many
-- in: assignment int, page int
-- out: at_ms int, verdict int, old_status int, entrance int, actor int, actor_detail text?, feedback text?, reward_cents int, fee_cents int, settlement int, review int?, avail_before int, avail_after int
SELECT d.at_ms, d.verdict, d.old_status, s.entrance, s.actor, s.actor_detail, d.feedback,
       d.reward_cents, d.fee_cents, d.settlement, s.review, s.avail_before, s.avail_after
FROM decision d JOIN settlement s ON s.id = d.settlement
WHERE d.assignment = :assignment
ORDER BY d.settlement LIMIT :page;

-- Decisions of a requester on a worker since days (money-and-lifecycle 9.5).
-- name: decide_pair :one
-- in: requester int, worker int, day7 int, day30 int
-- out: approved7 int, rejected7 int, approved30 int, rejected30 int, approved int, rejected int
SELECT CAST(COALESCE(SUM(CASE WHEN day >= :day7 THEN approved ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN day >= :day7 THEN rejected ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN day >= :day30 THEN approved ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN day >= :day30 THEN rejected ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(approved), 0) AS @INT@), CAST(COALESCE(SUM(rejected), 0) AS @INT@)
FROM pair_day WHERE requester = :requester AND worker = :worker;
