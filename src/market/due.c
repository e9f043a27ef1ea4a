#include "market/due.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "ledger/ledger.h"
#include "market/answer_draft.h"
#include "market/appeal.h"
#include "market/batch_change.h"
#include "market/due_expire.h"
#include "market/events.h"
#include "market/form_work.h"
#include "market/policy.h"
#include "market/publish.h"
#include "market/request_key.h"
#include "market/settle.h"
#include "market/shapes.h"
#include "market/slots.h"
#include "market/slots_money.h"
#include "store/sql.h"

/* Work that one statement picks up at a time within a rule. */
enum { STEP = 500, PUBLISHING_MAX = 16 };

static const int64_t DISPOSAL_MS = (int64_t)DISPOSAL_S * 1000;

static const struct actor clock_actor = {.entrance = ENTRANCE_CLOCK};

/* The clock acts, whoever asked. */
static struct ctx as_clock(const struct ctx *c) {
    struct ctx k = *c;
    k.actor = &clock_actor;
    return k;
}

/* ---- expiry ---- */

static struct err expired_events(struct ctx *c, const struct expired *x) {
    struct event e = {.kind = EVENT_HIT_EXPIRED, .at_ms = x->at_ms, .hit = x->hit};
    struct err err = event_emit(c, &e);
    if (failed(err) || x->pending > 0 || x->used == x->max_assignments)
        return err;
    e.kind = EVENT_HIT_REVIEWABLE;
    return event_emit(c, &e);
}

/* What the HIT held beyond what stays held for work in progress. */
static enum st released_by(struct ctx *c, const struct expired *x, int64_t *cents) {
    *cents = (x->max_assignments - x->used) * x->cost_cents;
    if (x->pending == 0)
        return ST_OK;
    struct sql_hit_surplus_in in = {x->hit, x->cost_cents, x->cost_cents};
    struct sql_hit_surplus_out out;
    enum st st = sql_hit_surplus(c->tx, &in, &out);
    if (st == ST_OK)
        *cents += out.surplus_cents;
    return st;
}

static int by_batch(const void *a, const void *b) {
    const struct expired *x = a, *y = b;
    if (x->batch != y->batch)
        return x->batch < y->batch ? -1 : 1;
    if (x->hit_type != y->hit_type)
        return x->hit_type < y->hit_type ? -1 : 1;
    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    return x->hit < y->hit ? -1 : x->hit > y->hit;
}

/* HITs of one batch and type that expired at one moment: one release, one change of the sums. */
static struct err settle_group(struct ctx *c, const struct expired *x, size_t n) {
    struct slot_sums d = {.batch = x->batch, .hit_type = x->hit_type};
    int64_t cents = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t of_hit = 0;
        enum st st = released_by(c, &x[i], &of_hit);
        if (st != ST_OK)
            return ctx_store(c, st);
        cents += of_hit;
        d.slots -= x[i].max_assignments - x[i].used;
        d.open_hits -= x[i].used < x[i].max_assignments;
    }
    struct transfer_for about = {
        .requester = x->requester, .batch = x->batch, .hit = n == 1 ? x->hit : 0};
    enum st st = ledger_release(c->tx, x->at_ms, cents, &about);
    if (st == ST_OK)
        st = slots_sums(c->tx, &d);
    struct sql_hit_type_row_out type = {0};
    if (st == ST_OK)
        st = sql_hit_type_row(c->tx, &(struct sql_hit_type_row_in){x->hit_type}, &type);
    struct err e = ctx_store(c, st);
    int64_t wanted = (INT64_C(1) << EVENT_HIT_EXPIRED) | (INT64_C(1) << EVENT_HIT_REVIEWABLE);
    for (size_t i = 0; i < n && !failed(e) && (type.events & wanted); i++)
        e = expired_events(c, &x[i]);
    for (size_t i = 0; i < n && !failed(e); i++)
        if (x[i].pending == 0 && x[i].used > 0 && x[i].used < x[i].max_assignments)
            e = policy_mark(c, x[i].hit, x[i].at_ms);
    return e;
}

