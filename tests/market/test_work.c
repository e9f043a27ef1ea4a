/* The worker's side: groups, preview, accept, submit, return, his pages (worker-site 3-8). */
#include <stdio.h>
#include <string.h>

#include "base/datetime.h"
#include "base/pack.h"
#include "fixture.h"
#include "market/account.h"
#include "market/block.h"
#include "market/bonus.h"
#include "market/decide.h"
#include "market/work.h"

static int64_t figure(struct market *m, int64_t worker, const char *column) {
    return market_number(m, "SELECT %s FROM worker_stat WHERE worker = %lld", column,
                         (long long)worker);
}

static int64_t status_of(struct market *m, int64_t assignment) {
    return market_number(m, "SELECT status FROM assignment WHERE id = %lld", (long long)assignment);
}

static struct str group_of(struct market *m, int64_t hit) {
    int64_t type = market_number(m, "SELECT hit_type FROM hit WHERE id = %lld", (long long)hit);
    return id_seal(m->arena, &m->ids, ID_HIT_GROUP, type);
}

struct accepting {
    struct accept_in in;
    struct accepted out;
};
static struct err accept_rule(struct ctx *c, void *arg) {
    struct accepting *a = arg;
    return work_accept(c, &a->in, &a->out);
}
static struct err accept_any(struct market *m, int64_t worker, struct str group, int64_t *hit) {
    struct accepting a = {.in = {.group_id = group}};
    struct err e = market_write(m, worker, accept_rule, &a);
    *hit = a.out.hit;
    return e;
}

struct submitting {
    struct submit_in in;
    struct submitted out;
};
static struct err submit_rule(struct ctx *c, void *arg) {
    struct submitting *s = arg;
    return work_submit(c, &s->in, &s->out);
}
static struct err return_rule(struct ctx *c, void *arg) {
    return work_return(c, *(struct str *)arg);
}

static struct submitting submission(struct market *m, int64_t assignment, const char *name,
                                    const char *value) {
    struct str *names = arena_alloc(m->arena, sizeof *names);
    struct buf b = BUF_INIT;
    names[0] = str_c(name);
    pack_add(&b, names[0]);
    pack_add(&b, STR("1"));
    pack_add(&b, str_c(value));
    struct submitting s = {
        .in = {market_assignment_id(m, assignment), buf_dup(m->arena, &b), names, 1}};
    buf_free(&b);
    return s;
}

/* ---- accept ---- */

static struct err state_rule(struct ctx *c, void *arg) {
    return account_set_state(c, c->actor->party, *(enum party_state *)arg, STR_NULL);
}

struct blocking {
    int64_t worker;
    bool lift;
};
static struct err block_rule(struct ctx *c, void *arg) {
    const struct blocking *b = arg;
    struct party p;
    struct err e = account_by_id(c, b->worker, &p);
    if (failed(e))
        return e;
    return b->lift ? block_remove(c, p.public_id) : block_set(c, p.public_id, STR("r"));
}

static const char rate_95[] =
    "[{\"QualificationTypeId\":\"000000000000000000L0\",\"Comparator\":\"GreaterThanOrEqualTo\","
    "\"IntegerValues\":[95]}]";

