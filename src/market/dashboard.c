/* The worker's figures, days and inbox: the last part of market/work.h. */
#include <assert.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "market/work.h"
#include "store/sql.h"

static bool take_day(void *arg, const struct sql_dashboard_days_out *row) {
    struct dashboard *d = arg;
    if (d->n < DASHBOARD_DAYS)
        d->days[d->n++] = (struct day_line){
            .day = row->day,
            .submitted = row->submitted,
            .approved = row->approved,
            .rejected = row->rejected,
            .pending = row->pending,
            .earnings_cents = row->earnings,
        };
    return true;
}

/* Money: what was earned by approvals is what came in less bonuses (I6). */
static enum st fill_money(struct ctx *c, int64_t worker, struct dashboard *d) {
    struct balances b;
    struct sql_dashboard_bonuses_out bonuses;
    struct sql_dashboard_pending_out pending;
    int64_t since_ms = c->now_ms - AUTO_APPROVAL_S_MAX * INT64_C(1000);
    enum st st = ledger_balances(c->tx, worker, &b);
    if (st == ST_OK)
        st = sql_dashboard_bonuses(c->tx, &(struct sql_dashboard_bonuses_in){worker}, &bonuses);
    if (st == ST_OK)
        st = sql_dashboard_pending(c->tx, &(struct sql_dashboard_pending_in){worker, since_ms},
                                   &pending);
    if (st != ST_OK)
        return st;
    d->payable_cents = b.payable;
    d->transferred_cents = b.extout;
    d->pending_cents = pending.cents;
    d->bonus_cents = bonuses.cents;
    d->approved_cents = b.payable + b.extout - bonuses.cents;
    return ST_OK;
}

struct err work_dashboard(struct ctx *c, struct dashboard *out) {
    struct sql_dashboard_held_out held;
    int64_t worker = c->actor->party;
    int64_t since_ms = (c->now_ms / DAY_MS - (DASHBOARD_DAYS - 1)) * DAY_MS;
    *out = (struct dashboard){.days = arena_array(c->arena, DASHBOARD_DAYS, sizeof *out->days)};
    struct err e = worker_figures(c, worker, &out->figures);
    if (failed(e))
        return e;
    enum st st = fill_money(c, worker, out);
    if (st == ST_OK)
        st = sql_dashboard_held(c->tx, &(struct sql_dashboard_held_in){worker, c->now_ms}, &held);
    if (st == ST_OK)
        st = sql_dashboard_days_each(
            c->tx, &(struct sql_dashboard_days_in){worker, since_ms > 0 ? since_ms : 0}, take_day,
            out);
    if (st != ST_OK)
        return ctx_store(c, st);
    const struct worker_figures *f = &out->figures;
    out->pending = f->submitted - f->approved - f->rejected;
    out->percent_approved = percent_approved(f);
    out->percent_rejected = percent_rejected(f);
    out->in_progress = held.n;
    return NO_ERR;
}

struct take {
    struct ctx *c;
    struct status_page *page;
};

static int64_t decided_ms(const struct sql_dashboard_day_out *row) {
    if (row->status == ASSIGNMENT_APPROVED)
        return row->approved_ms;
    return row->status == ASSIGNMENT_REJECTED ? row->rejected_ms : 0;
}

static bool take_status(void *arg, const struct sql_dashboard_day_out *row) {
    struct take *t = arg;
    struct ctx *c = t->c;
    struct arena *a = c->arena;
    bool rejected = row->status == ASSIGNMENT_REJECTED;
    t->page->lines[t->page->n++] = (struct status_line){
        .assignment = row->id,
        .hit = row->hit,
        .assignment_id = ctx_id(c, ID_ASSIGNMENT, row->id, str_dup(a, row->alias)),
        .hit_id = ctx_id(c, ID_HIT, row->hit, str_dup(a, row->hit_alias)),
        .hit_type_id = ctx_id(c, ID_HIT_TYPE, row->hit_type, str_dup(a, row->type_alias)),
        .title = str_dup(a, row->title),
        .requester_id = str_dup(a, row->requester_id),
        .requester_name = str_dup(a, row->requester_name),
        .reward_cents = row->reward_cents,
        .bonus_cents = row->bonus_cents,
        .status = (enum assignment_status)row->status,
        .overturned = row->status == ASSIGNMENT_APPROVED && row->rejected_ms != SQL_NULL,
        .submitted_ms = row->submitted_ms,
        .decided_ms = decided_ms(row),
        .undo_until_ms = rejected ? row->submitted_ms + OVERTURN_WINDOW_S * INT64_C(1000) : 0,
        .feedback = str_dup(a, row->feedback),
        .rejection = str_dup(a, row->rejection),
    };
    return true;
}

struct err work_status(struct ctx *c, const struct status_in *in, struct status_page *out) {
    struct sql_dashboard_day_count_out count;
    int64_t worker = c->actor->party, from_ms = in->day * DAY_MS, to_ms = from_ms + DAY_MS;
    assert(in->page >= 1);
    *out = (struct status_page){
        .lines = arena_array(c->arena, STATUS_PAGE, sizeof *out->lines),
    };
    enum st st = sql_dashboard_day_count(
        c->tx, &(struct sql_dashboard_day_count_in){worker, from_ms, to_ms}, &count);
    if (st == ST_OK)
        st = sql_dashboard_day_each(c->tx,
                                    &(struct sql_dashboard_day_in){
                                        .worker = worker,
                                        .from_ms = from_ms,
                                        .to_ms = to_ms,
                                        .page = STATUS_PAGE,
                                        .skip = (in->page - 1) * (int64_t)STATUS_PAGE,
                                    },
                                    take_status, &(struct take){c, out});
    if (st == ST_OK)
        out->total = count.n;
    return ctx_store(c, st);
}

/* ---- inbox ---- */

struct take_notices {
    struct ctx *c;
    struct notice_list *list;
};

static bool take_notice(void *arg, const struct sql_notice_page_out *row) {
    struct take_notices *t = arg;
    struct arena *a = t->c->arena;
    bool one = row->assignment != SQL_NULL;
    t->list->items[t->list->n++] = (struct notice){
        .row = row->id,
        .at_ms = row->at_ms,
        .kind = (enum notice_kind)row->kind,
        .items = row->items,
        .cents = row->cents,
        .assignment_id =
            one ? ctx_id(t->c, ID_ASSIGNMENT, row->assignment, str_dup(a, row->alias)) : STR_NULL,
        .note = str_dup(a, row->note),
        .read = row->read_ms != SQL_NULL,
    };
    return true;
}

struct err notice_list(struct ctx *c, int64_t before, int limit, struct notice_list *out) {
    assert(limit >= 1 && limit <= PAGE_MAX);
    *out = (struct notice_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    return ctx_store(
        c, sql_notice_page_each(
               c->tx,
               &(struct sql_notice_page_in){c->actor->party, before ? before : INT64_MAX, limit},
               take_notice, &(struct take_notices){c, out}));
}

struct err notice_read(struct ctx *c, int64_t up_to) {
    return ctx_store(
        c, sql_notice_mark(c->tx, &(struct sql_notice_mark_in){c->actor->party, up_to, c->now_ms},
                           NULL));
}
