/* The old operations, one row each, and what their handlers need; see legacy.h. */
#ifndef API_LEGACY_OP_H
#define API_LEGACY_OP_H

#include <jansson.h>

#include "api/api.h"
#include "api/legacy_params.h"
#include "api/op.h"
#include "app/call.h"

/* A property that a list may be sorted by. */
struct legacy_sort {
    const char *word;   /* of SortProperty; NULL ends a list */
    const char *member; /* of an item */
};

struct legacy_call;

struct legacy_op {
    const char *name; /* NULL ends the table */
    const char *to;   /* operation of op.h */
    enum op_kind kind;
    const char *result; /* element of the answer; NULL: name and "Result" */
    const char *inner;  /* member of the JSON answer that is this element; NULL: all of them are
                           its children */
    const char *absent; /* JSON: members that have these values when they were not sent */
    /* Of lists: the member, sort properties with the default first, and whether the default
     * direction is down; the operation lists the newest first. */
    const char *list;
    const struct legacy_sort *sorts;
    bool descending, newest_first;
    int64_t page_max, page_size;
    bool subject; /* a worker is called SubjectId */
    /* How long a second call with the same parameters counts as repetition of the first; 0: each
     * call is one of its own. See legacy_ops.c. */
    int64_t same_ms;
    /* Instead of running `to`. */
    struct err (*run)(struct legacy_call *l, json_t **answer);
};

/* One run of an old call. */
struct legacy_call {
    const struct api *api;
    const struct legacy_op *op; /* NULL: there is none of that name */
    struct legacy_params params;
    struct call *call;
    struct ctx *ctx;
    json_t *trees; /* owns all JSON of the run */
};

const struct legacy_op *legacy_op_find(struct str name);

/* The members of operation `name` from the call's parameters. *in is owned by the call. */
struct err legacy_members(struct legacy_call *l, const char *name, json_t **in);

/* Runs an operation. *answer, if not NULL, is owned by the call. */
struct err legacy_do(struct legacy_call *l, const char *name, const json_t *in, json_t **answer);

/* An object that the call owns. */
json_t *legacy_object(struct legacy_call *l);

/* Runs the operation of the row and of a list gives the page that is asked for: {list: [...],
 * "NumResults", "TotalNumResults", "PageNumber"}. */
struct err legacy_run_list(struct legacy_call *l, json_t **answer);

/* ---- as XML ---- */

void legacy_write_answer(struct buf *out, const struct legacy_call *l, const json_t *answer);

/* Gives the HTTP status. op may be NULL. */
int legacy_write_error(struct buf *out, const struct legacy_call *l, struct err e);

#endif
