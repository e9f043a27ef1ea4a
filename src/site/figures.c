/* A worker's figures and money: dashboard, one day, earnings, transfer (worker-site 7, 8, 10). */
#include "base/datetime.h"
#include "base/limits.h"
#include "base/money.h"
#include "market/funds.h"
#include "market/payout.h"
#include "site/results.h"

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

/* Hundredths of a per cent, rounded down; -1 when there is nothing to compare with. */
static int64_t rate(int64_t part, int64_t all) {
    return all > 0 ? part * 10000 / all : -1;
}

static struct err dashboard_page(struct call *call, const struct dashboard *d) {
    struct arena *a = call->req->arena;
    const struct worker_figures *f = &d->figures;
    int64_t decided = f->approved + f->rejected;
    struct tpl_dashboard_days *days = arena_array(a, d->n, sizeof *days);
    for (size_t i = 0; i < d->n; i++)
        days[i] = (struct tpl_dashboard_days){
            .date = day_text(a, d->days[i].day),
            .submitted = d->days[i].submitted,
            .approved = d->days[i].approved,
            .rejected = d->days[i].rejected,
            .pending = d->days[i].pending,
            .earnings = d->days[i].earnings_cents,
        };
    struct tpl_dashboard page = {
        .id = call->session.party.public_id,
        .payable = d->payable_cents,
        .pending_money = d->pending_cents,
        .approved_money = d->approved_cents,
        .bonuses = d->bonus_cents,
        .total = d->approved_cents + d->bonus_cents,
        .transferred = d->transferred_cents,
        .submitted = f->submitted,
        .approved = f->approved,
        .rejected = f->rejected,
        .pending = d->pending,
        .returned = f->returned,
        .abandoned = f->abandoned,
        .in_progress = d->in_progress,
        .approval_rate = rate(f->approved, decided),
        .rejection_rate = rate(f->rejected, decided),
        .whole = d->percent_approved,
        .few = f->submitted < 100,
        .days = days,
        .days_n = d->n,
    };
    return page_show(call, &(struct page){.title = "Dashboard", .nav = NAV_W_DASHBOARD},
                     tpl_dashboard_view(&page));
}

static struct err dashboard(struct call *call, struct ctx *ctx) {
    struct dashboard d;
    struct err e = work_dashboard(ctx, page_zone(call), &d);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req))
        return dashboard_page(call, &d);
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
    return NO_ERR;
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
    if (line->auto_approval_ms)
        json_iso(j, a, "approves_itself_at", line->auto_approval_ms);
    if (line->undo_until_ms)
        json_iso(j, a, "reversible_until", line->undo_until_ms);
    json_kv_str_opt(j, "requester_feedback", line->feedback);
    json_kv_str_opt(j, "rejection_feedback", line->rejection);
    json_end(j);
}

static struct str page_state(const struct status_line *line) {
    switch (line->status) {
    case ASSIGNMENT_APPROVED: return line->overturned ? STR("overturned") : STR("paid");
    case ASSIGNMENT_REJECTED: return STR("rejected");
    case ASSIGNMENT_SUBMITTED:
    case ASSIGNMENT_ACCEPTED:
    case ASSIGNMENT_RETURNED:
    case ASSIGNMENT_ABANDONED: break;
    }
    return STR("pending");
}

static struct str other_page(struct call *call, int64_t page) {
    return str_printf(call->req->arena, "?page_number=%lld", (long long)page);
}

static struct err status_lines(struct call *call, const struct status_in *in,
                               const struct status_page *list) {
    struct tpl_status_rows *rows = arena_array(call->req->arena, list->n, sizeof *rows);
    for (size_t i = 0; i < list->n; i++) {
        const struct status_line *l = &list->lines[i];
        rows[i] = (struct tpl_status_rows){
            .assignment_id = l->assignment_id,
            .hit_id = l->hit_id,
            .title = l->title,
            .requester = l->requester_name,
            .requester_id = l->requester_id,
            .reward = l->reward_cents,
            .bonus = l->bonus_cents,
            .state = page_state(l),
            .submitted = l->submitted_ms,
            .decided = l->decided_ms,
            .reversible_until = l->undo_until_ms,
            .approves_itself = l->auto_approval_ms,
            .appeal = l->appeal ? site_appeal_badge(l->appeal) : STR(""),
            .appeal_word = l->appeal ? site_appeal_word(l->appeal) : STR(""),
            .feedback = l->feedback,
            .rejection = l->rejection,
        };
    }
    struct tpl_status page = {
        .date = call->params[0],
        .zone = in->zone ? str_c(zone_name(in->zone)) : STR("UTC"),
        .total = list->total,
        .page = in->page,
        .previous = in->page > 1 ? other_page(call, in->page - 1) : STR_NULL,
        .next = (int64_t)in->page * STATUS_PAGE < list->total ? other_page(call, in->page + 1)
                                                              : STR_NULL,
        .rows = rows,
        .rows_n = list->n,
    };
    return page_show(call, &(struct page){.title = "One day", .nav = NAV_W_DASHBOARD},
                     tpl_status_view(&page));
}

