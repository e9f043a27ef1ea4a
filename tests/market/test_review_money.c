/* What a review costs (money-and-lifecycle 8.8): modes, one cent too little, what its rejections
 * release, and republishing. */
#include "review_steps.h"

/* ---- money ---- */

/* One cent is missing for the last overturn: nothing moves in any mode that asks for all of them,
 * and one cent later everything does. */
static void one_cent_short(enum fixture_kind kind) {
    struct cast k;
    int64_t work[3];
    struct review_answer a, done;
    begin(&k, kind, 18);
    rejected(&k, work, 3);
    leave(&k, 17);
    struct still before = look(&k.m);
    a = upload(k.r, approving(&k.m, work, 3), (struct review_choice){.mode = MODE_ALL});
    for (int mode = MODE_ALL; mode <= MODE_ELIGIBLE; mode++) {
        expect(
            plan(&k.m, k.r, a.review, (struct review_choice){.mode = (enum review_mode)mode}, &a),
            ERR_OK);
        assert_false(a.applicable);
        assert_true(
            str_starts(a.blocked, STR("U31: Needed $0.18, available $0.17, missing $0.01")));
        assert_int_equal(cents(&a, "shortfall"), 1);
        expect(commit(&k.m, k.r, &a, &done), ERR_PLAN_BLOCKED);
        assert_false(done.applied);
        expect_still(&k.m, before);
    }
    market_deposit(&k.m, k.r, 1);
    expect(commit(&k.m, k.r, &done, &a), ERR_PLAN_STALE); /* it was planned without that cent */
    assert_true(a.applicable);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(count(&done, "overturned"), 3);
    assert_int_equal(cents(&done, "available"), 0);
    market_expect(&k.m, k.r, 0, 0);
    market_close(&k.m);
}
MARKET_TEST(one_cent_short)

/* The money was there when it was planned and is not when it is applied. */
static void money_gone_meanwhile(enum fixture_kind kind) {
    struct cast k;
    int64_t work[2];
    struct review_answer a, done;
    begin(&k, kind, 12);
    rejected(&k, work, 2);
    a = upload(k.r, approving(&k.m, work, 2), (struct review_choice){.mode = MODE_ALL});
    assert_true(a.applicable);
    leave(&k, 11);
    struct still before = look(&k.m);
    expect(commit(&k.m, k.r, &a, &done), ERR_PLAN_STALE);
    assert_int_equal(cents(&done, "shortfall"), 1);
    assert_false(done.applicable);
    expect_still(&k.m, before);
    market_expect(&k.m, k.r, 11, 0);
    market_close(&k.m);
}
MARKET_TEST(money_gone_meanwhile)

/* Mode funded where all of the work was submitted at one moment and its windows end at one: the
 * lower ids are paid, the sum is right to the cent, the rest is reported, and deciding it again
 * gives the same. */
