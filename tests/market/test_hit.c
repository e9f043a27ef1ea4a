/* HITs: status, the life cycle of money-and-lifecycle 6, what it holds, and what is refused. */
#include "fixture.h"

#include <string.h>

#include "base/pack.h"
#include "market/batch_change.h"
#include "market/hit_type.h"

static const struct hit_plan five = {.reward_cents = 5, .max = 5};

static void expect_code(struct err e, enum err_code code) {
    assert_string_equal(err_slug(e.code), err_slug(code));
}

static void expect_starts(struct err e, enum err_code code, const char *words) {
    expect_code(e, code);
    assert_true(str_starts(str_c(e.detail), str_c(words)));
}

/* ---- rules with an argument ---- */

struct change {
    struct str hit, text;
    int64_t number;
    bool flag;
};

static struct err expiration(struct ctx *c, void *arg) {
    struct change *k = arg;
    return hit_update_expiration(c, k->hit, k->number);
}

static struct err more(struct ctx *c, void *arg) {
    struct change *k = arg;
    return hit_add_assignments(c, k->hit, k->number, k->text);
}

static struct err review(struct ctx *c, void *arg) {
    struct change *k = arg;
    return hit_review(c, k->hit, k->flag);
}

static struct err delete (struct ctx *c, void *arg) {
    struct change *k = arg;
    return hit_delete(c, k->hit);
}

static struct err change_type(struct ctx *c, void *arg) {
    struct change *k = arg;
    return hit_change_type(c, k->hit, k->text);
}

static struct err more_of(struct market *m, int64_t r, int64_t hit, int64_t n) {
    struct change k = {.hit = market_hit_id(m, hit), .number = n};
    return market_write(m, r, more, &k);
}

static struct err expire_at(struct market *m, int64_t r, int64_t hit, int64_t ms) {
    struct change k = {.hit = market_hit_id(m, hit), .number = ms};
    return market_write(m, r, expiration, &k);
}

static struct err of_hit(struct market *m, int64_t r, int64_t hit, market_rule *rule) {
    struct change k = {.hit = market_hit_id(m, hit)};
    return market_write(m, r, rule, &k);
}

static void ok(struct err e) {
    if (failed(e))
        fail_msg("%s %s", err_slug(e.code), e.detail);
}

/* ---- tests ---- */

/* 6.2, the documented check. */
static void life_cycle(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w[6], a[6];
    market_deposit(&m, r, 1000);
    int64_t hit = market_hit(&m, r, &five);
    market_expect_hit(&m, hit, HIT_ASSIGNABLE, 5, 0);
    market_expect(&m, r, 970, 30);
    for (int i = 0; i < 6; i++)
        w[i] = market_worker(&m, (const char *[]){"a", "b", "c", "d", "e", "f"}[i]);
    for (int i = 0; i < 3; i++)
        a[i] = market_accept(&m, w[i], hit);
    market_expect_hit(&m, hit, HIT_ASSIGNABLE, 2, 3);
    a[3] = market_accept(&m, w[3], hit);
    a[4] = market_accept(&m, w[4], hit);
    market_submit(&m, w[0], a[0]);
    market_submit(&m, w[1], a[1]);
    market_expect_hit(&m, hit, HIT_UNASSIGNABLE, 0, 3);
    market_return(&m, w[2], a[2]);
    market_expect_hit(&m, hit, HIT_ASSIGNABLE, 1, 2);
    market_submit(&m, w[3], a[3]);
    market_submit(&m, w[4], a[4]);
    a[5] = market_work(&m, w[5], hit);
    market_expect_hit(&m, hit, HIT_REVIEWABLE, 0, 0);
    market_approve(&m, r, a[0]);
    market_approve(&m, r, a[1]);
    market_approve(&m, r, a[3]);
    market_reject(&m, r, a[4]);
    market_approve(&m, r, a[5]);
    market_expect_hit(&m, hit, HIT_REVIEWABLE, 0, 0);
    assert_int_equal(market_view(&m, hit).completed, 5);
    market_expect(&m, r, 976, 0);
    market_close(&m);
}
MARKET_TEST(life_cycle)

