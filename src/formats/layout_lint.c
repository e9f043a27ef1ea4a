#include "formats/layout_lint.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "formats/html_scan.h"

/* Where a byte of the template stands; asked for in order. */
struct place {
    struct str html;
    size_t at;
    int line, column;
};

static void go_to(struct place *p, size_t at) {
    for (; p->at < at; p->at++) {
        bool line_end = p->html.p[p->at] == '\n';
        p->column = line_end ? 1 : p->column + 1;
        p->line += line_end;
    }
}

/* An input that gives an answer. */
struct control {
    struct str name;
    bool group; /* radio or checkbox: several of one name are meant */
    int line, column;
};

struct lint {
    struct arena *a;
    const struct layout *layout;
    struct layout_findings found;
    struct place place;
    struct control *controls;
    size_t n, room;
};

static void add(struct lint *l, enum layout_level level, struct str name, int line, int column,
                const char *text) {
    l->found.errors += level == LAYOUT_ERROR;
    if (l->found.count < LAYOUT_FINDINGS_MAX)
        l->found.list[l->found.count++] = (struct layout_finding){level, name, line, column, text};
}

static void warn_here(struct lint *l, struct str name, const char *text) {
    add(l, LAYOUT_WARNING, name, l->place.line, l->place.column, text);
}

static bool is_one_of(struct str s, const char *const *list) {
    while (*list && !str_ieq(s, str_c(*list)))
        list++;
    return *list != NULL;
}

static void check_name(struct lint *l, struct str name) {
    static const char *const marks[] = {"Approve", "Reject", NULL};
    static const char *const frame[] = {"assignmentId", "hitId", "workerId", "turkSubmitTo", NULL};
    if (is_one_of(name, marks))
        warn_here(l, name,
                  arena_printf(l->a,
                               "The answer \"%.*s\" is called like the column in which reviewers "
                               "decide. Results write it as Answer.%.*s; another name is safer.",
                               STR_ARG(name), STR_ARG(name)));
    else if (is_one_of(name, frame) && !str_is(name, "assignmentId"))
        warn_here(l, name,
                  arena_printf(l->a,
                               "The name \"%.*s\" is reserved: the site takes such a field out of "
                               "the answer. Call it something else.",
                               STR_ARG(name)));
}

static void keep_control(struct lint *l, struct str name, bool group) {
    if (l->n == l->room) {
        size_t room = l->room ? 2 * l->room : 64;
        struct control *more = arena_array(l->a, room, sizeof *more);
        for (size_t i = 0; i < l->n; i++)
            more[i] = l->controls[i];
        l->controls = more;
        l->room = room;
    }
    l->controls[l->n++] = (struct control){name, group, l->place.line, l->place.column};
}

static void check_control(struct lint *l, const struct html_piece *tag) {
    static const char *const native[] = {"input", "select", "textarea", NULL};
    static const char *const silent[] = {"submit", "button", "image", "reset", NULL};
    static const char *const groups[] = {"radio", "checkbox", NULL};
    if (!is_one_of(tag->tag, native))
        return;
    struct str type = html_attr(tag, "type"), name = html_attr(tag, "name");
    bool input = str_ieq(tag->tag, STR("input"));
    if (input && is_one_of(type, silent))
        return;
    if (!name.n) {
        warn_here(l, STR_NULL,
                  arena_printf(l->a, "This %.*s has no name, so its answer would be lost.",
                               STR_ARG(tag->tag)));
        return;
    }
    check_name(l, name);
    keep_control(l, name, input && is_one_of(type, groups));
}

