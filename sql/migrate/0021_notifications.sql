-- Where the events of a HIT type go (requester-api 2.38); one a type.
CREATE TABLE notification (
    hit_type @INT@ NOT NULL PRIMARY KEY REFERENCES hit_type (id),
    transport @INT@ NOT NULL,           -- enum transport
    destination TEXT NOT NULL,
    version TEXT NOT NULL,              -- echoed in the messages
    events @INT@ NOT NULL               -- bits, kept while inactive; hit_type.events has them in force
) @STRICT@;

-- Delivery (docs/decisions/0021-the-outbox-goes-out.md), by the machine's clock. A row that is
-- being delivered is leased by its next_ms; a row with dead_ms is not tried any more.
ALTER TABLE outbox ADD COLUMN next_ms @INT@ NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN attempts @INT@ NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN dead_ms @INT@;
ALTER TABLE outbox ADD COLUMN error TEXT;
-- Of test events, which have a destination of their own.
ALTER TABLE outbox ADD COLUMN transport @INT@;
ALTER TABLE outbox ADD COLUMN destination TEXT;
ALTER TABLE outbox ADD COLUMN version TEXT;
CREATE INDEX outbox_next ON outbox (next_ms, id) WHERE dead_ms IS NULL;
CREATE INDEX outbox_hit ON outbox (hit, id) WHERE dead_ms IS NULL AND hit IS NOT NULL;
CREATE INDEX outbox_dead ON outbox (id) WHERE dead_ms IS NOT NULL;