static void refusals(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will"), hit;
    market_deposit(&m, r, 10000);
    int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 2});
    struct str group = group_of(&m, h);
    expect(accept_any(&m, 0, group, &hit), ERR_SIGN_IN_NEEDED);
    expect(accept_any(&m, w, STR("3NOGROUP"), &hit), ERR_NOT_FOUND);
    enum party_state state = PARTY_SUSPENDED;
    expect(market_write(&m, w, state_rule, &state), ERR_OK);
    expect(accept_any(&m, w, group, &hit), ERR_SUSPENDED);
    state = PARTY_ACTIVE;
    expect(market_write(&m, w, state_rule, &state), ERR_OK);
    struct blocking b = {.worker = w};
    expect(market_write(&m, r, block_rule, &b), ERR_OK);
    expect(accept_any(&m, w, group, &hit), ERR_BLOCKED);
    b.lift = true;
    expect(market_write(&m, r, block_rule, &b), ERR_OK);
    int64_t guarded = market_hit(
        &m, r, &(struct hit_plan){.title = "Guarded", .reward_cents = 5, .requirements = rate_95});
    expect(accept_any(&m, w, group_of(&m, guarded), &hit), ERR_OK); /* below 100: counts as 100 */
    market_sql(&m,
               "UPDATE worker_stat SET submitted = 100, approved = 94, rejected = 6 WHERE worker = "
               "%lld",
               (long long)w);
    guarded = market_hit(
        &m, r, &(struct hit_plan){.title = "Guarded", .reward_cents = 5, .requirements = rate_95});
    struct accepting a = {.in = {.group_id = group_of(&m, guarded)}};
    struct err e = market_write(&m, w, accept_rule, &a);
    expect(e, ERR_QUALIFICATION_MISSING);
    assert_non_null(
        strstr(e.detail, "Percent of tasks approved has to be at least 95, you have 94"));
    market_sql(&m,
               "UPDATE worker_stat SET submitted = 0, approved = 0, rejected = 0 WHERE worker = "
               "%lld",
               (long long)w);
    market_set(&m, "max_active_per_worker", "2");
    expect(accept_any(&m, w, group, &hit), ERR_OK);
    assert_int_equal(hit, h);
    expect(accept_any(&m, w, group, &hit), ERR_QUEUE_FULL);
    market_set(&m, "max_active_per_worker", "25");
    expect(accept_any(&m, w, group, &hit), ERR_NO_MORE_HITS); /* holds it already */
    a.in = (struct accept_in){.hit_id = market_hit_id(&m, h)};
    expect(market_write(&m, w, accept_rule, &a), ERR_NO_MORE_HITS);
    int64_t other = market_worker(&m, "ulla"), third = market_worker(&m, "tom");
    expect(accept_any(&m, other, group, &hit), ERR_OK);
    expect(accept_any(&m, third, group, &hit), ERR_NO_MORE_HITS); /* full */
    expect(market_write(&m, third, accept_rule, &a), ERR_NO_MORE_HITS);
    assert_int_equal(figure(&m, w, "accepted"), 2);
    market_close(&m);
}
MARKET_TEST(refusals)

/* The day turns at midnight Pacific time; returned work counts. */
static void daily_limit(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind); /* 2025-12-31 16:00 Pacific time */
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will"), hit;
    market_deposit(&m, r, 1000);
    int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5});
    market_set(&m, "daily_accept_limit", "2");
    market_return(&m, w, market_accept(&m, w, h));
    market_return(&m, w, market_accept(&m, w, h));
    expect(accept_any(&m, w, group_of(&m, h), &hit), ERR_SLOW_DOWN);
    market_advance(&m, 8 * 3600 - 1);
    expect(accept_any(&m, w, group_of(&m, h), &hit), ERR_SLOW_DOWN);
    market_advance(&m, 1);
    expect(accept_any(&m, w, group_of(&m, h), &hit), ERR_OK);
    market_close(&m);
}
MARKET_TEST(daily_limit)

/* Oldest first; what he had is passed over, also when it is more than the first look takes in. */
static void order(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will"), hits[4], hit;
    market_deposit(&m, r, 100000);
    for (int i = 0; i < 4; i++)
        hits[i] = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 2});
    struct str group = group_of(&m, hits[0]);
    for (int i = 0; i < 3; i++) {
        expect(accept_any(&m, w, group, &hit), ERR_OK);
        assert_int_equal(hit, hits[i]);
    }
    market_return(
        &m, w, market_number(&m, "SELECT id FROM assignment WHERE hit = %lld", (long long)hits[1]));
    expect(accept_any(&m, w, group, &hit), ERR_OK); /* again, with a new id (M 7.4) */
    assert_int_equal(hit, hits[1]);
    expect(accept_any(&m, w, group, &hit), ERR_OK);
    assert_int_equal(hit, hits[3]);
    expect(accept_any(&m, w, group, &hit), ERR_NO_MORE_HITS);
    market_close(&m);
}
MARKET_TEST(order)

