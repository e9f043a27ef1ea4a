/* Rows of a :bulk that wait until they are enough for one INSERT of several rows. Knows statements,
 * no database; used by sqlite.c (PostgreSQL has COPY). */
#ifndef STORE_BULK_H
#define STORE_BULK_H

#include "base/arena.h"
#include "base/str.h"
#include "store/stmt.h"

enum {
    BULK_ROWS = 32,     /* in one INSERT: a row costs a third less; more rows gain little */
    BULK_BYTES = 65536, /* of texts that are copied meanwhile */
};

struct bulk {
    const struct sql_stmt *of;
    struct buf rows; /* parameter structs; their texts are in the arena */
    struct arena texts;
    size_t row_len;
    int n;
};

void bulk_init(struct bulk *b);
void bulk_free(struct bulk *b);

/* Empty, for rows of s. */
void bulk_begin(struct bulk *b, const struct sql_stmt *s);

/* Copies a row and its texts; false when it shall not wait, as its statement holds files. */
bool bulk_add(struct bulk *b, const void *in);

bool bulk_is_full(const struct bulk *b);
const void *bulk_row(const struct bulk *b, int row);
void bulk_clear(struct bulk *b);

/* The INSERT of BULK_ROWS rows; the parameters of a row follow those of the row before it. */
const char *bulk_text(struct arena *a, const struct sql_stmt *s, enum dialect dialect);

#endif
