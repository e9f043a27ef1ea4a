/* A worker's figures and money: dashboard, one day, earnings, transfer (worker-site 7, 8, 10). */
#include "base/datetime.h"
#include "base/limits.h"
#include "base/money.h"
#include "market/funds.h"
#include "site/rows.h"

/* These addresses are JSON first: their pages show the same figures as a list. */
static struct err as_page(struct call *call, const char *title) {
    if (site_wants_json(call->req))
        return NO_ERR;
    struct buf json = call->body;
    call->body = BUF_INIT;
    page_begin(call, title);
    buf_puts(&call->body, "<pre>");
    html_text(&call->body, buf_view(&json));
    buf_puts(&call->body, "</pre>\n");
    page_end(call);
    buf_free(&json);
    return NO_ERR;
}

static struct str day_text(struct arena *a, int64_t day) {
    return str_sub(time_iso(a, day * DAY_MS), 0, 10);
}

/* ---- dashboard ---- */

static void days_json(struct json *j, struct arena *a, const struct dashboard *d) {
    json_key(j, "daily_hit_statistics_overview");
    json_open_array(j);
    for (size_t i = 0; i < d->n; i++) {
        const struct day_line *day = &d->days[i];
        json_open_object(j);
        json_kv_str(j, "date", day_text(a, day->day));
        json_kv_int(j, "submitted", day->submitted);
        json_kv_int(j, "approved", day->approved);
        json_kv_int(j, "rejected", day->rejected);
        json_kv_int(j, "pending", day->pending);
        json_dollars(j, "earnings", day->earnings_cents);
        json_end(j);
    }
    json_end(j);
}

static struct err dashboard(struct call *call, struct ctx *ctx) {
    struct dashboard d;
    struct err e = work_dashboard(ctx, &d);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    json_open_object(&j);
    json_dollars(&j, "availableEarnings", d.payable_cents);
    json_dollars(&j, "transferred", d.transferred_cents);
    json_dollars(&j, "pendingEarnings", d.pending_cents);
    json_key(&j, "earnings_to_date");
    json_open_object(&j);
    json_dollars(&j, "approved", d.approved_cents);
    json_dollars(&j, "bonuses", d.bonus_cents);
    json_dollars(&j, "total", d.approved_cents + d.bonus_cents);
    json_end(&j);
    json_key(&j, "hits_overview");
    json_open_object(&j);
    json_kv_int(&j, "submitted", d.figures.submitted);
    json_kv_int(&j, "approved", d.figures.approved);
    json_kv_int(&j, "approvalRate", d.percent_approved);
    json_kv_int(&j, "pending", d.pending);
    json_kv_int(&j, "rejected", d.figures.rejected);
    json_kv_int(&j, "rejection_rate", d.percent_rejected);
    json_kv_int(&j, "returned", d.figures.returned);
    json_kv_int(&j, "abandoned", d.figures.abandoned);
    json_kv_int(&j, "in_progress", d.in_progress);
    json_end(&j);
    days_json(&j, ctx->arena, &d);
    json_end(&j);
    return as_page(call, "Dashboard");
}

/* ---- one day ---- */

static const char *line_state(const struct status_line *line) {
    switch (line->status) {
    case ASSIGNMENT_SUBMITTED: return "Submitted";
    case ASSIGNMENT_APPROVED: return "Paid";
    case ASSIGNMENT_REJECTED: return "Rejected";
    case ASSIGNMENT_ACCEPTED:
    case ASSIGNMENT_RETURNED:
    case ASSIGNMENT_ABANDONED: break;
    }
    return "";
}

static void line_json(struct json *j, struct arena *a, const struct status_line *line) {
    json_open_object(j);
    json_kv_str(j, "assignment_id", line->assignment_id);
    json_kv_str(j, "hit_id", line->hit_id);
    json_kv_str(j, "title", line->title);
    json_kv_str(j, "requester_id", line->requester_id);
    json_kv_str(j, "requester_name", line->requester_name);
    json_dollars(j, "reward", line->reward_cents);
    json_dollars(j, "bonus", line->bonus_cents);
    json_kv_cstr(j, "state", line_state(line));
    json_kv_bool(j, "overturned", line->overturned);
    json_iso(j, a, "submitted_at", line->submitted_ms);
    if (line->decided_ms)
        json_iso(j, a, "decided_at", line->decided_ms);
    if (line->undo_until_ms)
        json_iso(j, a, "reversible_until", line->undo_until_ms);
    json_kv_str_opt(j, "requester_feedback", line->feedback);
    json_kv_str_opt(j, "rejection_feedback", line->rejection);
    json_end(j);
}