static void funded_by_id(enum fixture_kind kind) {
    enum { N = 8, PAID = 5 };
    struct cast k;
    int64_t work[N];
    struct review_answer a, again, done;
    struct str file;
    begin(&k, kind, 100);
    rejected(&k, work, N);
    leave(&k, PAID * 6 + 5);
    assert_int_equal(market_number(&k.m, "SELECT COUNT(DISTINCT submitted_ms) FROM assignment"), 1);
    struct sheet s = sheet(&k.m);
    for (int i = 0; i < N; i++) /* the order of the file does not matter */
        sheet_row(&s, work[(i * 3 + 1) % N], "x", "");
    a = upload(k.r, s, (struct review_choice){.mode = MODE_FUNDED});
    expect(plan(&k.m, k.r, a.review, (struct review_choice){.mode = MODE_FUNDED}, &again), ERR_OK);
    for (const struct review_answer *p = &a; p; p = p == &a ? &again : NULL) {
        assert_true(p->applicable);
        assert_int_equal(count(p, "overturn"), PAID);
        assert_int_equal(count(p, "not_funded"), N - PAID);
        assert_int_equal(cents(p, "from_available"), PAID * 6);
        assert_int_equal(cents(p, "shortfall"), 0);
    }
    expect(commit(&k.m, k.r, &again, &done), ERR_OK);
    assert_int_equal(count(&done, "overturned"), PAID);
    assert_int_equal(count(&done, "refused"), N - PAID);
    assert_int_equal(cents(&done, "rewards"), PAID * 5);
    assert_int_equal(cents(&done, "fees"), PAID);
    assert_int_equal(cents(&done, "available"), 5);
    market_expect(&k.m, k.r, 5, 0);
    expect(outcome(&k.m, k.r, a.review, &file), ERR_OK);
    for (int i = 0; i < N; i++) {
        int n = (i * 3 + 1) % N;
        assert_int_equal(status_of(&k.m, work[n]),
                         n < PAID ? ASSIGNMENT_APPROVED : ASSIGNMENT_REJECTED);
        expect_line(file, i + 2, n < PAID ? "overturned" : "refused", n < PAID ? "" : "U31");
    }
    market_close(&k.m);
}
MARKET_TEST(funded_by_id)

/* Mode funded goes by the window's end, whatever the ids, and stops at the first piece of work
 * that can not be paid: a cheaper one behind it waits too. */
static void funded_by_window(enum fixture_kind kind) {
    struct cast k;
    struct review_answer a, done;
    begin(&k, kind, 1000);
    int64_t w = market_worker(&k.m, "will"), work[3];
    static const int64_t rewards[] = {5, 50, 5}; /* in the order of ids */
    for (int i = 0; i < 3; i++)
        work[i] = market_accept(
            &k.m, w, market_hit(&k.m, k.r, &(struct hit_plan){.reward_cents = rewards[i]}));
    for (int i = 2; i >= 0; i--) { /* the last id's window ends first, then the dear one's */
        market_submit(&k.m, w, work[i]);
        market_reject(&k.m, k.r, work[i]);
        market_advance(&k.m, 60);
    }
    leave(&k, 6 + 59);
    struct review_choice choice = {.mode = MODE_FUNDED, .options = REVIEW_ALL_BATCHES};
    a = upload(k.r, approving(&k.m, work, 3), choice);
    assert_int_equal(count(&a, "overturn"), 1);
    assert_int_equal(count(&a, "not_funded"), 2);
    leave(&k, 6 + 60);
    expect(plan(&k.m, k.r, a.review, choice, &a), ERR_OK);
    assert_int_equal(count(&a, "overturn"), 2);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(status_of(&k.m, work[2]), ASSIGNMENT_APPROVED);
    assert_int_equal(status_of(&k.m, work[1]), ASSIGNMENT_APPROVED);
    assert_int_equal(status_of(&k.m, work[0]), ASSIGNMENT_REJECTED);
    market_expect(&k.m, k.r, 0, 0);
    market_close(&k.m);
}
MARKET_TEST(funded_by_window)

/* Mode funded with nothing to spend: a plan that does nothing, and says of what it does not. */
static void funded_by_nothing(enum fixture_kind kind) {
    struct cast k;
    int64_t work[2];
    struct review_answer a, done;
    begin(&k, kind, 12);
    rejected(&k, work, 2);
    leave(&k, 5);
    a = upload(k.r, approving(&k.m, work, 2), (struct review_choice){.mode = MODE_FUNDED});
    assert_int_equal(count(&a, "overturn"), 0);
    assert_int_equal(count(&a, "not_funded"), 2);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(count(&done, "overturned"), 0);
    assert_int_equal(count(&done, "refused"), 2);
    market_expect(&k.m, k.r, 5, 0);
    market_close(&k.m);
}
MARKET_TEST(funded_by_nothing)

