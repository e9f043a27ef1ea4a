-- Drafts of answers that nobody needs any more are found by age.
CREATE INDEX draft_old ON draft (at_ms);
