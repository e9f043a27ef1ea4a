#include "ledger/ledger.h"

#include <assert.h>

#include "store/sql.h"

enum st ledger_open(struct tx *tx, int64_t party) {
    enum st st = ST_OK;
    for (int kind = ACCOUNT_AVAIL; kind <= ACCOUNT_EXTOUT && st == ST_OK; kind++)
        st = sql_ledger_account_open(
            tx, &(struct sql_ledger_account_open_in){account_id(party, (enum account_kind)kind)},
            NULL);
    return st;
}

static int64_t or_null(int64_t row) {
    return row ? row : SQL_NULL;
}

static enum st add_transfer(struct tx *tx, const struct transfer *t) {
    const struct transfer_for *f = &t->about;
    return sql_ledger_transfer_add(tx,
                                   &(struct sql_ledger_transfer_add_in){
                                       .at_ms = t->at_ms,
                                       .kind = t->kind,
                                       .debit = t->debit,
                                       .credit = t->credit,
                                       .cents = t->cents,
                                       .requester = or_null(f->requester),
                                       .worker = or_null(f->worker),
                                       .batch = or_null(f->batch),
                                       .hit = or_null(f->hit),
                                       .assignment = or_null(f->assignment),
                                       .settlement = or_null(f->settlement),
                                       .corrects = or_null(f->corrects),
                                       .note = f->note,
                                   },
                                   NULL);
}

/* A guarded UPDATE that must have met its row. */
static enum st guarded(enum st st, int64_t changed) {
    return st == ST_OK && changed != 1 ? ST_CONFLICT : st;
}

enum st ledger_post(struct tx *tx, const struct transfer *t) {
    int64_t changed = 0;
    assert(t->cents >= 0 && t->debit != t->credit);
    enum st st = sql_ledger_account_debit(
        tx, &(struct sql_ledger_account_debit_in){.id = t->debit, .cents = t->cents}, &changed);
    if ((st = guarded(st, changed)) != ST_OK)
        return st;
    st = sql_ledger_account_credit(
        tx, &(struct sql_ledger_account_credit_in){.id = t->credit, .cents = t->cents}, &changed);
    if ((st = guarded(st, changed)) != ST_OK)
        return st;
    return add_transfer(tx, t);
}

static bool take_balance(void *arg, const struct sql_ledger_balances_of_out *row) {
    struct balances *b = arg;
    int64_t *const by_kind[] = {
        [ACCOUNT_AVAIL] = &b->avail, [ACCOUNT_HELD] = &b->held,   [ACCOUNT_PAYABLE] = &b->payable,
        [ACCOUNT_FEE] = &b->fee,     [ACCOUNT_EXTIN] = &b->extin, [ACCOUNT_EXTOUT] = &b->extout,
    };
    *by_kind[row->id % 8] = row->balance;
    return true;
}

enum st ledger_balances(struct tx *tx, int64_t party, struct balances *b) {
    *b = (struct balances){0};
    return sql_ledger_balances_of_each(tx,
                                       &(struct sql_ledger_balances_of_in){
                                           .first = account_id(party, ACCOUNT_AVAIL),
                                           .last = account_id(party, ACCOUNT_EXTOUT),
                                       },
                                       take_balance, b);
}

static bool take_lock(void *arg, const struct sql_ledger_lock_out *row) {
    (void)arg;
    (void)row;
    return true;
}

enum st ledger_lock(struct tx *tx, int64_t party) {
    return sql_ledger_lock_each(tx,
                                &(struct sql_ledger_lock_in){
                                    .first = account_id(party, ACCOUNT_AVAIL),
                                    .last = account_id(party, ACCOUNT_EXTOUT),
                                },
                                take_lock, NULL);
}

/* One transfer between two accounts of the requester the transfer is about. */
static enum st between(struct tx *tx, int64_t at_ms, enum transfer_kind kind,
                       enum account_kind from, enum account_kind to, int64_t cents,
                       const struct transfer_for *about) {
    if (cents == 0)
        return ST_OK;
    return ledger_post(tx, &(struct transfer){
                               .at_ms = at_ms,
                               .kind = kind,
                               .debit = account_id(about->requester, from),
                               .credit = account_id(about->requester, to),
                               .cents = cents,
                               .about = *about,
                           });
}

enum st ledger_hold(struct tx *tx, int64_t at_ms, int64_t cents, const struct transfer_for *about) {
    return between(tx, at_ms, TRANSFER_HOLD, ACCOUNT_AVAIL, ACCOUNT_HELD, cents, about);
}

enum st ledger_release(struct tx *tx, int64_t at_ms, int64_t cents,
                       const struct transfer_for *about) {
    return between(tx, at_ms, TRANSFER_RELEASE, ACCOUNT_HELD, ACCOUNT_AVAIL, cents, about);
}

