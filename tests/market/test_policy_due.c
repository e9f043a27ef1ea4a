/* When a review runs: marks that are left for later are due (money-and-lifecycle 4.2), so whoever
 * touches the HIT meets its outcome, and no outcome depends on how late that is. */
#include <pthread.h>

#include "policy_steps.h"

#include "market/decide.h"
#include "market/due.h"
#include "market/work.h"

#define RULES                                                                                      \
    "QuestionIds=A QuestionAgreementThreshold=50 ApproveIfWorkerAgreementScoreIsAtLeast=100 "      \
    "RejectIfWorkerAgreementScoreIsLessThan=100"

struct scene {
    struct market m;
    int64_t r, w[4], hit, work[4];
    int n;
};

static void set_scene(struct scene *s, enum fixture_kind kind, const struct hit_plan *plan) {
    struct hit_plan policied = *plan;
    *s = (struct scene){.n = 0};
    market_open(&s->m, kind);
    s->r = market_requester(&s->m, "rita");
    market_deposit(&s->m, s->r, 100);
    for (int i = 0; i < 4; i++)
        s->w[i] = market_worker(&s->m, (const char *[]){"a", "b", "c", "d"}[i]);
    policied.reward_cents = 5;
    policied.hit_policy = policy_plurality(&s->m, RULES);
    s->hit = market_hit(&s->m, s->r, &policied);
}

static int64_t answer(struct scene *s, const char *answers) {
    int64_t a = policy_answer(&s->m, s->w[s->n], s->hit, answers);
    return s->work[s->n++] = a;
}

static struct err any_due(struct ctx *c, void *arg) {
    return due_any(c, arg);
}

static void expect_due(struct scene *s, bool due) {
    bool any = !due;
    expect(market_read(&s->m, 0, any_due, &any), ERR_OK);
    assert_int_equal(any, due);
    assert_int_equal(market_view(&s->m, s->hit).due, due);
}

static struct err cancel(struct ctx *c, void *arg) {
    int64_t seq = 0;
    return hit_cancel_batch(c, *(int64_t *)arg, 100, &seq);
}

/* Leaves a mark: the HITs of a cancelled batch are reviewed by the sweeper. */
static void cancel_batch(struct scene *s) {
    int64_t batch =
        market_number(&s->m, "SELECT batch FROM hit WHERE id = %lld", (long long)s->hit);
    expect(market_write(&s->m, s->r, cancel, &batch), ERR_OK);
}

static struct err reject(struct ctx *c, void *arg) {
    struct decided out;
    return decide_reject(c, arg, &out);
}

/* The review was due before the requester came. */
static void due_first(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, &(struct hit_plan){.max = 3});
    answer(&s, "A=x");
    answer(&s, "A=x");
    expect_due(&s, false);
    cancel_batch(&s);
    policy_expect(&s.m, s.hit, "");
    expect_due(&s, true);
    struct decide_in in = {.assignment_id = market_assignment_id(&s.m, s.work[0]),
                           .feedback = STR("no")};
    expect(market_write(&s.m, s.r, reject, &in), ERR_INVALID_ASSIGNMENT_STATE);
    market_sweep(&s.m); /* what was refused left nothing behind */
    policy_expect(&s.m, s.hit, "review approve approve");
    policy_expect_status(&s.m, s.work[0], ASSIGNMENT_APPROVED);
    expect_due(&s, false);
    market_close(&s.m);
}
MARKET_TEST(due_first)

/* Three answers, 2 to 1; the HIT expires on day 1, the work would be approved on day 3. Looked at
 * at once, or only a year later, by the sweeper in steps of one or for the HIT alone. */
enum lateness { AT_ONCE, LATE, IN_STEPS, BY_HIT, LATENESSES };

static struct err sweep_one(struct ctx *c, void *arg) {
    return due_sweep(c, 1, arg);
}

static struct err hit_alone(struct ctx *c, void *arg) {
    return due_hit(c, *(int64_t *)arg);
}

static void look_at_last(struct scene *s, enum lateness when) {
    int64_t done = 1;
    for (int day = 0; day < 5; day++) {
        market_advance(&s->m, MARKET_DAY_S);
        if (when == AT_ONCE)
            market_sweep(&s->m);
    }
    market_advance(&s->m, 360 * MARKET_DAY_S);
    if (when == AT_ONCE || when == LATE)
        market_sweep(&s->m);
    while (when == IN_STEPS && done > 0)
        expect(market_write(&s->m, 0, sweep_one, &done), ERR_OK);
    if (when == BY_HIT)
        expect(market_write(&s->m, s->r, hit_alone, &s->hit), ERR_OK);
}

