#include "market/check.h"

#include "base/money.h"
#include "store/sql.h"

/* One run: where lines go, and which rule is at it. */
struct run {
    struct ctx *c;
    check_line *line;
    void *arg;
    int64_t violations, of_rule;
};

static void say(struct run *r, struct str line) {
    r->violations++;
    if (r->of_rule++ < CHECK_LINES_MAX)
        r->line(r->arg, line);
}

static const char *account_name(int64_t id) {
    static const char *const names[] = {"?",   "avail", "held",   "payable",
                                        "fee", "extin", "extout", "?"};
    return names[id >= 0 ? id % 8 : 0];
}

static struct str dollars(struct run *r, int64_t cents) {
    return money_dollars(r->c->arena, cents);
}

/* Each taker turns the rows of one statement of sql/check.sql into lines. */

static bool take_balance(void *arg, const struct sql_check_balance_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "I1: party %lld: %s is %.*s, its transfers come to %.*s",
                      (long long)o->id / 8, account_name(o->id), STR_ARG(dollars(r, o->is_cents)),
                      STR_ARG(dollars(r, o->should_cents))));
    return true;
}

static bool take_transfer(void *arg, const struct sql_check_transfer_accounts_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "I1: transfer %lld is not between two accounts (%lld to %lld, not below 0)",
                      (long long)o->id, (long long)o->debit, (long long)o->credit));
    return true;
}

static bool take_sign(void *arg, const struct sql_check_sign_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "I2: party %lld: %s is %.*s", (long long)o->id / 8,
                      account_name(o->id), STR_ARG(dollars(r, o->balance))));
    return true;
}

static bool take_held(void *arg, const struct sql_check_held_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "I3: requester %lld: held is %.*s, should be %.*s",
                      (long long)o->id, STR_ARG(dollars(r, o->is_cents)),
                      STR_ARG(dollars(r, o->should_cents))));
    return true;
}

static bool take_paid(void *arg, const struct sql_check_paid_out *o) {
    struct run *r = arg;
    const char *fault = o->is_cents < 0  ? "is Approved but was not paid"
                        : o->status != 3 ? "was paid but is not Approved"
                                         : "was paid something else than its reward, or not to "
                                           "its worker";
    say(r, str_printf(r->c->arena, "I4: assignment %lld %s", (long long)o->id, fault));
    return true;
}

static bool take_paid_twice(void *arg, const struct sql_check_paid_twice_out *o) {
    struct run *r = arg;
    if (o->assignment == SQL_NULL)
        say(r, str_printf(r->c->arena, "I4: %lld rewards were paid for no assignment",
                          (long long)o->times));
    else
        say(r, str_printf(r->c->arena, "I4: assignment %lld was paid %lld times",
                          (long long)o->assignment, (long long)o->times));
    return true;
}

static bool take_worker_money(void *arg, const struct sql_check_worker_money_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "I6: worker %lld: payable and payouts come to %.*s, rewards and bonuses to "
                      "%.*s",
                      (long long)o->id, STR_ARG(dollars(r, o->is_cents)),
                      STR_ARG(dollars(r, o->should_cents))));
    return true;
}

static bool take_fee(void *arg, const struct sql_check_fee_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "I7: requester %lld: fee income is %.*s, should be %.*s",
                      (long long)o->id, STR_ARG(dollars(r, o->is_cents)),
                      STR_ARG(dollars(r, o->should_cents))));
    return true;
}

static bool take_stat(void *arg, const struct sql_check_worker_stat_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "I8: worker %lld: accepted, submitted, approved, rejected, returned, "
                      "abandoned are %lld %lld %lld %lld %lld %lld, should be %lld %lld %lld %lld "
                      "%lld %lld",
                      (long long)o->id, (long long)o->accepted, (long long)o->submitted,
                      (long long)o->approved, (long long)o->rejected, (long long)o->returned,
                      (long long)o->abandoned, (long long)o->should_accepted,
                      (long long)o->should_submitted, (long long)o->should_approved,
                      (long long)o->should_rejected, (long long)o->should_returned,
                      (long long)o->should_abandoned));
    return true;
}

