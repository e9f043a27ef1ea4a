/* Payouts asked for and marked, deposits and refunds asked for and answered, what an operator does
 * by hand, settings' audit, and his figures. */
#include <string.h>

#include "fixture.h"
#include "market/audit.h"
#include "market/funds.h"
#include "market/funds_request.h"
#include "market/operator.h"
#include "market/preference.h"
#include "market/setting.h"

struct step {
    int64_t id, cents;
    enum payout_state to;
    struct str note;
    struct payout_list payouts;
    struct payout_list_in by;
    struct funds_request_in ask;
    struct funds_request_list requests;
    struct waiting waiting;
    struct audit_list audit;
    struct account_find_in find;
    struct party_list found;
    struct report report;
    struct health health;
};

static struct err ask(struct ctx *c, void *arg) {
    struct step *s = arg;
    return payout_ask(c, c->actor->party, s->cents, &s->id);
}
static struct err mark(struct ctx *c, void *arg) {
    struct step *s = arg;
    return payout_mark(c, s->id, s->to, s->note);
}
static struct err payouts(struct ctx *c, void *arg) {
    struct step *s = arg;
    s->by.limit = 10;
    struct err e = payout_list(c, &s->by, &s->payouts);
    return failed(e) ? e : payout_waiting(c, PAYOUT_ASKED, 10, &s->waiting);
}
static struct err where_to(struct ctx *c, void *arg) {
    return preference_put(c, c->actor->party, PREFERENCE_PAYOUT_TO, *(struct str *)arg);
}
static struct err request(struct ctx *c, void *arg) {
    struct step *s = arg;
    return funds_request_ask(c, c->actor->party, &s->ask, &s->id);
}
static struct err confirm(struct ctx *c, void *arg) {
    struct step *s = arg;
    return funds_request_confirm(c, s->id, s->note);
}
static struct err decline(struct ctx *c, void *arg) {
    struct step *s = arg;
    return funds_request_decline(c, s->id, s->note);
}
static struct err take_back(struct ctx *c, void *arg) {
    struct step *s = arg;
    return funds_request_withdraw(c, c->actor->party, s->id);
}
static struct err requests(struct ctx *c, void *arg) {
    struct step *s = arg;
    struct funds_request_list_in in = {.requester = c->actor->party, .limit = 50};
    struct err e = funds_request_list(c, &in, &s->requests);
    return failed(e) ? e : funds_request_waiting(c, 10, &s->waiting);
}
static struct err deposit(struct ctx *c, void *arg) {
    struct step *s = arg;
    return operator_deposit(c, s->id, s->cents, s->note);
}
static struct err give_back(struct ctx *c, void *arg) {
    struct step *s = arg;
    return operator_refund(c, s->id, s->cents, s->note);
}
static struct err setting(struct ctx *c, void *arg) {
    return setting_put(c, setting_find(STR("fee_base_pct")), *(struct str *)arg);
}
static struct err settings_audit(struct ctx *c, void *arg) {
    struct step *s = arg;
    return audit_list(c, &(struct audit_list_in){.action = AUDIT_SETTING, .limit = 10}, &s->audit);
}
static struct err all_audit(struct ctx *c, void *arg) {
    struct step *s = arg;
    return audit_list(c, &(struct audit_list_in){.limit = 10}, &s->audit);
}
static struct err find(struct ctx *c, void *arg) {
    struct step *s = arg;
    s->find.limit = 10;
    return account_find(c, &s->find, &s->found);
}
static struct err report(struct ctx *c, void *arg) {
    struct step *s = arg;
    return report_read(c, &s->report);
}
static struct err health(struct ctx *c, void *arg) {
    struct step *s = arg;
    return health_read(c, 1, &s->health);
}

/* A worker with 50 cents, earned. */
static int64_t earner(struct market *m) {
    int64_t r = market_requester(m, "r"), w = market_worker(m, "w");
    market_deposit(m, r, 1000);
    int64_t h = market_hit(m, r, &(struct hit_plan){.reward_cents = 50});
    market_approve(m, r, market_work(m, w, h));
    return w;
}

