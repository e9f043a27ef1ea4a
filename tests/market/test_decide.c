/* Decisions: money-and-lifecycle 7 and 8, requester-api 2.2, the worked example, bonuses, lists. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "market/account.h"
#include "market/bonus.h"
#include "market/decide.h"
#include "market/qualify.h"
#include "market/work.h"

#define WINDOW_S OVERTURN_WINDOW_S

/* ---- the two rules by row ---- */

struct deciding {
    struct decide_in in;
    struct decided out;
};

static struct err approve_rule(struct ctx *c, void *arg) {
    struct deciding *d = arg;
    return decide_approve(c, &d->in, &d->out);
}
static struct err reject_rule(struct ctx *c, void *arg) {
    struct deciding *d = arg;
    return decide_reject(c, &d->in, &d->out);
}

static struct err approve(struct market *m, int64_t requester, int64_t assignment, bool flag) {
    struct deciding d = {.in = {market_assignment_id(m, assignment), STR_NULL, flag}};
    return market_write(m, requester, approve_rule, &d);
}
static struct err reject(struct market *m, int64_t requester, int64_t assignment) {
    struct deciding d = {.in = {market_assignment_id(m, assignment), STR("why"), false}};
    return market_write(m, requester, reject_rule, &d);
}

static int64_t status_of(struct market *m, int64_t assignment) {
    return market_number(m, "SELECT status FROM assignment WHERE id = %lld", (long long)assignment);
}

static int64_t figure(struct market *m, int64_t worker, const char *column) {
    return market_number(m, "SELECT %s FROM worker_stat WHERE worker = %lld", column,
                         (long long)worker);
}

static void expect_figures(struct market *m, int64_t worker, int64_t submitted, int64_t approved,
                           int64_t rejected) {
    assert_int_equal(figure(m, worker, "submitted"), submitted);
    assert_int_equal(figure(m, worker, "approved"), approved);
    assert_int_equal(figure(m, worker, "rejected"), rejected);
}

/* One requester with money, one worker, HITs of 5 + 1 cents. */
struct cast {
    int64_t r, w;
};

static struct cast begin(struct market *m, enum fixture_kind kind, int64_t cents) {
    market_open(m, kind);
    struct cast k = {market_requester(m, "rita"), market_worker(m, "will")};
    market_deposit(m, k.r, cents);
    return k;
}

static int64_t hit5(struct market *m, int64_t requester, int64_t max) {
    return market_hit(m, requester, &(struct hit_plan){.reward_cents = 5, .max = max});
}

static const char submitted_only[] = "This operation can be called with a status of: Submitted";

/* Each row of the table of requester-api 2.2, with and without the flag. */
static void states(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 1000);
    for (int flag = 0; flag < 2; flag++) {
        int64_t h = hit5(&m, k.r, 1), a = market_accept(&m, k.w, h);
        expect_words(approve(&m, k.r, a, flag), ERR_INVALID_ASSIGNMENT_STATE,
                     "This operation can be called with a status of: null");
        expect_words(reject(&m, k.r, a), ERR_INVALID_ASSIGNMENT_STATE,
                     "This operation can be called with a status of: null");
        market_submit(&m, k.w, a);
        expect(approve(&m, k.r, a, flag), ERR_OK);
        assert_int_equal(status_of(&m, a), ASSIGNMENT_APPROVED);
        expect_words(approve(&m, k.r, a, flag), ERR_INVALID_ASSIGNMENT_STATE, submitted_only);
        expect_words(reject(&m, k.r, a), ERR_INVALID_ASSIGNMENT_STATE, submitted_only);
        int64_t returned = market_accept(&m, k.w, hit5(&m, k.r, 1));
        market_return(&m, k.w, returned);
        expect_words(approve(&m, k.r, returned, flag), ERR_ASSIGNMENT_DOES_NOT_EXIST,
                     "Assignment ");
        int64_t abandoned = market_accept(&m, k.w, hit5(&m, k.r, 1));
        market_advance(&m, 3600);
        expect_words(approve(&m, k.r, abandoned, flag), ERR_ASSIGNMENT_DOES_NOT_EXIST,
                     "Assignment ");
        expect(reject(&m, k.r, abandoned), ERR_ASSIGNMENT_DOES_NOT_EXIST);
    }
    struct deciding d = {.in = {STR("3UNKNOWN"), STR("x"), true}};
    expect_words(market_write(&m, k.r, approve_rule, &d), ERR_ASSIGNMENT_DOES_NOT_EXIST,
                 "Assignment 3UNKNOWN does not exist.");
    int64_t a = market_work(&m, k.w, hit5(&m, k.r, 1)), other = market_requester(&m, "otto");
    expect_words(approve(&m, other, a, true), ERR_ASSIGNMENT_DOES_NOT_EXIST, "Assignment ");
    expect(reject(&m, other, a), ERR_ASSIGNMENT_DOES_NOT_EXIST);
    assert_int_equal(status_of(&m, a), ASSIGNMENT_SUBMITTED);
    market_close(&m);
}
MARKET_TEST(states)

