/* The operations of the Requester API, one row each. Row, field table and handler of an operation
 * stand together in one op_*.c; ops.c lists the rows; api.c runs them. To add an operation is to
 * write its three parts and its line in ops.c.
 */
#ifndef API_OP_H
#define API_OP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "api/field.h"
#include "api/token.h"
#include "base/json.h"
#include "base/limits.h"
#include "market/ctx.h"

/* Who may call. A row without a right can be called by nobody. */
enum {
    RIGHT_REQUESTER = 1 << ROLE_REQUESTER,
    RIGHT_WORKER = 1 << ROLE_WORKER,
    RIGHT_OPERATOR = 1 << ROLE_OPERATOR,
};

enum op_kind { OP_READ = 1, OP_WRITE };

/* Where the documentation puts it. */
enum op_group {
    GROUP_HITS,
    GROUP_HIT_TYPES,
    GROUP_ASSIGNMENTS,
    GROUP_MONEY,
    GROUP_QUALIFICATION_TYPES,
    GROUP_QUALIFICATIONS,
    GROUP_WORKERS,
};

struct op_call;

struct op {
    const char *name;
    const char *help; /* one sentence; for `hitd ops` and the manual */
    unsigned rights;
    enum op_kind kind;
    const struct field *fields;
    size_t in_size; /* of the struct that the fields fill */
    /* What a caller has to know; the tests hold every answer that they get against it. */
    enum op_group group;
    const struct field *answer;  /* rows as in answer.h */
    const enum err_code *errors; /* up to ERR_OK: its own, besides those of any call; or NULL */
    const char *money;           /* what moves; NULL: nothing */
    const char *again;           /* of a write: what a second call of the same members does */
    /* Inside a transaction. On success a whole JSON object has been written to call->out. */
    struct err (*run)(struct op_call *call);
};

/* One run of an operation: a write may be run twice, so a handler keeps nothing outside. */
struct op_call {
    const struct op *op;
    struct ctx *ctx;
    const void *in; /* filled by the row's fields */
    int64_t party;  /* the caller's row */
    const struct token_key *tokens;
    struct json out;
    const char *content_url; /* of the listener that serves files */
    bool allow_insecure;     /* ExternalURL may be http: the server itself is reached so */
    bool writable;           /* inside a write: what is due can be applied first */
    bool due;                /* set by a read that met something due: run me again inside a write */
};

/* The row of that name; NULL when the model has no such operation. */
const struct op *op_find(struct str name);

/* All rows, by name; the last one's name is NULL. */
const struct op *const *op_all(void);

/* Operations on standard output, as a table or as JSON, for `hitd ops`. */
void api_ops_print(FILE *f, bool as_json);

/* ---- for the handlers ---- */

/* MaxResults and NextToken of a list. */
struct page_in {
    int64_t max;
    struct str token;
};

/* Rows that many operations share; in is the operation's struct. */
#define PAGE_FIELDS(in)                                                                            \
    {.name = "MaxResults",                                                                         \
     .help = "items on a page, 10 when absent",                                                    \
     .type = F_INT,                                                                                \
     .at = offsetof(in, page.max),                                                                 \
     .min = 1,                                                                                     \
     .max = PAGE_MAX,                                                                              \
     .fallback = PAGE_DEFAULT},                                                                    \
    {                                                                                              \
        .name = "NextToken", .help = "of the page before", .type = F_TEXT,                         \
        .at = offsetof(in, page.token), .min = 1, .max = NEXT_TOKEN_MAX                            \
    }

#define ENTITY_FIELD(label, in, member, words)                                                     \
    {                                                                                              \
        .name = label, .help = words, .type = F_TEXT, .pattern = PATTERN_ENTITY, .required = true, \
        .at = offsetof(in, member), .min = 1, .max = 64                                            \
    }

/* Reads the token of a list of that filter into keys; *resumed tells whether there was one. */
struct err call_page(struct op_call *call, const struct page_in *page, struct str filter,
                     int64_t *keys, size_t count, bool *resumed);

/* Writes NumResults, and NextToken unless the page is empty (1.9). */
void call_page_end(struct op_call *call, struct str filter, const int64_t *last, size_t count,
                   int64_t results);

/* NextToken alone; last NULL for an empty page. */
void call_token(struct op_call *call, struct str filter, const int64_t *last, size_t count);

/* {} */
struct err call_nothing(struct op_call *call);

#endif