static void check_links(struct lint *l, const struct html_piece *tag) {
    static const char *const loaded[] = {"img",    "script", "iframe", "audio", "video",
                                         "source", "embed",  "link",   NULL};
    if (!is_one_of(tag->tag, loaded))
        return;
    struct str url = html_attr(tag, str_ieq(tag->tag, STR("link")) ? "href" : "src");
    if (str_ieq(str_sub(url, 0, 7), STR("http://")))
        warn_here(l, STR_NULL,
                  arena_printf(l->a,
                               "\"%.*s\" is loaded by http:, which browsers block in a page that "
                               "came by https:. Link to it by https:.",
                               STR_ARG(str_sub(url, 0, 100))));
}

static void check_tags(struct lint *l) {
    struct html_scan scan = {.rest = l->layout->html};
    for (struct html_piece piece; html_next(&scan, &piece);) {
        if (piece.kind != HTML_TAG || piece.tag.p[0] == '/')
            continue;
        go_to(&l->place, (size_t)(piece.text.p - l->layout->html.p));
        check_control(l, &piece);
        check_links(l, &piece);
    }
}

static int by_name(const void *pa, const void *pb) {
    const struct control *a = pa, *b = pb;
    int order = str_cmp(a->name, b->name);
    if (!order)
        order = (a->line > b->line) - (a->line < b->line);
    return order ? order : (a->column > b->column) - (a->column < b->column);
}

static void check_twins(struct lint *l) {
    if (l->n > 1)
        qsort(l->controls, l->n, sizeof *l->controls, by_name);
    for (size_t i = 1; i < l->n; i++) {
        const struct control *one = &l->controls[i], *before = one - 1;
        if (!str_eq(one->name, before->name) || (one->group && before->group))
            continue;
        add(l, LAYOUT_WARNING, one->name, one->line, one->column,
            arena_printf(l->a,
                         "A second field is called \"%.*s\" (the first in line %d): their answers "
                         "would be joined in one cell.",
                         STR_ARG(one->name), before->line));
    }
}

static void check_variables(struct lint *l) {
    const struct layout *y = l->layout;
    for (size_t i = 0; i < y->unclosed_count; i++)
        add(l, LAYOUT_WARNING, y->unclosed[i].name, y->unclosed[i].line, y->unclosed[i].column,
            arena_printf(l->a, "\"%.*s\" is not a closed placeholder; it stays as it is written.",
                         STR_ARG(y->unclosed[i].name)));
    for (size_t i = 1; i < y->var_count && i < LAYOUT_FINDINGS_MAX; i++)
        for (size_t k = 0; k < i; k++)
            if (str_ieq(y->vars[i].name, y->vars[k].name))
                add(l, LAYOUT_WARNING, y->vars[i].name, y->vars[i].line, y->vars[i].column,
                    arena_printf(l->a,
                                 "${%.*s} and ${%.*s} (line %d) differ in case only: they are two "
                                 "variables and need two columns.",
                                 STR_ARG(y->vars[i].name), STR_ARG(y->vars[k].name),
                                 y->vars[k].line));
}

static int by_place(const void *pa, const void *pb) {
    const struct layout_finding *a = pa, *b = pb;
    if (a->level != b->level)
        return a->level == LAYOUT_ERROR ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

struct layout_findings layout_lint(struct arena *a, const struct layout *layout) {
    struct lint l = {.a = a, .layout = layout, .place = {layout->html, 0, 1, 1}};
    l.found.list = arena_array(a, LAYOUT_FINDINGS_MAX, sizeof(*l.found.list));
    struct err e = layout_require_control(a, layout);
    if (failed(e))
        add(&l, LAYOUT_ERROR, STR_NULL, 0, 0, e.detail);
    if (layout->has_form && !layout->has_crowd_form && !layout->has_submit)
        add(&l, LAYOUT_WARNING, STR_NULL, 0, 0,
            "The layout has a form of its own without a button to submit it. Add one, or take the "
            "<form> out: then form and button are put around it.");
    check_tags(&l);
    check_twins(&l);
    check_variables(&l);
    if (l.found.count > 1)
        qsort(l.found.list, l.found.count, sizeof *l.found.list, by_place);
    return l.found;
}
