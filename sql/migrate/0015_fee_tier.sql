-- Tier of the fee (money-and-lifecycle 2.9) of a batch from a file: fixed with its fee when it is
-- ordered, as it is published in steps and the setting fee_many_from may change meanwhile.
ALTER TABLE batch ADD COLUMN many @INT@ NOT NULL DEFAULT 0;
UPDATE batch SET many = 1 WHERE max_assignments >= 10; -- what the tier was until now
