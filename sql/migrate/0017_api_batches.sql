-- Batches of tasks made by the API can be deleted whole (requester-site 4.3): a type has one live
-- batch, and begins another when that one is being deleted.
DROP INDEX batch_api;
CREATE UNIQUE INDEX batch_api ON batch (hit_type) WHERE kind = 2 AND state = 2;
