/* What becomes of appeals without their people: market/appeal.h, "by themselves". */
#include "base/limits.h"
#include "ledger/ledger.h"
#include "market/appeal_internal.h"
#include "market/due.h"
#include "market/setting.h"
#include "market/settle.h"
#include "store/sql.h"

struct closing {
    int64_t assignment, worker;
};

struct closings {
    struct arena *arena;
    struct closing *items;
    size_t n, room;
};

static bool take_settled(void *arg, const struct sql_appeal_settled_out *row) {
    struct closings *l = arg;
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 16;
        struct closing *items = arena_array(l->arena, room, sizeof *items);
        for (size_t i = 0; i < l->n; i++)
            items[i] = l->items[i];
        l->items = items;
        l->room = room;
    }
    l->items[l->n++] = (struct closing){row->id, row->worker};
    return true;
}

struct err appeal_on_overturn(struct ctx *c, int64_t requester, int64_t settlement) {
    struct closings l = {.arena = c->arena};
    struct sql_appeal_settled_in in = {requester, settlement, c->now_ms};
    struct err e = ctx_store(c, sql_appeal_settled_each(c->tx, &in, take_settled, &l));
    for (size_t i = 0; i < l.n && !failed(e); i++)
        e = appeal_step_add(c, l.items[i].assignment, APPEAL_STEP_PAID, STR_NULL);
    if (failed(e) || !l.n)
        return e;
    struct sql_appeal_stat_add_in add = {.requester = requester, .granted = (int64_t)l.n};
    return ctx_store(c, sql_appeal_stat_add(c->tx, &add, NULL));
}

/* ---- waiting for funds ---- */

struct waiting {
    int64_t assignment, hit, cost_cents;
};

struct waiting_list {
    struct waiting *items;
    size_t n;
};

static bool take_waiting(void *arg, const struct sql_appeal_waiting_out *row) {
    struct waiting_list *l = arg;
    l->items[l->n++] = (struct waiting){row->id, row->hit, row->cost_cents};
    return true;
}

/* Adds the overturn of one waiting appeal, as far as *avail reaches. */
static struct err add_waiting(struct ctx *c, struct settlement *s, const struct waiting *w,
                              int64_t *avail) {
    struct appeal a;
    struct err e = due_hit(c, w->hit);
    if (!failed(e))
        e = appeal_row(c, w->assignment, &a);
    if (failed(e) || a.state != APPEAL_WAITING || a.deleted || w->cost_cents > *avail)
        return e;
    *avail -= w->cost_cents;
    if (!s->id)
        e = settle_begin(c, a.requester, 0, s);
    return failed(e) ? e
                     : settle_add_one(c, s,
                                      &(struct settle_one){
                                          .assignment = a.assignment,
                                          .verdict = VERDICT_OVERTURN,
                                          .old_status = ASSIGNMENT_REJECTED,
                                          .at_ms = c->now_ms,
                                          .feedback = a.answer,
                                      });
}

struct err appeal_retry(struct ctx *caller, int64_t requester) {
    struct actor actor = *caller->actor;
    struct ctx k = *caller, *c = &k;
    actor.entrance = ENTRANCE_APPEAL;
    k.actor = &actor;
    struct balances b = {0};
    struct waiting_list l = {arena_array(c->arena, APPEALS_STEP, sizeof *l.items), 0};
    struct settlement s = {0};
    struct sql_appeal_waiting_in in = {requester, APPEALS_STEP};
    struct err e = ctx_store(c, sql_appeal_waiting_each(c->tx, &in, take_waiting, &l));
    if (failed(e) || !l.n)
        return e;
    e = ctx_store(c, ledger_balances(c->tx, requester, &b));
    for (size_t i = 0; i < l.n && !failed(e); i++)
        e = add_waiting(c, &s, &l.items[i], &b.avail);
    return failed(e) || !s.id ? e : settle_apply(c, &s);
}

/* ---- the window's end ---- */

struct over {
    int64_t assignment, requester, worker, hit;
};

struct over_list {
    struct over *items;
    size_t n;
};

static bool take_over(void *arg, const struct sql_appeal_over_out *row) {
    struct over_list *l = arg;
    l->items[l->n++] = (struct over){row->id, row->requester, row->worker, row->hit};
    return true;
}

