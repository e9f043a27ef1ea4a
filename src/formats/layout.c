#include "formats/layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "formats/html_scan.h"

/* Length of the placeholder at s, which starts with "${"; 0 when it is none. A name has none of
 * { } $ " and no line end (csv-formats 2), so that the scan never runs past a quote (10.6). */
static size_t placeholder_length(struct str s) {
    for (size_t i = 2; i < s.n && i <= HEADER_NAME_MAX + 2; i++) {
        if (s.p[i] == '}')
            return i > 2 ? i + 1 : 0;
        if (strchr("{$\"\r\n", s.p[i]))
            return 0;
    }
    return 0;
}

/* Walks from "${" to "${" of a template and knows where each stands. */
struct walk {
    struct str html;
    size_t at;               /* of the "${" */
    size_t length;           /* of the placeholder; 0 when it is none */
    size_t next;             /* where to search on */
    struct html_scan scan;   /* behind piece */
    struct html_piece piece; /* covers at, once a "${" was found */
    size_t piece_end;        /* offset in html */
    struct str attrs;        /* of the tag, behind attr */
    struct str attr_name, attr_value;
    size_t counted; /* line and column are those of this offset */
    int line, column;
};

static struct walk walk_start(struct str html) {
    return (struct walk){.html = html, .scan = {.rest = html}, .line = 1, .column = 1};
}

static bool walk_next(struct walk *w) {
    ptrdiff_t found = str_find(str_from(w->html, w->next), STR("${"));
    if (found < 0)
        return false;
    w->at = w->next + (size_t)found;
    w->length = placeholder_length(str_from(w->html, w->at));
    w->next = w->at + (w->length ? w->length : 2);
    while (w->piece_end <= w->at && html_next(&w->scan, &w->piece)) {
        w->piece_end += w->piece.text.n;
        w->attrs = str_from(w->piece.text, 1 + w->piece.tag.n);
        w->attr_name = w->attr_value = str_sub(w->attrs, 0, 0);
    }
    for (; w->counted < w->at; w->counted++) {
        bool line_end = w->html.p[w->counted] == '\n';
        w->column = line_end ? 1 : w->column + 1;
        w->line += line_end;
    }
    return true;
}

/* Whether "${" stands in the value of an event attribute. Goes on from the attribute of the last
 * call: a tag may be as long as the page and hold as many placeholders. */
static bool in_event_attribute(struct walk *w) {
    const char *p = w->html.p + w->at;
    while (w->attr_value.p + w->attr_value.n <= p)
        if (!html_attr_next(&w->attrs, &w->attr_name, &w->attr_value))
            return false;
        else if (!w->attr_value.p)
            w->attr_value = str_sub(w->attr_name, w->attr_name.n, 0);
    return p >= w->attr_value.p && w->attr_name.n > 2 &&
           str_ieq(str_sub(w->attr_name, 0, 2), STR("on"));
}

static enum layout_place walk_place(struct walk *w) {
    switch (w->piece.kind) {
    case HTML_TEXT: return LAYOUT_TEXT;
    case HTML_SCRIPT: return LAYOUT_SCRIPT;
    case HTML_COMMENT: return LAYOUT_COMMENT;
    case HTML_TAG: break;
    }
    return in_event_attribute(w) ? LAYOUT_SCRIPT : LAYOUT_ATTRIBUTE;
}

/* A missing value matters here, for it can not be a script's own literal. */
static bool is_strict(enum layout_place place) {
    return place == LAYOUT_TEXT || place == LAYOUT_ATTRIBUTE;
}

static int by_position(const void *pa, const void *pb) {
    const struct layout_var *a = pa, *b = pb;
    return (a->name.p > b->name.p) - (a->name.p < b->name.p);
}

static int by_name(const void *pa, const void *pb) {
    const struct layout_var *a = pa, *b = pb;
    int order = str_cmp(a->name, b->name);
    return order ? order : by_position(a, b);
}

/* Keeps one entry per name, the first or the first strict one; then restores the order of first
 * appearance. Sorting keeps this from being quadratic in what a stranger sends. */