static void test_payout(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t w = earner(&m);
    struct str to = STR("DE02 1203 0000"), bad = STR("two\nlines");
    expect(market_write(&m, w, where_to, &bad), ERR_INVALID_PARAMETER);
    expect(market_write(&m, w, where_to, &to), ERR_OK);
    struct step s = {.cents = 51};
    expect(market_write(&m, w, ask, &s), ERR_INSUFFICIENT_FUNDS);
    s.cents = 20;
    expect(market_write(&m, w, ask, &s), ERR_OK);
    market_expect_payable(&m, w, 30);
    s.by.state = PAYOUT_ASKED;
    expect(market_read(&m, 0, payouts, &s), ERR_OK);
    assert_int_equal(s.payouts.n, 1);
    assert_true(str_eq(s.payouts.items[0].destination, to));
    assert_int_equal(s.waiting.n, 1);
    assert_int_equal(s.waiting.cents, 20);
    /* asked, sent, failed: paid back once, with words */
    s.to = PAYOUT_SENT;
    expect(market_write(&m, 0, mark, &s), ERR_OK);
    expect(market_write(&m, 0, mark, &s), ERR_CONFLICT);
    s.to = PAYOUT_FAILED;
    expect(market_write(&m, 0, mark, &s), ERR_INVALID_PARAMETER);
    s.note = STR("no such account");
    expect(market_write(&m, 0, mark, &s), ERR_OK);
    market_expect_payable(&m, w, 50);
    expect(market_write(&m, 0, mark, &s), ERR_CONFLICT);
    s.to = PAYOUT_DONE;
    expect(market_write(&m, 0, mark, &s), ERR_CONFLICT);
    market_expect_payable(&m, w, 50);
    /* asked, done */
    expect(market_write(&m, w, ask, &s), ERR_OK);
    s.note = STR_NULL;
    expect(market_write(&m, 0, mark, &s), ERR_OK);
    s.by = (struct payout_list_in){.worker = w};
    expect(market_read(&m, 0, payouts, &s), ERR_OK);
    assert_int_equal(s.payouts.n, 2);
    assert_int_equal(s.payouts.items[0].state, PAYOUT_DONE);
    assert_int_equal(s.payouts.items[1].state, PAYOUT_FAILED);
    assert_true(str_is(s.payouts.items[1].note, "no such account"));
    s.by = (struct payout_list_in){.state = PAYOUT_DONE};
    expect(market_read(&m, 0, payouts, &s), ERR_OK);
    assert_int_equal(s.payouts.n, 1);
    s.id = 999;
    expect(market_write(&m, 0, mark, &s), ERR_NOT_FOUND);
    market_close(&m);
}
MARKET_TEST(test_payout)

static void test_requests(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "r"), other = market_requester(&m, "o");
    struct step s = {.ask = {FUNDS_DEPOSIT, 0, STR("by bank")}};
    expect(market_write(&m, r, request, &s), ERR_OUT_OF_RANGE);
    s.ask.cents = 500;
    expect(market_write(&m, r, request, &s), ERR_OK);
    expect(market_read(&m, r, requests, &s), ERR_OK);
    assert_int_equal(s.waiting.cents, 500);
    market_expect(&m, r, 0, 0);
    expect(market_write(&m, 0, confirm, &s), ERR_OK);
    market_expect(&m, r, 500, 0);
    expect(market_write(&m, 0, confirm, &s), ERR_CONFLICT);
    expect(market_write(&m, 0, decline, &s), ERR_CONFLICT);
    market_expect(&m, r, 500, 0);
    /* a refund, of what is there when it is confirmed */
    s.ask = (struct funds_request_in){FUNDS_REFUND, 501, STR("")};
    expect(market_write(&m, r, request, &s), ERR_INSUFFICIENT_FUNDS);
    s.ask.cents = 500;
    expect(market_write(&m, r, request, &s), ERR_OK);
    market_hit(&m, r, &(struct hit_plan){.reward_cents = 10});
    expect(market_write(&m, 0, confirm, &s), ERR_INSUFFICIENT_FUNDS);
    expect(market_write(&m, 0, decline, &s), ERR_INVALID_PARAMETER);
    s.note = STR("Work is open.");
    expect(market_write(&m, 0, decline, &s), ERR_OK);
    expect(market_read(&m, r, requests, &s), ERR_OK);
    assert_int_equal(s.requests.items[0].state, FUNDS_DECLINED);
    assert_true(str_is(s.requests.items[0].answer, "Work is open."));
    /* withdrawn by its own requester only */
    s.ask = (struct funds_request_in){FUNDS_DEPOSIT, 5, STR("")};
    expect(market_write(&m, r, request, &s), ERR_OK);
    expect(market_write(&m, other, take_back, &s), ERR_NOT_FOUND);
    expect(market_write(&m, r, take_back, &s), ERR_OK);
    expect(market_write(&m, 0, confirm, &s), ERR_CONFLICT);
    for (int i = 0; i < FUNDS_REQUESTS_OPEN_MAX; i++)
        expect(market_write(&m, r, request, &s), ERR_OK);
    expect(market_write(&m, r, request, &s), ERR_CONFLICT);
    market_close(&m);
}
MARKET_TEST(test_requests)

