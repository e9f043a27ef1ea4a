#include "market/funds.h"

#include <assert.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "base/money.h"
#include "market/account.h"
#include "market/appeal.h"
#include "market/due.h"
#include "market/setting.h"
#include "store/sql.h"

/* Transfers looked at in one step for what a worker has earned lately. */
enum { EARNED_STEP = 1000 };

/* What sandbox requesters show (money-and-lifecycle 3.16). */
#define SANDBOX_CENTS INT64_C(1000000)

static struct err check_amount(struct ctx *c, int64_t cents, int64_t min, int64_t max) {
    if (cents >= min && cents <= max)
        return NO_ERR;
    return err_make(c->arena, ERR_OUT_OF_RANGE, "amount",
                    "The value %.*s is invalid for amount. Valid values range from %.*s to %.*s.",
                    STR_ARG(money_wire(c->arena, cents)), STR_ARG(money_wire(c->arena, min)),
                    STR_ARG(money_wire(c->arena, max)));
}

/* The party, when it has the role. */
static struct err check_role(struct ctx *c, int64_t party, enum role role) {
    struct party p;
    struct err e = account_by_id(c, party, &p);
    if (failed(e) || p.role == role)
        return e;
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "%.*s is not a %s.", STR_ARG(p.public_id),
                    role == ROLE_REQUESTER ? "requester" : "worker");
}

static struct err short_of(struct ctx *c, int64_t wanted, int64_t have) {
    return err_make(c->arena, ERR_INSUFFICIENT_FUNDS, "amount",
                    "This account has insufficient funds to complete this transaction. $%.*s were "
                    "asked for, $%.*s are available, $%.*s are missing.",
                    STR_ARG(money_wire(c->arena, wanted)), STR_ARG(money_wire(c->arena, have)),
                    STR_ARG(money_wire(c->arena, wanted - have)));
}

static struct err give_balances(struct ctx *c, enum st st, int64_t party, struct balances *after) {
    if (st == ST_OK && after)
        st = ledger_balances(c->tx, party, after);
    return ctx_store(c, st);
}

struct err funds_deposit(struct ctx *c, int64_t requester, int64_t cents, struct str note,
                         struct balances *after) {
    struct err e = check_amount(c, cents, 1, DEPOSIT_CENTS_MAX);
    if (!failed(e))
        e = check_role(c, requester, ROLE_REQUESTER);
    if (failed(e))
        return e;
    enum st st = ledger_deposit(c->tx, c->now_ms, cents,
                                &(struct transfer_for){.requester = requester, .note = note});
    e = ctx_store(c, st);
    if (!failed(e))
        e = appeal_retry(c, requester);
    return failed(e) ? e : give_balances(c, st, requester, after);
}

enum st funds_hold(struct ctx *c, int64_t cents, const struct transfer_for *about) {
    enum st st = ledger_hold(c->tx, c->now_ms, cents, about);
    /* A policy runs as a part of what is due. */
    if (st != ST_CONFLICT || c->actor->entrance == ENTRANCE_POLICY)
        return st;
    struct err e = due_dry(c);
    if (failed(e))
        return e.code == ERR_RETRY ? ST_RETRY : ST_FAIL;
    return ledger_hold(c->tx, c->now_ms, cents, about);
}

struct err funds_refund(struct ctx *c, int64_t requester, int64_t cents, struct str note,
                        struct balances *after) {
    struct balances b;
    struct err e = check_amount(c, cents, 1, DEPOSIT_CENTS_MAX);
    if (!failed(e))
        e = check_role(c, requester, ROLE_REQUESTER);
    if (!failed(e))
        e = ctx_store(c, ledger_balances(c->tx, requester, &b));
    if (failed(e))
        return e;
    if (b.avail < cents)
        return short_of(c, cents, b.avail);
    enum st st = ledger_refund(c->tx, c->now_ms, cents,
                               &(struct transfer_for){.requester = requester, .note = note});
    return give_balances(c, st, requester, after);
}

/* ---- what can be taken out ---- */

struct earned {
    int64_t payable, since_ms; /* the account */
    int64_t cents, last, rows;
    bool older; /* all that is left is from before */
};

static bool add_earned(void *arg, const struct sql_funds_page_of_worker_out *row) {
    struct earned *e = arg;
    e->rows++;
    e->last = row->id;
    e->older = row->at_ms <= e->since_ms;
    /* What a failed payout gives back was earned before it was asked for. */
    if (!e->older && row->credit == e->payable && row->kind != TRANSFER_PAYOUT_FAILED)
        e->cents += row->cents;
    return !e->older;
}

