/* What a requester may do to a HIT (money-and-lifecycle 6.3, H3 to H9). */
#include <assert.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/num.h"
#include "ledger/ledger.h"
#include "market/bounds.h"
#include "market/due.h"
#include "market/due_expire.h"
#include "market/events.h"
#include "market/fees.h"
#include "market/form_work.h"
#include "market/funds.h"
#include "market/hit.h"
#include "market/hit_question.h"
#include "market/policy.h"
#include "market/request_key.h"
#include "market/shapes.h"
#include "market/slots_money.h"
#include "store/sql.h"

/* Clocks of clients run a little ahead (requester-api 2.36). */
enum { SKEW_MS = 5000 };

static const char more_field[] = "NumberOfAdditionalAssignments";
static const struct str more_assignments = {"CreateAdditionalAssignmentsForHIT", 33};

/* A HIT of the acting requester after everything due was applied. */
struct mine {
    int64_t id;
    struct sql_hit_state_out row;
    struct hit_counts n;
    int64_t used, cost_cents;
};

static struct err load_row(struct ctx *c, struct mine *m) {
    enum st st = sql_hit_state(c->tx, &(struct sql_hit_state_in){m->id}, &m->row);
    if (st != ST_OK)
        return ctx_store(c, st == ST_NONE ? ST_FAIL : st);
    const struct sql_hit_state_out *r = &m->row;
    m->n = (struct hit_counts){
        .max_assignments = r->max_assignments,
        .pending = r->pending,
        .submitted = r->submitted,
        .approved = r->approved,
        .rejected = r->rejected,
        .expired = r->expired,
        .reviewing = r->reviewing,
        .disposed = r->disposed_ms != SQL_NULL,
    };
    m->used = r->pending + r->submitted + r->approved + r->rejected;
    m->cost_cents = r->reward_cents + r->fee_cents;
    return NO_ERR;
}

static struct err load(struct ctx *c, struct str hit_id, struct mine *m) {
    struct err e = hit_find(c, hit_id, &m->id);
    if (!failed(e))
        e = due_hit(c, m->id);
    return failed(e) ? e : load_row(c, m);
}

static struct err wrong_state(struct ctx *c, const struct mine *m, const char *allowed) {
    return err_make(c->arena, ERR_INVALID_HIT_STATE, NULL,
                    "This HIT is currently in the state '%s'.  This operation can be called with "
                    "a status of: %s",
                    hit_status_name(hit_status(&m->n)), allowed);
}

static struct transfer_for about(const struct mine *m) {
    return (struct transfer_for){
        .requester = m->row.requester, .batch = m->row.batch, .hit = m->id};
}

/* What to say when a hold did not succeed. */
static struct err unheld(struct ctx *c, enum st st, const char *what, int64_t cents) {
    if (st != ST_CONFLICT)
        return ctx_store(c, st);
    struct balances b;
    st = ledger_balances(c->tx, c->actor->party, &b);
    return st == ST_OK ? fee_short(c, what, cents, b.avail) : ctx_store(c, st);
}

static struct err extended(struct ctx *c, const struct mine *m) {
    struct event e = {.kind = EVENT_HIT_EXTENDED, .at_ms = c->now_ms, .hit = m->id};
    return event_emit(c, &e);
}

static struct shape shape_of(const struct mine *m) {
    return (struct shape){.batch = m->row.batch,
                          .many = m->row.many,
                          .max_assignments = m->row.max_assignments,
                          .cost_cents = m->cost_cents,
                          .expired = m->row.expired != 0,
                          .used = m->used};
}

/* ---- expiration ---- */

/* The hold that an expired HIT needs to be live again: its open slots, and what work in progress
 * holds on a live HIT beyond its own cost (I3). */
static struct err reopen_money(struct ctx *c, const struct mine *m) {
    struct sql_hit_surplus_in in = {m->id, m->cost_cents, m->cost_cents};
    struct sql_hit_surplus_out out = {0};
    enum st st = m->row.pending ? sql_hit_surplus(c->tx, &in, &out) : ST_OK;
    if (st != ST_OK)
        return ctx_store(c, st);
    int64_t open = m->row.max_assignments - m->used, cents = 0;
    if (!num_mul(open, m->cost_cents, &cents) || !num_add(cents, out.surplus_cents, &cents))
        return ctx_store(c, ST_FAIL);
    struct transfer_for for_ = about(m);
    st = funds_hold(c, cents, &for_);
    return unheld(c, st,
                  arena_printf(c->arena, "%lld reopened assignment%s at $%.*s with the fee",
                               (long long)open, open == 1 ? "" : "s",
                               STR_ARG(money_wire(c->arena, m->cost_cents))),
                  cents);
}