static enum st expired_shapes(struct ctx *c, const struct expired *x, size_t n) {
    struct shapes shapes = {.tx = c->tx};
    for (size_t i = 0; i < n; i++) {
        struct shape shape = {.batch = x[i].batch,
                              .many = x[i].many,
                              .max_assignments = x[i].max_assignments,
                              .cost_cents = x[i].cost_cents,
                              .used = x[i].used};
        shapes_add(&shapes, &shape, -1);
        shape.expired = true;
        shapes_add(&shapes, &shape, 1);
    }
    return shapes_end(&shapes);
}

struct err expired_settle(struct ctx *c, struct expired *x, size_t n) {
    qsort(x, n, sizeof(*x), by_batch);
    enum st st = expired_shapes(c, x, n);
    if (st != ST_OK)
        return ctx_store(c, st);
    size_t end;
    for (size_t i = 0; i < n; i = end) {
        for (end = i + 1; end < n && x[end].batch == x[i].batch &&
                          x[end].hit_type == x[i].hit_type && x[end].at_ms == x[i].at_ms;)
            end++;
        struct err e = settle_group(c, &x[i], end - i);
        if (failed(e))
            return e;
    }
    return NO_ERR;
}

#define EXPIRED(row)                                                                               \
    {                                                                                              \
        .hit = (row)->id, .requester = (row)->requester, .batch = (row)->batch,                    \
        .hit_type = (row)->hit_type, .max_assignments = (row)->max_assignments,                    \
        .pending = (row)->pending, .used = (row)->used, .cost_cents = (row)->cost_cents,           \
        .at_ms = (row)->expires_ms, .many = (row)->many,                                           \
    }

struct err expire_hit(struct ctx *c, int64_t hit, int64_t at_ms) {
    struct sql_due_expire_one_out out;
    enum st st = sql_due_expire_one(c->tx, &(struct sql_due_expire_one_in){hit, at_ms}, &out);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct expired x = EXPIRED(&out);
    return expired_settle(c, &x, 1);
}

struct expired_list {
    struct expired *list;
    size_t n;
};

static bool take_expired(void *arg, const struct sql_due_expire_some_out *row) {
    struct expired_list *l = arg;
    l->list[l->n++] = (struct expired)EXPIRED(row);
    return true;
}

static struct err expire_some(struct ctx *c, int limit, int64_t *done) {
    struct expired_list l = {arena_array(c->arena, (size_t)limit, sizeof(*l.list)), 0};
    struct sql_due_expire_some_in in = {c->now_ms, DISPOSAL_MS, limit};
    enum st st = sql_due_expire_some_each(c->tx, &in, take_expired, &l);
    if (st != ST_OK)
        return ctx_store(c, st);
    *done += (int64_t)l.n;
    return expired_settle(c, l.list, l.n);
}

/* ---- abandonment ---- */

static struct err abandon(struct ctx *c, int64_t assignment) {
    struct sql_due_abandoning_out a;
    enum st st = sql_due_abandoning(c->tx, &(struct sql_due_abandoning_in){assignment}, &a);
    if (st != ST_OK)
        return ctx_store(c, st);
    /* A step of the sweeper may come to the work before it comes to its HIT; the slot must not
     * seem to have reopened. */
    if (!a.expired && a.expires_ms <= c->now_ms) {
        struct err e = expire_hit(c, a.hit, a.expires_ms);
        if (failed(e))
            return e;
    }
    st = sql_due_abandon(c->tx, &(struct sql_due_abandon_in){assignment}, NULL);
    if (st == ST_OK)
        st = sql_due_abandon_figure(c->tx, &(struct sql_due_abandon_figure_in){a.worker}, NULL);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct event event = {EVENT_ASSIGNMENT_ABANDONED, a.due_ms, a.hit, assignment};
    struct err e = event_emit(c, &event);
    struct slot_hit after;
    return failed(e) ? e : slots_free(c, a.hit, a.cost_cents, a.due_ms, &after);
}