/* Section 11, step by step. */
static void worked_example(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), a = market_worker(&m, "a"), b = market_worker(&m, "b");
    market_deposit(&m, r, 100);
    int64_t hit = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 3});
    market_expect(&m, r, 82, 18);
    int64_t of_a = market_work(&m, a, hit), of_b = market_work(&m, b, hit);
    market_expire(&m, r, hit);
    market_expect(&m, r, 88, 12);
    market_approve(&m, r, of_a);
    market_expect(&m, r, 88, 6);
    market_expect_payable(&m, a, 5);
    market_reject(&m, r, of_b);
    market_expect(&m, r, 94, 0);
    market_refund(&m, r, 90);
    market_expect(&m, r, 4, 0);
    expect_starts(market_overturn(&m, r, of_b), ERR_INSUFFICIENT_FUNDS,
                  "This Requester has insufficient funds in their account to complete this "
                  "transaction.");
    market_expect(&m, r, 4, 0);
    market_deposit(&m, r, 2);
    ok(market_overturn(&m, r, of_b));
    market_expect(&m, r, 0, 0);
    market_expect_payable(&m, b, 5);
    assert_int_equal(market_number(&m,
                                   "SELECT rejected * 10 + approved FROM worker_stat "
                                   "WHERE worker = %lld",
                                   (long long)b),
                     1);
    market_close(&m);
}
MARKET_TEST(worked_example)

static void publishing_refused(enum fixture_kind kind) {
    struct market m;
    int64_t hit, second;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), other = market_requester(&m, "otto");
    market_deposit(&m, r, 29);
    expect_starts(market_try_hit(&m, r, &five, &hit), ERR_INSUFFICIENT_FUNDS,
                  "This Requester has insufficient funds in their account to complete this "
                  "transaction.");
    market_expect(&m, r, 29, 0);
    assert_int_equal(market_number(&m, "SELECT COUNT(*) FROM hit"), 0);
    market_deposit(&m, r, 100);
    const struct hit_plan once = {.reward_cents = 5, .token = "T1"};
    hit = market_hit(&m, r, &once);
    struct err e = market_try_hit(&m, r, &once, &second);
    expect_code(e, ERR_HIT_ALREADY_EXISTS);
    assert_true(str_find(str_c(e.detail), market_hit_id(&m, hit)) > 0);
    market_advance(&m, MARKET_DAY_S + 1);
    market_hit(&m, r, &once); /* forgotten */
    expect_code(market_try_hit(&m, r, &(struct hit_plan){.lifetime_s = 29}, &hit),
                ERR_OUT_OF_RANGE);
    expect_code(market_try_hit(&m, r, &(struct hit_plan){.max = ASSIGNMENTS_MAX + 1}, &hit),
                ERR_OUT_OF_RANGE);
    expect_code(market_try_hit(&m, r, &(struct hit_plan){.reward_cents = 1000001}, &hit),
                ERR_OUT_OF_RANGE);
    expect_code(market_try_hit(&m, r, &(struct hit_plan){.title = ""}, &hit),
                ERR_INVALID_PARAMETER);
    hit = market_hit(&m, r, &five);
    expect_starts(more_of(&m, other, hit, 1), ERR_HIT_DOES_NOT_EXIST, "Hit 3");
    market_close(&m);
}
MARKET_TEST(publishing_refused)

/* H3, H5: what an expired HIT gives back it needs again (3.9, 3.10). */
static void expiry_and_reopening(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "w");
    market_deposit(&m, r, 30);
    int64_t hit = market_hit(&m, r, &five);
    int64_t a = market_accept(&m, w, hit);
    market_advance(&m, 10);
    ok(expire_at(&m, r, hit, m.now_ms + 5000)); /* a client's clock that is ahead */
    market_expect_hit(&m, hit, HIT_UNASSIGNABLE, 0, 1);
    market_expect(&m, r, 24, 6);
    assert_int_equal(market_view(&m, hit).expires_ms, m.now_ms);
    ok(expire_at(&m, r, hit, 0)); /* again: nothing */
    market_return(&m, w, a);
    market_expect_hit(&m, hit, HIT_REVIEWABLE, 0, 0);
    market_expect(&m, r, 30, 0);
    market_hit(&m, r, &(struct hit_plan){.reward_cents = 5}); /* 6 are gone now */
    expect_code(expire_at(&m, r, hit, m.now_ms + 60000), ERR_INSUFFICIENT_FUNDS);
    market_expect_hit(&m, hit, HIT_REVIEWABLE, 0, 0);
    market_deposit(&m, r, 6);
    ok(of_hit(&m, r, hit, review));
    market_expect_hit(&m, hit, HIT_REVIEWING, 0, 0);
    ok(expire_at(&m, r, hit, m.now_ms + 60000));
    market_expect_hit(&m, hit, HIT_ASSIGNABLE, 5, 0); /* and the flag is gone */
    assert_false(market_view(&m, hit).n.reviewing);
    market_expect(&m, r, 0, 36);
    ok(expire_at(&m, r, hit, m.now_ms + 30000)); /* shortened, taken literally */
    assert_int_equal(market_view(&m, hit).expires_ms, m.now_ms + 30000);
    expect_code(expire_at(&m, r, hit, m.now_ms + INT64_C(31536001000)), ERR_OUT_OF_RANGE);
    market_close(&m);
}
MARKET_TEST(expiry_and_reopening)

