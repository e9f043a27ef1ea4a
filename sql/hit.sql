-- HITs (src/market/hit.c, slots.c). The partial indexes of 0002_market.sql ask for their condition
-- word for word.

-- name: slots_take :one
-- in: hit int
-- out: requester int, batch int, hit_type int, max_assignments int, pending int, submitted int,
--      approved int, rejected int, reward_cents int, fee_cents int, expires_ms int, expired int
UPDATE hit SET pending = pending + 1
WHERE id = :hit AND expired = 0 AND disposed_ms IS NULL
  AND pending + submitted + approved + rejected < max_assignments
RETURNING requester, batch, hit_type, max_assignments, pending, submitted, approved, rejected,
          reward_cents, fee_cents, expires_ms, expired;

-- name: slots_submit :one
-- in: hit int, at_ms int
-- out: requester int, batch int, hit_type int, max_assignments int, pending int, submitted int,
--      approved int, rejected int, reward_cents int, fee_cents int, expires_ms int, expired int
UPDATE hit SET pending = pending - 1, submitted = submitted + 1,
    activity_ms = CASE WHEN :at_ms > activity_ms THEN :at_ms ELSE activity_ms END
WHERE id = :hit AND pending > 0
RETURNING requester, batch, hit_type, max_assignments, pending, submitted, approved, rejected,
          reward_cents, fee_cents, expires_ms, expired;

-- Freeing the last pending slot of an expired HIT makes it Reviewable: an activity, and not before
-- the expiry.
-- name: slots_free :one
-- in: hit int, at_ms int
-- out: requester int, batch int, hit_type int, max_assignments int, pending int, submitted int,
--      approved int, rejected int, reward_cents int, fee_cents int, expires_ms int, expired int, many int
UPDATE hit SET pending = pending - 1,
    activity_ms = CASE
        WHEN pending > 1 OR expired = 0 THEN activity_ms
        WHEN :at_ms >= activity_ms AND :at_ms >= expires_ms THEN :at_ms
        WHEN expires_ms >= activity_ms THEN expires_ms
        ELSE activity_ms END
WHERE id = :hit AND pending > 0
RETURNING requester, batch, hit_type, max_assignments, pending, submitted, approved, rejected,
          reward_cents, fee_cents, expires_ms, expired, many;

-- name: shape_shift :exec
-- in: batch int, many int, max_assignments int, cost_cents int, live int, expired int, used int
INSERT INTO batch_shape (batch, many, max_assignments, cost_cents, live, expired, used)
VALUES (:batch, :many, :max_assignments, :cost_cents, :live, :expired, :used)
ON CONFLICT (batch, many, max_assignments, cost_cents) DO UPDATE SET
    live = batch_shape.live + excluded.live,
    expired = batch_shape.expired + excluded.expired,
    used = batch_shape.used + excluded.used;

-- name: batch_shift :exec
-- in: batch int, slots int, pending int, submitted int
UPDATE batch SET slots = slots + :slots, pending = pending + :pending,
    submitted = submitted + :submitted
WHERE id = :batch;

-- name: hit_owner :one
-- in: id int
-- out: requester int
SELECT requester FROM hit WHERE id = :id;

-- name: hit_state :one
-- in: id int
-- out: requester int, batch int, hit_type int, max_assignments int, pending int, submitted int,
--      approved int, rejected int, expired int, reviewing int, many int, fee_cents int,
--      reward_cents int, expires_ms int, activity_ms int, disposed_ms int?
SELECT requester, batch, hit_type, max_assignments, pending, submitted, approved, rejected, expired,
       reviewing, many, fee_cents, reward_cents, expires_ms, activity_ms, disposed_ms
FROM hit WHERE id = :id;

-- What work in progress holds beyond its own cost, at two costs of a slot: it holds the larger of
-- its snapshot and the HIT's current cost while the HIT is live (I3).
-- name: hit_surplus :one
-- in: hit int, cost_cents int, other_cents int
-- out: surplus_cents int, other_surplus_cents int
SELECT CAST(COALESCE(SUM(CASE WHEN :cost_cents > reward_cents + fee_cents
                         THEN :cost_cents - reward_cents - fee_cents ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN :other_cents > reward_cents + fee_cents
                         THEN :other_cents - reward_cents - fee_cents ELSE 0 END), 0) AS @INT@)
