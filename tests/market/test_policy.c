/* Review policies (requester-api 3.7): scores, thresholds at their edges, decisions through the
 * settlement, extensions and what holds them up. */
#include "policy_steps.h"

#include "market/decide.h"

/* A market with a requester who has money and workers a to e; HITs cost 6 cents a slot. */
struct scene {
    struct market m;
    int64_t r, w[5];
};

static void set_scene(struct scene *s, enum fixture_kind kind, int64_t cents) {
    market_open(&s->m, kind);
    s->r = market_requester(&s->m, "rita");
    for (int i = 0; i < 5; i++)
        s->w[i] = market_worker(&s->m, (const char *[]){"a", "b", "c", "d", "e"}[i]);
    if (cents)
        market_deposit(&s->m, s->r, cents);
}

static int64_t known_hit(struct scene *s, int64_t max, const char *answers, const char *rules) {
    struct str p = policy_known(&s->m, answers, rules);
    return market_hit(&s->m, s->r,
                      &(struct hit_plan){.reward_cents = 5, .max = max, .assignment_policy = p});
}

static int64_t plurality_hit(struct scene *s, int64_t max, const char *rules) {
    struct str p = policy_plurality(&s->m, rules);
    return market_hit(&s->m, s->r,
                      &(struct hit_plan){.reward_cents = 5, .max = max, .hit_policy = p});
}

#define APPROVE "ApproveIfKnownAnswerScoreIsAtLeast="
#define REJECT  "RejectIfKnownAnswerScoreIsLessThan="
#define EXTEND  "ExtendIfKnownAnswerScoreIsLessThan="

/* ---- ScoreMyKnownAnswers ---- */

static const struct known_case {
    const char *rules, *answers, *score, *actions;
    enum assignment_status status;
} known_cases[] = {
    /* met exactly, and missed by one */
    {APPROVE "50", "A=x B=q", "50", "review approve", ASSIGNMENT_APPROVED},
    {APPROVE "51", "A=x B=q", "50", "review", ASSIGNMENT_SUBMITTED},
    {REJECT "50", "A=x B=q", "50", "review", ASSIGNMENT_SUBMITTED},
    {REJECT "51", "A=x B=q", "50", "review reject", ASSIGNMENT_REJECTED},
    /* 0 always and 101 never approves; 0 never and 101 always rejects */
    {APPROVE "0", "A=q", "0", "review approve", ASSIGNMENT_APPROVED},
    {APPROVE "101", "A=x B=p", "100", "review", ASSIGNMENT_SUBMITTED},
    {REJECT "0", "", "0", "review", ASSIGNMENT_SUBMITTED},
    {REJECT "101", "A=x B=p", "100", "review reject", ASSIGNMENT_REJECTED},
    /* both hold: the approval wins */
    {APPROVE "50 " REJECT "101", "A=x", "50", "review approve reject?", ASSIGNMENT_APPROVED},
    /* nothing asked for; no answer at all */
    {"", "A=x B=p", "100", "review", ASSIGNMENT_SUBMITTED},
    {REJECT "1", "", "0", "review reject", ASSIGNMENT_REJECTED},
    /* questions of no interest, and one that is answered twice: the first counts */
    {APPROVE "100", "Z=x A=x B=p Y=q", "100", "review approve", ASSIGNMENT_APPROVED},
    {APPROVE "100", "A=x A=q B=p", "100", "review approve", ASSIGNMENT_APPROVED},
};

static void known_thresholds(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 1000);
    int64_t paid = 0, back = 0;
    for (size_t i = 0; i < sizeof(known_cases) / sizeof(known_cases[0]); i++) {
        const struct known_case *k = &known_cases[i];
        int64_t h = known_hit(&s, 1, "A=x B=p", k->rules);
        int64_t a = policy_answer(&s.m, s.w[i % 5], h, k->answers);
        policy_expect(&s.m, h, k->actions);
        policy_expect_result(&s.m, h, "KnownAnswerScore", NULL, k->score);
        policy_expect_status(&s.m, a, k->status);
        paid += k->status == ASSIGNMENT_APPROVED;
        back += k->status == ASSIGNMENT_REJECTED;
    }
    int64_t n = sizeof(known_cases) / sizeof(known_cases[0]);
    market_expect(&s.m, s.r, 1000 - 6 * n + 6 * back, 6 * (n - paid - back));
    market_close(&s.m);
}
MARKET_TEST(known_thresholds)

