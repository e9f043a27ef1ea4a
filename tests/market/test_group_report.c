/* Reports of groups, their cases and pauses (worker-site 11). */
#include <stdio.h>

#include "fixture.h"
#include "market/audit.h"
#include "market/block.h"
#include "market/group_case.h"
#include "market/group_report.h"
#include "market/work.h"

#define WORDS STR("The submit button does nothing.")

/* ---- rules as steps ---- */

struct reporting {
    struct group_report_in in;
    bool paused;
};
static struct err report_rule(struct ctx *c, void *arg) {
    struct reporting *r = arg;
    return group_report_add(c, &r->in, &r->paused);
}

static int64_t type_of(struct market *m, int64_t hit) {
    return market_number(m, "SELECT hit_type FROM hit WHERE id = %lld", (long long)hit);
}
static struct str group_of(struct market *m, int64_t hit) {
    return id_seal(m->arena, &m->ids, ID_HIT_GROUP, type_of(m, hit));
}

static struct reporting of_group(struct market *m, int64_t hit, enum group_report_reason reason) {
    return (struct reporting){
        .in = {.of = {.group_id = group_of(m, hit)}, .reason = reason, .text = WORDS}};
}

/* Whether the group was paused by it. */
static bool report(struct market *m, int64_t worker, int64_t hit, enum group_report_reason reason) {
    struct reporting r = of_group(m, hit, reason);
    expect(market_write(m, worker, report_rule, &r), ERR_OK);
    return r.paused;
}

static struct err withdraw_rule(struct ctx *c, void *arg) {
    return group_report_withdraw(c, *(int64_t *)arg);
}

struct deciding {
    int64_t id;
    bool uphold;
    struct str words;
};
static struct err decide_rule(struct ctx *c, void *arg) {
    const struct deciding *d = arg;
    return group_case_decide(c, d->id, d->uphold, d->words);
}

struct resuming {
    struct str group_id, words;
    int64_t hit_type; /* by an operator */
};
static struct err resume_rule(struct ctx *c, void *arg) {
    const struct resuming *r = arg;
    return r->hit_type ? group_pause_lift(c, r->hit_type, r->words)
                       : group_pause_resume(c, r->group_id, r->words);
}

static struct err list_rule(struct ctx *c, void *arg) {
    return group_list(c, &(struct group_list_in){.page = 1, .page_size = 20}, arg);
}
static int64_t listed(struct market *m, int64_t worker) {
    struct group_list list;
    expect(market_read(m, worker, list_rule, &list), ERR_OK);
    assert_int_equal(list.total, list.unfiltered);
    return list.total;
}

struct looking {
    struct preview_in in;
    struct task task;
};
static struct err preview_rule(struct ctx *c, void *arg) {
    struct looking *l = arg;
    return work_preview(c, &l->in, &l->task);
}
static enum err_code preview(struct market *m, int64_t worker, int64_t hit, bool this_one) {
    struct looking l = {.in = {.group_id = group_of(m, hit)}};
    if (this_one)
        l.in.hit_id = market_hit_id(m, hit);
    return market_read(m, worker, preview_rule, &l).code;
}

struct accepting {
    struct accept_in in;
    struct accepted out;
};
static struct err accept_rule(struct ctx *c, void *arg) {
    struct accepting *a = arg;
    return work_accept(c, &a->in, &a->out);
}
static enum err_code accept(struct market *m, int64_t worker, int64_t hit, bool this_one) {
    struct accepting a = {.in = {.group_id = group_of(m, hit)}};
    if (this_one)
        a.in.hit_id = market_hit_id(m, hit);
    return market_write(m, worker, accept_rule, &a).code;
}

static int64_t cases(struct market *m, int64_t state) {
    return market_number(m, "SELECT COUNT(*) FROM group_case WHERE state = %lld", (long long)state);
}
static int64_t open_case(struct market *m) {
    return market_number(m, "SELECT id FROM group_case WHERE state = 1");
}
static int64_t notices(struct market *m, int64_t party, enum notice_kind kind) {
    return market_number(m, "SELECT COUNT(*) FROM notice WHERE party = %lld AND kind = %d",
                         (long long)party, (int)kind);
}

