-- A destination is a lane of its own: one sender at a time, and a rest after a failure, so that one
-- that stalls holds up no other. By the machine's clock.
ALTER TABLE destination ADD COLUMN next_ms @INT@ NOT NULL DEFAULT 0;
-- Beside the API's one destination of a type: of all tasks, of one batch, or of one HIT type.
ALTER TABLE destination ADD COLUMN only_type @INT@ NOT NULL DEFAULT 0;

-- 0: of a test that the API asked for. What had no destination any more is for nobody.
UPDATE outbox SET target = 0 WHERE target IS NULL;
DROP INDEX outbox_target;
CREATE INDEX outbox_lane ON outbox (target, next_ms, id) WHERE dead_ms IS NULL;
CREATE INDEX outbox_dead_lane ON outbox (target, id) WHERE dead_ms IS NOT NULL;

-- The newest attempts of each destination, for its page.
CREATE TABLE attempt (
    id @PK@,
    target @INT@ NOT NULL,              -- destination
    at_ms @INT@ NOT NULL,
    took_ms @INT@ NOT NULL,
    kind @INT@ NOT NULL,                -- enum event_kind
    hit @INT@,
    assignment @INT@,
    number @INT@ NOT NULL,              -- which attempt of this event
    error TEXT                          -- NULL: it arrived
) @STRICT@;
CREATE INDEX attempt_target ON attempt (target, id);