static const struct set_case {
    const char *key, *answer, *correct;
} set_cases[] = {
    {"x", "_x__", "1"},             /* trimmed */
    {"_x", "x", "1"},               /* so is the key */
    {"x", "X", "0"},                /* case */
    {"x.", "x", "0"},               /* punctuation */
    {"p|q", "q|p", "1"},            /* a set has no order … */
    {"p|q", "q|p|q", "1"},          /* … and holds a thing once */
    {"p|q", "p", "0"},              /* all of them */
    {"p", "p|q", "0"},              /* and no more */
    {"p|", "p", "1"},               /* an empty value is none */
    {"", "", "0"},                  /* an empty key never matches … */
    {"_", "", "0"},                 /* … trimmed */
    {"-", "", "0"},                 /* nor does an empty answer */
    {"", "-", "0"},                 /* not what stands for an empty key inside */
    {"1:x", "1:x", "1"},            /* packing is not seen */
    {"p|q", "1:p1:q", "0"},         /* in neither direction */
    {"\xc3\xa4", "a\xcc\x88", "0"}, /* letter by letter */
    {"a_b", "a__b", "0"},           /* inner spaces count */
};

static void known_sets(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 1000);
    for (size_t i = 0; i < sizeof(set_cases) / sizeof(set_cases[0]); i++) {
        const struct set_case *k = &set_cases[i];
        int64_t h = known_hit(&s, 1, arena_printf(s.m.arena, "A=%s", k->key), "");
        policy_answer(&s.m, s.w[i % 5], h, arena_printf(s.m.arena, "A=%s", k->answer));
        policy_expect_result(&s.m, h, "KnownAnswerCorrect", "A", k->correct);
    }
    /* cut, not rounded: two of three */
    int64_t h = known_hit(&s, 1, "A=x B=x C=x", APPROVE "67");
    policy_answer(&s.m, s.w[0], h, "A=x B=x C=y");
    policy_expect_result(&s.m, h, "KnownAnswerScore", NULL, "66");
    policy_expect(&s.m, h, "review");
    market_close(&s.m);
}
MARKET_TEST(known_sets)

static void known_reasons(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 100);
    int64_t h = known_hit(&s, 3, "A=x",
                          APPROVE "100 ApproveReason=Well_done. " REJECT "100 RejectReason=Wrong.");
    int64_t good = policy_answer(&s.m, s.w[0], h, "A=x"),
            bad = policy_answer(&s.m, s.w[1], h, "A=y");
    assert_true(str_is(
        market_text(&s.m, "SELECT feedback FROM assignment WHERE id = %lld", (long long)good),
        "Well done."));
    assert_true(str_is(
        market_text(&s.m, "SELECT rejection FROM assignment WHERE id = %lld", (long long)bad),
        "Wrong."));
    market_expect(&s.m, s.r, 100 - 12, 6); /* one paid, one free, one back */
    market_expect_payable(&s.m, s.w[0], 5);
    expect(market_overturn(&s.m, s.r, bad), ERR_OK); /* as any other */
    market_expect_payable(&s.m, s.w[1], 5);
    market_close(&s.m);
}
MARKET_TEST(known_reasons)