struct rows {
    int64_t *list;
    size_t n;
};

static bool take_row(void *arg, const struct sql_due_accepted_out *row) {
    struct rows *r = arg;
    r->list[r->n++] = row->id;
    return true;
}

static struct err abandon_of_hit(struct ctx *c, int64_t hit) {
    struct rows r = {arena_array(c->arena, STEP, sizeof(int64_t)), 0};
    do {
        r.n = 0;
        struct sql_due_accepted_in in = {hit, c->now_ms, STEP};
        struct err e = ctx_store(c, sql_due_accepted_each(c->tx, &in, take_row, &r));
        for (size_t i = 0; i < r.n && !failed(e); i++)
            e = abandon(c, r.list[i]);
        if (failed(e))
            return e;
    } while (r.n == STEP);
    return NO_ERR;
}

/* ---- automatic approval ---- */

/* A HIT with submitted work whose time has come. */
struct ripe {
    int64_t requester, hit;
};

static int by_requester(const void *a, const void *b) {
    const struct ripe *x = a, *y = b;
    if (x->requester != y->requester)
        return x->requester < y->requester ? -1 : 1;
    return x->hit < y->hit ? -1 : x->hit > y->hit;
}

/* One settlement for the HITs of one requester. */
static struct err approve_group(struct ctx *c, const struct ripe *r, size_t n) {
    struct settlement s;
    struct err e = settle_begin(c, r->requester, 0, &s);
    for (size_t i = 0; i < n && !failed(e); i++) {
        int64_t added = 0;
        if (i == 0 || r[i].hit != r[i - 1].hit)
            e = settle_add_due(c, &s, r[i].hit, &added);
    }
    return failed(e) ? e : settle_apply(c, &s);
}

static struct err approve(struct ctx *c, struct ripe *r, size_t n) {
    qsort(r, n, sizeof(*r), by_requester);
    size_t end;
    for (size_t i = 0; i < n; i = end) {
        for (end = i + 1; end < n && r[end].requester == r[i].requester;)
            end++;
        struct err e = approve_group(c, &r[i], end - i);
        if (failed(e))
            return e;
    }
    return NO_ERR;
}

/* ---- one HIT, or several ---- */

/* The two statements that dispose of what is old answer alike. */
#define SHAPE(row)                                                                                 \
    {                                                                                              \
        .batch = (row)->batch, .many = (row)->many, .max_assignments = (row)->max_assignments,     \
        .cost_cents = (row)->cost_cents, .expired = (row)->expired, .used = (row)->used,           \
    }

static struct err dispose_hit(struct ctx *c, int64_t hit) {
    struct sql_due_dispose_one_in in = {hit, c->now_ms - DISPOSAL_MS, DISPOSAL_MS};
    struct sql_due_dispose_one_out out;
    enum st st = sql_due_dispose_one(c->tx, &in, &out);
    if (st != ST_OK)
        return ctx_store(c, st);
    st = shapes_put(c->tx, &(struct shape)SHAPE(&out), -1);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct event event = {.kind = EVENT_HIT_DISPOSED, .at_ms = out.disposed_ms, .hit = hit};
    struct err e = form_drop_files(c, hit);
    return failed(e) ? e : event_emit(c, &event);
}

/* What one HIT is owed. */
struct owed {
    int64_t hit, requester, expires_ms;
    bool expires; /* its time is over … */
    bool full;    /* … but it was full before, and may have been disposed of before */
    bool ripe;    /* an assignment is due */
    bool old;     /* may be due for disposal */
    bool marked;  /* its review policy is to run */
};

static struct err look(struct ctx *c, int64_t hit, struct owed *o) {
    struct sql_due_look_out h;
    *o = (struct owed){.hit = hit};
    enum st st = sql_due_look(c->tx, &(struct sql_due_look_in){hit}, &h);
    if (st != ST_OK || h.disposed_ms != SQL_NULL)
        return ctx_store(c, st);
    o->requester = h.requester;
    o->expires_ms = h.expires_ms;
    o->expires = !h.expired && h.expires_ms <= c->now_ms;
    o->full = h.pending == 0 && h.submitted + h.decided == h.max_assignments;
    o->ripe = h.due_ms != SQL_NULL && h.due_ms <= c->now_ms;
    o->marked = h.policy_ms != SQL_NULL && h.policy_ms <= c->now_ms;
    o->old = h.activity_ms <= c->now_ms - DISPOSAL_MS;
    return NO_ERR;
}