/* Granted by silence, or waiting since: paid as of the window's end, if there is money now. */
static struct err pay_at_end(struct ctx *c, const struct over *o, const struct appeal *a,
                             bool *paid) {
    struct balances b;
    struct settlement s;
    struct err e = ctx_store(c, ledger_balances(c->tx, o->requester, &b));
    if (failed(e) || a->deleted || b.avail < a->reward_cents + a->fee_cents)
        return e;
    *paid = true;
    e = settle_begin(c, o->requester, 0, &s);
    if (!failed(e))
        e = settle_add_one(c, &s,
                           &(struct settle_one){
                               .assignment = o->assignment,
                               .verdict = VERDICT_OVERTURN,
                               .old_status = ASSIGNMENT_REJECTED,
                               .at_ms = a->window_ms,
                               .feedback = a->answer,
                           });
    return failed(e) ? e : settle_apply(c, &s);
}

static struct err lapse(struct ctx *c, const struct over *o) {
    struct sql_appeal_close_in close = {o->assignment, APPEAL_LAPSED, c->now_ms};
    struct sql_appeal_stat_add_in add = {.requester = o->requester, .lapsed = 1};
    enum st st = sql_appeal_close(c->tx, &close, NULL);
    if (st == ST_OK)
        st = sql_appeal_stat_add(c->tx, &add, NULL);
    struct err e = ctx_store(c, st);
    if (!failed(e))
        e = appeal_step_add(c, o->assignment, APPEAL_STEP_LAPSED, STR_NULL);
    if (!failed(e))
        e = appeal_tell(c, o->worker, NOTICE_APPEAL_LAPSED, o->assignment);
    return failed(e) ? e : appeal_tell(c, o->requester, NOTICE_APPEAL_LAPSED, o->assignment);
}

static struct err close_over(struct ctx *c, const struct over *o, bool by_silence) {
    struct appeal a;
    bool paid = false;
    struct err e = due_hit(c, o->hit);
    if (!failed(e))
        e = appeal_row(c, o->assignment, &a);
    /* appeal_row calls it lapsed already; whether it was granted before tells answered_ms. */
    if (!failed(e) && (by_silence || a.answered_ms))
        e = pay_at_end(c, o, &a, &paid);
    return failed(e) || paid ? e : lapse(c, o);
}

static struct err sweep_over(struct ctx *c, int limit, int64_t *done) {
    struct over_list l = {arena_array(c->arena, (size_t)limit, sizeof *l.items), 0};
    struct sql_appeal_over_in in = {c->now_ms / 1000 * 1000 - 1, limit};
    struct str silence;
    struct err e = ctx_store(c, sql_appeal_over_each(c->tx, &in, take_over, &l));
    if (!failed(e) && l.n)
        e = setting_get(c, setting_find(STR("appeal_silence")), &silence);
    for (size_t i = 0; i < l.n && !failed(e); i++)
        e = close_over(c, &l.items[i], str_is(silence, "grant"));
    *done += (int64_t)l.n;
    return e;
}

/* ---- late answers ---- */

struct late {
    int64_t assignment, requester;
};

struct late_list {
    struct late *items;
    size_t n;
};

static bool take_late(void *arg, const struct sql_appeal_overdue_out *row) {
    struct late_list *l = arg;
    l->items[l->n++] = (struct late){row->id, row->requester};
    return true;
}

static struct err sweep_late(struct ctx *c, int limit, int64_t *done) {
    struct late_list l = {arena_array(c->arena, (size_t)limit, sizeof *l.items), 0};
    struct sql_appeal_overdue_in in = {c->now_ms, limit};
    struct err e = ctx_store(c, sql_appeal_overdue_each(c->tx, &in, take_late, &l));
    for (size_t i = 0; i < l.n && !failed(e); i++) {
        struct sql_appeal_stat_add_in add = {.requester = l.items[i].requester, .late = 1};
        e = ctx_store(c, sql_appeal_stat_add(c->tx, &add, NULL));
        if (!failed(e))
            e = appeal_step_add(c, l.items[i].assignment, APPEAL_STEP_OVERDUE, STR_NULL);
        if (!failed(e))
            e = appeal_tell(c, l.items[i].requester, NOTICE_APPEAL_DUE, l.items[i].assignment);
    }
    *done += (int64_t)l.n;
    return e;
}

struct err appeal_sweep(struct ctx *caller, int limit, int64_t *done) {
    struct actor actor = {.entrance = ENTRANCE_APPEAL};
    struct ctx k = *caller, *c = &k;
    k.actor = &actor;
    int step = limit < APPEALS_STEP ? limit : APPEALS_STEP;
    struct err e = sweep_late(c, step, done);
    return failed(e) ? e : sweep_over(c, step, done);
}