/* Delay 0: the policy first, the clock what it leaves. */
static void known_before_the_clock(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 100);
    struct str p = policy_known(&s.m, "A=x B=x", REJECT "50");
    const struct hit_plan plan = {
        .reward_cents = 5, .max = 2, .auto_approval_s = -1, .assignment_policy = p};
    int64_t h = market_hit(&s.m, s.r, &plan);
    policy_expect_status(&s.m, policy_answer(&s.m, s.w[0], h, "A=y B=y"), ASSIGNMENT_REJECTED);
    policy_expect_status(&s.m, policy_answer(&s.m, s.w[1], h, "A=x B=y"), ASSIGNMENT_APPROVED);
    policy_expect(&s.m, h, "review reject review");
    market_close(&s.m);
}
MARKET_TEST(known_before_the_clock)

static void known_extension(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 18);
    int64_t h = known_hit(&s, 2, "A=x", EXTEND "100 ExtendMaximumAssignments=3");
    market_expect(&s.m, s.r, 6, 12);
    policy_answer(&s.m, s.w[0], h, "A=y");
    policy_expect(&s.m, h, "review extend");
    market_expect(&s.m, s.r, 0, 18);
    market_expect_hit(&s.m, h, HIT_ASSIGNABLE, 2, 0);
    policy_answer(&s.m, s.w[1], h, "A=x"); /* 100 is not less than 100 */
    policy_expect(&s.m, h, "review extend review");
    policy_answer(&s.m, s.w[2], h, "A=y"); /* three are there already: that counts as done */
    policy_expect(&s.m, h, "review extend review review extend");
    market_expect_hit(&s.m, h, HIT_REVIEWABLE, 0, 0);
    assert_int_equal(market_view(&s.m, h).n.max_assignments, 3);
    market_close(&s.m);
}
MARKET_TEST(known_extension)

/* Money that is missing, a fee's tier, an expired HIT: recorded, and nothing has changed. */
static void known_extension_fails(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 17);
    int64_t h = known_hit(&s, 2, "A=x", EXTEND "101"); /* one cent short of a third */
    policy_answer(&s.m, s.w[0], h, "A=x");
    policy_expect(&s.m, h, "review extend!");
    policy_expect_error(&s.m, h, "InsufficientFunds");
    market_expect(&s.m, s.r, 5, 12);
    market_deposit(&s.m, s.r, 1); /* exactly enough */
    policy_answer(&s.m, s.w[1], h, "A=x");
    policy_expect(&s.m, h, "review extend! review extend");
    market_expect(&s.m, s.r, 0, 18);

    market_deposit(&s.m, s.r, 1000);
    int64_t nine = known_hit(&s, 9, "A=x", EXTEND "101 ExtendMaximumAssignments=25");
    policy_answer(&s.m, s.w[0], nine, "A=x");
    policy_expect_error(&s.m, nine, "InvalidMaximumAssignmentsIncrease");
    assert_int_equal(market_view(&s.m, nine).n.max_assignments, 9);

    int64_t over[2] = {known_hit(&s, 2, "A=x", EXTEND "101"),
                       known_hit(&s, 2, "A=x", EXTEND "101 ExtendMinimumTimeInSeconds=60")};
    int64_t work[2];
    for (int i = 0; i < 2; i++)
        work[i] = market_accept(&s.m, s.w[0], over[i]);
    for (int i = 0; i < 2; i++)
        market_expire(&s.m, s.r, over[i]);
    for (int i = 0; i < 2; i++)
        expect(market_try_submit(&s.m, s.w[0], work[i], policy_fields(&s.m, "A=y")), ERR_OK);
    policy_expect(&s.m, over[0], "review extend!");
    policy_expect_error(&s.m, over[0], "InvalidHITState");
    market_expect_hit(&s.m, over[0], HIT_REVIEWABLE, 0, 0);
    policy_expect(&s.m, over[1], "review extend"); /* with a time it opens again, two slots free */
    market_expect_hit(&s.m, over[1], HIT_ASSIGNABLE, 2, 0);
    assert_int_equal(market_view(&s.m, over[1]).expires_ms, s.m.now_ms + 60000);
    market_close(&s.m);
}
MARKET_TEST(known_extension_fails)

/* ---- SimplePlurality ---- */

