#include "hit/table.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

struct table table_begin(struct arena *a, size_t columns, const char *const *heads) {
    struct table t = {.arena = a, .columns = columns};
    const char *plain[TABLE_COLUMNS_MAX];
    assert(columns <= TABLE_COLUMNS_MAX);
    for (size_t i = 0; i < columns; i++) {
        t.right[i] = heads[i][0] == '>';
        plain[i] = heads[i] + t.right[i];
    }
    table_row(&t, plain);
    return t;
}

void table_row(struct table *t, const char *const *cells) {
    if (t->rows == t->rows_max) {
        size_t max = t->rows_max ? t->rows_max * 2 : 16;
        const char **more = arena_array(t->arena, max * t->columns, sizeof(char *));
        if (t->rows)
            memcpy(more, t->cells, t->rows * t->columns * sizeof(char *));
        t->cells = more;
        t->rows_max = max;
    }
    for (size_t i = 0; i < t->columns; i++)
        t->cells[t->rows * t->columns + i] = cells[i] ? arena_strdup(t->arena, cells[i]) : "";
    t->rows++;
}

void table_print(const struct table *t) {
    size_t width[TABLE_COLUMNS_MAX] = {0};
    for (size_t at = 0; at < t->rows * t->columns; at++) {
        size_t n = utf8_length(str_c(t->cells[at]));
        if (n > width[at % t->columns])
            width[at % t->columns] = n;
    }
    for (size_t row = 0; row < t->rows; row++) {
        for (size_t i = 0; i < t->columns; i++) {
            const char *cell = t->cells[row * t->columns + i];
            int pad = (int)(width[i] - utf8_length(str_c(cell)));
            bool last = i + 1 == t->columns;
            if (t->right[i])
                printf("%*s%s", pad, "", cell);
            else
                printf("%s%*s", cell, last ? 0 : pad, "");
            fputs(last ? "\n" : "  ", stdout);
        }
    }
}
