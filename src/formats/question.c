#include "formats/question.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/num.h"
#include "formats/xml_in.h"
#include "formats/xml_out.h"

static const struct {
    const char *root;
    const char *ns;
    enum question_kind kind;
} kinds[] = {
    {"HTMLQuestion", QUESTION_NS_HTML, QUESTION_HTML},
    {"ExternalQuestion", QUESTION_NS_EXTERNAL, QUESTION_EXTERNAL},
    {"QuestionForm", QUESTION_NS_FORM, QUESTION_FORM},
    {"QuestionForm", QUESTION_NS_FORM_2005, QUESTION_FORM},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

bool question_reserved_name(struct str name) {
    return str_is(name, "assignmentId") || str_is(name, "hitId") || str_is(name, "turkSubmitTo") ||
           str_is(name, "workerId");
}

struct str question_reserved_parameter(struct str url) {
    struct str rest = str_cut(&url, '#');
    str_cut(&rest, '?');
    while (rest.p) {
        struct str pair = str_cut(&rest, '&');
        struct str name = str_cut(&pair, '=');
        if (question_reserved_name(name))
            return name;
    }
    return STR_NULL;
}

/* Kind by root and namespace; says what was expected where only the namespace is wrong. */
static struct err find_kind(struct arena *a, const struct xml_node *root,
                            enum question_kind *kind) {
    const char *expected = NULL;
    for (size_t i = 0; i < KINDS; i++) {
        if (!str_is(root->name, kinds[i].root))
            continue;
        if (str_is(root->ns, kinds[i].ns)) {
            *kind = kinds[i].kind;
            return NO_ERR;
        }
        expected = expected ? expected : kinds[i].ns;
    }
    if (!expected)
        return xml_error(
            a, root, "the root element must be HTMLQuestion, ExternalQuestion or QuestionForm.");
    return xml_error(a, root, "its namespace is \"%.*s\"; it must be exactly \"%s\"%s.",
                     STR_ARG(root->ns), expected,
                     str_starts(root->ns, STR("https:")) ? " (with http, not https)" : "");
}

static struct err check_attrs(struct arena *a, const struct xml_node *node) {
    for (const struct xml_attr *at = node->attrs; at; at = at->next)
        if (!at->ns.p) /* xsi:schemaLocation and the like may stand anywhere */
            return xml_error(a, node, "the attribute %.*s is not allowed here.", STR_ARG(at->name));
    return NO_ERR;
}

/* A leaf of the schema: the element name, with text only. */
static struct err check_leaf(struct arena *a, const struct xml_node *root,
                             const struct xml_node *leaf, const char *name) {
    if (!leaf)
        return xml_error(a, root, "the element %s is missing.", name);
    if (!xml_is(leaf, root->ns, name))
        return xml_error(a, leaf, "the element %s was expected here.", name);
    if (leaf->first)
        return xml_error(a, leaf->first,
                         "no element can stand here; put the text of %s into a CDATA section.",
                         name);
    return check_attrs(a, leaf);
}

/* Both kinds have the same shape: a text and FrameHeight, in this order, and nothing else. */
static struct err check_shape(struct arena *a, const struct xml_node *root, const char *first) {
    struct err e = check_attrs(a, root);
    if (failed(e))
        return e;
    if (!xml_blank(root->text))
        return xml_error(a, root, "text can not stand directly in it.");
    e = check_leaf(a, root, root->first, first);
    if (failed(e))
        return e;
    const struct xml_node *height = root->first->next;
    e = check_leaf(a, root, height, "FrameHeight");
    if (failed(e))
        return e;
    if (height->next)
        return xml_error(a, height->next, "no element can follow FrameHeight.");
    return NO_ERR;
}

/* xs:integer; negative is 0 (questions 2.3). */
static struct err read_height(struct arena *a, const struct xml_node *node, int64_t *height) {
    struct str s = str_trim(node->text);
    struct str digits = str_starts(s, STR("+")) ? str_from(s, 1) : s;
    int64_t n;
    if ((digits.n < s.n && str_starts(digits, STR("-"))) ||
        !num_parse(digits, INT32_MIN, INT32_MAX, &n))
        return xml_error(a, node, "\"%.*s\" is not a whole number of pixels.", STR_ARG(s));
    *height = n < 0 ? 0 : n;
    return NO_ERR;
}

static bool has_scheme(struct str url, struct str scheme) {
    return url.n > scheme.n && str_ieq(str_sub(url, 0, scheme.n), scheme);
}

static struct err read_url(struct arena *a, const struct xml_node *node, bool allow_insecure,
                           struct str *out) {
    struct str url = str_trim(node->text);
    bool https = has_scheme(url, STR("https://"));
    bool http = has_scheme(url, STR("http://"));
    if (!https && !(http && allow_insecure))
        return xml_error(a, node, "\"%.*s\" is not an https address%s.", STR_ARG(url),
                         http ? " (the operator can allow http with allow_insecure_external)" : "");
    char after = url.p[https ? 8 : 7];
    if (strchr("/?#:@", after))
        return xml_error(a, node, "\"%.*s\" names no host.", STR_ARG(url));
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || strchr("<>\"\x7F", url.p[i]))
            return xml_error(a, node,
                             "\"%.*s\" is not an address: write the character at position %zu "
                             "as %%%02X.",
                             STR_ARG(url), i + 1, (unsigned)(unsigned char)url.p[i]);
    struct str reserved = question_reserved_parameter(url);
    if (reserved.p)
        return xml_error(a, node,
                         "the address must not use the parameter %.*s: it is added when the task "
                         "is shown.",
                         STR_ARG(reserved));
    *out = url;
    return NO_ERR;
}

static struct err read_kind(struct arena *a, const struct xml_node *root, bool allow_insecure,
                            struct question *q) {
    if (q->kind == QUESTION_FORM) {
        q->form = root;
        return NO_ERR;
    }
    bool html = q->kind == QUESTION_HTML;
    struct err e = check_shape(a, root, html ? "HTMLContent" : "ExternalURL");
    if (failed(e))
        return e;
    if (html)
        q->html = root->first->text;
    else if (failed(e = read_url(a, root->first, allow_insecure, &q->url)))
        return e;
    return read_height(a, root->first->next, &q->frame_height);
}

struct err question_read(struct arena *a, struct str xml, size_t max, bool allow_insecure,
                         struct question *out) {
    *out = (struct question){0};
    struct xml_node *root;
    struct err e = xml_read(a, xml, max, &root);
    if (!failed(e))
        e = find_kind(a, root, &out->kind);
    if (!failed(e))
        e = read_kind(a, root, allow_insecure, out);
    if (failed(e))
        e.field = "Question";
    return e;
}

void question_write_html(struct buf *out, struct str html, int64_t frame_height) {
    struct buf clean = BUF_INIT;
    xml_put_clean(&clean, html);
    buf_puts(out, "<HTMLQuestion xmlns=\"" QUESTION_NS_HTML "\">\n  <HTMLContent>");
    xml_put_cdata(out, buf_view(&clean));
    buf_printf(out, "</HTMLContent>\n  <FrameHeight>%lld</FrameHeight>\n</HTMLQuestion>",
               (long long)frame_height);
    buf_free(&clean);
}