#define PLURALITY(threshold) "QuestionIds=A,B QuestionAgreementThreshold=" threshold " "
#define ONE(threshold)       "QuestionIds=A QuestionAgreementThreshold=" threshold " "
#define P_APPROVE            "ApproveIfWorkerAgreementScoreIsAtLeast="
#define P_REJECT             "RejectIfWorkerAgreementScoreIsLessThan="
#define P_EXTEND             "ExtendIfHITAgreementScoreIsLessThan="

static const struct plurality_case {
    const char *rules;
    const char *answers[5];                   /* as many as there are */
    const char *found, *agreed, *score, *hit; /* of question A; "" none */
    const char *actions;
} plurality_cases[] = {
    /* more than the threshold, not as much */
    {ONE("66"), {"A=x", "A=x", "A=y"}, "false", "", "", "0", "review"},
    {ONE("65"), {"A=x", "A=x", "A=y"}, "true", "x", "66", "100", "review"},
    {ONE("100"), {"A=x", "A=x"}, "false", "", "", "0", "review"},
    /* a tie: nobody at 50, at 49 the one that was given first */
    {ONE("50"), {"A=y", "A=x", "A=x", "A=y"}, "false", "", "", "0", "review"},
    {ONE("49") P_APPROVE "100 " P_REJECT "100",
     {"A=y", "A=x", "A=x", "A=y"},
     "true",
     "y",
     "50",
     "100",
     "review approve reject reject approve"},
    /* all differ, at 0 */
    {ONE("0"), {"A=z", "A=x", "A=y"}, "true", "z", "33", "100", "review"},
    /* one answer is everybody's */
    {ONE("99") P_APPROVE "100", {"A=x"}, "true", "x", "100", "100", "review approve"},
    /* who left it empty counts as one of the workers, and differs */
    {ONE("49") P_REJECT "1", {"A=x", "A="}, "true", "x", "50", "100", "review reject"},
    {ONE("50") P_REJECT "1", {"A=x", "B=x"}, "false", "", "", "0", "review"},
    /* nobody answered: no agreement on nothing, and nobody has a score */
    {ONE("0") P_APPROVE "0 " P_REJECT "101", {"A=", "", "A=_"}, "false", "", "", "0", "review"},
    /* sets: neither order nor doubles */
    {ONE("99"), {"A=p|q", "A=q|p", "A=q|q|_p"}, "true", "p|q", "100", "100", "review"},
    {ONE("50"), {"A=p|q", "A=p"}, "false", "", "", "0", "review"},
    /* half of the questions */
    {PLURALITY("50"), {"A=x B=x", "A=x B=y"}, "true", "x", "100", "50", "review"},
    /* worker scores met exactly: a 100, b 50 */
    {PLURALITY("60") P_APPROVE "50",
     {"A=x B=x", "A=x B=y", "A=x B=x"},
     "true",
     "x",
     "100",
     "100",
     "review approve approve approve"},
    {PLURALITY("60") P_APPROVE "51 " P_REJECT "50",
     {"A=x B=x", "A=x B=y", "A=x B=x"},
     "true",
     "x",
     "100",
     "100",
     "review approve approve"},
    {PLURALITY("60") P_REJECT "51",
     {"A=x B=x", "A=x B=y", "A=x B=x"},
     "true",
     "x",
     "100",
     "100",
     "review reject"},
    {ONE("50") P_APPROVE "0 " P_REJECT "101",
     {"A=x", "A=x"},
     "true",
     "x",
     "100",
     "100",
     "review approve reject? approve reject?"},
};

static int64_t work_all(struct scene *s, int64_t h, const char *const answers[5]) {
    int64_t last = 0;
    for (int i = 0; i < 5 && answers[i]; i++)
        last = policy_answer(&s->m, s->w[i], h, answers[i]);
    return last;
}

static int count(const char *const answers[5]) {
    int n = 0;
    while (n < 5 && answers[n])
        n++;
    return n;
}

