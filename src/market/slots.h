/* Slots: how work in progress moves a HIT's counters, and what moves with them.
 *
 * A HIT's pending, submitted, approved and rejected (money-and-lifecycle 6.1) are summed in its
 * batch, and hit_type.open_hits counts the HITs of a type that have a slot to accept. These
 * functions are the only way to change a HIT's pending and expired outside market/hit.c and
 * market/due.c, so the sums never differ from their parts:
 *
 *     batch.slots = sum over its HITs of (expired ? used : max_assignments),
 *
 * where used = pending + submitted + approved + rejected. So a batch has a slot to accept or work
 * in progress exactly when slots > submitted + approved + rejected ("in progress", requester-site
 * 4.1); slots - used of the batch are open.
 *
 * Each moves the held money so that I3 stays true, emits HITReviewable when the HIT enters that
 * state, and touches last activity (6.9). What concerns the assignment row, the worker's
 * statistics and Assignment… events is the caller's. Decisions move submitted to approved or
 * rejected in market/settle.c: they change no slot.
 *
 * at_ms is the moment it happens: now, or the moment that was due.
 */
#ifndef MARKET_SLOTS_H
#define MARKET_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "market/ctx.h"

/* A HIT after the change. */
struct slot_hit {
    int64_t id, requester, batch, hit_type;
    int64_t max_assignments, pending, submitted, approved, rejected;
    int64_t reward_cents, fee_cents; /* current: snapshot them when accepting (2.13) */
    int64_t expires_ms;
    bool expired;
};

/* A worker takes a slot (A1): pending + 1. *taken is false, and nothing has changed, when the HIT
 * has none (full, expired, disposed, unknown); apply what is due before (due_hit). */
struct err slots_take(struct ctx *c, int64_t hit, int64_t at_ms, bool *taken, struct slot_hit *h);

/* Work is submitted (A2): pending - 1, submitted + 1. cost_cents is the assignment's snapshot of
 * reward + fee; what was held beyond it is released. */
struct err slots_submit(struct ctx *c, int64_t hit, int64_t cost_cents, int64_t at_ms,
                        struct slot_hit *h);

/* Work is returned or abandoned (A3, A4): pending - 1. The slot reopens, or its hold is released
 * when the HIT is expired (3.8). */
struct err slots_free(struct ctx *c, int64_t hit, int64_t cost_cents, int64_t at_ms,
                      struct slot_hit *h);

/* Whether a slot can be accepted. */
static inline bool slots_open(const struct slot_hit *h) {
    return !h->expired &&
           h->pending + h->submitted + h->approved + h->rejected < h->max_assignments;
}

#endif
