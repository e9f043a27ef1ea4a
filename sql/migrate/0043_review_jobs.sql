-- Reviewed files whose bytes are kept and whose plan is still to be made (src/market/review_job.c).
-- The row goes when the plan is there; that of a refused file stays as long as its review.
CREATE TABLE review_job (
    review @INT@ NOT NULL PRIMARY KEY,
    encoding TEXT NOT NULL,             -- the user's answer to U08; '': recognise it
    tools @INT@ NOT NULL,               -- enum reviewed_tools: the answer to U04
    options @INT@ NOT NULL,             -- bits of enum review_option
    bytes @INT@ NOT NULL,
    step @INT@ NOT NULL,                -- enum review_step
    rows_read @INT@ NOT NULL,
    done @INT@ NOT NULL,                -- of the step: bytes or rows, of total
    total @INT@ NOT NULL,
    beat_ms @INT@ NOT NULL,             -- wall clock: when whoever makes it gave a sign last
    code TEXT,                          -- of a refused file: "U06", and its words
    words TEXT
) @STRICT_CLUSTERED@;
CREATE INDEX review_job_open ON review_job (review) WHERE step <> 5;
