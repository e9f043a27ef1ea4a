/* What a requester does to a whole batch, and what his first page says (market/batch_change.h,
 * market/attention.h). */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "market/attention.h"
#include "market/batch_change.h"
#include "market/due.h"
#include "market/types.h"

enum { HITS = 3 };

/* HITs of 5 + 1 cents, two assignments each, in one batch that counts as made from a file. */
struct cast {
    struct market m;
    int64_t r, w[4], h[HITS], batch;
};

static void begin(struct cast *k, enum fixture_kind kind) {
    market_open(&k->m, kind);
    k->r = market_requester(&k->m, "rita");
    market_deposit(&k->m, k->r, 100);
    for (int i = 0; i < 4; i++) {
        char name[8];
        snprintf(name, sizeof name, "w%d", i);
        k->w[i] = market_worker(&k->m, name);
    }
    for (int i = 0; i < HITS; i++)
        k->h[i] = market_hit(&k->m, k->r, &(struct hit_plan){.reward_cents = 5, .max = 2});
    k->batch = market_number(&k->m, "SELECT batch FROM hit WHERE id = %lld", (long long)k->h[0]);
    market_sql(&k->m, "UPDATE batch SET kind = 1 WHERE id = %lld", (long long)k->batch);
}

struct acting {
    int64_t batch, number;
    struct str name, note;
    struct batch_step step;
    struct batch_cost cost;
    struct batch_view view;
};

static struct err rename_rule(struct ctx *c, void *arg) {
    struct acting *a = arg;
    return batch_rename(c, a->batch, a->name, a->note);
}
static struct err extend_rule(struct ctx *c, void *arg) {
    struct acting *a = arg;
    return batch_extend_step(c, a->batch, a->number, &a->step);
}
static struct err grow_rule(struct ctx *c, void *arg) {
    struct acting *a = arg;
    return batch_grow_step(c, a->batch, a->number, &a->step);
}
static struct err cost_rule(struct ctx *c, void *arg) {
    struct acting *a = arg;
    return batch_cost(c, a->batch, a->number, &a->cost);
}
static struct err delete_rule(struct ctx *c, void *arg) {
    struct acting *a = arg;
    return batch_delete(c, a->batch);
}
static struct err get_rule(struct ctx *c, void *arg) {
    struct acting *a = arg;
    return batch_get(c, c->actor->party, a->batch, &a->view);
}

static void names(enum fixture_kind kind) {
    struct cast k;
    begin(&k, kind);
    struct acting a = {.batch = k.batch, .name = STR("  Birds "), .note = STR("second half")};
    expect(market_write(&k.m, k.r, rename_rule, &a), ERR_OK);
    expect(market_read(&k.m, k.r, get_rule, &a), ERR_OK);
    assert_true(str_is(a.view.name, "Birds"));
    assert_true(str_is(a.view.note, "second half"));
    a.name = STR(" ");
    expect(market_write(&k.m, k.r, rename_rule, &a), ERR_INVALID_PARAMETER);
    expect(market_write(&k.m, market_requester(&k.m, "otto"), rename_rule, &a), ERR_NOT_FOUND);
    market_close(&k.m);
}
MARKET_TEST(names)

/* Time: expired HITs open again and hold their slots; one cent short changes nothing. */
static void more_time(enum fixture_kind kind) {
    struct cast k;
    begin(&k, kind);
    market_work(&k.m, k.w[0], k.h[0]);
    market_expire(&k.m, k.r, k.h[0]);
    market_expire(&k.m, k.r, k.h[1]);
    market_expect(&k.m, k.r, 82, 18);
    struct acting a = {.batch = k.batch, .number = 3600};
    expect(market_read(&k.m, k.r, cost_rule, &a), ERR_OK);
    assert_int_equal(a.cost.expired, 2);
    assert_int_equal(a.cost.reopened, 3);
    assert_int_equal(a.cost.reopen_cents, 18);
    market_refund(&k.m, k.r, 82 - 17);
    expect(market_write(&k.m, k.r, extend_rule, &a), ERR_INSUFFICIENT_FUNDS);
    market_expect(&k.m, k.r, 17, 18);
    market_deposit(&k.m, k.r, 1);
    expect(market_write(&k.m, k.r, extend_rule, &a), ERR_OK);
    assert_int_equal(a.step.changed, 3);
    market_expect(&k.m, k.r, 0, 36);
    market_close(&k.m);
}
MARKET_TEST(more_time)

static void more_assignments(enum fixture_kind kind) {
    struct cast k;
    begin(&k, kind);
    struct acting a = {.batch = k.batch, .number = 8};
    market_expect(&k.m, k.r, 64, 36);
    expect(market_write(&k.m, k.r, grow_rule, &a), ERR_INVALID_MAX_ASSIGNMENTS_INCREASE);
    a.number = 2;
    expect(market_read(&k.m, k.r, cost_rule, &a), ERR_OK);
    assert_int_equal(a.cost.grow_cents, 36);
    expect(market_write(&k.m, k.r, grow_rule, &a), ERR_OK);
    assert_int_equal(a.step.changed, 3);
    market_expect(&k.m, k.r, 28, 72);
    a = (struct acting){.batch = k.batch, .number = 2};
    expect(market_write(&k.m, k.r, grow_rule, &a), ERR_INSUFFICIENT_FUNDS);
    market_expect(&k.m, k.r, 28, 72);
    market_close(&k.m);
}
MARKET_TEST(more_assignments)