static void overturn(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t h = hit5(&m, k.r, 1), a = market_work(&m, k.w, h);
    market_expect(&m, k.r, 94, 6);
    expect(reject(&m, k.r, a), ERR_OK);
    market_expect(&m, k.r, 100, 0);
    expect_figures(&m, k.w, 1, 0, 1);
    expect_words(reject(&m, k.r, a), ERR_INVALID_ASSIGNMENT_STATE, submitted_only);
    expect_words(approve(&m, k.r, a, false), ERR_INVALID_ASSIGNMENT_STATE, submitted_only);
    struct deciding d = {.in = {market_assignment_id(&m, a), STR("sorry"), true}};
    expect(market_write(&m, k.r, approve_rule, &d), ERR_OK);
    assert_int_equal(d.out.verdict, VERDICT_OVERTURN);
    assert_int_equal(d.out.settlement.overturned, 1);
    assert_int_equal(d.out.settlement.avail_after, 94);
    market_expect(&m, k.r, 94, 0);
    market_expect_payable(&m, k.w, 5);
    expect_figures(&m, k.w, 1, 1, 0);
    market_expect_hit(&m, h, HIT_REVIEWABLE, 0, 0);
    expect_words(approve(&m, k.r, a, true), ERR_INVALID_ASSIGNMENT_STATE, submitted_only);
    market_expect(&m, k.r, 94, 0);
    market_close(&m);
}
MARKET_TEST(overturn)

/* 8.7: allowed at exactly 2,592,000 s after submission, refused one second later. */
static void window(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t h = hit5(&m, k.r, 2), other = market_worker(&m, "ulla");
    int64_t a = market_work(&m, k.w, h), b = market_work(&m, other, h);
    market_advance(&m, WINDOW_S - 1);
    expect(reject(&m, k.r, a), ERR_OK); /* late: the window is short */
    expect(reject(&m, k.r, b), ERR_OK);
    market_advance(&m, 1);
    expect(approve(&m, k.r, a, true), ERR_OK);
    market_advance(&m, 1);
    expect_words(
        approve(&m, k.r, b, true), ERR_INVALID_ASSIGNMENT_STATE,
        "This operation can be called with a status of: Submitted. The rejection of assignment "
        "3");
    struct err e = approve(&m, k.r, b, true);
    assert_non_null(strstr(e.detail, "could be reversed until 2026-01-31T00:00:00Z"));
    assert_int_equal(status_of(&m, b), ASSIGNMENT_REJECTED);
    market_expect(&m, k.r, 94, 0);
    market_close(&m);
}
MARKET_TEST(window)

/* 8.9: only the operator, only when allowed, paid by the requester or by the operator. */
struct late {
    struct late_in in;
    struct decided out;
};
static struct err late_rule(struct ctx *c, void *arg) {
    struct late *l = arg;
    return decide_overturn_late(c, &l->in, &l->out);
}

