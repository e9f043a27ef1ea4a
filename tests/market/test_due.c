/* What the clock owes (money-and-lifecycle 4.2): each as of its moment, however late the sweeper is
 * and in whatever steps; disposal; events. */
#include "fixture.h"

#include "market/due.h"

enum { HOUR_S = 3600 };

static int64_t at_s(const struct market *m, int64_t start_ms) {
    return (m->now_ms - start_ms) / 1000;
}

/* Four HITs that owe everything there is, up to 4 days after start. */
struct plot {
    int64_t start_ms, r, hit[4], work[5], w[3];
};

static void set_scene(struct market *m, struct plot *p) {
    p->start_ms = m->now_ms;
    p->r = market_requester(m, "ann");
    for (int i = 0; i < 3; i++)
        p->w[i] = market_worker(m, (const char *[]){"a", "b", "c"}[i]);
    market_deposit(m, p->r, 1000);
    const struct hit_plan two = {.reward_cents = 5,
                                 .max = 2,
                                 .duration_s = 36 * HOUR_S,
                                 .auto_approval_s = 3 * MARKET_DAY_S};
    for (int i = 0; i < 4; i++)
        p->hit[i] = market_hit(m, p->r, &two);
    p->work[0] = market_work(m, p->w[0], p->hit[0]); /* approved on day 3; the other slot expires */
    p->work[1] = market_accept(m, p->w[1], p->hit[1]); /* abandoned after the expiry */
    p->work[2] = market_work(m, p->w[0], p->hit[2]);   /* full */
    p->work[3] = market_work(m, p->w[1], p->hit[2]);
    market_advance(m, 10);
    p->work[4] = market_accept(m, p->w[2], p->hit[0]); /* submitted after the expiry */
}

static void play(struct market *m, const struct plot *p, bool swept) {
    for (int day = 0; day < 4; day++) {
        market_advance(m, MARKET_DAY_S);
        if (day == 0)
            market_submit(m, p->w[2], p->work[4]);
        if (swept)
            market_sweep(m);
    }
}

static void expect_end(struct market *m, const struct plot *p) {
    static const int64_t day = MARKET_DAY_S * INT64_C(1000);
    market_expect_hit(m, p->hit[0], HIT_REVIEWABLE, 0, 0);
    market_expect_hit(m, p->hit[1], HIT_REVIEWABLE, 0, 0);
    market_expect_hit(m, p->hit[2], HIT_REVIEWABLE, 0, 0);
    market_expect_hit(m, p->hit[3], HIT_REVIEWABLE, 0, 0);
    market_expect(m, p->r, 1000 - 24, 0); /* four pieces of work at 6 */
    assert_int_equal(market_number(m, "SELECT approved_ms FROM assignment WHERE id = %lld",
                                   (long long)p->work[0]),
                     p->start_ms + 3 * day);
    assert_int_equal(
        market_number(m, "SELECT activity_ms FROM hit WHERE id = %lld", (long long)p->hit[1]),
        p->start_ms + 36 * HOUR_S * INT64_C(1000)); /* when it was abandoned */
    assert_int_equal(
        market_number(m, "SELECT activity_ms FROM hit WHERE id = %lld", (long long)p->hit[3]),
        p->start_ms + day);
    assert_int_equal(market_number(m, "SELECT abandoned FROM worker_stat WHERE worker = %lld",
                                   (long long)p->w[1]),
                     1);
    assert_int_equal(market_number(m, "SELECT open_hits FROM hit_type"), 0);
}

/* All of a store that the clock's lateness must not change, as a number. Rows count by their order:
 * a transaction that ran twice leaves gaps in the ids of PostgreSQL. */