/* H6 and the 9 to 10 rule (2.10). */
static void more_assignments(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "w");
    market_deposit(&m, r, 1000);
    int64_t hit = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5});
    market_work(&m, w, hit);
    market_expect_hit(&m, hit, HIT_REVIEWABLE, 0, 0);
    ok(more_of(&m, r, hit, 8));
    market_expect_hit(&m, hit, HIT_ASSIGNABLE, 8, 0);
    market_expect(&m, r, 1000 - 54, 54);
    expect_code(more_of(&m, r, hit, 1), ERR_INVALID_MAX_ASSIGNMENTS_INCREASE);
    expect_code(more_of(&m, r, hit, 0), ERR_OUT_OF_RANGE);
    int64_t many = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 10});
    market_expect(&m, r, 946 - 70, 54 + 70);
    ok(more_of(&m, r, many, 90));
    market_expect(&m, r, 946 - 700, 54 + 700);
    expect_code(more_of(&m, r, many, 100), ERR_INSUFFICIENT_FUNDS);
    struct change once = {.hit = market_hit_id(&m, many), .number = 1, .text = STR("T")};
    ok(market_write(&m, r, more, &once));
    expect_starts(market_write(&m, r, more, &once), ERR_DUPLICATE_REQUEST,
                  "The idempotency token \"T\" has already been processed.");
    market_expire(&m, r, hit);
    ok(more_of(&m, r, many, 1));
    market_expect_hit(&m, hit, HIT_REVIEWABLE, 0, 0); /* not revived by more (2.4) */
    market_close(&m);
}
MARKET_TEST(more_assignments)

/* H7, H9. */
static void review_and_delete(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "w");
    market_deposit(&m, r, 100);
    int64_t hit = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 2});
    expect_starts(of_hit(&m, r, hit, delete), ERR_INVALID_HIT_STATE,
                  "This HIT is currently in the state 'Assignable'.  This operation can be called "
                  "with a status of: Reviewing, Reviewable");
    int64_t a = market_accept(&m, w, hit);
    market_expire(&m, r, hit);
    expect_starts(of_hit(&m, r, hit, delete), ERR_INVALID_HIT_STATE,
                  "This HIT is currently in the state 'Unassignable'.");
    expect_code(of_hit(&m, r, hit, review), ERR_INVALID_HIT_STATE);
    market_submit(&m, w, a);
    expect_starts(of_hit(&m, r, hit, delete), ERR_INVALID_HIT_STATE,
                  "This HIT is currently in the state 'Reviewable'.");
    ok(of_hit(&m, r, hit, review));
    ok(of_hit(&m, r, hit, review));
    market_expect_hit(&m, hit, HIT_REVIEWING, 0, 0);
    market_reject(&m, r, a);
    ok(of_hit(&m, r, hit, delete));
    market_expect_hit(&m, hit, HIT_DISPOSED, 0, 0);
    market_expect(&m, r, 100, 0);
    expect_code(of_hit(&m, r, hit, delete), ERR_HIT_DOES_NOT_EXIST);
    expect_code(expire_at(&m, r, hit, m.now_ms + 60000), ERR_HIT_DOES_NOT_EXIST);
    expect_code(more_of(&m, r, hit, 1), ERR_INVALID_HIT_STATE);
    assert_int_not_equal(market_overturn(&m, r, a).code, ERR_OK);
    market_close(&m);
}
MARKET_TEST(review_and_delete)

static struct err make_type(struct ctx *c, void *arg) {
    struct hit_type_in in = {
        .title = STR("Title"),
        .description = STR("What is to be done"),
        .duration_s = 3600,
        .auto_approval_s = -1,
        .reward_cents = *(int64_t *)arg,
    };
    struct hit_type t;
    struct err e = hit_type_make(c, &in, &t);
    *(int64_t *)arg = t.id;
    return e;
}

static struct str type_id(struct market *m, int64_t r, int64_t reward_cents) {
    ok(market_write(m, r, make_type, &reward_cents));
    return id_seal(m->arena, &m->ids, ID_HIT_TYPE, reward_cents);
}