/* The tier begins where the setting says, not at ten. */
static void more_assignments_from_five(enum fixture_kind kind) {
    struct cast k;
    begin(&k, kind);
    market_set(&k.m, "fee_many_from", "5");
    struct acting a = {.batch = k.batch, .number = 3};
    expect(market_read(&k.m, k.r, cost_rule, &a), ERR_OK);
    assert_int_equal(a.cost.barred, 3);
    assert_int_equal(a.cost.grow_cents, 0);
    expect(market_write(&k.m, k.r, grow_rule, &a), ERR_INVALID_MAX_ASSIGNMENTS_INCREASE);
    a.number = 2;
    expect(market_write(&k.m, k.r, grow_rule, &a), ERR_OK);
    market_expect(&k.m, k.r, 28, 72);
    market_close(&k.m);
}
MARKET_TEST(more_assignments_from_five)

/* What is undecided or in progress is waited for; then the batch is gone and nothing is held. */
static void deletion(enum fixture_kind kind) {
    struct cast k;
    begin(&k, kind);
    int64_t rejected = market_work(&k.m, k.w[0], k.h[0]);
    market_reject(&k.m, k.r, rejected);
    int64_t waiting = market_work(&k.m, k.w[1], k.h[1]);
    int64_t working = market_accept(&k.m, k.w[2], k.h[2]);
    struct acting a = {.batch = k.batch};
    expect(market_write(&k.m, k.r, delete_rule, &a), ERR_OK);
    expect(market_write(&k.m, k.r, delete_rule, &a), ERR_CONFLICT);
    market_sweep(&k.m);
    market_sweep(&k.m);
    market_expect_hit(&k.m, k.h[0], HIT_DISPOSED, 0, 0);
    market_expect_hit(&k.m, k.h[1], HIT_REVIEWABLE, 0, 0);
    market_expect_hit(&k.m, k.h[2], HIT_UNASSIGNABLE, 0, 1);
    expect(market_overturn(&k.m, k.r, rejected), ERR_INVALID_HIT_STATE);
    market_expect(&k.m, k.r, 88, 12);
    market_submit(&k.m, k.w[2], working);
    market_approve(&k.m, k.r, working);
    market_sweep(&k.m);
    expect(market_read(&k.m, k.r, get_rule, &a), ERR_OK);
    assert_int_equal(a.view.state, BATCH_DELETING);
    market_reject(&k.m, k.r, waiting);
    market_sweep(&k.m);
    expect(market_read(&k.m, k.r, get_rule, &a), ERR_NOT_FOUND);
    market_expect_hit(&k.m, k.h[1], HIT_DISPOSED, 0, 0);
    market_expect_hit(&k.m, k.h[2], HIT_DISPOSED, 0, 0);
    market_expect(&k.m, k.r, 94, 0);
    market_close(&k.m);
}
MARKET_TEST(deletion)

/* ---- the first page ---- */

static struct err attention_rule(struct ctx *c, void *arg) {
    return attention(c, arg);
}
struct undoing {
    struct undo_in in;
    struct undo_list out;
};
static struct err undo_rule(struct ctx *c, void *arg) {
    struct undoing *u = arg;
    return undo_list(c, &u->in, &u->out);
}
static struct err workers_rule(struct ctx *c, void *arg) {
    return worker_list(c, 0, 10, arg);
}

static void first_page(enum fixture_kind kind) {
    struct cast k;
    struct attention a;
    begin(&k, kind);
    int64_t first = market_work(&k.m, k.w[0], k.h[0]);
    market_advance(&k.m, 100);
    int64_t second = market_work(&k.m, k.w[1], k.h[0]);
    market_work(&k.m, k.w[2], k.h[1]);
    market_reject(&k.m, k.r, first);
    market_reject(&k.m, k.r, second);
    expect(market_read(&k.m, k.r, attention_rule, &a), ERR_OK);
    assert_int_equal(a.batch_count, 1);
    assert_int_equal(a.batches[0].submitted, 1);
    assert_int_equal(a.batches[0].due, 0);
    assert_int_equal(a.batches[0].next_ms, k.m.now_ms + INT64_C(2592000) * 1000);
    assert_int_equal(a.undoable, 2);
    assert_int_equal(a.undo_cents, 12);
    struct undoing u = {.in = {.limit = 1}};
    expect(market_read(&k.m, k.r, undo_rule, &u), ERR_OK);
    assert_int_equal(u.out.count, 1);
    assert_true(u.out.more);
    assert_int_equal(u.out.rows[0].row, first);
    u.in = (struct undo_in){u.out.next_ms, u.out.next, 1};
    expect(market_read(&k.m, k.r, undo_rule, &u), ERR_OK);
    assert_int_equal(u.out.rows[0].row, second);
    assert_false(u.out.more);
    struct worker_list workers;
    expect(market_read(&k.m, k.r, workers_rule, &workers), ERR_OK);
    assert_int_equal(workers.count, 2);
    assert_int_equal(workers.rows[0].rejected, 1);
    /* The first one's window closes; the last second counts. */
    market_advance(&k.m, OVERTURN_WINDOW_S - 100);
    expect(market_read(&k.m, k.r, attention_rule, &a), ERR_OK);
    assert_int_equal(a.undoable, 2);
    market_advance(&k.m, 1);
    expect(market_read(&k.m, k.r, attention_rule, &a), ERR_OK);
    assert_int_equal(a.undoable, 1);
    u.in = (struct undo_in){.limit = 10};
    expect(market_read(&k.m, k.r, undo_rule, &u), ERR_OK);
    assert_int_equal(u.out.count, 1);
    assert_int_equal(u.out.rows[0].row, second);
    market_close(&k.m);
}
MARKET_TEST(first_page)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(names),
        MARKET_TEST_ROWS(more_time),
        MARKET_TEST_ROWS(more_assignments),
        MARKET_TEST_ROWS(more_assignments_from_five),
        MARKET_TEST_ROWS(deletion),
        MARKET_TEST_ROWS(first_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
