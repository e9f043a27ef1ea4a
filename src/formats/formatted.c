#include "formats/formatted.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "formats/xml_in.h"

#define XHTML_NS "http://www.w3.org/1999/xhtml"

/* Elements with the attributes that each may have beside title, dir and lang (questions 7); a name
 * with '!' before it must be there. */
struct element {
    const char *name, *attrs;
    bool empty; /* written without an end tag */
};

#define CELL_ATTRS                                                                                 \
    "abbr align axis bgcolor char charoff colspan headers height nowrap rowspan scope valign "     \
    "width"

static const struct element elements[] = {
    {"a", "accesskey charset coords href hreflang name rel rev shape tabindex target type", false},
    {"area", "!alt coords href nohref shape target", true},
    {"b", "", false},
    {"big", "", false},
    {"blockquote", "cite", false},
    {"br", "", true},
    {"center", "", false},
    {"cite", "", false},
    {"code", "", false},
    {"col", "align char charoff span valign width", true},
    {"colgroup", "align char charoff span valign width", false},
    {"dd", "", false},
    {"del", "cite datetime", false},
    {"dl", "", false},
    {"dt", "", false},
    {"em", "", false},
    {"font", "color face size", false},
    {"h1", "align", false},
    {"h2", "align", false},
    {"h3", "align", false},
    {"h4", "align", false},
    {"h5", "align", false},
    {"h6", "align", false},
    {"hr", "align noshade size width", true},
    {"i", "", false},
    {"img", "!src !alt align border height hspace ismap longdesc usemap vspace width", true},
    {"ins", "cite datetime", false},
    {"li", "type value", false},
    {"map", "!name", false},
    {"ol", "compact start type", false},
    {"p", "align", false},
    {"pre", "width", false},
    {"q", "cite", false},
    {"s", "", false},
    {"small", "", false},
    {"strike", "", false},
    {"strong", "", false},
    {"sub", "", false},
    {"sup", "", false},
    {"table", "align bgcolor border cellpadding cellspacing frame rules summary width", false},
    {"tbody", "align char charoff valign", false},
    {"td", CELL_ATTRS, false},
    {"tfoot", "align char charoff valign", false},
    {"th", CELL_ATTRS, false},
    {"thead", "align char charoff valign", false},
    {"tr", "align bgcolor char charoff valign", false},
    {"u", "", false},
    {"ul", "compact type", false},
};
enum { ELEMENTS = sizeof elements / sizeof elements[0] };

static const struct element *find_element(struct str name) {
    for (size_t i = 0; i < ELEMENTS; i++)
        if (str_is(name, elements[i].name))
            return &elements[i];
    return NULL;
}

static struct err refuse(struct arena *a, int line, struct str element, const char *what) {
    return err_make(a, ERR_XHTML_PARSE, NULL, "%s line %d, element %.*s: %s",
                    err_opening(ERR_XHTML_PARSE), line, STR_ARG(element), what);
}

/* Whether name is a word of list, with or without '!'. */
static bool in_list(const char *list, struct str name) {
    struct str rest = str_c(list);
    while (rest.p) {
        struct str word = str_cut(&rest, ' ');
        if (str_starts(word, STR("!")))
            word = str_from(word, 1);
        if (word.n && str_eq(word, name))
            return true;
    }
    return false;
}

/* The first word marked '!' of which the element has no attribute; NULL when all are there. */
static struct str missing(const struct element *e, const struct xml_node *node, struct arena *a) {
    struct str rest = str_c(e->attrs);
    while (rest.p) {
        struct str word = str_cut(&rest, ' ');
        if (str_starts(word, STR("!")) && !xml_attr(node, str_z(a, str_from(word, 1))))
            return str_from(word, 1);
    }
    return STR_NULL;
}

static bool is_address(struct str name) {
    return str_is(name, "href") || str_is(name, "src") || str_is(name, "cite") ||
           str_is(name, "longdesc");
}

static bool good_address(struct str url) {
    static const char *const schemes[] = {"http", "https",  "ftp",    "news",
                                          "nntp", "mailto", "gopher", "telnet"};
    url = str_trim(url);
    if (str_starts(url, STR("#")))
        return true; /* a place in the same text */
    struct str rest = url, scheme = str_cut(&rest, ':');
    for (size_t i = 0; rest.p && i < sizeof schemes / sizeof schemes[0]; i++)
        if (str_ieq(scheme, str_c(schemes[i])))
            return true;
    return false;
}