/* m has `grown` assignments more than it had. */
static struct err reopen(struct ctx *c, const struct mine *m, int64_t grown) {
    struct err e = reopen_money(c, m);
    if (failed(e))
        return e;
    int64_t open = m->row.max_assignments - m->used;
    struct slot_sums d = {
        .batch = m->row.batch, .hit_type = m->row.hit_type, .slots = open, .open_hits = open > 0};
    struct shape from = shape_of(m), to = from;
    from.max_assignments -= grown;
    to.expired = false;
    enum st st = slots_sums(c->tx, &d);
    return ctx_store(c, st == ST_OK ? shapes_move(c->tx, &from, &to) : st);
}

static struct err extend(struct ctx *c, const struct mine *m, int64_t expires_ms) {
    static const struct bounds ahead = {0, DURATION_S_MAX};
    struct err e = bounds_int(c, "ExpireAt", (expires_ms - c->now_ms) / 1000, &ahead);
    if (failed(e) || (!m->row.expired && expires_ms == m->row.expires_ms))
        return e;
    if (m->row.expired)
        e = reopen(c, m, 0);
    if (failed(e))
        return e;
    struct sql_hit_reopen_in in = {
        .id = m->id,
        .expires_ms = expires_ms,
        .expired = 0,
        .reviewing = m->row.reviewing && m->used == m->row.max_assignments,
        .activity_ms = c->now_ms,
    };
    e = ctx_store(c, sql_hit_reopen(c->tx, &in, NULL));
    return failed(e) ? e : extended(c, m);
}

struct err hit_update_expiration(struct ctx *c, struct str hit_id, int64_t expires_ms) {
    struct mine m;
    struct err e = load(c, hit_id, &m);
    if (failed(e))
        return e;
    if (m.n.disposed)
        return hit_unknown(c, hit_id);
    if (expires_ms > c->now_ms + SKEW_MS)
        return extend(c, &m, expires_ms);
    e = expire_hit(c, m.id, c->now_ms);
    return failed(e) ? e : policy_run(c, m.id);
}

/* ---- more assignments ---- */

static struct err grow(struct ctx *c, const struct mine *m, int64_t more) {
    struct transfer_for for_ = about(m);
    int64_t cents = 0;
    if (!num_mul(more, m->cost_cents, &cents))
        return ctx_store(c, ST_FAIL);
    /* An expired HIT has no open slots: they are held when it is reopened. */
    bool live = !m->row.expired;
    enum st st = live ? funds_hold(c, cents, &for_) : ST_OK;
    if (st != ST_OK)
        return unheld(c, st,
                      arena_printf(c->arena, "%lld more assignment%s at $%.*s with the fee",
                                   (long long)more, more == 1 ? "" : "s",
                                   STR_ARG(money_wire(c->arena, m->cost_cents))),
                      cents);
    struct slot_sums d = {.batch = m->row.batch,
                          .hit_type = m->row.hit_type,
                          .slots = live ? more : 0,
                          .open_hits = live && m->used == m->row.max_assignments};
    struct sql_hit_grow_in in = {m->id, more, m->row.reviewing && !live, c->now_ms};
    struct shape from = shape_of(m), to = from;
    to.max_assignments += more;
    st = slots_sums(c->tx, &d);
    if (st == ST_OK)
        st = shapes_move(c->tx, &from, &to);
    if (st == ST_OK)
        st = sql_hit_grow(c->tx, &in, NULL);
    return ctx_store(c, st);
}

/* 2.10: the fee's tier is fixed, so a HIT can not grow out of it. */
static struct err check_tier(struct ctx *c, const struct mine *m, int64_t more) {
    struct fee_rates rates;
    struct err e = fee_load(c, &rates);
    if (failed(e) || m->row.many || !fee_many(&rates, m->row.max_assignments + more))
        return e;
    return err_make(c->arena, ERR_INVALID_MAX_ASSIGNMENTS_INCREASE, more_field,
                    "A HIT made with fewer than %lld assignments can not be raised to %lld or "
                    "more: this one has %lld, you asked for %lld more.",
                    (long long)rates.many_from, (long long)rates.many_from,
                    (long long)m->row.max_assignments, (long long)more);
}