static bool take_pair(void *arg, const struct sql_check_pair_day_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "I8: requester %lld, worker %lld, day %lld: approved is %lld too many, "
                      "rejected %lld",
                      (long long)o->requester, (long long)o->worker, (long long)o->day,
                      (long long)o->approved, (long long)o->rejected));
    return true;
}

static bool take_day(void *arg, const struct sql_check_requester_day_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "I8: requester %lld, day %lld: approved is %lld too many, rejected %lld, "
                      "overturned %lld, approved by the clock %lld",
                      (long long)o->requester, (long long)o->day, (long long)o->approved,
                      (long long)o->rejected, (long long)o->overturned, (long long)o->by_clock));
    return true;
}

static bool take_hit(void *arg, const struct sql_check_hit_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "HIT %lld: pending, submitted, approved, rejected are %lld %lld %lld %lld, "
                      "should be %lld %lld %lld %lld",
                      (long long)o->id, (long long)o->pending, (long long)o->submitted,
                      (long long)o->approved, (long long)o->rejected, (long long)o->should_pending,
                      (long long)o->should_submitted, (long long)o->should_approved,
                      (long long)o->should_rejected));
    return true;
}

static bool take_hit_state(void *arg, const struct sql_check_hit_state_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "HIT %lld: its counters, flags, type or batch contradict each other",
                      (long long)o->id));
    return true;
}

static bool take_assignment(void *arg, const struct sql_check_assignment_state_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "assignment %lld: its status %lld, times or HIT contradict each other",
                      (long long)o->id, (long long)o->status));
    return true;
}

static bool take_batch(void *arg, const struct sql_check_batch_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "batch %lld: HITs, slots, pending, submitted, approved, rejected are %lld "
                      "%lld %lld %lld %lld %lld, should be %lld %lld %lld %lld %lld %lld",
                      (long long)o->id, (long long)o->hits, (long long)o->slots,
                      (long long)o->pending, (long long)o->submitted, (long long)o->approved,
                      (long long)o->rejected, (long long)o->should_hits, (long long)o->should_slots,
                      (long long)o->should_pending, (long long)o->should_submitted,
                      (long long)o->should_approved, (long long)o->should_rejected));
    return true;
}

static bool take_shape(void *arg, const struct sql_check_shape_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "batch %lld: HITs at %.*s an assignment, live, expired and used, are %lld "
                      "%lld %lld, should be %lld %lld %lld",
                      (long long)o->batch, STR_ARG(dollars(r, o->cost_cents)), (long long)o->live,
                      (long long)o->expired, (long long)o->used, (long long)o->should_live,
                      (long long)o->should_expired, (long long)o->should_used));
    return true;
}

static bool take_archive(void *arg, const struct sql_check_archive_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "archive %lld: has %lld rows and %lld HITs, should have %lld and none",
                      (long long)o->id, (long long)o->rows_kept, (long long)o->hits,
                      (long long)o->should_rows));
    return true;
}

static bool take_open(void *arg, const struct sql_check_open_hits_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "HIT type %lld: open HITs are %lld, should be %lld",
                      (long long)o->id, (long long)o->open_hits, (long long)o->should_open_hits));
    return true;
}

static bool take_decision(void *arg, const struct sql_check_decision_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena,
                      "settlement %lld: its decision on assignment %lld does not fit the two",
                      (long long)o->settlement, (long long)o->assignment));
    return true;
}

static bool take_settlement(void *arg, const struct sql_check_settlement_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "settlement %lld is not the sum of its decisions",
                      (long long)o->id));
    return true;
}

static bool take_undecided(void *arg, const struct sql_check_undecided_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "assignment %lld is %s, but nobody decided so", (long long)o->id,
                      o->status == 3 ? "Approved" : "Rejected"));
    return true;
}

static bool take_reference(void *arg, const struct sql_check_references_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "%.*s %lld belongs to nothing that is there", STR_ARG(o->what),
                      (long long)o->id));
    return true;
}

