#include "market/settle.h"

#include <assert.h>

#include "base/money.h"
#include "ledger/ledger.h"
#include "market/due.h"
#include "store/sql.h"

struct err settle_begin(struct ctx *c, int64_t requester, int64_t review, struct settlement *s) {
    struct sql_settle_open_out out;
    *s = (struct settlement){.requester = requester};
    enum st st = sql_settle_open(c->tx,
                                 &(struct sql_settle_open_in){
                                     .requester = requester,
                                     .entrance = c->actor->entrance,
                                     .actor = c->actor->party,
                                     .actor_detail = c->actor->detail,
                                     .request_key = c->actor->request_key,
                                     .review = review ? review : SQL_NULL,
                                     .at_ms = c->now_ms,
                                 },
                                 &out);
    if (st == ST_OK)
        s->id = out.id;
    return ctx_store(c, st);
}

struct err settle_add_one(struct ctx *c, const struct settlement *s, const struct settle_one *one) {
    int64_t added = 0;
    enum st st = sql_settle_decide_one(c->tx,
                                       &(struct sql_settle_decide_one_in){
                                           .settlement = s->id,
                                           .assignment = one->assignment,
                                           .verdict = one->verdict,
                                           .old_status = one->old_status,
                                           .at_ms = one->at_ms,
                                           .feedback = one->feedback,
                                       },
                                       &added);
    assert(st != ST_OK || added == 1); /* the caller read the row in this transaction */
    return ctx_store(c, st);
}

struct err settle_add_due(struct ctx *c, const struct settlement *s, int64_t hit, int64_t *added) {
    return ctx_store(c, sql_settle_decide_due(c->tx,
                                              &(struct sql_settle_decide_due_in){
                                                  .settlement = s->id,
                                                  .hit = hit,
                                                  .now_ms = c->now_ms,
                                              },
                                              added));
}

/* The rows that were decided, their HITs, batches and workers. */
static enum st update_market(struct ctx *c, const struct settlement *s) {
    int64_t changed = 0;
    enum st st = sql_settle_assignments(
        c->tx, &(struct sql_settle_assignments_in){s->id, c->actor->entrance}, &changed);
    if (st != ST_OK)
        return st;
    /* A row that left the status it was decided in would be paid without having changed. */
    assert(changed == s->approved + s->rejected + s->overturned);
    st = sql_settle_hits(c->tx, &(struct sql_settle_hits_in){s->id}, NULL);
    if (st == ST_OK)
        st = sql_settle_batches(c->tx, &(struct sql_settle_batches_in){s->id}, NULL);
    if (st == ST_OK)
        st = sql_settle_workers(c->tx, &(struct sql_settle_workers_in){s->id}, NULL);
    return st;
}

static enum st update_figures(struct ctx *c, const struct settlement *s) {
    enum st st = sql_settle_pairs(c->tx, &(struct sql_settle_pairs_in){s->id, s->requester}, NULL);
    if (st == ST_OK && s->overturned)
        st = sql_settle_pairs_overturned(
            c->tx, &(struct sql_settle_pairs_overturned_in){s->id, s->requester}, NULL);
    if (st == ST_OK)
        st = sql_settle_notices(c->tx, &(struct sql_settle_notices_in){s->id, c->now_ms}, NULL);
    if (st == ST_OK)
        st = sql_settle_events(c->tx, &(struct sql_settle_events_in){s->id, s->requester}, NULL);
    return st;
}

static enum st close_settlement(struct ctx *c, const struct settlement *s) {
    return sql_settle_close(c->tx,
                            &(struct sql_settle_close_in){
                                .id = s->id,
                                .avail_before = s->avail_before,
                                .avail_after = s->avail_after,
                                .approved = s->approved,
                                .rejected = s->rejected,
                                .overturned = s->overturned,
                                .reward_cents = s->reward_cents,
                                .fee_cents = s->fee_cents,
                                .released_cents = s->released_cents,
                            },
                            NULL);
}

static struct err insufficient(struct ctx *c, const struct settlement *s) {
    int64_t have = s->avail_before + s->released_cents;
    return err_make(
        c->arena, ERR_INSUFFICIENT_FUNDS, NULL,
        "This Requester has insufficient funds in their account to complete this transaction. "
        "It costs $%.*s, $%.*s is available, $%.*s is missing. Deposit the missing amount and "
        "try again.",
        STR_ARG(money_wire(c->arena, s->overturn_cents)), STR_ARG(money_wire(c->arena, have)),
        STR_ARG(money_wire(c->arena, s->overturn_cents - have)));
}

/* Sums of the set, into s and money. */
static enum st take_totals(struct ctx *c, struct settlement *s, struct settlement_money *money) {
    struct sql_settle_totals_out t;
    enum st st = sql_settle_totals(c->tx, &(struct sql_settle_totals_in){s->id}, &t);
    if (st != ST_OK)
        return st;
    *money = (struct settlement_money){
        .approve_reward_cents = t.approve_reward,
        .approve_fee_cents = t.approve_fee,
        .overturn_reward_cents = t.overturn_reward,
        .overturn_fee_cents = t.overturn_fee,
        .release_cents = t.release,
    };
    s->approved = t.approved;
    s->rejected = t.rejected;
    s->overturned = t.overturned;
    s->reward_cents = t.approve_reward + t.overturn_reward;
    s->fee_cents = t.approve_fee + t.overturn_fee;
    s->overturn_cents = t.overturn_reward + t.overturn_fee;
    s->released_cents = t.release;
    return ST_OK;
}

struct err settle_apply(struct ctx *c, struct settlement *s) {
    struct settlement_money money;
    struct balances before;
    enum st st = take_totals(c, s, &money);
    if (st == ST_OK)
        st = ledger_balances(c->tx, s->requester, &before);
    if (st != ST_OK)
        return ctx_store(c, st);
    if (before.avail + s->released_cents < s->overturn_cents) { /* the clock may owe some */
        struct err e = due_dry(c);
        if (failed(e))
            return e;
        st = ledger_balances(c->tx, s->requester, &before);
        if (st != ST_OK)
            return ctx_store(c, st);
    }
    s->avail_before = before.avail;
    s->avail_after = before.avail + s->released_cents - s->overturn_cents;
    if (s->approved + s->rejected + s->overturned == 0)
        return ctx_store(c, close_settlement(c, s));
    if (s->avail_after < 0)
        return insufficient(c, s);
    struct settlement_counts counts = {s->approved, s->rejected, s->overturned};
    st = update_market(c, s);
    if (st == ST_OK)
        st = ledger_settle(c->tx, c->now_ms, s->requester, s->id, &money, &counts);
    /* What is held covers every undecided assignment (I3), and available was looked at above. */
    assert(st != ST_CONFLICT);
    if (st == ST_OK)
        st = update_figures(c, s);
    if (st == ST_OK)
        st = close_settlement(c, s);
    return ctx_store(c, st);
}
