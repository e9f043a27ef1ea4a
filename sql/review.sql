-- Reviews (src/market/review*.c): a reviewed file is staged, judged by the view review_judged
-- (migrate/0002_market.sql), and applied as one settlement.

-- name: review_add :one
-- in: requester int, batch int, state int, mode int, options int, actor int, file_name text, file_digest text, created_ms int, expires_ms int
-- out: id int
INSERT INTO review (requester, batch, state, mode, options, judged_ms, token, actor, file_name,
                    file_digest, findings, plan, plan_check, created_ms, expires_ms)
VALUES (:requester, :batch, :state, :mode, :options, :created_ms, '', :actor, :file_name,
        :file_digest, '', '', '', :created_ms, :expires_ms)
RETURNING id;

-- name: review_staged :exec
-- in: id int, batch int, file_digest text, findings text
UPDATE review SET batch = :batch, file_digest = :file_digest, findings = :findings
WHERE id = :id;

-- name: review_of :one
-- in: id int, requester int
-- out: batch int, state int, mode int, options int, judged_ms int, token text, file_name text, file_digest text, findings text, plan text, plan_check text, outcome text?, settlement int?, created_ms int, expires_ms int
SELECT batch, state, mode, options, judged_ms, token, file_name, file_digest, findings, plan,
       plan_check, outcome, settlement, created_ms, expires_ms
FROM review WHERE id = :id AND requester = :requester;

-- Two commits of one plan must not run at once: the second waits here, or is run again.
-- name: review_lock :exec
-- in: id int, now_ms int
UPDATE review SET judged_ms = :now_ms WHERE id = :id AND state = 2;

-- name: review_judge :exec
-- in: id int, mode int, options int, now_ms int
UPDATE review SET mode = :mode, options = :options, judged_ms = :now_ms, token = ''
WHERE id = :id AND state IN (1, 2);

-- name: review_planned :exec
-- in: id int, token text, plan text, plan_check text, judged_ms int
UPDATE review SET state = 2, token = :token, plan = :plan, plan_check = :plan_check
WHERE id = :id AND state IN (1, 2) AND judged_ms = :judged_ms;

-- name: review_applied :exec
-- in: id int, outcome text, settlement int, expires_ms int
UPDATE review SET state = 3, outcome = :outcome, settlement = :settlement,
                  expires_ms = :expires_ms
WHERE id = :id AND state = 2;

-- name: review_row_add :bulk
-- in: review int, assignment int, line int, hit int, worker int, approve int, reject int, fault int, old_status int, repeats int, reason_id int, message_id int, outcome int
INSERT INTO review_row (review, assignment, line, hit, worker, approve, reject, fault, old_status,
                        repeats, reason_id, message_id, outcome)
VALUES (:review, :assignment, :line, :hit, :worker, :approve, :reject, :fault, :old_status,
        :repeats, :reason_id, :message_id, :outcome);

-- name: review_text_add :bulk
-- in: review int, id int, body text
INSERT INTO review_text (review, id, body) VALUES (:review, :id, :body);

-- name: review_reason_set :exec
-- in: review int, body text
INSERT INTO review_text (review, id, body) VALUES (:review, 0, :body)
ON CONFLICT (review, id) DO UPDATE SET body = excluded.body;

-- name: review_reason_clear :exec
-- in: review int
DELETE FROM review_text WHERE review = :review AND id = 0;

-- The message of a selection (src/market/choose.c: text 1), and whether there is one.
-- name: review_message_set :exec
-- in: review int, body text
INSERT INTO review_text (review, id, body) VALUES (:review, 1, :body)
ON CONFLICT (review, id) DO UPDATE SET body = excluded.body;

-- name: review_message_clear :exec
-- in: review int
DELETE FROM review_text WHERE review = :review AND id = 1;

-- name: review_options_set :exec
-- in: id int, options int
UPDATE review SET options = :options WHERE id = :id AND state IN (1, 2);

-- name: review_text_get :one
-- in: review int, id int
-- out: body text
SELECT body FROM review_text WHERE review = :review AND id = :id;

-- name: review_chunk_add :bulk
-- in: owner_kind int, owner int, n int, body blob
INSERT INTO upload_chunk (owner_kind, owner, n, body) VALUES (:owner_kind, :owner, :n, :body);

-- name: review_chunk_get :one
-- in: owner int, n int
-- out: body blob
SELECT body FROM upload_chunk WHERE owner_kind = 1 AND owner = :owner AND n = :n;

-- What the rows of a file name.
-- name: review_find_assignment :one
-- in: alias text
-- out: id int
SELECT id FROM assignment WHERE alias = :alias;