/* Expires and abandons; afterwards o->ripe says whether submitted work is due. */
static struct err settle_slots(struct ctx *c, struct owed *o) {
    struct err e = NO_ERR;
    if (o->expires && !o->full) {
        e = expire_hit(c, o->hit, o->expires_ms);
        o->expires = false;
    }
    if (failed(e) || !o->ripe || o->full)
        return e;
    e = abandon_of_hit(c, o->hit);
    struct owed after;
    if (!failed(e))
        e = look(c, o->hit, &after);
    if (!failed(e))
        o->ripe = after.ripe;
    return e;
}

/* The HIT's policy looks at the work as it was when the HIT became reviewable: what was approved
 * by then is, what would be approved later is decided by the policy first. */
static struct err review(struct ctx *c, struct owed *o) {
    int64_t at_ms = 0;
    struct owed before, after = {0};
    struct err e = policy_marked(c, o->hit, &at_ms);
    if (failed(e) || !at_ms)
        return e;
    struct ctx then = *c;
    then.now_ms = at_ms;
    e = look(&then, o->hit, &before);
    if (!failed(e) && before.ripe)
        e = approve_group(&then, &(struct ripe){o->requester, o->hit}, 1);
    if (!failed(e))
        e = policy_run(c, o->hit);
    if (!failed(e))
        e = look(c, o->hit, &after);
    o->ripe = after.ripe;
    o->expires &= after.expires; /* it may have been extended */
    return e;
}

static struct err finish(struct ctx *c, const struct owed *o) {
    struct err e = dispose_hit(c, o->hit);
    return failed(e) || !o->expires ? e : expire_hit(c, o->hit, o->expires_ms);
}

struct err due_hits(struct ctx *caller, const int64_t *hits, int count) {
    struct ctx k = as_clock(caller), *c = &k;
    size_t n = 0, ripe_count = 0, max = (size_t)(count > 0 ? count : 0);
    struct owed *owed = arena_array(c->arena, max, sizeof(*owed));
    struct ripe *ripe = arena_array(c->arena, max, sizeof(*ripe));
    for (size_t i = 0; i < max; i++) {
        struct owed *o = &owed[n];
        struct err e = look(c, hits[i], o);
        if (!failed(e) && (o->expires || o->ripe || o->old || o->marked)) {
            n++;
            e = settle_slots(c, o);
            if (!failed(e))
                e = review(c, o);
        }
        if (failed(e))
            return e;
        if (o->ripe)
            ripe[ripe_count++] = (struct ripe){o->requester, o->hit};
    }
    struct err e = approve(c, ripe, ripe_count);
    for (size_t i = 0; i < n && !failed(e); i++)
        e = finish(c, &owed[i]);
    return e;
}

struct err due_hit(struct ctx *c, int64_t hit) {
    return due_hits(c, &hit, 1);
}

/* ---- everything ---- */

struct err due_any(struct ctx *c, bool *any) {
    struct sql_due_heads_out h;
    *any = false;
    enum st st = sql_due_heads(c->tx, &h);
    if (st != ST_OK)
        return ctx_store(c, st);
    *any = (h.expires_ms != SQL_NULL && h.expires_ms <= c->now_ms) ||
           (h.due_ms != SQL_NULL && h.due_ms <= c->now_ms) ||
           (h.activity_ms != SQL_NULL && h.activity_ms <= c->now_ms - DISPOSAL_MS) ||
           (h.policy_ms != SQL_NULL && h.policy_ms <= c->now_ms) || h.publishing != SQL_NULL;
    return NO_ERR;
}

