-- The worker's dashboard sums up his work of some weeks by day and status: from the index alone,
-- not from a row each.
DROP INDEX assignment_worker;
CREATE INDEX assignment_worker ON assignment (worker, submitted_ms, status, reward_cents)
    WHERE submitted_ms IS NOT NULL;
