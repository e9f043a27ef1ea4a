/* Appeals: worker-site 13.1, money-and-lifecycle 8.10. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "market/appeal.h"
#include "market/decide.h"
#include "market/work.h"

static const char good_text[] = "My answer follows the example of the instructions.";

/* ---- the rules, each in a transaction of its own ---- */

struct doing {
    struct str id, text;
    struct appeal_answered answered;
    struct appeal appeal;
    struct appeal_list_in list_in;
    struct appeal_list list;
    struct appeal_steps steps;
    struct appeal_figures figures;
};

static struct err file_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_file(c, &(struct appeal_file_in){d->id, d->text, APPEAL_REASON_ANSWER_RIGHT});
}
static struct err grant_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_grant(c, d->id, d->text, &d->answered);
}
static struct err decline_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_decline(c, d->id, d->text);
}
static struct err ask_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_ask(c, d->id, d->text);
}
static struct err reply_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_reply(c, d->id, d->text);
}
static struct err withdraw_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_withdraw(c, d->id);
}
static struct err get_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_get(c, d->id, &d->appeal);
}
static struct err list_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_list(c, &d->list_in, &d->list);
}
static struct err steps_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_steps(c, d->id, &d->steps);
}
static struct err figures_rule(struct ctx *c, void *arg) {
    struct doing *d = arg;
    return appeal_figures(c, c->actor->party, &d->figures);
}

static struct err run(struct market *m, int64_t party, market_rule *rule, int64_t assignment,
                      const char *text) {
    struct doing d = {.id = market_assignment_id(m, assignment), .text = str_c(text)};
    return market_write(m, party, rule, &d);
}

static struct appeal get(struct market *m, int64_t party, int64_t assignment) {
    struct doing d = {.id = market_assignment_id(m, assignment)};
    expect(market_read(m, party, get_rule, &d), ERR_OK);
    return d.appeal;
}

static struct appeal_figures figures(struct market *m, int64_t requester) {
    struct doing d = {.id = STR_NULL};
    expect(market_read(m, requester, figures_rule, &d), ERR_OK);
    return d.figures;
}

static int64_t notices(struct market *m, int64_t party, enum notice_kind kind) {
    return market_number(m, "SELECT COUNT(*) FROM notice WHERE party = %lld AND kind = %d",
                         (long long)party, kind);
}

struct cast {
    int64_t r, w;
};

static struct cast begin(struct market *m, enum fixture_kind kind, int64_t cents) {
    market_open(m, kind);
    struct cast k = {market_requester(m, "rita"), market_worker(m, "will")};
    market_deposit(m, k.r, cents);
    return k;
}

/* Rejected work of 5 + 1 cents. */
static int64_t rejected(struct market *m, const struct cast *k) {
    int64_t h = market_hit(m, k->r, &(struct hit_plan){.reward_cents = 5});
    int64_t a = market_work(m, k->w, h);
    market_reject(m, k->r, a);
    return a;
}

static void filing(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t other = market_worker(&m, "otto"), a = rejected(&m, &k);
    expect(run(&m, other, file_rule, a, good_text), ERR_NOT_FOUND);
    expect(run(&m, k.r, file_rule, a, good_text), ERR_NOT_FOUND);
    expect(run(&m, k.w, file_rule, a, "too short"), ERR_INVALID_PARAMETER);
    expect(run(&m, k.w, file_rule, a, "1234567890123456789   "), ERR_INVALID_PARAMETER);
    expect(run(&m, k.w, file_rule, a, "12345678901234567890\001"), ERR_INVALID_PARAMETER);
    char *longest = arena_alloc(m.arena, 2002);
    memset(longest, 'x', 2001);
    longest[2001] = 0;
    expect(run(&m, k.w, file_rule, a, longest), ERR_INVALID_PARAMETER);
    expect(run(&m, k.w, file_rule, a, longest + 1), ERR_OK);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_CONFLICT);
    assert_int_equal(notices(&m, k.r, NOTICE_APPEAL_FILED), 1);
    struct appeal p = get(&m, k.w, a);
    assert_int_equal(p.state, APPEAL_OPEN);
    assert_int_equal(p.window_ms, p.submitted_ms + OVERTURN_WINDOW_S * INT64_C(1000));
    assert_int_equal(p.due_ms, p.filed_ms + INT64_C(7) * 86400000);
    assert_true(str_is(p.rejection, "why") || p.rejection.p);
    struct doing d = {.id = market_assignment_id(&m, a)};
    expect(market_read(&m, other, get_rule, &d), ERR_NOT_FOUND);
    int64_t h = market_hit(&m, k.r, &(struct hit_plan){.reward_cents = 5});
    int64_t undecided = market_work(&m, k.w, h);
    expect(run(&m, k.w, file_rule, undecided, good_text), ERR_CONFLICT);
    market_approve(&m, k.r, undecided);
    expect(run(&m, k.w, file_rule, undecided, good_text), ERR_CONFLICT);
    assert_int_equal(figures(&m, k.r).filed, 1);
    assert_int_equal(figures(&m, k.r).open, 1);
    market_close(&m);
}
MARKET_TEST(filing)

