#include "formats/xml_walk.h"

#include <stdarg.h>

#include "base/arena.h"
#include "base/num.h"

enum { QUOTED_MAX = 100 };

void xml_refuse(struct xml_walk *w, const struct xml_node *at, const char *fmt, ...) {
    if (failed(w->err))
        return;
    va_list ap;
    va_start(ap, fmt);
    w->err = xml_error(w->a, at, "%s", arena_vprintf(w->a, fmt, ap));
    va_end(ap);
}

void xml_only_attrs(struct xml_walk *w, const struct xml_node *node, const char *list) {
    for (const struct xml_attr *at = node->attrs; at; at = at->next) {
        bool known = at->ns.p != NULL;
        for (struct str rest = str_c(list); rest.p && !known;)
            known = str_eq(str_cut(&rest, ' '), at->name);
        if (!known)
            xml_refuse(w, node, "the attribute %.*s is not allowed here.", STR_ARG(at->name));
    }
}

void xml_no_attrs(struct xml_walk *w, const struct xml_node *node) {
    xml_only_attrs(w, node, "");
}

struct xml_cursor xml_children(struct xml_walk *w, const struct xml_node *node) {
    if (!xml_blank(node->text))
        xml_refuse(w, node, "text can not stand directly in it.");
    return (struct xml_cursor){w, node, node->first};
}

bool xml_next_is(const struct xml_cursor *c, const char *name) {
    return c->at && xml_is(c->at, c->in->ns, name);
}

const struct xml_node *xml_maybe(struct xml_cursor *c, const char *name) {
    if (failed(c->w->err) || !xml_next_is(c, name))
        return NULL;
    const struct xml_node *node = c->at;
    c->at = node->next;
    return node;
}

const struct xml_node *xml_need(struct xml_cursor *c, const char *name) {
    const struct xml_node *node = xml_maybe(c, name);
    if (!node && c->at)
        xml_refuse(c->w, c->at, "the element %s was expected here.", name);
    else if (!node)
        xml_refuse(c->w, c->in, "the element %s is missing.", name);
    return node;
}

void xml_end(struct xml_cursor *c) {
    if (c->at)
        xml_refuse(c->w, c->at, "no such element can stand here.");
}

struct str xml_leaf(struct xml_walk *w, const struct xml_node *node) {
    if (!node)
        return STR("");
    if (node->first)
        xml_refuse(w, node->first,
                   "no element can stand here; put the text of %.*s into a CDATA section.",
                   STR_ARG(node->name));
    xml_no_attrs(w, node);
    return node->text;
}

struct str xml_word(struct xml_walk *w, const struct xml_node *node) {
    struct str s = str_trim(xml_leaf(w, node));
    if (node && !s.n)
        xml_refuse(w, node, "it is empty.");
    return s;
}

struct str xml_digits(struct str s) {
    return str_starts(s, STR("+")) ? str_from(s, 1) : s;
}

int64_t xml_whole(struct xml_walk *w, const struct xml_node *node, int64_t min, int64_t max) {
    struct str s = str_trim(xml_leaf(w, node));
    int64_t n = min;
    if (node && !num_parse(xml_digits(s), min, max, &n))
        xml_refuse(w, node, "\"%.*s\" is not a whole number from %lld to %lld.",
                   STR_ARG(str_sub(s, 0, QUOTED_MAX)), (long long)min, (long long)max);
    return n;
}
