-- Mail to people about what concerns them (src/market/person_mail.c). A row waits a while for more of
-- its kind (open = 1), then goes out as one mail; delivery is by the machine's clock, like the
-- outbox's.
CREATE TABLE mail (
    id @PK@,
    party @INT@ NOT NULL REFERENCES party (id),
    kind @INT@ NOT NULL,                -- enum notice_kind, or a kind of person_mail.h
    at_ms @INT@ NOT NULL,
    items @INT@ NOT NULL,               -- how many it speaks of; the rest is NULL when several
    cents @INT@ NOT NULL,               -- of all of them
    assignment @INT@,
    note TEXT,
    open @INT@ NOT NULL,
    next_ms @INT@ NOT NULL,             -- 0: not seen by a sender yet
    attempts @INT@ NOT NULL
) @STRICT@;
CREATE UNIQUE INDEX mail_open ON mail (party, kind) WHERE open = 1;
CREATE INDEX mail_next ON mail (next_ms, id);

-- What a person wants mail about, when it is not the usual.
CREATE TABLE mail_choice (
    party @INT@ NOT NULL PRIMARY KEY REFERENCES party (id),
    subjects @INT@ NOT NULL             -- bits 1 << enum mail_subject
) @STRICT@;
