/* A small world for the tests of the rules: a fresh store with a simulated clock, people with
 * money, HITs, and rules run in transactions of their own. Results live until world_close.
 */
#ifndef TESTS_MARKET_WORLD_H
#define TESTS_MARKET_WORLD_H

#include "ledger/ledger.h"
#include "market/account.h"
#include "market/ctx.h"
#include "store_fixture.h"

/* 2026-01-05T10:00:00Z, a Monday. */
#define WORLD_START_MS INT64_C(1767607200000)

struct world {
    struct fixture f;
    struct arena arena;
    struct id_key ids;
    int64_t now_ms;
    enum entrance entrance; /* of actors; ENTRANCE_API at first */
};

/* The test's state points to an enum fixture_kind (see BOTH). Skips the test when there is no
 * PostgreSQL. */
struct world *world_open(void **state);
void world_close(struct world *w);

extern enum fixture_kind world_sqlite, world_postgres;
#define BOTH(test)                                                                                 \
    {"sqlite " #test, test, NULL, NULL, &world_sqlite}, {                                          \
        "postgres " #test, test, NULL, NULL, &world_postgres                                       \
    }

/* Runs a rule in the name of a party: a write that commits unless the rule fails, or a read. */
typedef struct err rule_fn(struct ctx *c, void *arg);
struct err world_write(struct world *w, int64_t party, rule_fn *rule, void *arg);
struct err world_read(struct world *w, int64_t party, rule_fn *rule, void *arg);

/* Moves the clock; nothing that is due is applied by it. */
void world_at(struct world *w, int64_t now_ms);
void world_later(struct world *w, int64_t seconds);

void world_setting(struct world *w, const char *key, const char *value);

/* Fails the test unless the error is of this code (ERR_OK: none). */
void expect(struct err e, enum err_code code);
/* The same, and the message begins with these words. */
void expect_words(struct err e, enum err_code code, const char *opening);

/* A party without a password; its e-mail is NAME@example.org. */
struct party world_party(struct world *w, enum role role, const char *name);
struct party world_worker(struct world *w, const char *name);
/* A requester with a deposit. */
struct party world_requester(struct world *w, const char *name, int64_t cents);

struct balances world_balances(struct world *w, int64_t party);
/* Fails unless these are the balances. */
void expect_money(struct world *w, int64_t requester, int64_t avail, int64_t held);

#endif
