/* What is entered and not submitted (worker-site 5, "Draft"). */
#include "base/limits.h"
#include "fixture.h"
#include "market/answer_draft.h"
#include "market/work.h"

struct keeping {
    struct str id, fields;
};
static struct err keep_rule(struct ctx *c, void *arg) {
    const struct keeping *k = arg;
    return answer_draft_keep(c, k->id, k->fields);
}
static enum err_code keep(struct market *m, int64_t worker, struct str id, const char *fields) {
    struct keeping k = {id, str_c(fields)};
    return market_write(m, worker, keep_rule, &k).code;
}

struct finding {
    struct str id;
    struct answer_draft draft;
};
static struct err find_rule(struct ctx *c, void *arg) {
    struct finding *f = arg;
    struct task t;
    struct err e = work_task(c, f->id, &t);
    return failed(e) ? e : answer_draft_of(c, &t, &f->draft);
}
static struct str kept(struct market *m, int64_t worker, struct str id) {
    struct finding f = {.id = id};
    expect(market_read(m, worker, find_rule, &f), ERR_OK);
    return f.draft.fields;
}

static struct err purge_rule(struct ctx *c, void *arg) {
    (void)arg;
    return answer_draft_purge(c, 10);
}
static int64_t drafts(struct market *m) {
    return market_number(m, "SELECT COUNT(*) FROM draft");
}

#define TWO  "3:tag1:13:cat5:boxes1:0"
#define MORE "3:tag1:13:dog"

struct stage {
    struct market m;
    int64_t worker, other, hit, assignment;
    struct str id;
};
static void begin(struct stage *s, enum fixture_kind kind) {
    market_open(&s->m, kind);
    int64_t r = market_requester(&s->m, "rita");
    market_deposit(&s->m, r, 1000);
    s->worker = market_worker(&s->m, "will");
    s->other = market_worker(&s->m, "vera");
    s->hit = market_hit(&s->m, r, &(struct hit_plan){.reward_cents = 5, .duration_s = 600});
    s->assignment = market_accept(&s->m, s->worker, s->hit);
    s->id = id_seal(s->m.arena, &s->m.ids, ID_ASSIGNMENT, s->assignment);
}

static void keeps(enum fixture_kind kind) {
    struct stage s;
    begin(&s, kind);
    assert_null(kept(&s.m, s.worker, s.id).p);
    assert_int_equal(keep(&s.m, s.worker, s.id, TWO), ERR_OK);
    assert_int_equal(keep(&s.m, s.worker, s.id, MORE), ERR_OK);
    assert_true(str_is(kept(&s.m, s.worker, s.id), MORE)); /* the latest, once */
    assert_int_equal(drafts(&s.m), 1);
    assert_int_equal(keep(&s.m, s.other, s.id, TWO), ERR_NOT_FOUND);
    assert_int_equal(keep(&s.m, s.worker, STR("3NOSUCH"), TWO), ERR_NOT_FOUND);
    static const char *damaged[] = {"3:tag",        "3:tag1:2", "3:tag2:-1",       "3:tag1:x",
                                    "3:tag1:13:ca", "tag",      "3:tag9:999999999"};
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
        assert_int_equal(keep(&s.m, s.worker, s.id, damaged[i]), ERR_INVALID_PARAMETER);
    assert_true(str_is(kept(&s.m, s.worker, s.id), MORE));
    market_close(&s.m);
}
MARKET_TEST(keeps)

static void too_large(enum fixture_kind kind) {
    struct stage s;
    begin(&s, kind);
    struct buf b = BUF_INIT;
    size_t n = DRAFT_MAX; /* one value of this size, and its name, are more than may be kept */
    buf_printf(&b, "1:a1:1%zu:", n);
    for (size_t i = 0; i < n; i++)
        buf_putc(&b, 'x');
    struct keeping k = {s.id, buf_view(&b)};
    expect(market_write(&s.m, s.worker, keep_rule, &k), ERR_TOO_LARGE);
    buf_free(&b);
    assert_int_equal(drafts(&s.m), 0);
    market_close(&s.m);
}
MARKET_TEST(too_large)

/* What was kept can still be read when the time is over, and is forgotten a day later. */
static void time_over(enum fixture_kind kind) {
    struct stage s;
    begin(&s, kind);
    market_advance(&s.m, 599);
    assert_int_equal(keep(&s.m, s.worker, s.id, TWO), ERR_OK);
    market_advance(&s.m, 2);
    assert_int_equal(keep(&s.m, s.worker, s.id, MORE), ERR_DEADLINE_PASSED);
    market_sweep(&s.m);
    assert_int_equal(keep(&s.m, s.worker, s.id, MORE), ERR_NOT_IN_PROGRESS);
    assert_true(str_is(kept(&s.m, s.worker, s.id), TWO));
    expect(market_write(&s.m, 0, purge_rule, NULL), ERR_OK);
    assert_int_equal(drafts(&s.m), 1);
    market_advance(&s.m, 24 * 3600);
    expect(market_write(&s.m, 0, purge_rule, NULL), ERR_OK);
    assert_int_equal(drafts(&s.m), 0);
    market_close(&s.m);
}
MARKET_TEST(time_over)

/* A draft of work in progress is not forgotten, however old; one of submitted work is not shown. */
static void submitted(enum fixture_kind kind) {
    struct stage s;
    market_open(&s.m, kind);
    int64_t r = market_requester(&s.m, "rita");
    market_deposit(&s.m, r, 1000);
    s.worker = market_worker(&s.m, "will");
    s.hit = market_hit(&s.m, r,
                       &(struct hit_plan){.reward_cents = 5,
                                          .duration_s = (int64_t)5 * 86400,
                                          .lifetime_s = (int64_t)9 * 86400});
    s.assignment = market_accept(&s.m, s.worker, s.hit);
    s.id = id_seal(s.m.arena, &s.m.ids, ID_ASSIGNMENT, s.assignment);
    assert_int_equal(keep(&s.m, s.worker, s.id, TWO), ERR_OK);
    market_advance(&s.m, (int64_t)2 * 86400);
    expect(market_write(&s.m, 0, purge_rule, NULL), ERR_OK);
    assert_true(str_is(kept(&s.m, s.worker, s.id), TWO));
    market_submit(&s.m, s.worker, s.assignment);
    assert_null(kept(&s.m, s.worker, s.id).p);
    assert_int_equal(keep(&s.m, s.worker, s.id, MORE), ERR_NOT_IN_PROGRESS);
    expect(market_write(&s.m, 0, purge_rule, NULL), ERR_OK);
    assert_int_equal(drafts(&s.m), 0);
    market_close(&s.m);
}
MARKET_TEST(submitted)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(keeps),
        MARKET_TEST_ROWS(too_large),
        MARKET_TEST_ROWS(time_over),
        MARKET_TEST_ROWS(submitted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
