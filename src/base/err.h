/* Errors as values. Policy (DESIGN 6, half a page):
 *
 * - A bug of ours aborts (assert). Everything else is a struct err that a function returns.
 * - code says what kind it is and, by errors.def, how it looks on every wire; field names the
 *   member, column or flag at fault (or NULL); detail is the whole sentence for a human: what
 *   happened, with the values, and what to do.
 * - On an error nothing has changed: the caller rolls back, whatever a function did before.
 * - Logged once, where it is understood; never at each level on the way up.
 * - detail and field live in the arena given to err_make, or are literals.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

struct arena;

enum err_code {
    ERR_OK = 0,
#define X(name, http, type, turk, opening) ERR_##name,
#include "base/errors.def"
#undef X
    ERR_RETRY, /* never leaves the server: the transaction must be run again */
    ERR__COUNT
};

struct err {
    enum err_code code;
    const char *field;
    const char *detail;
};

#define NO_ERR ((struct err){ERR_OK, NULL, NULL})

static inline bool failed(struct err e) {
    return e.code != ERR_OK;
}

/* An error with a message made in a. field may be NULL and is not copied. */
struct err err_make(struct arena *a, enum err_code code, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The same error with words put before its detail: "line 7: …". */
struct err err_prefix(struct arena *a, struct err e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

int err_http_status(enum err_code code);
const char *err_type(enum err_code code);        /* `__type` of the Requester API */
const char *err_slug(enum err_code code);        /* "HIT_DOES_NOT_EXIST", the code of /v1 */
const char *err_opening(enum err_code code);     /* what the code means, for documentation */
/* TurkErrorCode in full, made in a; NULL when the code carries none. */
const char *err_turk_code(struct arena *a, enum err_code code);

#endif
