/* A requester's statement as a file, in constant memory, and his activity by month and batch
 * (csv-formats 7). */
#include "market/statement.h"

#include "base/log.h"
#include "market/activity.h"
#include "site/rows.h"

static bool sink(void *arg, const void *p, size_t n) {
    return http_sink_write(arg, p, n);
}

static bool produce(struct http_sink *out, void *arg) {
    struct call *call = arg;
    struct err e = statement_write(call->app->store, call->app->ids, call->req->arena,
                                   call->actor.party, sink, out);
    if (failed(e))
        log_error("%s: statement: %s", call->req->id, e.detail);
    return !failed(e);
}

static struct err download(struct call *call, struct ctx *ctx) {
    (void)ctx;
    call->type = "text/csv; charset=utf-8";
    call_header(call, "Content-Disposition", STR("attachment; filename=\"transactions.csv\""));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call->produce = produce;
    call->produce_arg = call;
    return NO_ERR;
}

static struct tpl_activity_rows row_of(struct arena *a, const struct activity_row *r) {
    return (struct tpl_activity_rows){
        .month = activity_month(a, r->month),
        .project = r->project,
        .batch = r->batch,
        .name = r->name,
        .hits = r->hits,
        .approved = r->approved,
        .rejected = r->rejected,
        .overturned = r->overturned,
        .rewards = r->reward_cents,
        .fees = r->fee_cents,
        .bonuses = r->bonus_cents,
        .bonus_fees = r->bonus_fee_cents,
        .total = r->reward_cents + r->fee_cents + r->bonus_cents + r->bonus_fee_cents,
    };
}

static struct err show_activity(struct call *call, struct ctx *ctx) {
    struct activity activity;
    struct err e = activity_read(ctx, ctx->actor->party, &activity);
    if (failed(e))
        return e;
    struct tpl_activity_rows *rows = arena_array(ctx->arena, activity.n, sizeof *rows);
    struct tpl_activity data = {
        .cut = activity.cut, .most = ACTIVITY_LINES_MAX, .rows = rows, .rows_n = activity.n};
    for (size_t i = 0; i < activity.n; i++) {
        rows[i] = row_of(ctx->arena, &activity.rows[i]);
        data.approved += rows[i].approved;
        data.rejected += rows[i].rejected;
        data.overturned += rows[i].overturned;
        data.rewards += rows[i].rewards;
        data.fees += rows[i].fees;
        data.bonuses += rows[i].bonuses;
        data.bonus_fees += rows[i].bonus_fees;
        data.total += rows[i].total;
    }
    return page_show(call, &(struct page){.title = "Activity", .nav = NAV_R_ACCOUNT, .wide = true},
                     tpl_activity_view(&data));
}

const struct route site_statement_rows[] = {
    {.method = "GET",
     .pattern = "/requester/account/activity",
     .help = "Decisions and their cost by month and batch, also as CSV.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_activity},
    {.method = "GET",
     .pattern = "/requester/account/transactions.csv",
     .help = "Every posting, oldest first (csv-formats 7).",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = download},
    {.method = NULL},
};
