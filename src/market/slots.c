#include "market/slots.h"

#include <assert.h>

#include "ledger/ledger.h"
#include "market/events.h"
#include "market/policy.h"
#include "market/shapes.h"
#include "market/slots_money.h"
#include "store/sql.h"

static int64_t used(const struct slot_hit *h) {
    return h->pending + h->submitted + h->approved + h->rejected;
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

enum st slots_rehold(struct tx *tx, int64_t at_ms, int64_t cents,
                     const struct transfer_for *about) {
    if (cents == 0)
        return ST_OK;
    int64_t avail = account_id(about->requester, ACCOUNT_AVAIL);
    int64_t held = account_id(about->requester, ACCOUNT_HELD);
    struct transfer t = {
        .at_ms = at_ms,
        .kind = TRANSFER_REHOLD,
        .debit = cents > 0 ? avail : held,
        .credit = cents > 0 ? held : avail,
        .cents = cents > 0 ? cents : -cents,
        .about = *about,
    };
    return ledger_post(tx, &t);
}

enum st slots_sums(struct tx *tx, const struct slot_sums *d) {
    enum st st = ST_OK;
    if (d->slots || d->pending || d->submitted) {
        struct sql_batch_shift_in in = {d->batch, d->slots, d->pending, d->submitted};
        st = sql_batch_shift(tx, &in, NULL);
    }
    if (st == ST_OK && d->open_hits) {
        struct sql_hit_type_shift_open_in in = {d->hit_type, d->open_hits};
        st = sql_hit_type_shift_open(tx, &in, NULL);
    }
    return st;
}

/* The statements that change pending answer alike. */
#define SLOT_HIT(hit, out)                                                                         \
    {                                                                                              \
        .id = (hit), .requester = (out).requester, .batch = (out).batch,                           \
        .hit_type = (out).hit_type, .max_assignments = (out).max_assignments,                      \
        .pending = (out).pending, .submitted = (out).submitted, .approved = (out).approved,        \
        .rejected = (out).rejected, .reward_cents = (out).reward_cents,                            \
        .fee_cents = (out).fee_cents, .expires_ms = (out).expires_ms, .expired = (out).expired,    \
    }

struct err slots_take(struct ctx *c, int64_t hit, int64_t at_ms, bool *taken, struct slot_hit *h) {
    (void)at_ms; /* taking is no activity (6.9) and moves no money: the slot's hold becomes the
                    assignment's */
    struct sql_slots_take_out out;
    enum st st = sql_slots_take(c->tx, &(struct sql_slots_take_in){hit}, &out);
    *taken = st == ST_OK;
    if (st != ST_OK)
        return ctx_store(c, st);
    *h = (struct slot_hit)SLOT_HIT(hit, out);
    struct slot_sums d = {.batch = h->batch, .hit_type = h->hit_type, .pending = 1};
    if (!slots_open(h))
        d.open_hits = -1;
    return ctx_store(c, slots_sums(c->tx, &d));
}

/* HITReviewable when the change of pending by -1 has brought it about: before it, work was
 * pending, so the HIT was not. */
static struct err emit_reviewable(struct ctx *c, const struct slot_hit *h, int64_t at_ms) {
    if (h->pending > 0 || (!h->expired && used(h) < h->max_assignments))
        return NO_ERR;
    struct event e = {.kind = EVENT_HIT_REVIEWABLE, .at_ms = at_ms, .hit = h->id};
    struct err err = event_emit(c, &e);
    return failed(err) ? err : policy_mark(c, h->id, at_ms);
}

struct err slots_submit(struct ctx *c, int64_t hit, int64_t cost_cents, int64_t at_ms,
                        struct slot_hit *h) {
    struct sql_slots_submit_out out;
    enum st st = sql_slots_submit(c->tx, &(struct sql_slots_submit_in){hit, at_ms}, &out);
    assert(st != ST_NONE); /* the assignment was in progress */
    if (st != ST_OK)
        return ctx_store(c, st);
    *h = (struct slot_hit)SLOT_HIT(hit, out);
    struct slot_sums d = {
        .batch = h->batch, .hit_type = h->hit_type, .pending = -1, .submitted = 1};
    st = slots_sums(c->tx, &d);
    if (st == ST_OK && !h->expired) {
        struct transfer_for about = {.requester = h->requester, .batch = h->batch, .hit = hit};
        int64_t held = larger(cost_cents, h->reward_cents + h->fee_cents);
        st = slots_rehold(c->tx, at_ms, cost_cents - held, &about);
    }
    return st == ST_OK ? emit_reviewable(c, h, at_ms) : ctx_store(c, st);
}

struct err slots_free(struct ctx *c, int64_t hit, int64_t cost_cents, int64_t at_ms,
                      struct slot_hit *h) {
    struct sql_slots_free_out out;
    enum st st = sql_slots_free(c->tx, &(struct sql_slots_free_in){hit, at_ms}, &out);
    assert(st != ST_NONE); /* the assignment was in progress */
    if (st != ST_OK)
        return ctx_store(c, st);
    *h = (struct slot_hit)SLOT_HIT(hit, out);
    struct slot_sums d = {.batch = h->batch, .hit_type = h->hit_type, .pending = -1};
    struct transfer_for about = {.requester = h->requester, .batch = h->batch, .hit = hit};
    if (h->expired) {
        d.slots = -1;
        struct shape was = {h->batch,
                            out.many,
                            h->max_assignments,
                            h->reward_cents + h->fee_cents,
                            true,
                            used(h) + 1},
                     is = was;
        is.used--;
        st = shapes_move(c->tx, &was, &is);
        if (st == ST_OK)
            st = ledger_release(c->tx, at_ms, cost_cents, &about);
    } else {
        if (used(h) == h->max_assignments - 1)
            d.open_hits = 1;
        int64_t current = h->reward_cents + h->fee_cents;
        st = slots_rehold(c->tx, at_ms, current - larger(cost_cents, current), &about);
    }
    if (st == ST_OK)
        st = slots_sums(c->tx, &d);
    return st == ST_OK ? emit_reviewable(c, h, at_ms) : ctx_store(c, st);
}
