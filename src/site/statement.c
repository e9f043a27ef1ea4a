/* A requester's statement: its pages, and the same as a file, in constant memory, and his activity
 * by month and batch (csv-formats 7). */
#include "market/statement.h"

#include "base/limits.h"
#include "base/log.h"
#include "market/activity.h"
#include "market/funds.h"
#include "site/results.h"

/* ---- the filter ---- */

#define BIT(kind) (1u << (kind))

static const struct {
    const char *word, *label;
    unsigned kinds;
} groups[] = {
    {"deposits", "deposits, refunds, corrections",
     BIT(TRANSFER_DEPOSIT) | BIT(TRANSFER_REFUND) | BIT(TRANSFER_ADJUST)},
    {"held", "held for work, and given back",
     BIT(TRANSFER_HOLD) | BIT(TRANSFER_RELEASE) | BIT(TRANSFER_REHOLD)},
    {"rewards", "rewards", BIT(TRANSFER_REWARD) | BIT(TRANSFER_OVERTURN_REWARD)},
    {"fees", "fees", BIT(TRANSFER_FEE) | BIT(TRANSFER_OVERTURN_FEE) | BIT(TRANSFER_BONUS_FEE)},
    {"undone", "undone rejections", BIT(TRANSFER_OVERTURN_REWARD) | BIT(TRANSFER_OVERTURN_FEE)},
    {"bonuses", "bonuses", BIT(TRANSFER_BONUS) | BIT(TRANSFER_BONUS_FEE)},
};
enum { GROUPS = sizeof groups / sizeof *groups };

/* As the address carries it; nonsense is left out. */
struct asked {
    struct statement_filter filter;
    struct str kind, label, from, to, query;
};

static void read_asked(struct call *call, struct asked *q) {
    const struct form *form = &call->req->query;
    struct buf b = BUF_INIT;
    struct str kind = form_get(form, "kind");
    *q = (struct asked){.from = form_get(form, "from"), .to = form_get(form, "to")};
    for (size_t i = 0; i < GROUPS; i++) {
        if (str_is(kind, groups[i].word)) {
            q->kind = kind;
            q->label = str_c(groups[i].label);
            q->filter.kinds = groups[i].kinds;
            buf_printf(&b, "&kind=%s", groups[i].word);
        }
    }
    if (batch_id_parse(form_get(form, "batch"), &q->filter.batch))
        buf_printf(&b, "&batch=%lld", (long long)q->filter.batch);
    q->filter.from_ms = site_day(call, &q->from, false);
    q->filter.to_ms = site_day(call, &q->to, true);
    if (q->filter.from_ms)
        buf_printf(&b, "&from=%.*s", STR_ARG(q->from));
    if (q->filter.to_ms)
        buf_printf(&b, "&to=%.*s", STR_ARG(q->to));
    q->query = b.n ? buf_dup(call->req->arena, &b) : STR("");
    buf_free(&b);
}

/* ---- the page ---- */

static struct str posting(enum transfer_kind kind) {
    switch (kind) {
    case TRANSFER_DEPOSIT: return STR("Deposit");
    case TRANSFER_REFUND: return STR("Refund");
    case TRANSFER_HOLD: return STR("Held for tasks");
    case TRANSFER_RELEASE: return STR("Given back from held money");
    case TRANSFER_REHOLD: return STR("Held again");
    case TRANSFER_REWARD: return STR("Reward, from held money");
    case TRANSFER_FEE: return STR("Fee, from held money");
    case TRANSFER_OVERTURN_REWARD: return STR("Reward of an undone rejection");
    case TRANSFER_OVERTURN_FEE: return STR("Fee of an undone rejection");
    case TRANSFER_BONUS: return STR("Bonus");
    case TRANSFER_BONUS_FEE: return STR("Fee of a bonus");
    case TRANSFER_ADJUST: return STR("Correction by the operator");
    case TRANSFER_PAYOUT:
    case TRANSFER_PAYOUT_FAILED: break;
    }
    return STR("Other");
}

static void fill_filter(struct call *call, const struct asked *q, struct tpl_transactions *page) {
    struct arena *a = call->req->arena;
    struct tpl_transactions_kinds *kinds = arena_array(a, GROUPS, sizeof *kinds);
    for (size_t i = 0; i < GROUPS; i++)
        kinds[i] = (struct tpl_transactions_kinds){str_c(groups[i].word), str_c(groups[i].label),
                                                   str_is(q->kind, groups[i].word)};
    page->kinds = kinds;
    page->kinds_n = GROUPS;
    page->kind = q->label;
    page->batch = q->filter.batch;
    page->from = q->from;
    page->to = q->to;
    page->is_filtered = q->query.n > 0;
    page->csv = str_printf(a, "/requester/account/transactions.csv%s%.*s", q->query.n ? "?" : "",
                           STR_ARG(str_from(q->query, q->query.n > 0)));
}

static struct err show_transactions(struct call *call, struct ctx *ctx) {
    struct asked q;
    struct funds funds;
    struct statement_page list;
    read_asked(call, &q);
    struct err e = funds_balance(ctx, ctx->actor->party, &funds);
    if (failed(e))
        return e;
    /* The balance runs backward from now; a later page is told where the one before ended. */
    struct statement_page_in in = {
        .requester = ctx->actor->party,
        .filter = q.filter,
        .before = site_query_int(call, "before", 1, INT64_MAX, 0),
        .balance = funds.balances.avail,
        .limit = (int)page_size(call),
    };
    if (in.before)
        in.balance = site_query_int(call, "balance", -DEPOSIT_CENTS_MAX * 1000,
                                    DEPOSIT_CENTS_MAX * 1000, funds.balances.avail);
    e = statement_page(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_transactions_lines *lines = arena_array(ctx->arena, list.n, sizeof *lines);
    for (size_t i = 0; i < list.n; i++) {
        const struct statement_line *l = &list.lines[i];
        lines[i] = (struct tpl_transactions_lines){
            .id = l->id,
            .at = l->at_ms,
            .what = posting(l->kind),
            .amount = l->cents,
            .effect = l->signed_cents,
            .balance = list.has_balances ? list.balances[i] : 0,
            .batch = l->batch,
            .note = l->note,
        };
    }
    struct tpl_transactions page = {
        .available = funds.balances.avail,
        .held = funds.balances.held,
        .has_balances = list.has_balances,
        .lines = lines,
        .lines_n = list.n,
    };
    fill_filter(call, &q, &page);
    if (list.next)
        page.next =
            str_printf(ctx->arena, "?before=%lld&balance=%lld&size=%d%.*s", (long long)list.next,
                       (long long)list.balance, in.limit, STR_ARG(q.query));
    return page_show(
        call, &(struct page){.title = "Transactions", .nav = NAV_R_ACCOUNT, .size = in.limit},
        tpl_transactions_view(&page));
}

/* ---- the file ---- */

static bool sink(void *arg, const void *p, size_t n) {
    return http_sink_write(arg, p, n);
}

static bool produce(struct http_sink *out, void *arg) {
    struct call *call = arg;
    struct asked q;
    read_asked(call, &q);
    struct statement_file file = {call->actor.party, q.filter, page_dialect(call, CSV_CLASSIC)};
    struct err e =
        statement_write(call->app->store, call->app->ids, call->req->arena, &file, sink, out);
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

/* ---- by month ---- */

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
     .pattern = "/requester/account/transactions",
     .help = "Postings, newest first.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_transactions},
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