struct shop {
    struct market m;
    int64_t requester, operator_, hit;
    int64_t workers[7];
};
static void shop_open(struct shop *s, enum fixture_kind kind) {
    market_open(&s->m, kind);
    s->requester = market_requester(&s->m, "rita");
    s->operator_ = market_requester(&s->m, "olga"); /* who it is, the pages look at */
    market_deposit(&s->m, s->requester, 10000);
    s->hit = market_hit(&s->m, s->requester, &(struct hit_plan){.reward_cents = 5, .max = 9});
    for (int i = 0; i < 7; i++) {
        char name[16];
        snprintf(name, sizeof name, "w%d", i);
        s->workers[i] = market_worker(&s->m, name);
    }
    market_set(&s->m, "report_pause_n", "3");
}

/* ---- tests ---- */

/* So many different workers pause the group; who works may finish. */
static void pauses(enum fixture_kind kind) {
    struct shop s;
    shop_open(&s, kind);
    struct market *m = &s.m;
    int64_t *w = s.workers;
    int64_t held = market_accept(m, w[6], s.hit);
    assert_false(report(m, w[0], s.hit, REPORT_BROKEN));
    assert_false(report(m, w[1], s.hit, REPORT_SPAM)); /* does not count */
    assert_false(report(m, w[2], s.hit, REPORT_BROKEN));
    assert_int_equal(listed(m, w[3]), 1);
    assert_true(report(m, w[3], s.hit, REPORT_BROKEN));
    assert_int_equal(cases(m, CASE_OPEN), 1);
    assert_int_equal(notices(m, s.requester, NOTICE_GROUP_PAUSED), 1);
    assert_int_equal(market_number(m, "SELECT COUNT(*) FROM audit WHERE action = %d AND actor = 0",
                                   AUDIT_GROUP_PAUSED),
                     1);
    /* lists, preview, accept; for everybody, whoever asks for whichever task */
    assert_int_equal(listed(m, w[4]), 0);
    assert_int_equal(listed(m, 0), 0);
    for (int this_one = 0; this_one < 2; this_one++) {
        assert_int_equal(preview(m, w[4], s.hit, this_one), ERR_GROUP_PAUSED);
        assert_int_equal(preview(m, 0, s.hit, this_one), ERR_GROUP_PAUSED);
        assert_int_equal(accept(m, w[4], s.hit, this_one), ERR_GROUP_PAUSED);
    }
    market_expect_hit(m, s.hit, HIT_ASSIGNABLE, 8, 1); /* the API's view */
    market_submit(m, w[6], held);
    market_approve(m, s.requester, held);
    market_expect_payable(m, w[6], 5);
    /* one more report changes nothing */
    assert_false(report(m, w[4], s.hit, REPORT_BROKEN));
    assert_int_equal(notices(m, s.requester, NOTICE_GROUP_PAUSED), 1);
    market_close(m);
}
MARKET_TEST(pauses)

