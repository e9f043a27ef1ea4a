/* Requests of an account in a second (app/throttle.h). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "app/throttle.h"

static struct throttle t;
static struct throttle_limit limit;

static void set(int64_t rate, int64_t burst) {
    throttle_init(&t);
    limit = (struct throttle_limit){rate, burst};
}

static int sent(int64_t party, int64_t now_us, int tries) {
    int n = 0;
    for (int i = 0; i < tries; i++)
        n += throttle_allows(&t, party, limit, now_us);
    return n;
}

static void test_rate(void **state) {
    (void)state;
    const int64_t now = INT64_C(5000000);
    set(10, 10);
    assert_int_equal(sent(1, now, 50), 10);
    assert_int_equal(sent(1, now + 99999, 5), 0);
    assert_int_equal(sent(1, now + 100000, 5), 1);
    assert_int_equal(sent(2, now, 50), 10); /* each has its own */
    assert_int_equal(sent(1, now + 60000000, 50), 10);
    set(1, 1);
    assert_int_equal(sent(3, now, 5), 1);
    assert_int_equal(sent(3, now + 1000000, 5), 1);
}

static void test_burst(void **state) {
    (void)state;
    const int64_t now = INT64_C(5000000);
    set(2, 100);
    assert_int_equal(sent(1, now, 500), 100);
    assert_int_equal(sent(1, now + 1000000, 500), 2);
    assert_int_equal(sent(1, now + 11000000, 500), 20);
    assert_int_equal(sent(1, now + 911000000, 500), 100);
    set(100000, 1); /* the fastest that can be set: one each 10 µs */
    assert_int_equal(sent(1, now, 5), 1);
    assert_int_equal(sent(1, now + 9, 5), 0);
    assert_int_equal(sent(1, now + 10, 5), 1);
}

/* A larger limit is in force for buckets that are there. */
static void test_changed(void **state) {
    (void)state;
    const int64_t now = INT64_C(5000000);
    set(1, 1);
    assert_int_equal(sent(1, now, 5), 1);
    limit = (struct throttle_limit){1000, 2000};
    assert_int_equal(sent(1, now, 5000), 1000);
    limit = (struct throttle_limit){1, 1};
    assert_int_equal(sent(1, now + 2999999, 5), 1);
    assert_int_equal(sent(1, now + 3000000, 5), 0);
    /* and nobody waits out what he used up of a slower one */
    limit = (struct throttle_limit){1, 100};
    assert_int_equal(sent(2, now, 500), 100);
    limit = (struct throttle_limit){100, 100};
    assert_int_equal(sent(2, now + 500000, 500), 0);
    assert_int_equal(sent(2, now + 1000000, 500), 50);
}

static void test_many_accounts(void **state) {
    (void)state;
    const int64_t parties = 3 * THROTTLE_SETS * THROTTLE_WAYS;
    set(2, 2);
    for (int64_t party = 1; party <= parties; party++)
        assert_int_equal(sent(party, 1000000 + party, 3), 2);
    /* who stays in sight has no more than others */
    assert_int_equal(sent(parties, 1100000, 3), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_burst),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_many_accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
