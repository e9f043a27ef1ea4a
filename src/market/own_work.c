#include "market/own_work.h"

#include "base/limits.h"
#include "store/sql.h"

struct take {
    struct ctx *c;
    struct own_work *work;
};

static bool take_event(void *arg, const struct sql_own_work_events_out *row) {
    struct take *t = arg;
    struct own_event *e = &t->work->events[t->work->n++];
    *e = (struct own_event){
        .at_ms = row->at_ms,
        .kind = (enum own_event_kind)row->kind,
        .entrance = (enum entrance)row->entrance,
        .cents = row->cents,
        .text = str_dup(t->c->arena, row->body),
    };
    if (e->kind == OWN_DECIDED)
        e->verdict = (enum verdict)row->what;
    if (e->kind == OWN_APPEAL)
        e->step = (enum appeal_step_kind)row->what;
    if (e->kind == OWN_BONUS)
        t->work->bonus_cents += e->cents;
    return true;
}

/* An appeal whose window is over has lapsed, though the sweeper has not come yet. */
static enum appeal_state appeal_of(struct ctx *c, const struct sql_own_work_get_out *row) {
    if (row->appeal == SQL_NULL)
        return 0;
    enum appeal_state state = (enum appeal_state)row->appeal;
    return state < APPEAL_GRANTED && row->window_ms < c->now_ms ? APPEAL_LAPSED : state;
}

static void fill(struct ctx *c, const struct sql_own_work_get_out *row, struct own_work *w) {
    bool approved = w->task.status == ASSIGNMENT_APPROVED,
         rejected = w->task.status == ASSIGNMENT_REJECTED;
    w->auto_approval_ms = row->auto_approval_ms == SQL_NULL ? 0 : row->auto_approval_ms;
    if (approved && row->approved_ms != SQL_NULL)
        w->decided_ms = row->approved_ms;
    if (rejected && row->rejected_ms != SQL_NULL)
        w->decided_ms = row->rejected_ms;
    w->overturned = approved && row->rejected_ms != SQL_NULL;
    w->deleted = row->disposed_ms != SQL_NULL;
    int64_t until_ms = w->task.submitted_ms + OVERTURN_WINDOW_S * INT64_C(1000);
    w->undo_until_ms = rejected && !w->deleted && until_ms >= c->now_ms ? until_ms : 0;
    w->appeal = appeal_of(c, row);
}

struct err own_work(struct ctx *c, struct str assignment_id, struct own_work *out) {
    struct sql_own_work_get_out row;
    *out = (struct own_work){.deleted = false};
    struct err e = work_task(c, assignment_id, &out->task);
    if (!failed(e) && !out->task.submitted_ms)
        e = err_make(c->arena, ERR_NOT_FOUND, NULL, "This work was not submitted.");
    if (failed(e))
        return e;
    enum st st = sql_own_work_get(c->tx, &(struct sql_own_work_get_in){out->task.assignment}, &row);
    if (st != ST_OK)
        return ctx_store(c, st);
    fill(c, &row, out);
    out->events = arena_array(c->arena, PAGE_MAX, sizeof *out->events);
    return ctx_store(c, sql_own_work_events_each(
                            c->tx, &(struct sql_own_work_events_in){out->task.assignment, PAGE_MAX},
                            take_event, &(struct take){c, out}));
}
