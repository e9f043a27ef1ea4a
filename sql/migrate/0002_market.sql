-- The market and the book. Conventions: times in milliseconds UTC (_ms), lengths in seconds (_s),
-- money in cents; statuses and kinds are the enums of src/market/types.h and src/ledger/ledger.h.
-- No foreign keys on rows that are written by the million (transfer, decision, review_row):
-- hitd check verifies those.

-- Everybody: requesters, workers, operators.
CREATE TABLE party (
    id @PK@,
    public_id TEXT NOT NULL UNIQUE,     -- RequesterId or WorkerId
    role @INT@ NOT NULL,                -- enum role
    email TEXT NOT NULL UNIQUE,         -- lower case
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    password TEXT NOT NULL,             -- Argon2id; empty: can not sign in
    state @INT@ NOT NULL,               -- enum party_state
    adult @INT@ NOT NULL,               -- 1: agreed to adult content (worker-site 4.1.5)
    created_ms @INT@ NOT NULL
) @STRICT@;

-- A worker's lifetime figures (money-and-lifecycle 9.1).
CREATE TABLE worker_stat (
    worker @INT@ NOT NULL PRIMARY KEY,
    accepted @INT@ NOT NULL,
    submitted @INT@ NOT NULL,
    approved @INT@ NOT NULL,
    rejected @INT@ NOT NULL,
    returned @INT@ NOT NULL,
    abandoned @INT@ NOT NULL,
    day @INT@ NOT NULL,                 -- of the latest accept, in Pacific time since 1970
    day_accepted @INT@ NOT NULL         -- accepts on that day
) @STRICT@;

-- Decisions of one requester on one worker by UTC day (9.5).
CREATE TABLE pair_day (
    requester @INT@ NOT NULL,
    worker @INT@ NOT NULL,
    day @INT@ NOT NULL,                 -- days since 1970-01-01
    approved @INT@ NOT NULL,
    rejected @INT@ NOT NULL,
    PRIMARY KEY (requester, worker, day)
) @STRICT_CLUSTERED@;

CREATE TABLE access_key (
    id @PK@,
    party @INT@ NOT NULL REFERENCES party (id),
    key_id TEXT NOT NULL UNIQUE,
    secret @BLOB@ NOT NULL,             -- sealed with the key file beside the store
    state @INT@ NOT NULL,               -- 0 active, 1 revoked
    created_ms @INT@ NOT NULL
) @STRICT@;
CREATE INDEX access_key_party ON access_key (party);

CREATE TABLE session (
    digest TEXT NOT NULL PRIMARY KEY,   -- SHA-256 of the cookie, hexadecimal
    party @INT@ NOT NULL REFERENCES party (id),
    csrf TEXT NOT NULL,
    created_ms @INT@ NOT NULL,
    expires_ms @INT@ NOT NULL
) @STRICT@;
CREATE INDEX session_party ON session (party);
CREATE INDEX session_expires ON session (expires_ms);

-- Failed sign-ins by account and by address.
CREATE TABLE sign_in_failure (
    subject TEXT NOT NULL PRIMARY KEY,
    failures @INT@ NOT NULL,
    last_ms @INT@ NOT NULL
) @STRICT@;

-- Blocks of workers by requesters.
CREATE TABLE worker_block (
    requester @INT@ NOT NULL,
    worker @INT@ NOT NULL,
    reason TEXT NOT NULL,
    created_ms @INT@ NOT NULL,
    PRIMARY KEY (requester, worker)
) @STRICT_CLUSTERED@;

-- The book (money-and-lifecycle 5). Every account belongs to a party; id = party * 8 + kind, so
-- that a statement can name the accounts of many parties at once. What the specification calls
-- the server's fee, extin and extout accounts is the sum of these over all parties: kept apart,
-- no two requesters ever wait for one row.
CREATE TABLE account (
    id @INT@ NOT NULL PRIMARY KEY,
    balance @INT@ NOT NULL,
    CHECK (CASE WHEN id % 8 = 5 THEN balance <= 0 ELSE balance >= 0 END)
) @STRICT@;

