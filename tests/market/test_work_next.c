/* The next task of the group is accepted with each submission, if the worker wants it so
 * (worker-site 5). */
#include "fixture.h"
#include "market/account.h"
#include "market/work_next.h"

struct going_on {
    struct str id;
    struct submitted done;
    enum next_state next;
    struct accepted accepted;
};
static struct err go_on_rule(struct ctx *c, void *arg) {
    struct going_on *g = arg;
    struct submit_in in = {.assignment_id = g->id, .fields = STR("3:tag1:13:cat")};
    struct err e = work_submit(c, &in, &g->done);
    return failed(e) ? e : work_next(c, &g->done, &g->next, &g->accepted);
}

static struct err want_rule(struct ctx *c, void *arg) {
    return work_next_want(c, c->actor->party, *(bool *)arg);
}
static void want(struct market *m, int64_t worker, bool wanted) {
    expect(market_write(m, worker, want_rule, &wanted), ERR_OK);
}

/* Submits as the content listener does: nobody is signed in, the id alone counts. */
static struct going_on submit(struct market *m, int64_t assignment) {
    struct going_on g = {.id = market_assignment_id(m, assignment)};
    expect(market_write(m, 0, go_on_rule, &g), ERR_OK);
    return g;
}

struct stage {
    struct market m;
    int64_t requester, worker;
    int64_t hits[3]; /* of one type */
};
static void begin(struct stage *s, enum fixture_kind kind, const char *requirements) {
    market_open(&s->m, kind);
    s->requester = market_requester(&s->m, "rita");
    s->worker = market_worker(&s->m, "will");
    market_deposit(&s->m, s->requester, 1000);
    for (int i = 0; i < 3; i++)
        s->hits[i] = market_hit(
            &s->m, s->requester,
            &(struct hit_plan){.reward_cents = 5, .max = 2, .requirements = requirements});
}

static int64_t held(struct stage *s) {
    return market_number(&s->m,
                         "SELECT COUNT(*) FROM assignment WHERE worker = %lld AND status = 1",
                         (long long)s->worker);
}

static void goes_through_a_group(enum fixture_kind kind) {
    struct stage s;
    begin(&s, kind, NULL);
    struct going_on g = submit(&s.m, market_accept(&s.m, s.worker, s.hits[0]));
    assert_int_equal(g.next, NEXT_OFF); /* until he says so */
    assert_int_equal(held(&s), 0);
    want(&s.m, s.worker, true);
    g = submit(&s.m, market_accept(&s.m, s.worker, s.hits[1]));
    assert_int_equal(g.next, NEXT_ACCEPTED);
    assert_int_equal(g.accepted.hit, s.hits[2]);
    assert_int_equal(held(&s), 1);
    struct going_on again = {.id = g.id}; /* reload, double click */
    expect(market_write(&s.m, 0, go_on_rule, &again), ERR_OK);
    assert_true(again.done.again);
    assert_int_equal(again.next, NEXT_OFF);
    assert_int_equal(held(&s), 1);
    g = submit(&s.m, g.accepted.assignment);
    assert_int_equal(g.next, NEXT_NONE);
    assert_int_equal(held(&s), 0);
    want(&s.m, s.worker, false);
    assert_int_equal(market_number(&s.m, "SELECT submitted FROM worker_stat WHERE worker = %lld",
                                   (long long)s.worker),
                     3);
    market_close(&s.m);
}
MARKET_TEST(goes_through_a_group)

static void says_why_not(enum fixture_kind kind) {
    struct stage s;
    begin(&s, kind, NULL);
    want(&s.m, s.worker, true);
    market_set(&s.m, "daily_accept_limit", "1");
    struct going_on g = submit(&s.m, market_accept(&s.m, s.worker, s.hits[0]));
    assert_int_equal(g.next, NEXT_LIMIT); /* the work itself is in */
    market_set(&s.m, "daily_accept_limit", "0");
    int64_t other = market_requester(&s.m, "otto");
    market_deposit(&s.m, other, 1000);
    int64_t kept = market_hit(&s.m, other, &(struct hit_plan){.reward_cents = 5, .title = "Kept"});
    market_accept(&s.m, s.worker, kept);
    int64_t second = market_accept(&s.m, s.worker, s.hits[1]);
    market_set(&s.m, "max_active_per_worker", "1");
    g = submit(&s.m, second);
    assert_int_equal(g.next, NEXT_QUEUE_FULL);
    assert_int_equal(held(&s), 1);
    assert_int_equal(
        market_number(&s.m, "SELECT status FROM assignment WHERE id = %lld", (long long)second),
        ASSIGNMENT_SUBMITTED);
    market_close(&s.m);
}
MARKET_TEST(says_why_not)

static void no_longer_qualified(enum fixture_kind kind) {
    struct stage s;
    begin(&s, kind,
          "[{\"QualificationTypeId\":\"00000000000000000060\",\"Comparator\":\"EqualTo\","
          "\"IntegerValues\":[1]}]");
    market_sql(&s.m, "UPDATE party SET adult = 1 WHERE id = %lld", (long long)s.worker);
    want(&s.m, s.worker, true);
    int64_t first = market_accept(&s.m, s.worker, s.hits[0]);
    market_sql(&s.m, "UPDATE party SET adult = 0 WHERE id = %lld", (long long)s.worker);
    struct going_on g = submit(&s.m, first);
    assert_int_equal(g.next, NEXT_UNQUALIFIED);
    assert_int_equal(held(&s), 0);
    market_close(&s.m);
}
MARKET_TEST(no_longer_qualified)

static void words(void **state) {
    (void)state;
    for (int i = NEXT_OFF; i <= NEXT_REFUSED; i++)
        assert_int_equal(next_state_parse(str_c(next_state_name((enum next_state)i))), i);
    assert_int_equal(next_state_parse(STR("nonsense")), NEXT_OFF);
    assert_int_equal(next_state_parse(STR_NULL), NEXT_OFF);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(goes_through_a_group),
        MARKET_TEST_ROWS(says_why_not),
        MARKET_TEST_ROWS(no_longer_qualified),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
