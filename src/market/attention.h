/* What needs a requester's attention, and the lists behind it (requester-site 4.1, 6, 7): batches
 * with undecided work, rejections that can still be undone, workers. The requester is
 * c->actor->party. Each list costs the same whatever the size of the market.
 */
#ifndef MARKET_ATTENTION_H
#define MARKET_ATTENTION_H

#include "market/ctx.h"

enum { ATTENTION_BATCHES_MAX = 200, ATTENTION_COUNT_MAX = 1000, ATTENTION_DAY_S = 86400 };

/* A batch with undecided work. */
struct waiting_batch {
    int64_t id;
    struct str name;
    int64_t submitted;
    int64_t next_ms; /* when the first of it approves itself */
    int64_t due;     /* how many do so within a day, counted up to ATTENTION_COUNT_MAX + 1 */
};

struct attention {
    struct waiting_batch *batches; /* what approves itself next on top; of the newest 200 */
    int batch_count;
    int64_t undoable;                   /* rejections, counted up to BATCH_UNDO_COUNT_MAX + 1 */
    int64_t undo_next_ms, undo_last_ms; /* when the first, the last of them is lost; 0 none */
    int64_t undo_cents;                 /* what undoing them all costs, reward and fee */
    int64_t avail_cents, held_cents;
};
struct err attention(struct ctx *c, struct attention *out);

/* The same of one batch, all zero when there is no such batch. */
struct err attention_batch(struct ctx *c, int64_t batch, struct waiting_batch *out);

/* Rejections that can still be undone, those that are lost first on top. */
struct undo_row {
    int64_t row, batch;
    struct str id, batch_name, worker_id, rejection;
    int64_t submitted_ms, rejected_ms, undo_until_ms, reward_cents, fee_cents;
};
struct undo_in {
    int64_t after_ms, after; /* submission and row of the last one seen; 0, 0 at the start */
    int limit;               /* 1..500 */
};
struct undo_list {
    struct undo_row *rows;
    int count;
    bool more;
    int64_t next_ms, next; /* where the next page begins */
};
struct err undo_list(struct ctx *c, const struct undo_in *in, struct undo_list *out);

/* The same by batch, those that lose one first on top: of the BATCH_UNDO_COUNT_MAX that are lost
 * first, whose whole is counted by attention(). */
enum { UNDO_BATCHES_MAX = 20 };
struct undo_batch {
    int64_t batch, rejections, until_ms, cents;
    int64_t reasons; /* different ones; reason is one of them */
    struct str name, reason;
};
struct undo_batches {
    struct undo_batch list[UNDO_BATCHES_MAX];
    int count;
    bool more;
};
struct err undo_batches(struct ctx *c, struct undo_batches *out);

/* Workers on whose work this requester has decided. */
struct worker_row {
    int64_t row;
    struct str worker_id;
    int64_t approved, rejected, last_ms; /* of the latest decision, to the day */
    bool blocked;
};
struct worker_list {
    struct worker_row *rows;
    int count;
    bool more;
};
struct err worker_list(struct ctx *c, int64_t after, int limit, struct worker_list *out);

/* One worker's results for this requester, latest first. ERR_NOT_FOUND: no such worker. */
struct worker_result {
    int64_t row, batch;
    struct str id, batch_name, rejection, feedback;
    enum assignment_status status;
    int64_t submitted_ms, work_s, reward_cents, fee_cents, undo_until_ms;
};
struct worker_results_in {
    struct str worker_id;
    int64_t before_ms, before; /* 0, 0 at the start */
    int limit;
};
struct worker_results {
    struct worker_result *rows;
    int count;
    bool more;
};
struct err worker_results(struct ctx *c, const struct worker_results_in *in,
                          struct worker_results *out);

/* How a person last looked at something ("columns:17", "reason"); NULL: never. */
struct err view_choice_get(struct ctx *c, int64_t party, struct str subject, struct str *value);
struct err view_choice_put(struct ctx *c, int64_t party, struct str subject, struct str value);

#endif