static void plurality_scores(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 1000);
    for (size_t i = 0; i < sizeof(plurality_cases) / sizeof(plurality_cases[0]); i++) {
        const struct plurality_case *k = &plurality_cases[i];
        int64_t h = plurality_hit(&s, count(k->answers), k->rules);
        work_all(&s, h, k->answers);
        policy_expect(&s.m, h, k->actions);
        policy_expect_result(&s.m, h, "AgreedAnswerFound", "A", k->found);
        policy_expect_result(&s.m, h, "AgreedAnswer", "A", k->agreed);
        policy_expect_result(&s.m, h, "AnswerAgreementScore", "A", k->score);
        policy_expect_result(&s.m, h, "HitAgreementScore", NULL, k->hit);
    }
    market_close(&s.m);
}
MARKET_TEST(plurality_scores)

/* 256 characters are compared, 257 count as no answer. */
static void plurality_long(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 100);
    for (int extra = 0; extra < 2; extra++) {
        struct buf b = BUF_INIT;
        buf_str(&b, STR("A="));
        for (int i = 0; i < 256 + extra; i++)
            buf_str(&b, STR("\xc3\xa4")); /* characters, not bytes */
        const char *answer = arena_printf(s.m.arena, "%.*s", STR_ARG(buf_dup(s.m.arena, &b)));
        buf_free(&b);
        int64_t h = plurality_hit(&s, 2, ONE("50"));
        policy_answer(&s.m, s.w[0], h, answer);
        policy_answer(&s.m, s.w[1], h, answer);
        policy_expect_result(&s.m, h, "AgreedAnswerFound", "A", extra ? "false" : "true");
    }
    market_close(&s.m);
}
MARKET_TEST(plurality_long)

static void plurality_disregards(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 1000);
    /* the first was rejected: counted, then not */
    for (int disregards = 0; disregards < 2; disregards++) {
        int64_t h = plurality_hit(
            &s, 2,
            disregards ? ONE("50") "DisregardAssignmentIfRejected=T " P_APPROVE "100"
                       : ONE("50") "DisregardAssignmentIfRejected=F " P_APPROVE "100");
        int64_t first = policy_answer(&s.m, s.w[0], h, "A=y");
        market_reject(&s.m, s.r, first);
        int64_t second = policy_answer(&s.m, s.w[1], h, "A=x");
        policy_expect_result(&s.m, h, "AgreedAnswer", "A", disregards ? "x" : "");
        policy_expect_status(&s.m, first, ASSIGNMENT_REJECTED);
        policy_expect_status(&s.m, second, disregards ? ASSIGNMENT_APPROVED : ASSIGNMENT_SUBMITTED);
    }
    /* known answers: 50 is not less than 50 */
    struct hit_plan plan = {
        .reward_cents = 5,
        .max = 3,
        .assignment_policy = policy_known(&s.m, "K=1 L=1", ""),
        .hit_policy = policy_plurality(
            &s.m, ONE("50") "DisregardAssignmentIfKnownAnswerScoreIsLessThan=50 " P_APPROVE "100"),
    };
    int64_t h = market_hit(&s.m, s.r, &plan);
    policy_answer(&s.m, s.w[0], h, "A=y K=0 L=0");
    policy_answer(&s.m, s.w[1], h, "A=x K=1 L=0");
    policy_answer(&s.m, s.w[2], h, "A=x K=1 L=1");
    policy_expect(&s.m, h, "review review review review approve approve");
    policy_expect_result(&s.m, h, "AnswerAgreementScore", "A", "100");
    market_close(&s.m);
}
MARKET_TEST(plurality_disregards)