/* Who may not, and whose report does not count. */
static void rights(enum fixture_kind kind) {
    struct shop s;
    shop_open(&s, kind);
    struct market *m = &s.m;
    int64_t *w = s.workers;
    int64_t hidden = market_hit(
        m, s.requester,
        &(struct hit_plan){.title = "Hidden",
                           .requirements =
                               "[{\"QualificationTypeId\":\"00000000000000000071\","
                               "\"Comparator\":\"EqualTo\",\"LocaleValues\":[{\"Country\":\"ZZ\"}],"
                               "\"ActionsGuarded\":\"DiscoverPreviewAndAccept\"}]"});
    int64_t guarded = market_hit(
        m, s.requester,
        &(struct hit_plan){.title = "Guarded",
                           .requirements =
                               "[{\"QualificationTypeId\":\"00000000000000000071\","
                               "\"Comparator\":\"EqualTo\",\"LocaleValues\":[{\"Country\":\"ZZ\"}],"
                               "\"ActionsGuarded\":\"Accept\"}]"});
    struct reporting r = of_group(m, hidden, REPORT_BROKEN);
    expect(market_write(m, w[0], report_rule, &r), ERR_NOT_FOUND);
    r.in.of.group_id = STR("3NOSUCHGROUP");
    expect(market_write(m, w[0], report_rule, &r), ERR_NOT_FOUND);
    r = of_group(m, s.hit, REPORT_BROKEN);
    expect(market_write(m, 0, report_rule, &r), ERR_SIGN_IN_NEEDED);
    r.in.text = STR("  short  ");
    expect(market_write(m, w[0], report_rule, &r), ERR_INVALID_PARAMETER);
    /* another's assignment */
    int64_t a = market_accept(m, w[5], s.hit);
    r = (struct reporting){
        .in = {.of = {.assignment_id = market_assignment_id(m, a)}, .reason = 1, .text = WORDS}};
    expect(market_write(m, w[0], report_rule, &r), ERR_NOT_FOUND);
    expect(market_write(m, w[5], report_rule, &r), ERR_OK);
    expect(market_write(m, w[5], report_rule, &r), ERR_CONFLICT); /* once a group */
    /* the unqualified and the blocked are heard, but do not count */
    report(m, w[0], guarded, REPORT_BROKEN);
    market_sql(m,
               "INSERT INTO worker_block (requester, worker, reason, created_ms) "
               "VALUES (%lld, %lld, '', 0)",
               (long long)s.requester, (long long)w[1]);
    report(m, w[1], s.hit, REPORT_BROKEN);
    assert_int_equal(market_number(m, "SELECT CAST(SUM(counts) AS INTEGER) FROM group_report"), 1);
    market_sql(m, "UPDATE party SET state = 1 WHERE id = %lld", (long long)w[2]);
    r = of_group(m, s.hit, REPORT_BROKEN);
    expect(market_write(m, w[2], report_rule, &r), ERR_SUSPENDED);
    market_set(m, "report_day_limit", "1");
    r = of_group(m, s.hit, REPORT_BROKEN);
    expect(market_write(m, w[0], report_rule, &r), ERR_SLOW_DOWN);
    market_advance(m, MARKET_DAY_S + 1);
    market_sweep(m);
    expect(market_write(m, w[0], report_rule, &r), ERR_OK);
    market_close(m);
}
MARKET_TEST(rights)

static void withdrawn(enum fixture_kind kind) {
    struct shop s;
    shop_open(&s, kind);
    struct market *m = &s.m;
    int64_t *w = s.workers;
    report(m, w[0], s.hit, REPORT_BROKEN);
    int64_t id = market_number(m, "SELECT MAX(id) FROM group_report");
    expect(market_write(m, w[1], withdraw_rule, &id), ERR_NOT_FOUND);
    expect(market_write(m, w[0], withdraw_rule, &id), ERR_OK);
    expect(market_write(m, w[0], withdraw_rule, &id), ERR_CONFLICT);
    assert_int_equal(cases(m, CASE_WITHDRAWN), 1);
    /* a new one opens a new case, and the old does not count */
    report(m, w[0], s.hit, REPORT_BROKEN);
    report(m, w[1], s.hit, REPORT_BROKEN);
    assert_int_equal(cases(m, CASE_OPEN), 1);
    id = market_number(m, "SELECT MAX(id) FROM group_report");
    expect(market_write(m, w[1], withdraw_rule, &id), ERR_OK);
    assert_false(report(m, w[2], s.hit, REPORT_BROKEN));
    assert_true(report(m, w[1], s.hit, REPORT_BROKEN));
    /* of a paused group the case waits for an operator */
    for (int i = 0; i < 3; i++) {
        id = market_number(m, "SELECT MAX(id) FROM group_report WHERE worker = %lld",
                           (long long)w[i]);
        expect(market_write(m, w[i], withdraw_rule, &id), ERR_OK);
    }
    assert_int_equal(cases(m, CASE_OPEN), 1);
    assert_int_equal(listed(m, w[4]), 0);
    struct deciding d = {open_case(m), false, WORDS};
    expect(market_write(m, s.operator_, decide_rule, &d), ERR_OK);
    assert_int_equal(listed(m, w[4]), 1);
    market_close(m);
}
MARKET_TEST(withdrawn)