static void late_or_early(enum fixture_kind kind) {
    for (int when = 0; when < LATENESSES; when++) {
        struct scene s;
        set_scene(&s, kind, &(struct hit_plan){.max = 4, .auto_approval_s = 3 * MARKET_DAY_S});
        int64_t start_ms = s.m.now_ms;
        answer(&s, "A=x");
        answer(&s, "A=y");
        answer(&s, "A=x");
        look_at_last(&s, (enum lateness)when);
        policy_expect(&s.m, s.hit, "review approve reject approve");
        policy_expect_status(&s.m, s.work[0], ASSIGNMENT_APPROVED);
        policy_expect_status(&s.m, s.work[1], ASSIGNMENT_REJECTED);
        assert_int_equal(market_number(&s.m, "SELECT MAX(approved_ms) FROM assignment"),
                         start_ms + MARKET_DAY_S * INT64_C(1000));
        assert_int_equal(market_number(&s.m, "SELECT MIN(at_ms) FROM policy_line"),
                         start_ms + MARKET_DAY_S * INT64_C(1000));
        market_expect_hit(&s.m, s.hit, HIT_DISPOSED, 0, 0);
        market_expect(&s.m, s.r, 100 - 12, 0);
        expect_due(&s, false);
        market_close(&s.m);
    }
}
MARKET_TEST(late_or_early)

/* What was due for approval before the HIT became reviewable stays approved. */
static void approved_before(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, &(struct hit_plan){.max = 4, .auto_approval_s = MARKET_DAY_S / 2});
    answer(&s, "A=y");
    market_advance(&s.m, MARKET_DAY_S * 3 / 4);
    answer(&s, "A=x");
    answer(&s, "A=x");
    market_advance(&s.m, 10 * MARKET_DAY_S);
    market_sweep(&s.m);
    policy_expect(&s.m, s.hit, "review reject! approve approve");
    policy_expect_status(&s.m, s.work[0], ASSIGNMENT_APPROVED);
    market_close(&s.m);
}
MARKET_TEST(approved_before)

/* The last one in progress makes it reviewable: given back, or abandoned. */
static void last_one_leaves(enum fixture_kind kind) {
    for (int abandons = 0; abandons < 2; abandons++) {
        struct scene s;
        set_scene(&s, kind, &(struct hit_plan){.max = 2});
        answer(&s, "A=x");
        int64_t last = market_accept(&s.m, s.w[1], s.hit);
        market_expire(&s.m, s.r, s.hit);
        policy_expect(&s.m, s.hit, "");
        if (abandons) {
            market_advance(&s.m, 2 * 3600);
            expect_due(&s, true);
            market_sweep(&s.m);
        } else {
            market_return(&s.m, s.w[1], last);
        }
        policy_expect(&s.m, s.hit, "review approve");
        market_close(&s.m);
    }
}
MARKET_TEST(last_one_leaves)

/* Nothing was submitted: there is nothing to look at. */
static void nothing_submitted(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, &(struct hit_plan){.max = 2});
    market_expire(&s.m, s.r, s.hit);
    policy_expect(&s.m, s.hit, "");
    expect_due(&s, false);
    market_close(&s.m);
}
MARKET_TEST(nothing_submitted)

/* ---- hitd check ---- */

/* Damage to a HIT that was reviewed and extended, and a word of the line about it. */
static const struct damage {
    const char *sql, *word;
} damages[] = {
    {"UPDATE policy SET requester = (SELECT MAX(id) FROM party)", "no level or another"},
    {"INSERT INTO policy (hit, level, requester, packed, due_ms) SELECT id, 2, requester, '', 1 "
     "FROM hit WHERE max_assignments = 2",
     "not reviewable"},
    {"UPDATE policy_line SET value = 'Extended by one assignment', name = 'extend', status = 2 "
     "WHERE action IS NULL",
     "more often"},
    {"DELETE FROM policy", "belongs to no policy"},
    {"UPDATE policy_line SET action = 99999 WHERE action IS NOT NULL", "belongs to no policy"},
    {"UPDATE policy_line SET level = 1 WHERE action IS NULL", "belongs to no policy"},
    {"UPDATE policy_line SET assignment = (SELECT MAX(id) FROM assignment) "
     "WHERE assignment IS NOT NULL",
     "belongs to no policy"},
    {"UPDATE policy_line SET status = 0 WHERE action IS NULL", "has a status"},
    {"UPDATE policy_line SET error = 'x' WHERE action IS NULL", "has a status"},
    {"UPDATE policy_line SET value = 'Approved' WHERE value = 'Rejected'", "no decision did so"},
    {"UPDATE settlement SET entrance = 1", "no decision did so"},
    {"DELETE FROM policy_line WHERE name = 'reject'", "is missing"},
};

