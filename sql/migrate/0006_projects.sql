-- Projects are edited, deleted and restored; drafts of batches are looked at before they are
-- published (src/market/project.c, draft.c).
ALTER TABLE project ADD COLUMN version @INT@ NOT NULL DEFAULT 1; -- of the layout
ALTER TABLE project ADD COLUMN edited_ms @INT@;     -- NULL: not since it was made
ALTER TABLE project ADD COLUMN deleted_ms @INT@;    -- hidden, and can be restored
CREATE INDEX project_newest ON project (requester, id);

-- Layouts that a project had before.
CREATE TABLE project_version (
    project @INT@ NOT NULL,
    version @INT@ NOT NULL,
    document @INT@ NOT NULL REFERENCES document (id),
    replaced_ms @INT@ NOT NULL,
    PRIMARY KEY (project, version)
) @STRICT_CLUSTERED@;

ALTER TABLE batch ADD COLUMN file_name TEXT;        -- as uploaded
CREATE INDEX batch_project ON batch (project, id) WHERE project IS NOT NULL;
CREATE INDEX batch_own_draft ON batch (requester, id) WHERE state = 4;

-- What the reader of a file had to say about it (src/formats/finding.h): warnings, as a file with
-- faults becomes no draft.
CREATE TABLE batch_finding (
    batch @INT@ NOT NULL,
    n @INT@ NOT NULL,                   -- order
    code TEXT NOT NULL,
    line @INT@ NOT NULL,                -- 0: the whole file
    name TEXT,                          -- of a column
    message TEXT NOT NULL,
    PRIMARY KEY (batch, n)
) @STRICT_CLUSTERED@;
