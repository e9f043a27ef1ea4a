/* The worker's figures, days and inbox: the last part of market/work.h. */
#include <assert.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "market/work.h"
#include "store/sql.h"

/* The day on which the zone's clock changes comes in two parts, the later one first. */
static bool take_day(void *arg, const struct sql_dashboard_days_out *row) {
    struct dashboard *d = arg;
    struct day_line *last = d->n ? &d->days[d->n - 1] : NULL;
    if (last && last->day == row->day) {
        last->submitted += row->submitted;
        last->approved += row->approved;
        last->rejected += row->rejected;
        last->pending += row->pending;
        last->earnings_cents += row->earnings;
    } else if (d->n < DASHBOARD_DAYS)
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

/* The first moment behind from_ms with another offset; to_ms when there is none before. A zone's
 * clock changes at most once in so few days. */
static int64_t offset_changes(const struct zone *zone, int64_t from_ms, int64_t to_ms) {
    int offset = zone_offset_s(zone, from_ms, NULL);
    if (zone_offset_s(zone, to_ms, NULL) == offset)
        return to_ms;
    while (to_ms - from_ms > 1) {
        int64_t middle = from_ms + (to_ms - from_ms) / 2;
        if (zone_offset_s(zone, middle, NULL) == offset)
            from_ms = middle;
        else
            to_ms = middle;
    }
    return to_ms;
}

static enum st fill_days_between(struct ctx *c, const struct zone *zone, int64_t from_ms,
                                 int64_t to_ms, struct dashboard *out) {
    struct sql_dashboard_days_in in = {
        .worker = c->actor->party,
        .since_ms = from_ms,
        .until_ms = to_ms,
        .offset_ms = zone_offset_s(zone, from_ms, NULL) * INT64_C(1000),
    };
    return sql_dashboard_days_each(c->tx, &in, take_day, out);
}

/* Newest first; a query for each offset of the zone. */
static enum st fill_days(struct ctx *c, const struct zone *zone, struct dashboard *out) {
    int64_t local_ms = c->now_ms + zone_offset_s(zone, c->now_ms, NULL) * INT64_C(1000);
    int64_t first_ms = zone_to_utc(zone, (local_ms / DAY_MS - (DASHBOARD_DAYS - 1)) * DAY_MS);
    int64_t from_ms = first_ms > 0 ? first_ms : 0, to_ms = c->now_ms + 1;
    int64_t change_ms = offset_changes(zone, from_ms, to_ms);
    enum st st = ST_OK;
    if (change_ms < to_ms)
        st = fill_days_between(c, zone, change_ms, to_ms, out);
    return st == ST_OK ? fill_days_between(c, zone, from_ms, change_ms, out) : st;
}

struct err work_dashboard(struct ctx *c, const struct zone *zone, struct dashboard *out) {
    struct sql_dashboard_held_out held;
    int64_t worker = c->actor->party;
    *out = (struct dashboard){.days = arena_array(c->arena, DASHBOARD_DAYS, sizeof *out->days)};
    struct err e = worker_figures(c, worker, &out->figures);
    if (failed(e))
        return e;
    enum st st = fill_money(c, worker, out);
    if (st == ST_OK)
        st = sql_dashboard_held(c->tx, &(struct sql_dashboard_held_in){worker, c->now_ms}, &held);
    if (st == ST_OK)
        st = fill_days(c, zone, out);
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

/* Until when a rejection can be reversed; 0 when nothing can be done about it any more. */
static int64_t undo_until_ms(struct ctx *c, const struct sql_dashboard_day_out *row) {
    int64_t until_ms = row->submitted_ms + OVERTURN_WINDOW_S * INT64_C(1000);
    bool open = row->disposed_ms == SQL_NULL && until_ms >= c->now_ms;
    return row->status == ASSIGNMENT_REJECTED && open ? until_ms : 0;
}

static bool take_status(void *arg, const struct sql_dashboard_day_out *row) {
    struct take *t = arg;
    struct ctx *c = t->c;
    struct arena *a = c->arena;
    bool waits = row->status == ASSIGNMENT_SUBMITTED && row->auto_approval_ms != SQL_NULL;
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
        .undo_until_ms = undo_until_ms(c, row),
        .auto_approval_ms = waits ? row->auto_approval_ms : 0,
        .appeal = row->appeal == SQL_NULL ? 0 : (enum appeal_state)row->appeal,
        .feedback = str_dup(a, row->feedback),
        .rejection = str_dup(a, row->rejection),
    };
    return true;
}

struct err work_status(struct ctx *c, const struct status_in *in, struct status_page *out) {
    struct sql_dashboard_day_count_out count;
    int64_t worker = c->actor->party;
    int64_t from_ms = zone_to_utc(in->zone, in->day * DAY_MS);
    int64_t to_ms = zone_to_utc(in->zone, (in->day + 1) * DAY_MS);
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
