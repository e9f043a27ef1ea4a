/* Which results of a batch are wanted (requester-site 5.1). A filter of all zeros wants them all.
 *
 * Status, time and worker are asked of the store; the rest is looked at row by row.
 */
#ifndef MARKET_RESULTS_FILTER_H
#define MARKET_RESULTS_FILTER_H

#include <stdbool.h>

#include "market/ctx.h"

enum { FILTER_COLUMNS_MAX = 4, AGREEMENT_ANSWERS_MAX = 50 };

enum filter_op { OP_CONTAINS = 1, OP_EQUALS, OP_EMPTY, OP_FILLED };

/* A cell: "Input.x" or "Answer.x". Contains ignores the case of ASCII letters. */
struct column_filter {
    struct str column;
    enum filter_op op;
    struct str text;
};

/* How an answer stands to the others of its HIT. */
enum filter_agreement { AGREES = 1, DIFFERS, ALONE };

struct results_filter {
    unsigned statuses;    /* bits SHOW_… (market/decide.h); 0: all */
    struct str worker_id; /* NULL: all */
    struct str hit_id;    /* NULL: all */
    int64_t from_ms;      /* submitted at or after; 0: any time */
    int64_t to_ms;        /* submitted before; 0: any time */
    int64_t work_min_s;   /* at least so long at work; 0: any */
    int64_t work_max_s;   /* at most; 0: any */
    struct column_filter columns[FILTER_COLUMNS_MAX];
    int column_count;
    enum filter_agreement agreement; /* 0: any */
};

/* Whether there is anything beyond the status that hides rows. */
bool results_filter_narrow(const struct results_filter *f);

/* What a row is looked at by. */
struct filter_row {
    int64_t hit;
    int64_t accepted_ms, submitted_ms;
    struct str vars, fields; /* packed; NULL none */
};

/* The part that is looked at row by row, but for agreement. columns: the batch's input columns. */
bool results_filter_takes(const struct results_filter *f, struct arena *a, struct str columns,
                          const struct filter_row *row);

/* One cell of a row by its column's name, values joined with '|'; NULL: no such cell. */
struct str results_cell(struct arena *a, struct str columns, const struct filter_row *row,
                        struct str column);

/* Share, in hundredths of a per cent, in which an answer's fields equal those of the others of its
 * HIT: each field against each other answer. -1 when there is no other. */
int64_t results_agreement(const struct str *others, size_t n, struct str fields);

/* AGREES from a half up. */
enum filter_agreement results_agreement_class(int64_t agreement);

#endif
