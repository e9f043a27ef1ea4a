-- What workers hide from their lists (src/market/hide.c). Kind: 1 a group, 2 a requester.

-- name: hide_put :exec
-- in: worker int, kind int, subject int, at_ms int
INSERT INTO hidden (worker, kind, subject, at_ms) VALUES (:worker, :kind, :subject, :at_ms)
ON CONFLICT (worker, kind, subject) DO NOTHING;

-- name: hide_delete :exec
-- in: worker int, kind int, subject int
DELETE FROM hidden WHERE worker = :worker AND kind = :kind AND subject = :subject;

-- name: hide_count :one
-- in: worker int
-- out: n int
SELECT COUNT(*) FROM hidden WHERE worker = :worker;

-- Bounded by HIDDEN_MAX, so that sorting it costs nothing.
-- name: hide_page :many
-- in: worker int, page int
-- out: kind int, subject int, at_ms int, title text?, requester_id text, requester_name text
SELECT h.kind, h.subject, h.at_ms, t.title, p.public_id, p.name
FROM hidden h
LEFT JOIN hit_type t ON t.id = h.subject AND h.kind = 1
JOIN party p ON p.id = COALESCE(t.requester, h.subject)
WHERE h.worker = :worker
ORDER BY h.at_ms DESC, h.kind, h.subject DESC LIMIT :page;