static void beyond_window(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 6);
    int64_t operator= market_requester(&m, "olga");
    int64_t a = market_work(&m, k.w, hit5(&m, k.r, 1));
    market_reject(&m, k.r, a);
    market_advance(&m, WINDOW_S + 1);
    struct late l = {.in = {market_assignment_id(&m, a), STR("proved wrong"), true}};
    expect(market_write(&m, operator, late_rule, &l), ERR_FORBIDDEN);
    market_set(&m, "operator_overturn", "1");
    l.in.reason = STR("");
    expect(market_write(&m, operator, late_rule, &l), ERR_INVALID_PARAMETER);
    l.in.reason = STR("proved wrong");
    expect(market_write(&m, operator, late_rule, &l), ERR_OK);
    market_expect(&m, k.r, 6, 0); /* the operator paid it in */
    market_expect_payable(&m, k.w, 5);
    expect_figures(&m, k.w, 1, 1, 0);
    expect_words(market_write(&m, operator, late_rule, &l), ERR_INVALID_ASSIGNMENT_STATE,
                 "This operation can be called with a status of: Rejected");
    assert_int_equal(market_number(&m, "SELECT MAX(actor) FROM settlement"), operator);
    market_close(&m);
}
MARKET_TEST(beyond_window)

static void one_cent_short(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 11);
    int64_t a = market_work(&m, k.w, hit5(&m, k.r, 1));
    expect(reject(&m, k.r, a), ERR_OK);
    hit5(&m, k.r, 1); /* holds 6 of the 11 */
    expect_words(
        approve(&m, k.r, a, true), ERR_INSUFFICIENT_FUNDS,
        "This Requester has insufficient funds in their account to complete this transaction.");
    struct err e = approve(&m, k.r, a, true);
    assert_non_null(strstr(e.detail, "$0.01 is missing"));
    assert_int_equal(status_of(&m, a), ASSIGNMENT_REJECTED);
    expect_figures(&m, k.w, 1, 0, 1);
    market_expect(&m, k.r, 5, 6);
    assert_int_equal(market_number(&m, "SELECT COUNT(*) FROM decision"), 1);
    market_deposit(&m, k.r, 1);
    expect(approve(&m, k.r, a, true), ERR_OK);
    market_expect(&m, k.r, 0, 6);
    market_close(&m);
}
MARKET_TEST(one_cent_short)

/* 8.6: at now >= AutoApprovalTime the approval wins, however late the sweeper is. */
static void auto_approval_first(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t h =
        market_hit(&m, k.r, &(struct hit_plan){.reward_cents = 5, .max = 2, .auto_approval_s = 60});
    int64_t other = market_worker(&m, "ulla");
    int64_t a = market_work(&m, k.w, h), b = market_work(&m, other, h);
    market_advance(&m, 59);
    expect(reject(&m, k.r, b), ERR_OK);
    market_advance(&m, 1);
    expect_words(reject(&m, k.r, a), ERR_INVALID_ASSIGNMENT_STATE, submitted_only);
    market_sweep(&m);
    assert_int_equal(status_of(&m, a), ASSIGNMENT_APPROVED);
    assert_int_equal(status_of(&m, b), ASSIGNMENT_REJECTED);
    market_expect_payable(&m, k.w, 5);
    market_close(&m);
}
MARKET_TEST(auto_approval_first)

static struct err delete_rule(struct ctx *c, void *arg) {
    return hit_delete(c, *(struct str *)arg);
}

static void deleted(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t h = hit5(&m, k.r, 1), a = market_work(&m, k.w, h);
    struct str id = market_hit_id(&m, h);
    expect(reject(&m, k.r, a), ERR_OK);
    expect(market_write(&m, k.r, delete_rule, &id), ERR_OK);
    expect_words(approve(&m, k.r, a, true), ERR_INVALID_HIT_STATE,
                 "This HIT is currently in the state 'Disposed'.");
    expect(approve(&m, k.r, a, false), ERR_INVALID_HIT_STATE);
    market_expect(&m, k.r, 100, 0);
    market_expect_payable(&m, k.w, 0);
    /* overturn first, then delete: both succeed */
    int64_t h2 = hit5(&m, k.r, 1), a2 = market_work(&m, k.w, h2);
    id = market_hit_id(&m, h2);
    expect(reject(&m, k.r, a2), ERR_OK);
    expect(approve(&m, k.r, a2, true), ERR_OK);
    expect(market_write(&m, k.r, delete_rule, &id), ERR_OK);
    market_close(&m);
}
MARKET_TEST(deleted)

