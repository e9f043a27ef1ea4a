/* What a worker has entered into a task and not submitted yet (worker-site 5, "Draft"): he finds it
 * again after a reload, a crash, or on another machine.
 *
 * - It belongs to the assignment and its worker, c->actor->party; nobody else ever reads it.
 * - It can be written while the assignment is in progress, its grace included. It is shown while it
 *   is in progress and once its time is over, for copying; not after submitting or returning.
 * - It is forgotten a day after it was last written, when the work is no longer in progress.
 */
#ifndef MARKET_ANSWER_DRAFT_H
#define MARKET_ANSWER_DRAFT_H

#include "market/ctx.h"

struct task;

/* Keeps the values in place of those that were kept before. fields is packed: name, number of
 * values (from 0, an unticked box), values. ERR_NOT_FOUND (also another worker's),
 * ERR_NOT_IN_PROGRESS naming the state, ERR_DEADLINE_PASSED, ERR_TOO_LARGE beyond DRAFT_MAX bytes,
 * ERR_INVALID_PARAMETER when it is not packed so. */
struct err answer_draft_keep(struct ctx *c, struct str assignment_id, struct str fields);

struct answer_draft {
    struct str fields; /* packed; NULL: nothing is kept */
    int64_t at_ms;
};
/* The draft of a task that work_task() gave. */
struct err answer_draft_of(struct ctx *c, const struct task *task, struct answer_draft *out);

/* Forgets at most limit drafts that are of no use any more. */
struct err answer_draft_purge(struct ctx *c, int limit);

#endif