static struct err status_details(struct call *call, struct ctx *ctx) {
    struct status_in in = {
        .page = (int)site_query_int(call, "page_number", 1, 1000000, 1),
        .zone = page_zone(call),
    };
    struct status_page page;
    int64_t day_ms;
    if (!time_parse_iso(call->params[0], &day_ms) || call->params[0].n != 10)
        return err_make(ctx->arena, ERR_NOT_FOUND, "date",
                        "\"%.*s\" is no day; write it as 2026-12-24.", STR_ARG(call->params[0]));
    in.day = day_ms / DAY_MS;
    struct err e = work_status(ctx, &in, &page);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req))
        return status_lines(call, &in, &page);
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
    return NO_ERR;
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

/* The same for people. */
static const char *transfer_words(enum transfer_kind kind) {
    switch (kind) {
    case TRANSFER_REWARD: return "Reward";
    case TRANSFER_OVERTURN_REWARD: return "Reward: a rejection was undone";
    case TRANSFER_BONUS: return "Bonus";
    case TRANSFER_PAYOUT: return "Transfer to you";
    case TRANSFER_PAYOUT_FAILED: return "Transfer given back";
    case TRANSFER_ADJUST: return "Correction";
    case TRANSFER_DEPOSIT:
    case TRANSFER_REFUND:
    case TRANSFER_HOLD:
    case TRANSFER_RELEASE:
    case TRANSFER_REHOLD:
    case TRANSFER_FEE:
    case TRANSFER_OVERTURN_FEE:
    case TRANSFER_BONUS_FEE: break;
    }
    return "Other";
}

enum { PAYOUTS_SHOWN = 20 };

/* What he has asked for, and what became of it (worker-site 10). */
static struct err fill_payouts(struct ctx *ctx, struct tpl_earnings *page) {
    struct payout_list list;
    struct payout_list_in in = {.worker = ctx->actor->party, .limit = PAYOUTS_SHOWN};
    struct err e = payout_list(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_earnings_payouts *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++) {
        const struct payout *p = &list.items[i];
        rows[i] = (struct tpl_earnings_payouts){
            .id = p->id,
            .amount = p->cents,
            .state = str_c(payout_state_name(p->state)),
            .destination = p->destination,
            .asked = p->asked_ms,
            .sent = p->sent_ms,
            .ended = p->ended_ms,
            .note = p->note,
        };
    }
    page->payouts = rows;
    page->payouts_n = list.n;
    return NO_ERR;
}

static struct err earnings_page(struct call *call, struct ctx *ctx, const struct funds *funds,
                                const struct statement *statement) {
    struct arena *a = call->req->arena;
    struct withdrawable now;
    struct err e = funds_withdrawable(ctx, ctx->actor->party, &now);
    if (failed(e))
        return e;
    struct tpl_earnings_lines *lines = arena_array(a, statement->n, sizeof *lines);
    for (size_t i = 0; i < statement->n; i++) {
        const struct statement_line *l = &statement->lines[i];
        lines[i] = (struct tpl_earnings_lines){
            .id = l->id,
            .at = l->at_ms,
            .what = str_c(transfer_words(l->kind)),
            .amount = l->signed_cents,
            .assignment_id = l->assignment_id,
            .title = l->title,
            .note = l->note,
        };
    }
    bool more = statement->n == PAGE_MAX;
    struct tpl_earnings page = {
        .payable = funds->balances.payable,
        .paid_out = funds->balances.extout,
        .now = now.cents,
        .later = now.later_cents,
        .delay_days = now.delay_days,
        .amount = page_field(call,
                             &(struct tpl_field){
                                 .name = STR("amount"),
                                 .label = STR("Amount in dollars"),
                                 .hint = STR("Any amount up to what can be transferred."),
                                 .value = money_wire(a, now.cents),
                                 .required = true,
                             }),
        .next =
            more ? str_printf(a, "?before=%lld", (long long)statement->lines[statement->n - 1].id)
                 : STR_NULL,
        .lines = lines,
        .lines_n = statement->n,
    };
    e = fill_payouts(ctx, &page);
    if (failed(e))
        return e;
    return page_show(call, &(struct page){.title = "Earnings", .nav = NAV_W_EARNINGS},
                     tpl_earnings_view(&page));
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
    if (!site_wants_json(call->req))
        return earnings_page(call, ctx, &funds, &statement);
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
        json_kv_str_opt(&j, "assignment_id", line->assignment_id);
        json_kv_str_opt(&j, "title", line->title);
        json_kv_str_opt(&j, "note", line->note);
        json_end(&j);
    }
    json_end(&j);
    json_kv_int(&j, "num_results", (int64_t)statement.n);
    json_end(&j);
    return NO_ERR;
}

static struct err transfer(struct call *call, struct ctx *ctx) {
    struct str amount = form_get(&call->form, "amount");
    int64_t cents, row;
    struct funds funds;
    if (!amount.p || !money_parse(amount, &cents))
        return err_make(ctx->arena, ERR_BAD_REQUEST, "amount",
                        "The amount must be dollars with at most two decimals, such as 12.50.");
    struct err e = payout_ask(ctx, call->actor.party, cents, &row);
    if (!failed(e))
        e = funds_balance(ctx, call->session.party.id, &funds);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req)) {
        page_flash(call, FLASH_GOOD, "%.*s are asked for; %.*s are left. The operator sends it.",
                   STR_ARG(money_dollars(ctx->arena, cents)),
                   STR_ARG(money_dollars(ctx->arena, funds.balances.payable)));
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
     .run = transfer,
     .form = earnings},
    {.method = NULL},
};