static void feedback(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = market_work(&m, k.w, hit5(&m, k.r, 1));
    struct deciding d = {.in = {market_assignment_id(&m, a), STR_NULL, false}};
    expect(market_write(&m, k.r, reject_rule, &d), ERR_INVALID_PARAMETER);
    d.in.feedback = STR("a\x0b");
    expect(market_write(&m, k.r, reject_rule, &d), ERR_INVALID_PARAMETER);
    char *text = arena_alloc(m.arena, FEEDBACK_MAX + 2);
    memset(text, 'x', FEEDBACK_MAX + 1);
    d.in.feedback = (struct str){text, FEEDBACK_MAX + 1};
    expect(market_write(&m, k.r, approve_rule, &d), ERR_INVALID_PARAMETER);
    d.in.feedback.n = FEEDBACK_MAX;
    expect(market_write(&m, k.r, reject_rule, &d), ERR_OK);
    /* an empty one is an answer, if a poor one (requester-api trap 65) */
    d.in = (struct decide_in){market_assignment_id(&m, market_work(&m, k.w, hit5(&m, k.r, 1))),
                              STR(""), false};
    expect(market_write(&m, k.r, reject_rule, &d), ERR_OK);
    market_close(&m);
}
MARKET_TEST(feedback)

/* What was published on the website, under strict_batch_review; what is an archive. */
static void website_batches(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = market_work(&m, k.w, hit5(&m, k.r, 1));
    market_sql(&m, "UPDATE batch SET kind = %d", BATCH_FILE);
    market_set(&m, "strict_batch_review", "1");
    expect(approve(&m, k.r, a, false), ERR_PERMISSION_DENIED);
    expect(reject(&m, k.r, a), ERR_PERMISSION_DENIED);
    market_sql(&m, "UPDATE batch SET kind = %d", BATCH_ARCHIVE);
    expect(approve(&m, k.r, a, false), ERR_INVALID_HIT_STATE);
    market_sql(&m, "UPDATE batch SET kind = %d", BATCH_FILE);
    market_set(&m, "strict_batch_review", "0");
    expect(approve(&m, k.r, a, false), ERR_OK);
    market_drop(&m);
}
MARKET_TEST(website_batches)

/* money-and-lifecycle 11, line by line. */
static struct err refund_rule(struct ctx *c, void *arg) {
    int64_t cents = *(int64_t *)arg;
    return ctx_store(c, ledger_refund(c->tx, c->now_ms, cents,
                                      &(struct transfer_for){.requester = c->actor->party}));
}

static void worked_example(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t b = market_worker(&m, "ben");
    market_expect(&m, k.r, 100, 0);
    int64_t h = hit5(&m, k.r, 3);
    market_expect(&m, k.r, 82, 18);
    int64_t aa = market_work(&m, k.w, h), ab = market_work(&m, b, h);
    market_expire(&m, k.r, h);
    market_expect(&m, k.r, 88, 12);
    market_approve(&m, k.r, aa);
    market_expect(&m, k.r, 88, 6);
    market_expect_payable(&m, k.w, 5);
    market_reject(&m, k.r, ab);
    market_expect(&m, k.r, 94, 0);
    int64_t cents = 90;
    expect(market_write(&m, k.r, refund_rule, &cents), ERR_OK);
    market_expect(&m, k.r, 4, 0);
    struct err e = market_overturn(&m, k.r, ab);
    expect(e, ERR_INSUFFICIENT_FUNDS);
    assert_non_null(strstr(e.detail, "$0.02"));
    market_expect(&m, k.r, 4, 0);
    market_deposit(&m, k.r, 2);
    expect(market_overturn(&m, k.r, ab), ERR_OK);
    market_expect(&m, k.r, 0, 0);
    market_expect_payable(&m, k.w, 5);
    market_expect_payable(&m, b, 5);
    expect_figures(&m, b, 1, 1, 0);
    assert_int_equal(market_number(&m, "SELECT CAST(SUM(balance) AS INTEGER) FROM account"), 0);
    market_close(&m);
}
MARKET_TEST(worked_example)

/* worker-site 12.1: 375/20 of 400 is 94 %; two overturns make it 95. */
static struct err figures_rule(struct ctx *c, void *arg) {
    return worker_figures(c, c->actor->party, arg);
}