/* More open HITs of his own than one look takes in (work_group.c). */
static void many_done(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will"), first = 0, hit;
    enum { DONE = 1030 };
    market_deposit(&m, r, 1000000);
    for (int i = 0; i < DONE + 3; i++) {
        hit = market_hit(&m, r, &(struct hit_plan){.reward_cents = 1, .max = 2});
        first = first ? first : hit;
    }
    market_set(&m, "max_active_per_worker", "1000");
    struct str group = group_of(&m, first);
    for (int i = 0; i < DONE; i++) {
        expect(accept_any(&m, w, group, &hit), ERR_OK);
        assert_int_equal(hit, first + i);
        if (i < 100) /* held or submitted is the same to the look */
            market_submit(&m, w, market_number(&m, "SELECT MAX(id) FROM assignment"));
    }
    market_return(
        &m, w,
        market_number(&m, "SELECT id FROM assignment WHERE hit = %lld", (long long)first + 1028));
    expect(accept_any(&m, w, group, &hit), ERR_OK); /* goes on behind his latest … */
    assert_int_equal(hit, first + DONE);
    expect(accept_any(&m, w, group, &hit), ERR_OK);
    expect(accept_any(&m, w, group, &hit), ERR_OK);
    expect(accept_any(&m, w, group, &hit), ERR_OK); /* … and comes back for what is left */
    assert_int_equal(hit, first + 1028);
    expect(accept_any(&m, w, group, &hit), ERR_NO_MORE_HITS);
    market_close(&m);
}
MARKET_TEST(many_done)

/* Due-first: what the clock owes is applied whether the sweeper came or not. */
static void accept_after_time(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will"), hit;
    int64_t other = market_worker(&m, "ulla");
    market_deposit(&m, r, 1000);
    int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .duration_s = 60});
    struct str group = group_of(&m, h);
    int64_t a = market_accept(&m, w, h);
    expect(accept_any(&m, other, group, &hit), ERR_NO_MORE_HITS);
    market_advance(&m, 59);
    expect(accept_any(&m, other, group, &hit), ERR_NO_MORE_HITS);
    market_advance(&m, 1);
    expect(accept_any(&m, other, group, &hit), ERR_OK);
    assert_int_equal(status_of(&m, a), ASSIGNMENT_ABANDONED);
    assert_int_equal(figure(&m, w, "abandoned"), 1);
    market_advance(&m, 60);
    expect(accept_any(&m, other, group, &hit), ERR_OK); /* his own overdue one is taken back */
    assert_int_equal(figure(&m, other, "abandoned"), 1);
    market_advance(&m, 60);
    market_sweep(&m);
    market_advance(&m, MARKET_DAY_S);
    expect(accept_any(&m, w, group, &hit), ERR_NO_MORE_HITS); /* expired, not yet swept */
    market_close(&m);
}
MARKET_TEST(accept_after_time)

/* ---- submit and return ---- */

static void submits(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    int64_t other = market_worker(&m, "ulla");
    market_deposit(&m, r, 1000);
    int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 3});
    int64_t a = market_accept(&m, w, h);
    struct submitting s = submission(&m, a, "zeta", "1");
    expect(market_write(&m, other, submit_rule, &s), ERR_NOT_FOUND);
    expect(market_write(&m, 0, submit_rule, &s), ERR_OK); /* the id is the authority */
    assert_false(s.out.again);
    assert_int_equal(s.out.worker, w);
    expect(market_write(&m, w, submit_rule, &s), ERR_OK);
    assert_true(s.out.again);
    struct submitting changed = submission(&m, a, "zeta", "2");
    expect(market_write(&m, w, submit_rule, &changed), ERR_NOT_IN_PROGRESS);
    struct str id = s.in.assignment_id;
    expect(market_write(&m, w, return_rule, &id), ERR_NOT_IN_PROGRESS);
    assert_int_equal(figure(&m, w, "submitted"), 1);
    market_expect_hit(&m, h, HIT_ASSIGNABLE, 2, 0);
    /* names seen in the batch, sorted, each once */
    struct submitting next = submission(&m, market_accept(&m, other, h), "alpha", "");
    expect(market_write(&m, other, submit_rule, &next), ERR_OK);
    int64_t third = market_worker(&m, "tom");
    struct submitting last = submission(&m, market_accept(&m, third, h), "zeta", "x");
    expect(market_write(&m, third, submit_rule, &last), ERR_OK);
    assert_int_equal(
        market_number(&m, "SELECT COUNT(*) FROM batch WHERE fields = '%s'", "5:alpha4:zeta"), 1);
    market_approve(&m, r, a);
    expect(market_write(&m, w, submit_rule, &s), ERR_OK);
    assert_true(s.out.again && s.out.approved);
    last.in.name_count = ANSWER_FIELDS_MAX + 1;
    expect(market_write(&m, third, submit_rule, &last), ERR_BAD_REQUEST);
    last.in.fields.n = ANSWER_MAX + 1;
    expect(market_write(&m, third, submit_rule, &last), ERR_TOO_LARGE);
    s.in.assignment_id = STR("ASSIGNMENT_ID_NOT_AVAILABLE");
    expect(market_write(&m, w, submit_rule, &s), ERR_NOT_FOUND);
    market_close(&m);
}
MARKET_TEST(submits)

