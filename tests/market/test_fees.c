/* Fees: check values of money-and-lifecycle 2, settings, overflow. */
#include "fixture.h"

#include "market/fees.h"
#include "market/publish.h"
#include "market/setting.h"

struct value {
    int64_t cents, fee;
};

static void check_assignments(const struct fee_rates *rates, struct fee_of of,
                              const struct value *values, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int64_t fee = -1;
        of.reward_cents = values[i].cents;
        assert_true(fee_assignment(rates, &of, &fee));
        assert_int_equal(fee, values[i].fee);
    }
}

#define CHECK(rates, of, ...)                                                                      \
    do {                                                                                           \
        static const struct value values[] = {__VA_ARGS__};                                        \
        check_assignments(&rates, of, values, sizeof(values) / sizeof(values[0]));                 \
    } while (0)

static void test_check_values(void **state) {
    (void)state;
    struct fee_rates rates = fee_defaults();
    CHECK(rates, ((struct fee_of){0}), {0, 1}, {1, 1}, {7, 1}, {8, 2}, {12, 2}, {13, 3}, {100, 20});
    CHECK(rates, ((struct fee_of){.many = true}), {1, 1}, {3, 1}, {4, 2}, {25, 10});
    CHECK(rates, ((struct fee_of){.masters = true}), {6, 2}, {10, 3});
    CHECK(rates, ((struct fee_of){.many = true, .masters = true}), {10, 5}, {100, 45});
    CHECK(rates, ((struct fee_of){.premium_cents = 5}), {0, 6}, {100, 25});
}

static void test_bonus(void **state) {
    (void)state;
    static const struct value values[] = {{1, 1}, {2, 1}, {7, 1}, {8, 2}, {500, 100}};
    struct fee_rates rates = fee_defaults();
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        int64_t fee = -1;
        assert_true(fee_bonus(&rates, values[i].cents, &fee));
        assert_int_equal(fee, values[i].fee);
    }
}

static void test_edges(void **state) {
    (void)state;
    struct fee_rates rates = fee_defaults();
    int64_t fee = 0;
    assert_false(fee_assignment(&rates, &(struct fee_of){.reward_cents = INT64_MAX}, &fee));
    assert_false(fee_bonus(&rates, INT64_MAX / 20, &fee));
    rates.off = true;
    assert_true(fee_assignment(&rates, &(struct fee_of){.reward_cents = 100}, &fee));
    assert_int_equal(fee, 0);
    assert_true(fee_bonus(&rates, 100, &fee));
    assert_int_equal(fee, 0);
}

static struct err load(struct ctx *c, void *arg) {
    return fee_load(c, arg);
}

static void settings(enum fixture_kind kind) {
    struct market m;
    struct fee_rates rates;
    market_open(&m, kind);
    assert_false(failed(market_read(&m, 0, load, &rates)));
    assert_int_equal(rates.base_pct, 20);
    market_set(&m, "fee_base_pct", "10");
    market_set(&m, "fee_many_from", "5");
    market_set(&m, "fees", "off");
    market_set(&m, "fee_premium_3ABC", "25"); /* no rate */
    assert_false(failed(market_read(&m, 0, load, &rates)));
    assert_int_equal(rates.base_pct, 10);
    assert_int_equal(rates.many_from, 5);
    assert_int_equal(rates.masters_pct, 5);
    assert_true(rates.off);
    market_set(&m, "fee_base_pct", "a lot");
    assert_int_equal(market_read(&m, 0, load, &rates).code, ERR_STORE);
    market_close(&m);
}
MARKET_TEST(settings)

/* A premium qualification's amount is added after percentage and minimum (2.8). */
static void premium(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann");
    market_deposit(&m, r, 1000);
    market_set(&m, "fee_premium_00000000000000000060", "25");
    market_hit(
        &m, r,
        &(struct hit_plan){
            .reward_cents = 10,
            .requirements =
                "[{\"QualificationTypeId\":\"00000000000000000060\",\"Comparator\":\"Exists\"}]"});
    market_expect(&m, r, 1000 - 37, 37);
    market_close(&m);
}
MARKET_TEST(premium)

/* ---- the tier (2.2, 2.9, 2.10), which begins where the setting says ---- */

static struct err add_rule(struct ctx *c, void *arg) {
    return hit_add_assignments(c, *(struct str *)arg, 1, STR_NULL);
}

static struct err add_one(struct market *m, int64_t requester, int64_t hit) {
    struct str id = market_hit_id(m, hit);
    return market_write(m, requester, add_rule, &id);
}

static int64_t tier(struct market *m, int64_t hit) {
    return market_number(m, "SELECT many FROM hit WHERE id = %lld", (long long)hit);
}

static int64_t hit_of(struct market *m, int64_t requester, int64_t max) {
    return market_hit(m, requester, &(struct hit_plan){.reward_cents = 100, .max = max});
}