-- name: review_find_hit :one
-- in: alias text
-- out: id int
SELECT id FROM hit WHERE alias = :alias;

-- name: review_find_worker :one
-- in: public_id text
-- out: id int
SELECT id FROM party WHERE public_id = :public_id AND role = 2;

-- name: review_find_batch :one
-- in: assignment int, requester int
-- out: batch int
SELECT batch FROM assignment WHERE id = :assignment AND requester = :requester;

-- name: review_batch :one
-- in: batch int, requester int
-- out: kind int, state int, name text
SELECT kind, state, name FROM batch WHERE id = :batch AND requester = :requester;

-- All rows, judged: the plan adds them up as they pass, as no query could without judging or
-- sorting them several times. again 1: the HIT was republished and someone else was paid (8.7).
-- name: review_pass :many
-- in: review int
-- out: judged int, line int, marks int, old_status int, repeats int, status int?, version int?, worker int?, reward int?, fee int?, submitted_ms int?, again int
SELECT j.judged, j.line, j.approve + j.reject, j.old_status, j.repeats, j.status, j.version,
       j.worker, j.reward_cents, j.fee_cents, j.submitted_ms,
       CASE WHEN h.approved > 0 AND b.kind = 1 AND h.max_assignments > b.max_assignments THEN 1
            ELSE 0 END
FROM review_judged j
LEFT JOIN hit h ON h.id = j.hit
LEFT JOIN batch b ON b.id = j.batch
WHERE j.review = :review;

-- The commit locks what it judges by and what it will change (store.h, write.locks), in the order in
-- which a settlement of one comes to them, so that the two can not wait for each other: assignments
-- with their versions, HITs, batches, workers' figures; the money last (ledger_lock).
-- Versions only grow: the same sum means that no marked row has changed.
-- name: review_versions :one
-- in: review int
-- out: versions int
SELECT CAST(COALESCE(SUM(x.version), 0) AS @INT@) FROM (
    SELECT a.version
    FROM review_row r JOIN assignment a ON a.id = r.assignment
    WHERE r.review = :review AND r.approve + r.reject > 0
    ORDER BY r.assignment @LOCK_A@) AS x;

-- name: review_lock_hits :one
-- in: review int
-- out: n int
SELECT COUNT(*) FROM (
    SELECT h.id FROM hit h
    WHERE @HAS_LOCKS@ = 1 AND h.id IN (
        SELECT a.hit FROM review_row r JOIN assignment a ON a.id = r.assignment
        WHERE r.review = :review AND r.approve + r.reject > 0)
    ORDER BY h.id @LOCK@) AS x;

-- name: review_lock_batches :one
-- in: review int
-- out: n int
SELECT COUNT(*) FROM (
    SELECT b.id FROM batch b
    WHERE @HAS_LOCKS@ = 1 AND b.id IN (
        SELECT a.batch FROM review_row r JOIN assignment a ON a.id = r.assignment
        WHERE r.review = :review AND r.approve + r.reject > 0)
    ORDER BY b.id @LOCK@) AS x;

-- name: review_lock_workers :one
-- in: review int
-- out: n int
SELECT COUNT(*) FROM (
    SELECT w.worker FROM worker_stat w
    WHERE @HAS_LOCKS@ = 1 AND w.worker IN (
        SELECT a.worker FROM review_row r JOIN assignment a ON a.id = r.assignment
        WHERE r.review = :review AND r.approve + r.reject > 0)
    ORDER BY w.worker @LOCK@) AS x;

-- Rows that are refused, by line.
-- name: review_refused :many
-- in: review int, limit int
-- out: assignment int, line int, judged int, alias text?, worker text?, submitted_ms int?, approved_ms int?, literal text?
SELECT j.assignment, j.line, j.judged, a.alias, p.public_id, a.submitted_ms, a.approved_ms, t.body
FROM (SELECT review, assignment, line, judged FROM review_judged
      WHERE review = :review AND judged >= 700 ORDER BY line LIMIT :limit) AS j
LEFT JOIN assignment a ON a.id = j.assignment AND j.judged <> 724
LEFT JOIN party p ON p.id = a.worker
LEFT JOIN review_text t ON t.review = j.review AND t.id = CASE WHEN j.assignment < 0 THEN j.assignment ELSE NULL END
ORDER BY j.line;

-- Reasons of the rejections, and messages of the approvals and overturns, most frequent first.
-- name: review_reasons :many
-- in: review int, limit int
-- out: reason text?, rows int
SELECT t.body, x.n
FROM (SELECT j.review, j.text, COUNT(*) AS n
      FROM (SELECT review, CASE reject WHEN 1 THEN 0 ELSE reason_id END AS text
            FROM review_judged WHERE review = :review AND judged = 200) AS j
      GROUP BY j.review, j.text ORDER BY COUNT(*) DESC, j.text LIMIT :limit) AS x