static size_t distinct(struct layout_var *vars, size_t count) {
    if (count < 2)
        return count;
    qsort(vars, count, sizeof(*vars), by_name);
    size_t n = 0;
    for (size_t i = 0, run; i < count; i += run) {
        struct layout_var one = vars[i];
        for (run = 1; i + run < count && str_eq(one.name, vars[i + run].name); run++) {
            const struct layout_var *other = &vars[i + run];
            if (is_strict(one.place) || !is_strict(other->place))
                continue;
            one.place = other->place;
            one.line = other->line;
            one.column = other->column;
        }
        vars[n++] = one;
    }
    qsort(vars, n, sizeof(*vars), by_position);
    return n;
}

static void read_placeholders(struct arena *a, struct layout *layout) {
    size_t closed = 0, unclosed = 0;
    for (struct walk w = walk_start(layout->html); walk_next(&w);)
        ++*(w.length ? &closed : &unclosed);
    layout->vars = arena_array(a, closed, sizeof(*layout->vars));
    layout->unclosed = arena_array(a, unclosed, sizeof(*layout->unclosed));
    for (struct walk w = walk_start(layout->html); walk_next(&w);) {
        struct layout_var var = {.place = walk_place(&w), .line = w.line, .column = w.column};
        if (w.length) {
            var.name = str_sub(layout->html, w.at + 2, w.length - 3);
            layout->vars[layout->var_count++] = var;
        } else {
            struct str rest = str_sub(layout->html, w.at, 24);
            var.name = str_cut(&rest, '\n');
            layout->unclosed[layout->unclosed_count++] = var;
        }
    }
    layout->var_count = distinct(layout->vars, layout->var_count);
}

static bool one_of(struct str name, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (str_ieq(name, str_c(list[i])))
            return true;
    return false;
}
#define ONE_OF(name, list) one_of((name), (list), sizeof(list) / sizeof((list)[0]))

/* Crowd elements that only show something or hold others (crowd-elements 3, 4.2, 4.3). */
static const char *const crowd_display[] = {
    "crowd-alert", "crowd-badge",        "crowd-button", "crowd-card",    "crowd-fab",
    "crowd-form",  "crowd-icon-button",  "crowd-modal",  "crowd-tab",     "crowd-tabs",
    "crowd-toast", "crowd-instructions", "crowd-icon",   "crowd-toolbar", "crowd-tooltip",
};
static const char *const native_controls[] = {"input", "select", "textarea"};

static bool is_control(struct str tag) {
    if (ONE_OF(tag, native_controls))
        return true;
    return str_ieq(str_sub(tag, 0, 6), STR("crowd-")) && !ONE_OF(tag, crowd_display);
}

static bool is_submit(const struct html_piece *tag) {
    struct str type = html_attr(tag, "type");
    if (str_ieq(tag->tag, STR("button")))
        return !type.p || str_ieq(type, STR("submit"));
    return str_ieq(tag->tag, STR("input")) &&
           (str_ieq(type, STR("submit")) || str_ieq(type, STR("image")));
}

struct layout layout_outline(struct str html) {
    struct layout layout = {.html = html};
    struct html_scan scan = {.rest = html};
    for (struct html_piece piece; html_next(&scan, &piece);) {
        if (piece.kind == HTML_COMMENT && str_ieq(str_sub(piece.text, 0, 9), STR("<!doctype")))
            layout.is_document = true;
        if (piece.kind != HTML_TAG)
            continue;
        layout.is_document |= str_ieq(piece.tag, STR("html"));
        layout.has_form |= str_ieq(piece.tag, STR("form"));
        layout.has_crowd_form |= str_ieq(piece.tag, STR("crowd-form"));
        layout.has_control |= is_control(piece.tag);
        layout.has_submit |= is_submit(&piece);
    }
    return layout;
}

struct layout layout_read(struct arena *a, struct str html) {
    struct layout layout = layout_outline(html);
    read_placeholders(a, &layout);
    return layout;
}

