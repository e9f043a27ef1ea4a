-- People of an account, what they did, and money asked for.

-- A session may act for one of several accounts; where it was opened, for the list of sessions.
ALTER TABLE session ADD COLUMN acting @INT@; -- requester's account; NULL: its person's own
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';

-- Who may act for a requester's account besides its own sign-in, which is always an owner.
CREATE TABLE member (
    account @INT@ NOT NULL REFERENCES party (id),
    person @INT@ NOT NULL REFERENCES party (id),
    role @INT@ NOT NULL,                -- enum member_role
    added_ms @INT@ NOT NULL,
    PRIMARY KEY (account, person)
) @STRICT_CLUSTERED@;
CREATE INDEX member_person ON member (person, account);

-- An owner's wish that the holder of an address joins. Gone when it is taken or withdrawn.
CREATE TABLE invitation (
    id @PK@,
    account @INT@ NOT NULL REFERENCES party (id),
    email TEXT NOT NULL,                -- lower case
    role @INT@ NOT NULL,                -- enum member_role
    digest TEXT NOT NULL UNIQUE,        -- SHA-256 of the link's token, hexadecimal
    invited_by @INT@ NOT NULL,          -- party
    created_ms @INT@ NOT NULL,          -- both by the wall clock
    expires_ms @INT@ NOT NULL,
    UNIQUE (account, email)
) @STRICT@;
CREATE INDEX invitation_email ON invitation (email, id);

-- Who did what to people, money and settings. Decisions on work have rows of their own
-- (settlement).
CREATE TABLE audit (
    id @PK@,
    at_ms @INT@ NOT NULL,
    action @INT@ NOT NULL,              -- enum audit_action
    actor @INT@ NOT NULL,               -- party; 0: a command or the clock
    actor_detail TEXT,
    subject @INT@ NOT NULL,             -- party concerned; 0: none
    about TEXT,                         -- name of a setting, id of a key, address invited
    old_value TEXT,
    new_value TEXT,
    cents @INT@,
    note TEXT
) @STRICT@;
CREATE INDEX audit_subject ON audit (subject, id);
CREATE INDEX audit_action ON audit (action, id);

-- What a party chose for itself: market/preference.h lists the keys.
CREATE TABLE party_setting (
    party @INT@ NOT NULL REFERENCES party (id),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (party, key)
) @STRICT_CLUSTERED@;

-- A worker's wish to be paid out. The money left his payable account when it was asked for, by
-- `transfer`; a failed one has given it back.
CREATE TABLE payout (
    id @PK@,
    worker @INT@ NOT NULL REFERENCES party (id),
    cents @INT@ NOT NULL,
    state @INT@ NOT NULL,               -- enum payout_state
    transfer @INT@ NOT NULL,
    destination TEXT NOT NULL,          -- where to, as it stood then
    asked_ms @INT@ NOT NULL,
    sent_ms @INT@,
    ended_ms @INT@,
    note TEXT                           -- operator's: reference, or why it failed
) @STRICT@;
CREATE INDEX payout_state ON payout (state, id);
CREATE INDEX payout_worker ON payout (worker, id);

-- A requester's announcement of a deposit, or wish for a refund. Money moves when an operator
-- confirms it.
CREATE TABLE funds_request (
    id @PK@,
    requester @INT@ NOT NULL REFERENCES party (id),
    kind @INT@ NOT NULL,                -- enum funds_request_kind
    cents @INT@ NOT NULL,
    state @INT@ NOT NULL,               -- enum funds_request_state
    note TEXT NOT NULL,
    asked_by @INT@ NOT NULL,            -- party
    asked_ms @INT@ NOT NULL,
    answered_ms @INT@,
    answered_by @INT@,
    answer TEXT
) @STRICT@;
CREATE INDEX funds_request_state ON funds_request (state, id);
CREATE INDEX funds_request_of ON funds_request (requester, id);

-- The operator searches by the beginning of an address or an id, byte by byte.
CREATE INDEX party_email_bytes ON party (email COLLATE @BYTEWISE@);
CREATE INDEX party_public_id_bytes ON party (public_id COLLATE @BYTEWISE@);
