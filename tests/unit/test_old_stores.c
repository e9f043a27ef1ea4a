/* Stores that an older program made, brought up to date: what is filled in from what was there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/sql.h"
#include "store/stmt.h"
#include "store_fixture.h"

static enum fixture_kind sqlite = FIXTURE_SQLITE, postgres = FIXTURE_POSTGRES;

/* ---- a store as of a version ---- */

static void open_at(void **state, struct fixture *f, int64_t version) {
    if (!fixture_open(f, *(enum fixture_kind *)*state, NULL))
        skip();
    size_t n = 0;
    while (n < sql_migration_count && sql_migrations[n].version <= version)
        n++;
    struct err e = migrate_list(f->store, &f->arena, sql_migrations, n, NULL);
    if (failed(e))
        fail_msg("%s", e.detail);
}

static void bring_up(struct fixture *f) {
    struct err e = store_migrate(f->store, &f->arena, NULL);
    if (failed(e))
        fail_msg("%s", e.detail);
}

static enum tx_end script_fn(struct tx *tx, void *arg) {
    return tx->ops->script(tx, arg) == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

static void script(struct fixture *f, const char *text) {
    if (store_write(f->store, 0, script_fn, arena_strdup(&f->arena, text)) != ST_OK)
        fail_msg("%s: %.*s", text, STR_ARG(store_error(f->store, &f->arena)));
}

struct reading {
    struct arena *arena;
    struct str value;
};

static enum tx_end get_fn(struct tx *tx, void *arg) {
    struct reading *r = arg;
    struct sql_meta_get_out out = {0};
    tx_use_arena(tx, r->arena);
    sql_meta_get(tx, &(struct sql_meta_get_in){STR("test_number")}, &out);
    r->value = out.value;
    return TX_COMMIT;
}

static void expect_number(struct fixture *f, const char *query, const char *want) {
    struct reading r = {.arena = &f->arena};
    script(f, arena_printf(&f->arena,
                           "DELETE FROM meta WHERE key = 'test_number'; INSERT INTO meta (key, "
                           "value) SELECT 'test_number', CAST((%s) AS TEXT)",
                           query));
    store_read(f->store, get_fn, &r);
    if (!str_is(r.value, want))
        fail_msg("%s: \"%.*s\", not %s", query, STR_ARG(r.value), want);
}

/* ---- 0035: which HIT types ask for which qualification ---- */

#define PARTY                                                                                      \
    "INSERT INTO party (id, public_id, role, email, name, country, password, state, adult, "       \
    "created_ms) VALUES (1, 'A1', 1, 'r@example.org', 'r', 'US', '', 0, 0, 0)"
#define ID "\"QualificationTypeId\":\""
#define TYPE(id, requirements)                                                                     \
    "(" id ", 1, '" id "', 't', 'd', '', 5, 60, 60, '" requirements "', 0, 0, 0, 0, 0)"
#define LOCALE                                                                                     \
    "{" ID "00000000000000000071\",\"Comparator\":\"In\",\"LocaleValues\":[{\"Country\":\"US\"},"  \
    "{\"Country\":\"US\",\"Subdivision\":\"CA\"}],\"ActionsGuarded\":\"Accept\"}"
#define OWN                                                                                        \
    "{" ID "3OWN00000000000000000000000001\",\"Comparator\":\"GreaterThan\",\"IntegerValues\":"    \
    "[5],\"ActionsGuarded\":\"Accept\"}"
#define OWN_AGAIN                                                                                  \
    "{" ID "3OWN00000000000000000000000001\",\"Comparator\":\"LessThan\",\"IntegerValues\":[9],"   \
    "\"ActionsGuarded\":\"Accept\"}"

static void requirements_of_old_types(void **state) {
    struct fixture f;
    open_at(state, &f, 17);
    script(&f, PARTY);
    script(&f, "INSERT INTO hit_type (id, requester, digest, title, description, keywords, "
               "reward_cents, duration_s, auto_approval_s, requirements, masters, premium_cents, "
               "created_ms, open_hits, events) VALUES " TYPE("1", "[]") ", " TYPE(
                   "2", "[" LOCALE "]") ", " TYPE("3", "[" OWN "," LOCALE "," OWN_AGAIN "]"));
    bring_up(&f);
    expect_number(&f, "SELECT COUNT(*) FROM hit_type_requirement", "3");
    expect_number(&f,
                  "SELECT SUM(hit_type) FROM hit_type_requirement "
                  "WHERE qualification = '00000000000000000071'",
                  "5");
    expect_number(&f,
                  "SELECT hit_type FROM hit_type_requirement "
                  "WHERE qualification = '3OWN00000000000000000000000001'",
                  "3");
    fixture_close(&f);
}

/* Types that 0018 to 0034 noted themselves stay noted once. */
static void requirements_noted_already(void **state) {
    struct fixture f;
    open_at(state, &f, 34);
    script(&f, PARTY);
    script(&f, "INSERT INTO hit_type (id, requester, digest, title, description, keywords, "
               "reward_cents, duration_s, auto_approval_s, requirements, masters, premium_cents, "
               "created_ms, open_hits, events) VALUES " TYPE("2", "[" LOCALE "]"));
    script(&f, "INSERT INTO hit_type_requirement (hit_type, qualification) "
               "VALUES (2, '00000000000000000071')");
    bring_up(&f);
    expect_number(&f, "SELECT COUNT(*) FROM hit_type_requirement", "1");
    fixture_close(&f);
}

#define ON_BOTH(test)                                                                              \
    cmocka_unit_test_prestate(test, &sqlite), cmocka_unit_test_prestate(test, &postgres)

int main(void) {
    const struct CMUnitTest tests[] = {
        ON_BOTH(requirements_of_old_types),
        ON_BOTH(requirements_noted_already),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