struct err layout_require_control(struct arena *a, const struct layout *layout) {
    if (layout->has_control)
        return NO_ERR;
    return err_make(a, ERR_INVALID_PARAMETER, "Layout",
                    "The layout has nothing that a worker could fill in: it needs at least one "
                    "input, select, textarea or crowd element.");
}

static bool looks_like_name(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool inner = c == ' ' && i > 0 && i + 1 < s.n;
        if (!inner && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c & 0x80))
            return false;
    }
    return s.n > 0;
}

/* Names sorted for searching, each with its index among those given. */
struct known {
    struct str name;
    size_t index;
};

static int by_known_name(const void *a, const void *b) {
    return str_cmp(((const struct known *)a)->name, ((const struct known *)b)->name);
}

static struct known *sort_names(struct arena *a, const struct str *names, size_t count) {
    struct known *known = arena_array(a, count, sizeof(*known));
    for (size_t i = 0; i < count; i++)
        known[i] = (struct known){names[i], i};
    if (count)
        qsort(known, count, sizeof(*known), by_known_name);
    return known;
}

static const struct known *find_name(const struct known *known, size_t count, struct str name) {
    struct known key = {.name = name};
    return count ? bsearch(&key, known, count, sizeof(*known), by_known_name) : NULL;
}

static void add_finding(struct layout_findings *f, enum layout_level level,
                        const struct layout_var *at, const char *text) {
    f->errors += level == LAYOUT_ERROR;
    if (f->count < LAYOUT_FINDINGS_MAX)
        f->list[f->count++] = (struct layout_finding){level, at->name, at->line, at->column, text};
}

static const char *similar_name(struct arena *a, const struct str *names, size_t count,
                                struct str name) {
    for (size_t i = 0; i < count; i++)
        if (str_ieq(names[i], name))
            return arena_printf(a, "; \"%.*s\" differs from it in case only", STR_ARG(names[i]));
    return "";
}

static void check_var(struct arena *a, struct layout_findings *f, const struct layout_var *var,
                      const struct str *names, size_t count) {
    if (f->count == LAYOUT_FINDINGS_MAX) { /* only counted from here on */
        f->errors += is_strict(var->place) && looks_like_name(var->name);
        return;
    }
    if (is_strict(var->place) && looks_like_name(var->name)) {
        add_finding(f, LAYOUT_ERROR, var,
                    arena_printf(a,
                                 "The layout needs a value for ${%.*s} (line %d), but none is "
                                 "given%s.",
                                 STR_ARG(var->name), var->line,
                                 similar_name(a, names, count, var->name)));
        return;
    }
    add_finding(f, LAYOUT_WARNING, var,
                arena_printf(a, "${%.*s} (line %d) has no value%s; it stays as it is written.",
                             STR_ARG(var->name), var->line,
                             similar_name(a, names, count, var->name)));
}

/* Names given that the template does not use. */
static void check_unused(struct arena *a, struct layout_findings *f, const struct layout *layout,
                         const struct str *names, size_t count) {
    struct str *used = arena_array(a, layout->var_count, sizeof(*used));
    for (size_t i = 0; i < layout->var_count; i++)
        used[i] = layout->vars[i].name;
    struct known *known = sort_names(a, used, layout->var_count);
    for (size_t i = 0; i < count; i++) {
        struct layout_var at = {.name = names[i]};
        if (!find_name(known, layout->var_count, names[i]))
            add_finding(f, LAYOUT_ERROR, &at,
                        arena_printf(a, "The layout has no placeholder ${%.*s}%s.",
                                     STR_ARG(names[i]),
                                     similar_name(a, used, layout->var_count, names[i])));
    }
}

