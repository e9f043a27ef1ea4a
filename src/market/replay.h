/* Re-enacting a results file of the old service (DESIGN 2, hitd replay).
 *
 * Every row becomes what happened: its task is published at CreationTime, accepted, submitted and
 * decided at the recorded moments, each through the market's own rules with that moment as now.
 * Approvals at or after AutoApprovalTime are left to the clock. The file's ids become aliases, its
 * workers accounts that can not sign in. So a download of the batch equals the file in every
 * column that the rules determine.
 *
 * Simulated clock only (ERR_CLOCK). In a store without tasks the clock is set back to the file's
 * first moment: nothing has happened yet that this could contradict. Afterwards it stands at the
 * file's last moment, or where it stood, whichever is later.
 *
 * One transaction: a file is re-enacted whole or not at all.
 */
#ifndef MARKET_REPLAY_H
#define MARKET_REPLAY_H

#include "market/ctx.h"

/* One row; texts live as long as the call. Times 0: not recorded. */
struct replay_row {
    int64_t line;
    struct str hit_id, hit_type_id, assignment_id, worker_id;
    struct str title, description, keywords;
    struct str annotation; /* NULL or empty: none */
    struct str feedback;
    struct str vars;         /* packed input row */
    struct str fields;       /* packed answer */
    const struct str *names; /* the answer's names, each once */
    size_t name_count;
    int64_t reward_cents, max_assignments, duration_s, auto_approval_s;
    int64_t created_ms, expires_ms, accepted_ms, submitted_ms, approved_ms, rejected_ms;
    enum assignment_status status; /* Submitted, Approved or Rejected */
};

struct replay_in {
    int64_t requester;
    struct str name;    /* of the batch */
    struct str columns; /* packed list of input column names */
    const struct replay_row *rows;
    size_t count;
    /* The account of a worker id that has one already; 0: none. May be NULL. */
    int64_t (*worker_of)(void *arg, struct str worker_id);
    void *arg;
};

struct replay_out {
    int64_t batches, hits, assignments, workers;
    int64_t last_batch;
    int64_t deposit_cents; /* what it needed */
    int64_t approved, rejected, overturned, by_clock;
    int64_t first_ms, last_ms;
};

/* Errors name the line: ERR_BAD_FILE for rows that can not have happened so, ERR_ALREADY_EXISTS
 * for an id that the store knows. */
struct err replay_run(struct ctx *c, const struct replay_in *in, struct replay_out *out);

#endif