/* 8.8: what the file's own rejections release pays its overturns. */
static void release_counts(enum fixture_kind kind) {
    struct cast k;
    int64_t bad[1], good[1], work[2];
    struct review_answer a, done;
    begin(&k, kind, 24);
    rejected(&k, bad, 1);
    submitted(&k, good, 1);
    submitted(&k, work, 2);
    leave(&k, 0);
    struct sheet s = sheet(&k.m);
    sheet_row(&s, bad[0], "x", "");
    sheet_row(&s, good[0], "x", "");
    sheet_row(&s, work[0], "", "too short");
    a = upload(k.r, s, (struct review_choice){.mode = MODE_ALL});
    assert_true(a.applicable);
    assert_int_equal(cents(&a, "available"), 0);
    assert_int_equal(cents(&a, "released"), 6);
    assert_int_equal(cents(&a, "from_available"), 6);
    assert_int_equal(cents(&a, "from_held"), 6);
    assert_int_equal(cents(&a, "shortfall"), 0);
    assert_true(str_find(a.json, STR("$0.06 that the rejections of this file release")) > 0);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(cents(&done, "available"), 0);
    market_expect(&k.m, k.r, 0, 6); /* the untouched one's */
    market_close(&k.m);
}
MARKET_TEST(release_counts)

/* ---- republishing ---- */

static void republish(enum fixture_kind kind) {
    struct cast k;
    int64_t work[2], full[1], nine[9];
    struct review_answer a, done;
    begin(&k, kind, 100);
    int64_t hit = submitted(&k, work, 2), other = submitted(&k, full, 1);
    submitted(&k, nine, 9); /* would grow from 9 to 10: 2.10 */
    market_expect(&k.m, k.r, 28, 72);
    struct sheet s = sheet(&k.m);
    for (int i = 0; i < 2; i++)
        sheet_row(&s, work[i], "", "too short");
    sheet_row(&s, full[0], "x", "");
    sheet_row(&s, nine[0], "", "too short");
    a = upload(k.r, s, (struct review_choice){.options = REVIEW_REPUBLISH});
    assert_true(a.applicable);
    assert_int_equal(count(&a, "new_slots"), 2);
    assert_int_equal(cents(&a, "republish"), 12);
    assert_int_equal(cents(&a, "released"), 18);
    assert_true(str_find(a.json, STR("1 rejection is not republished: a task made with fewer than "
                                     "10 assignments")) > 0);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(count(&done, "new_slots"), 2);
    market_expect_hit(&k.m, hit, HIT_ASSIGNABLE, 2, 0);
    market_expect_hit(&k.m, other, HIT_REVIEWABLE, 0, 0);
    market_expect(&k.m, k.r, 28 + 18 - 12, 72 - 24 + 12);
    clean(&k.m);
    /* someone else does it and is paid; then the rejection turns out to be wrong: both are paid */
    int64_t again = market_work(&k.m, market_worker(&k.m, "vera"), hit);
    market_approve(&k.m, k.r, again);
    market_sql(&k.m, "UPDATE batch SET kind = 1"); /* the count is of batches from a file */
    a = upload(k.r, approving(&k.m, work, 1), (struct review_choice){.mode = MODE_ALL});
    market_sql(&k.m, "UPDATE batch SET kind = 2");
    assert_int_equal(count(&a, "overturn"), 1);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    assert_int_equal(status_of(&k.m, work[0]), ASSIGNMENT_APPROVED);
    assert_int_equal(status_of(&k.m, again), ASSIGNMENT_APPROVED);
    market_close(&k.m);
}
MARKET_TEST(republish)