/* What opening the HITs of a batch again would cost: batch in, cents out. */
static struct err reopen_cost(struct ctx *c, void *arg) {
    struct batch_cost cost = {0};
    struct err e = batch_cost(c, *(int64_t *)arg, 1, &cost);
    *(int64_t *)arg = cost.reopen_cents;
    return e;
}

/* H8: work in progress holds the larger of its own cost and the HIT's (I3). */
static void another_type(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w[3];
    market_deposit(&m, r, 1000);
    for (int i = 0; i < 3; i++)
        w[i] = market_worker(&m, (const char *[]){"a", "b", "c"}[i]);
    int64_t hit = market_hit(&m, r, &five), a[3];
    for (int i = 0; i < 3; i++)
        a[i] = market_accept(&m, w[i], hit);
    struct change dear = {.hit = market_hit_id(&m, hit), .text = type_id(&m, r, 10)};
    struct change cheap = {.hit = dear.hit, .text = type_id(&m, r, 1)};
    ok(market_write(&m, r, change_type, &dear));
    market_expect(&m, r, 1000 - 60, 60); /* 5 x 12 */
    assert_int_equal(market_violations(&m, NULL), 0);
    market_submit(&m, w[0], a[0]); /* its own 6 */
    market_expect(&m, r, 1000 - 54, 54);
    market_return(&m, w[1], a[1]); /* an open slot: 12 */
    market_expect(&m, r, 1000 - 54, 54);
    ok(market_write(&m, r, change_type, &cheap));
    market_expect(&m, r, 1000 - 18, 18); /* 6 submitted, 6 in progress, 3 x 2 */
    assert_int_equal(market_violations(&m, NULL), 0);
    ok(market_write(&m, r, change_type, &dear));
    market_expire(&m, r, hit);
    market_expect(&m, r, 1000 - 12, 12);
    assert_int_equal(market_violations(&m, NULL), 0);
    int64_t cents = market_number(&m, "SELECT batch FROM hit WHERE id = %lld", (long long)hit);
    ok(market_read(&m, r, reopen_cost, &cents));
    assert_int_equal(cents, 42); /* 3 x 12, and 6 for the one in progress */
    ok(expire_at(&m, r, hit, m.now_ms + 60000));
    market_expect(&m, r, 1000 - 54, 54);
    market_approve(&m, r, a[0]);
    market_expect_payable(&m, w[0], 5); /* the snapshot */
    market_close(&m);
}
MARKET_TEST(another_type)

/* ---- lists ---- */

struct listing {
    struct hit_key after;
    int64_t hit_type;
    bool reviewing;
    struct hit_page page;
};

static struct err list(struct ctx *c, void *arg) {
    struct listing *l = arg;
    return hit_list(c, l->after, 2, &l->page);
}

static struct err list_reviewable(struct ctx *c, void *arg) {
    struct listing *l = arg;
    struct hit_reviewable_in in = {l->reviewing, l->hit_type, l->after, 10};
    return hit_list_reviewable(c, &in, &l->page);
}

static void lists(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), other = market_requester(&m, "otto"), h[5];
    market_deposit(&m, r, 100);
    for (int i = 0; i < 5; i++) {
        if (i == 3)
            market_advance(&m, 1);
        h[i] = market_hit(&m, r, &(struct hit_plan){.title = i < 4 ? "A" : "B"});
    }
    struct listing l = {.page = {.count = 1}};
    for (int i = 4; i >= 0;) {
        ok(market_read(&m, r, list, &l));
        assert_int_equal(l.page.count, i > 0 ? 2 : 1);
        for (int k = 0; k < l.page.count; k++)
            assert_int_equal(l.page.hits[k].id, h[i--]);
        l.after = l.page.last;
    }
    ok(market_read(&m, r, list, &l));
    assert_int_equal(l.page.count, 0);
    l.after = (struct hit_key){0};
    ok(market_read(&m, other, list, &l));
    assert_int_equal(l.page.count, 0);

    market_expire(&m, r, h[1]);
    market_advance(&m, 5);
    market_expire(&m, r, h[4]);
    market_expire(&m, r, h[2]);
    ok(of_hit(&m, r, h[2], review));
    ok(market_read(&m, r, list_reviewable, &l));
    assert_int_equal(l.page.count, 2);
    assert_int_equal(l.page.hits[0].id, h[4]); /* latest expiration first */
    assert_int_equal(l.page.hits[1].id, h[1]);
    assert_false(l.page.due);
    l.hit_type = l.page.hits[1].hit_type;
    ok(market_read(&m, r, list_reviewable, &l));
    assert_int_equal(l.page.count, 1);
    l.reviewing = true;
    ok(market_read(&m, r, list_reviewable, &l));
    assert_int_equal(l.page.count, 1);
    assert_int_equal(l.page.hits[0].id, h[2]);
    market_advance(&m, MARKET_DAY_S);
    ok(market_read(&m, r, list_reviewable, &l));
    assert_true(l.page.due); /* h[0] and h[3] belong here and do not stand here yet */
    assert_true(market_view(&m, h[0]).due);
    market_sweep(&m);
    l.reviewing = false;
    l.hit_type = 0;
    ok(market_read(&m, r, list_reviewable, &l));
    assert_int_equal(l.page.count, 4);
    assert_false(l.page.due);
    market_close(&m);
}
MARKET_TEST(lists)