struct due_lists {
    int64_t *accepted, *policied; /* the latter: HITs with a policy of their own */
    struct ripe *ripe;
    size_t accepted_count, policied_count, ripe_count;
};

static bool take_due(void *arg, const struct sql_due_assignments_out *row) {
    struct due_lists *l = arg;
    if (row->status == ASSIGNMENT_ACCEPTED)
        l->accepted[l->accepted_count++] = row->id;
    else if (row->policy != SQL_NULL)
        l->policied[l->policied_count++] = row->hit;
    else
        l->ripe[l->ripe_count++] = (struct ripe){row->requester, row->hit};
    return true;
}

static struct err sweep_assignments(struct ctx *c, int limit, int64_t *done) {
    struct due_lists l = {
        .accepted = arena_array(c->arena, (size_t)limit, sizeof(*l.accepted)),
        .policied = arena_array(c->arena, (size_t)limit, sizeof(*l.policied)),
        .ripe = arena_array(c->arena, (size_t)limit, sizeof(*l.ripe)),
    };
    struct sql_due_assignments_in in = {c->now_ms, limit};
    struct err e = ctx_store(c, sql_due_assignments_each(c->tx, &in, take_due, &l));
    for (size_t i = 0; i < l.accepted_count && !failed(e); i++)
        e = abandon(c, l.accepted[i]);
    /* Of these the order of moments matters: each HIT by itself. */
    for (size_t i = 0; i < l.policied_count && !failed(e); i++)
        e = due_hit(c, l.policied[i]);
    *done += (int64_t)(l.accepted_count + l.policied_count + l.ripe_count);
    return failed(e) ? e : approve(c, l.ripe, l.ripe_count);
}

struct disposed {
    int64_t hit, at_ms;
};

struct disposed_list {
    struct disposed *list; /* those whose requester wants to hear of it */
    int64_t *hits;         /* all */
    struct shape *shapes;
    size_t n, total;
};

static bool take_disposed(void *arg, const struct sql_due_dispose_some_out *row) {
    struct disposed_list *l = arg;
    l->shapes[l->total] = (struct shape)SHAPE(row);
    l->hits[l->total++] = row->id;
    if (row->events & (INT64_C(1) << EVENT_HIT_DISPOSED))
        l->list[l->n++] = (struct disposed){row->id, row->disposed_ms};
    return true;
}

static struct err sweep_disposals(struct ctx *c, int limit, int64_t *done) {
    struct disposed_list l = {.list = arena_array(c->arena, (size_t)limit, sizeof(*l.list)),
                              .hits = arena_array(c->arena, (size_t)limit, sizeof(*l.hits)),
                              .shapes = arena_array(c->arena, (size_t)limit, sizeof(*l.shapes))};
    struct sql_due_dispose_some_in in = {c->now_ms - DISPOSAL_MS, DISPOSAL_MS, limit};
    enum st st = sql_due_dispose_some_each(c->tx, &in, take_disposed, &l);
    struct shapes shapes = {.tx = c->tx};
    for (size_t i = 0; i < l.total && st == ST_OK; i++)
        shapes_add(&shapes, &l.shapes[i], -1);
    if (st == ST_OK)
        st = shapes_end(&shapes);
    struct err e = ctx_store(c, st);
    for (size_t i = 0; i < l.n && !failed(e); i++) {
        struct event event = {
            .kind = EVENT_HIT_DISPOSED, .at_ms = l.list[i].at_ms, .hit = l.list[i].hit};
        e = event_emit(c, &event);
    }
    for (size_t i = 0; i < l.total && !failed(e); i++)
        e = form_drop_files(c, l.hits[i]);
    *done += (int64_t)l.total;
    return e;
}

static bool take_publishing(void *arg, const struct sql_batches_publishing_out *row) {
    struct rows *r = arg;
    r->list[r->n++] = row->id;
    return true;
}

