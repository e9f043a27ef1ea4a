/* Accounts for the operator: search, add, one account with its money and history. */
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "market/audit.h"
#include "market/funds.h"
#include "market/operator.h"
#include "market/request_key.h"
#include "site/people.h"

enum { SIZE_DEFAULT = 25, HISTORY = 20 };

const char *role_word(enum role role) {
    switch (role) {
    case ROLE_REQUESTER: return "requester";
    case ROLE_WORKER: return "worker";
    case ROLE_OPERATOR: return "operator";
    case ROLE_MEMBER: return "member";
    }
    return "";
}

struct err form_amount(struct call *call, int64_t *cents) {
    struct str text = form_text(call, "amount");
    if (text.n && text.p[0] == '$')
        text = str_trim(str_from(text, 1));
    if (money_parse(text, cents))
        return NO_ERR;
    return err_make(call->req->arena, ERR_INVALID_PARAMETER, "amount",
                    "The amount must be dollars with at most two decimals, such as 12.50.");
}

struct str form_text(struct call *call, const char *name) {
    struct str value = form_get(&call->form, name);
    return value.p ? str_trim(value) : STR("");
}

struct err form_use_once(struct call *call, struct ctx *ctx) {
    struct str once = form_get(&call->form, "once");
    struct kept_answer kept = {0};
    bool known = false;
    if (!once.n)
        return NO_ERR;
    struct str digest =
        request_key_digest(ctx->arena, call->session.digest, call->req->path, once, STR(""));
    struct err e = request_key_find(ctx, digest, REQUEST_KEY_MS, &kept, &known);
    if (!failed(e) && known)
        return err_make(ctx->arena, ERR_CONFLICT, NULL,
                        "This form was sent already; what it made is shown only once.");
    return failed(e) ? e : request_key_keep(ctx, digest, &(struct kept_answer){409, STR("")});
}

struct err party_of_path(struct call *call, struct ctx *ctx, struct party *party) {
    return account_by_public_id(ctx, call->params[0], party);
}

/* ---- the list ---- */

static struct err show_list(struct call *call, struct ctx *ctx) {
    int64_t size = site_query_int(call, "size", 1, LIST_ROWS_MAX - 1, SIZE_DEFAULT);
    struct str search = form_get(&call->req->query, "search");
    struct party_list list;
    struct account_find_in in = {
        .search = search,
        .before = site_query_int(call, "after", 1, INT64_MAX, 0),
        .limit = (int)size + 1,
    };
    struct err e = account_find(ctx, &in, &list);
    if (failed(e))
        return e;
    size_t shown = list.n > (size_t)size ? (size_t)size : list.n;
    struct tpl_operator_accounts_rows *rows = arena_array(ctx->arena, shown, sizeof *rows);
    for (size_t i = 0; i < shown; i++)
        rows[i] = (struct tpl_operator_accounts_rows){
            .id = list.items[i].public_id,
            .name = list.items[i].name,
            .email = list.items[i].email,
            .role = str_c(role_word(list.items[i].role)),
            .country = list.items[i].country,
            .state = str_c(party_state_name(list.items[i].state)),
            .created = list.items[i].created_ms,
        };
    struct tpl_operator_accounts data = {
        .search = search.p ? str_trim(search) : STR(""),
        .more = search.n > 0 && list.n > shown,
        .rows = rows,
        .rows_n = shown,
    };
    if (!search.n && list.n > shown)
        data.next = str_printf(ctx->arena, "/operator/accounts?after=%lld&size=%lld",
                               (long long)list.items[shown - 1].id, (long long)size);
    return page_show(call, &(struct page){.title = "Accounts", .nav = NAV_O_ACCOUNTS, .size = size},
                     tpl_operator_accounts_view(&data));
}

/* ---- adding ---- */