CREATE TABLE transfer (
    id @PK@,
    at_ms @INT@ NOT NULL,
    kind @INT@ NOT NULL,                -- enum transfer_kind
    debit @INT@ NOT NULL,               -- account it is taken from
    credit @INT@ NOT NULL,              -- account it is given to
    cents @INT@ NOT NULL CHECK (cents >= 0),
    requester @INT@,
    worker @INT@,
    batch @INT@,
    hit @INT@,
    assignment @INT@,
    settlement @INT@,
    corrects @INT@,                     -- the transfer that an adjustment names
    note TEXT
) @STRICT@;
-- I4: one payment per assignment, whatever else goes wrong.
CREATE UNIQUE INDEX transfer_paid ON transfer (assignment) WHERE kind IN (6, 8);
CREATE INDEX transfer_requester ON transfer (requester, id) WHERE requester IS NOT NULL;
CREATE INDEX transfer_worker ON transfer (worker, id) WHERE worker IS NOT NULL;

-- Texts that many rows share: questions and layouts, each once.
CREATE TABLE document (
    id @PK@,
    digest TEXT NOT NULL UNIQUE,        -- SHA-256 of body, hexadecimal
    body TEXT NOT NULL
) @STRICT@;

CREATE TABLE hit_type (
    id @PK@,
    requester @INT@ NOT NULL REFERENCES party (id),
    digest TEXT NOT NULL,               -- of all properties; equal properties share a type
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    keywords TEXT NOT NULL,
    reward_cents @INT@ NOT NULL,
    duration_s @INT@ NOT NULL,
    auto_approval_s @INT@ NOT NULL,
    requirements TEXT NOT NULL,         -- JSON list of QualificationRequirement, '[]' if none
    masters @INT@ NOT NULL,             -- 0 or 1
    premium_cents @INT@ NOT NULL,
    created_ms @INT@ NOT NULL,
    open_hits @INT@ NOT NULL,           -- HITs with a slot to accept
    events @INT@ NOT NULL,              -- bit 1 << event_kind: events the requester asked for
    alias TEXT,
    UNIQUE (requester, digest)
) @STRICT@;
CREATE UNIQUE INDEX hit_type_alias ON hit_type (alias) WHERE alias IS NOT NULL;
CREATE INDEX hit_type_open ON hit_type (id) WHERE open_hits > 0;

CREATE TABLE project (
    id @PK@,
    requester @INT@ NOT NULL REFERENCES party (id),
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    keywords TEXT NOT NULL,
    reward_cents @INT@ NOT NULL,
    max_assignments @INT@ NOT NULL,
    duration_s @INT@ NOT NULL,
    lifetime_s @INT@ NOT NULL,
    auto_approval_s @INT@ NOT NULL,
    requirements TEXT NOT NULL,
    document @INT@ NOT NULL REFERENCES document (id),
    created_ms @INT@ NOT NULL,
    UNIQUE (requester, name)
) @STRICT@;

CREATE TABLE batch (
    id @PK@,
    requester @INT@ NOT NULL REFERENCES party (id),
    project @INT@ REFERENCES project (id),
    kind @INT@ NOT NULL,                -- enum batch_kind
    state @INT@ NOT NULL,               -- enum batch_state
    name TEXT NOT NULL,
    hit_type @INT@ NOT NULL REFERENCES hit_type (id),
    document @INT@ REFERENCES document (id), -- layout; NULL: each HIT has its own document
    columns TEXT NOT NULL,              -- packed list of input column names
    fields TEXT NOT NULL,               -- packed list of answer names seen, sorted by byte
    max_assignments @INT@ NOT NULL,
    lifetime_s @INT@ NOT NULL,
    fee_cents @INT@ NOT NULL,           -- per assignment, fixed at publishing
    annotation TEXT,                    -- RequesterAnnotation of its HITs when imported
    created_ms @INT@ NOT NULL,
    rows_total @INT@ NOT NULL,          -- HITs it shall have
    rows_published @INT@ NOT NULL,      -- HITs it has
    file_digest TEXT,
    slots @INT@ NOT NULL,               -- the sums over its HITs: max_assignments, or what is
                                        -- used of it when expired (market/slots.h)
    pending @INT@ NOT NULL,
    submitted @INT@ NOT NULL,
    approved @INT@ NOT NULL,
    rejected @INT@ NOT NULL
) @STRICT@;
CREATE INDEX batch_requester ON batch (requester, id);
CREATE UNIQUE INDEX batch_api ON batch (hit_type) WHERE kind = 2;
CREATE INDEX batch_publishing ON batch (id) WHERE state = 1;
CREATE INDEX batch_draft ON batch (created_ms) WHERE state = 4;
CREATE INDEX batch_twin ON batch (project, file_digest, created_ms) WHERE file_digest IS NOT NULL;