static void rate(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t a = market_work(&m, k.w, hit5(&m, k.r, 1)), b = market_work(&m, k.w, hit5(&m, k.r, 1));
    market_reject(&m, k.r, a);
    market_reject(&m, k.r, b);
    market_sql(&m,
               "UPDATE worker_stat SET accepted = 400, submitted = 400, approved = 375, rejected "
               "= 20 WHERE worker = %lld",
               (long long)k.w);
    struct worker_figures f;
    expect(market_read(&m, k.w, figures_rule, &f), ERR_OK);
    assert_int_equal(percent_approved(&f), 94);
    expect(market_overturn(&m, k.r, a), ERR_OK);
    expect(market_overturn(&m, k.r, b), ERR_OK);
    expect(market_read(&m, k.w, figures_rule, &f), ERR_OK);
    assert_int_equal(f.approved, 377);
    assert_int_equal(f.rejected, 18);
    assert_int_equal(percent_approved(&f), 95);
    market_drop(&m); /* the figures were made up */
}
MARKET_TEST(rate)

/* ---- looking ---- */

struct getting {
    struct str id;
    struct assignment a;
    bool due;
};

static struct err get_rule(struct ctx *c, void *arg) {
    struct getting *g = arg;
    return assignment_get(c, g->id, &g->a, &g->due);
}

struct listing {
    struct assignment_list_in in;
    struct assignment_list out;
};

static struct err list_rule(struct ctx *c, void *arg) {
    struct listing *l = arg;
    return assignment_list(c, &l->in, &l->out);
}

static void looking(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 1000);
    int64_t h = hit5(&m, k.r, 5), a[4];
    char name[16];
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "w%d", i);
        a[i] = market_work(&m, market_worker(&m, name), h);
        market_advance(&m, i % 2); /* two by two at one moment */
    }
    market_approve(&m, k.r, a[0]);
    market_reject(&m, k.r, a[2]);
    struct listing l = {.in = {.hit_id = market_hit_id(&m, h), .limit = 3}};
    expect(market_read(&m, k.r, list_rule, &l), ERR_OK);
    assert_int_equal(l.out.n, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(l.out.items[i].row, a[i]);
    assert_true(str_is(l.out.items[0].fields, "1:a1:11:x"));
    assert_true(str_is(l.out.items[2].rejection, "Not what was asked for"));
    l.in.after_ms = l.out.items[2].submitted_ms;
    l.in.after_row = l.out.items[2].row;
    expect(market_read(&m, k.r, list_rule, &l), ERR_OK);
    assert_int_equal(l.out.n, 1);
    assert_int_equal(l.out.items[0].row, a[3]);
    l.in = (struct assignment_list_in){
        .hit_id = l.in.hit_id, .limit = 10, .statuses = SHOW_APPROVED | SHOW_REJECTED};
    expect(market_read(&m, k.r, list_rule, &l), ERR_OK);
    assert_int_equal(l.out.n, 2);
    assert_false(l.out.due);
    int64_t other = market_requester(&m, "otto");
    expect_words(market_read(&m, other, list_rule, &l), ERR_HIT_DOES_NOT_EXIST, "Hit 3");

    struct getting g = {.id = market_assignment_id(&m, a[2])};
    expect(market_read(&m, k.r, get_rule, &g), ERR_OK);
    assert_int_equal(g.a.status, ASSIGNMENT_REJECTED);
    assert_int_equal(g.a.auto_approval_ms, g.a.submitted_ms + INT64_C(2592000000));
    expect_words(market_read(&m, other, get_rule, &g), ERR_ASSIGNMENT_DOES_NOT_EXIST,
                 "Assignment 3");
    g.id = market_assignment_id(&m, market_accept(&m, k.w, h));
    expect_words(market_read(&m, k.r, get_rule, &g), ERR_INVALID_ASSIGNMENT_STATE,
                 "This operation can be called with a status of: Reviewable,Approved,Rejected");
    /* what the clock owes is told */
    market_advance(&m, 31 * MARKET_DAY_S);
    g.id = market_assignment_id(&m, a[1]);
    expect(market_read(&m, k.r, get_rule, &g), ERR_OK);
    assert_true(g.due);
    expect(market_read(&m, k.r, list_rule, &l), ERR_OK);
    assert_true(l.out.due);
    market_sweep(&m);
    expect(market_read(&m, k.r, get_rule, &g), ERR_OK);
    assert_false(g.due);
    assert_int_equal(g.a.status, ASSIGNMENT_APPROVED);
    market_close(&m);
}
MARKET_TEST(looking)