static void damaged(enum fixture_kind kind) {
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        struct scene s;
        struct str lines;
        set_scene(&s, kind, &(struct hit_plan){.max = 3});
        answer(&s, "A=x");
        answer(&s, "A=y");
        answer(&s, "A=x");
        market_work(&s.m, s.w[0],
                    market_hit(&s.m, s.r, &(struct hit_plan){.reward_cents = 5, .max = 2}));
        policy_expect(&s.m, s.hit, "review approve reject approve");
        assert_int_equal(market_violations(&s.m, &lines), 0);
        market_sql(&s.m, "%s", damages[i].sql);
        assert_true(market_violations(&s.m, &lines) > 0);
        if (str_find(lines, str_c(damages[i].word)) < 0)
            fail_msg("%s: no \"%s\" in\n%.*s", damages[i].sql, damages[i].word, STR_ARG(lines));
        market_drop(&s.m);
    }
}
MARKET_TEST(damaged)

/* ---- several at once ---- */

struct runner {
    struct scene *s;
    bool submits; /* the last answer, which sets off the review; else rejects the first */
    struct actor actor;
    pthread_t thread;
    struct arena arena;
    struct err err;
};

static enum tx_end run_rule(struct tx *tx, void *arg) {
    struct runner *r = arg;
    struct ctx c;
    struct submitted submitted;
    struct decided decided;
    arena_reset(&r->arena);
    tx_use_arena(tx, &r->arena);
    r->err = ctx_begin(&c, tx, &r->actor, &r->s->m.ids);
    struct submit_in submit = {.assignment_id =
                                   id_seal(&r->arena, &r->s->m.ids, ID_ASSIGNMENT, r->s->work[1]),
                               .fields = STR("1:A1:11:x")};
    struct decide_in decide = {.assignment_id =
                                   id_seal(&r->arena, &r->s->m.ids, ID_ASSIGNMENT, r->s->work[0]),
                               .feedback = STR("no")};
    if (!failed(r->err))
        r->err = r->submits ? work_submit(&c, &submit, &submitted)
                            : decide_reject(&c, &decide, &decided);
    return ctx_end(r->err);
}

static void *run(void *arg) {
    struct runner *r = arg;
    store_write(r->s->m.f.store, r->submits, run_rule, r);
    return NULL;
}

/* The review approves the first while its requester rejects it: one of the two, once. */
static void review_and_decision(enum fixture_kind kind) {
    for (int round = 0; round < 4; round++) {
        struct scene s;
        set_scene(&s, kind, &(struct hit_plan){.max = 2});
        answer(&s, "A=x");
        s.work[1] = market_accept(&s.m, s.w[1], s.hit);
        struct runner r[2] = {
            {.s = &s, .actor = {.entrance = ENTRANCE_API, .party = s.r}},
            {.s = &s, .submits = true, .actor = {.entrance = ENTRANCE_PAGE, .party = s.w[1]}},
        };
        for (int i = 0; i < 2; i++) {
            int k = (i + round) % 2; /* each begins as often */
            arena_init(&r[k].arena, 0);
            assert_int_equal(pthread_create(&r[k].thread, NULL, run, &r[k]), 0);
        }
        for (int i = 0; i < 2; i++)
            pthread_join(r[i].thread, NULL);
        expect(r[1].err, ERR_OK);
        bool rejected = !failed(r[0].err);
        if (!rejected)
            expect(r[0].err, ERR_INVALID_ASSIGNMENT_STATE);
        policy_expect_status(&s.m, s.work[0], rejected ? ASSIGNMENT_REJECTED : ASSIGNMENT_APPROVED);
        policy_expect(&s.m, s.hit, rejected ? "review approve! approve" : "review approve approve");
        market_expect_payable(&s.m, s.w[0], rejected ? 0 : 5);
        market_expect(&s.m, s.r, 100 - 6 * (2 - rejected), 0);
        for (int i = 0; i < 2; i++)
            arena_free(&r[i].arena);
        market_close(&s.m);
    }
}
MARKET_TEST(review_and_decision)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(due_first),           MARKET_TEST_ROWS(late_or_early),
        MARKET_TEST_ROWS(approved_before),     MARKET_TEST_ROWS(last_one_leaves),
        MARKET_TEST_ROWS(nothing_submitted),   MARKET_TEST_ROWS(damaged),
        MARKET_TEST_ROWS(review_and_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
