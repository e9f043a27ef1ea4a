#include <sqlite3.h>

#include "store/sqlite_parts.h"

static bool plan_is_good(sqlite3 *db, const struct sql_stmt *s, struct arena *a, const char **why) {
    sqlite3_stmt *p = NULL;
    const char *text = arena_printf(a, "EXPLAIN QUERY PLAN %s", s->text[DIALECT_SQLITE]);
    if (sqlite3_prepare_v2(db, text, -1, &p, NULL) != SQLITE_OK) {
        *why = arena_strdup(a, sqlite3_errmsg(db));
        return false;
    }
    struct buf made = BUF_INIT;
    bool good = true;
    while (good && sqlite3_step(p) == SQLITE_ROW) {
        struct str line = str_c((const char *)sqlite3_column_text(p, 3));
        good = !stmt_plan_scans(&made, line);
        if (!good)
            *why = arena_printf(a, "reads a whole table: %.*s", STR_ARG(line));
    }
    buf_free(&made);
    sqlite3_finalize(p);
    return good;
}

bool sqlite_check_on(struct sqlite3 *db, const struct sql_stmt *s, struct arena *a,
                     const char **why) {
    sqlite3_stmt *p = NULL;
    int rc = sqlite3_prepare_v2(db, s->text[DIALECT_SQLITE], -1, &p, NULL);
    int columns = p ? sqlite3_column_count(p) : 0;
    int params = p ? sqlite3_bind_parameter_count(p) : 0;
    sqlite3_finalize(p);
    if (rc != SQLITE_OK)
        *why = arena_strdup(a, sqlite3_errmsg(db));
    else if (columns != s->out_count)
        *why = arena_printf(a, "%d columns, but -- out: has %d", columns, s->out_count);
    else if (params != s->in_count)
        *why = arena_printf(a, "%d parameters, but -- in: has %d", params, s->in_count);
    else
        return s->scan || plan_is_good(db, s, a, why);
    return false;
}
