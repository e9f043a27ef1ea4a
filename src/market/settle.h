/* The settlement: the one place where work is decided (DESIGN 5).
 *
 * Approve, reject, overturn; one assignment or a million; from the API, a page, a file, an appeal,
 * a policy or the clock: each is a set of rows in `decision` that takes effect in one transaction
 * by the same function, with the ledger, the counters of HITs and batches, the statistics of
 * money-and-lifecycle 9, the notices and the outbox. The statements are set-based; a set of one is
 * so frequent that those which group and join have a form by key for it, with the same effect
 * (docs/decisions/0009-a-settlement-of-one.md).
 *
 *     settle_begin(c, requester, review, &s);
 *     settle_add_one(c, &s, ...);            or another settle_add_…
 *     settle_apply(c, &s);
 *
 * Eligibility (owner, state, window, disposal) is the caller's: market/decide.c for single calls,
 * market/review_apply.c for files, market/due.c for the clock. What is kept here whoever calls: a
 * row changes only from the status it was decided in, money moves only with it, and only once.
 */
#ifndef MARKET_SETTLE_H
#define MARKET_SETTLE_H

#include "market/ctx.h"

struct settlement {
    int64_t id, requester;
    bool by_set;   /* also one decision takes the statements for many: tests compare the two */
    bool due_done; /* nothing that is due can bring money any more: the caller saw to that */
    /* filled by settle_apply */
    int64_t approved, rejected, overturned;
    int64_t reward_cents, fee_cents; /* paid by approvals and overturns */
    int64_t overturn_cents;          /* part of the two that came from available */
    int64_t released_cents;
    int64_t avail_before, avail_after;
};

struct err settle_begin(struct ctx *c, int64_t requester, int64_t review, struct settlement *s);

/* Adds one decision. at_ms is now, or AutoApprovalTime when the clock decides. feedback may be
 * NULL. The assignment must be in old_status. */
struct settle_one {
    int64_t assignment;
    enum verdict verdict;
    enum assignment_status old_status;
    int64_t at_ms;
    struct str feedback;
};
struct err settle_add_one(struct ctx *c, const struct settlement *s, const struct settle_one *one);

/* Adds every Submitted assignment of the HIT whose AutoApprovalTime has come, each approved at
 * that time; *added says how many. */
struct err settle_add_due(struct ctx *c, const struct settlement *s, int64_t hit, int64_t *added);

/* Makes it so. ERR_INSUFFICIENT_FUNDS names cost, available and shortfall. A settlement without
 * decisions leaves no trace but its row. */
struct err settle_apply(struct ctx *c, struct settlement *s);

#endif
