#include "formats/header.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "formats/finding.h"
#include "formats/value.h"

static bool skipped(char c) {
    return c == ' ' || c == '_' || c == '-' || c == '.';
}

static char fold(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool header_is(struct str cell, const char *name) {
    cell = value_trim(cell);
    size_t i = 0;
    for (;;) {
        while (i < cell.n && skipped(cell.p[i]))
            i++;
        while (skipped(*name))
            name++;
        if (i == cell.n || !*name)
            return i == cell.n && !*name;
        if (fold(cell.p[i]) != fold(*name))
            return false;
        i++;
        name++;
    }
}

/* Without a suffix ".1" or "(1)"; the same when there is none. */
static struct str without_suffix(struct str s) {
    s = value_trim(s);
    bool closed = str_ends(s, STR(")"));
    size_t end = s.n - closed, i = end;
    while (i > 0 && s.p[i - 1] >= '0' && s.p[i - 1] <= '9')
        i--;
    if (i == end || i == 0 || s.p[i - 1] != (closed ? '(' : '.'))
        return s;
    return value_trim(str_sub(s, 0, i - 1));
}

/* Index of the standard name, or n. */
static size_t standard(struct str cell, const char *const *names, size_t n) {
    size_t i = 0;
    while (i < n && !header_is(cell, names[i]))
        i++;
    return i;
}

static void add_column(struct header *h, struct str cell, const char *const *names, size_t n,
                       size_t column) {
    size_t wanted = standard(cell, names, n);
    bool suffixed = wanted == n;
    if (suffixed)
        wanted = standard(without_suffix(cell), names, n);
    if (wanted == n)
        h->ignored[h->n_ignored++] = value_trim(cell);
    else if (h->at[wanted] == HEADER_NONE)
        h->at[wanted] = column;
    else
        h->twins[h->n_twins++] = (struct header_twin){wanted, column};
}

void header_match(struct header *h, struct arena *a, const char *const *names, size_t n,
                  const struct str *cells, size_t count) {
    *h = (struct header){
        .at = arena_array(a, n, sizeof *h->at),
        .twins = arena_array(a, count, sizeof *h->twins),
        .ignored = arena_array(a, count, sizeof *h->ignored),
    };
    for (size_t i = 0; i < n; i++)
        h->at[i] = HEADER_NONE;
    for (size_t i = 0; i < count; i++)
        if (value_trim(cells[i]).n)
            add_column(h, cells[i], names, n, i);
}

int header_score(void *arg, const struct str *cells, size_t count) {
    const struct header_names *w = arg;
    int score = 0;
    for (size_t i = 0; i < w->n; i++) {
        size_t j = 0;
        while (j < count && !header_is(cells[j], w->names[i]))
            j++;
        score += j < count;
    }
    return score;
}

struct str header_list(struct arena *a, const struct str *names, size_t n) {
    enum { LISTED = 12 };
    struct buf b = BUF_INIT;
    size_t listed = 0, more = 0;
    for (size_t i = 0; i < n; i++) {
        struct str name = value_trim(names[i]);
        if (name.n == 0)
            continue;
        if (listed == LISTED) {
            more++;
            continue;
        }
        if (listed++)
            buf_puts(&b, ", ");
        buf_str(&b, findings_show(a, name));
    }
    if (more)
        buf_printf(&b, " and %zu more", more);
    if (listed == 0)
        buf_puts(&b, "no named columns");
    struct str s = buf_dup(a, &b);
    buf_free(&b);
    return s;
}