/* The deadline, its grace, and a HIT that is gone meanwhile (questions 4.4). */
static void deadlines(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    market_set(&m, "submit_grace_s", "5");
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    market_deposit(&m, r, 1000);
    int64_t h = market_hit(
        &m, r, &(struct hit_plan){.reward_cents = 5, .lifetime_s = 60, .duration_s = 100});
    int64_t a = market_accept(&m, w, h);
    market_advance(&m, 100);
    market_sweep(&m); /* the HIT expired at 60; the slot is not given away within the grace */
    struct str id = market_assignment_id(&m, a);
    expect(market_write(&m, w, return_rule, &id), ERR_NOT_IN_PROGRESS);
    market_advance(&m, 4);
    market_sweep(&m);
    struct submitting s = submission(&m, a, "q", "1");
    expect(market_write(&m, w, submit_rule, &s), ERR_OK);
    market_expect_hit(&m, h, HIT_REVIEWABLE, 0, 0);
    int64_t h2 = market_hit(
        &m, r, &(struct hit_plan){.reward_cents = 5, .lifetime_s = 60, .duration_s = 100});
    a = market_accept(&m, w, h2);
    market_advance(&m, 105);
    s = submission(&m, a, "q", "1");
    expect(market_write(&m, w, submit_rule, &s), ERR_DEADLINE_PASSED);
    market_sweep(&m);
    expect(market_write(&m, w, submit_rule, &s), ERR_NOT_IN_PROGRESS);
    assert_int_equal(status_of(&m, a), ASSIGNMENT_ABANDONED);
    market_close(&m);
}
MARKET_TEST(deadlines)

static void at_once(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    market_deposit(&m, r, 1000);
    int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .auto_approval_s = -1});
    struct submitting s = submission(&m, market_accept(&m, w, h), "q", "1");
    expect(market_write(&m, w, submit_rule, &s), ERR_OK);
    assert_true(s.out.approved);
    market_expect_payable(&m, w, 5);
    market_expect(&m, r, 994, 0);
    assert_int_equal(market_number(&m, "SELECT actor FROM settlement"), 0); /* the clock */
    assert_int_equal(market_number(&m, "SELECT entrance FROM settlement"), ENTRANCE_CLOCK);
    market_close(&m);
}
MARKET_TEST(at_once)

static void returns(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    market_deposit(&m, r, 100);
    int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 2});
    int64_t a = market_accept(&m, w, h);
    struct str id = market_assignment_id(&m, a);
    expect(market_write(&m, market_worker(&m, "ulla"), return_rule, &id), ERR_NOT_FOUND);
    expect(market_write(&m, w, return_rule, &id), ERR_OK);
    market_expect_hit(&m, h, HIT_ASSIGNABLE, 2, 0);
    market_expect(&m, r, 88, 12);
    assert_int_equal(figure(&m, w, "returned"), 1);
    expect(market_write(&m, w, return_rule, &id), ERR_NOT_IN_PROGRESS);
    a = market_accept(&m, w, h);
    market_expire(&m, r, h);
    market_expect(&m, r, 94, 6);
    market_return(&m, w, a); /* after expiry the hold comes back (3.8) */
    market_expect(&m, r, 100, 0);
    market_close(&m);
}
MARKET_TEST(returns)

/* ---- groups ---- */

struct listing {
    struct group_list_in in;
    struct group_list out;
};
static struct err list_rule(struct ctx *c, void *arg) {
    struct listing *l = arg;
    return group_list(c, &l->in, &l->out);
}

static void expect_groups(struct market *m, int64_t worker, struct listing *l, const char *titles) {
    struct buf b = BUF_INIT;
    l->in.page = l->in.page ? l->in.page : 1;
    l->in.page_size = l->in.page_size ? l->in.page_size : 20;
    expect(market_read(m, worker, list_rule, l), ERR_OK);
    for (size_t i = 0; i < l->out.n; i++)
        buf_printf(&b, "%s%.*s", i ? "," : "", STR_ARG(l->out.items[i].title));
    struct str got = buf_dup(m->arena, &b);
    buf_free(&b);
    if (!str_is(got, titles))
        fail_msg("got %.*s, want %s", STR_ARG(got), titles);
}