struct history {
    struct str id;
    struct decision_history out;
};
static struct err history_rule(struct ctx *c, void *arg) {
    struct history *h = arg;
    return assignment_history(c, h->id, &h->out);
}

struct seeing {
    struct str worker;
    struct worker_view view;
};
static struct err view_rule(struct ctx *c, void *arg) {
    struct seeing *s = arg;
    return worker_view(c, s->worker, &s->view);
}
struct naming {
    int64_t party;
    struct party found;
};
static struct err name_rule(struct ctx *c, void *arg) {
    struct naming *n = arg;
    return account_by_id(c, n->party, &n->found);
}

static struct str public_id(struct market *m, int64_t party) {
    struct naming n = {.party = party};
    expect(market_read(m, 0, name_rule, &n), ERR_OK);
    return n.found.public_id;
}

/* 9.5: an overturn takes the rejection off its own day and adds an approval today. */
static void view_and_history(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 1000);
    int64_t a = market_work(&m, k.w, hit5(&m, k.r, 1)), b = market_work(&m, k.w, hit5(&m, k.r, 1));
    market_reject(&m, k.r, a);
    market_approve(&m, k.r, b);
    market_advance(&m, 10 * MARKET_DAY_S);
    struct seeing s = {.worker = public_id(&m, k.w)};
    expect(market_read(&m, k.r, view_rule, &s), ERR_OK);
    assert_int_equal(s.view.days7.percent, -1);
    assert_int_equal(s.view.days30.rejected, 1);
    assert_int_equal(s.view.lifetime.percent, 50);
    expect(market_overturn(&m, k.r, a), ERR_OK);
    expect(market_read(&m, k.r, view_rule, &s), ERR_OK);
    assert_int_equal(s.view.days7.approved, 1);
    assert_int_equal(s.view.days30.rejected, 0);
    assert_int_equal(s.view.lifetime.approved, 2);
    assert_int_equal(s.view.lifetime.percent, 100);
    struct history h = {.id = market_assignment_id(&m, a)};
    expect(market_read(&m, k.r, history_rule, &h), ERR_OK);
    assert_int_equal(h.out.n, 2);
    assert_int_equal(h.out.lines[0].verdict, VERDICT_REJECT);
    assert_true(str_is(h.out.lines[0].feedback, "Not what was asked for"));
    assert_int_equal(h.out.lines[1].verdict, VERDICT_OVERTURN);
    assert_int_equal(h.out.lines[1].old_status, ASSIGNMENT_REJECTED);
    assert_int_equal(h.out.lines[1].avail_before - h.out.lines[1].avail_after, 6);
    market_close(&m);
}
MARKET_TEST(view_and_history)

/* ---- bonuses ---- */

struct paying {
    struct bonus_send_in in;
    struct bonus_sent out;
    struct bonus_list_in list_in;
    struct bonus_list list;
};

static struct err bonus_rule(struct ctx *c, void *arg) {
    struct paying *p = arg;
    return bonus_send(c, &p->in, &p->out);
}
static struct err bonuses_rule(struct ctx *c, void *arg) {
    struct paying *p = arg;
    return bonus_list(c, &p->list_in, &p->list);
}

