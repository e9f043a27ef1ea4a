-- Qualification types, who holds them and who has asked for one (requester-api 3.3, 3.4).

CREATE TABLE qualification_type (
    id @PK@,
    requester @INT@ REFERENCES party (id), -- NULL: the system's own
    alias TEXT,                         -- well-known id of the system's own
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    keywords TEXT NOT NULL,
    active @INT@ NOT NULL,
    retry_s @INT@,                      -- NULL: a worker may ask once
    test TEXT,
    test_s @INT@,
    answer_key TEXT,
    auto_granted @INT@ NOT NULL,
    auto_value @INT@ NOT NULL,
    created_ms @INT@ NOT NULL,
    deleted_ms @INT@
) @STRICT@;
CREATE UNIQUE INDEX qualification_type_alias ON qualification_type (alias) WHERE alias IS NOT NULL;
CREATE UNIQUE INDEX qualification_type_own ON qualification_type (requester, name)
    WHERE deleted_ms IS NULL;
CREATE INDEX qualification_type_list ON qualification_type (name, id) WHERE deleted_ms IS NULL;

-- What a worker holds or held; the system's own are computed, but for Masters.
CREATE TABLE qualification (
    type @INT@ NOT NULL REFERENCES qualification_type (id),
    worker @INT@ NOT NULL REFERENCES party (id),
    value @INT@ NOT NULL,
    status @INT@ NOT NULL,              -- enum qualification_status
    granted_ms @INT@ NOT NULL,
    PRIMARY KEY (type, worker)
) @STRICT_CLUSTERED@;
CREATE INDEX qualification_list ON qualification (type, status, granted_ms, worker);
CREATE INDEX qualification_worker ON qualification (worker, status, type);

CREATE TABLE qualification_request (
    id @PK@,
    type @INT@ NOT NULL REFERENCES qualification_type (id),
    requester @INT@ NOT NULL,           -- of the type
    worker @INT@ NOT NULL REFERENCES party (id),
    state @INT@ NOT NULL,               -- enum qualification_request_state
    answer TEXT,                        -- packed answers of a test that is scored by hand
    reason TEXT,                        -- of a rejection
    asked_ms @INT@ NOT NULL,
    decided_ms @INT@
) @STRICT@;
CREATE UNIQUE INDEX qualification_request_open ON qualification_request (worker, type)
    WHERE state = 1;
CREATE INDEX qualification_request_queue ON qualification_request (requester, asked_ms, id)
    WHERE state = 1;
CREATE INDEX qualification_request_type ON qualification_request (type, asked_ms, id)
    WHERE state = 1;
CREATE INDEX qualification_request_worker ON qualification_request (worker, type, asked_ms);

-- Which HIT types ask for which qualification.
CREATE TABLE hit_type_requirement (
    hit_type @INT@ NOT NULL REFERENCES hit_type (id),
    qualification TEXT NOT NULL,        -- its public id
    PRIMARY KEY (hit_type, qualification)
) @STRICT_CLUSTERED@;

INSERT INTO qualification_type (alias, name, description, keywords, active, auto_granted,
                                auto_value, created_ms)
VALUES
('2F1QJWKUDD8XADTFD2Q0G6UTO95ALH', 'Masters',
 'Workers whom the operator has found to do excellent work. Asking for it raises the fee.', '',
 1, 0, 1, 0),
('2ARFPLSP75KLA8M8DH1HTEQVJT3SY6', 'Masters (sandbox)',
 'The same as Masters, by the id that it had in the sandbox.', '', 1, 0, 1, 0),
('2F1KVCNHMVHV8E9PBUB2A4J79LU20F', 'Categorization Masters',
 'The same as Masters; retired, kept for programs that still name it.', '', 1, 0, 1, 0),
('00000000000000000040', 'Worker_NumberHITsApproved',
 'How many tasks of the worker have been approved.', '', 1, 0, 1, 0),
('00000000000000000071', 'Worker_Locale', 'The country, and part of it, that the worker gave.', '',
 1, 0, 1, 0),
('00000000000000000060', 'Worker_Adult',
 '1 when the worker has agreed to see adult content, else 0.', '', 1, 0, 1, 0),
('000000000000000000L0', 'Worker_PercentAssignmentsApproved',
 'Approved work as a whole per cent of decided work; 100 until 100 assignments were submitted.', '',
 1, 0, 1, 0),
('00000000000000000000', 'Worker_PercentAssignmentsSubmitted',
 'Submitted work as a whole per cent of accepted work.', '', 1, 0, 1, 0),
('00000000000000000070', 'Worker_PercentAssignmentsAbandoned',
 'Abandoned work as a whole per cent of accepted work.', '', 1, 0, 1, 0),
('000000000000000000E0', 'Worker_PercentAssignmentsReturned',
 'Returned work as a whole per cent of accepted work.', '', 1, 0, 1, 0),
('000000000000000000S0', 'Worker_PercentAssignmentsRejected',
 'Rejected work as a whole per cent of decided work.', '', 1, 0, 1, 0);