static void plurality_extension(enum fixture_kind kind) {
    struct scene s;
    set_scene(&s, kind, 18);
    int64_t h = plurality_hit(&s, 2,
                              ONE("50") P_EXTEND "100 ExtendMaximumAssignments=4 "
                                                 "ExtendMinimumTimeInSeconds=60 " P_APPROVE "100");
    policy_answer(&s.m, s.w[0], h, "A=x");
    policy_answer(&s.m, s.w[1], h, "A=y");
    policy_expect(&s.m, h, "review extend"); /* to three; the decisions wait */
    market_expect(&s.m, s.r, 0, 18);
    int64_t third = policy_answer(&s.m, s.w[2], h, "A=z");
    policy_expect(&s.m, h, "review extend review extend!"); /* to four: no money */
    policy_expect_error(&s.m, h, "InsufficientFunds");
    policy_expect_status(&s.m, third, ASSIGNMENT_SUBMITTED);
    market_expect_hit(&s.m, h, HIT_REVIEWABLE, 0, 0);

    market_deposit(&s.m, s.r, 100);
    int64_t full = plurality_hit(&s, 2,
                                 ONE("50") P_EXTEND "100 ExtendMaximumAssignments=2 "
                                                    "ExtendMinimumTimeInSeconds=60");
    policy_answer(&s.m, s.w[0], full, "A=x");
    policy_answer(&s.m, s.w[1], full, "A=y");
    policy_expect(&s.m, full, "review extend"); /* the maximum is reached: done */
    assert_int_equal(market_view(&s.m, full).n.max_assignments, 2);

    /* one that the policy leaves undecided, decided by hand before the review after it */
    int64_t late = plurality_hit(&s, 2,
                                 ONE("50") P_EXTEND "100 ExtendMaximumAssignments=3 "
                                                    "ExtendMinimumTimeInSeconds=60 " P_APPROVE
                                                    "100 " P_REJECT "100");
    int64_t first = policy_answer(&s.m, s.w[0], late, "A=x");
    int64_t second = policy_answer(&s.m, s.w[1], late, "A=y");
    market_approve(&s.m, s.r, second);
    policy_answer(&s.m, s.w[2], late, "A=x");
    policy_expect(&s.m, late, "review extend review approve reject! approve");
    policy_expect_error(&s.m, late, "InvalidAssignmentState");
    policy_expect_status(&s.m, first, ASSIGNMENT_APPROVED);
    policy_expect_status(&s.m, second, ASSIGNMENT_APPROVED);
    market_close(&s.m);
}
MARKET_TEST(plurality_extension)

/* One worker, many HITs: his statistics, the pair's, his money. */
static void many_of_one_worker(enum fixture_kind kind) {
    enum { HITS = 24 };
    struct scene s;
    set_scene(&s, kind, 6 * HITS);
    for (int i = 0; i < HITS; i++) {
        int64_t h = known_hit(&s, 1, "A=x", APPROVE "100 " REJECT "100");
        policy_answer(&s.m, s.w[0], h, i % 3 ? "A=x" : "A=y");
    }
    market_expect(&s.m, s.r, 6 * HITS / 3, 0);
    market_expect_payable(&s.m, s.w[0], 5 * HITS * 2 / 3);
    assert_int_equal(market_number(&s.m, "SELECT approved FROM worker_stat WHERE worker = %lld",
                                   (long long)s.w[0]),
                     HITS * 2 / 3);
    assert_int_equal(market_number(&s.m, "SELECT SUM(rejected) FROM pair_day"), HITS / 3);
    assert_int_equal(
        market_number(&s.m, "SELECT COUNT(*) FROM settlement WHERE entrance = %d", ENTRANCE_POLICY),
        HITS);
    market_close(&s.m);
}
MARKET_TEST(many_of_one_worker)

int main(void) {
    const struct CMUnitTest tests[] = {
        MARKET_TEST_ROWS(known_thresholds),     MARKET_TEST_ROWS(known_sets),
        MARKET_TEST_ROWS(known_reasons),        MARKET_TEST_ROWS(known_before_the_clock),
        MARKET_TEST_ROWS(known_extension),      MARKET_TEST_ROWS(known_extension_fails),
        MARKET_TEST_ROWS(plurality_scores),     MARKET_TEST_ROWS(plurality_long),
        MARKET_TEST_ROWS(plurality_disregards), MARKET_TEST_ROWS(plurality_extension),
        MARKET_TEST_ROWS(many_of_one_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
