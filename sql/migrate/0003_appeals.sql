-- The worker's word: appeals, messages, reports, hidden groups, drafts.

-- One appeal a rejection (money-and-lifecycle 8.10, worker-site 13). Rows with state < 4 are open.
CREATE TABLE appeal (
    assignment @INT@ NOT NULL PRIMARY KEY,
    requester @INT@ NOT NULL,
    worker @INT@ NOT NULL,
    batch @INT@ NOT NULL,
    state @INT@ NOT NULL,               -- enum appeal_state
    reason @INT@ NOT NULL,              -- enum appeal_reason
    body TEXT NOT NULL,                 -- the worker's text
    question TEXT,                      -- the requester's, asked back once
    reply TEXT,                         -- the worker's to it
    answer TEXT,                        -- of the grant or the decline
    filed_ms @INT@ NOT NULL,
    due_ms @INT@ NOT NULL,              -- an answer is expected until then
    window_ms @INT@ NOT NULL,           -- last moment of a reversal
    answered_ms @INT@,                  -- first grant or decline
    closed_ms @INT@,
    late @INT@ NOT NULL,                -- 1: not answered when it was due
    settlement @INT@                    -- that overturned the rejection
) @STRICT@;
CREATE INDEX appeal_queue ON appeal (requester, window_ms, assignment) WHERE state < 4;
CREATE INDEX appeal_closed ON appeal (requester, closed_ms, assignment) WHERE state >= 4;
CREATE INDEX appeal_worker ON appeal (worker, filed_ms, assignment);
CREATE INDEX appeal_lapse ON appeal (window_ms) WHERE state < 4;
CREATE INDEX appeal_due ON appeal (due_ms) WHERE state < 3 AND late = 0;

-- Each step of an appeal, as it was taken (audit, 13.1.11).
CREATE TABLE appeal_step (
    id @PK@,
    assignment @INT@ NOT NULL,
    at_ms @INT@ NOT NULL,
    kind @INT@ NOT NULL,                -- enum appeal_step_kind
    actor @INT@ NOT NULL,               -- party; 0: the clock
    actor_detail TEXT,
    body TEXT
) @STRICT@;
CREATE INDEX appeal_step_of ON appeal_step (assignment, id);

-- What became of a requester's appeals (money-and-lifecycle 9.6).
CREATE TABLE appeal_stat (
    requester @INT@ NOT NULL PRIMARY KEY,
    filed @INT@ NOT NULL,
    granted @INT@ NOT NULL,             -- overturned while open, by whatever entrance
    declined @INT@ NOT NULL,
    withdrawn @INT@ NOT NULL,
    lapsed @INT@ NOT NULL,
    late @INT@ NOT NULL                 -- not answered when due, whatever became of them
) @STRICT@;

-- A conversation of a worker and a requester about a HIT type, or about one assignment.
CREATE TABLE thread (
    id @PK@,
    requester @INT@ NOT NULL,
    worker @INT@ NOT NULL,
    hit_type @INT@ NOT NULL,
    assignment @INT@ NOT NULL,          -- 0: about the HIT type
    created_ms @INT@ NOT NULL,
    last @INT@ NOT NULL,                -- newest message
    worker_unread @INT@ NOT NULL,
    requester_unread @INT@ NOT NULL,
    UNIQUE (worker, hit_type, assignment)
) @STRICT@;
CREATE INDEX thread_worker ON thread (worker, last);
CREATE INDEX thread_requester ON thread (requester, last);
CREATE INDEX thread_worker_unread ON thread (worker) WHERE worker_unread > 0;
CREATE INDEX thread_requester_unread ON thread (requester) WHERE requester_unread > 0;

CREATE TABLE message (
    id @PK@,
    thread @INT@ NOT NULL,
    sender @INT@ NOT NULL,              -- party
    at_ms @INT@ NOT NULL,
    body TEXT NOT NULL
) @STRICT@;
CREATE INDEX message_thread ON message (thread, id);
CREATE INDEX message_sender ON message (sender, at_ms);

-- What workers say about a group, one report each.
CREATE TABLE report (
    id @PK@,
    hit_type @INT@ NOT NULL,
    requester @INT@ NOT NULL,
    worker @INT@ NOT NULL,
    reason @INT@ NOT NULL,              -- enum report_reason
    counts @INT@ NOT NULL,              -- 1: the worker was qualified for the group
    body TEXT NOT NULL,
    at_ms @INT@ NOT NULL,
    closed_ms @INT@,
    UNIQUE (worker, hit_type)
) @STRICT@;
CREATE INDEX report_type ON report (hit_type, reason) WHERE closed_ms IS NULL;
CREATE INDEX report_open ON report (id) WHERE closed_ms IS NULL;
CREATE INDEX report_requester ON report (requester, at_ms) WHERE closed_ms IS NULL;

-- Groups that take no accepts until somebody looked at the reports.
CREATE TABLE group_pause (
    hit_type @INT@ NOT NULL PRIMARY KEY,
    requester @INT@ NOT NULL,
    at_ms @INT@ NOT NULL
) @STRICT@;
CREATE INDEX group_pause_requester ON group_pause (requester, hit_type);

-- What a worker does not want to see in his list.
CREATE TABLE hidden (
    worker @INT@ NOT NULL,
    kind @INT@ NOT NULL,                -- enum hidden_kind
    subject @INT@ NOT NULL,             -- hit_type or requester
    at_ms @INT@ NOT NULL,
    PRIMARY KEY (worker, kind, subject)
) @STRICT_CLUSTERED@;

-- Unsubmitted answers, until submit, return or abandonment.
CREATE TABLE draft (
    assignment @INT@ NOT NULL PRIMARY KEY,
    at_ms @INT@ NOT NULL,
    fields TEXT NOT NULL                -- packed: name, count, values…
) @STRICT@;
