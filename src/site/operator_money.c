/* Deposits and refunds asked for, and payouts, for the operator. */
#include "base/limits.h"
#include "base/money.h"
#include "base/num.h"
#include "market/funds_request.h"
#include "site/people.h"

enum { SIZE_DEFAULT = 100, MARK_MAX = 500 };

/* ---- deposits and refunds ---- */

static struct err show_requests(struct call *call, struct ctx *ctx) {
    static const char *const words[] = {"", "asked", "confirmed", "declined", "withdrawn"};
    struct funds_request_list list;
    int64_t size = site_query_int(call, "size", 1, LIST_ROWS_MAX - 1, SIZE_DEFAULT);
    struct str wanted = form_get(&call->req->query, "state");
    struct funds_request_list_in in = {
        .state = FUNDS_ASKED,
        .before = site_query_int(call, "after", 1, INT64_MAX, 0),
        .limit = (int)size + 1,
    };
    for (int i = FUNDS_ASKED; i <= FUNDS_WITHDRAWN; i++)
        if (str_is(wanted, words[i]))
            in.state = (enum funds_request_state)i;
    struct err e = funds_request_list(ctx, &in, &list);
    if (failed(e))
        return e;
    size_t shown = list.n > (size_t)size ? (size_t)size : list.n;
    struct tpl_operator_deposits_rows *rows = arena_array(ctx->arena, shown, sizeof *rows);
    for (size_t i = 0; i < shown; i++) {
        const struct funds_request *q = &list.items[i];
        rows[i] = (struct tpl_operator_deposits_rows){
            .id = q->id,
            .kind = str_c(funds_request_kind_name(q->kind)),
            .requester = q->name,
            .requester_id = q->public_id,
            .email = q->email,
            .asked_by = q->asked_by,
            .amount = q->cents,
            .note = q->note,
            .asked = q->asked_ms,
            .answered = q->answered_ms,
            .answer = q->answer,
            .open = q->state == FUNDS_ASKED,
        };
    }
    struct tpl_operator_deposits data = {
        .state = str_c(funds_request_state_name(in.state)),
        .rows = rows,
        .rows_n = shown,
    };
    if (list.n > shown)
        data.next =
            str_printf(ctx->arena, "/operator/deposits?state=%s&after=%lld&size=%lld",
                       words[in.state], (long long)list.items[shown - 1].id, (long long)size);
    return page_show(
        call, &(struct page){.title = "Deposits and refunds", .nav = NAV_O_DEPOSITS, .size = size},
        tpl_operator_deposits_view(&data));
}

static struct err answer_request(struct call *call, struct ctx *ctx) {
    int64_t id = 0;
    struct str answer = form_text(call, "answer");
    bool yes = str_is(form_text(call, "what"), "confirm");
    if (!num_parse(call->params[0], 1, INT64_MAX, &id))
        return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such request.");
    struct err e =
        yes ? funds_request_confirm(ctx, id, answer) : funds_request_decline(ctx, id, answer);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD,
               yes ? "Confirmed; the money has moved."
                   : "Declined; the requester reads your answer.");
    site_redirect(call, STR("/operator/deposits"));
    return NO_ERR;
}

/* ---- payouts ---- */

static struct err show_payouts(struct call *call, struct ctx *ctx) {
    struct payout_list list;
    struct waiting waiting = {0};
    int64_t size = site_query_int(call, "size", 1, LIST_ROWS_MAX - 1, SIZE_DEFAULT);
    struct payout_list_in in = {
        .state = PAYOUT_ASKED,
        .from = site_query_int(call, "after", 1, INT64_MAX, 0),
        .limit = (int)size + 1,
    };
    payout_state_parse(form_get(&call->req->query, "state"), &in.state);
    struct err e = payout_list(ctx, &in, &list);
    if (!failed(e))
        e = payout_waiting(ctx, in.state, MARK_MAX, &waiting);
    if (failed(e))
        return e;
    size_t shown = list.n > (size_t)size ? (size_t)size : list.n;
    struct tpl_operator_payouts_rows *rows = arena_array(ctx->arena, shown, sizeof *rows);
    for (size_t i = 0; i < shown; i++) {
        const struct payout *p = &list.items[i];
        rows[i] = (struct tpl_operator_payouts_rows){
            .payout = p->id,
            .worker_id = p->public_id,
            .name = p->name,
            .email = p->email,
            .destination = p->destination,
            .amount = p->cents,
            .state = str_c(payout_state_name(p->state)),
            .asked = p->asked_ms,
            .sent = p->sent_ms,
            .ended = p->ended_ms,
            .note = p->note,
        };
    }
    const char *state = payout_state_name(in.state);
    struct tpl_operator_payouts data = {
        .state = str_c(state),
        .count = waiting.n,
        .more = waiting.n >= MARK_MAX,
        .sum = waiting.cents,
        .open = in.state == PAYOUT_ASKED || in.state == PAYOUT_SENT,
        .asked = in.state == PAYOUT_ASKED,
        .csv = str_printf(ctx->arena, "/operator/payouts?state=%s&size=%d&after=%lld&format=csv",
                          state, LIST_ROWS_MAX - 1, (long long)in.from),
        .note = page_field(
            call, &(struct tpl_field){.name = STR("note"),
                                      .label = STR("Reference, or why it failed"),
                                      .hint = STR("The worker reads it. Needed for failed ones."),
                                      .maxlength = 500}),
        .rows = rows,
        .rows_n = shown,
    };
    if (list.n > shown)
        data.next = str_printf(ctx->arena, "/operator/payouts?state=%s&after=%lld&size=%lld", state,
                               (long long)list.items[shown - 1].id, (long long)size);
    return page_show(call, &(struct page){.title = "Payouts", .nav = NAV_O_PAYOUTS, .size = size},
                     tpl_operator_payouts_view(&data));
}

/* All ticked ones, or none: what was said is what happens. */
static struct err mark_payouts(struct call *call, struct ctx *ctx) {
    enum payout_state to = 0;
    struct str one;
    int64_t id = 0;
    int done = 0;
    struct err e = NO_ERR;
    if (!payout_state_parse(form_text(call, "to"), &to) || to == PAYOUT_ASKED)
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "to",
                        "Payouts are marked as sent, done or failed.");
    for (size_t i = 0; !failed(e) && form_next(&call->form, "payout", &i, &one); done++) {
        if (done == MARK_MAX || !num_parse(one, 1, INT64_MAX, &id))
            return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no payout \"%.*s\".",
                            STR_ARG(one));
        e = payout_mark(ctx, id, to, form_text(call, "note"));
    }
    if (!failed(e) && !done)
        e = err_make(ctx->arena, ERR_INVALID_PARAMETER, "payout", "Tick the payouts first.");
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "%d marked as %s.", done, payout_state_name(to));
    site_redirect(call, STR("/operator/payouts"));
    return NO_ERR;
}

const struct route site_operator_money_rows[] = {
    {.method = "GET",
     .pattern = "/operator/deposits",
     .help = "Deposits and refunds that requesters asked for (?state=).",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_requests},
    {.method = "POST",
     .pattern = "/operator/deposits/{id}",
     .help = "Confirms or declines one.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = answer_request,
     .form = show_requests},
    {.method = "GET",
     .pattern = "/operator/payouts",
     .help = "Payouts that workers asked for (?state=), also as CSV.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_payouts},
    {.method = "POST",
     .pattern = "/operator/payouts",
     .help = "Marks payouts as sent, done or failed.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = mark_payouts,
     .form = show_payouts},
    {.method = NULL},
};