static void tier_of_a_hit(enum fixture_kind kind) {
    static const char words[] = "A HIT made with fewer than 5 assignments can not be raised to 5 "
                                "or more: this one has 4, you asked for 1 more.";
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann");
    market_deposit(&m, r, 100000);
    int64_t nine = hit_of(&m, r, 9), ten = hit_of(&m, r, 10);
    assert_int_equal(tier(&m, nine), 0);
    assert_int_equal(tier(&m, ten), 1);
    market_expect(&m, r, 100000 - 9 * 120 - 10 * 140, 9 * 120 + 10 * 140);
    expect(add_one(&m, r, nine), ERR_INVALID_MAX_ASSIGNMENTS_INCREASE);
    market_set(&m, "fee_many_from", "5");
    int64_t four = hit_of(&m, r, 4), five = hit_of(&m, r, 5);
    assert_int_equal(tier(&m, four), 0);
    assert_int_equal(tier(&m, five), 1);
    expect_words(add_one(&m, r, four), ERR_INVALID_MAX_ASSIGNMENTS_INCREASE, words);
    expect(add_one(&m, r, five), ERR_OK);
    market_set(&m, "fee_many_from", "20");
    expect(add_one(&m, r, nine), ERR_OK); /* at the fee it was made with */
    expect(add_one(&m, r, ten), ERR_OK);  /* and so is this */
    int64_t held = 10 * 120 + 11 * 140 + 4 * 120 + 6 * 140;
    market_expect(&m, r, 100000 - held, held);
    market_close(&m);
}
MARKET_TEST(tier_of_a_hit)

struct file_of_one {
    int64_t batch;
    struct publish_cost cost;
    struct publish_progress progress;
};

static struct err draft_rule(struct ctx *c, void *arg) {
    struct file_of_one *f = arg;
    struct publish_draft_in in = {
        .type = {.title = STR("T"),
                 .description = STR("d"),
                 .reward_cents = 100,
                 .duration_s = 60,
                 .auto_approval_s = -1},
        .layout = STR("<p>${x}</p>"),
        .name = STR("n"),
        .columns = STR("1:x"),
        .lifetime_s = 3600,
        .max_assignments = 6,
    };
    struct err e = publish_draft(c, &in, &f->batch);
    struct publish_chunk chunk = {STR("3:1:v"), 1, 0};
    return failed(e) ? e : publish_stage(c, f->batch, &chunk);
}

static struct err order_rule(struct ctx *c, void *arg) {
    struct file_of_one *f = arg;
    return publish_order(c, f->batch, &f->cost);
}

static struct err step_rule(struct ctx *c, void *arg) {
    struct file_of_one *f = arg;
    return publish_step(c, f->batch, 1, &f->progress);
}

/* A file's tier is fixed with its fee when it is ordered, whatever the setting is when its HITs
 * come to be. */
static void tier_of_a_file(enum fixture_kind kind) {
    struct market m;
    struct file_of_one f[2];
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann");
    market_deposit(&m, r, 100000);
    for (int i = 0; i < 2; i++) {
        market_set(&m, "fee_many_from", i ? "5" : "10");
        expect(market_write(&m, r, draft_rule, &f[i]), ERR_OK);
        expect(market_write(&m, r, order_rule, &f[i]), ERR_OK);
        assert_int_equal(f[i].cost.fee_cents, i ? 40 : 20);
        market_set(&m, "fee_many_from", i ? "10" : "5");
        expect(market_write(&m, r, step_rule, &f[i]), ERR_OK);
        assert_true(f[i].progress.done);
        int64_t hit = market_number(&m, "SELECT MAX(id) FROM hit");
        assert_int_equal(tier(&m, hit), i);
        assert_int_equal(
            market_number(&m, "SELECT MIN(fee_cents) FROM hit WHERE id = %lld", (long long)hit),
            i ? 40 : 20);
    }
    market_close(&m);
}
MARKET_TEST(tier_of_a_file)

/* One table says what each setting is when nothing is set, and what it may be. */
static void one_table(void **state) {
    (void)state;
    struct arena a;
    arena_init(&a, 0);
    for (const struct setting *s = SETTINGS; s->name; s++) {
        expect(setting_check(&a, s, str_c(s->fallback)), ERR_OK);
        assert_ptr_equal(setting_find(str_c(s->name)), s);
    }
    assert_int_equal(fee_defaults().many_from, setting_default("fee_many_from"));
    assert_int_equal(fee_defaults().min_cents, 1);
    arena_free(&a);
}

static struct err number_rule(struct ctx *c, void *arg) {
    return setting_int(c, "submit_grace_s", arg);
}

static void numbers(enum fixture_kind kind) {
    struct market m;
    int64_t n = -1;
    market_open(&m, kind);
    market_sql(&m, "DELETE FROM meta WHERE key = 'submit_grace_s'");
    expect(market_read(&m, 0, number_rule, &n), ERR_OK);
    assert_int_equal(n, setting_default("submit_grace_s"));
    market_set(&m, "submit_grace_s", "7");
    expect(market_read(&m, 0, number_rule, &n), ERR_OK);
    assert_int_equal(n, 7);
    market_set(&m, "submit_grace_s", "-1"); /* not by setting_put */
    expect_words(market_read(&m, 0, number_rule, &n), ERR_STORE,
                 "The setting submit_grace_s is \"-1\", which is no whole number from 0 to 3600.");
    market_close(&m);
}
MARKET_TEST(numbers)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_values), cmocka_unit_test(test_bonus),
        cmocka_unit_test(test_edges),        MARKET_TEST_ROWS(settings),
        MARKET_TEST_ROWS(premium),           cmocka_unit_test(one_table),
        MARKET_TEST_ROWS(tier_of_a_hit),     MARKET_TEST_ROWS(tier_of_a_file),
        MARKET_TEST_ROWS(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
