#include "site/line_diff.h"

#include <stdint.h>

#include "base/arena.h"

struct lines {
    struct str *list;
    size_t n;
};

static struct lines split(struct arena *a, struct str text) {
    size_t n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n';
    struct lines l = {arena_array(a, n, sizeof(struct str)), 0};
    for (struct str rest = text; rest.p;)
        l.list[l.n++] = str_cut(&rest, '\n');
    return l;
}

static void put(struct line_diff *d, char sign, struct str text) {
    d->lines[d->n++] = (struct diff_line){sign, text};
    d->changed += sign != ' ';
}

/* common[i * (m + 1) + k]: how many lines the two have in common from i and k on. */
static uint32_t *count_common(struct arena *a, const struct str *x, size_t n, const struct str *y,
                              size_t m) {
    uint32_t *common = arena_array(a, (n + 1) * (m + 1), sizeof *common);
    for (size_t i = n; i-- > 0;)
        for (size_t k = m; k-- > 0;) {
            uint32_t *here = &common[i * (m + 1) + k];
            uint32_t down = here[m + 1], right = here[1];
            if (str_eq(x[i], y[k]))
                *here = here[m + 2] + 1;
            else
                *here = down > right ? down : right;
        }
    return common;
}

static void compare(struct arena *a, struct line_diff *d, const struct lines *x,
                    const struct lines *y) {
    size_t i = 0, k = 0;
    if ((x->n + 1) * (y->n + 1) <= DIFF_CELLS_MAX) {
        const uint32_t *common = count_common(a, x->list, x->n, y->list, y->n);
        while (i < x->n && k < y->n) {
            const uint32_t *here = &common[i * (y->n + 1) + k];
            if (str_eq(x->list[i], y->list[k])) {
                put(d, ' ', x->list[i++]);
                k++;
            } else if (here[y->n + 1] >= here[1]) {
                put(d, '-', x->list[i++]);
            } else {
                put(d, '+', y->list[k++]);
            }
        }
    }
    while (i < x->n)
        put(d, '-', x->list[i++]);
    while (k < y->n)
        put(d, '+', y->list[k++]);
}

struct line_diff line_diff(struct arena *a, struct str before, struct str after) {
    struct lines x = split(a, before), y = split(a, after);
    struct line_diff d = {.lines = arena_array(a, x.n + y.n, sizeof(struct diff_line))};
    size_t same = 0, tail = 0;
    while (same < x.n && same < y.n && str_eq(x.list[same], y.list[same]))
        put(&d, ' ', x.list[same++]);
    while (tail < x.n - same && tail < y.n - same &&
           str_eq(x.list[x.n - 1 - tail], y.list[y.n - 1 - tail]))
        tail++;
    struct lines xm = {x.list + same, x.n - same - tail}, ym = {y.list + same, y.n - same - tail};
    compare(a, &d, &xm, &ym);
    for (size_t i = x.n - tail; i < x.n; i++)
        put(&d, ' ', x.list[i]);
    return d;
}