static void bonuses(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 100);
    int64_t h = hit5(&m, k.r, 2), a = market_accept(&m, k.w, h);
    struct paying p = {.in = {.assignment_id = market_assignment_id(&m, a),
                              .worker_id = public_id(&m, k.w),
                              .cents = 8,
                              .reason = STR("well done"),
                              .token = STR("t1")}};
    expect_words(market_write(&m, k.r, bonus_rule, &p), ERR_ASSIGNMENT_DOES_NOT_EXIST,
                 "Assignment 3");
    market_submit(&m, k.w, a);
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_OK);
    assert_int_equal(p.out.fee_cents, 2);
    market_expect(&m, k.r, 78, 12);
    market_expect_payable(&m, k.w, 8);
    expect_words(market_write(&m, k.r, bonus_rule, &p), ERR_DUPLICATE_REQUEST,
                 "The idempotency token \"t1\" has already been processed.");
    market_advance(&m, 86401);
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_OK); /* forgotten */
    p.in.token = STR_NULL;
    market_reject(&m, k.r, a);
    market_expect(&m, k.r, 80, 0); /* 90 less 10, and 12 came back: one slot had expired */
    p.in.cents = 67;               /* + 13 */
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_OK);
    market_expect(&m, k.r, 0, 0);
    p.in.cents = 1;
    expect_words(
        market_write(&m, k.r, bonus_rule, &p), ERR_INSUFFICIENT_FUNDS,
        "This Requester has insufficient funds in their account to complete this transaction.");
    p.in.cents = 0;
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_OUT_OF_RANGE);
    p.in.cents = 1000001;
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_OUT_OF_RANGE);
    p.in.cents = 1;
    p.in.reason = STR("");
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_INVALID_PARAMETER);
    p.in.reason = STR("r");
    p.in.worker_id = STR("AUNKNOWN");
    expect_words(market_write(&m, k.r, bonus_rule, &p), ERR_INVALID_PARAMETER,
                 "The value \"AUNKNOWN\" is not valid for the parameter WorkerId.");
    p.in.worker_id = public_id(&m, market_worker(&m, "ulla"));
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_ASSIGNMENT_DOES_NOT_EXIST);

    p.list_in = (struct bonus_list_in){.hit_id = market_hit_id(&m, h), .limit = 2};
    expect(market_read(&m, k.r, bonuses_rule, &p), ERR_OK);
    assert_int_equal(p.list.n, 2);
    assert_int_equal(p.list.items[0].cents, 8);
    assert_true(str_is(p.list.items[0].reason, "well done"));
    p.list_in.after_ms = p.list.items[1].at_ms;
    p.list_in.after_row = p.list.items[1].row;
    expect(market_read(&m, k.r, bonuses_rule, &p), ERR_OK);
    assert_int_equal(p.list.n, 1);
    assert_int_equal(p.list.items[0].cents, 67);
    p.list_in = (struct bonus_list_in){.assignment_id = market_assignment_id(&m, a), .limit = 10};
    expect(market_read(&m, k.r, bonuses_rule, &p), ERR_OK);
    assert_int_equal(p.list.n, 3);
    market_close(&m);
}
MARKET_TEST(bonuses)

/* Six months from the last completed work (7.7). */
static void late_bonus(enum fixture_kind kind) {
    struct market m;
    struct cast k = begin(&m, kind, 1000);
    int64_t h = market_hit(
        &m, k.r, &(struct hit_plan){.reward_cents = 5, .max = 2, .lifetime_s = 364 * MARKET_DAY_S});
    int64_t a = market_work(&m, k.w, h);
    struct paying p = {.in = {.assignment_id = market_assignment_id(&m, a),
                              .worker_id = public_id(&m, k.w),
                              .cents = 1,
                              .reason = STR("r")}};
    market_advance(&m, BONUS_WINDOW_S);
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_OK);
    market_advance(&m, 1);
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_INVALID_ASSIGNMENT_STATE);
    market_work(&m, k.w, hit5(&m, k.r, 1));
    expect(market_write(&m, k.r, bonus_rule, &p), ERR_OK);
    market_sweep(&m);
    market_close(&m);
}
MARKET_TEST(late_bonus)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(states),
        MARKET_TEST_ROWS(overturn),
        MARKET_TEST_ROWS(window),
        MARKET_TEST_ROWS(one_cent_short),
        MARKET_TEST_ROWS(beyond_window),
        MARKET_TEST_ROWS(auto_approval_first),
        MARKET_TEST_ROWS(deleted),
        MARKET_TEST_ROWS(feedback),
        MARKET_TEST_ROWS(website_batches),
        MARKET_TEST_ROWS(worked_example),
        MARKET_TEST_ROWS(rate),
        MARKET_TEST_ROWS(looking),
        MARKET_TEST_ROWS(view_and_history),
        MARKET_TEST_ROWS(bonuses),
        MARKET_TEST_ROWS(late_bonus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
