/* Decisions on single assignments, and the requester's sight of submitted work (money-and-lifecycle
 * 7, 8.3; requester-api 2.2, 2.15, 2.20, 2.31). The requester is c->actor->party; other requesters'
 * ids answer exactly as unknown ones. Messages are those of requester-api 1.7 without the stamp
 * " (<ms> s)", which api/ puts behind them.
 */
#ifndef MARKET_DECIDE_H
#define MARKET_DECIDE_H

#include <stdbool.h>

#include "market/ctx.h"
#include "market/settle.h"

/* Feedback of a requester: at most FEEDBACK_MAX characters, none of ASCII 0-8, 11, 12, 14-31
 * (7.3). ERR_INVALID_PARAMETER, field RequesterFeedback. NULL is fine. */
struct err feedback_check(struct arena *a, struct str feedback);

struct decide_in {
    struct str assignment_id;
    struct str feedback;     /* NULL: none */
    bool override_rejection; /* approve only */
};
struct decided {
    int64_t assignment;
    enum verdict verdict; /* APPROVE, REJECT or OVERTURN: what it came to */
    struct settlement settlement;
};

/* Approves: the transaction of 8.3 from its step 1 on (step 0, the request key, is the caller's,
 * request_key.h). Submitted: paid from held, with or without the flag. Rejected with the flag:
 * overturned, paid from available. Errors in order: ERR_ASSIGNMENT_DOES_NOT_EXIST (unknown,
 * foreign, returned, abandoned), ERR_INVALID_PARAMETER, ERR_INVALID_HIT_STATE (deleted HIT),
 * ERR_INVALID_ASSIGNMENT_STATE ("… status of: null" for work in progress, "… of: Submitted"
 * else; outside the window the text names its end), ERR_INSUFFICIENT_FUNDS. */
struct err decide_approve(struct ctx *c, const struct decide_in *in, struct decided *out);

/* Rejects Submitted work; feedback must be given (ERR_INVALID_PARAMETER), but may be empty: old
 * clients do so (requester-api trap 65), the pages ask for a reason. Errors as above. */
struct err decide_reject(struct ctx *c, const struct decide_in *in, struct decided *out);

/* Overturns a rejection beyond the window (8.9), for any requester: c->actor->party is the
 * operator, whose right was checked. Only with setting operator_overturn = 1 (ERR_FORBIDDEN), with
 * a written reason, which both sides see (ERR_INVALID_PARAMETER), and while the HIT exists. With
 * deposit the cost is paid in for the requester first. Other errors as decide_approve. */
struct late_in {
    struct str assignment_id, reason;
    bool deposit;
};
struct err decide_overturn_late(struct ctx *c, const struct late_in *in, struct decided *out);

/* Submitted work as the requester sees it; 0 stands for a time that was not, NULL for no text. */
struct assignment {
    int64_t row, hit, batch, requester, worker;
    struct str id, hit_id, worker_id; /* public */
    enum assignment_status status;
    int64_t version;
    int64_t accepted_ms, deadline_ms, submitted_ms, auto_approval_ms, approved_ms, rejected_ms;
    int64_t reward_cents, fee_cents;
    struct str feedback;  /* of the last decision */
    struct str rejection; /* the rejection's text, also after an overturn (7.5) */
    struct str fields;    /* packed answer (base/pack.h) */
};

/* One assignment. ERR_INVALID_ASSIGNMENT_STATE "… status of: Reviewable,Approved,Rejected" for work
 * in progress or returned, ERR_ASSIGNMENT_DOES_NOT_EXIST else, also when the HIT was deleted.
 * Reads only. *due: the clock owes something to its HIT: apply it in a write (due.h) and read
 * again, if the answer must be of this moment (4.2). */
struct err assignment_get(struct ctx *c, struct str assignment_id, struct assignment *out,
                          bool *due);

enum { SHOW_SUBMITTED = 1, SHOW_APPROVED = 2, SHOW_REJECTED = 4, SHOW_ALL = 7 };

/* Assignments of a HIT by time of submission, behind (after_ms, after_row). Reads only; one index
 * range, whatever the HIT's size. ERR_HIT_DOES_NOT_EXIST, also for a deleted one. */
struct assignment_list_in {
    struct str hit_id;
    unsigned statuses;           /* bits SHOW_…; 0 stands for all */
    int64_t after_ms, after_row; /* submitted_ms and row of the last one seen; 0, 0 at the start */
    int limit;                   /* 1..PAGE_MAX */
};
struct assignment_list {
    struct assignment *items;
    size_t n;
    bool due; /* as above */
};
struct err assignment_list(struct ctx *c, const struct assignment_list_in *in,
                           struct assignment_list *out);

/* The audit of an assignment, oldest first, at most PAGE_MAX lines (8.4). Own work only. */
struct decision_line {
    int64_t at_ms;
    enum verdict verdict;
    enum assignment_status old_status;
    enum entrance entrance;
    int64_t actor;           /* party; 0: the clock */
    struct str actor_detail; /* NULL none */
    struct str feedback;
    int64_t reward_cents, fee_cents, settlement, review; /* review 0: none */
    int64_t avail_before, avail_after;
};
struct decision_history {
    struct decision_line *lines;
    size_t n;
};
struct err assignment_history(struct ctx *c, struct str assignment_id,
                              struct decision_history *out);

/* A requester's view of one worker (9.5). Rates in whole percent, -1 when nothing was decided. */
struct worker_view {
    struct str worker_id;
    struct {
        int64_t approved, rejected, percent;
    } days7, days30, lifetime;
    bool blocked;
};
struct err worker_view(struct ctx *c, struct str worker_id, struct worker_view *out);

#endif