static int64_t fingerprint(struct market *m) {
    return market_number(
        m, "(SELECT SUM(x.n * (7 * x.expires_ms + 3 * x.activity_ms + x.expired + "
           "COALESCE(x.disposed_ms, 0)) %% 1000003) FROM (SELECT h.*, ROW_NUMBER() OVER (ORDER BY "
           "id) AS n FROM hit h) AS x)"
           " + (SELECT SUM(x.n * (x.status + COALESCE(x.approved_ms, 0) + x.version) %% 1000003) "
           "FROM (SELECT a.*, ROW_NUMBER() OVER (ORDER BY id) AS n FROM assignment a) AS x)"
           " + (SELECT SUM(x.n * x.balance) FROM (SELECT b.*, ROW_NUMBER() OVER (ORDER BY id) AS n "
           "FROM account b) AS x)");
}

static void late_or_early(enum fixture_kind kind) {
    int64_t prints[2];
    for (int swept = 0; swept < 2; swept++) {
        struct market m;
        struct plot p;
        market_open(&m, kind);
        set_scene(&m, &p);
        play(&m, &p, swept);
        if (!swept)
            market_sweep(&m); /* only now */
        expect_end(&m, &p);
        prints[swept] = fingerprint(&m);
        market_close(&m);
    }
    assert_int_equal(prints[0], prints[1]);
}
MARKET_TEST(late_or_early)

static struct err due_rule(struct ctx *c, void *arg) {
    return due_hits(c, arg, 4);
}

static struct err sweep_small(struct ctx *c, void *arg) {
    return due_sweep(c, 1, arg);
}

/* HIT by HIT, and in steps of one, end where the sweeper ends. */
static void by_hit_or_in_steps(enum fixture_kind kind) {
    int64_t prints[2];
    for (int stepwise = 0; stepwise < 2; stepwise++) {
        struct market m;
        struct plot p;
        market_open(&m, kind);
        set_scene(&m, &p);
        play(&m, &p, false);
        market_advance(&m, 400 * MARKET_DAY_S);
        if (stepwise) {
            int64_t done;
            do
                assert_false(failed(market_write(&m, 0, sweep_small, &done)));
            while (done > 0);
        } else {
            assert_false(failed(market_write(&m, p.r, due_rule, p.hit)));
        }
        for (int i = 0; i < 4; i++)
            market_expect_hit(&m, p.hit[i], HIT_DISPOSED, 0, 0);
        prints[stepwise] = fingerprint(&m);
        market_close(&m);
    }
    assert_int_equal(prints[0], prints[1]);
}
MARKET_TEST(by_hit_or_in_steps)

/* H10: 120 days after the last activity, not a second before. */
static void disposal(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "w"), start = m.now_ms;
    market_deposit(&m, r, 100);
    const struct hit_plan plan = {.reward_cents = 5, .lifetime_s = 365 * MARKET_DAY_S};
    int64_t full = market_hit(&m, r, &plan);
    int64_t worked = market_work(&m, w, full); /* approved by the clock on day 30 */
    market_advance(&m, 150 * MARKET_DAY_S - 1);
    market_sweep(&m);
    market_expect_hit(&m, full, HIT_REVIEWABLE, 0, 0);
    market_expect_payable(&m, w, 5);
    market_advance(&m, 1);
    assert_int_equal(at_s(&m, start), 150 * MARKET_DAY_S);
    assert_true(market_view(&m, full).due);
    market_sweep(&m);
    market_expect_hit(&m, full, HIT_DISPOSED, 0, 0);
    assert_int_not_equal(market_overturn(&m, r, worked).code, ERR_OK);

    /* Disposed of before it would have expired, even if nobody looked in between. */
    int64_t late = market_hit(&m, r, &plan);
    market_work(&m, w, late);
    market_advance(&m, 500 * MARKET_DAY_S);
    market_sweep(&m);
    struct hit_view v = market_view(&m, late);
    assert_int_equal(v.status, HIT_DISPOSED);
    assert_false(v.n.expired);
    market_close(&m);
}
MARKET_TEST(disposal)

