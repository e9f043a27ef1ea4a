-- HITs of a batch by what a change of the whole batch makes of them (src/market/shapes.h): what it
-- costs is known from a few rows. HITs that are not disposed of.
CREATE TABLE batch_shape (
    batch @INT@ NOT NULL,
    many @INT@ NOT NULL,
    max_assignments @INT@ NOT NULL,
    cost_cents @INT@ NOT NULL,          -- reward and fee of one assignment
    live @INT@ NOT NULL,                -- HITs that are not expired
    expired @INT@ NOT NULL,
    used @INT@ NOT NULL,                -- assignments in progress or done of the expired ones
    PRIMARY KEY (batch, many, max_assignments, cost_cents)
) @STRICT_CLUSTERED@;

INSERT INTO batch_shape (batch, many, max_assignments, cost_cents, live, expired, used)
SELECT h.batch, h.many, h.max_assignments, h.reward_cents + h.fee_cents,
       CAST(SUM(1 - h.expired) AS @INT@), CAST(SUM(h.expired) AS @INT@),
       CAST(SUM(h.expired * (h.pending + h.submitted + h.approved + h.rejected)) AS @INT@)
FROM hit h WHERE h.disposed_ms IS NULL
GROUP BY h.batch, h.many, h.max_assignments, h.reward_cents + h.fee_cents;

-- Work still in progress when its HIT is expired: there is never much of it at a time.
CREATE INDEX hit_expired_busy ON hit (batch) WHERE expired = 1 AND pending > 0;