/* What he has earned since, from his newest transfers back. */
static struct err earned_since(struct ctx *c, int64_t worker, int64_t since_ms, int64_t *cents) {
    struct earned x = {
        .payable = account_id(worker, ACCOUNT_PAYABLE), .since_ms = since_ms, .last = INT64_MAX};
    enum st st;
    do {
        x.rows = 0;
        struct sql_funds_page_of_worker_in in = {worker, x.last, EARNED_STEP};
        st = sql_funds_page_of_worker_each(c->tx, &in, add_earned, &x);
    } while (st == ST_OK && !x.older && x.rows == EARNED_STEP);
    *cents = x.cents;
    return ctx_store(c, st);
}

struct err funds_withdrawable(struct ctx *c, int64_t worker, struct withdrawable *out) {
    struct balances b;
    int64_t earned = 0;
    *out = (struct withdrawable){0};
    struct err e = setting_int(c, "payout_delay_days", &out->delay_days);
    if (!failed(e))
        e = ctx_store(c, ledger_balances(c->tx, worker, &b));
    if (!failed(e) && out->delay_days)
        e = earned_since(c, worker, c->now_ms - out->delay_days * DAY_MS, &earned);
    if (failed(e))
        return e;
    out->later_cents = earned < b.payable ? earned : b.payable;
    out->cents = b.payable - out->later_cents;
    return NO_ERR;
}

static struct err too_early(struct ctx *c, int64_t cents, const struct withdrawable *w) {
    return err_make(c->arena, ERR_INSUFFICIENT_FUNDS, "amount",
                    "$%.*s were asked for, and $%.*s can be taken out now. What you earn can be "
                    "taken out %lld days later; of yours $%.*s are not that old.",
                    STR_ARG(money_wire(c->arena, cents)), STR_ARG(money_wire(c->arena, w->cents)),
                    (long long)w->delay_days, STR_ARG(money_wire(c->arena, w->later_cents)));
}

struct err funds_payout(struct ctx *c, int64_t worker, int64_t cents, struct str note,
                        int64_t *transfer) {
    struct balances b;
    struct withdrawable w = {0};
    int64_t min = 0;
    struct err e = setting_int(c, "withdraw_min_cents", &min);
    if (!failed(e))
        e = check_amount(c, cents, min, DEPOSIT_CENTS_MAX);
    if (!failed(e))
        e = check_role(c, worker, ROLE_WORKER);
    if (!failed(e))
        e = ctx_store(c, ledger_balances(c->tx, worker, &b));
    if (failed(e))
        return e;
    if (b.payable < cents)
        return short_of(c, cents, b.payable);
    e = funds_withdrawable(c, worker, &w);
    if (failed(e))
        return e;
    if (w.cents < cents)
        return too_early(c, cents, &w);
    enum st st = ledger_post(c->tx, &(struct transfer){
                                        .at_ms = c->now_ms,
                                        .kind = TRANSFER_PAYOUT,
                                        .debit = account_id(worker, ACCOUNT_PAYABLE),
                                        .credit = account_id(worker, ACCOUNT_EXTOUT),
                                        .cents = cents,
                                        .about = {.worker = worker, .note = note},
                                    });
    struct sql_funds_last_of_worker_out last = {0};
    if (st == ST_OK && transfer)
        st = sql_funds_last_of_worker(c->tx, &(struct sql_funds_last_of_worker_in){worker}, &last);
    if (st == ST_OK && transfer)
        *transfer = last.id;
    return ctx_store(c, st);
}

struct err funds_payout_failed(struct ctx *c, int64_t worker, int64_t transfer, struct str note) {
    struct sql_funds_payout_get_out p;
    enum st st =
        sql_funds_payout_get(c->tx, &(struct sql_funds_payout_get_in){transfer, worker}, &p);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such payout.");
    if (st == ST_OK && p.failed)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "This payout was returned to the worker's account before.");
    if (st == ST_OK)
        st = ledger_post(c->tx, &(struct transfer){
                                    .at_ms = c->now_ms,
                                    .kind = TRANSFER_PAYOUT_FAILED,
                                    .debit = account_id(worker, ACCOUNT_EXTOUT),
                                    .credit = account_id(worker, ACCOUNT_PAYABLE),
                                    .cents = p.cents,
                                    .about = {.worker = worker, .corrects = transfer, .note = note},
                                });
    return ctx_store(c, st);
}

struct err funds_fee_back(struct ctx *c, int64_t requester, int64_t cents, struct str note) {
    struct balances b;
    struct err e = check_amount(c, cents, 1, DEPOSIT_CENTS_MAX);
    if (!failed(e))
        e = check_role(c, requester, ROLE_REQUESTER);
    if (!failed(e))
        e = ctx_store(c, ledger_balances(c->tx, requester, &b));
    if (failed(e))
        return e;
    if (b.fee < cents)
        return short_of(c, cents, b.fee);
    return ctx_store(c, ledger_post(c->tx, &(struct transfer){
                                               .at_ms = c->now_ms,
                                               .kind = TRANSFER_ADJUST,
                                               .debit = account_id(requester, ACCOUNT_FEE),
                                               .credit = account_id(requester, ACCOUNT_AVAIL),
                                               .cents = cents,
                                               .about = {.requester = requester, .note = note},
                                           }));
}