static bool take_policy(void *arg, const struct sql_check_policy_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "HIT %lld: %.*s", (long long)o->hit, STR_ARG(o->what)));
    return true;
}

static bool take_policy_line(void *arg, const struct sql_check_policy_line_out *o) {
    struct run *r = arg;
    say(r, str_printf(r->c->arena, "policy line %lld %.*s", (long long)o->id, STR_ARG(o->what)));
    return true;
}

/* Statements that answer one row of sums. */

static enum st check_sums(struct run *r) {
    struct sql_check_total_out total;
    struct sql_check_equation_out eq;
    struct sql_check_bonus_out bonus;
    enum st st = sql_check_total(r->c->tx, &total);
    if (st == ST_OK && total.total_cents != 0)
        say(r, str_printf(r->c->arena, "I1: all accounts come to %.*s, not to 0",
                          STR_ARG(dollars(r, total.total_cents))));
    if (st == ST_OK)
        st = sql_check_equation(r->c->tx, &eq);
    if (st == ST_OK && eq.extin_cents != eq.rest_cents)
        say(r, str_printf(r->c->arena,
                          "I5: %.*s came in, but available, held, payable, fees and what went out "
                          "come to %.*s",
                          STR_ARG(dollars(r, eq.extin_cents)), STR_ARG(dollars(r, eq.rest_cents))));
    if (st == ST_OK)
        st = sql_check_bonus(r->c->tx, &bonus);
    if (st == ST_OK &&
        (bonus.bonus_cents != bonus.transfer_cents || bonus.fee_cents != bonus.transfer_fee_cents))
        say(r,
            str_printf(r->c->arena,
                       "I6: bonuses are %.*s and %.*s fees, but %.*s and %.*s were transferred",
                       STR_ARG(dollars(r, bonus.bonus_cents)), STR_ARG(dollars(r, bonus.fee_cents)),
                       STR_ARG(dollars(r, bonus.transfer_cents)),
                       STR_ARG(dollars(r, bonus.transfer_fee_cents))));
    return st;
}

/* The rules: a statement of sql/check.sql and who takes its rows. */
#define RULES(X)                                                                                   \
    X(balance, take_balance)                                                                       \
    X(transfer_accounts, take_transfer)                                                            \
    X(sign, take_sign)                                                                             \
    X(held, take_held)                                                                             \
    X(paid, take_paid)                                                                             \
    X(paid_twice, take_paid_twice)                                                                 \
    X(worker_money, take_worker_money)                                                             \
    X(fee, take_fee)                                                                               \
    X(worker_stat, take_stat)                                                                      \
    X(pair_day, take_pair)                                                                         \
    X(requester_day, take_day)                                                                     \
    X(hit, take_hit)                                                                               \
    X(hit_state, take_hit_state)                                                                   \
    X(assignment_state, take_assignment)                                                           \
    X(batch, take_batch)                                                                           \
    X(shape, take_shape)                                                                           \
    X(archive, take_archive)                                                                       \
    X(open_hits, take_open)                                                                        \
    X(decision, take_decision)                                                                     \
    X(settlement, take_settlement)                                                                 \
    X(undecided, take_undecided)                                                                   \
    X(policy, take_policy)                                                                         \
    X(policy_line, take_policy_line)                                                               \
    X(references, take_reference)

#define X(statement, taker)                                                                        \
    static enum st rule_##statement(struct run *r) {                                               \
        return sql_check_##statement##_each(r->c->tx, taker, r);                                   \
    }
RULES(X)
#undef X

static enum st (*const rules[])(struct run *) = {
#define X(statement, taker) rule_##statement,
    RULES(X)
#undef X
};

struct err check_run(struct ctx *c, check_line *line, void *arg, int64_t *violations) {
    struct run r = {.c = c, .line = line, .arg = arg};
    enum st st = check_sums(&r);
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && st == ST_OK; i++) {
        r.of_rule = 0;
        st = rules[i](&r);
    }
    *violations = r.violations;
    return ctx_store(c, st);
}