static struct err status_details(struct call *call, struct ctx *ctx) {
    struct status_in in = {.page = (int)site_query_int(call, "page_number", 1, 1000000, 1)};
    struct status_page page;
    int64_t day_ms;
    if (!time_parse_iso(call->params[0], &day_ms) || call->params[0].n != 10)
        return err_make(ctx->arena, ERR_NOT_FOUND, "date",
                        "\"%.*s\" is no day; write it as 2026-12-24.", STR_ARG(call->params[0]));
    in.day = day_ms / DAY_MS;
    struct err e = work_status(ctx, &in, &page);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "results");
    json_open_array(&j);
    for (size_t i = 0; i < page.n; i++)
        line_json(&j, ctx->arena, &page.lines[i]);
    json_end(&j);
    json_kv_int(&j, "page_number", in.page);
    json_kv_int(&j, "num_results", (int64_t)page.n);
    json_kv_int(&j, "total_num_results", page.total);
    json_end(&j);
    return as_page(call, "Status of one day");
}

/* ---- money ---- */

static const char *transfer_name(enum transfer_kind kind) {
    switch (kind) {
    case TRANSFER_REWARD: return "reward";
    case TRANSFER_OVERTURN_REWARD: return "reward after a rejection was overturned";
    case TRANSFER_BONUS: return "bonus";
    case TRANSFER_PAYOUT: return "payout";
    case TRANSFER_PAYOUT_FAILED: return "payout failed";
    case TRANSFER_ADJUST: return "correction";
    case TRANSFER_DEPOSIT:
    case TRANSFER_REFUND:
    case TRANSFER_HOLD:
    case TRANSFER_RELEASE:
    case TRANSFER_REHOLD:
    case TRANSFER_FEE:
    case TRANSFER_OVERTURN_FEE:
    case TRANSFER_BONUS_FEE: break;
    }
    return "other";
}

static struct err earnings(struct call *call, struct ctx *ctx) {
    int64_t worker = call->session.party.id;
    struct statement_in in = {
        .party = worker,
        .role = ROLE_WORKER,
        .before = site_query_int(call, "before", 1, INT64_MAX, 0),
        .limit = PAGE_MAX,
    };
    struct funds funds;
    struct statement statement;
    struct err e = funds_balance(ctx, worker, &funds);
    if (!failed(e))
        e = funds_statement(ctx, &in, &statement);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    json_open_object(&j);
    json_dollars(&j, "payable", funds.balances.payable);
    json_dollars(&j, "paid_out", funds.balances.extout);
    json_key(&j, "results");
    json_open_array(&j);
    for (size_t i = 0; i < statement.n; i++) {
        const struct statement_line *line = &statement.lines[i];
        json_open_object(&j);
        json_kv_int(&j, "id", line->id);
        json_iso(&j, ctx->arena, "at", line->at_ms);
        json_kv_cstr(&j, "kind", transfer_name(line->kind));
        json_dollars(&j, "amount", line->signed_cents);
        json_kv_str_opt(&j, "note", line->note);
        json_end(&j);
    }
    json_end(&j);
    json_kv_int(&j, "num_results", (int64_t)statement.n);
    json_end(&j);
    return as_page(call, "Earnings");
}

static struct err transfer(struct call *call, struct ctx *ctx) {
    struct str amount = form_get(&call->form, "amount");
    int64_t cents, row;
    struct funds funds;
    if (!amount.p || !money_parse(amount, &cents))
        return err_make(ctx->arena, ERR_BAD_REQUEST, "amount",
                        "The amount must be dollars with at most two decimals, such as 12.50.");
    struct err e = funds_payout(ctx, call->session.party.id, cents, STR_NULL, &row);
    if (!failed(e))
        e = funds_balance(ctx, call->session.party.id, &funds);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req)) {
        site_redirect(call, STR("/earnings"));
        return NO_ERR;
    }
    struct json j = call_json(call);
    json_open_object(&j);
    json_kv_int(&j, "id", row);
    json_dollars(&j, "amount", cents);
    json_dollars(&j, "payable", funds.balances.payable);
    json_end(&j);
    return NO_ERR;
}

const struct route site_money_rows[] = {
    {.method = "GET",
     .pattern = "/dashboard",
     .help = "Figures of the worker.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = dashboard},
    {.method = "GET",
     .pattern = "/status_details/{date}",
     .help = "Assignments submitted on one day.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = status_details},
    {.method = "GET",
     .pattern = "/earnings",
     .help = "Balance and postings.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = earnings},
    {.method = "POST",
     .pattern = "/transfers",
     .help = "Takes out what is owed.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = transfer},
    {.method = NULL},
};