LEFT JOIN review_text t ON t.review = x.review AND t.id = x.text
ORDER BY x.n DESC, x.text;

-- name: review_messages :many
-- in: review int, limit int
-- out: message text?, rows int
SELECT t.body, x.n
FROM (SELECT j.review, j.message_id, COUNT(*) AS n
      FROM review_judged j
      WHERE j.review = :review AND j.message_id > 0 AND j.judged IN (100, 300)
      GROUP BY j.review, j.message_id ORDER BY COUNT(*) DESC, j.message_id LIMIT :limit) AS x
LEFT JOIN review_text t ON t.review = x.review AND t.id = x.message_id
ORDER BY x.n DESC, x.message_id;

-- Other batches that rows belong to (U10).
-- name: review_other_batches :many
-- in: review int, limit int
-- out: batch int, name text, rows int
SELECT b.id, b.name, x.n
FROM (SELECT j.batch, COUNT(*) AS n FROM review_judged j
      WHERE j.review = :review AND j.judged = 610
      GROUP BY j.batch ORDER BY COUNT(*) DESC, j.batch LIMIT :limit) AS x
JOIN batch b ON b.id = x.batch
ORDER BY x.n DESC, b.id;

-- Mode funded: the last overturn that the budget reaches, in order of window end, and the sums up
-- to it.
-- name: review_funded :one
-- in: review int, budget int
-- out: rows int, reward int, fee int, submitted_ms int, assignment int
SELECT x.n, x.reward, x.fee, x.submitted_ms, x.assignment
FROM (SELECT j.submitted_ms, j.assignment,
             COUNT(*) OVER (ORDER BY j.submitted_ms, j.assignment) AS n,
             CAST(SUM(j.reward_cents) OVER (ORDER BY j.submitted_ms, j.assignment) AS @INT@)
               AS reward,
             CAST(SUM(j.fee_cents) OVER (ORDER BY j.submitted_ms, j.assignment) AS @INT@) AS fee
      FROM review_judged j WHERE j.review = :review AND j.judged = 300) AS x
WHERE x.reward + x.fee <= :budget
ORDER BY x.submitted_ms DESC, x.assignment DESC LIMIT 1;

-- Republishing: how many slots the file's rejections open, and what is held for them: an expired
-- HIT reopens its unused slots too (H5), and its work in progress holds a slot's present cost
-- again (I3). Barred: HITs that would grow into the upper tier of
-- the fee, which begins at many_from (2.10).
-- name: review_republish_sums :one
-- in: review int, many_from int
-- out: slots int, cents int, barred int
SELECT CAST(COALESCE(SUM(CASE WHEN y.may = 1 THEN y.n ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN y.may = 1 THEN (y.n + y.reopened) * y.cost + y.surplus
                              ELSE 0 END), 0) AS @INT@),
       CAST(COALESCE(SUM(CASE WHEN y.may = 1 THEN 0 ELSE y.n END), 0) AS @INT@)
FROM (SELECT x.n, h.reward_cents + h.fee_cents AS cost,
             CASE WHEN h.many = 1 OR h.max_assignments + x.n < :many_from THEN 1 ELSE 0 END AS may,
             CASE WHEN h.expired = 0 THEN 0 ELSE h.max_assignments - h.pending - h.submitted
                                                 - h.approved - h.rejected END AS reopened,
             CASE WHEN h.expired = 0 OR h.pending = 0 THEN 0 ELSE
               (SELECT COALESCE(SUM(CASE
                  WHEN h.reward_cents + h.fee_cents > a.reward_cents + a.fee_cents
                  THEN h.reward_cents + h.fee_cents - a.reward_cents - a.fee_cents
                  ELSE 0 END), 0)
                FROM assignment a WHERE a.hit = h.id AND a.due_ms IS NOT NULL AND a.status = 1)
               END AS surplus
      FROM (SELECT j.hit, COUNT(*) AS n FROM review_judged j
            WHERE j.review = :review AND j.judged = 200 GROUP BY j.hit) AS x
      JOIN hit h ON h.id = x.hit) AS y;

-- name: review_republish_hits :many
-- in: settlement int, many_from int
-- out: hit int, rejections int, alias text?, expires_ms int, lifetime_s int
SELECT h.id, x.n, h.alias, h.expires_ms, b.lifetime_s
FROM (SELECT d.hit, COUNT(*) AS n FROM decision d
      WHERE d.settlement = :settlement AND d.verdict = 2 GROUP BY d.hit) AS x