static const char hidden[] =
    "[{\"QualificationTypeId\":\"00000000000000000071\",\"Comparator\":\"EqualTo\","
    "\"LocaleValues\":[{\"Country\":\"IN\"}],\"ActionsGuarded\":\"DiscoverPreviewAndAccept\"}]";
static const char no_preview[] =
    "[{\"QualificationTypeId\":\"00000000000000000071\",\"Comparator\":\"NotEqualTo\","
    "\"LocaleValues\":[{\"Country\":\"US\",\"Subdivision\":\"CA\"}],"
    "\"ActionsGuarded\":\"PreviewAndAccept\"}]";
static const char californian[] =
    "[{\"QualificationTypeId\":\"00000000000000000071\",\"Comparator\":\"In\","
    "\"LocaleValues\":[{\"Country\":\"CA\"},{\"Country\":\"US\"}]},"
    "{\"QualificationTypeId\":\"2F1QJWKUDD8XADTFD2Q0G6UTO95ALH\",\"Comparator\":\"DoesNotExist\"}]";

struct previewing {
    struct preview_in in;
    struct task task;
};
static struct err preview_rule(struct ctx *c, void *arg) {
    struct previewing *p = arg;
    return work_preview(c, &p->in, &p->task);
}

static void groups(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will"), hit;
    market_deposit(&m, r, 100000);
    int64_t a = market_hit(&m, r, &(struct hit_plan){.title = "Tag images", .reward_cents = 5});
    market_hit(&m, r, &(struct hit_plan){.title = "Transcribe", .reward_cents = 50});
    market_hit(&m, r, &(struct hit_plan){.title = "Transcribe", .reward_cents = 50});
    int64_t secret = market_hit(
        &m, r, &(struct hit_plan){.title = "Secret", .reward_cents = 9, .requirements = hidden});
    int64_t closed = market_hit(
        &m, r,
        &(struct hit_plan){.title = "Closed", .reward_cents = 7, .requirements = no_preview});
    int64_t open = market_hit(
        &m, r, &(struct hit_plan){.title = "Open", .reward_cents = 8, .requirements = californian});
    struct listing l = {.in = {.page = 1}};
    expect_groups(&m, w, &l, "Open,Closed,Transcribe,Tag images");
    assert_int_equal(l.out.total, 4);
    assert_true(l.out.items[0].qualification.accept);
    assert_false(l.out.items[1].qualification.preview);
    assert_int_equal(l.out.items[2].available, 2);
    l.in.sort = SORT_REWARD_ASC;
    expect_groups(&m, w, &l, "Tag images,Closed,Open,Transcribe");
    l.in.sort = SORT_NUM_HITS_DESC;
    expect_groups(&m, w, &l, "Transcribe,Open,Closed,Tag images");
    l.in.page_size = 2;
    l.in.page = 2;
    expect_groups(&m, w, &l, "Closed,Tag images");
    assert_int_equal(l.out.total, 4);
    l = (struct listing){.in = {.qualified = true}};
    expect_groups(&m, w, &l, "Open,Transcribe,Tag images");
    assert_int_equal(l.out.unfiltered, 4);
    l = (struct listing){.in = {.search = STR("IMA tag")}};
    expect_groups(&m, w, &l, "Tag images");
    l.in.search = STR("mages"); /* no word begins so */
    expect_groups(&m, w, &l, "");
    l.in.search = STR("rita trans");
    expect_groups(&m, w, &l, "Transcribe");
    l = (struct listing){.in = {.min_reward_cents = 8}};
    expect_groups(&m, w, &l, "Open,Transcribe");
    l = (struct listing){.in = {.masters = true}};
    expect_groups(&m, w, &l, "");
    /* the hidden one answers as if it were not there */
    struct previewing p = {.in = {.group_id = group_of(&m, secret)}};
    expect(market_read(&m, w, preview_rule, &p), ERR_NOT_FOUND);
    expect(accept_any(&m, w, p.in.group_id, &hit), ERR_NOT_FOUND);
    p.in.group_id = group_of(&m, closed);
    expect(market_read(&m, w, preview_rule, &p), ERR_QUALIFICATION_MISSING);
    expect(accept_any(&m, w, p.in.group_id, &hit), ERR_QUALIFICATION_MISSING);
    expect(accept_any(&m, w, group_of(&m, open), &hit), ERR_OK);
    p.in = (struct preview_in){.group_id = group_of(&m, a)};
    expect(market_read(&m, w, preview_rule, &p), ERR_OK);
    assert_int_equal(p.task.hit, a);
    assert_int_equal(p.task.assignment, 0);
    expect(market_read(&m, 0, preview_rule, &p), ERR_OK);
    /* done with a group: it is not there any more (3.2) */
    market_work(&m, w, a);
    l = (struct listing){.in = {.search = STR("tag")}};
    expect_groups(&m, w, &l, "");
    struct blocking b = {.worker = w};
    expect(market_write(&m, r, block_rule, &b), ERR_OK);
    l = (struct listing){.in = {.page = 1}};
    expect_groups(&m, w, &l, "");
    expect_groups(&m, market_worker(&m, "ulla"), &l, "Closed,Transcribe");
    market_close(&m);
}
MARKET_TEST(groups)