static struct err show_add(struct call *call, struct ctx *ctx) {
    (void)ctx;
    struct tpl_operator_account_add data = {
        .role = page_value(call, "role", STR("requester")),
        .name = page_field(call, &(struct tpl_field){.name = STR("name"),
                                                     .label = STR("Name"),
                                                     .hint = STR("As the others see it."),
                                                     .required = true}),
        .email = page_field(call, &(struct tpl_field){.name = STR("email"),
                                                      .label = STR("E-mail address"),
                                                      .type = STR("email"),
                                                      .autocomplete = STR("off"),
                                                      .required = true}),
        .country = page_field(
            call, &(struct tpl_field){.name = STR("country"),
                                      .label = STR("Country"),
                                      .hint = STR("Two capital letters (DE), for the United States "
                                                  "with the state (US-CA). Workers need one."),
                                      .maxlength = 5}),
        .password = page_field(
            call, &(struct tpl_field){.name = STR("password"),
                                      .label = STR("First password"),
                                      .hint = STR("At least 8 characters. Its owner changes it "
                                                  "under Password and sessions."),
                                      .type = STR("password"),
                                      .autocomplete = STR("new-password"),
                                      .required = true}),
    };
    data.password.value = STR("");
    return page_show(call, &(struct page){.title = "Add an account", .nav = NAV_O_ACCOUNTS},
                     tpl_operator_account_add_view(&data));
}

struct adding {
    struct account_add_in in;
    struct party party;
};

static struct err add_rule(struct ctx *ctx, void *arg) {
    struct adding *a = arg;
    return operator_add(ctx, &a->in, &a->party);
}

static struct err add(struct call *call) {
    struct str role = form_text(call, "role"), password = form_get(&call->form, "password");
    struct adding a = {.in = {
                           .email = form_text(call, "email"),
                           .name = form_text(call, "name"),
                           .country = form_text(call, "country"),
                           .role = str_is(role, "requester")  ? ROLE_REQUESTER
                                   : str_is(role, "worker")   ? ROLE_WORKER
                                   : str_is(role, "operator") ? ROLE_OPERATOR
                                                              : 0,
                       }};
    struct err e = password_check(call->req->arena, password);
    if (failed(e))
        return e;
    a.in.password = password_hash(call->req->arena, password);
    e = call_write(call, add_rule, &a);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "The account exists; its owner can sign in.");
    site_redirect(
        call, str_printf(call->req->arena, "/operator/accounts/%.*s", STR_ARG(a.party.public_id)));
    return NO_ERR;
}

/* ---- one account ---- */

static struct err show_one(struct call *call, struct ctx *ctx) {
    struct party p;
    struct funds funds;
    struct audit_list history;
    struct err e = party_of_path(call, ctx, &p);
    if (!failed(e))
        e = funds_balance(ctx, p.id, &funds);
    if (!failed(e))
        e = audit_list(ctx, &(struct audit_list_in){.subject = p.id, .limit = HISTORY}, &history);
    if (failed(e))
        return e;
    struct tpl_operator_account_history *lines = arena_array(ctx->arena, history.n, sizeof *lines);
    for (size_t i = 0; i < history.n; i++) {
        const struct audit_row *r = &history.rows[i];
        lines[i] = (struct tpl_operator_account_history){
            .at = r->at_ms,
            .action = str_c(audit_action_name(r->action)),
            .who = r->actor_name.p ? r->actor_name : r->actor_detail,
            .about = r->about,
            .old_value = r->old_value,
            .new_value = r->new_value,
            .money = r->cents != 0,
            .amount = r->cents,
            .note = r->note,
        };
    }
    struct tpl_operator_account data = {
        .id = p.public_id,
        .name = p.name,
        .email = p.email,
        .role = str_c(role_word(p.role)),
        .state = str_c(party_state_name(p.state)),
        .country = p.country,
        .created = p.created_ms,
        .self = p.id == call->session.party.id,
        .requester = p.role == ROLE_REQUESTER,
        .worker = p.role == ROLE_WORKER,
        .available = funds.balances.avail,
        .held = funds.balances.held,
        .payable = funds.balances.payable,
        .fees = funds.balances.fee,
        .deposited = -funds.balances.extin,
        .paid_out = funds.balances.extout,
        .reason = page_field(call, &(struct tpl_field){.name = STR("reason"),
                                                       .label = STR("Reason"),
                                                       .hint = STR("For the audit."),
                                                       .required = true,
                                                       .maxlength = AUDIT_NOTE_MAX}),
        .amount = page_field(call, &(struct tpl_field){.name = STR("amount"),
                                                       .label = STR("Amount in dollars"),
                                                       .required = true}),
        .note = page_field(call,
                           &(struct tpl_field){.name = STR("note"),
                                               .label = STR("What it is for"),
                                               .hint = STR("Stands on the requester's statement."),
                                               .required = true,
                                               .maxlength = AUDIT_NOTE_MAX}),
        .history = lines,
        .history_n = history.n,
    };
    return page_show(call, &(struct page){.title = "Account", .nav = NAV_O_ACCOUNTS},
                     tpl_operator_account_view(&data));
}

