/* Fresh stores for tests: a SQLite file in a folder of its own, or a schema of its own in the
 * PostgreSQL that HITD_TEST_PG names (./dev test starts one; by hand: tests/pg.sh). */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "store/store.h"

enum fixture_kind { FIXTURE_SQLITE, FIXTURE_POSTGRES };

struct fixture {
    enum fixture_kind kind;
    struct arena arena;
    char dir[64];    /* of SQLite */
    char schema[64]; /* of PostgreSQL */
    char url[1024];
    struct store *store;
};

/* False, with a word on stderr, when the kind is PostgreSQL and HITD_TEST_PG is not set: the test
 * is to skip(). Aborts on any other failure. o may be NULL. */
bool fixture_open(struct fixture *f, enum fixture_kind kind, const struct store_options *o);

/* The same with all migrations of sql/migrate applied. */
bool fixture_open_migrated(struct fixture *f, enum fixture_kind kind);

/* Closes the store and removes every trace. */
void fixture_close(struct fixture *f);

#endif
