-- Where events go: what the API sets for a HIT type (requester-api 2.38), one a type, and a
-- requester's own webhooks, for all his tasks or those of one batch.
CREATE TABLE destination (
    id @PK@,
    requester @INT@ NOT NULL REFERENCES party (id),
    hit_type @INT@ NOT NULL,            -- 0: a webhook
    batch @INT@ NOT NULL,               -- 0: not confined to one
    transport @INT@ NOT NULL,           -- enum transport
    address TEXT NOT NULL,
    version TEXT NOT NULL,              -- echoed in the messages
    events @INT@ NOT NULL,              -- bits 1 << event_kind
    active @INT@ NOT NULL,
    secret @BLOB@,                      -- of a webhook; sealed with the key file beside the store
    created_ms @INT@ NOT NULL,
    -- How delivery fares, by the machine's clock.
    good_ms @INT@,                      -- last arrival
    bad_ms @INT@,                       -- last failure
    failures @INT@ NOT NULL,            -- since the last arrival
    error TEXT
) @STRICT@;
CREATE UNIQUE INDEX destination_type ON destination (hit_type) WHERE hit_type > 0;
CREATE INDEX destination_requester ON destination (requester, hit_type, id);
INSERT INTO destination (requester, hit_type, batch, transport, address, version, events, active,
                         created_ms, failures)
SELECT t.requester, n.hit_type, 0, n.transport, n.destination, n.version, n.events,
       CASE WHEN t.events <> 0 THEN 1 ELSE 0 END, t.created_ms, 0
FROM notification n JOIN hit_type t ON t.id = n.hit_type;
DROP TABLE notification;

-- What a requester's active webhooks ask for: every hit_type.events holds at least these bits.
CREATE TABLE event_mask (
    requester @INT@ NOT NULL PRIMARY KEY REFERENCES party (id),
    events @INT@ NOT NULL
) @STRICT@;

-- An event has a row for each destination; a test that the API asked for has its address in itself.
ALTER TABLE outbox ADD COLUMN target @INT@;
UPDATE outbox SET target = (SELECT d.id FROM destination d WHERE d.hit_type = outbox.hit_type)
WHERE hit_type IS NOT NULL;
CREATE INDEX outbox_target ON outbox (target, id) WHERE target IS NOT NULL;
