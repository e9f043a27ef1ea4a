-- What the requester's pages ask: results of a batch by status and time, rejections that can still
-- be undone, batches with something to decide, views as they were last chosen.

-- Results of a batch, those of one status in order of submission. It takes the place of
-- assignment_rejected.
CREATE INDEX assignment_results ON assignment (batch, status, submitted_ms, id)
    WHERE submitted_ms IS NOT NULL;
DROP INDEX assignment_rejected;

-- A requester's rejections by the end of their window.
CREATE INDEX assignment_undo ON assignment (requester, submitted_ms, id) WHERE status = 4;

-- Batches with undecided work; batches that are being deleted.
CREATE INDEX batch_waiting ON batch (requester, id) WHERE submitted > 0;
CREATE INDEX batch_deleting ON batch (id) WHERE state = 3;

-- Words of the requester about a batch, for himself.
ALTER TABLE batch ADD COLUMN note TEXT;
-- How far its deletion has come: number of the last HIT of the pass; -1 waits for undecided work.
ALTER TABLE batch ADD COLUMN deleting @INT@ NOT NULL DEFAULT 0;

-- How a person last looked at something: columns of a project's results, a reason, a tick.
CREATE TABLE view_choice (
    party @INT@ NOT NULL,
    subject TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (party, subject)
) @STRICT_CLUSTERED@;

-- A result with all that Review Results shows of it (sql/results_view.sql).
CREATE VIEW result AS
SELECT a.id, a.alias, a.hit, h.alias AS hit_alias, h.seq, h.max_assignments, a.worker,
       p.public_id AS worker_id, a.status, a.version, a.reward_cents, a.fee_cents, a.accepted_ms,
       a.submitted_ms, a.auto_approval_ms, a.approved_ms, a.rejected_ms, a.entrance, a.feedback,
       a.rejection, h.disposed_ms, h.vars, w.fields, a.batch, a.requester
FROM assignment a
JOIN hit h ON h.id = a.hit
JOIN party p ON p.id = a.worker
LEFT JOIN answer w ON w.assignment = a.id;
