/* Fees: check values of money-and-lifecycle 2, settings, overflow. */
#include "fixture.h"

#include "market/fees.h"

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
    market_set(&m, "fee_premium_3PREMIUM", "25");
    market_hit(
        &m, r,
        &(struct hit_plan){
            .reward_cents = 10,
            .requirements = "[{\"QualificationTypeId\":\"3PREMIUM\",\"Comparator\":\"Exists\"}]"});
    market_expect(&m, r, 1000 - 37, 37);
    market_close(&m);
}
MARKET_TEST(premium)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_values), cmocka_unit_test(test_bonus),
        cmocka_unit_test(test_edges),        MARKET_TEST_ROWS(settings),
        MARKET_TEST_ROWS(premium),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
