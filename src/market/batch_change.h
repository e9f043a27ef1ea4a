/* What a requester does to a whole batch (requester-site 4.3). The requester is c->actor->party;
 * another's batch answers ERR_NOT_FOUND. Cancelling is hit_cancel_batch (market/hit.h).
 *
 * A change of many HITs runs in steps of bounded size, each a write of its own: *seq is 0 at the
 * first and again after the last. What the whole change costs is looked at before the first step
 * (ERR_INSUFFICIENT_FUNDS, nothing has changed); money spent elsewhere meanwhile can stop a later
 * one, whose error then says how far it came.
 */
#ifndef MARKET_BATCH_CHANGE_H
#define MARKET_BATCH_CHANGE_H

#include "market/batch.h"
#include "market/hit.h"

enum { BATCH_NAME_MAX = 255, BATCH_NOTE_MAX = 2000, BATCH_STEP = 1000 };

/* Name 1 to 255 bytes, note at most BATCH_NOTE_MAX characters; ERR_INVALID_PARAMETER with field
 * "name" or "note". */
struct err batch_rename(struct ctx *c, int64_t batch, struct str name, struct str note);

/* What opening its expired HITs, or `more` assignments for each HIT, would cost now. barred: HITs
 * made with fewer than 10 that would reach 10 (2.10). Known from the sums of market/shapes.h. */
struct batch_cost {
    int64_t hits, expired, reopened, reopen_cents; /* hits: without deleted ones */
    int64_t barred, grow_cents;                    /* of open HITs; expired ones hold nothing */
    int64_t avail_cents;
};
struct err batch_cost(struct ctx *c, int64_t batch, int64_t more, struct batch_cost *out);

struct batch_step {
    int64_t seq;     /* 0: begin, and at the end */
    int64_t changed; /* HITs, over all steps */
    int64_t left;    /* HITs that the 9 to 10 rule barred */
};

/* Each HIT's time ends `seconds` later: from its own end, or from now when that is past. ERR_
 * OUT_OF_RANGE beyond 365 days from now. */
struct err batch_extend_step(struct ctx *c, int64_t batch, int64_t seconds, struct batch_step *s);

/* `more` assignments for each HIT that may have them. ERR_INVALID_MAX_ASSIGNMENTS_INCREASE when
 * none may. */
struct err batch_grow_step(struct ctx *c, int64_t batch, int64_t more, struct batch_step *s);

/* Deletes a batch made from a file (6.7): its HITs expire, each is disposed of when nothing of it
 * is in progress or undecided, and then the batch is gone from all lists. That closes the door to
 * undoing its rejections: batch_view.undoable_rejections and .undo_ends_ms say which (4.4), and
 * the caller has warned of it. The sweeper does it in steps. ERR_CONFLICT for another kind or
 * state. */
struct err batch_delete(struct ctx *c, int64_t batch);

/* One step of each of a few batches that are being deleted; the sweeper's. *done counts HITs that
 * were looked at. */
struct err batch_delete_sweep(struct ctx *c, int limit, int64_t *done);

/* HITs of a batch in the order of the file. */
struct batch_hit {
    int64_t row, seq;
    struct str id;
    struct hit_counts n;
    enum hit_status status;
    int64_t expires_ms, cost_cents;
    bool many;       /* made with 10 or more assignments */
    struct str vars; /* packed; NULL: none */
};
enum { HITS_OPEN = 1, HITS_BUSY = 2, HITS_DONE = 4, HITS_DELETED = 8 };
struct batch_hits_in {
    int64_t batch;
    unsigned wanted; /* bits HITS_…; 0: all */
    int64_t after_seq, after;
    int limit; /* 1..500 */
};
/* At most HITS_SCAN_MAX are looked at for one page; the rest waits behind the key `next`. */
enum { HITS_SCAN_MAX = 5000 };
struct batch_hits {
    struct batch_hit *hits;
    int count;
    bool more;
    int64_t next_seq, next; /* where the next page begins, when there is more */
};
struct err batch_hits(struct ctx *c, const struct batch_hits_in *in, struct batch_hits *out);

/* Average time at work, in seconds, of its latest results (some hundreds are looked at); 0 when
 * there are none. */
struct err batch_work_time(struct ctx *c, int64_t batch, int64_t *seconds);

#endif
