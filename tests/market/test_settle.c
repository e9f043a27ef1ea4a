/* A settlement of one decision finds its rows by key, one of many by set (market/settle.h). Here
 * the same decisions go both ways, each in a fresh store, and after every step all tables that a
 * settlement touches must be equal, column by column. */
#include <string.h>

#include "fixture.h"
#include "ledger/ledger.h"
#include "market/decide.h"
#include "market/settle.h"

enum { STEPS_MAX = 16, DAY_S = MARKET_DAY_S };

static const char *const tables[] = {
    "settlement", "decision",      "assignment", "hit",    "batch",   "hit_type", "worker_stat",
    "pair_day",   "requester_day", "notice",     "outbox", "account", "transfer",
};
enum { TABLES = sizeof tables / sizeof *tables };

/* A world that is worked through twice, and what its tables held after each step. */
struct pass {
    struct market m;
    bool by_set;
    struct arena kept;
    int steps;
    const char *what[STEPS_MAX];
    struct str table[STEPS_MAX][TABLES];
};

/* ---- one settlement ---- */

struct settling {
    int64_t requester, hit; /* hit: what is due of it, instead of one */
    struct settle_one one;
    enum entrance entrance;
    bool by_set;
    struct settlement s;
};

static struct err settle_rule(struct ctx *c, void *arg) {
    struct settling *w = arg;
    struct actor actor = *c->actor;
    struct ctx by = *c;
    int64_t added = 0;
    actor.entrance = w->entrance;
    by.actor = &actor;
    struct err e = settle_begin(&by, w->requester, 0, &w->s);
    w->s.by_set = w->by_set;
    if (w->one.assignment)
        w->one.at_ms = c->now_ms;
    if (!failed(e))
        e = w->hit ? settle_add_due(&by, &w->s, w->hit, &added)
                   : settle_add_one(&by, &w->s, &w->one);
    return failed(e) ? e : settle_apply(&by, &w->s);
}

static void keep(struct pass *p, const char *what) {
    assert_true(p->steps < STEPS_MAX);
    p->what[p->steps] = what;
    for (int t = 0; t < TABLES; t++)
        p->table[p->steps][t] = str_dup(&p->kept, market_table(&p->m, tables[t]));
    p->steps++;
}

static void decide(struct pass *p, const char *what, struct settling w, enum err_code code) {
    w.by_set = p->by_set;
    w.entrance = w.entrance ? w.entrance : ENTRANCE_API;
    struct err e = market_write(&p->m, w.requester, settle_rule, &w);
    if (e.code != code)
        fail_msg("%s: %s %s", what, failed(e) ? err_slug(e.code) : "no error",
                 e.detail ? e.detail : "");
    keep(p, what);
}

static struct settling approve(int64_t requester, int64_t assignment, const char *feedback) {
    return (struct settling){
        .requester = requester,
        .one = {assignment, VERDICT_APPROVE, ASSIGNMENT_SUBMITTED, 0, str_c(feedback)}};
}
static struct settling reject(int64_t requester, int64_t assignment, const char *feedback) {
    return (struct settling){
        .requester = requester,
        .one = {assignment, VERDICT_REJECT, ASSIGNMENT_SUBMITTED, 0, str_c(feedback)}};
}
static struct settling overturn(int64_t requester, int64_t assignment, const char *feedback) {
    return (struct settling){
        .requester = requester,
        .one = {assignment, VERDICT_OVERTURN, ASSIGNMENT_REJECTED, 0, str_c(feedback)}};
}

/* ---- the story ---- */