static struct err sweep_publishing(struct ctx *c, int64_t *done) {
    struct rows r = {arena_array(c->arena, PUBLISHING_MAX, sizeof(int64_t)), 0};
    struct sql_batches_publishing_in in = {PUBLISHING_MAX};
    struct err e = ctx_store(c, sql_batches_publishing_each(c->tx, &in, take_publishing, &r));
    for (size_t i = 0; i < r.n && !failed(e); i++) {
        struct publish_progress p;
        e = publish_resume(c, r.list[i], &p);
    }
    *done += (int64_t)r.n;
    return e;
}

static bool take_draft(void *arg, const struct sql_batches_draft_old_out *row) {
    struct rows *r = arg;
    r->list[r->n++] = row->id;
    return true;
}

/* Tokens and request keys are forgotten after 24 h, as is what was entered into work that is over;
 * drafts of batches after a week. */
static struct err sweep_memory(struct ctx *c, int limit, int64_t *done) {
    struct err e = request_key_purge(c, limit);
    if (!failed(e))
        e = answer_draft_purge(c, limit);
    if (failed(e))
        return e;
    struct rows r = {arena_array(c->arena, PUBLISHING_MAX, sizeof(int64_t)), 0};
    struct sql_batches_draft_old_in in = {c->now_ms - (int64_t)DRAFT_MEMORY_S * 1000,
                                          PUBLISHING_MAX};
    enum st st = sql_batches_draft_old_each(c->tx, &in, take_draft, &r);
    for (size_t i = 0; i < r.n && st == ST_OK; i++)
        st = publish_forget(c, r.list[i]);
    *done += (int64_t)r.n;
    return ctx_store(c, st);
}

struct err due_sweep(struct ctx *caller, int limit, int64_t *done) {
    struct ctx k = as_clock(caller), *c = &k;
    *done = 0;
    struct err e = ctx_raise_floor(c);
    if (!failed(e))
        e = sweep_publishing(c, done);
    if (!failed(e))
        e = expire_some(c, limit, done);
    if (!failed(e))
        e = sweep_assignments(c, limit, done);
    int64_t reviews = 0;
    if (!failed(e))
        e = policy_sweep(c, limit, &reviews);
    *done += reviews;
    /* What is approved in this step may be old enough to be disposed of; what is not approved yet
     * is passed over, as it has submitted work. A HIT is reviewed before it is disposed of. */
    if (!failed(e) && reviews < limit)
        e = sweep_disposals(c, limit, done);
    if (!failed(e))
        e = batch_delete_sweep(c, limit, done);
    if (!failed(e))
        e = appeal_sweep(c, limit, done);
    return failed(e) ? e : sweep_memory(c, limit, done);
}

struct err due_dry(struct ctx *c) {
    int64_t done = 1;
    struct err e = NO_ERR;
    while (done > 0 && !failed(e))
        e = due_sweep(c, STEP, &done);
    return e;
}

struct sweep {
    const struct id_key *ids;
    struct arena *arena;
    int64_t done;
    struct err err;
};

static enum tx_end sweep_write(struct tx *tx, void *arg) {
    struct sweep *s = arg;
    struct ctx c;
    tx_use_arena(tx, s->arena);
    arena_reset(s->arena);
    s->err = ctx_begin(&c, tx, &clock_actor, s->ids);
    if (!failed(s->err))
        s->err = due_sweep(&c, STEP, &s->done);
    return ctx_end(s->err);
}

struct err due_all(struct store *store, struct arena *arena, const struct id_key *ids) {
    struct arena own;
    arena_init(&own, 0);
    struct sweep s = {.ids = ids, .arena = &own};
    enum st st;
    do {
        s.done = 0;
        st = store_write(store, 0, sweep_write, &s);
    } while (st == ST_OK && !failed(s.err) && s.done > 0);
    if (failed(s.err) && s.err.detail)
        s.err.detail = arena_strdup(arena, s.err.detail);
    arena_free(&own);
    if (st != ST_OK && !failed(s.err))
        return err_make(arena, st == ST_RETRY ? ERR_RETRY : ERR_STORE, NULL,
                        "The store failed: %.*s", STR_ARG(store_error(store, arena)));
    return s.err;
}