FROM assignment WHERE hit = :hit AND due_ms IS NOT NULL AND status = 1;

-- name: hit_reopen :exec
-- in: id int, expires_ms int, expired int, reviewing int, activity_ms int
UPDATE hit SET expires_ms = :expires_ms, expired = :expired, reviewing = :reviewing,
    activity_ms = :activity_ms
WHERE id = :id;

-- name: hit_grow :exec
-- in: id int, more int, reviewing int, activity_ms int
UPDATE hit SET max_assignments = max_assignments + :more, reviewing = :reviewing,
    activity_ms = :activity_ms
WHERE id = :id;

-- name: hit_put_reviewing :exec
-- in: id int, reviewing int
UPDATE hit SET reviewing = :reviewing WHERE id = :id;

-- name: hit_put_type :exec
-- in: id int, hit_type int, reward_cents int, fee_cents int
UPDATE hit SET hit_type = :hit_type, reward_cents = :reward_cents, fee_cents = :fee_cents
WHERE id = :id;

-- name: hit_dispose :exec
-- in: id int, at_ms int
UPDATE hit SET disposed_ms = :at_ms WHERE id = :id;

-- A HIT with all that is printed of it: one, newest first, latest expiration first.
-- name: hit_view :one
-- in: id int
-- out: id int, requester int, batch int, hit_type int, alias text?, type_alias text?,
--      title text, description text, keywords text, requirements text, reward_cents int,
--      auto_approval_s int, duration_s int, created_ms int, expires_ms int, activity_ms int,
--      annotation text?, max_assignments int, pending int, submitted int, approved int,
--      rejected int, expired int, reviewing int, disposed_ms int?, layout_hit int, document int,
--      body text, has_columns int, columns text, vars text?, due_ms int?,
--      policy_ms int?
SELECT h.id, h.requester, h.batch, h.hit_type, h.alias, t.alias, t.title, t.description, t.keywords,
       t.requirements, h.reward_cents, t.auto_approval_s, t.duration_s, h.created_ms, h.expires_ms,
       h.activity_ms, h.annotation, h.max_assignments, h.pending, h.submitted, h.approved,
       h.rejected, h.expired, h.reviewing, h.disposed_ms, h.layout_hit, d.id, d.body,
       CASE WHEN h.document IS NULL THEN 1 ELSE 0 END, b.columns, h.vars,
       (SELECT MIN(a.due_ms) FROM assignment a
        WHERE a.hit = h.id AND a.due_ms IS NOT NULL),
       (SELECT p.due_ms FROM policy p WHERE p.hit = h.id AND p.level = 2)
FROM hit h
JOIN hit_type t ON t.id = h.hit_type
JOIN batch b ON b.id = h.batch
JOIN document d ON d.id = COALESCE(h.document, b.document)
WHERE h.id = :id;

-- name: hit_views :many
-- in: requester int, ms int, before int, n int
-- out: id int, requester int, batch int, hit_type int, alias text?, type_alias text?,
--      title text, description text, keywords text, requirements text, reward_cents int,
--      auto_approval_s int, duration_s int, created_ms int, expires_ms int, activity_ms int,
--      annotation text?, max_assignments int, pending int, submitted int, approved int,
--      rejected int, expired int, reviewing int, disposed_ms int?, layout_hit int, document int,
--      body text, has_columns int, columns text, vars text?, due_ms int?,
--      policy_ms int?
SELECT h.id, h.requester, h.batch, h.hit_type, h.alias, t.alias, t.title, t.description, t.keywords,
       t.requirements, h.reward_cents, t.auto_approval_s, t.duration_s, h.created_ms, h.expires_ms,
       h.activity_ms, h.annotation, h.max_assignments, h.pending, h.submitted, h.approved,
       h.rejected, h.expired, h.reviewing, h.disposed_ms, h.layout_hit, d.id, d.body,
       CASE WHEN h.document IS NULL THEN 1 ELSE 0 END, b.columns, h.vars,
       (SELECT MIN(a.due_ms) FROM assignment a
        WHERE a.hit = h.id AND a.due_ms IS NOT NULL),
       (SELECT p.due_ms FROM policy p WHERE p.hit = h.id AND p.level = 2)
