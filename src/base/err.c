#include "base/err.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/arena.h"

struct err_row {
    int http;
    const char *slug, *type, *turk, *opening;
};

static const struct err_row rows[ERR__COUNT] = {
    [ERR_OK] = {200, "OK", "", "", ""},
#define X(name, http, type, turk, opening) [ERR_##name] = {http, #name, type, turk, opening},
#include "base/errors.def"
#undef X
    [ERR_RETRY] = {500, "RETRY", "InternalFailure", "", ""},
};

struct err err_make(struct arena *a, enum err_code code, const char *field, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    struct err e = {code, field, arena_vprintf(a, fmt, ap)};
    va_end(ap);
    return e;
}

struct err err_prefix(struct arena *a, struct err e, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const char *words = arena_vprintf(a, fmt, ap);
    va_end(ap);
    e.detail = arena_printf(a, "%s%s", words, e.detail ? e.detail : "");
    return e;
}

static const struct err_row *row(enum err_code code) {
    assert(code >= ERR_OK && code < ERR__COUNT);
    return &rows[code];
}

int err_http_status(enum err_code code) {
    return row(code)->http;
}

const char *err_type(enum err_code code) {
    return row(code)->type;
}

const char *err_opening(enum err_code code) {
    return row(code)->opening;
}

const char *err_slug(enum err_code code) {
    return row(code)->slug;
}

const char *err_turk_code(struct arena *a, enum err_code code) {
    const char *turk = row(code)->turk;
    if (!turk[0])
        return NULL;
    if (turk[0] == '=')
        return turk + 1;
    return arena_printf(a, "AWS.MechanicalTurk.%s", turk);
}
