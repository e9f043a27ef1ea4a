#include "market/settle.h"

#include <assert.h>

#include "base/datetime.h"
#include "base/money.h"
#include "ledger/ledger.h"
#include "market/appeal.h"
#include "market/due.h"
#include "market/person_mail.h"
#include "store/sql.h"

struct err settle_begin(struct ctx *c, int64_t requester, int64_t review, struct settlement *s) {
    struct sql_settle_open_out out;
    *s = (struct settlement){.requester = requester};
    enum st st = sql_settle_open(c->tx,
                                 &(struct sql_settle_open_in){
                                     .requester = requester,
                                     .entrance = c->actor->entrance,
                                     .actor = actor_person(c->actor),
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

/* --- one decision: found by its keys --- */

/* The only decision of a settlement, if there is exactly one. */
struct only {
    struct arena *arena;
    int64_t decisions; /* 0, 1, or 2 for more */
    struct sql_settle_look_out d;
};

static bool take_only(void *arg, const struct sql_settle_look_out *row) {
    struct only *only = arg;
    if (only->decisions++ == 0) {
        only->d = *row;
        only->d.feedback = str_dup(only->arena, row->feedback);
    }
    return true;
}

/* What a decision takes from Submitted and adds to Approved and Rejected. */
struct steps {
    int64_t decided, approved, rejected;
};

static struct steps steps_of(int64_t verdict) {
    switch ((enum verdict)verdict) {
    case VERDICT_APPROVE: return (struct steps){1, 1, 0};
    case VERDICT_REJECT: return (struct steps){1, 0, 1};
    case VERDICT_OVERTURN: break;
    }
    return (struct steps){0, 1, -1};
}

static struct sql_settle_totals_out totals_of_one(const struct sql_settle_look_out *d) {
    switch ((enum verdict)d->verdict) {
    case VERDICT_APPROVE:
        return (struct sql_settle_totals_out){
            .approved = 1, .approve_reward = d->reward_cents, .approve_fee = d->fee_cents};
    case VERDICT_REJECT:
        return (struct sql_settle_totals_out){.rejected = 1,
                                              .release = d->reward_cents + d->fee_cents};
    case VERDICT_OVERTURN: break;
    }
    return (struct sql_settle_totals_out){
        .overturned = 1, .overturn_reward = d->reward_cents, .overturn_fee = d->fee_cents};
}

static enum st update_assignment_one(struct ctx *c, const struct sql_settle_look_out *d,
                                     int64_t *changed) {
    if (d->verdict == VERDICT_REJECT) {
        struct sql_settle_assignment_rejected_one_in in = {d->assignment, d->old_status, d->at_ms,
                                                           d->feedback, c->actor->entrance};
        return sql_settle_assignment_rejected_one(c->tx, &in, changed);
    }
    struct sql_settle_assignment_approved_one_in in = {d->assignment, d->old_status, d->at_ms,
                                                       d->feedback, c->actor->entrance};
    return sql_settle_assignment_approved_one(c->tx, &in, changed);
}

static enum st update_counters_one(struct ctx *c, const struct sql_settle_look_out *d) {
    struct steps n = steps_of(d->verdict);
    struct sql_settle_hit_one_in hit = {d->hit, n.decided, n.approved, n.rejected, d->at_ms};
    struct sql_settle_batch_one_in batch = {d->batch, n.decided, n.approved, n.rejected};
    struct sql_settle_worker_one_in worker = {d->worker, n.approved, n.rejected};
    enum st st = sql_settle_hit_one(c->tx, &hit, NULL);
    if (st == ST_OK)
        st = sql_settle_batch_one(c->tx, &batch, NULL);
    if (st == ST_OK)
        st = sql_settle_worker_one(c->tx, &worker, NULL);
    return st;
}

static enum st update_figures_one(struct ctx *c, const struct settlement *s,
                                  const struct sql_settle_look_out *d) {
    bool rejects = d->verdict == VERDICT_REJECT;
    struct sql_settle_pair_one_in pair = {s->requester, d->worker, d->at_ms / DAY_MS, !rejects,
                                          rejects};
    struct sql_settle_notice_one_in notice = {
        .worker = d->worker,
        .at_ms = c->now_ms,
        .verdict = d->verdict,
        .settlement = s->id,
        .assignment = d->assignment,
        .cents = rejects ? 0 : d->reward_cents,
    };
    enum st st = sql_settle_pair_one(c->tx, &pair, NULL);
    if (st == ST_OK && d->verdict == VERDICT_OVERTURN) {
        struct sql_settle_pair_overturned_one_in day = {s->requester, d->worker,
                                                        d->rejected_ms / DAY_MS};
        st = sql_settle_pair_overturned_one(c->tx, &day, NULL);
    }
    if (st == ST_OK)
        st = sql_settle_notice_one(c->tx, &notice, NULL);
    return st;
}

/* --- many decisions: by set --- */

static enum st update_counters(struct ctx *c, const struct settlement *s) {
    enum st st = sql_settle_hits(c->tx, &(struct sql_settle_hits_in){s->id}, NULL);
    if (st == ST_OK)
        st = sql_settle_batches(c->tx, &(struct sql_settle_batches_in){s->id}, NULL);
    if (st == ST_OK)
        st = sql_settle_workers(c->tx, &(struct sql_settle_workers_in){s->id}, NULL);
    return st;
}

static enum st update_figures_set(struct ctx *c, const struct settlement *s) {
    enum st st = sql_settle_pairs(c->tx, &(struct sql_settle_pairs_in){s->id, s->requester}, NULL);
    if (st == ST_OK && s->overturned)
        st = sql_settle_pairs_overturned(
            c->tx, &(struct sql_settle_pairs_overturned_in){s->id, s->requester}, NULL);
    if (st == ST_OK)
        st = sql_settle_notices(c->tx, &(struct sql_settle_notices_in){s->id, c->now_ms}, NULL);
    return st;
}

/* --- both --- */

/* The rows that were decided, their HITs, batches and workers. only: NULL for a set. */
static enum st update_market(struct ctx *c, const struct settlement *s,
                             const struct sql_settle_look_out *only) {
    int64_t changed = 0;
    enum st st =
        only ? update_assignment_one(c, only, &changed)
             : sql_settle_assignments(
                   c->tx, &(struct sql_settle_assignments_in){s->id, c->actor->entrance}, &changed);
    if (st != ST_OK)
        return st;
    /* A row that left the status it was decided in would be paid without having changed. */
    assert(changed == s->approved + s->rejected + s->overturned);
    return only ? update_counters_one(c, only) : update_counters(c, s);
}

static enum st update_day(struct ctx *c, const struct settlement *s) {
    bool by_clock = c->actor->entrance == ENTRANCE_CLOCK;
    struct sql_settle_day_in in = {
        .requester = s->requester,
        .day = c->now_ms / DAY_MS,
        .approved = s->approved,
        .rejected = s->rejected,
        .overturned = s->overturned,
        .by_clock = by_clock ? s->approved : 0,
    };
    return sql_settle_day(c->tx, &in, NULL);
}

static enum st update_figures(struct ctx *c, const struct settlement *s,
                              const struct sql_settle_look_out *only) {
    enum st st = only ? update_figures_one(c, s, only) : update_figures_set(c, s);
    if (st == ST_OK)
        st = update_day(c, s);
    if (st == ST_OK)
        st = sql_settle_events(c->tx, &(struct sql_settle_events_in){s->id, s->requester}, NULL);
    return st;
}

/* Approvals are what everybody expects, and no mail. */
static struct err mail_workers(struct ctx *c, const struct settlement *s,
                               const struct sql_settle_look_out *only) {
    if (s->rejected + s->overturned == 0)
        return NO_ERR;
    if (!only)
        return person_mail_settlement(c, s->id);
    bool rejects = only->verdict == VERDICT_REJECT;
    struct person_mail_in mail = {
        .party = only->worker,
        .kind = rejects ? NOTICE_REJECTED : NOTICE_OVERTURNED,
        .assignment = only->assignment,
        .cents = only->reward_cents,
    };
    return person_mail_add(c, &mail);
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

/* Sums of the set, into s and money; and its only decision, if it has one. */
static enum st take_totals(struct ctx *c, struct settlement *s, struct settlement_money *money,
                           struct only *only) {
    struct sql_settle_totals_out t;
    *only = (struct only){.arena = c->arena};
    enum st st = s->by_set ? ST_OK
                           : sql_settle_look_each(c->tx, &(struct sql_settle_look_in){s->id},
                                                  take_only, only);
    if (st == ST_OK && only->decisions == 1)
        t = totals_of_one(&only->d);
    else if (st == ST_OK)
        st = sql_settle_totals(c->tx, &(struct sql_settle_totals_in){s->id}, &t);
    if (st != ST_OK)
        return st;
    *money = (struct settlement_money){
        .payee = only->decisions == 1 ? only->d.worker : 0,
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
    struct only only;
    enum st st = take_totals(c, s, &money, &only);
    if (st == ST_OK)
        st = ledger_balances(c->tx, s->requester, &before);
    if (st != ST_OK)
        return ctx_store(c, st);
    /* The clock may owe some. */
    if (before.avail + s->released_cents < s->overturn_cents && !s->due_done) {
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
    const struct sql_settle_look_out *one = only.decisions == 1 ? &only.d : NULL;
    st = update_market(c, s, one);
    if (st == ST_OK)
        st = ledger_settle(c->tx, c->now_ms, s->requester, s->id, &money, &counts);
    /* What is held covers every undecided assignment (I3), and available was looked at above. */
    assert(st != ST_CONFLICT);
    if (st == ST_OK)
        st = update_figures(c, s, one);
    if (st == ST_OK)
        st = close_settlement(c, s);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct err e = mail_workers(c, s, one);
    return failed(e) || !s->overturned ? e : appeal_on_overturn(c, s->requester, s->id);
}