CREATE TABLE hit (
    id @PK@,
    requester @INT@ NOT NULL,
    batch @INT@ NOT NULL REFERENCES batch (id),
    hit_type @INT@ NOT NULL REFERENCES hit_type (id),
    seq @INT@ NOT NULL,                 -- row of the input file, from 1
    document @INT@ REFERENCES document (id),
    vars TEXT,                          -- packed input row
    annotation TEXT,
    layout_hit @INT@ NOT NULL,          -- 1: made from HITLayoutId
    max_assignments @INT@ NOT NULL,
    pending @INT@ NOT NULL,
    submitted @INT@ NOT NULL,
    approved @INT@ NOT NULL,
    rejected @INT@ NOT NULL,
    expired @INT@ NOT NULL,
    reviewing @INT@ NOT NULL,
    many @INT@ NOT NULL,                -- made with 10 or more assignments: fee tier (2.9)
    fee_cents @INT@ NOT NULL,           -- current fee an assignment; the reward is the type's
    reward_cents @INT@ NOT NULL,
    created_ms @INT@ NOT NULL,
    expires_ms @INT@ NOT NULL,
    activity_ms @INT@ NOT NULL,         -- 6.9
    disposed_ms @INT@,
    alias TEXT
) @STRICT@;
CREATE INDEX hit_newest ON hit (requester, created_ms, id) WHERE disposed_ms IS NULL;
CREATE INDEX hit_batch ON hit (batch, seq, id);
CREATE INDEX hit_open ON hit (hit_type, id)
    WHERE expired = 0 AND disposed_ms IS NULL
      AND max_assignments > pending + submitted + approved + rejected;
CREATE INDEX hit_expiry ON hit (expires_ms) WHERE expired = 0 AND disposed_ms IS NULL;
CREATE INDEX hit_reviewable ON hit (requester, reviewing, expires_ms, id)
    WHERE disposed_ms IS NULL AND pending = 0
      AND (expired = 1 OR max_assignments = submitted + approved + rejected);
CREATE INDEX hit_reviewable_type ON hit (hit_type, reviewing, expires_ms, id)
    WHERE disposed_ms IS NULL AND pending = 0
      AND (expired = 1 OR max_assignments = submitted + approved + rejected);
CREATE INDEX hit_disposal ON hit (activity_ms)
    WHERE disposed_ms IS NULL AND pending = 0
      AND (expired = 1 OR max_assignments = submitted + approved + rejected);
CREATE UNIQUE INDEX hit_alias ON hit (alias) WHERE alias IS NOT NULL;

