-- Plans that are made after the upload was answered (src/market/review_job.c). step 5: refused.

-- name: review_job_add :exec
-- in: review int, encoding text, tools int, options int, bytes int
INSERT INTO review_job (review, encoding, tools, options, bytes, step, rows_read, done, total, beat_ms)
VALUES (:review, :encoding, :tools, :options, :bytes, 1, 0, 0, :bytes, 0);

-- name: review_job_of :one
-- in: review int, requester int
-- out: batch int, file_name text, step int, rows_read int, done int, total int, code text?, words text?
SELECT v.batch, v.file_name, j.step, j.rows_read, j.done, j.total, j.code, j.words
FROM review_job j JOIN review v ON v.id = j.review
WHERE j.review = :review AND v.requester = :requester;

-- The oldest that nobody works on.
-- name: review_job_next :one
-- in: before_ms int
-- out: review int, requester int, actor int, batch int, file_name text, file_digest text, encoding text, tools int, options int, bytes int
SELECT j.review, v.requester, v.actor, v.batch, v.file_name, v.file_digest, j.encoding, j.tools,
       j.options, j.bytes
FROM review_job j JOIN review v ON v.id = j.review
WHERE j.step <> 5 AND j.beat_ms < :before_ms ORDER BY j.review LIMIT 1;

-- name: review_job_claim :exec
-- in: review int, before_ms int, now_ms int
UPDATE review_job SET beat_ms = :now_ms
WHERE review = :review AND step <> 5 AND beat_ms < :before_ms;

-- name: review_job_beat :exec
-- in: review int, step int, rows_read int, done int, total int, now_ms int
UPDATE review_job SET step = :step, rows_read = :rows_read, done = :done, total = :total,
                      beat_ms = :now_ms
WHERE review = :review AND step <> 5;

-- name: review_job_refuse :exec
-- in: review int, code text, words text
UPDATE review_job SET step = 5, code = :code, words = :words WHERE review = :review;

-- name: review_job_end :exec
-- in: review int
DELETE FROM review_job WHERE review = :review;
