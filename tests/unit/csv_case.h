/* What the tests of formats/ share: findings with their arena, texts compared, real files. */
#ifndef TESTS_CSV_CASE_H
#define TESTS_CSV_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/str.h"
#include "formats/finding.h"

struct csv_case {
    struct arena arena;
    struct findings findings;
};

static inline void case_begin(struct csv_case *x) {
    memset(x, 0, sizeof *x);
    arena_init(&x->arena, 0);
    findings_init(&x->findings, &x->arena);
}

static inline void case_end(struct csv_case *x) {
    arena_free(&x->arena);
}

static inline void assert_str(struct str got, const char *want) {
    if (!str_is(got, want))
        fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want ? want : "(null)");
}

/* There is a finding of this level and code; its first stands at this line and says these words. */
static inline void assert_finding(struct csv_case *x, enum finding_level level, const char *code,
                                  int64_t line, const char *words) {
    const struct finding_group *g = findings_of(&x->findings, level, code);
    if (!g)
        fail_msg("no finding %s of level %d", code, (int)level);
    assert_int_equal(g->first->line, line);
    if (str_find(g->first->message, str_c(words)) < 0)
        fail_msg("\"%.*s\" lacks \"%s\"", STR_ARG(g->first->message), words);
}

/* A file of ../shared/data/real; skips the test when it is not there. */
static inline FILE *real_file(const char *name) {
    const char *shared = getenv("HITD_SHARED");
    char path[4096];
    if (shared)
        snprintf(path, sizeof path, "%s/data/real/%s", shared, name);
    else
        snprintf(path, sizeof path, "%s/../shared/data/real/%s", SOURCE_ROOT, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        skip();
    return f;
}

#endif