JOIN hit h ON h.id = x.hit
JOIN batch b ON b.id = h.batch
WHERE h.many = 1 OR h.max_assignments + x.n < :many_from
ORDER BY h.id;

-- The decisions. cut_ms, cut_assignment: the last overturn of mode funded; else both at their
-- largest. messages 0: what stands in Approve is not sent.
-- name: review_decide :exec
-- in: review int, settlement int, at_ms int, messages int, cut_ms int, cut_assignment int
INSERT INTO decision (settlement, assignment, hit, batch, worker, verdict, old_status, at_ms,
                      reward_cents, fee_cents, rejected_ms, feedback)
SELECT :settlement, j.assignment, j.hit, j.batch, j.worker, j.judged / 100, j.status, :at_ms,
       j.reward_cents, j.fee_cents, j.rejected_ms,
       CASE WHEN j.judged = 200
            THEN (SELECT t.body FROM review_text t WHERE t.review = j.review
                  AND t.id = CASE j.reject WHEN 1 THEN 0 ELSE j.reason_id END)
            WHEN j.message_id > 0 AND :messages <> 0
            THEN (SELECT t.body FROM review_text t WHERE t.review = j.review
                  AND t.id = j.message_id) END
FROM (SELECT review, assignment, hit, batch, worker, judged, status, reward_cents, fee_cents,
             submitted_ms, rejected_ms, reject, reason_id, message_id
      FROM review_judged WHERE review = :review LIMIT 9223372036854775807 OFFSET 0) AS j
WHERE j.judged IN (100, 200, 300)
  AND (j.judged < 300 OR j.submitted_ms < :cut_ms
       OR (j.submitted_ms = :cut_ms AND j.assignment <= :cut_assignment));

-- Why rows were left, for the outcome file; before the decisions take effect. An overturn beyond
-- the cut was left for want of money (31).
-- name: review_keep :exec
-- in: review int, cut_ms int, cut_assignment int
UPDATE review_row SET outcome = CASE j.judged WHEN 300 THEN 731 ELSE j.judged END
FROM review_judged j
WHERE review_row.review = :review AND j.review = :review AND j.assignment = review_row.assignment
  AND j.judged NOT IN (100, 200, 400)
  AND (j.judged <> 300 OR j.submitted_ms > :cut_ms
       OR (j.submitted_ms = :cut_ms AND j.assignment > :cut_assignment));

-- name: review_tally :one
-- in: review int
-- out: rows int, refused int
SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN outcome >= 600 THEN 1 ELSE 0 END), 0) AS @INT@)
FROM review_row WHERE review = :review;

-- Outcome of every distinct assignment of the file, in order of assignment.
-- name: review_outcomes_applied :many
-- in: review int, settlement int
-- out: assignment int, judged int
SELECT r.assignment, CASE WHEN d.verdict IS NOT NULL THEN d.verdict * 100
                          WHEN r.outcome <> 0 THEN r.outcome ELSE 400 END
FROM review_row r
LEFT JOIN decision d ON d.settlement = :settlement AND d.assignment = r.assignment
WHERE r.review = :review ORDER BY r.assignment;

-- name: review_outcomes_planned :many
-- in: review int
-- out: assignment int, judged int
SELECT assignment, judged FROM review_judged WHERE review = :review ORDER BY assignment;

-- Removal, in bounded steps.
-- name: review_over :many
-- in: now_ms int, limit int
-- out: id int, state int
SELECT id, state FROM review WHERE expires_ms <= :now_ms ORDER BY expires_ms LIMIT :limit;

-- name: review_delete_rows :exec
-- in: review int, first int, limit int
DELETE FROM review_row WHERE review = :review AND assignment IN
    (SELECT assignment FROM review_row WHERE review = :review AND assignment >= :first
     ORDER BY assignment LIMIT :limit);

-- name: review_delete_texts :exec
-- in: review int
DELETE FROM review_text WHERE review = :review;

-- name: review_delete_chunks :exec
-- in: owner int, limit int
DELETE FROM upload_chunk WHERE owner_kind = 1 AND owner = :owner AND n IN
    (SELECT n FROM upload_chunk WHERE owner_kind = 1 AND owner = :owner ORDER BY n LIMIT :limit);

-- name: review_delete :exec
-- in: id int
DELETE FROM review WHERE id = :id AND state <> 3;

-- Applied reviews stay for the audit; only their bytes and rows go.
-- name: review_forget :exec
-- in: id int
UPDATE review SET expires_ms = 9223372036854775807 WHERE id = :id AND state = 3;