static void two_slots_one_worker(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    market_deposit(&m, r, 1000);
    int64_t a = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 2});
    market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 2});
    struct listing l = {.in = {.page = 1}};
    market_work(&m, w, a);
    expect_groups(&m, w, &l, "Title");
    assert_int_equal(l.out.items[0].available, 1); /* two are open, one is left for him */
    expect_groups(&m, market_worker(&m, "ulla"), &l, "Title");
    assert_int_equal(l.out.items[0].available, 2);
    market_close(&m);
}
MARKET_TEST(two_slots_one_worker)

/* ---- his own pages ---- */

static struct err queue_rule(struct ctx *c, void *arg) {
    return work_queue(c, arg);
}
static struct err dashboard_rule(struct ctx *c, void *arg) {
    return work_dashboard(c, NULL, arg);
}
static struct err berlin_rule(struct ctx *c, void *arg) {
    return work_dashboard(c, zone_find(STR("Europe/Berlin")), arg);
}
struct day {
    struct status_in in;
    struct status_page out;
};
static struct err status_rule(struct ctx *c, void *arg) {
    struct day *d = arg;
    return work_status(c, &d->in, &d->out);
}
static struct err notices_rule(struct ctx *c, void *arg) {
    return notice_list(c, 0, 10, arg);
}
static struct err read_rule(struct ctx *c, void *arg) {
    return notice_read(c, *(int64_t *)arg);
}
struct tasking {
    struct str id;
    struct task task;
};
static struct err task_rule(struct ctx *c, void *arg) {
    struct tasking *t = arg;
    return work_task(c, t->id, &t->task);
}

/* Days of the worker's zone, also the one on which its clock goes forward (7.1). */
static void days_of_a_zone(enum fixture_kind kind) {
    static const int hours[] = {22, 23, 24, 25, 45, 46}; /* since 2026-03-28 00:00 UTC */
    enum { DAYS_BEFORE = 31 + 28 + 27 };
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    market_deposit(&m, r, 1000);
    market_advance(&m, DAYS_BEFORE * MARKET_DAY_S);
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
        market_advance(&m, (hours[i] - (i ? hours[i - 1] : 0)) * 3600);
        market_work(&m, w, market_hit(&m, r, &(struct hit_plan){.reward_cents = 10}));
    }
    struct dashboard x;
    int64_t sunday = m.now_ms / (MARKET_DAY_S * INT64_C(1000));
    expect(market_read(&m, w, berlin_rule, &x), ERR_OK);
    assert_int_equal(x.n, 3);
    static const int submitted[] = {1, 4, 1}; /* Monday, Sunday (23 h long), Saturday */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(x.days[i].day, sunday + 1 - i);
        assert_int_equal(x.days[i].submitted, submitted[i]);
        struct day day = {.in = {.day = x.days[i].day, .page = 1}};
        day.in.zone = zone_find(STR("Europe/Berlin"));
        expect(market_read(&m, w, status_rule, &day), ERR_OK);
        assert_int_equal(day.out.total, submitted[i]);
    }
    expect(market_read(&m, w, dashboard_rule, &x), ERR_OK);
    assert_int_equal(x.n, 2);
    assert_int_equal(x.days[0].submitted, 4);
    market_close(&m);
}
MARKET_TEST(days_of_a_zone)

