-- Review policies of HITs (requester-api 3.7): what was asked for, and what came of it.
CREATE TABLE policy (
    hit @INT@ NOT NULL REFERENCES hit (id),
    level @INT@ NOT NULL,               -- 1 Assignment, 2 HIT (market/policy.h)
    requester @INT@ NOT NULL REFERENCES party (id),
    packed TEXT NOT NULL,               -- policy_rules.c writes and reads it
    due_ms @INT@,                       -- the HIT became reviewable: to be run
    PRIMARY KEY (hit, level)
) @STRICT_CLUSTERED@;
CREATE INDEX policy_due ON policy (due_ms) WHERE due_ms IS NOT NULL;

-- Actions, and the results that they found; the order of rows is the order of events.
CREATE TABLE policy_line (
    id @PK@,
    hit @INT@ NOT NULL REFERENCES hit (id),
    level @INT@ NOT NULL,
    action @INT@,                       -- the action that a result belongs to; NULL: an action
    name TEXT NOT NULL,                 -- ActionName, or the result's Key
    assignment @INT@ REFERENCES assignment (id), -- subject or target; NULL: the HIT
    question TEXT,
    value TEXT,                         -- Result, or the result's Value
    status @INT@ NOT NULL,              -- of an action: enum policy_status; 0 for results
    error TEXT,                         -- ErrorCode of a failed action
    at_ms @INT@ NOT NULL
) @STRICT@;
CREATE INDEX policy_line_hit ON policy_line (hit, id);
CREATE INDEX policy_line_score ON policy_line (assignment) WHERE name = 'KnownAnswerScore';