struct err hit_add_assignments(struct ctx *c, struct str hit_id, int64_t more, struct str token) {
    static const struct bounds range = {1, ASSIGNMENTS_MAX};
    struct mine m;
    int64_t first = 0;
    bool known = false;
    struct err e = bounds_int(c, more_field, more, &range);
    if (!failed(e))
        e = unique_token_find(c, c->actor->party, more_assignments, token, &first, &known);
    if (!failed(e) && known)
        return err_make(c->arena, ERR_DUPLICATE_REQUEST, "UniqueRequestToken",
                        "The idempotency token \"%.*s\" has already been processed.",
                        STR_ARG(token));
    if (!failed(e))
        e = load(c, hit_id, &m);
    if (failed(e))
        return e;
    if (m.n.disposed)
        return wrong_state(c, &m, "Assignable, Unassignable, Reviewable, Reviewing");
    e = check_tier(c, &m, more);
    if (!failed(e))
        e = bounds_int(c, more_field, more,
                       &(struct bounds){1, ASSIGNMENTS_MAX - m.row.max_assignments});
    if (!failed(e))
        e = grow(c, &m, more);
    if (!failed(e))
        e = unique_token_keep(c, c->actor->party, more_assignments, token, m.id);
    return failed(e) ? e : extended(c, &m);
}

/* An expired HIT is reopened with the new slot counted in, so that what it costs is held before
 * anything changes. */
static struct err grow_expired(struct ctx *c, struct mine *m, int64_t expires_ms) {
    struct sql_hit_grow_in more = {m->id, 1, 0, c->now_ms};
    struct sql_hit_reopen_in live = {
        .id = m->id, .expires_ms = expires_ms, .activity_ms = c->now_ms};
    m->row.max_assignments++;
    struct err e = reopen(c, m, 1);
    if (!failed(e))
        e = ctx_store(c, sql_hit_grow(c->tx, &more, NULL));
    return failed(e) ? e : ctx_store(c, sql_hit_reopen(c->tx, &live, NULL));
}

static struct err grow_live(struct ctx *c, const struct mine *m, int64_t expires_ms) {
    struct sql_hit_reopen_in later = {
        .id = m->id, .expires_ms = expires_ms, .activity_ms = c->now_ms};
    struct err e = grow(c, m, 1);
    if (failed(e) || expires_ms == m->row.expires_ms)
        return e;
    return ctx_store(c, sql_hit_reopen(c->tx, &later, NULL));
}

struct err hit_extend_one(struct ctx *c, int64_t hit, int64_t min_time_s) {
    struct mine m = {.id = hit};
    struct err e = load_row(c, &m);
    if (failed(e))
        return e;
    int64_t expires_ms = c->now_ms + min_time_s * 1000;
    if (expires_ms < m.row.expires_ms)
        expires_ms = m.row.expires_ms;
    if (m.n.disposed || expires_ms <= c->now_ms)
        return wrong_state(c, &m, "Assignable, Unassignable");
    e = check_tier(c, &m, 1);
    if (!failed(e))
        e = m.row.expired ? grow_expired(c, &m, expires_ms) : grow_live(c, &m, expires_ms);
    return failed(e) ? e : extended(c, &m);
}

/* ---- review flag, type, deletion ---- */

struct err hit_review(struct ctx *c, struct str hit_id, bool revert) {
    struct mine m;
    struct err e = load(c, hit_id, &m);
    if (failed(e))
        return e;
    enum hit_status status = hit_status(&m.n);
    if (status == HIT_DISPOSED)
        return hit_unknown(c, hit_id);
    if (status != HIT_REVIEWABLE && status != HIT_REVIEWING)
        return wrong_state(c, &m, revert ? "Reviewing" : "Reviewable");
    if ((status == HIT_REVIEWABLE) == revert)
        return NO_ERR;
    struct sql_hit_put_reviewing_in in = {m.id, !revert};
    return ctx_store(c, sql_hit_put_reviewing(c->tx, &in, NULL));
}

/* What a live HIT holds more (or, below 0, less) at another cost of a slot. */
static enum st difference(struct ctx *c, const struct mine *m, int64_t cost_cents, int64_t *cents) {
    *cents = 0;
    if (m->row.expired)
        return ST_OK;
    *cents = (m->row.max_assignments - m->used) * (cost_cents - m->cost_cents);
    if (!m->row.pending)
        return ST_OK;
    struct sql_hit_surplus_in in = {m->id, m->cost_cents, cost_cents};
    struct sql_hit_surplus_out out;
    enum st st = sql_hit_surplus(c->tx, &in, &out);
    if (st == ST_OK)
        *cents += out.other_surplus_cents - out.surplus_cents;
    return st;
}