/* title stands everywhere, dir and lang everywhere but at br. */
static bool everywhere(const struct element *e, struct str name) {
    bool language = str_is(name, "dir") || str_is(name, "lang");
    return str_is(name, "title") || (language && strcmp(e->name, "br") != 0);
}

static struct err check_element(struct arena *a, const struct xml_node *node, int first_line) {
    int line = first_line + node->line - 1;
    const struct element *e = find_element(node->name);
    if (!str_is(node->ns, XHTML_NS) || !e)
        return refuse(a, line, node->name, "it is not part of the XHTML that is allowed here.");
    for (const struct xml_attr *at = node->attrs; at; at = at->next) {
        if (at->ns.p || (!everywhere(e, at->name) && !in_list(e->attrs, at->name)))
            return refuse(
                a, line, node->name,
                arena_printf(a, "the attribute %.*s is not allowed here.", STR_ARG(at->name)));
        if (is_address(at->name) && !good_address(at->value))
            return refuse(a, line, node->name,
                          arena_printf(a,
                                       "\"%.*s\" is not an address that is allowed here; it must "
                                       "begin with http:, https:, ftp:, news:, nntp:, mailto:, "
                                       "gopher: or telnet:.",
                                       STR_ARG(str_sub(at->value, 0, 200))));
    }
    struct str lacks = missing(e, node, a);
    if (lacks.p)
        return refuse(a, line, node->name,
                      arena_printf(a, "the attribute %.*s is missing.", STR_ARG(lacks)));
    if (e->empty && node->first)
        return refuse(a, line, node->name, "it must be empty.");
    return NO_ERR;
}

/* The tree is at most XML_DEPTH_MAX deep. */
static struct err check_children(struct arena *a, const struct xml_node *node, int first_line) {
    struct err e = NO_ERR;
    for (const struct xml_node *c = node->first; c && !failed(e); c = c->next) {
        if (!c->name.p)
            continue;
        e = check_element(a, c, first_line);
        if (!failed(e))
            e = check_children(a, c, first_line);
    }
    return e;
}

/* A text that the reader of XML refused: its words, without its opening and its place. */
static struct err not_xml(struct arena *a, const struct xml_node *node, struct err e) {
    size_t skip = strlen(err_opening(ERR_XML_PARSE)) + 1;
    const char *words = strlen(e.detail) > skip ? e.detail + skip : e.detail;
    return refuse(a, node->line, node->name,
                  arena_printf(a, "within its text, counted from its begin: %s", words));
}

struct err formatted_read(struct arena *a, const struct xml_node *node,
                          const struct xml_node **root) {
    struct buf text = BUF_INIT;
    buf_puts(&text, "<FormattedContent xmlns=\"" XHTML_NS "\">");
    buf_str(&text, node->text);
    buf_puts(&text, "</FormattedContent>");
    struct xml_node *tree;
    struct err e = xml_read_mixed(a, buf_view(&text), XML_BYTES_MAX, &tree);
    buf_free(&text);
    if (failed(e))
        return not_xml(a, node, e);
    *root = tree;
    return check_children(a, tree, node->line);
}

/* ---- writing ---- */

static void put_text(struct buf *out, struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        switch (s.p[i]) {
        case '<': buf_puts(out, "&lt;"); break;
        case '>': buf_puts(out, "&gt;"); break;
        case '&': buf_puts(out, "&amp;"); break;
        case '"': buf_puts(out, "&quot;"); break;
        default: buf_putc(out, s.p[i]);
        }
    }
}

static void put_attrs(struct buf *out, const struct xml_node *node) {
    bool link = xml_attr(node, "href") != NULL;
    for (const struct xml_attr *at = node->attrs; at; at = at->next) {
        if (link && (str_is(at->name, "target") || str_is(at->name, "rel")))
            continue;
        buf_printf(out, " %.*s=\"", STR_ARG(at->name));
        put_text(out, at->value);
        buf_putc(out, '"');
    }
    if (link)
        buf_puts(out, " target=\"_blank\" rel=\"noopener\"");
}

void formatted_write(struct buf *out, const struct xml_node *root) {
    for (const struct xml_node *c = root->first; c; c = c->next) {
        if (!c->name.p) {
            put_text(out, c->text);
            continue;
        }
        const struct element *e = find_element(c->name);
        if (!e)
            continue; /* formatted_read() has refused it */
        buf_printf(out, "<%s", e->name);
        put_attrs(out, c);
        buf_putc(out, '>');
        if (e->empty)
            continue;
        formatted_write(out, c);
        buf_printf(out, "</%s>", e->name);
    }
}
