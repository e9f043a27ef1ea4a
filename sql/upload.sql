-- Question forms and the files that come as answers to them (src/market/form_work.c).

-- name: document_is_form :exec
-- in: id int
UPDATE document SET form = 1 WHERE id = :id AND form = 0;

-- name: upload_insert :exec
-- in: hit int, assignment int, question text, file_key text, name text, type text, body blob
INSERT INTO upload (hit, assignment, question, file_key, name, type, body)
VALUES (:hit, :assignment, :question, :file_key, :name, :type, :body);

-- name: upload_find :one
-- in: assignment int, question text
-- out: id int
SELECT id FROM upload WHERE assignment = :assignment AND question = :question;

-- name: upload_get :one
-- in: id int
-- out: name text, type text, body blob
SELECT name, type, body FROM upload WHERE id = :id;

-- name: upload_drop :exec
-- in: hit int
DELETE FROM upload WHERE hit = :hit;

-- name: upload_drop_batch :exec
-- in: batch int, after_seq int, to_seq int
DELETE FROM upload
WHERE hit IN (SELECT h.id FROM hit h
              WHERE h.batch = :batch AND h.seq > :after_seq AND h.seq <= :to_seq
                AND h.disposed_ms IS NOT NULL);
