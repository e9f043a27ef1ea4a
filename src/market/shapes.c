#include "market/shapes.h"

#include "store/sql.h"

static bool same_row(const struct shape *a, const struct shape *b) {
    return a->batch == b->batch && a->many == b->many && a->max_assignments == b->max_assignments &&
           a->cost_cents == b->cost_cents;
}

static void put(struct shapes *s) {
    if (s->st != ST_OK || (!s->live && !s->expired && !s->used))
        return;
    struct sql_shape_shift_in in = {
        .batch = s->row.batch,
        .many = s->row.many,
        .max_assignments = s->row.max_assignments,
        .cost_cents = s->row.cost_cents,
        .live = s->live,
        .expired = s->expired,
        .used = s->used,
    };
    s->st = sql_shape_shift(s->tx, &in, NULL);
}

void shapes_add(struct shapes *s, const struct shape *of, int64_t n) {
    if (!same_row(&s->row, of)) {
        put(s);
        *s = (struct shapes){.tx = s->tx, .row = *of, .st = s->st};
    }
    s->live += of->expired ? 0 : n;
    s->expired += of->expired ? n : 0;
    s->used += of->expired ? n * of->used : 0;
}

enum st shapes_end(struct shapes *s) {
    put(s);
    s->live = s->expired = s->used = 0;
    return s->st;
}

enum st shapes_put(struct tx *tx, const struct shape *of, int64_t n) {
    struct shapes s = {.tx = tx};
    shapes_add(&s, of, n);
    return shapes_end(&s);
}

enum st shapes_move(struct tx *tx, const struct shape *from, const struct shape *to) {
    struct shapes s = {.tx = tx};
    shapes_add(&s, from, -1);
    shapes_add(&s, to, 1);
    return shapes_end(&s);
}
