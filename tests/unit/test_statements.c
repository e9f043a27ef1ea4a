/* Every statement of sql/ against both databases: it can be prepared, has the columns and
 * parameters that are declared, and reads no whole table unless it says why (-- scan:). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "store/sql.h"
#include "store_fixture.h"

struct look {
    const struct sql_stmt *stmt;
    struct arena *arena;
    const char *why;
    bool good;
};

static enum tx_end look_fn(struct tx *tx, void *arg) {
    struct look *l = arg;
    l->good = tx->ops->check(tx, l->stmt, l->arena, &l->why);
    return TX_ROLLBACK;
}

static void check_all(enum fixture_kind kind) {
    struct fixture f;
    if (!fixture_open_migrated(&f, kind))
        skip();
    int bad = 0;
    for (size_t i = 0; i < sql_statement_count; i++) {
        struct look l = {.stmt = &sql_statements[i], .arena = &f.arena, .why = ""};
        store_read(f.store, look_fn, &l);
        if (!l.good) {
            fprintf(stderr, "%s: %s: %s: %s\n", l.stmt->where, l.stmt->name, store_kind(f.store),
                    l.why);
            bad++;
        }
    }
    fixture_close(&f);
    assert_int_equal(bad, 0);
}

static void test_sqlite(void **state) {
    (void)state;
    check_all(FIXTURE_SQLITE);
}

static void test_postgres(void **state) {
    (void)state;
    check_all(FIXTURE_POSTGRES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sqlite),
        cmocka_unit_test(test_postgres),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
