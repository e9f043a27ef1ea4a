/* Tables for people: columns as wide as their widest cell, numbers to the right. */
#ifndef HIT_TABLE_H
#define HIT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { TABLE_COLUMNS_MAX = 8 };

struct table {
    struct arena *arena;
    size_t columns;
    bool right[TABLE_COLUMNS_MAX];
    size_t rows, rows_max;
    const char **cells;
};

/* heads has columns texts; one that begins with '>' is a column of numbers. */
struct table table_begin(struct arena *a, size_t columns, const char *const *heads);
void table_row(struct table *t, const char *const *cells); /* NULL prints nothing */
void table_print(const struct table *t);

#endif
