/* The requester's money: balance, what is held for which batch, postings, and asking for deposits
 * and refunds (requester-site 9). */
#include "base/money.h"
#include "base/limits.h"
#include "base/num.h"
#include "market/batch.h"
#include "market/funds.h"
#include "market/funds_request.h"
#include "site/rows.h"

enum { ASKED_SHOWN = 20, BATCHES_SHOWN = PAGE_MAX };

/* ---- the account ---- */

static struct str request_badge(enum funds_request_state state) {
    switch (state) {
    case FUNDS_ASKED: return STR("pending");
    case FUNDS_CONFIRMED: return STR("approved");
    case FUNDS_DECLINED: return STR("rejected");
    case FUNDS_WITHDRAWN: break;
    }
    return STR("neutral");
}

static struct err fill_asked(struct ctx *ctx, struct tpl_account *page) {
    struct funds_request_list_in in = {.requester = ctx->actor->party, .limit = ASKED_SHOWN};
    struct funds_request_list list;
    struct err e = funds_request_list(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_account_asked *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++) {
        const struct funds_request *r = &list.items[i];
        rows[i] = (struct tpl_account_asked){
            .id = r->id,
            .kind = str_c(funds_request_kind_name(r->kind)),
            .amount = r->cents,
            .note = r->note,
            .state = str_c(funds_request_state_name(r->state)),
            .badge = request_badge(r->state),
            .answer = r->answer,
            .asked_ms = r->asked_ms,
            .open = r->state == FUNDS_ASKED,
        };
    }
    page->asked = rows;
    page->asked_n = list.n;
    return NO_ERR;
}

/* What the newest batches hold; what older ones and changed HITs hold besides is one line. */
static struct err fill_held(struct ctx *ctx, struct tpl_account *page) {
    struct batch_list_in in = {.requester = ctx->actor->party, .limit = BATCHES_SHOWN};
    struct batch_list_out list;
    struct err e = batch_list(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_account_batches *rows =
        arena_array(ctx->arena, (size_t)list.count + 1, sizeof *rows);
    int64_t rest = page->held;
    for (int i = 0; i < list.count; i++) {
        const struct batch_view *b = &list.batches[i];
        int64_t open = b->slots - b->approved - b->rejected;
        int64_t cents = open * (b->reward_cents + b->fee_cents);
        if (open <= 0 || cents <= 0 || cents > rest)
            continue;
        rest -= cents;
        rows[page->batches_n++] = (struct tpl_account_batches){b->id, b->name, open, cents};
    }
    if (rest > 0)
        rows[page->batches_n++] =
            (struct tpl_account_batches){0, STR("Older batches, and tasks changed since"), 0, rest};
    page->batches = rows;
    return NO_ERR;
}

static struct err show_account(struct call *call, struct ctx *ctx) {
    struct funds funds;
    struct err e = funds_balance(ctx, ctx->actor->party, &funds);
    if (failed(e))
        return e;
    struct tpl_account page = {
        .suspended = call->session.account.state != PARTY_ACTIVE,
        .id = call->session.party.public_id,
        .available = funds.balances.avail,
        .held = funds.balances.held,
        .total = funds.balances.avail + funds.balances.held,
    };
    e = fill_asked(ctx, &page);
    if (!failed(e))
        e = fill_held(ctx, &page);
    if (failed(e))
        return e;
    return page_show(call, &(struct page){.title = "Account", .nav = NAV_R_ACCOUNT},
                     tpl_account_view(&page));
}

/* ---- asking ---- */

static bool wants_refund(struct call *call) {
    return str_is(page_value(call, "kind", STR("deposit")), "refund");
}

static struct err show_deposit(struct call *call, struct ctx *ctx) {
    struct funds funds;
    struct err e = funds_balance(ctx, ctx->actor->party, &funds);
    if (failed(e))
        return e;
    struct tpl_deposit page = {
        .refund = wants_refund(call),
        .available = funds.balances.avail,
        .next = page_value(call, "next", STR("")),
        .amount = page_field(call,
                             &(struct tpl_field){
                                 .name = STR("amount"),
                                 .label = STR("Amount in dollars"),
                                 .hint = STR("At most two decimals, such as 120.50."),
                                 .required = true,
                             }),
        .note = page_field(call,
                           &(struct tpl_field){
                               .name = STR("note"),
                               .label = STR("A note for the operator"),
                               .hint = STR("Optional: a reference, an order number."),
                               .maxlength = FUNDS_NOTE_MAX,
                           }),
    };
    return page_show(
        call, &(struct page){.title = page.refund ? "Refund" : "Deposit", .nav = NAV_R_ACCOUNT},
        tpl_deposit_view(&page));
}

static struct err ask(struct call *call, struct ctx *ctx) {
    struct str amount = form_get(&call->form, "amount"), note = form_get(&call->form, "note"),
               next = form_get(&call->form, "next");
    struct funds_request_in in = {
        .kind = str_is(form_get(&call->form, "kind"), "refund") ? FUNDS_REFUND : FUNDS_DEPOSIT,
        .note = note.p ? str_trim(note) : STR(""),
    };
    if (in.kind == FUNDS_DEPOSIT && call->session.account.state != PARTY_ACTIVE)
        return err_make(ctx->arena, ERR_SUSPENDED, NULL,
                        "This account is suspended: what is available can be asked back, but "
                        "nothing paid in.");
    if (!amount.p || !money_parse(str_trim(amount), &in.cents))
        return err_make(ctx->arena, ERR_BAD_REQUEST, "amount",
                        "The amount must be dollars with at most two decimals, such as 120.50.");
    int64_t id;
    struct err e = funds_request_ask(ctx, ctx->actor->party, &in, &id);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD,
               in.kind == FUNDS_REFUND
                   ? "The operator was asked for the refund."
                   : "Announced. The money is yours to spend when the operator has confirmed it.");
    site_redirect(call, site_own_address(next) ? next : STR("/requester/account"));
    return NO_ERR;
}

static struct err take_back(struct call *call, struct ctx *ctx) {
    int64_t id;
    if (!num_parse(call->params[0], 1, INT64_MAX, &id))
        return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such request.");
    struct err e = funds_request_withdraw(ctx, ctx->actor->party, id);
    if (failed(e))
        return e;
    page_flash(call, FLASH_INFO, "Taken back.");
    site_redirect(call, STR("/requester/account"));
    return NO_ERR;
}

const struct route site_requester_money_rows[] = {
    {.method = "GET",
     .pattern = "/requester/account",
     .help = "Balance, held money by batch, requests.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_account},
    {.method = "GET",
     .pattern = "/requester/account/deposit",
     .help = "The form for a deposit or a refund.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_deposit},
    {.method = "POST",
     .pattern = "/requester/account/deposit",
     .help = "Announces a deposit, or asks for a refund; the latter while suspended too.",
     .may = MAY_OWN,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_WRITE,
     .run = ask,
     .form = show_deposit},
    {.method = "POST",
     .pattern = "/requester/account/requests/{request}/withdraw",
     .help = "Takes a request back.",
     .may = MAY_OWN,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_WRITE,
     .run = take_back},
    {.method = NULL},
};