struct layout_findings layout_check(struct arena *a, const struct layout *layout,
                                    const struct str *names, size_t count, bool all_used) {
    struct layout_findings f = {0};
    f.list = arena_array(a, LAYOUT_FINDINGS_MAX, sizeof(*f.list));
    struct known *known = sort_names(a, names, count);
    for (size_t i = 0; i < layout->var_count; i++)
        if (!find_name(known, count, layout->vars[i].name))
            check_var(a, &f, &layout->vars[i], names, count);
    if (all_used)
        check_unused(a, &f, layout, names, count);
    for (size_t i = 0; i < layout->unclosed_count && f.count < LAYOUT_FINDINGS_MAX; i++) {
        const struct layout_var *at = &layout->unclosed[i];
        add_finding(&f, LAYOUT_WARNING, at,
                    arena_printf(a,
                                 "\"%.*s\" (line %d) is not a closed placeholder; it stays as "
                                 "it is written.",
                                 STR_ARG(at->name), at->line));
    }
    return f;
}

struct str *layout_names(struct arena *a, const struct layout *layout, size_t *needed,
                         size_t *all) {
    struct str *names = arena_array(a, layout->var_count, sizeof(*names));
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < layout->var_count; i++) {
            const struct layout_var *var = &layout->vars[i];
            bool need = is_strict(var->place) && looks_like_name(var->name);
            if (need == (pass == 0))
                names[n++] = var->name;
        }
        if (pass == 0)
            *needed = n;
    }
    *all = n;
    return names;
}

struct layout_plan layout_plan(struct arena *a, struct str html, const struct str *names,
                               size_t count) {
    struct known *known = sort_names(a, names, count);
    size_t most = 1;
    for (struct walk w = walk_start(html); walk_next(&w);)
        most += w.length > 0;
    struct layout_plan plan = {.parts = arena_array(a, most, sizeof(*plan.parts))};
    size_t from = 0;
    for (struct walk w = walk_start(html); walk_next(&w);) {
        const struct known *value =
            w.length ? find_name(known, count, str_sub(html, w.at + 2, w.length - 3)) : NULL;
        if (!value)
            continue;
        struct str before = str_sub(html, from, w.at - from);
        plan.parts[plan.count++] = (struct layout_part){before, value->index};
        from = w.next;
    }
    plan.parts[plan.count++] = (struct layout_part){str_from(html, from), LAYOUT_NO_VALUE};
    return plan;
}

size_t layout_filled_size(const struct layout_plan *plan, const struct str *values) {
    size_t n = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct layout_part *part = &plan->parts[i];
        n += part->text.n + (part->value == LAYOUT_NO_VALUE ? 0 : values[part->value].n);
    }
    return n;
}

void layout_fill(struct buf *out, const struct layout_plan *plan, const struct str *values) {
    buf_room(out, layout_filled_size(plan, values));
    for (size_t i = 0; i < plan->count; i++) {
        const struct layout_part *part = &plan->parts[i];
        buf_str(out, part->text);
        if (part->value != LAYOUT_NO_VALUE)
            buf_str(out, values[part->value]);
    }
}

const char *layout_value_warning(enum layout_place place, struct str value) {
    if (place == LAYOUT_SCRIPT) {
        for (struct str s = value; s.n >= 8; s = str_from(s, 1))
            if (str_ieq(str_sub(s, 0, 8), STR("</script")))
                return "the value holds </script, which ends the script";
    } else if (place == LAYOUT_ATTRIBUTE) {
        if (str_chr(value, '"') >= 0)
            return "the value holds a quotation mark, which may end the attribute";
        if (value.n > LAYOUT_ATTRIBUTE_MAX)
            return "the value is long for an attribute";
    } else {
        struct html_scan scan = {.rest = value};
        int open = 0;
        for (struct html_piece piece; html_next(&scan, &piece);) {
            bool markup = piece.kind == HTML_TAG || piece.kind == HTML_COMMENT;
            if (markup && !str_ends(piece.text, STR(">")))
                return "the value holds a tag that is not closed with >";
            open += piece.kind == HTML_TAG ? (piece.tag.p[0] == '/' ? -1 : 1) : 0;
        }
        /* Void elements (br, img) have no end tag, so only too many end tags are certain. */
        if (open < 0)
            return "the value closes more elements than it opens";
    }
    return NULL;
}
