/* HITs: looking at them, and what their requester may do to them (money-and-lifecycle 6).
 *
 * All functions act for c->actor->party; another's HIT answers exactly as an unknown one:
 * ERR_HIT_DOES_NOT_EXIST "Hit … does not exist.". Those that change a HIT apply first what the
 * clock owes it (4.2). Those that read can not (a read's connection is read-only): they say in
 * `due` that something is owed; the caller then runs due_hits or due_all in a write and reads
 * again.
 */
#ifndef MARKET_HIT_H
#define MARKET_HIT_H

#include <stdbool.h>
#include <stdint.h>

#include "market/ctx.h"

/* The counters that status is a function of (6.1). */
struct hit_counts {
    int64_t max_assignments, pending, submitted, approved, rejected;
    bool expired, reviewing, disposed;
};

enum hit_status hit_status(const struct hit_counts *n); /* 6.2 */
int64_t hit_available(const struct hit_counts *n);      /* slots to accept now */
const char *hit_status_name(enum hit_status s);         /* "Assignable", … */

/* A HIT ready to be printed: all of requester-api 3.1. Texts live in c->arena. */
struct hit_view {
    int64_t id, batch, hit_type, requester;
    struct str hit_id, hit_type_id, hit_group_id;
    struct str hit_layout_id; /* NULL unless made from a layout by the API */
    struct str title, description, keywords, annotation /* NULL: none */;
    struct str question;     /* XML as given, or the layout filled in; NULL if not asked for */
    struct str requirements; /* JSON list */
    int64_t reward_cents, auto_approval_s, duration_s;
    int64_t created_ms, expires_ms;
    struct hit_counts n;
    enum hit_status status;
    int64_t available, completed;
    bool due; /* the clock owes it something: see above */
};

/* GetHIT, also of a disposed one (6.6). */
struct err hit_get(struct ctx *c, struct str hit_id, struct hit_view *h);

/* By row number, whoever's it is: for the answer of publish_hit and for the worker's pages. */
struct err hit_view_row(struct ctx *c, int64_t hit, struct hit_view *h);

/* The row of the acting requester's HIT; ERR_HIT_DOES_NOT_EXIST. Disposed ones are found. */
struct err hit_find(struct ctx *c, struct str hit_id, int64_t *hit);

/* Where a page begins: behind this key; all zero for the first page. */
struct hit_key {
    int64_t ms; /* created_ms, or expires_ms for reviewable ones */
    int64_t id;
};
struct hit_page {
    struct hit_view *hits;
    int count;
    struct hit_key last; /* key of the last one, where the next page begins */
    bool due;            /* one of these, or one that might belong here, is owed something */
};

/* ListHITs: newest first, disposed ones left out. */
struct err hit_list(struct ctx *c, struct hit_key after, int limit, struct hit_page *page);

/* ListReviewableHITs: latest expiration first. hit_type 0: all. */
struct hit_reviewable_in {
    bool reviewing; /* status Reviewing instead of Reviewable */
    int64_t hit_type;
    struct hit_key after;
    int limit;
};
struct err hit_list_reviewable(struct ctx *c, const struct hit_reviewable_in *in,
                               struct hit_page *page);

/* ListHITsForQualificationType (2.23): HITs whose type asks for it, newest first. */
struct err hit_list_for_qualification(struct ctx *c, struct str type_id, struct hit_key after,
                                      int limit, struct hit_page *page);

/* UpdateExpirationForHIT (requester-api 2.36, H3, H5): up to now + 5 s expires at once, a later
 * moment is taken literally; reopening holds the reopened slots' cost or ERR_INSUFFICIENT_FUNDS;
 * more than 365 days ahead ERR_OUT_OF_RANGE; a disposed HIT does not exist. */
struct err hit_update_expiration(struct ctx *c, struct str hit_id, int64_t expires_ms);

/* CreateAdditionalAssignmentsForHIT (2.4, H6): ERR_OUT_OF_RANGE,
 * ERR_INVALID_MAX_ASSIGNMENTS_INCREASE for 9 to 10 (setting fee_many_from), ERR_DUPLICATE_REQUEST
 * for a used token (NULL: none), ERR_INSUFFICIENT_FUNDS, ERR_INVALID_HIT_STATE when disposed. */
struct err hit_add_assignments(struct ctx *c, struct str hit_id, int64_t more, struct str token);

/* One more assignment by a review policy (policy.h), open for at least min_time_s: the rules of
 * hit_add_assignments and hit_update_expiration in one, for a HIT of the acting requester that is
 * owed nothing. On an error nothing has changed, so that the caller may record it:
 * ERR_INVALID_HIT_STATE (disposed, or expired and without a time),
 * ERR_INVALID_MAX_ASSIGNMENTS_INCREASE, ERR_INSUFFICIENT_FUNDS. */
struct err hit_extend_one(struct ctx *c, int64_t hit, int64_t min_time_s);

/* UpdateHITReviewStatus (2.37, H7): Reviewable to Reviewing, or back when revert; a HIT that is
 * there already is no error; others ERR_INVALID_HIT_STATE. */
struct err hit_review(struct ctx *c, struct str hit_id, bool revert);

/* UpdateHITTypeOfHIT (2.35, H8): holds or releases the difference (I3). */
struct err hit_change_type(struct ctx *c, struct str hit_id, struct str hit_type_id);

/* DeleteHIT (2.10, H9): ERR_INVALID_HIT_STATE unless Reviewable or Reviewing with nothing
 * undecided; a disposed HIT does not exist. */
struct err hit_delete(struct ctx *c, struct str hit_id);

/* Cancels a batch (6.7): every live HIT of it expires now; work in progress goes on. In steps of at
 * most limit HITs, in the order of the file: *seq is 0 at the first step and again after the last.
 * ERR_NOT_FOUND for another's batch; ERR_CONFLICT while it is being published. */
struct err hit_cancel_batch(struct ctx *c, int64_t batch, int limit, int64_t *seq);

#endif
