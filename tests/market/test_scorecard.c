/* What workers see of a requester (worker-site 12.2). */
#include "fixture.h"
#include "market/scorecard.h"

struct reading {
    int64_t requester;
    struct scorecard card;
};
static struct err card_rule(struct ctx *c, void *arg) {
    struct reading *r = arg;
    return scorecard_read(c, r->requester, &r->card);
}
static struct scorecard card_of(struct market *m, int64_t requester) {
    struct reading r = {.requester = requester};
    expect(market_read(m, 0, card_rule, &r), ERR_OK);
    return r.card;
}

struct paying {
    struct scorecard_group group;
    int64_t cents, sample;
};
static struct err hourly_rule(struct ctx *c, void *arg) {
    struct paying *p = arg;
    return scorecard_hourly(c, &p->group, &p->cents, &p->sample);
}

static void nothing(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    struct scorecard s = card_of(&m, market_requester(&m, "rita"));
    assert_int_equal(s.decided, 0);
    assert_int_equal(s.rate, -1);
    assert_int_equal(s.overturned_rate, -1);
    assert_int_equal(s.sample, 0);
    assert_int_equal(s.hourly_cents, 0);
    market_close(&m);
}
MARKET_TEST(nothing)

/* Ten pieces of work, each of a minute: six approved after an hour, two rejected, of which one is
 * undone, and two left to the clock. */
static void figures(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will"), work[10];
    market_deposit(&m, r, 10000);
    for (int i = 0; i < 10; i++) {
        int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 10, .max = 2});
        work[i] = market_accept(&m, w, h);
        market_advance(&m, 60);
        market_submit(&m, w, work[i]);
    }
    market_advance(&m, 3600);
    for (int i = 0; i < 6; i++)
        market_approve(&m, r, work[i]);
    market_reject(&m, r, work[6]);
    market_reject(&m, r, work[7]);
    struct scorecard s = card_of(&m, r);
    assert_int_equal(s.decided, 8);
    assert_int_equal(s.rate, 7500);
    assert_int_equal(s.month_rate, 7500);
    assert_int_equal(s.clock_rate, 0);
    assert_int_equal(s.sample, 8);
    assert_in_range(s.median_s, 3600, 3600 + 600);
    assert_true(s.slow_s >= s.median_s);
    assert_int_equal(s.hourly_cents, 600); /* 10 cents a minute */
    expect(market_overturn(&m, r, work[6]), ERR_OK);
    s = card_of(&m, r);
    assert_int_equal(s.decided, 8);
    assert_int_equal(s.rate, 8750);
    assert_int_equal(s.rejected, 2);
    assert_int_equal(s.overturned_rate, 5000);
    /* the clock decides the rest; the month is over for what was before */
    market_advance(&m, 31 * MARKET_DAY_S);
    market_sweep(&m);
    s = card_of(&m, r);
    assert_int_equal(s.decided, 10);
    assert_int_equal(s.clock_rate, 2500);
    assert_int_equal(s.month_decided, 2);
    assert_int_equal(s.month_rate, 10000);
    market_advance(&m, 731 * (int64_t)MARKET_DAY_S);
    assert_int_equal(card_of(&m, r).decided, 0);
    market_close(&m);
}
MARKET_TEST(figures)

/* The pay of a group, from the work of its newest batch; capped at the time allotted. */
static int64_t hourly_of(enum fixture_kind kind, int64_t seconds) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), h = 0;
    market_deposit(&m, r, 10000);
    h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 10, .max = 9, .duration_s = 600});
    struct paying p = {.group = {.reward_cents = 10, .duration_s = 600}};
    p.group.hit_type = market_number(&m, "SELECT hit_type FROM hit WHERE id = %lld", (long long)h);
    for (int i = 0; i < 5; i++) {
        char name[] = "w0";
        name[1] = (char)('0' + i);
        int64_t w = market_worker(&m, name), a = market_accept(&m, w, h);
        expect(market_read(&m, 0, hourly_rule, &p), ERR_OK);
        assert_int_equal(p.cents, 0);
        market_advance(&m, seconds);
        market_submit(&m, w, a);
    }
    expect(market_read(&m, 0, hourly_rule, &p), ERR_OK);
    market_close(&m);
    assert_int_equal(p.sample, p.cents ? 5 : 0);
    return p.cents;
}
static void hourly(enum fixture_kind kind) {
    assert_int_equal(hourly_of(kind, 120), 300);
    assert_int_equal(hourly_of(kind, 5), 7200);
    assert_int_equal(hourly_of(kind, 4), 0); /* a program's work */
}
MARKET_TEST(hourly)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(nothing),
        MARKET_TEST_ROWS(figures),
        MARKET_TEST_ROWS(hourly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