static void back_to(struct call *call, const struct party *p) {
    site_redirect(call,
                  str_printf(call->req->arena, "/operator/accounts/%.*s", STR_ARG(p->public_id)));
}

static struct err put_state(struct call *call, struct ctx *ctx) {
    struct party p;
    struct str to = form_text(call, "state"), reason = form_text(call, "reason");
    bool suspend = str_is(to, "suspended");
    struct err e = party_of_path(call, ctx, &p);
    if (!failed(e) && p.id == call->session.party.id)
        e = err_make(ctx->arena, ERR_FORBIDDEN, NULL, "You can not suspend yourself.");
    if (!failed(e) && !suspend && !str_is(to, "active"))
        e = err_make(ctx->arena, ERR_INVALID_PARAMETER, "state", "A state is active or suspended.");
    if (!failed(e) && p.state == PARTY_CLOSED)
        e = err_make(ctx->arena, ERR_CONFLICT, NULL, "This account is closed for good.");
    if (!failed(e) && reason.n == 0)
        e = err_make(ctx->arena, ERR_INVALID_PARAMETER, "reason",
                     "Write why; it stands in the audit.");
    if (!failed(e))
        e = account_set_state(ctx, p.id, suspend ? PARTY_SUSPENDED : PARTY_ACTIVE, reason);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD,
               suspend ? "Suspended: signed out everywhere, keys refused. What is owed stays owed."
                       : "Active again.");
    back_to(call, &p);
    return NO_ERR;
}

static struct err move_money(struct call *call, struct ctx *ctx) {
    struct party p;
    int64_t cents = 0;
    bool refund = str_is(form_text(call, "what"), "refund");
    struct err e = party_of_path(call, ctx, &p);
    if (!failed(e))
        e = form_amount(call, &cents);
    if (!failed(e))
        e = refund ? operator_refund(ctx, p.id, cents, form_text(call, "note"))
                   : operator_deposit(ctx, p.id, cents, form_text(call, "note"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "%.*s %s.", STR_ARG(money_dollars(ctx->arena, cents)),
               refund ? "were paid back" : "were deposited");
    back_to(call, &p);
    return NO_ERR;
}

static struct err end_sessions(struct call *call, struct ctx *ctx) {
    struct party p;
    struct err e = party_of_path(call, ctx, &p);
    if (!failed(e))
        e = session_end_all(ctx, p.id);
    if (!failed(e))
        e = audit_add(ctx, &(struct audit_in){.action = AUDIT_SESSIONS_ENDED, .subject = p.id});
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Signed out everywhere.");
    back_to(call, &p);
    return NO_ERR;
}

const struct route site_operator_account_rows[] = {
    {.method = "GET",
     .pattern = "/operator/accounts",
     .help = "Accounts, newest first, or by the beginning of an address or id (?search=).",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_list},
    {.method = "GET",
     .pattern = "/operator/accounts/new",
     .help = "The form of a new account.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_add},
    {.method = "POST",
     .pattern = "/operator/accounts/new",
     .help = "Adds an account.",
     .may = MAY_OPERATOR,
     .kind = CALL_SLOW,
     .slow = add,
     .form = show_add},
    {.method = "GET",
     .pattern = "/operator/accounts/{id}",
     .help = "One account: state, money, history.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_one},
    {.method = "POST",
     .pattern = "/operator/accounts/{id}/state",
     .help = "Suspends or activates.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = put_state,
     .form = show_one},
    {.method = "POST",
     .pattern = "/operator/accounts/{id}/money",
     .help = "Deposits or refunds by hand.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = move_money,
     .form = show_one},
    {.method = "POST",
     .pattern = "/operator/accounts/{id}/sign-out",
     .help = "Ends all sessions of the account's person.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = end_sessions},
    {.method = NULL},
};