enum st ledger_deposit(struct tx *tx, int64_t at_ms, int64_t cents,
                       const struct transfer_for *about) {
    return between(tx, at_ms, TRANSFER_DEPOSIT, ACCOUNT_EXTIN, ACCOUNT_AVAIL, cents, about);
}

enum st ledger_refund(struct tx *tx, int64_t at_ms, int64_t cents,
                      const struct transfer_for *about) {
    return between(tx, at_ms, TRANSFER_REFUND, ACCOUNT_AVAIL, ACCOUNT_EXTOUT, cents, about);
}

enum st ledger_bonus(struct tx *tx, int64_t at_ms, int64_t cents, int64_t fee_cents,
                     const struct transfer_for *about) {
    enum st st = ledger_post(tx, &(struct transfer){
                                     .at_ms = at_ms,
                                     .kind = TRANSFER_BONUS,
                                     .debit = account_id(about->requester, ACCOUNT_AVAIL),
                                     .credit = account_id(about->worker, ACCOUNT_PAYABLE),
                                     .cents = cents,
                                     .about = *about,
                                 });
    if (st != ST_OK)
        return st;
    struct transfer_for fee_for = *about;
    fee_for.worker = 0; /* not a line of the worker's statement */
    return between(tx, at_ms, TRANSFER_BONUS_FEE, ACCOUNT_AVAIL, ACCOUNT_FEE, fee_cents, &fee_for);
}

static enum st settle_transfers(struct tx *tx, int64_t at_ms, int64_t requester, int64_t settlement,
                                bool pays, bool releases) {
    enum st st = ST_OK;
    if (pays) {
        st = sql_ledger_settle_rewards(
            tx, &(struct sql_ledger_settle_rewards_in){settlement, at_ms, requester}, NULL);
        if (st == ST_OK)
            st = sql_ledger_settle_fees(
                tx, &(struct sql_ledger_settle_fees_in){settlement, at_ms, requester}, NULL);
    }
    if (st == ST_OK && releases)
        st = sql_ledger_settle_releases(
            tx, &(struct sql_ledger_settle_releases_in){settlement, at_ms, requester}, NULL);
    return st;
}

static enum st settle_workers(struct tx *tx, int64_t settlement) {
    struct sql_ledger_settle_unopened_out unopened;
    enum st st =
        sql_ledger_settle_payable(tx, &(struct sql_ledger_settle_payable_in){settlement}, NULL);
    if (st == ST_OK)
        st = sql_ledger_settle_unopened(tx, &(struct sql_ledger_settle_unopened_in){settlement},
                                        &unopened);
    assert(st != ST_OK || unopened.n == 0);
    return st;
}

static enum st settle_payee(struct tx *tx, const struct settlement_money *m) {
    int64_t changed = 0;
    struct sql_ledger_account_credit_in in = {account_id(m->payee, ACCOUNT_PAYABLE),
                                              m->approve_reward_cents + m->overturn_reward_cents};
    enum st st = sql_ledger_account_credit(tx, &in, &changed);
    assert(st != ST_OK || changed == 1);
    return st;
}

static enum st settle_requester(struct tx *tx, int64_t requester,
                                const struct settlement_money *m) {
    int64_t held = m->approve_reward_cents + m->approve_fee_cents + m->release_cents;
    int64_t spent = m->overturn_reward_cents + m->overturn_fee_cents, changed = 1;
    enum st st = ST_OK;
    if (held)
        st = guarded(
            sql_ledger_settle_held(
                tx, &(struct sql_ledger_settle_held_in){account_id(requester, ACCOUNT_HELD), held},
                &changed),
            changed);
    if (st == ST_OK && (m->release_cents || spent)) {
        struct sql_ledger_settle_avail_in in = {account_id(requester, ACCOUNT_AVAIL),
                                                m->release_cents, spent};
        st = sql_ledger_settle_avail(tx, &in, &changed);
        st = guarded(st, changed);
    }
    int64_t fees = m->approve_fee_cents + m->overturn_fee_cents;
    if (st == ST_OK && fees) {
        struct sql_ledger_account_credit_in in = {account_id(requester, ACCOUNT_FEE), fees};
        st = sql_ledger_account_credit(tx, &in, &changed);
        st = guarded(st, changed);
    }
    return st;
}

enum st ledger_settle(struct tx *tx, int64_t at_ms, int64_t requester, int64_t settlement,
                      const struct settlement_money *sums, const struct settlement_counts *counts) {
    bool pays = counts->approved || counts->overturned;
    enum st st = settle_requester(tx, requester, sums);
    if (st == ST_OK)
        st = settle_transfers(tx, at_ms, requester, settlement, pays, counts->rejected > 0);
    if (st == ST_OK && pays)
        st = sums->payee ? settle_payee(tx, sums) : settle_workers(tx, settlement);
    return st;
}