struct err funds_balance(struct ctx *c, int64_t party, struct funds *out) {
    int64_t compat = 0;
    struct err e = ctx_store(c, ledger_balances(c->tx, party, &out->balances));
    if (!failed(e))
        e = setting_int(c, "onhold_compat", &compat);
    out->available_cents = out->balances.avail;
    out->on_hold_cents = compat ? 0 : out->balances.held;
    return e;
}

struct err funds_refill(struct ctx *c, int64_t requester) {
    int64_t refill = 0;
    struct balances b;
    struct err e = setting_int(c, "sandbox_refill", &refill);
    if (failed(e) || !refill)
        return e;
    e = ctx_store(c, ledger_balances(c->tx, requester, &b));
    if (failed(e) || b.avail >= SANDBOX_CENTS)
        return e;
    return ctx_store(c, ledger_deposit(c->tx, c->now_ms, SANDBOX_CENTS - b.avail,
                                       &(struct transfer_for){
                                           .requester = requester,
                                           .note = STR("sandbox"),
                                       }));
}

struct take {
    struct ctx *c;
    struct arena *arena;
    const struct statement_in *in;
    struct statement *out;
};

static int64_t or_zero(int64_t row) {
    return row == SQL_NULL ? 0 : row;
}

/* The effect of a transfer on one account. */
static int64_t effect(int64_t account, int64_t debit, int64_t credit, int64_t cents) {
    return (credit == account ? cents : 0) - (debit == account ? cents : 0);
}

static bool take_requester(void *arg, const struct sql_funds_page_of_requester_out *row) {
    struct take *t = arg;
    int64_t own = account_id(t->in->party, ACCOUNT_AVAIL);
    t->out->lines[t->out->n++] = (struct statement_line){
        .id = row->id,
        .at_ms = row->at_ms,
        .kind = (enum transfer_kind)row->kind,
        .cents = row->cents,
        .signed_cents = effect(own, row->debit, row->credit, row->cents),
        .requester = t->in->party,
        .worker = or_zero(row->worker),
        .batch = or_zero(row->batch),
        .hit = or_zero(row->hit),
        .assignment = or_zero(row->assignment),
        .settlement = or_zero(row->settlement),
        .note = str_dup(t->arena, row->note),
    };
    return true;
}

static bool take_worker(void *arg, const struct sql_funds_lines_of_worker_out *row) {
    struct take *t = arg;
    int64_t own = account_id(t->in->party, ACCOUNT_PAYABLE);
    bool of_work = row->assignment != SQL_NULL;
    t->out->lines[t->out->n++] = (struct statement_line){
        .id = row->id,
        .at_ms = row->at_ms,
        .kind = (enum transfer_kind)row->kind,
        .cents = row->cents,
        .signed_cents = effect(own, row->debit, row->credit, row->cents),
        .requester = or_zero(row->requester),
        .worker = t->in->party,
        .batch = or_zero(row->batch),
        .hit = or_zero(row->hit),
        .assignment = or_zero(row->assignment),
        .settlement = or_zero(row->settlement),
        .note = str_dup(t->arena, row->note),
        .assignment_id =
            of_work ? ctx_id(t->c, ID_ASSIGNMENT, row->assignment, str_dup(t->arena, row->alias))
                    : STR_NULL,
        .title = str_dup(t->arena, row->title),
    };
    return true;
}

struct err funds_statement(struct ctx *c, const struct statement_in *in, struct statement *out) {
    assert(in->limit >= 1 && in->limit <= PAGE_MAX);
    struct take take = {c, c->arena, in, out};
    int64_t before = in->before ? in->before : INT64_MAX;
    *out = (struct statement){arena_array(c->arena, (size_t)in->limit, sizeof *out->lines), 0};
    if (in->role == ROLE_REQUESTER)
        return ctx_store(c,
                         sql_funds_page_of_requester_each(c->tx,
                                                          &(struct sql_funds_page_of_requester_in){
                                                              .party = in->party,
                                                              .before = before,
                                                              .page = in->limit,
                                                          },
                                                          take_requester, &take));
    return ctx_store(c, sql_funds_lines_of_worker_each(c->tx,
                                                       &(struct sql_funds_lines_of_worker_in){
                                                           .party = in->party,
                                                           .before = before,
                                                           .page = in->limit,
                                                       },
                                                       take_worker, &take));
}