/* A rule applies what is due before it decides: approval by the clock wins over a late reject. */
static void due_first(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "w"), v = market_worker(&m, "v");
    market_deposit(&m, r, 100);
    int64_t hit = market_hit(
        &m, r, &(struct hit_plan){.reward_cents = 5, .max = 2, .auto_approval_s = HOUR_S});
    int64_t a = market_work(&m, w, hit);
    market_advance(&m, HOUR_S - 1);
    market_work(&m, v, hit);
    market_advance(&m, 1);
    market_approve(&m, r, market_number(&m, "SELECT MAX(id) FROM assignment"));
    assert_int_equal(
        market_number(&m, "SELECT status FROM assignment WHERE id = %lld", (long long)a),
        ASSIGNMENT_APPROVED);
    assert_int_equal(
        market_number(&m, "SELECT entrance FROM assignment WHERE id = %lld", (long long)a),
        ENTRANCE_CLOCK);
    market_expect_payable(&m, w, 5);
    market_close(&m);
}
MARKET_TEST(due_first)

/* Auto-approval delay 0: submission pays (7.2). */
static void at_once(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "w");
    market_deposit(&m, r, 100);
    int64_t hit = market_hit(&m, r, &(struct hit_plan){.reward_cents = 0, .auto_approval_s = -1});
    market_work(&m, w, hit);
    market_expect(&m, r, 99, 0); /* the smallest fee */
    market_close(&m);
}
MARKET_TEST(at_once)

/* Events only for those who asked, once per entry into a state. */
static void events(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "w");
    market_deposit(&m, r, 100);
    market_hit(&m, r, &(struct hit_plan){.reward_cents = 5});
    assert_int_equal(market_number(&m, "SELECT COUNT(*) FROM outbox"), 0);
    market_sql(&m, "UPDATE hit_type SET events = 4094");
    market_sql(&m,
               "INSERT INTO destination (requester, hit_type, batch, transport, address, "
               "version, events, active, created_ms, failures) "
               "SELECT requester, id, 0, 1, 'a@example.org', '', events, 1, 0, 0 FROM hit_type");
    int64_t hit = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5});
    market_advance(&m, MARKET_DAY_S - 10);
    int64_t a = market_accept(&m, w, hit);
    market_advance(&m, 2 * HOUR_S);
    market_sweep(&m);
    assert_int_equal(market_view(&m, hit).n.pending, 0);
    static const enum event_kind kinds[] = {EVENT_HIT_CREATED, EVENT_ASSIGNMENT_ACCEPTED,
                                            EVENT_HIT_EXPIRED, EVENT_ASSIGNMENT_ABANDONED,
                                            EVENT_HIT_REVIEWABLE};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        assert_int_equal(market_number(&m,
                                       "SELECT COUNT(*) FROM outbox WHERE kind = %d AND hit = "
                                       "%lld",
                                       (int)kinds[i], (long long)hit),
                         1);
    assert_int_equal(market_number(&m, "SELECT assignment FROM outbox WHERE kind = %d",
                                   EVENT_ASSIGNMENT_ABANDONED),
                     a);
    market_close(&m);
}
MARKET_TEST(events)

static struct err any_rule(struct ctx *c, void *arg) {
    return due_any(c, arg);
}

static void nothing_left(enum fixture_kind kind) {
    struct market m;
    struct plot p;
    bool any = true;
    market_open(&m, kind);
    set_scene(&m, &p);
    assert_false(failed(market_read(&m, 0, any_rule, &any)));
    assert_false(any);
    play(&m, &p, false);
    assert_false(failed(market_read(&m, 0, any_rule, &any)));
    assert_true(any);
    market_sweep(&m);
    assert_false(failed(market_read(&m, 0, any_rule, &any)));
    assert_false(any);
    market_close(&m);
}
MARKET_TEST(nothing_left)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(late_or_early), MARKET_TEST_ROWS(by_hit_or_in_steps),
        MARKET_TEST_ROWS(disposal),      MARKET_TEST_ROWS(due_first),
        MARKET_TEST_ROWS(at_once),       MARKET_TEST_ROWS(events),
        MARKET_TEST_ROWS(nothing_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
