/* The requester's first page, his rejections that can still be undone, and his workers: what needs
 * attention, each with its button (requester-site 4.1, 6, 7). */
#include "base/limits.h"
#include "base/num.h"
#include "market/appeal.h"
#include "market/attention.h"
#include "market/decide.h"
#include "market/due.h"
#include "market/group_case.h"
#include "site/results.h"

enum { BATCHES_SHOWN = 10, PAUSED_SHOWN = 3 };

/* What is due comes first, once a read has met it. */
static struct err due_first(struct call *call, struct ctx *ctx) {
    if (call->writable)
        return due_dry(ctx);
    return due_any(ctx, &call->due);
}

/* --- home --- */

/* Groups that take no workers: the requester is the last who would notice by himself. */
static struct err fill_paused(struct ctx *ctx, struct tpl_home *page) {
    struct group_pause_list list;
    struct err e = group_pause_list(ctx, ctx->actor->party, 0, PAUSED_SHOWN + 1, &list);
    if (failed(e))
        return e;
    size_t n = list.n > PAUSED_SHOWN ? PAUSED_SHOWN : list.n;
    struct tpl_home_paused *rows = arena_array(ctx->arena, n, sizeof *rows);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct tpl_home_paused){
            .group = list.items[i].group_id,
            .title = list.items[i].title,
            .reports = list.items[i].reports,
            .by_reports = list.items[i].by_reports,
            .since = list.items[i].at_ms,
        };
    page->paused = rows;
    page->paused_n = n;
    page->more_paused = list.n > n;
    return NO_ERR;
}

static struct err show_home(struct call *call, struct ctx *ctx) {
    struct attention a;
    struct err e = due_first(call, ctx);
    if (!failed(e))
        e = attention(ctx, &a);
    if (failed(e))
        return e;
    struct tpl_home page = {
        .may_publish = (route_rights(&call->session) & MAY_OWN) != 0,
        .may_review = (route_rights(&call->session) & MAY_REVIEW) != 0,
        .undo_more = a.undoable > BATCH_UNDO_COUNT_MAX,
        .undoable = a.undoable > BATCH_UNDO_COUNT_MAX ? BATCH_UNDO_COUNT_MAX : a.undoable,
        .undo_next = a.undo_next_ms,
        .undo_last = a.undo_last_ms,
        .undo_cost = a.undo_cents,
        .available = a.avail_cents,
        .held = a.held_cents,
        .missing = a.undo_cents > a.avail_cents,
    };
    struct tpl_home_batches *list = arena_array(ctx->arena, BATCHES_SHOWN, sizeof *list);
    for (int i = 0; i < a.batch_count; i++) {
        const struct waiting_batch *b = &a.batches[i];
        page.waiting += b->submitted;
        page.due += b->due;
        if (i < BATCHES_SHOWN)
            list[page.batches_n++] =
                (struct tpl_home_batches){b->id, b->name, b->submitted, b->due, b->next_ms};
    }
    page.batches = list;
    page.more = a.batch_count - (int64_t)page.batches_n;
    struct appeal_figures appeals;
    e = appeal_figures(ctx, ctx->actor->party, &appeals);
    if (!failed(e))
        e = fill_paused(ctx, &page);
    if (failed(e))
        return e;
    page.appeals = appeals.open;
    page.nothing = !page.waiting && !page.undoable && !page.appeals && !page.paused_n;
    return page_show(call, &(struct page){.title = "What needs you", .nav = NAV_R_HOME},
                     tpl_home_view(&page));
}

/* --- rejections to undo --- */

/* "ms.row" of ?after=. */
static void read_place(struct call *call, int64_t *ms, int64_t *row) {
    struct str text = form_get(&call->req->query, "after");
    int64_t m, r;
    if (text.n && num_parse(str_cut(&text, '.'), 1, INT64_MAX, &m) && text.p &&
        num_parse(text, 1, INT64_MAX, &r)) {
        *ms = m;
        *row = r;
    }
}

static struct str place_url(struct call *call, int64_t ms, int64_t row) {
    return page_with(call, "after",
                     str_printf(call->req->arena, "%lld.%lld", (long long)ms, (long long)row));
}