/* ---- types ---- */

struct typing {
    const char *requirements;
    struct hit_type t;
};

static struct err type_with(struct ctx *c, void *arg) {
    struct typing *y = arg;
    struct hit_type_in in = {
        .title = STR("T"),
        .description = STR("D"),
        .duration_s = 60,
        .auto_approval_s = -1,
        .requirements = str_c(y->requirements),
    };
    return hit_type_make(c, &in, &y->t);
}

#define APPROVED                                                                                   \
    "{\"QualificationTypeId\":\"00000000000000000040\",\"Comparator\":\"GreaterThan\","            \
    "\"IntegerValues\":[100]}"
#define LOCALE                                                                                     \
    "{\"Comparator\":\"In\",\"QualificationTypeId\":\"00000000000000000071\","                     \
    "\"LocaleValues\":[{\"Country\":\"US\",\"Subdivision\":\"CA\"},{\"Country\":\"CA\"}]}"
#define MASTERS                                                                                    \
    "{\"QualificationTypeId\":\"2F1QJWKUDD8XADTFD2Q0G6UTO95ALH\",\"Comparator\":\"Exists\"}"

static int64_t typed(struct market *m, int64_t r, const char *requirements, bool *masters) {
    struct typing y = {.requirements = requirements};
    ok(market_write(m, r, type_with, &y));
    if (masters)
        *masters = y.t.masters;
    return y.t.id;
}

static void expect_bad(struct market *m, int64_t r, const char *requirements, enum err_code code) {
    struct typing y = {.requirements = requirements};
    struct err e = market_write(m, r, type_with, &y);
    expect_code(e, code);
    assert_string_equal(e.field, "QualificationRequirements");
}

static void types(enum fixture_kind kind) {
    struct market m;
    bool masters = true;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), other = market_requester(&m, "otto");
    int64_t none = typed(&m, r, NULL, &masters);
    assert_false(masters);
    assert_int_equal(typed(&m, r, "[]", NULL), none);
    assert_int_not_equal(typed(&m, other, "[]", NULL), none);
    int64_t two = typed(&m, r, "[" APPROVED "," LOCALE "]", NULL);
    assert_int_equal(typed(&m, r, "[" LOCALE "," APPROVED "]", NULL), two); /* order ignored */
    assert_int_not_equal(two, none);
    assert_int_not_equal(typed(&m, r, "[" MASTERS "]", &masters), none);
    assert_true(masters);
    expect_bad(&m, r, "{}", ERR_INVALID_PARAMETER);
    expect_bad(&m, r, "nonsense", ERR_INVALID_PARAMETER);
    expect_bad(&m, r, "[{\"QualificationTypeId\":\"3A\",\"Comparator\":\"Like\"}]",
               ERR_INVALID_PARAMETER);
    expect_bad(&m, r, "[{\"QualificationTypeId\":\"3A\",\"Comparator\":\"EqualTo\"}]",
               ERR_INVALID_PARAMETER);
    expect_bad(&m, r,
               "[{\"QualificationTypeId\":\"3A\",\"Comparator\":\"Exists\",\"RequiredToPreview\":"
               "true,\"ActionsGuarded\":\"Accept\"}]",
               ERR_INVALID_COMBINATION);
    market_close(&m);
}
MARKET_TEST(types)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(life_cycle),
        MARKET_TEST_ROWS(worked_example),
        MARKET_TEST_ROWS(publishing_refused),
        MARKET_TEST_ROWS(expiry_and_reopening),
        MARKET_TEST_ROWS(more_assignments),
        MARKET_TEST_ROWS(review_and_delete),
        MARKET_TEST_ROWS(another_type),
        MARKET_TEST_ROWS(lists),
        MARKET_TEST_ROWS(types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
