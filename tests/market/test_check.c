/* hitd check finds damage done to each invariant, and nothing in a sound store. */
#include "fixture.h"

/* Damage, and a word that the line about it begins with. */
static const struct damage {
    const char *sql, *line;
} damages[] = {
    {"UPDATE account SET balance = balance + 1 WHERE id % 8 = 1 AND balance > 0", "I1: party"},
    {"UPDATE account SET balance = balance + 1 WHERE id % 8 = 1 AND balance > 0", "I1: all"},
    {"UPDATE transfer SET credit = 799999 WHERE kind = 1", "I1: transfer"},
    {"UPDATE account SET balance = balance + 1 WHERE id % 8 = 2 AND balance > 0", "I3:"},
    {"UPDATE hit SET fee_cents = 2 WHERE submitted = 1", "I3:"},
    {"DELETE FROM transfer WHERE kind = 6", "I4: assignment"},
    {"UPDATE transfer SET cents = 4 WHERE kind = 6", "I4: assignment"},
    {"INSERT INTO transfer (at_ms, kind, debit, credit, cents, assignment) "
     "SELECT 1, 6, debit, credit, 5, (SELECT id FROM assignment WHERE status = 4) "
     "FROM transfer WHERE kind = 6",
     "I4: assignment"},
    {"UPDATE account SET balance = balance - 1 WHERE id % 8 = 5 AND balance < 0", "I5:"},
    {"UPDATE account SET balance = balance + 1 WHERE id % 8 = 3 AND balance > 0", "I6:"},
    {"UPDATE account SET balance = balance + 1 WHERE id % 8 = 4 AND balance > 0", "I7:"},
    {"UPDATE worker_stat SET approved = approved + 1", "I8: worker"},
    {"UPDATE pair_day SET rejected = rejected + 1", "I8: requester"},
    {"DELETE FROM pair_day", "I8: requester"},
    {"UPDATE requester_day SET overturned = overturned + 1", "I8: requester"},
    {"UPDATE hit SET approved = approved + 1 WHERE approved > 0", "HIT "},
    {"UPDATE hit SET reviewing = 1 WHERE pending > 0", "HIT "},
    {"UPDATE assignment SET due_ms = NULL WHERE status = 2", "assignment "},
    {"UPDATE batch SET slots = slots + 1", "batch "},
    {"UPDATE batch SET submitted = submitted - 1", "batch "},
    {"UPDATE batch_shape SET live = live + 1", "batch "},
    {"DELETE FROM batch_shape WHERE live > 0", "batch "},
    {"UPDATE hit_type SET open_hits = open_hits + 1", "HIT type "},
    {"UPDATE decision SET worker = worker + 1", "settlement "},
    {"UPDATE settlement SET approved = approved + 1", "settlement "},
    {"DELETE FROM decision WHERE verdict = 2", "assignment "},
    {"INSERT INTO answer (assignment, fields) VALUES (99999, '')", "answer "},
    {"INSERT INTO account (id, balance) VALUES (8001, 0)", "account "},
};

/* A store with something of everything. */
static void set_scene(struct market *m) {
    int64_t r = market_requester(m, "ann"), w[4];
    market_deposit(m, r, 1000);
    int64_t hit = market_hit(m, r, &(struct hit_plan){.reward_cents = 5, .max = 6});
    for (int i = 0; i < 4; i++)
        w[i] = market_worker(m, (const char *[]){"a", "b", "c", "d"}[i]);
    market_approve(m, r, market_work(m, w[0], hit));
    market_reject(m, r, market_work(m, w[1], hit));
    market_work(m, w[2], hit);
    market_accept(m, w[3], hit);
    market_hit(m, r, &(struct hit_plan){.reward_cents = 7, .title = "Other"});
}

/* The lines hold one that begins so. */
static bool holds(struct str lines, const char *begin) {
    while (lines.n) {
        if (str_starts(str_cut(&lines, '\n'), str_c(begin)))
            return true;
    }
    return false;
}

static void damage(enum fixture_kind kind) {
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        struct market m;
        struct str lines;
        market_open(&m, kind);
        set_scene(&m);
        assert_int_equal(market_violations(&m, &lines), 0);
        market_sql(&m, "%s", damages[i].sql);
        assert_true(market_violations(&m, &lines) > 0);
        if (!holds(lines, damages[i].line))
            fail_msg("%s: no line \"%s…\" in\n%.*s", damages[i].sql, damages[i].line,
                     STR_ARG(lines));
        market_drop(&m);
    }
}
MARKET_TEST(damage)

int main(void) {
    const struct CMUnitTest tests[] = {MARKET_TEST_ROWS(damage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
