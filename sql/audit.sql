-- The audit of people, money and settings (src/market/audit.c).

-- name: audit_insert :exec
-- in: at_ms int, action int, actor int, actor_detail text?, subject int, about text?, old_value text?, new_value text?, cents int?, note text?
INSERT INTO audit (at_ms, action, actor, actor_detail, subject, about, old_value, new_value, cents,
                   note)
VALUES (:at_ms, :action, :actor, :actor_detail, :subject, :about, :old_value, :new_value, :cents,
        :note);

-- name: audit_page :many
-- in: before int, page int
-- out: id int, at_ms int, action int, actor int, actor_name text?, actor_public text?, actor_detail text?, subject int, subject_name text?, subject_public text?, about text?, old_value text?, new_value text?, cents int?, note text?
SELECT a.id, a.at_ms, a.action, a.actor, p.name, p.public_id, a.actor_detail, a.subject, s.name,
       s.public_id, a.about, a.old_value, a.new_value, a.cents, a.note
FROM audit a LEFT JOIN party p ON p.id = a.actor LEFT JOIN party s ON s.id = a.subject
WHERE a.id < :before ORDER BY a.id DESC LIMIT :page;

-- name: audit_page_of_subject :many
-- in: subject int, before int, page int
-- out: id int, at_ms int, action int, actor int, actor_name text?, actor_public text?, actor_detail text?, subject int, subject_name text?, subject_public text?, about text?, old_value text?, new_value text?, cents int?, note text?
SELECT a.id, a.at_ms, a.action, a.actor, p.name, p.public_id, a.actor_detail, a.subject, s.name,
       s.public_id, a.about, a.old_value, a.new_value, a.cents, a.note
FROM audit a LEFT JOIN party p ON p.id = a.actor LEFT JOIN party s ON s.id = a.subject
WHERE a.subject = :subject AND a.id < :before ORDER BY a.id DESC LIMIT :page;

-- name: audit_page_of_action :many
-- in: action int, before int, page int
-- out: id int, at_ms int, action int, actor int, actor_name text?, actor_public text?, actor_detail text?, subject int, subject_name text?, subject_public text?, about text?, old_value text?, new_value text?, cents int?, note text?
SELECT a.id, a.at_ms, a.action, a.actor, p.name, p.public_id, a.actor_detail, a.subject, s.name,
       s.public_id, a.about, a.old_value, a.new_value, a.cents, a.note
FROM audit a LEFT JOIN party p ON p.id = a.actor LEFT JOIN party s ON s.id = a.subject
WHERE a.action = :action AND a.id < :before ORDER BY a.id DESC LIMIT :page;