static void work_through(struct pass *p, enum fixture_kind kind, bool by_set) {
    struct market *m = &p->m;
    *p = (struct pass){.by_set = by_set};
    arena_init(&p->kept, 0);
    market_open(m, kind);
    int64_t r = market_requester(m, "rita"), w = market_worker(m, "will"),
            v = market_worker(m, "vera");
    market_deposit(m, r, 79);
    int64_t two =
        market_hit(m, r, &(struct hit_plan){.reward_cents = 5, .max = 2, .lifetime_s = 10 * DAY_S});
    int64_t ripe = market_hit(m, r,
                              &(struct hit_plan){.title = "Ripens",
                                                 .reward_cents = 7,
                                                 .max = 2,
                                                 .lifetime_s = 10 * DAY_S,
                                                 .auto_approval_s = 3600});
    int64_t many =
        market_hit(m, r,
                   &(struct hit_plan){
                       .title = "Many", .reward_cents = 3, .max = 10, .lifetime_s = 10 * DAY_S});
    market_sql(m, "UPDATE hit_type SET events = 96"); /* of approvals and rejections */
    market_sql(m, "UPDATE hit_type SET events = 0 WHERE title = 'Many'");
    market_sql(m, "INSERT INTO destination (requester, hit_type, batch, transport, address, "
                  "version, events, active, created_ms, failures) "
                  "SELECT requester, id, 0, 1, 'a@example.org', '', events, 1, 0, 0 FROM hit_type");
    int64_t a = market_work(m, w, two), b = market_work(m, v, two);
    int64_t c = market_work(m, w, many), d = market_work(m, v, many);
    int64_t due = market_work(m, w, ripe);

    decide(p, "the first approval", approve(r, a, "Thank you"), ERR_OK);
    market_advance(m, 60);
    decide(p, "an approval on the same day, without words", approve(r, c, NULL), ERR_OK);
    decide(p, "a rejection", reject(r, b, "Not what was asked for"), ERR_OK);
    decide(p, "a rejection without events", reject(r, d, "Empty"), ERR_OK);
    decide(p, "an overturn on the day of the rejection", overturn(r, b, "Sorry"), ERR_OK);
    market_advance(m, DAY_S);
    decide(p, "an overturn on another day", overturn(r, d, NULL), ERR_OK);
    decide(p, "what the clock decides, at its own time",
           (struct settling){.requester = r, .hit = ripe, .entrance = ENTRANCE_CLOCK}, ERR_OK);
    decide(p, "nothing at all",
           (struct settling){.requester = r, .hit = ripe, .entrance = ENTRANCE_CLOCK}, ERR_OK);
    assert_int_equal(
        market_number(m, "SELECT status FROM assignment WHERE id = %lld", (long long)due),
        ASSIGNMENT_APPROVED);
    market_sql(m, "UPDATE hit_type SET auto_approval_s = 86400 WHERE title = 'Ripens'");
    int64_t late = market_work(m, v, ripe);
    decide(p, "a rejection that releases", reject(r, late, "Late"), ERR_OK);
    int64_t spare = market_number(m, "SELECT balance FROM account WHERE id = %lld",
                                  (long long)account_id(r, ACCOUNT_AVAIL));
    market_refund(m, r, spare - 7);
    decide(p, "an overturn that a cent is missing for", overturn(r, late, NULL),
           ERR_INSUFFICIENT_FUNDS);
    market_deposit(m, r, 1);
    decide(p, "an overturn with the last cent", overturn(r, late, NULL), ERR_OK);
    market_close(m);
}

static void one_is_as_many(enum fixture_kind kind) {
    static struct pass by_key, by_set;
    work_through(&by_key, kind, false);
    work_through(&by_set, kind, true);
    assert_int_equal(by_key.steps, by_set.steps);
    for (int i = 0; i < by_key.steps; i++)
        for (int t = 0; t < TABLES; t++) {
            struct str one = by_key.table[i][t], set = by_set.table[i][t];
            assert_true(one.n > 0 || strcmp(tables[t], "outbox") == 0);
            if (!str_eq(one, set))
                fail_msg("%s differs after %s:\n%.*s\nby set:\n%.*s", tables[t], by_key.what[i],
                         STR_ARG(one), STR_ARG(set));
        }
    assert_true(by_key.table[by_key.steps - 1][9].n > 0); /* outbox */
    arena_free(&by_key.kept);
    arena_free(&by_set.kept);
}
MARKET_TEST(one_is_as_many)

int main(void) {
    const struct CMUnitTest tests[] = {MARKET_TEST_ROWS(one_is_as_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