static void decided(enum fixture_kind kind) {
    struct shop s;
    shop_open(&s, kind);
    struct market *m = &s.m;
    int64_t *w = s.workers;
    for (int i = 0; i < 3; i++)
        report(m, w[i], s.hit, REPORT_BROKEN);
    struct deciding d = {open_case(m), false, STR("no")};
    expect(market_write(m, s.operator_, decide_rule, &d), ERR_INVALID_PARAMETER);
    d.words = STR("It works with every browser we tried.");
    expect(market_write(m, s.operator_, decide_rule, &d), ERR_OK);
    expect(market_write(m, s.operator_, decide_rule, &d), ERR_CONFLICT);
    assert_int_equal(listed(m, w[4]), 1); /* dismissing lets it go on */
    assert_int_equal(notices(m, w[0], NOTICE_REPORT_DISMISSED), 1);
    assert_int_equal(notices(m, s.requester, NOTICE_GROUP_RESUMED), 1);
    struct reporting r = of_group(m, s.hit, REPORT_BROKEN);
    expect(market_write(m, w[0], report_rule, &r), ERR_CONFLICT);
    /* an operator pauses after a single report, and resumes */
    report(m, w[4], s.hit, REPORT_PERSONAL_DATA);
    d = (struct deciding){open_case(m), true, STR("It asks for a bank account.")};
    expect(market_write(m, s.operator_, decide_rule, &d), ERR_OK);
    assert_int_equal(listed(m, w[5]), 0);
    assert_int_equal(notices(m, w[4], NOTICE_REPORT_UPHELD), 1);
    struct resuming own = {.group_id = group_of(m, s.hit), .words = WORDS};
    expect(market_write(m, s.requester, resume_rule, &own), ERR_CONFLICT);
    struct resuming by_operator = {.hit_type = type_of(m, s.hit), .words = WORDS};
    expect(market_write(m, s.operator_, resume_rule, &by_operator), ERR_OK);
    expect(market_write(m, s.operator_, resume_rule, &by_operator), ERR_NOT_FOUND);
    assert_int_equal(listed(m, w[5]), 1);
    /* whose report was upheld may report again */
    report(m, w[4], s.hit, REPORT_PERSONAL_DATA);
    market_close(m);
}
MARKET_TEST(decided)

/* The requester mends it and lets workers in himself, once a case. */
static void resumed(enum fixture_kind kind) {
    struct shop s;
    shop_open(&s, kind);
    struct market *m = &s.m;
    int64_t *w = s.workers;
    for (int i = 0; i < 3; i++)
        report(m, w[i], s.hit, REPORT_BROKEN);
    struct resuming r = {.group_id = group_of(m, s.hit), .words = STR("The button works again.")};
    expect(market_write(m, s.operator_, resume_rule, &r), ERR_NOT_FOUND); /* not his */
    expect(market_write(m, s.requester, resume_rule, &r), ERR_OK);
    expect(market_write(m, s.requester, resume_rule, &r), ERR_NOT_FOUND);
    assert_int_equal(listed(m, w[5]), 1);
    assert_int_equal(cases(m, CASE_OPEN), 1); /* an operator still looks */
    assert_false(report(m, w[3], s.hit, REPORT_BROKEN));
    assert_false(report(m, w[4], s.hit, REPORT_BROKEN));
    assert_true(report(m, w[5], s.hit, REPORT_BROKEN)); /* three more */
    expect(market_write(m, s.requester, resume_rule, &r), ERR_CONFLICT);
    market_close(m);
}
MARKET_TEST(resumed)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(pauses),  MARKET_TEST_ROWS(rights),  MARKET_TEST_ROWS(withdrawn),
        MARKET_TEST_ROWS(decided), MARKET_TEST_ROWS(resumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