FROM hit h
JOIN hit_type t ON t.id = h.hit_type
JOIN batch b ON b.id = h.batch
JOIN document d ON d.id = COALESCE(h.document, b.document)
WHERE h.requester = :requester AND h.disposed_ms IS NULL
  AND (h.created_ms, h.id) < (:ms, :before)
ORDER BY h.created_ms DESC, h.id DESC LIMIT :n;

-- name: hit_views_reviewable :many
-- in: requester int, reviewing int, ms int, before int, n int
-- out: id int, requester int, batch int, hit_type int, alias text?, type_alias text?,
--      title text, description text, keywords text, requirements text, reward_cents int,
--      auto_approval_s int, duration_s int, created_ms int, expires_ms int, activity_ms int,
--      annotation text?, max_assignments int, pending int, submitted int, approved int,
--      rejected int, expired int, reviewing int, disposed_ms int?, layout_hit int, document int,
--      body text, has_columns int, columns text, vars text?, due_ms int?,
--      policy_ms int?
SELECT h.id, h.requester, h.batch, h.hit_type, h.alias, t.alias, t.title, t.description, t.keywords,
       t.requirements, h.reward_cents, t.auto_approval_s, t.duration_s, h.created_ms, h.expires_ms,
       h.activity_ms, h.annotation, h.max_assignments, h.pending, h.submitted, h.approved,
       h.rejected, h.expired, h.reviewing, h.disposed_ms, h.layout_hit, d.id, d.body,
       CASE WHEN h.document IS NULL THEN 1 ELSE 0 END, b.columns, h.vars,
       (SELECT MIN(a.due_ms) FROM assignment a
        WHERE a.hit = h.id AND a.due_ms IS NOT NULL),
       (SELECT p.due_ms FROM policy p WHERE p.hit = h.id AND p.level = 2)
FROM hit h
JOIN hit_type t ON t.id = h.hit_type
JOIN batch b ON b.id = h.batch
JOIN document d ON d.id = COALESCE(h.document, b.document)
WHERE h.requester = :requester AND h.reviewing = :reviewing
  AND (h.expires_ms, h.id) < (:ms, :before)
  AND h.disposed_ms IS NULL AND h.pending = 0
  AND (h.expired = 1 OR h.max_assignments = h.submitted + h.approved + h.rejected)
ORDER BY h.expires_ms DESC, h.id DESC LIMIT :n;

-- name: hit_views_reviewable_type :many
-- in: hit_type int, requester int, reviewing int, ms int, before int, n int
-- out: id int, requester int, batch int, hit_type int, alias text?, type_alias text?,
--      title text, description text, keywords text, requirements text, reward_cents int,
--      auto_approval_s int, duration_s int, created_ms int, expires_ms int, activity_ms int,
--      annotation text?, max_assignments int, pending int, submitted int, approved int,
--      rejected int, expired int, reviewing int, disposed_ms int?, layout_hit int, document int,
--      body text, has_columns int, columns text, vars text?, due_ms int?,
--      policy_ms int?
SELECT h.id, h.requester, h.batch, h.hit_type, h.alias, t.alias, t.title, t.description, t.keywords,
       t.requirements, h.reward_cents, t.auto_approval_s, t.duration_s, h.created_ms, h.expires_ms,
       h.activity_ms, h.annotation, h.max_assignments, h.pending, h.submitted, h.approved,
       h.rejected, h.expired, h.reviewing, h.disposed_ms, h.layout_hit, d.id, d.body,
       CASE WHEN h.document IS NULL THEN 1 ELSE 0 END, b.columns, h.vars,
       (SELECT MIN(a.due_ms) FROM assignment a
        WHERE a.hit = h.id AND a.due_ms IS NOT NULL),
       (SELECT p.due_ms FROM policy p WHERE p.hit = h.id AND p.level = 2)
FROM hit h
JOIN hit_type t ON t.id = h.hit_type
JOIN batch b ON b.id = h.batch
JOIN document d ON d.id = COALESCE(h.document, b.document)
WHERE h.hit_type = :hit_type AND h.requester = :requester AND h.reviewing = :reviewing
  AND (h.expires_ms, h.id) < (:ms, :before)
  AND h.disposed_ms IS NULL AND h.pending = 0
  AND (h.expired = 1 OR h.max_assignments = h.submitted + h.approved + h.rejected)
ORDER BY h.expires_ms DESC, h.id DESC LIMIT :n;
