-- Reports of groups, their cases and pauses; figures of requesters by day; who is muted.
-- The tables of 0003 that are replaced were never written.

DROP TABLE report;
DROP TABLE group_pause;

-- What workers report about a group is gathered in a case until an operator decides it; a group has
-- at most one open case.
CREATE TABLE group_case (
    id @PK@,
    hit_type @INT@ NOT NULL REFERENCES hit_type (id),
    requester @INT@ NOT NULL,
    state @INT@ NOT NULL,               -- enum group_case_state
    reports @INT@ NOT NULL,             -- that were not withdrawn, one a worker
    counting @INT@ NOT NULL,            -- of them those that count towards a pause
    opened_ms @INT@ NOT NULL,
    last_ms @INT@ NOT NULL,             -- of the newest report
    resumed_ms @INT@,                   -- the requester lifted a pause by reports: once a case
    resumed_note TEXT,                  -- what he has changed
    closed_ms @INT@,
    closed_by @INT@,                    -- party
    note TEXT                           -- the operator's words
) @STRICT@;
CREATE UNIQUE INDEX group_case_open ON group_case (hit_type) WHERE state = 1;
CREATE INDEX group_case_queue ON group_case (id) WHERE state = 1;
CREATE INDEX group_case_decided ON group_case (closed_ms, id) WHERE state IN (2, 3);

CREATE TABLE group_report (
    id @PK@,
    group_case @INT@ NOT NULL REFERENCES group_case (id),
    hit_type @INT@ NOT NULL,
    requester @INT@ NOT NULL,
    worker @INT@ NOT NULL,
    hit @INT@,                          -- that he saw, if he named one
    reason @INT@ NOT NULL,              -- enum group_report_reason
    counts @INT@ NOT NULL,              -- 1: counts towards a pause
    body TEXT NOT NULL,
    state @INT@ NOT NULL,               -- enum group_case_state: that of its case, or withdrawn
    at_ms @INT@ NOT NULL
) @STRICT@;
CREATE UNIQUE INDEX group_report_once ON group_report (worker, hit_type) WHERE state = 1;
CREATE INDEX group_report_before ON group_report (worker, hit_type, state);
CREATE INDEX group_report_worker ON group_report (worker, id);
CREATE INDEX group_report_case ON group_report (group_case, id);

-- Groups that take no accepts.
CREATE TABLE group_pause (
    hit_type @INT@ NOT NULL PRIMARY KEY,
    requester @INT@ NOT NULL,
    group_case @INT@ NOT NULL,
    actor @INT@ NOT NULL,               -- the operator; 0: so many reports
    at_ms @INT@ NOT NULL,
    note TEXT                           -- the operator's words
) @STRICT@;
CREATE INDEX group_pause_requester ON group_pause (requester, hit_type);

-- A group as workers meet it: what lists, previews and accepts read, and the only place that says
-- what paused means.
CREATE VIEW work_type AS
SELECT t.id, t.requester, t.title, t.description, t.keywords, t.reward_cents, t.duration_s,
       t.auto_approval_s, t.requirements, t.masters, t.created_ms, t.open_hits, t.alias,
       (SELECT g.at_ms FROM group_pause g WHERE g.hit_type = t.id) AS paused_ms
FROM hit_type t;

-- A requester's decisions by the UTC day that they took effect on: his scorecard (worker-site 12.2).
CREATE TABLE requester_day (
    requester @INT@ NOT NULL,
    day @INT@ NOT NULL,                 -- days since 1970-01-01
    approved @INT@ NOT NULL,            -- without overturns
    rejected @INT@ NOT NULL,            -- overturned ones as well
    overturned @INT@ NOT NULL,
    by_clock @INT@ NOT NULL,            -- of the approved: left to auto-approval
    PRIMARY KEY (requester, day)
) @STRICT_CLUSTERED@;
INSERT INTO requester_day (requester, day, approved, rejected, overturned, by_clock)
SELECT requester, at_ms / 86400000, CAST(SUM(approved) AS @INT@), CAST(SUM(rejected) AS @INT@),
       CAST(SUM(overturned) AS @INT@),
       CAST(SUM(CASE entrance WHEN 7 THEN approved ELSE 0 END) AS @INT@)
FROM settlement
GROUP BY requester, at_ms / 86400000;

-- A worker's list of requesters who do not take his work.
CREATE INDEX worker_block_worker ON worker_block (worker, created_ms, requester);

-- Requesters whose messages a worker does not want to be told of.
CREATE TABLE muted (
    worker @INT@ NOT NULL,
    requester @INT@ NOT NULL,
    at_ms @INT@ NOT NULL,
    PRIMARY KEY (worker, requester)
) @STRICT_CLUSTERED@;
