-- What every transaction of the market begins with (src/market/ctx.c).

-- name: ctx_clock :many
-- out: key text, value text
SELECT key, value FROM meta WHERE key IN ('clock', 'clock_floor_ms', 'clock_ms') ORDER BY key;

-- name: event_add :exec
-- in: kind int, bit int, at_ms int, hit int, assignment int?
INSERT INTO outbox (at_ms, kind, requester, hit_type, hit, assignment, overturned, target)
SELECT :at_ms, :kind, h.requester, h.hit_type, h.id, :assignment, 0, d.id
FROM hit h
JOIN hit_type t ON t.id = h.hit_type
JOIN destination d ON d.requester = h.requester AND d.hit_type IN (0, h.hit_type)
WHERE h.id = :hit AND (t.events & :bit) <> 0
  AND d.active = 1 AND (d.events & :bit) <> 0
  AND d.batch IN (0, h.batch) AND d.only_type IN (0, h.hit_type);

-- name: event_add_created :exec
-- in: kind int, bit int, at_ms int, batch int, from_seq int, to_seq int
INSERT INTO outbox (at_ms, kind, requester, hit_type, hit, overturned, target)
SELECT :at_ms, :kind, h.requester, h.hit_type, h.id, 0, d.id
FROM hit h
JOIN destination d ON d.requester = h.requester AND d.hit_type IN (0, h.hit_type)
WHERE h.batch = :batch AND h.seq BETWEEN :from_seq AND :to_seq
  AND d.active = 1 AND (d.events & :bit) <> 0
  AND d.batch IN (0, h.batch) AND d.only_type IN (0, h.hit_type)
ORDER BY h.seq, d.id;

-- name: document_add :one
-- in: digest text, body text
-- out: id int
INSERT INTO document (digest, body) VALUES (:digest, :body)
ON CONFLICT (digest) DO NOTHING RETURNING id;

-- name: document_by_digest :one
-- in: digest text
-- out: id int
SELECT id FROM document WHERE digest = :digest;

-- name: document_body :one
-- in: id int
-- out: body text
SELECT body FROM document WHERE id = :id;
