#include "market/hit_question.h"

#include "base/pack.h"
#include "formats/layout.h"
#include "formats/question.h"

/* Names and values that belong together. */
struct pairs {
    struct str *names, *values;
    size_t n;
};

static struct pairs pairs_new(struct arena *a, size_t n) {
    return (struct pairs){
        .names = arena_array(a, n, sizeof(struct str)),
        .values = arena_array(a, n, sizeof(struct str)),
        .n = n,
    };
}

/* Items of a packed list that a HIT was published with; damage ends the list. */
static size_t count(struct str packed) {
    int n = packed.p ? pack_count(packed) : 0;
    return n > 0 ? (size_t)n : 0;
}

static struct pairs of_row(struct arena *a, struct str columns, struct str vars) {
    struct pairs p = pairs_new(a, count(columns));
    for (size_t i = 0; i < p.n; i++) {
        pack_next(&columns, &p.names[i]);
        if (!vars.p || !pack_next(&vars, &p.values[i]))
            p.values[i] = STR("");
    }
    return p;
}

static struct pairs of_parameters(struct arena *a, struct str vars) {
    struct pairs p = pairs_new(a, count(vars) / 2);
    for (size_t i = 0; i < p.n; i++) {
        pack_next(&vars, &p.names[i]);
        pack_next(&vars, &p.values[i]);
    }
    return p;
}

/* The layout filled, in the page that the old site made of it (questions 3.5). */
static struct str page(struct arena *a, struct str layout, struct str title,
                       const struct pairs *p) {
    struct layout outline = layout_outline(layout);
    struct layout_plan plan = layout_plan(a, layout, p->names, p->n);
    struct buf filled = BUF_INIT, whole = BUF_INIT;
    layout_fill(&filled, &plan, p->values);
    layout_page(&whole, &outline, buf_view(&filled), title);
    struct str s = buf_dup(a, &whole);
    buf_free(&filled);
    buf_free(&whole);
    return s;
}

static struct str question(struct arena *a, struct str html) {
    struct buf b = BUF_INIT;
    question_write_html(&b, html, 0);
    struct str s = buf_dup(a, &b);
    buf_free(&b);
    return s;
}

struct str question_of_row(struct arena *a, struct str layout, struct str title, struct str columns,
                           struct str vars) {
    struct pairs p = of_row(a, columns, vars);
    return question(a, page(a, layout, title, &p));
}

struct str question_of_parameters(struct arena *a, struct str layout, struct str title,
                                  struct str vars) {
    struct pairs p = of_parameters(a, vars);
    return question(a, page(a, layout, title, &p));
}
