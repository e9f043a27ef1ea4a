/* tools/tidy: each check finds what it is for, and leaves alone what only looks like it. */
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

static const char *tidy;

/* Runs tidy over a tree with the one file path, and gives what it prints but the last line. */
static const char *tidied(struct arena *a, const char *path, const char *text) {
    char root[] = "/tmp/tidy-XXXXXX";
    assert_non_null(mkdtemp(root));
    const char *file = arena_printf(a, "%s/%s", root, path);
    for (char *slash = strchr(file + sizeof(root), '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(file, 0700);
        *slash = '/';
    }
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    struct buf b = BUF_INIT;
    char line[1024];
    FILE *in = popen(arena_printf(a, "%s %s; rm -r %s", tidy, root, root), "r");
    assert_non_null(in);
    while (fgets(line, sizeof(line), in))
        if (!strstr(line, " files, "))
            buf_puts(&b, line);
    pclose(in);
    const char *s = str_z(a, buf_view(&b));
    buf_free(&b);
    return s;
}

/* A file that gives one finding at that place with these words; or none when want is NULL. */
static void one(const char *path, const char *text, const char *want) {
    struct arena a;
    arena_init(&a, 0);
    const char *got = tidied(&a, path, text);
    const char *end = strchr(got, '\n');
    if (want ? !strstr(got, want) || !end || end[1] : got[0])
        fail_msg("%s \"%s\": got \"%s\", want \"%s\"", path, text, got, want ? want : "nothing");
    arena_free(&a);
}

static void test_layers(void **state) {
    (void)state;
    one("src/base/a.c", "\n#include \"http/form.h\"\n", "src/base/a.c:2: base/ must not see http/");
    one("src/api/a.c", "#include \"store/store.h\"\n", "api/ must not see store/");
    one("src/site/a.c", "#include \"ledger/ledger.h\"\n", "site/ must not see ledger/");
    one("src/market/a.c", "#include \"http/form.h\"\n", "market/ must not see http/");
    one("src/market/a.c", "#include \"ledger/ledger.h\"\n", NULL);
    one("src/base/a.c", "#include \"str.h\"\n", "names no layer");
    one("src/new/a.c", "#include \"base/str.h\"\n", "layer new is unknown");
    one("src/base/a.c", "#include <sqlite3.h>\n", "belongs to src/store/sqlite alone");
    one("src/store/sqlite.c", "#include <sqlite3.h>\n", NULL);
    one("src/site/a.c", "#include <libxml/parser.h>\n", "belongs to src/formats/");
    one("src/hit/a.c", "#include <microhttpd.h>\n", "belongs to src/http/");
}

static void test_functions(void **state) {
    (void)state;
    one("src/base/a.c", "int f(void) {\n    return atoi(\"1\");\n}\n", "a.c:2: atoi() is not used");
    one("tests/unit/a.c", "int f(void) {\n    return atoi(\"1\");\n}\n", NULL);
    one("tests/unit/a.c", "void f(char *p) {\n    strcpy(p, \"\");\n}\n", "strcpy()");
    one("src/base/a.c", "/* atoi(x) */ // time(NULL)\nconst char *f(void) { return \"rand()\"; }\n",
        NULL);
    one("src/base/a.c", "int f(struct x *x) { return x->time() + my_time() + rand_it(); }\n", NULL);
}

static void test_state(void **state) {
    (void)state;
    one("src/base/a.c", "static int n;\n", "a.c:1: the variable n outlives");
    one("src/base/a.c", "int n = 3;\n", "the variable n outlives");
    one("src/base/a.c", "struct x all[3];\n", "the variable all outlives");
    one("src/base/a.c", "static const char *name = \"x\";\n", "the variable name outlives");
    one("src/base/a.c", "static _Thread_local struct x *x;\n", "the variable x outlives");
    one("src/base/a.c", "void f(void) {\n    static int calls;\n}\n", "a.c:2: the variable calls");
    one("src/base/a.c",
        "static const char *const names[] = {\"a\", \"b\"};\n"
        "static const struct {\n    const char *p;\n    int n;\n} rows[] = {{\"x\", 1}};\n"
        "typedef unsigned long big;\nextern const int other;\nstruct x;\nenum { A, B };\n"
        "struct y {\n    int n;\n};\n#define Z \\\n    static int z\n"
        "static int f(int n);\nint g(void);\nstatic int f(int n) {\n    int m = n;\n    return "
        "m;\n}"
        "\n_Static_assert(A == 0, \"\");\n",
        NULL);
    one("tests/unit/a.c", "static int n;\n", NULL);
}

static void test_text(void **state) {
    (void)state;
    one("src/market/a.c", "const char *f(void) { return \"SELECT a FROM b\"; }\n", "SQL in C");
    one("src/store/a.c", "const char *f(void) { return \"SELECT a FROM b\"; }\n", NULL);
    one("src/market/a.c", "const char *f(void) { return \"UPDATE failed\"; }\n", NULL);
    one("src/base/a.c",
        "/* TO"
        "DO: more */\n",
        "a.c:1: TO"
        "DO; finish it");
    one("sql/a.sql",
        "-- FIX"
        "ME\n",
        "sql/a.sql:1: ");
    one("src/base/a.c",
        "/* mkstemp: XX"
        "XXXX */\n",
        NULL);
}

static void test_lengths(void **state) {
    (void)state;
    char text[4096] = "/*\n\n";
    memset(text + 4, 'x', 101);
    one("tests/a.h", text, "tests/a.h:3: 101 columns");
    text[104] = '\0';
    one("tests/a.h", text, NULL);
    memset(text, '\n', 1001);
    text[1001] = '\0';
    one("src/base/a.c", text, "a.c:1001: more than 1000 lines");
    text[1000] = '\0';
    one("src/base/a.c", text, NULL);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layers),  cmocka_unit_test(test_functions),
        cmocka_unit_test(test_state),   cmocka_unit_test(test_text),
        cmocka_unit_test(test_lengths),
    };
    if (argc != 2)
        return 2;
    tidy = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