/* The new slots' money is missing: nothing is rejected either. */
static void republish_short(enum fixture_kind kind) {
    struct cast k;
    int64_t bad[1], work[1];
    struct review_answer a, done;
    begin(&k, kind, 12);
    rejected(&k, bad, 1);
    submitted(&k, work, 1);
    leave(&k, 5);
    struct sheet s = approving(&k.m, bad, 1);
    sheet_row(&s, work[0], "", "too short");
    a = upload(k.r, s, (struct review_choice){.options = REVIEW_REPUBLISH});
    assert_false(a.applicable);
    assert_int_equal(cents(&a, "shortfall"), 1);
    struct still before = look(&k.m);
    expect(commit(&k.m, k.r, &a, &done), ERR_PLAN_BLOCKED);
    expect_still(&k.m, before);
    leave(&k, 6);
    expect(plan(&k.m, k.r, a.review, (struct review_choice){.options = REVIEW_REPUBLISH}, &a),
           ERR_OK);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    market_expect(&k.m, k.r, 0, 6);
    market_close(&k.m);
}
MARKET_TEST(republish_short)

/* The tier that a task can not grow into begins where the setting says, for the plan and for what
 * is done; when it moves between the two, the plan is an old one. */
static void republish_tier(enum fixture_kind kind) {
    struct cast k;
    int64_t work[4];
    struct review_answer a, done;
    begin(&k, kind, 1000);
    market_set(&k.m, "fee_many_from", "5");
    int64_t hit = submitted(&k, work, 4);
    struct sheet s = sheet(&k.m);
    sheet_row(&s, work[0], "", "too short");
    struct review_choice choice = {.options = REVIEW_REPUBLISH};
    a = upload(k.r, s, choice);
    assert_int_equal(count(&a, "new_slots"), 0);
    assert_true(str_find(a.json, STR("made with fewer than 5 assignments")) > 0);
    market_set(&k.m, "fee_many_from", "10");
    expect(plan(&k.m, k.r, a.review, choice, &a), ERR_OK);
    assert_int_equal(count(&a, "new_slots"), 1);
    market_set(&k.m, "fee_many_from", "5");
    struct still before = look(&k.m);
    expect(commit(&k.m, k.r, &a, &done), ERR_PLAN_STALE);
    assert_int_equal(count(&done, "new_slots"), 0);
    expect_still(&k.m, before);
    market_set(&k.m, "fee_many_from", "10");
    expect(plan(&k.m, k.r, a.review, choice, &a), ERR_OK);
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    market_expect_hit(&k.m, hit, HIT_ASSIGNABLE, 1, 0);
    market_close(&k.m);
}
MARKET_TEST(republish_tier)

/* An expired task is opened again: its unused slots come back with the new one (H5). */
static void republish_expired(enum fixture_kind kind) {
    struct cast k;
    struct review_answer a, done;
    begin(&k, kind, 100);
    struct hit_plan p = {.reward_cents = 5, .max = 3};
    int64_t hit = market_hit(&k.m, k.r, &p);
    int64_t work = market_work(&k.m, market_worker(&k.m, "will"), hit);
    market_advance(&k.m, MARKET_DAY_S);
    struct sheet s = sheet(&k.m);
    sheet_row(&s, work, "", "too short");
    a = upload(k.r, s, (struct review_choice){.options = REVIEW_REPUBLISH});
    assert_int_equal(count(&a, "new_slots"), 1);
    assert_int_equal(cents(&a, "republish"), 18); /* the new one and the two that were left */
    expect(commit(&k.m, k.r, &a, &done), ERR_OK);
    market_expect_hit(&k.m, hit, HIT_ASSIGNABLE, 3, 0);
    market_expect(&k.m, k.r, 82, 18);
    market_close(&k.m);
}
MARKET_TEST(republish_expired)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(one_cent_short),    MARKET_TEST_ROWS(money_gone_meanwhile),
        MARKET_TEST_ROWS(funded_by_id),      MARKET_TEST_ROWS(funded_by_window),
        MARKET_TEST_ROWS(funded_by_nothing), MARKET_TEST_ROWS(release_counts),
        MARKET_TEST_ROWS(republish),         MARKET_TEST_ROWS(republish_short),
        MARKET_TEST_ROWS(republish_tier),    MARKET_TEST_ROWS(republish_expired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
