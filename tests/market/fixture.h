/* A market for tests: a fresh store on SQLite or PostgreSQL, a simulated clock, and the steps of
 * a HIT's life in one call each.
 *
 *     static void test(enum fixture_kind kind) {
 *         struct market m;
 *         market_open(&m, kind);                     skips where there is no PostgreSQL
 *         int64_t r = market_requester(&m, "ann"), w = market_worker(&m, "bob");
 *         market_deposit(&m, r, 100);
 *         int64_t h = market_hit(&m, r, &(struct hit_plan){.reward_cents = 5, .max = 3});
 *         int64_t a = market_accept(&m, w, h);
 *         market_submit(&m, w, a);
 *         market_expect(&m, r, 82, 18);
 *         market_close(&m);                          checks the whole book
 *     }
 *     MARKET_TEST(test)                              test_sqlite, test_postgres
 *
 * A step that must not fail aborts the test with the error's words; to look at an error, run the
 * rule itself through market_write.
 */
#ifndef TESTS_MARKET_FIXTURE_H
#define TESTS_MARKET_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "ledger/ledger.h"
#include "market/ctx.h"
#include "market/hit.h"
#include "store_fixture.h"

enum { MARKET_DAY_S = 86400 };

struct market {
    struct fixture f;
    struct arena *arena; /* lives as long as the market */
    struct id_key ids;
    int64_t now_ms;
};

/* 2026-01-01T00:00:00Z; grace of deadlines is 0 s. */
void market_open(struct market *m, enum fixture_kind kind);

/* Fails the test for every violation that market_violations finds. */
void market_close(struct market *m);

/* The same without the check, for stores that were damaged on purpose. */
void market_drop(struct market *m);

/* A setting of meta. */
void market_set(struct market *m, const char *key, const char *value);

/* Moves the clock; nothing is swept. */
void market_advance(struct market *m, int64_t seconds);

/* due_all: the sweeper until it is dry. */
void market_sweep(struct market *m);

/* Runs a rule for a party (0: nobody) and commits unless it fails; texts it gives live in
 * m->arena. */
typedef struct err market_rule(struct ctx *c, void *arg);
struct err market_write(struct market *m, int64_t party, market_rule *rule, void *arg);
struct err market_read(struct market *m, int64_t party, market_rule *rule, void *arg);

/* One SQL command, as it stands, for damage and for what no rule offers. */
void market_sql(struct market *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- steps that must succeed ---- */

int64_t market_requester(struct market *m, const char *name);
int64_t market_worker(struct market *m, const char *name);
void market_deposit(struct market *m, int64_t requester, int64_t cents);
void market_refund(struct market *m, int64_t requester, int64_t cents);

struct hit_plan {
    const char *title;        /* NULL: "Title" */
    const char *requirements; /* JSON; NULL: none */
    int64_t reward_cents;
    int64_t max;                              /* 0: 1 */
    int64_t lifetime_s;                       /* 0: a day */
    int64_t duration_s;                       /* 0: an hour */
    int64_t auto_approval_s;                  /* 0: 30 days; below 0: at once */
    const char *token;                        /* NULL: none */
    struct str assignment_policy, hit_policy; /* packed; NULL: none */
};
int64_t market_hit(struct market *m, int64_t requester, const struct hit_plan *plan);
/* The same, giving the error. */
struct err market_try_hit(struct market *m, int64_t requester, const struct hit_plan *plan,
                          int64_t *hit);

/* Sealed id of a HIT or an assignment. */
struct str market_hit_id(struct market *m, int64_t hit);
struct str market_assignment_id(struct market *m, int64_t assignment);

int64_t market_accept(struct market *m, int64_t worker, int64_t hit);
void market_submit(struct market *m, int64_t worker, int64_t assignment);
int64_t market_work(struct market *m, int64_t worker, int64_t hit); /* accept and submit */
/* Submits these packed fields. */
struct err market_try_submit(struct market *m, int64_t worker, int64_t assignment,
                             struct str fields);
void market_return(struct market *m, int64_t worker, int64_t assignment);
void market_approve(struct market *m, int64_t requester, int64_t assignment);
void market_reject(struct market *m, int64_t requester, int64_t assignment);
/* ApproveAssignment with OverrideRejection. */
struct err market_overturn(struct market *m, int64_t requester, int64_t assignment);
void market_expire(struct market *m, int64_t requester, int64_t hit);

/* ---- looking ---- */

/* Fails the test unless the error is of this code (ERR_OK: none). */
void expect(struct err e, enum err_code code);
/* The same, and the message begins with these words. */
void expect_words(struct err e, enum err_code code, const char *opening);

struct hit_view market_view(struct market *m, int64_t hit);

/* Status and the two counters of requester-api 3.1. */
void market_expect_hit(struct market *m, int64_t hit, enum hit_status status, int64_t available,
                       int64_t pending);

/* Available and held money of a requester. */
void market_expect(struct market *m, int64_t requester, int64_t avail, int64_t held);

int64_t market_balance(struct market *m, int64_t party, enum account_kind kind);

/* Payable money of a worker. */
void market_expect_payable(struct market *m, int64_t worker, int64_t cents);

/* A number that a query of one row and column gives. */
int64_t market_number(struct market *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same for a text; NULL is an empty one. */
struct str market_text(struct market *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* All columns of all rows of a table, sorted, a line each: to compare two stores of one kind. */
struct str market_table(struct market *m, const char *table);

/* Runs check_run: how many violations, their lines joined in *lines (may be NULL). */
int64_t market_violations(struct market *m, struct str *lines);

/* A test on both stores: defines name_sqlite and name_postgres. */
#define MARKET_TEST(name)                                                                          \
    static void name##_sqlite(void **state) {                                                      \
        (void)state;                                                                               \
        name(FIXTURE_SQLITE);                                                                      \
    }                                                                                              \
    static void name##_postgres(void **state) {                                                    \
        (void)state;                                                                               \
        name(FIXTURE_POSTGRES);                                                                    \
    }
#define MARKET_TEST_ROWS(name) cmocka_unit_test(name##_sqlite), cmocka_unit_test(name##_postgres)

#endif