static struct str first_url(struct call *call) {
    return page_with(call, "after", STR_NULL);
}

/* Batches of the rejections, when there is more than one: on the first page only. */
static struct err fill_undo_batches(struct ctx *ctx, struct tpl_undo *page) {
    struct undo_batches *found = arena_new(ctx->arena, struct undo_batches);
    struct err e = undo_batches(ctx, found);
    if (failed(e) || found->count < 2)
        return e;
    struct tpl_undo_by_batch *list = arena_array(ctx->arena, (size_t)found->count, sizeof *list);
    for (int i = 0; i < found->count; i++) {
        const struct undo_batch *b = &found->list[i];
        list[i] = (struct tpl_undo_by_batch){
            .batch = b->batch,
            .name = b->name,
            .rejections = b->rejections,
            .reasons = b->reasons,
            .reason = b->reason,
            .until = b->until_ms,
            .cost = b->cents,
        };
    }
    page->by_batch = list;
    page->by_batch_n = (size_t)found->count;
    page->more_batches = found->more || page->total_more;
    return NO_ERR;
}

static struct err show_undo(struct call *call, struct ctx *ctx) {
    struct attention a;
    struct undo_list list;
    struct undo_in in = {.limit = (int)page_size(call)};
    read_place(call, &in.after_ms, &in.after);
    struct err e = due_first(call, ctx);
    if (!failed(e))
        e = attention(ctx, &a);
    if (!failed(e))
        e = undo_list(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_undo page = {
        .may_review = (route_rights(&call->session) & MAY_REVIEW) != 0,
        .total = a.undoable > BATCH_UNDO_COUNT_MAX ? BATCH_UNDO_COUNT_MAX : a.undoable,
        .total_more = a.undoable > BATCH_UNDO_COUNT_MAX,
        .cost = a.undo_cents,
        .available = a.avail_cents,
    };
    struct tpl_undo_rows *rows = arena_array(ctx->arena, (size_t)list.count, sizeof *rows);
    for (int i = 0; i < list.count; i++) {
        const struct undo_row *r = &list.rows[i];
        rows[i] = (struct tpl_undo_rows){
            .id = r->id,
            .batch = r->batch,
            .batch_name = r->batch_name,
            .worker_id = r->worker_id,
            .until = r->undo_until_ms,
            .submitted = r->submitted_ms,
            .rejected = r->rejected_ms,
            .reason = r->rejection,
            .reward = r->reward_cents,
            .fee = r->fee_cents,
        };
    }
    page.rows = rows;
    page.rows_n = (size_t)list.count;
    if (in.after_ms)
        page.first = first_url(call);
    else
        e = fill_undo_batches(ctx, &page);
    if (failed(e))
        return e;
    if (list.more)
        page.next = place_url(call, list.next_ms, list.next);
    return page_show(
        call, &(struct page){.title = "Rejections to undo", .nav = NAV_R_RESULTS, .size = in.limit},
        tpl_undo_view(&page));
}

/* --- workers --- */

static struct err go_to_worker(struct call *call, struct ctx *ctx, struct str id) {
    struct worker_view view;
    struct err e = worker_view(ctx, id, &view);
    if (e.code == ERR_INVALID_PARAMETER) {
        page_flash(call, FLASH_INFO, "There is no worker \"%.*s\".", STR_ARG(str_sub(id, 0, 64)));
        site_redirect(call, STR("/requester/workers"));
        return NO_ERR;
    }
    if (!failed(e))
        site_redirect(call,
                      str_printf(ctx->arena, "/requester/workers/%.*s", STR_ARG(view.worker_id)));
    return e;
}

static struct err show_workers(struct call *call, struct ctx *ctx) {
    struct worker_list list;
    struct str search = str_trim(form_get(&call->req->query, "worker"));
    if (search.n)
        return go_to_worker(call, ctx, search);
    int64_t after = site_query_int(call, "after", 0, INT64_MAX, 0);
    int limit = (int)page_size(call);
    struct err e = worker_list(ctx, after, limit, &list);
    if (failed(e))
        return e;
    struct tpl_workers page = {.search = STR("")};
    struct tpl_workers_rows *rows = arena_array(ctx->arena, (size_t)list.count, sizeof *rows);
    for (int i = 0; i < list.count; i++) {
        const struct worker_row *w = &list.rows[i];
        rows[i] = (struct tpl_workers_rows){
            w->worker_id, w->approved,
            w->rejected,  site_rate(w->approved, w->approved + w->rejected),
            w->last_ms,   w->blocked};
    }
    page.rows = rows;
    page.rows_n = (size_t)list.count;
    if (after)
        page.first = first_url(call);
    if (list.more)
        page.next =
            page_with(call, "after",
                      str_printf(ctx->arena, "%lld", (long long)list.rows[list.count - 1].row));
    return page_show(call, &(struct page){.title = "Workers", .nav = NAV_R_WORKERS, .size = limit},
                     tpl_workers_view(&page));
}

static struct tpl_worker worker_page(const struct worker_view *v) {
    return (struct tpl_worker){
        .worker_id = v->worker_id,
        .blocked = v->blocked,
        .approved = v->lifetime.approved,
        .rejected = v->lifetime.rejected,
        .rate = site_rate(v->lifetime.approved, v->lifetime.approved + v->lifetime.rejected),
        .month_approved = v->days30.approved,
        .month_rejected = v->days30.rejected,
        .month = site_rate(v->days30.approved, v->days30.approved + v->days30.rejected),
        .week_approved = v->days7.approved,
        .week_rejected = v->days7.rejected,
        .week = site_rate(v->days7.approved, v->days7.approved + v->days7.rejected),
    };
}

static void fill_results(struct ctx *ctx, const struct worker_results *list,
                         struct tpl_worker *page) {
    struct tpl_worker_rows *rows = arena_array(ctx->arena, (size_t)list->count, sizeof *rows);
    for (int i = 0; i < list->count; i++) {
        const struct worker_result *r = &list->rows[i];
        rows[i] = (struct tpl_worker_rows){
            .id = r->id,
            .batch = r->batch,
            .batch_name = r->batch_name,
            .status = site_status_word(r->status),
            .badge = site_status_badge(r->status),
            .submitted = r->submitted_ms,
            .work = r->work_s,
            .reward = r->reward_cents,
            .fee = r->fee_cents,
            .text = r->feedback.n ? r->feedback : r->rejection,
            .undo_until = r->undo_until_ms,
        };
        page->undoable |= r->undo_until_ms != 0;
    }
    page->rows = rows;
    page->rows_n = (size_t)list->count;
}

static struct err show_worker(struct call *call, struct ctx *ctx) {
    struct worker_view view;
    struct worker_results list;
    struct worker_results_in in = {.worker_id = call->params[0], .limit = (int)page_size(call)};
    read_place(call, &in.before_ms, &in.before);
    struct err e = worker_view(ctx, call->params[0], &view);
    if (e.code == ERR_INVALID_PARAMETER)
        e = err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no worker %.*s.",
                     STR_ARG(str_sub(call->params[0], 0, 64)));
    if (!failed(e))
        e = worker_results(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_worker page = worker_page(&view);
    page.may_review = (route_rights(&call->session) & MAY_REVIEW) != 0;
    fill_results(ctx, &list, &page);
    if (in.before_ms)
        page.first = first_url(call);
    if (list.more) {
        const struct worker_result *last = &list.rows[list.count - 1];
        page.next = place_url(call, last->submitted_ms, last->row);
    }
    return page_show(call,
                     &(struct page){.title = "Worker", .nav = NAV_R_WORKERS, .size = in.limit},
                     tpl_worker_view(&page));
}

const struct route site_home_rows[] = {
    {.method = "GET",
     .pattern = "/requester/",
     .help = "What needs the requester's attention.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_home},
    {.method = "GET",
     .pattern = "/requester/undo",
     .help = "Rejections that can still be undone, by deadline.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_undo},
    {.method = "GET",
     .pattern = "/requester/workers",
     .help = "Workers on whose work the requester has decided.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_workers},
    {.method = "GET",
     .pattern = "/requester/workers/{worker}",
     .help = "One worker: figures and results.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_worker},
    {.method = NULL},
};