static void pages(enum fixture_kind kind) {
    struct market m;
    market_open(&m, kind);
    int64_t r = market_requester(&m, "rita"), w = market_worker(&m, "will");
    market_deposit(&m, r, 1000);
    int64_t h[4];
    for (int i = 0; i < 4; i++)
        h[i] = market_hit(&m, r,
                          &(struct hit_plan){.reward_cents = 10,
                                             .duration_s = 100 - i,
                                             .title = i ? "Later" : "First"});
    int64_t a = market_work(&m, w, h[0]), b = market_work(&m, w, h[1]);
    market_advance(&m, MARKET_DAY_S - 1);
    market_deposit(&m, r, 1);
    int64_t c = market_accept(&m, w, h[2]), d = market_accept(&m, w, h[3]);
    struct queue q;
    expect(market_read(&m, w, queue_rule, &q), ERR_OK);
    assert_int_equal(q.n, 2);
    assert_int_equal(q.items[0].assignment, d); /* least time left first */
    assert_int_equal(q.max_active, 25);
    market_submit(&m, w, c);
    market_reject(&m, r, a);
    market_approve(&m, r, b);
    struct dashboard x;
    expect(market_read(&m, w, dashboard_rule, &x), ERR_OK);
    assert_int_equal(x.payable_cents, 10);
    assert_int_equal(x.pending_cents, 10);
    assert_int_equal(x.approved_cents, 10);
    assert_int_equal(x.in_progress, 1);
    assert_int_equal(x.pending, 1);
    assert_int_equal(x.percent_approved, 100);
    assert_int_equal(x.n, 1);
    assert_int_equal(x.days[0].submitted, 3);
    assert_int_equal(x.days[0].rejected, 1);
    assert_int_equal(x.days[0].earnings_cents, 10);
    market_advance(&m, 5 * MARKET_DAY_S);
    expect(market_overturn(&m, r, a), ERR_OK);
    expect(market_read(&m, w, dashboard_rule, &x), ERR_OK);
    assert_int_equal(x.days[0].approved, 2); /* the row of the submission's day (7.1) */
    assert_int_equal(x.days[0].earnings_cents, 20);
    struct day day = {.in = {.day = x.days[0].day, .page = 1}};
    expect(market_read(&m, w, status_rule, &day), ERR_OK);
    assert_int_equal(day.out.total, 3);
    assert_true(day.out.lines[0].overturned);
    assert_true(str_is(day.out.lines[0].rejection, "Not what was asked for"));
    assert_false(day.out.lines[1].overturned);
    assert_int_equal(day.out.lines[2].status, ASSIGNMENT_SUBMITTED);
    struct notice_list n;
    expect(market_read(&m, w, notices_rule, &n), ERR_OK);
    assert_int_equal(n.n, 3);
    assert_int_equal(n.items[0].kind, NOTICE_OVERTURNED);
    assert_int_equal(n.items[0].cents, 10);
    assert_false(n.items[0].read);
    expect(market_write(&m, w, read_rule, &n.items[1].row), ERR_OK);
    expect(market_read(&m, w, notices_rule, &n), ERR_OK);
    assert_true(n.items[1].read && !n.items[0].read);
    struct tasking t = {.id = market_assignment_id(&m, a)};
    expect(market_read(&m, w, task_rule, &t), ERR_OK);
    assert_true(str_is(t.task.fields, "1:a1:11:x"));
    expect(market_read(&m, market_worker(&m, "ulla"), task_rule, &t), ERR_NOT_FOUND);
    expect(market_read(&m, 0, task_rule, &t), ERR_OK);
    assert_int_equal(t.task.status, ASSIGNMENT_APPROVED);
    market_sweep(&m);
    market_close(&m);
}
MARKET_TEST(pages)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(refusals),
        MARKET_TEST_ROWS(daily_limit),
        MARKET_TEST_ROWS(order),
        MARKET_TEST_ROWS(many_done),
        MARKET_TEST_ROWS(accept_after_time),
        MARKET_TEST_ROWS(submits),
        MARKET_TEST_ROWS(deadlines),
        MARKET_TEST_ROWS(at_once),
        MARKET_TEST_ROWS(returns),
        MARKET_TEST_ROWS(groups),
        MARKET_TEST_ROWS(two_slots_one_worker),
        MARKET_TEST_ROWS(days_of_a_zone),
        MARKET_TEST_ROWS(pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
