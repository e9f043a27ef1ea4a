#include "site/layout_samples.h"

#include <string.h>

#include "base/arena.h"
#include "base/pack.h"
#include "market/project.h"

static bool holds(struct str name, const char *word) {
    for (size_t i = 0; i + 1 <= name.n; i++)
        if (str_ieq(str_sub(name, i, strlen(word)), str_c(word)))
            return true;
    return false;
}

/* A picture for what is called like one. */
static struct str example_of(struct arena *a, struct str name) {
    if (holds(name, "image") || holds(name, "img") || holds(name, "photo") ||
        holds(name, "picture"))
        return STR("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='480' "
                   "height='320'%3E%3Crect width='480' height='320' fill='%23cfd8dc'/%3E%3Ccircle "
                   "cx='350' cy='90' r='36' fill='%23fff3c4'/%3E%3Cpath d='M0 320 160 130 250 240 "
                   "330 170 480 320z' fill='%2378909c'/%3E%3C/svg%3E");
    if (holds(name, "url") || holds(name, "link") || holds(name, "website"))
        return STR("https://example.org/");
    return str_printf(a, "[%.*s]", STR_ARG(name));
}

/* The value of a column in a row; NULL when the row has no such column. */
static struct str cell(const struct project_example *row, struct str name) {
    struct str columns = row->columns, values = row->values, column, value;
    while (pack_next(&columns, &column) && pack_next(&values, &value))
        if (str_eq(column, name))
            return value;
    return STR_NULL;
}

struct err layout_samples(struct ctx *c, int64_t project, const struct layout *layout,
                          struct layout_samples *out) {
    struct project_example row = {STR_NULL, STR_NULL};
    struct err e = project ? project_example(c, project, &row) : NO_ERR;
    size_t all;
    if (failed(e))
        return e;
    out->names = layout_names(c->arena, layout, &out->n, &all);
    out->values = arena_array(c->arena, out->n, sizeof *out->values);
    size_t left = LAYOUT_SAMPLES_MAX;
    for (size_t i = 0; i < out->n; i++) {
        struct str found = cell(&row, out->names[i]);
        bool taken = found.p && found.n <= left;
        out->values[i] = taken ? found : example_of(c->arena, out->names[i]);
        left -= taken ? found.n : 0;
    }
    return NO_ERR;
}