static void test_operator(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "anna");
    struct step s = {.id = r, .cents = 100};
    expect(market_write(&m, 0, deposit, &s), ERR_INVALID_PARAMETER);
    s.note = STR("cash");
    expect(market_write(&m, 0, deposit, &s), ERR_OK);
    s.cents = 101;
    expect(market_write(&m, 0, give_back, &s), ERR_INSUFFICIENT_FUNDS);
    s.cents = 40;
    expect(market_write(&m, 0, give_back, &s), ERR_OK);
    market_expect(&m, r, 60, 0);
    expect(market_read(&m, 0, all_audit, &s), ERR_OK);
    assert_int_equal(s.audit.n, 2);
    assert_int_equal(s.audit.rows[0].action, AUDIT_REFUND);
    assert_int_equal(s.audit.rows[0].cents, 40);
    assert_int_equal(s.audit.rows[0].subject, r);
    /* settings: who changed what from what to what; nothing when nothing changes */
    struct str value = STR("25");
    expect(market_write(&m, r, setting, &value), ERR_OK);
    expect(market_write(&m, r, setting, &value), ERR_OK);
    expect(market_read(&m, 0, settings_audit, &s), ERR_OK);
    assert_int_equal(s.audit.n, 1);
    assert_true(str_is(s.audit.rows[0].old_value, "20"));
    assert_true(str_is(s.audit.rows[0].new_value, "25"));
    assert_int_equal(s.audit.rows[0].actor, r);
    /* search */
    s.find.search = STR("ANN");
    expect(market_read(&m, 0, find, &s), ERR_OK);
    assert_int_equal(s.found.n, 2);
    s.find.search = STR("anna@");
    expect(market_read(&m, 0, find, &s), ERR_OK);
    assert_int_equal(s.found.n, 1);
    assert_int_equal(s.found.items[0].id, w);
    s.find.search = str_sub(s.found.items[0].public_id, 0, 8);
    expect(market_read(&m, 0, find, &s), ERR_OK);
    assert_int_equal(s.found.n, 1);
    s.find.search = STR("%");
    expect(market_read(&m, 0, find, &s), ERR_OK);
    assert_int_equal(s.found.n, 0);
    s.find.search = STR("");
    expect(market_read(&m, 0, find, &s), ERR_OK);
    assert_int_equal(s.found.items[0].id, w);
    market_close(&m);
}
MARKET_TEST(test_operator)

static void test_figures(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t w = earner(&m);
    (void)w;
    struct step s = {0};
    expect(market_read(&m, 0, report, &s), ERR_OK);
    assert_int_equal(s.report.n, 1);
    assert_int_equal(s.report.days[0].approved, 1);
    assert_int_equal(s.report.days[0].reward_cents, 50);
    assert_int_equal(s.report.days[0].fee_cents, 10);
    assert_false(s.report.cut);
    expect(market_read(&m, 0, health, &s), ERR_OK);
    assert_int_equal(s.health.overdue_ms, 0);
    market_hit(&m, market_number(&m, "SELECT MIN(id) FROM party"),
               &(struct hit_plan){.reward_cents = 5, .lifetime_s = 3600});
    market_advance(&m, 3660);
    expect(market_read(&m, 0, health, &s), ERR_OK);
    assert_int_equal(s.health.overdue_ms, 60000);
    market_close(&m);
}
MARKET_TEST(test_figures)

static struct err withdrawable(struct ctx *c, void *arg) {
    return funds_withdrawable(c, c->actor->party, arg);
}

/* payout_delay_days: what is younger waits, to the second; a failed payout gives back what is old
 * enough. */
static void test_delay(enum fixture_kind kind) {
    struct market m;
    struct step s = {.cents = 15};
    struct withdrawable w;
    market_open(&m, kind);
    market_set(&m, "payout_delay_days", "7");
    int64_t r = market_requester(&m, "rita"), will = market_worker(&m, "will");
    market_deposit(&m, r, 1000);
    for (int i = 0; i < 2; i++) {
        int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 10});
        market_approve(&m, r, market_work(&m, will, h));
        market_advance(&m, 3 * MARKET_DAY_S);
    }
    expect(market_read(&m, will, withdrawable, &w), ERR_OK);
    assert_int_equal(w.cents, 0);
    assert_int_equal(w.later_cents, 20);
    expect(market_write(&m, will, ask, &s), ERR_INSUFFICIENT_FUNDS);
    market_advance(&m, MARKET_DAY_S - 1);
    s.cents = 10;
    expect(market_write(&m, will, ask, &s), ERR_INSUFFICIENT_FUNDS);
    market_advance(&m, 1);
    expect(market_write(&m, will, ask, &s), ERR_OK);
    s.to = PAYOUT_FAILED;
    s.note = STR("no such account");
    expect(market_write(&m, 0, mark, &s), ERR_OK);
    expect(market_read(&m, will, withdrawable, &w), ERR_OK);
    assert_int_equal(w.cents, 10);
    assert_int_equal(w.later_cents, 10);
    market_advance(&m, 3 * MARKET_DAY_S);
    s.cents = 20;
    expect(market_write(&m, will, ask, &s), ERR_OK);
    market_close(&m);
}
MARKET_TEST(test_delay)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(test_payout),   MARKET_TEST_ROWS(test_delay),
        MARKET_TEST_ROWS(test_requests), MARKET_TEST_ROWS(test_operator),
        MARKET_TEST_ROWS(test_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