static struct err move_to(struct ctx *c, const struct mine *m, const struct hit_type *t) {
    struct fee_rates rates;
    struct fee_of of = {t->reward_cents, t->premium_cents, m->row.many, t->masters};
    int64_t fee = 0, cents = 0;
    struct err e = fee_load(c, &rates);
    if (failed(e))
        return e;
    if (!fee_assignment(&rates, &of, &fee))
        return ctx_store(c, ST_FAIL);
    enum st st = difference(c, m, t->reward_cents + fee, &cents);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct transfer_for for_ = about(m);
    st = slots_rehold(c->tx, c->now_ms, cents, &for_);
    if (st != ST_OK)
        return unheld(c, st, "Changing the HIT type", cents);
    struct sql_hit_put_type_in in = {m->id, t->id, t->reward_cents, fee};
    st = sql_hit_put_type(c->tx, &in, NULL);
    struct shape was = shape_of(m), is = was;
    is.cost_cents = t->reward_cents + fee;
    if (st == ST_OK)
        st = shapes_move(c->tx, &was, &is);
    bool open = hit_available(&m->n) > 0;
    struct slot_sums from = {.hit_type = m->row.hit_type, .open_hits = -open};
    struct slot_sums to = {.hit_type = t->id, .open_hits = open};
    if (st == ST_OK)
        st = slots_sums(c->tx, &from);
    if (st == ST_OK)
        st = slots_sums(c->tx, &to);
    return ctx_store(c, st);
}

struct err hit_change_type(struct ctx *c, struct str hit_id, struct str hit_type_id) {
    struct mine m;
    struct hit_type type;
    struct err e = load(c, hit_id, &m);
    if (!failed(e) && m.n.disposed)
        return hit_unknown(c, hit_id);
    if (!failed(e))
        e = hit_type_find_live(c, hit_type_id, &type);
    if (failed(e) || type.id == m.row.hit_type)
        return e;
    return move_to(c, &m, &type);
}

struct err hit_delete(struct ctx *c, struct str hit_id) {
    struct mine m;
    struct err e = load(c, hit_id, &m);
    if (failed(e))
        return e;
    enum hit_status status = hit_status(&m.n);
    if (status == HIT_DISPOSED)
        return hit_unknown(c, hit_id);
    if ((status != HIT_REVIEWABLE && status != HIT_REVIEWING) || m.row.submitted > 0)
        return wrong_state(c, &m, "Reviewing, Reviewable");
    struct shape gone = shape_of(&m);
    enum st st = sql_hit_dispose(c->tx, &(struct sql_hit_dispose_in){m.id, c->now_ms}, NULL);
    if (st == ST_OK)
        st = shapes_put(c->tx, &gone, -1);
    e = ctx_store(c, st);
    if (!failed(e))
        e = form_drop_files(c, m.id);
    if (failed(e))
        return e;
    struct event event = {.kind = EVENT_HIT_DISPOSED, .at_ms = c->now_ms, .hit = m.id};
    return event_emit(c, &event);
}

/* ---- a whole batch ---- */

struct listing {
    struct sql_due_batch_hits_out *rows;
    int n;
};

static bool take_hit(void *arg, const struct sql_due_batch_hits_out *row) {
    struct listing *l = arg;
    l->rows[l->n++] = *row;
    return true;
}

struct err hit_cancel_batch(struct ctx *c, int64_t batch, int limit, int64_t *seq) {
    struct sql_batch_publishing_row_out b;
    enum st st = sql_batch_publishing_row(c->tx, &(struct sql_batch_publishing_row_in){batch}, &b);
    if (st == ST_NONE || (st == ST_OK && b.requester != c->actor->party))
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no batch %lld.", (long long)batch);
    if (st == ST_OK && (b.state == BATCH_PUBLISHING || b.state == BATCH_DRAFT))
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "Batch %lld is not published to its end yet; it can be cancelled then.",
                        (long long)batch);
    struct listing l = {arena_array(c->arena, (size_t)limit, sizeof(*l.rows)), 0};
    struct sql_due_batch_hits_in in = {batch, *seq, limit};
    if (st == ST_OK)
        st = sql_due_batch_hits_each(c->tx, &in, take_hit, &l);
    struct err e = ctx_store(c, st);
    for (int i = 0; i < l.n && !failed(e); i++) {
        if (l.rows[i].expired || l.rows[i].disposed_ms != SQL_NULL)
            continue;
        e = due_hit(c, l.rows[i].id);
        if (!failed(e))
            e = expire_hit(c, l.rows[i].id, c->now_ms);
    }
    *seq = l.n == limit ? l.rows[l.n - 1].seq : 0;
    return e;
}