/* Until the last second of the window, as the overturn itself (8.7). */
static void filing_ends(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = rejected(&m, &k), b = rejected(&m, &k);
    market_advance(&m, OVERTURN_WINDOW_S);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_OK);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_OPEN);
    expect(run(&m, k.r, grant_rule, a, NULL), ERR_OK);
    market_advance(&m, 1);
    expect(run(&m, k.w, file_rule, b, good_text), ERR_CONFLICT);
    market_close(&m);
}
MARKET_TEST(filing_ends)

static void granting(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = rejected(&m, &k), other = market_requester(&m, "otto");
    expect(run(&m, k.r, grant_rule, a, NULL), ERR_NOT_FOUND);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_OK);
    expect(run(&m, other, grant_rule, a, NULL), ERR_NOT_FOUND);
    expect(run(&m, k.w, grant_rule, a, NULL), ERR_NOT_FOUND);
    market_expect(&m, k.r, 100, 0);
    expect(run(&m, k.r, grant_rule, a, "You are right, sorry"), ERR_OK);
    market_expect(&m, k.r, 94, 0);
    market_expect_payable(&m, k.w, 5);
    struct appeal p = get(&m, k.w, a);
    assert_int_equal(p.state, APPEAL_GRANTED);
    assert_true(str_is(p.answer, "You are right, sorry"));
    assert_int_equal(
        market_number(&m, "SELECT entrance FROM assignment WHERE id = %lld", (long long)a),
        ENTRANCE_APPEAL);
    assert_int_equal(notices(&m, k.w, NOTICE_OVERTURNED), 1);
    expect(run(&m, k.r, grant_rule, a, NULL), ERR_CONFLICT);
    expect(run(&m, k.r, decline_rule, a, "no"), ERR_CONFLICT);
    expect(run(&m, k.w, withdraw_rule, a, NULL), ERR_CONFLICT);
    struct doing d = {.id = market_assignment_id(&m, a)};
    expect(market_read(&m, k.w, steps_rule, &d), ERR_OK);
    assert_int_equal(d.steps.n, 3);
    assert_int_equal(d.steps.items[1].kind, APPEAL_STEP_GRANTED);
    assert_int_equal(d.steps.items[2].kind, APPEAL_STEP_PAID);
    assert_int_equal(figures(&m, k.r).granted, 1);
    assert_int_equal(figures(&m, k.r).open, 0);
    market_close(&m);
}
MARKET_TEST(granting)

/* Any other entrance that overturns the rejection closes the appeal. */
static void overturned_elsewhere(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = rejected(&m, &k), b = rejected(&m, &k);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_OK);
    expect(run(&m, k.w, file_rule, b, good_text), ERR_OK);
    expect(market_overturn(&m, k.r, a), ERR_OK);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_GRANTED);
    assert_int_equal(get(&m, k.w, b).state, APPEAL_OPEN);
    assert_int_equal(figures(&m, k.r).granted, 1);
    market_close(&m);
}
MARKET_TEST(overturned_elsewhere)