CREATE TABLE assignment (
    id @PK@,
    hit @INT@ NOT NULL REFERENCES hit (id),
    batch @INT@ NOT NULL,
    requester @INT@ NOT NULL,
    worker @INT@ NOT NULL,
    status @INT@ NOT NULL,              -- enum assignment_status
    version @INT@ NOT NULL,             -- grows with every change
    reward_cents @INT@ NOT NULL,        -- snapshots at acceptance (2.13)
    fee_cents @INT@ NOT NULL,
    auto_approval_s @INT@ NOT NULL,
    accepted_ms @INT@ NOT NULL,
    deadline_ms @INT@ NOT NULL,
    submitted_ms @INT@,
    auto_approval_ms @INT@,
    approved_ms @INT@,
    rejected_ms @INT@,
    due_ms @INT@,                       -- what the clock owes it next: deadline or auto-approval
    entrance @INT@,                     -- enum entrance of the last decision
    feedback TEXT,                      -- of the last decision
    rejection TEXT,                     -- the rejection's text, kept after an overturn (7.5)
    alias TEXT
) @STRICT@;
CREATE INDEX assignment_hit ON assignment (hit, submitted_ms, id);
CREATE UNIQUE INDEX assignment_once ON assignment (worker, hit) WHERE status < 5;
CREATE INDEX assignment_queue ON assignment (worker, deadline_ms) WHERE status = 1;
CREATE INDEX assignment_worker ON assignment (worker, submitted_ms) WHERE submitted_ms IS NOT NULL;
CREATE INDEX assignment_due ON assignment (due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX assignment_hit_due ON assignment (hit, due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX assignment_rejected ON assignment (batch, submitted_ms) WHERE status = 4;
CREATE UNIQUE INDEX assignment_alias ON assignment (alias) WHERE alias IS NOT NULL;

-- Apart from the assignment: deciding a million rows must not move their texts.
CREATE TABLE answer (
    assignment @INT@ NOT NULL PRIMARY KEY,
    fields TEXT NOT NULL                -- packed: name, count, values…
) @STRICT@;

-- One settlement is a set of decisions that took effect together (DESIGN 5): the audit (8.4).
CREATE TABLE settlement (
    id @PK@,
    requester @INT@ NOT NULL,
    entrance @INT@ NOT NULL,            -- enum entrance
    actor @INT@ NOT NULL,               -- party; 0: the clock
    actor_detail TEXT,                  -- access key, client address
    request_key TEXT,
    review @INT@,
    at_ms @INT@ NOT NULL,
    avail_before @INT@ NOT NULL,
    avail_after @INT@ NOT NULL,
    approved @INT@ NOT NULL,
    rejected @INT@ NOT NULL,
    overturned @INT@ NOT NULL,
    reward_cents @INT@ NOT NULL,        -- paid to workers
    fee_cents @INT@ NOT NULL,
    released_cents @INT@ NOT NULL       -- given back by rejections
) @STRICT@;
CREATE INDEX settlement_requester ON settlement (requester, id);

CREATE TABLE decision (
    settlement @INT@ NOT NULL,
    assignment @INT@ NOT NULL,
    hit @INT@ NOT NULL,
    batch @INT@ NOT NULL,
    worker @INT@ NOT NULL,
    verdict @INT@ NOT NULL,             -- enum verdict
    old_status @INT@ NOT NULL,
    at_ms @INT@ NOT NULL,               -- AutoApprovalTime when the clock decided
    reward_cents @INT@ NOT NULL,
    fee_cents @INT@ NOT NULL,
    rejected_ms @INT@,                  -- of the rejection that is overturned
    feedback TEXT,
    PRIMARY KEY (settlement, assignment)
) @STRICT_CLUSTERED@;
CREATE INDEX decision_assignment ON decision (assignment);

-- Worker's inbox (10.3): one notice per worker and settlement.
CREATE TABLE notice (
    id @PK@,
    party @INT@ NOT NULL,
    at_ms @INT@ NOT NULL,
    kind @INT@ NOT NULL,                -- enum notice_kind
    settlement @INT@,
    assignment @INT@,                   -- when it is about one
    items @INT@ NOT NULL,               -- how many assignments
    cents @INT@ NOT NULL,
    note TEXT,
    read_ms @INT@
) @STRICT@;
CREATE INDEX notice_party ON notice (party, id);

-- Events that are to go out (10.4); delivery is notify/'s work.
CREATE TABLE outbox (
    id @PK@,
    at_ms @INT@ NOT NULL,
    kind @INT@ NOT NULL,                -- enum event_kind
    requester @INT@ NOT NULL,
    hit_type @INT@,
    hit @INT@,
    assignment @INT@,
    overturned @INT@ NOT NULL
) @STRICT@;

-- Retries of one call get the first answer (8.5).
CREATE TABLE request_key (
    digest TEXT NOT NULL PRIMARY KEY,   -- of access key, operation, invocation id, body
    at_ms @INT@ NOT NULL,
    status @INT@ NOT NULL,              -- HTTP status
    body TEXT NOT NULL
) @STRICT@;
CREATE INDEX request_key_age ON request_key (at_ms);

-- UniqueRequestToken, 24 h (requester-api 1.12).
CREATE TABLE unique_token (
    requester @INT@ NOT NULL,
    operation TEXT NOT NULL,
    token TEXT NOT NULL,
    at_ms @INT@ NOT NULL,
    subject @INT@ NOT NULL,             -- row that the first call made
    PRIMARY KEY (requester, operation, token)
) @STRICT_CLUSTERED@;
CREATE INDEX unique_token_age ON unique_token (at_ms);

CREATE TABLE bonus (
    id @PK@,
    requester @INT@ NOT NULL,
    worker @INT@ NOT NULL,
    hit @INT@ NOT NULL,
    assignment @INT@ NOT NULL,
    cents @INT@ NOT NULL,
    fee_cents @INT@ NOT NULL,
    reason TEXT NOT NULL,
    at_ms @INT@ NOT NULL
) @STRICT@;
CREATE INDEX bonus_hit ON bonus (hit, at_ms, id);
CREATE INDEX bonus_assignment ON bonus (assignment, at_ms, id);
CREATE INDEX bonus_worker ON bonus (worker, id);

-- A reviewed file on its way: staged, planned, applied (csv-formats 4, money-and-lifecycle 8.8).
CREATE TABLE review (
    id @PK@,
    requester @INT@ NOT NULL,
    batch @INT@ NOT NULL,
    state @INT@ NOT NULL,               -- enum review_state
    mode @INT@ NOT NULL,                -- enum review_mode
    options @INT@ NOT NULL,             -- bits of enum review_option
    judged_ms @INT@ NOT NULL,           -- the moment its rows are judged at (review_judged)
    token TEXT NOT NULL,
    actor @INT@ NOT NULL,
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    findings TEXT NOT NULL,             -- JSON list: what the reader found in the file
    plan TEXT NOT NULL,                 -- JSON: what the user was told
    plan_check TEXT NOT NULL,           -- counts, sums and row versions that the plan rests on
    outcome TEXT,                       -- JSON, when applied
    settlement @INT@,
    created_ms @INT@ NOT NULL,
    expires_ms @INT@ NOT NULL
) @STRICT@;
CREATE INDEX review_requester ON review (requester, id);
CREATE INDEX review_expires ON review (expires_ms);

CREATE TABLE review_row (
    review @INT@ NOT NULL,
    assignment @INT@ NOT NULL,          -- row number; -line when there is no such assignment
    line @INT@ NOT NULL,
    hit @INT@ NOT NULL,                 -- what HITId and WorkerId of the row name: 0 not given,
    worker @INT@ NOT NULL,              -- -1 nothing that exists (U25)
    approve @INT@ NOT NULL,             -- enum mark
    reject @INT@ NOT NULL,
    fault @INT@ NOT NULL,               -- number of a U code found while reading, 0 none
    old_status @INT@ NOT NULL,          -- AssignmentStatus in the file; 0 not given
    repeats @INT@ NOT NULL,             -- further equal rows
    reason_id @INT@ NOT NULL,           -- review_text: what stands in Reject; 0 nothing
    message_id @INT@ NOT NULL,          -- review_text: what stands in Approve beside a mark
    outcome @INT@ NOT NULL,             -- judged value kept at the commit for rows that were left
    PRIMARY KEY (review, assignment)
) @STRICT_CLUSTERED@;

-- Texts of the rows, each once. id 0: the reason given for rejections marked without one (U27);
-- -line: what stood as AssignmentId in the first rows that name nothing.
CREATE TABLE review_text (
    review @INT@ NOT NULL,
    id @INT@ NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (review, id)
) @STRICT_CLUSTERED@;

-- The decision table of csv-formats 4.3-4.5: what each row of a review comes to at
-- review.judged_ms. Plan, commit and outcome all read this view, so they can not differ.
-- judged = 100 * class + code. Classes: 1 approve, 2 reject, 3 overturn (enum verdict), 4 no
-- change, 5 no-op, 6 another batch, 7 refused. Codes: the U number; else the row of table 4.4;
-- 13 is row 13 before its tick, 32 is 4.5 before its tick.
-- Options: 2 all batches, 4 same reason, 8 rejected since (enum review_option).
-- "Same" unifies line ends and outer blanks, as the reader did with the file's texts. A mere mark
-- in Reject (r.reject = 1) is the same as a recorded reason that is one ("x"). Limits of
-- time are compared in whole seconds (money-and-lifecycle 4.1).
CREATE VIEW review_judged AS
SELECT r.review, r.assignment, r.line, r.approve, r.reject, r.old_status, r.repeats,
       r.reason_id, r.message_id, a.status, a.version, a.hit, a.batch, a.worker,
       a.reward_cents, a.fee_cents, a.submitted_ms, a.rejected_ms,
  CASE
    WHEN r.fault <> 0 THEN 700 + r.fault
    WHEN a.id IS NULL OR a.requester <> v.requester OR a.status NOT IN (2, 3, 4) THEN 724
    WHEN r.hit <> 0 AND r.hit <> a.hit THEN 725
    WHEN r.worker <> 0 AND r.worker <> a.worker THEN 725
    WHEN v.batch <> a.batch AND (v.options & 2) = 0 THEN 610
    WHEN r.approve = 0 AND r.reject = 0 THEN 400
    WHEN a.status = 2 THEN
      CASE WHEN r.approve <> 0 AND r.reject <> 0 THEN 720
           WHEN r.approve <> 0 THEN 100
           WHEN r.reject = 1 AND NOT EXISTS
                (SELECT 1 FROM review_text u WHERE u.review = v.id AND u.id = 0) THEN 727
           ELSE 200 END
    WHEN a.status = 3 THEN
      CASE WHEN r.reject = 0 THEN 506
           WHEN r.reject = 1 AND COALESCE(LENGTH(a.rejection), 99) <= 8 THEN 408
           WHEN a.rejection IS NOT NULL AND EXISTS
                (SELECT 1 FROM review_text t WHERE t.review = v.id AND t.id = r.reason_id
                 AND (t.body = a.rejection OR t.body = TRIM(REPLACE(REPLACE(a.rejection,
                      @CHR@(13) || @CHR@(10), @CHR@(10)), @CHR@(13), @CHR@(10)),
                      ' ' || @CHR@(9) || @CHR@(10)))) THEN 408
           WHEN a.entrance = 7 THEN 730
           ELSE 721 END
    WHEN r.approve <> 0 AND EXISTS
         (SELECT 1 FROM hit h WHERE h.id = a.hit AND h.disposed_ms IS NOT NULL) THEN 723
    WHEN r.reject <> 0 AND NOT (r.reject = 1 AND COALESCE(LENGTH(a.rejection), 99) <= 8)
         AND NOT EXISTS (SELECT 1 FROM review_text t WHERE t.review = v.id AND t.id = r.reason_id
          AND (t.body = a.rejection OR t.body = TRIM(REPLACE(REPLACE(a.rejection,
               @CHR@(13) || @CHR@(10), @CHR@(10)), @CHR@(13), @CHR@(10)),
               ' ' || @CHR@(9) || @CHR@(10)))) THEN
      CASE WHEN r.approve = 0 THEN 512 ELSE 720 END
    WHEN r.approve = 0 THEN 400
    WHEN (v.judged_ms - a.submitted_ms) / 1000 > 2592000 THEN 722
    WHEN r.reject <> 0 AND (v.options & 4) = 0 THEN 713
    WHEN r.old_status = 2 AND (v.options & 8) = 0 THEN 732
    ELSE 300
  END AS judged
FROM review v
JOIN review_row r ON r.review = v.id
LEFT JOIN assignment a ON a.id = r.assignment;

-- Uploaded bytes, until the review or the publishing is over.
CREATE TABLE upload_chunk (
    owner_kind @INT@ NOT NULL,          -- 1 review, 2 batch
    owner @INT@ NOT NULL,
    n @INT@ NOT NULL,
    body @BLOB@ NOT NULL,
    PRIMARY KEY (owner_kind, owner, n)
) @STRICT_CLUSTERED@;

-- Rows of archive batches (batch.kind 3): result files of the old service as they were, read-only.
CREATE TABLE archive_row (
    batch @INT@ NOT NULL,
    seq @INT@ NOT NULL,
    assignment_id TEXT NOT NULL,
    status @INT@ NOT NULL,              -- enum assignment_status
    cells TEXT NOT NULL,                -- packed; the header is batch.columns
    PRIMARY KEY (batch, seq)
) @STRICT_CLUSTERED@;
