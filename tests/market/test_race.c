/* Several at once (money-and-lifecycle 8.6): whatever the order, a slot is given once and money
 * moves once. */
#include <pthread.h>

#include "fixture.h"
#include "ledger/ledger.h"
#include "market/decide.h"
#include "market/work.h"

enum { THREADS = 6 };

/* One call in a thread of its own, with memory of its own. */
struct runner {
    struct market *m;
    int64_t shard; /* each its own: on PostgreSQL they meet in the database, not in a lane */
    struct actor actor;
    struct str group;           /* accept, when set */
    struct decide_in decide_in; /* else approve */
    pthread_t thread;
    struct arena arena;
    enum st st;
    struct err err;
};

static enum tx_end run_rule(struct tx *tx, void *arg) {
    struct runner *r = arg;
    struct ctx c;
    struct accepted accepted;
    struct decided decided;
    arena_reset(&r->arena);
    tx_use_arena(tx, &r->arena);
    r->err = ctx_begin(&c, tx, &r->actor, &r->m->ids);
    if (!failed(r->err) && r->group.p)
        r->err = work_accept(&c, &(struct accept_in){.group_id = r->group}, &accepted);
    else if (!failed(r->err))
        r->err = decide_approve(&c, &r->decide_in, &decided);
    return ctx_end(r->err);
}

static void *run(void *arg) {
    struct runner *r = arg;
    r->st = store_write(r->m->f.store, r->shard, run_rule, r);
    return NULL;
}

/* How many ended with this code; every other one with `other`. */
static int race(struct runner *r, int n, enum err_code code, enum err_code other) {
    int count = 0;
    for (int i = 0; i < n; i++) {
        arena_init(&r[i].arena, 0);
        r[i].shard = i;
        assert_int_equal(pthread_create(&r[i].thread, NULL, run, &r[i]), 0);
    }
    for (int i = 0; i < n; i++) {
        pthread_join(r[i].thread, NULL);
        assert_int_equal(r[i].st, ST_OK);
        if (r[i].err.code == code)
            count++;
        else if (r[i].err.code != other)
            fail_msg("got %s: %s", err_slug(r[i].err.code), r[i].err.detail);
        arena_free(&r[i].arena);
    }
    return count;
}

static void slots(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita");
    market_deposit(&m, r, 100);
    int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 3});
    int64_t type = market_number(&m, "SELECT hit_type FROM hit WHERE id = %lld", (long long)h);
    struct runner list[THREADS] = {{0}};
    for (int i = 0; i < THREADS; i++)
        list[i] = (struct runner){
            .m = &m,
            .actor = {.entrance = ENTRANCE_PAGE,
                      .party = market_worker(&m, arena_printf(m.arena, "w%d", i))},
            .group = id_seal(m.arena, &m.ids, ID_HIT_GROUP, type),
        };
    assert_int_equal(race(list, THREADS, ERR_OK, ERR_NO_MORE_HITS), 3);
    market_expect_hit(&m, h, HIT_UNASSIGNABLE, 0, 3);
    market_close(&m);
}
MARKET_TEST(slots)

static void overturns(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    market_deposit(&m, r, 17);
    int64_t a[2];
    for (int i = 0; i < 2; i++) {
        a[i] = market_work(&m, w, market_hit(&m, r, &(struct hit_plan){.reward_cents = 5}));
        market_reject(&m, r, a[i]);
    }
    struct runner list[THREADS] = {{0}};
    for (int i = 0; i < THREADS; i++)
        list[i] = (struct runner){
            .m = &m,
            .actor = {.entrance = ENTRANCE_API, .party = r},
            .decide_in = {market_assignment_id(&m, a[0]), STR_NULL, true},
        };
    /* all the same one: paid once */
    assert_int_equal(race(list, THREADS, ERR_OK, ERR_INVALID_ASSIGNMENT_STATE), 1);
    market_expect(&m, r, 11, 0);
    market_expect_payable(&m, w, 5);
    market_reject(&m, r,
                  market_work(&m, w, market_hit(&m, r, &(struct hit_plan){.reward_cents = 5})));
    /* two with money for one: 11 cents, 6 each */
    int64_t last = market_number(&m, "SELECT MAX(id) FROM assignment");
    list[0].decide_in.assignment_id = market_assignment_id(&m, a[1]);
    list[1].decide_in.assignment_id = market_assignment_id(&m, last);
    assert_int_equal(race(list, 2, ERR_OK, ERR_INSUFFICIENT_FUNDS), 1);
    market_expect(&m, r, 5, 0);
    market_expect_payable(&m, w, 10);
    market_close(&m);
}
MARKET_TEST(overturns)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(slots),
        MARKET_TEST_ROWS(overturns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