/* 13.1.7: granted without funds it waits and is paid by the deposit. */
static void waiting(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 18);
    int64_t a = rejected(&m, &k), b = rejected(&m, &k);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_OK);
    expect(run(&m, k.w, file_rule, b, good_text), ERR_OK);
    market_refund(&m, k.r, 16);
    struct doing d = {.id = market_assignment_id(&m, a), .text = STR("sorry")};
    expect(market_write(&m, k.r, grant_rule, &d), ERR_OK);
    assert_int_equal(d.answered.state, APPEAL_WAITING);
    assert_int_equal(d.answered.shortfall_cents, 4);
    market_expect(&m, k.r, 2, 0);
    market_expect_payable(&m, k.w, 0);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_WAITING);
    assert_int_equal(notices(&m, k.w, NOTICE_APPEAL_WAITING), 1);
    expect(run(&m, k.r, decline_rule, a, "no"), ERR_CONFLICT);
    expect(run(&m, k.r, grant_rule, a, NULL), ERR_OK); /* again: still waits, told once */
    assert_int_equal(notices(&m, k.w, NOTICE_APPEAL_WAITING), 1);
    expect(run(&m, k.r, grant_rule, b, NULL), ERR_OK);
    market_deposit(&m, k.r, 3);
    market_expect(&m, k.r, 5, 0);
    market_deposit(&m, k.r, 4);
    market_expect(&m, k.r, 3, 0);
    market_expect_payable(&m, k.w, 5);
    struct appeal p = get(&m, k.w, a);
    assert_int_equal(p.state, APPEAL_GRANTED);
    assert_true(str_is(p.answer, "sorry"));
    assert_int_equal(get(&m, k.w, b).state, APPEAL_WAITING);
    market_deposit(&m, k.r, 100);
    assert_int_equal(get(&m, k.w, b).state, APPEAL_GRANTED);
    market_expect(&m, k.r, 97, 0);
    market_close(&m);
}
MARKET_TEST(waiting)

static void declining(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = rejected(&m, &k);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_OK);
    expect(run(&m, k.r, decline_rule, a, " "), ERR_INVALID_PARAMETER);
    expect(run(&m, k.r, decline_rule, a, "Question 3 is empty"), ERR_OK);
    struct appeal p = get(&m, k.w, a);
    assert_int_equal(p.state, APPEAL_DECLINED);
    assert_true(str_is(p.answer, "Question 3 is empty"));
    assert_int_equal(notices(&m, k.w, NOTICE_APPEAL_DECLINED), 1);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_CONFLICT);
    /* The requester may still think better of it. */
    expect(market_overturn(&m, k.r, a), ERR_OK);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_DECLINED);
    market_expect(&m, k.r, 94, 0);
    market_close(&m);
}
MARKET_TEST(declining)

static void asking(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = rejected(&m, &k), b = rejected(&m, &k);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_OK);
    expect(run(&m, k.w, reply_rule, a, "what?"), ERR_CONFLICT);
    expect(run(&m, k.r, ask_rule, a, "Which one?"), ERR_OK);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_ASKED);
    assert_int_equal(notices(&m, k.w, NOTICE_APPEAL_ASKED), 1);
    expect(run(&m, k.r, reply_rule, a, "the third"), ERR_NOT_FOUND);
    expect(run(&m, k.w, reply_rule, a, "the third"), ERR_OK);
    assert_int_equal(get(&m, k.r, a).state, APPEAL_OPEN);
    assert_int_equal(notices(&m, k.r, NOTICE_APPEAL_REPLIED), 1);
    expect(run(&m, k.r, ask_rule, a, "And?"), ERR_CONFLICT);
    expect(run(&m, k.w, withdraw_rule, a, NULL), ERR_OK);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_WITHDRAWN);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_CONFLICT);
    /* Asked or not, it may be answered. */
    expect(run(&m, k.w, file_rule, b, good_text), ERR_OK);
    expect(run(&m, k.r, ask_rule, b, "Which one?"), ERR_OK);
    expect(run(&m, k.r, grant_rule, b, NULL), ERR_OK);
    assert_int_equal(get(&m, k.w, b).state, APPEAL_GRANTED);
    struct appeal_figures f = figures(&m, k.r);
    assert_int_equal(f.withdrawn, 1);
    assert_int_equal(f.granted, 1);
    market_close(&m);
}
MARKET_TEST(asking)

static void silence(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = rejected(&m, &k);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_OK);
    market_advance(&m, 7 * MARKET_DAY_S - 1);
    market_sweep(&m);
    assert_int_equal(notices(&m, k.r, NOTICE_APPEAL_DUE), 0);
    market_advance(&m, 1);
    market_sweep(&m);
    market_sweep(&m);
    assert_int_equal(notices(&m, k.r, NOTICE_APPEAL_DUE), 1);
    assert_int_equal(figures(&m, k.r).late, 1);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_OPEN);
    market_advance(&m, OVERTURN_WINDOW_S - 7 * MARKET_DAY_S);
    market_sweep(&m);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_OPEN); /* the last second */
    market_advance(&m, 1);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_LAPSED);
    expect(run(&m, k.r, grant_rule, a, NULL), ERR_CONFLICT);
    market_sweep(&m);
    assert_int_equal(figures(&m, k.r).lapsed, 1);
    assert_int_equal(notices(&m, k.w, NOTICE_APPEAL_LAPSED), 1);
    market_expect(&m, k.r, 100, 0);
    market_close(&m);
}
MARKET_TEST(silence)

