/* Review Results: the rows of a batch as its requester looks at them (requester-site 5.1).
 *
 * A page costs the same whatever the size of the batch: orders follow indexes, conditions on cells
 * and agreement are looked at row by row, at most RESULTS_SCAN_MAX rows for one page; what is
 * beyond waits behind `next`. Orders that no index has (worker, work time) are for batches of up to
 * RESULTS_SORT_MAX results; larger ones are given by submission, and `sort` says so.
 *
 * Archives have no such rows.
 */
#ifndef MARKET_RESULTS_VIEW_H
#define MARKET_RESULTS_VIEW_H

#include "market/results_filter.h"

enum {
    RESULTS_PAGE_MAX = 500,
    RESULTS_SCAN_MAX = 5000,
    RESULTS_SCAN_AGREEMENT_MAX = 2000, /* each row costs a look at its HIT's answers */
    RESULTS_COUNT_MAX = 1000,          /* "1,000+" */
    RESULTS_SORT_MAX = 20000,
};

enum results_sort {
    SORT_SUBMITTED = 1, /* earliest first: what approves itself next stands on top */
    SORT_LATEST,
    SORT_HIT, /* as in the input file */
    SORT_STATUS,
    SORT_WORKER,
    SORT_WORK_TIME,
};

/* Where a page begins: behind this row. All zero: at the start. Written as text for addresses. */
struct results_key {
    int64_t status, seq, hit, ms, id, skip;
};
struct str results_key_text(struct arena *a, const struct results_key *key);
bool results_key_parse(struct str text, struct results_key *key);

struct results_row {
    int64_t row, hit, worker;
    struct str id, hit_id, worker_id; /* public */
    int64_t seq, max_assignments;
    enum assignment_status status;
    enum entrance entrance; /* of the last decision, 0: none */
    int64_t version, reward_cents, fee_cents;
    int64_t accepted_ms, submitted_ms, auto_approval_ms, approved_ms, rejected_ms; /* 0: none */
    int64_t undo_until_ms; /* last moment of an overturn; 0: there is nothing to undo (any more) */
    struct str feedback, rejection; /* NULL: none */
    struct str vars, fields;        /* packed; NULL: none */
    int64_t agreement;              /* hundredths of a per cent; -1: no other answer */
    int64_t approved, rejected;     /* this requester's decisions on this worker: all, … */
    int64_t month_approved, month_rejected, week_approved, week_rejected;
};

struct results_view_in {
    int64_t batch;
    struct results_filter filter;
    enum results_sort sort; /* 0: SORT_SUBMITTED */
    struct results_key after;
    int limit; /* 1..RESULTS_PAGE_MAX */
};

struct results_view {
    struct results_row *rows;
    int count;
    enum results_sort sort; /* the order that was taken */
    bool more;              /* there may be more behind `next` */
    struct results_key next;
    /* Rows of this filter in the whole batch, counted as far as was looked; exact says whether
     * that is all. hidden is the rest of the batch, 0 unless exact. */
    int64_t matching, hidden, all;
    bool exact;
    bool due; /* the clock owes something (market/due.h) */
};

/* ERR_NOT_FOUND: no such batch of the acting requester. A worker or HIT that is unknown matches
 * nothing. */
struct err results_view(struct ctx *c, const struct results_view_in *in, struct results_view *out);

/* One row: ERR_ASSIGNMENT_DOES_NOT_EXIST when it is no result of that batch. Deleted tasks' rows
 * are shown. */
struct err results_row(struct ctx *c, int64_t batch, struct str assignment_id,
                       struct results_row *out);

/* Row numbers of all results of a filter, in any order, at most max; ERR_NOT_FOUND as above. */
typedef void results_take(void *arg, int64_t assignment, enum assignment_status status);
struct err results_each(struct ctx *c, int64_t batch, const struct results_filter *filter,
                        int64_t max, results_take *take, void *arg);

#endif
