-- Projects and the versions of their layouts (src/market/project.c).

-- name: project_add :one
-- in: requester int, name text, title text, description text, keywords text, reward_cents int, max_assignments int, duration_s int, lifetime_s int, auto_approval_s int, requirements text, document int, created_ms int
-- out: id int
INSERT INTO project (requester, name, title, description, keywords, reward_cents, max_assignments,
                     duration_s, lifetime_s, auto_approval_s, requirements, document, created_ms,
                     version)
VALUES (:requester, :name, :title, :description, :keywords, :reward_cents, :max_assignments,
        :duration_s, :lifetime_s, :auto_approval_s, :requirements, :document, :created_ms, 1)
ON CONFLICT (requester, name) DO NOTHING RETURNING id;

-- name: project_named :one
-- in: requester int, name text
-- out: id int, deleted_ms int?
SELECT id, deleted_ms FROM project WHERE requester = :requester AND name = :name;

-- name: project_put :exec
-- in: id int, name text, title text, description text, keywords text, reward_cents int, max_assignments int, duration_s int, lifetime_s int, auto_approval_s int, requirements text, document int, version int, edited_ms int
UPDATE project SET name = :name, title = :title, description = :description, keywords = :keywords,
    reward_cents = :reward_cents, max_assignments = :max_assignments, duration_s = :duration_s,
    lifetime_s = :lifetime_s, auto_approval_s = :auto_approval_s, requirements = :requirements,
    document = :document, version = :version, edited_ms = :edited_ms
WHERE id = :id;

-- name: project_delete :exec
-- in: id int, deleted_ms int?
UPDATE project SET deleted_ms = :deleted_ms WHERE id = :id;

-- name: project_row :one
-- in: id int, requester int
-- out: id int, name text, title text, description text, keywords text, reward_cents int, max_assignments int, duration_s int, lifetime_s int, auto_approval_s int, requirements text, document int, created_ms int, version int, edited_ms int?, deleted_ms int?
SELECT p.id, p.name, p.title, p.description, p.keywords, p.reward_cents, p.max_assignments,
       p.duration_s, p.lifetime_s, p.auto_approval_s, p.requirements, p.document, p.created_ms,
       p.version, p.edited_ms, p.deleted_ms
FROM project p WHERE p.id = :id AND p.requester = :requester;

-- deleted: 0 those that are not, 1 those that are.
-- name: project_rows :many
-- in: requester int, before int, deleted int, n int
-- out: id int, name text, title text, description text, keywords text, reward_cents int, max_assignments int, duration_s int, lifetime_s int, auto_approval_s int, requirements text, document int, created_ms int, version int, edited_ms int?, deleted_ms int?
SELECT p.id, p.name, p.title, p.description, p.keywords, p.reward_cents, p.max_assignments,
       p.duration_s, p.lifetime_s, p.auto_approval_s, p.requirements, p.document, p.created_ms,
       p.version, p.edited_ms, p.deleted_ms
FROM project p
WHERE p.requester = :requester AND p.id < :before
  AND (CASE WHEN p.deleted_ms IS NULL THEN 0 ELSE 1 END) = :deleted
ORDER BY p.id DESC LIMIT :n;

-- A layout that the requester has in a project, or had.
-- name: project_of_layout :one
-- in: requester int, document int
-- out: body text
SELECT d.body FROM document d
WHERE d.id = :document
  AND (EXISTS (SELECT 1 FROM project p
               WHERE p.requester = :requester AND p.document = :document)
       OR EXISTS (SELECT 1 FROM project p JOIN project_version v ON v.project = p.id
                  WHERE p.requester = :requester AND v.document = :document));

-- name: project_version_add :exec
-- in: project int, version int, document int, replaced_ms int
INSERT INTO project_version (project, version, document, replaced_ms)
VALUES (:project, :version, :document, :replaced_ms);

-- name: project_version_forget :exec
-- in: project int, version int
DELETE FROM project_version WHERE project = :project AND version <= :version;

-- name: project_versions :many
-- in: project int, n int
-- out: version int, document int, replaced_ms int
SELECT version, document, replaced_ms FROM project_version
WHERE project = :project ORDER BY version DESC LIMIT :n;

-- name: project_version_row :one
-- in: project int, version int
-- out: document int, replaced_ms int
SELECT document, replaced_ms FROM project_version
WHERE project = :project AND version = :version;

-- Batches of a project: how many, up to n; those that run, up to n; the latest.
-- name: project_figures :one
-- in: project int, n int
-- out: batches int, running int, last_ms int?
SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM batch b
                              WHERE b.project = :project AND b.state <> 4
                              LIMIT :n) AS x),
       (SELECT COUNT(*) FROM (SELECT b.state, b.slots, b.submitted, b.approved, b.rejected
                              FROM batch b WHERE b.project = :project AND b.state <> 4
                              ORDER BY b.id DESC LIMIT :n) AS y
        WHERE y.state = 1 OR y.slots > y.submitted + y.approved + y.rejected),
       (SELECT b.created_ms FROM batch b WHERE b.project = :project AND b.state <> 4
        ORDER BY b.id DESC LIMIT 1);

-- name: project_batches :many
-- in: project int, n int
-- out: id int, name text, created_ms int, document int?, rows_total int, rows_published int, running int
SELECT b.id, b.name, b.created_ms, b.document, b.rows_total, b.rows_published,
       CASE WHEN b.state = 1 OR b.slots > b.submitted + b.approved + b.rejected THEN 1 ELSE 0 END
FROM batch b WHERE b.project = :project AND b.state <> 4 ORDER BY b.id DESC LIMIT :n;

-- The first row of the newest batch.
-- name: project_example :one
-- in: project int
-- out: columns text, vars text?
SELECT b.columns, (SELECT h.vars FROM hit h WHERE h.batch = b.id ORDER BY h.seq, h.id LIMIT 1)
FROM batch b WHERE b.project = :project AND b.state <> 4 ORDER BY b.id DESC LIMIT 1;

-- Work times of the latest tasks of a batch.
-- name: project_work_times :many
-- in: batch int, n int
-- out: ms int
SELECT a.submitted_ms - a.accepted_ms
FROM (SELECT h.id FROM hit h WHERE h.batch = :batch ORDER BY h.seq, h.id LIMIT :n) AS t
JOIN assignment a ON a.hit = t.id AND a.submitted_ms IS NOT NULL
ORDER BY a.hit, a.id LIMIT 2000;
