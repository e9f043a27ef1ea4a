-- What a requester does to a whole batch (src/market/batch_change.c). States: 2 live, 3 being
-- deleted, 5 deleted; kinds: 1 from a file.

-- name: batch_words :exec
-- in: id int, requester int, name text, note text?
UPDATE batch SET name = :name, note = :note WHERE id = :id AND requester = :requester;

-- Its HITs behind number after_seq.
-- name: batch_change_hits :many
-- in: batch int, after_seq int, n int
-- out: id int, seq int, alias text?, expired int, expires_ms int, many int, max_assignments int, disposed_ms int?
SELECT id, seq, alias, expired, expires_ms, many, max_assignments, disposed_ms FROM hit
WHERE batch = :batch AND seq > :after_seq ORDER BY batch, seq, id LIMIT :n;

-- What it would cost to open expired HITs again, and to give each HIT `more` assignments. Barred:
-- HITs that would grow from below many_from to it or beyond.
-- name: batch_change_sums :one
-- in: batch int, more int, many_from int
-- out: hits int, expired int, reopened int, reopen_cents int, barred int, grow_cents int
SELECT CAST(COALESCE(SUM(y.live + y.expired), 0) AS @INT@),
       CAST(COALESCE(SUM(y.expired), 0) AS @INT@),
       CAST(COALESCE(SUM(y.reopened), 0) AS @INT@),
       CAST(COALESCE(SUM(y.reopened * y.cost_cents), 0) AS @INT@),
       CAST(COALESCE(SUM((1 - y.may) * (y.live + y.expired)), 0) AS @INT@),
       CAST(COALESCE(SUM(y.may * y.live * :more * y.cost_cents), 0) AS @INT@)
FROM (SELECT s.live, s.expired, s.cost_cents,
             CASE WHEN s.many = 1 OR s.max_assignments + :more < :many_from THEN 1 ELSE 0 END AS may,
             s.expired * s.max_assignments - s.used AS reopened
      FROM batch_shape s WHERE s.batch = :batch) AS y;

-- Work in progress of an expired HIT that is opened holds a slot's present cost again (I3).
-- name: batch_change_surplus :one
-- in: batch int
-- out: cents int
SELECT CAST(COALESCE(SUM(CASE
           WHEN h.reward_cents + h.fee_cents > a.reward_cents + a.fee_cents
           THEN h.reward_cents + h.fee_cents - a.reward_cents - a.fee_cents
           ELSE 0 END), 0) AS @INT@)
FROM hit h JOIN assignment a ON a.hit = h.id AND a.due_ms IS NOT NULL AND a.status = 1
WHERE h.batch = :batch AND h.expired = 1 AND h.pending > 0;

-- name: batch_delete :exec
-- in: id int, requester int
UPDATE batch SET state = 3, deleting = 0
WHERE id = :id AND requester = :requester AND state = 2 AND kind <> 3;

-- name: batches_deleting :many
-- in: n int
-- out: id int, deleting int
SELECT id, CASE WHEN deleting < 0 THEN 0 ELSE deleting END FROM batch
WHERE state = 3 AND (deleting >= 0 OR pending + submitted = 0)
ORDER BY id LIMIT :n;

-- name: batch_dispose :many
-- in: batch int, after_seq int, to_seq int, at_ms int
-- out: id int, events int, many int, max_assignments int, cost_cents int, used int
UPDATE hit SET disposed_ms = :at_ms
WHERE batch = :batch AND seq > :after_seq AND seq <= :to_seq AND disposed_ms IS NULL
  AND expired = 1 AND pending = 0 AND submitted = 0
RETURNING id, (SELECT t.events FROM hit_type t WHERE t.id = hit_type), many, max_assignments,
          reward_cents + fee_cents, approved + rejected;

-- The end of a pass: gone, or waiting for undecided work.
-- name: batch_delete_pass :exec
-- in: id int
UPDATE batch SET state = CASE WHEN pending + submitted = 0 THEN 5 ELSE 3 END, deleting = -1
WHERE id = :id;

-- name: batch_delete_at :exec
-- in: id int, seq int
UPDATE batch SET deleting = :seq WHERE id = :id;

-- HITs of a batch as a list. wanted: bits 1 open, 2 full or expired with work in progress, 4 all
-- work in; 8 deleted.
-- name: batch_hits_page :many
-- in: batch int, requester int, seq int, after int, wanted int, looked_at int, n int
-- out: id int, alias text?, seq int, max_assignments int, pending int, submitted int, approved int, rejected int, expired int, reviewing int, disposed_ms int?, expires_ms int, many int, cost_cents int, vars text?
SELECT h.id, h.alias, h.seq, h.max_assignments, h.pending, h.submitted, h.approved, h.rejected,
       h.expired, h.reviewing, h.disposed_ms, h.expires_ms, h.many, h.reward_cents + h.fee_cents,
       h.vars
FROM (SELECT x.id FROM hit x WHERE x.batch = :batch AND (x.seq, x.id) > (:seq, :after)
      ORDER BY x.seq, x.id LIMIT :looked_at) AS y
JOIN hit h ON h.id = y.id
WHERE h.requester = :requester
  AND (:wanted = 0 OR
       (CASE WHEN h.disposed_ms IS NOT NULL THEN 8
             WHEN h.pending = 0 AND (h.expired = 1 OR
                  h.max_assignments = h.submitted + h.approved + h.rejected) THEN 4
             WHEN h.expired = 0 AND h.max_assignments >
                  h.pending + h.submitted + h.approved + h.rejected THEN 1
             ELSE 2 END & :wanted) <> 0)
ORDER BY h.seq, h.id LIMIT :n;

-- The last of so many HITs behind a key; none when there are fewer.
-- name: batch_hits_end :one
-- in: batch int, seq int, after int, skip int
-- out: seq int, id int
SELECT seq, id FROM hit WHERE batch = :batch AND (seq, id) > (:seq, :after)
ORDER BY seq, id LIMIT 1 OFFSET :skip;

-- How long the latest of its results took, of at most n of each status.
-- name: batch_work_time :one
-- in: batch int, n int
-- out: rows int, worked_ms int
SELECT COUNT(*), CAST(COALESCE(SUM(x.ms), 0) AS @INT@)
FROM (SELECT * FROM (SELECT submitted_ms - accepted_ms AS ms FROM assignment
                     WHERE batch = :batch AND status = 2 AND submitted_ms IS NOT NULL
                     ORDER BY submitted_ms DESC LIMIT :n) AS s
      UNION ALL
      SELECT * FROM (SELECT submitted_ms - accepted_ms AS ms FROM assignment
                     WHERE batch = :batch AND status = 3 AND submitted_ms IS NOT NULL
                     ORDER BY submitted_ms DESC LIMIT :n) AS t) AS x;
