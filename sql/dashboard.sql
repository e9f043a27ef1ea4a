-- The worker's figures by day and row (src/market/dashboard.c). Status as in work.sql.

-- name: dashboard_bonuses :one
-- in: worker int
-- out: cents int
SELECT CAST(COALESCE(SUM(cents), 0) AS @INT@) FROM bonus WHERE worker = :worker;

-- Undecided work is never older than the longest auto-approval delay.
-- name: dashboard_pending :one
-- in: worker int, since_ms int
-- out: cents int
SELECT CAST(COALESCE(SUM(reward_cents), 0) AS @INT@) FROM assignment
WHERE worker = :worker AND submitted_ms IS NOT NULL AND submitted_ms >= :since_ms AND status = 2;

-- Days of a clock that is so much ahead of UTC.
-- name: dashboard_days :many
-- in: worker int, since_ms int, until_ms int, offset_ms int
-- out: day int, submitted int, approved int, rejected int, pending int, earnings int
SELECT (submitted_ms + :offset_ms) / 86400000, COUNT(*),
       CAST(SUM(CASE status WHEN 3 THEN 1 ELSE 0 END) AS @INT@),
       CAST(SUM(CASE status WHEN 4 THEN 1 ELSE 0 END) AS @INT@),
       CAST(SUM(CASE status WHEN 2 THEN 1 ELSE 0 END) AS @INT@),
       CAST(SUM(CASE status WHEN 3 THEN reward_cents ELSE 0 END) AS @INT@)
FROM assignment
WHERE worker = :worker AND submitted_ms IS NOT NULL
  AND submitted_ms >= :since_ms AND submitted_ms < :until_ms
GROUP BY 1
ORDER BY 1 DESC;

-- name: dashboard_held :one
-- in: worker int, now_ms int
-- out: n int
SELECT COUNT(*) FROM assignment WHERE worker = :worker AND status = 1 AND deadline_ms > :now_ms;

-- name: dashboard_day_count :one
-- in: worker int, from_ms int, to_ms int
-- out: n int
SELECT COUNT(*) FROM assignment
WHERE worker = :worker AND submitted_ms IS NOT NULL
  AND submitted_ms >= :from_ms AND submitted_ms < :to_ms;

-- Pages of one day: the day bounds what is passed over.
-- name: dashboard_day :many
-- in: worker int, from_ms int, to_ms int, page int, skip int
-- out: id int, alias text?, hit int, hit_alias text?, hit_type int, type_alias text?, title text, requester_id text, requester_name text, reward_cents int, status int, submitted_ms int, approved_ms int?, rejected_ms int?, feedback text?, rejection text?, bonus_cents int, auto_approval_ms int?, appeal int?, disposed_ms int?
SELECT a.id, a.alias, a.hit, h.alias, h.hit_type, t.alias, t.title, p.public_id, p.name,
       a.reward_cents, a.status, a.submitted_ms, a.approved_ms, a.rejected_ms, a.feedback,
       a.rejection,
       CAST((SELECT COALESCE(SUM(b.cents), 0) FROM bonus b WHERE b.assignment = a.id) AS @INT@),
       a.auto_approval_ms, x.state, h.disposed_ms
FROM assignment a
JOIN hit h ON h.id = a.hit
JOIN hit_type t ON t.id = h.hit_type
JOIN party p ON p.id = a.requester
LEFT JOIN appeal x ON x.assignment = a.id
WHERE a.worker = :worker AND a.submitted_ms IS NOT NULL
  AND a.submitted_ms >= :from_ms AND a.submitted_ms < :to_ms
ORDER BY a.submitted_ms, a.id
LIMIT :page OFFSET :skip;

-- name: notice_page :many
-- in: party int, before int, page int
-- out: id int, at_ms int, kind int, items int, cents int, assignment int?, alias text?, note text?, read_ms int?
SELECT n.id, n.at_ms, n.kind, n.items, n.cents, n.assignment, a.alias, n.note, n.read_ms
FROM notice n LEFT JOIN assignment a ON a.id = n.assignment
WHERE n.party = :party AND n.id < :before ORDER BY n.id DESC LIMIT :page;

-- name: notice_mark :exec
-- in: party int, up_to int, at_ms int
UPDATE notice SET read_ms = :at_ms WHERE party = :party AND id <= :up_to AND read_ms IS NULL;
