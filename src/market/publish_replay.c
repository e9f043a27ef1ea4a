/* Publishing for market/replay.c: the same holds and sums, other moments and ids. */
#include "base/money.h"
#include "base/num.h"
#include "ledger/ledger.h"
#include "market/document.h"
#include "market/fees.h"
#include "market/publish.h"
#include "market/shapes.h"
#include "market/slots_money.h"
#include "store/sql.h"

/* A results file tells what workers answered, not what they saw. */
static const char unknown_layout[] =
    "<p>This task was re-enacted from a results file of the old service. The template it was made "
    "from is not part of such a file.</p><p><label>Answer <input name=\"answer\"></label></p>";

struct err publish_fee(struct ctx *c, const struct hit_type *type, int64_t max_assignments,
                       struct publish_fee *fee) {
    struct fee_rates rates;
    struct err e = fee_load(c, &rates);
    if (failed(e))
        return e;
    struct fee_of of = {
        .reward_cents = type->reward_cents,
        .premium_cents = type->premium_cents,
        .many = fee_many(&rates, max_assignments),
        .masters = type->masters,
    };
    fee->many = of.many;
    return fee_assignment(&rates, &of, &fee->cents)
               ? NO_ERR
               : err_make(c->arena, ERR_OUT_OF_RANGE, "Reward", "The reward %.*s is too large.",
                          STR_ARG(money_dollars(c->arena, type->reward_cents)));
}

struct err publish_replayed_batch(struct ctx *c, const struct publish_replayed_batch *in,
                                  int64_t *batch) {
    struct sql_replay_batch_add_in row = {
        .requester = c->actor->party,
        .name = in->name,
        .hit_type = in->type->id,
        .columns = in->columns,
        .max_assignments = in->max_assignments,
        .lifetime_s = in->lifetime_s,
        .annotation = in->annotation,
        .created_ms = c->now_ms,
    };
    struct publish_fee fee = {.cents = 0};
    struct err e = publish_fee(c, in->type, in->max_assignments, &fee);
    row.fee_cents = fee.cents;
    if (!failed(e))
        e = document_put(c, str_c(unknown_layout), &row.document);
    if (failed(e))
        return e;
    struct sql_replay_batch_add_out out;
    enum st st = sql_replay_batch_add(c->tx, &row, &out);
    if (st == ST_OK)
        *batch = out.id;
    return ctx_store(c, st);
}

static struct err check_new(struct ctx *c, struct str alias) {
    struct sql_replay_hit_known_out known;
    enum st st = sql_replay_hit_known(c->tx, &(struct sql_replay_hit_known_in){alias}, &known);
    if (st != ST_OK)
        return ctx_store(c, st);
    return err_make(c->arena, ERR_ALREADY_EXISTS, "HITId",
                    "HITId %.*s is in this store already; a file is re-enacted once.",
                    STR_ARG(alias));
}

static enum st add_up(struct ctx *c, const struct publish_replayed_hit *in, int64_t hit,
                      int64_t cost_cents) {
    struct transfer_for about = {.requester = c->actor->party, .batch = in->batch, .hit = hit};
    struct slot_sums sums = {.hit_type = in->type->id, .open_hits = 1};
    struct sql_replay_batch_grow_in grow = {in->batch, in->max_assignments};
    enum st st = ledger_hold(c->tx, c->now_ms, cost_cents, &about);
    if (st == ST_OK)
        st = slots_sums(c->tx, &sums);
    return st == ST_OK ? sql_replay_batch_grow(c->tx, &grow, NULL) : st;
}

struct err publish_replayed_hit(struct ctx *c, const struct publish_replayed_hit *in,
                                int64_t *hit) {
    struct sql_replay_hit_add_in row = {
        .requester = c->actor->party,
        .batch = in->batch,
        .hit_type = in->type->id,
        .seq = in->seq,
        .vars = in->vars,
        .annotation = in->annotation,
        .alias = in->alias,
        .max_assignments = in->max_assignments,
        .reward_cents = in->type->reward_cents,
        .created_ms = c->now_ms,
        .expires_ms = in->expires_ms,
    };
    struct sql_replay_hit_add_out out;
    struct publish_fee fee = {.cents = 0};
    int64_t cost = 0;
    struct err e = check_new(c, in->alias);
    if (!failed(e))
        e = publish_fee(c, in->type, in->max_assignments, &fee);
    row.fee_cents = fee.cents;
    row.many = fee.many;
    if (!failed(e) && !num_mul(row.reward_cents + row.fee_cents, in->max_assignments, &cost))
        e = err_make(c->arena, ERR_OUT_OF_RANGE, "MaxAssignments", "That costs too much.");
    if (failed(e))
        return e;
    enum st st = sql_replay_hit_add(c->tx, &row, &out);
    struct shape shape = {.batch = in->batch,
                          .many = row.many,
                          .max_assignments = row.max_assignments,
                          .cost_cents = row.reward_cents + row.fee_cents};
    if (st == ST_OK)
        st = shapes_put(c->tx, &shape, 1);
    if (st == ST_OK)
        st = add_up(c, in, out.id, cost);
    if (st == ST_OK)
        *hit = out.id;
    return ctx_store(c, st);
}
