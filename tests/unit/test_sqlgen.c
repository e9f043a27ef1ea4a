/* tools/sqlgen: what it refuses, and where it says the mistake is. The compiler's path is
 * argument 1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"

struct place {
    struct arena arena;
    const char *sqlgen;
    char dir[32];
};

static void write_file(struct place *p, const char *name, const char *text) {
    FILE *f = fopen(arena_printf(&p->arena, "%s/%s", p->dir, name), "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* What sqlgen says about q.sql of this text; "" when it is content. */
static const char *says(struct place *p, const char *text) {
    static char line[512];
    write_file(p, "sql/q.sql", text);
    const char *d = p->dir;
    FILE *f =
        popen(arena_printf(&p->arena, "%s t 0 %s/dialect.def %s/t.h %s/t.c %s/t.d %s/sql 2>&1",
                           p->sqlgen, d, d, d, d, d),
              "r");
    assert_non_null(f);
    if (!fgets(line, sizeof(line), f))
        line[0] = '\0';
    int status = pclose(f);
    assert_int_equal(status != 0, line[0] != '\0');
    char *name = strstr(line, "q.sql:");
    return name ? name : line;
}

static bool output_has(struct place *p, const char *file, const char *what) {
    FILE *f = fopen(arena_printf(&p->arena, "%s/%s", p->dir, file), "r");
    assert_non_null(f);
    char *text = arena_alloc(&p->arena, 1 << 16);
    size_t n = fread(text, 1, (1 << 16) - 1, f);
    fclose(f);
    text[n] = '\0';
    return strstr(text, what) != NULL;
}

static void test_refused(void **state) {
    struct place *p = *state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"SELECT 1;", "q.sql:1: a statement begins with -- name"},
        {"-- in: a int\n", "q.sql:1: this stands before the first -- name"},
        {"\n-- name: a :two\nSELECT 1;", "q.sql:2: write -- name: NAME :one"},
        {"-- name: a :one\nSELECT 1;", "q.sql:2: a needs -- out:"},
        {"-- name: a :exec\n-- out: n int\nDELETE FROM t;", "q.sql:3: a gives no rows"},
        {"-- name: a :one\n-- out: n int\nSELECT :x;", "q.sql:3: :x is not declared"},
        {"-- name: a :one\n-- in: x int\n-- out: n int\nSELECT 1;", "q.sql:4: a does not use :x"},
        {"-- name: a :one\n-- in: x number\n", "q.sql:2: an entry is NAME int|text|blob"},
        {"-- name: a :one\n-- in: x int, x text\n", "q.sql:2: x is there twice"},
        {"-- name: a :one\n-- in: x int,, y text\n", "q.sql:2: an entry of the list is empty"},
        {"-- name: a :one\n-- out: n int\nSELECT 1", "q.sql:3: a does not end with ';'"},
        {"-- name: a :one\n-- out: n int\nSELECT n::text\n;", "q.sql:3: write CAST"},
        {"-- name: a :one\n-- out: n int\nSELECT 'x;", "q.sql:3: the text in quotes"},
        {"-- name: a :one\n-- out: n int\nSELECT @NOPE@;", "q.sql:3: @NOPE@ is not in"},
        {"-- name: a :one\n-- out: n int\nSELECT ?;", "q.sql:3: parameters are written :name"},
        {"-- name: a :one\n-- out: n int\nSELECT /* 1 */ 1;", "q.sql:3: comments are written"},
        {"-- name: a :exec\nDELETE FROM t;\n-- name: a :exec\n", "q.sql:3: a is already at"},
        {"-- name: a :exec\n-- name: b :exec\nDELETE FROM t;", "q.sql:2: the statement before"},
        {"-- name: a :exec\n", "q.sql:2: a has no text"},
        {"-- name: a :bulk\n-- in: x int\nINSERT INTO t (a, b) VALUES (:x, 1);",
         "q.sql:3: a :bulk is INSERT"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = says(p, rows[i].text);
        if (!str_starts(str_c(got), str_c(rows[i].says)))
            fail_msg("for:\n%s\ngot:  %s\nwant: %s", rows[i].text, got, rows[i].says);
    }
}

static void test_taken(void **state) {
    struct place *p = *state;
    const char *got = says(p, "-- Words; with 'quotes'.\n"
                              "-- name: a :many\n"
                              "-- in: x int?,\n"
                              "--     y text\n"
                              "-- out: n int\n"
                              "-- out: m text?\n"
                              "SELECT n,   -- the number\n"
                              "    'it''s :x; @INT@ -- y' FROM \"t\"\n"
                              "WHERE y = :y AND (CAST(:x AS @INT@) IS NULL OR n > :x);\n"
                              "-- name: b :bulk\n"
                              "-- in: x int, y text\n"
                              "INSERT INTO t (n, y) VALUES (:x, :y);\n");
    assert_string_equal(got, "");
    assert_true(output_has(p, "t.h", "int64_t x; /* may be NULL */\n    struct str y;"));
    assert_true(output_has(p, "t.h", "enum st t_a_each(struct tx *tx, const struct t_a_in *in"));
    assert_true(
        output_has(p, "t.c", "\"SELECT n, 'it''s :x; @INT@ -- y' FROM \\\"t\\\" WHERE y = ?2"));
    assert_true(output_has(p, "t.c", "(CAST($1 AS BIGINT)"));
    assert_true(output_has(p, "t.c", "\"COPY t (n, y) FROM STDIN (FORMAT binary)\""));
    assert_true(output_has(p, "t.c", "\"sql/q.sql:2\""));
}

static int set_up(void **state) {
    struct place *p = *state;
    arena_init(&p->arena, 0);
    snprintf(p->dir, sizeof(p->dir), "/tmp/sqlgen-XXXXXX");
    if (!mkdtemp(p->dir) || mkdir(arena_printf(&p->arena, "%s/sql", p->dir), 0700) != 0)
        return -1;
    write_file(p, "dialect.def", "# words\nINT | INTEGER | BIGINT\n");
    return 0;
}

static int tear_down(void **state) {
    struct place *p = *state;
    int bad = system(arena_printf(&p->arena, "rm -r %s", p->dir));
    arena_free(&p->arena);
    return bad;
}

int main(int argc, char **argv) {
    static struct place place;
    if (argc < 2) {
        fputs("usage: unit-sqlgen SQLGEN\n", stderr);
        return 2;
    }
    place.sqlgen = argv[1];
    const struct CMUnitTest tests[] = {
        {"test_refused", test_refused, set_up, tear_down, &place},
        {"test_taken", test_taken, set_up, tear_down, &place},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