/* appeal_silence = grant, with money for one of two; and what waited is tried once more. */
static void silence_grants(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 18);
    market_set(&m, "appeal_silence", "grant");
    int64_t a = rejected(&m, &k);
    market_advance(&m, 1);
    int64_t b = rejected(&m, &k);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_OK);
    expect(run(&m, k.w, file_rule, b, good_text), ERR_OK);
    market_refund(&m, k.r, 10);
    market_advance(&m, OVERTURN_WINDOW_S + 1);
    market_sweep(&m);
    assert_int_equal(get(&m, k.w, a).state, APPEAL_GRANTED);
    assert_int_equal(get(&m, k.w, b).state, APPEAL_LAPSED);
    market_expect(&m, k.r, 2, 0);
    market_expect_payable(&m, k.w, 5);
    market_close(&m);
}
MARKET_TEST(silence_grants)

static void deleted(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = rejected(&m, &k), b = rejected(&m, &k);
    expect(run(&m, k.w, file_rule, a, good_text), ERR_OK);
    market_sql(&m, "UPDATE hit SET disposed_ms = %lld", (long long)m.now_ms);
    expect(run(&m, k.r, grant_rule, a, NULL), ERR_INVALID_HIT_STATE);
    expect(run(&m, k.w, file_rule, b, good_text), ERR_CONFLICT);
    assert_true(get(&m, k.w, a).deleted);
    market_expect(&m, k.r, 100, 0);
    market_drop(&m);
}
MARKET_TEST(deleted)

/* The queue is in order of window ends and is paged; closed ones and the worker's own are latest
 * first. */
static void lists(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 1000);
    int64_t a[5];
    for (int i = 0; i < 5; i++) {
        a[i] = rejected(&m, &k);
        market_advance(&m, 60);
    }
    for (int i = 4; i >= 0; i--)
        expect(run(&m, k.w, file_rule, a[i], good_text), ERR_OK);
    struct doing d = {.list_in = {APPEALS_OPEN, 0, 0, 2}};
    for (int i = 0; i < 5; i += 2) {
        expect(market_read(&m, k.r, list_rule, &d), ERR_OK);
        assert_int_equal(d.list.n, i < 4 ? 2 : 1);
        assert_int_equal(d.list.items[0].assignment, a[i]);
        const struct appeal *last = &d.list.items[d.list.n - 1];
        d.list_in.key_ms = appeal_key(APPEALS_OPEN, last);
        d.list_in.row = last->assignment;
    }
    expect(market_read(&m, k.r, list_rule, &d), ERR_OK);
    assert_int_equal(d.list.n, 0);
    for (int i = 0; i < 3; i++) {
        expect(run(&m, k.r, decline_rule, a[i], "no"), ERR_OK);
        market_advance(&m, 1);
    }
    d.list_in = (struct appeal_list_in){APPEALS_CLOSED, 0, 0, 2};
    expect(market_read(&m, k.r, list_rule, &d), ERR_OK);
    assert_int_equal(d.list.n, 2);
    assert_int_equal(d.list.items[0].assignment, a[2]);
    d.list_in = (struct appeal_list_in){APPEALS_OWN, 0, 0, 100};
    expect(market_read(&m, k.w, list_rule, &d), ERR_OK);
    assert_int_equal(d.list.n, 5);
    expect(market_read(&m, k.r, list_rule, &d), ERR_OK);
    assert_int_equal(d.list.n, 0);
    market_close(&m);
}
MARKET_TEST(lists)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(filing),         MARKET_TEST_ROWS(filing_ends),
        MARKET_TEST_ROWS(granting),       MARKET_TEST_ROWS(overturned_elsewhere),
        MARKET_TEST_ROWS(waiting),        MARKET_TEST_ROWS(declining),
        MARKET_TEST_ROWS(asking),         MARKET_TEST_ROWS(silence),
        MARKET_TEST_ROWS(silence_grants), MARKET_TEST_ROWS(deleted),
        MARKET_TEST_ROWS(lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
