#include "formats/xml_in.h"

#include <assert.h>
#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"

/* State of one reading; libxml2 hands it to every callback as user data. */
struct reader {
    struct arena *a;
    xmlParserCtxt *ctxt;
    struct xml_node *root;
    struct xml_node *open[XML_DEPTH_MAX]; /* elements that are not closed yet */
    struct xml_node *last[XML_DEPTH_MAX]; /* last child of each */
    struct buf text[XML_DEPTH_MAX];       /* character data of each */
    int depth;
    int nodes;
    bool mixed;                   /* text is a node of its own */
    int first_line, first_column; /* what was skipped before the first byte given to libxml2 */
    struct err err;               /* the first error; everything after it is ignored */
};

static struct str of_xml(const xmlChar *s) {
    return str_c((const char *)s);
}

bool xml_blank(struct str s) {
    for (size_t i = 0; i < s.n; i++)
        if (!strchr(" \t\r\n", s.p[i]) || !s.p[i])
            return false;
    return true;
}

static struct err make_error(struct arena *a, int line, int column, struct str element,
                             struct str what) {
    const char *comma = element.p ? ", element " : "";
    return err_make(a, ERR_XML_PARSE, NULL, "%s line %d, column %d%s%.*s: %.*s",
                    err_opening(ERR_XML_PARSE), line, column, comma, STR_ARG(element),
                    STR_ARG(what));
}

struct err xml_error(struct arena *a, const struct xml_node *at, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    const char *what = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return make_error(a, at->line, at->column, at->name, str_c(what));
}

const struct xml_attr *xml_attr(const struct xml_node *node, const char *name) {
    for (const struct xml_attr *at = node->attrs; at; at = at->next)
        if (!at->ns.p && str_is(at->name, name))
            return at;
    return NULL;
}

bool xml_is(const struct xml_node *node, struct str ns, const char *name) {
    return str_eq(node->ns, ns) && str_is(node->name, name);
}

/* Line and column in the text as it was given to xml_read. */
static void where(const struct reader *r, int line, int column, int *out_line, int *out_column) {
    *out_line = line + r->first_line - 1;
    *out_column = line == 1 ? column + r->first_column - 1 : column;
}

/* Keeps the first error and stops the parser. */
static void stop(struct reader *r, int line, int column, struct str element, const char *what) {
    if (failed(r->err))
        return;
    int at_line, at_column;
    where(r, line, column, &at_line, &at_column);
    r->err = make_error(r->a, at_line, at_column, element, str_c(what));
    xmlStopParser(r->ctxt);
}

static void stop_here(struct reader *r, const char *what) {
    const xmlParserInput *in = r->ctxt->input;
    struct str element = r->depth ? r->open[r->depth - 1]->name : STR_NULL;
    stop(r, in ? in->line : 1, in ? in->col : 1, element, what);
}

static void on_doctype(void *user, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system) {
    (void)name, (void)external, (void)system;
    stop_here(user, "a DOCTYPE is not accepted here; remove it (inside CDATA it is just text).");
}

/* libxml2 leaves an ampersand of an attribute as "&#38;". */
static struct str attr_value(struct arena *a, struct str s) {
    if (str_find(s, STR("&#38;")) < 0)
        return str_dup(a, s);
    struct buf out = BUF_INIT;
    for (ptrdiff_t at; (at = str_find(s, STR("&#38;"))) >= 0; s = str_from(s, (size_t)at + 5)) {
        buf_str(&out, str_sub(s, 0, (size_t)at));
        buf_putc(&out, '&');
    }
    buf_str(&out, s);
    struct str value = buf_dup(a, &out);
    buf_free(&out);
    return value;
}

static void read_attrs(struct reader *r, struct xml_node *node, int count, const xmlChar **attrs) {
    struct xml_attr **tail = &node->attrs;
    /* Five pointers each: local name, prefix, namespace, begin and end of the value. */
    for (int i = 0; i < count; i++, attrs += 5) {
        struct xml_attr *at = arena_new(r->a, struct xml_attr);
        const char *begin = (const char *)attrs[3];
        at->name = str_dup(r->a, of_xml(attrs[0]));
        at->ns = str_dup(r->a, str_trim(of_xml(attrs[2])));
        at->value = attr_value(r->a, (struct str){begin, (size_t)((const char *)attrs[4] - begin)});
        *tail = at;
        tail = &at->next;
    }
}

static void append(struct reader *r, struct xml_node *node) {
    struct xml_node **last = &r->last[r->depth - 1];
    node->parent = r->open[r->depth - 1];
    *(*last ? &(*last)->next : &node->parent->first) = node;
    *last = node;
}

/* What was read of text since the last tag becomes a node. */
static void flush_text(struct reader *r) {
    struct buf *text = r->depth ? &r->text[r->depth - 1] : NULL;
    if (!r->mixed || !text || !text->n)
        return;
    struct xml_node *node = arena_new(r->a, struct xml_node);
    node->text = buf_dup(r->a, text);
    where(r, r->ctxt->input->line, r->ctxt->input->col, &node->line, &node->column);
    append(r, node);
    buf_clear(text);
}

static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int ns_count, const xmlChar **namespaces, int attr_count, int defaulted,
                     const xmlChar **attrs) {
    (void)prefix, (void)ns_count, (void)namespaces, (void)defaulted;
    struct reader *r = user;
    if (failed(r->err))
        return;
    if (r->depth == XML_DEPTH_MAX) {
        stop_here(r, arena_printf(r->a, "elements are nested more than %d deep.", XML_DEPTH_MAX));
        return;
    }
    if (r->nodes++ == XML_NODES_MAX) {
        stop_here(r, arena_printf(r->a, "there are more than %d elements.", XML_NODES_MAX));
        return;
    }
    flush_text(r);
    struct xml_node *node = arena_new(r->a, struct xml_node);
    node->name = str_dup(r->a, of_xml(name));
    node->ns = uri ? str_dup(r->a, str_trim(of_xml(uri))) : STR_NULL;
    where(r, r->ctxt->input->line, r->ctxt->input->col, &node->line, &node->column);
    read_attrs(r, node, attr_count, attrs);
    if (r->depth)
        append(r, node);
    else
        r->root = node;
    r->open[r->depth] = node;
    r->last[r->depth] = NULL;
    buf_clear(&r->text[r->depth++]);
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
    (void)name, (void)prefix, (void)uri;
    struct reader *r = user;
    if (failed(r->err))
        return;
    assert(r->depth > 0);
    flush_text(r);
    r->depth--;
    r->open[r->depth]->text = buf_dup(r->a, &r->text[r->depth]);
}

static void on_text(void *user, const xmlChar *s, int n) {
    struct reader *r = user;
    if (!failed(r->err) && r->depth)
        buf_add(&r->text[r->depth - 1], s, (size_t)n);
}

static void on_comment(void *user, const xmlChar *words) {
    (void)words;
    stop_here(user, "a comment is not allowed here.");
}

static void on_instruction(void *user, const xmlChar *target, const xmlChar *words) {
    (void)target, (void)words;
    stop_here(user, "a processing instruction is not allowed here.");
}

static xmlEntityPtr on_entity(void *user, const xmlChar *name) {
    struct reader *r = user;
    stop_here(r,
              arena_printf(r->a,
                           "the entity &%s; is not defined; only &lt; &gt; &amp; &quot; &apos; and "
                           "character references like &#160; can be used.",
                           (const char *)name));
    return NULL;
}

static void on_error(void *user, xmlErrorPtr e) {
    struct reader *r = user;
    /* A namespace with blanks around it is no address, and accepted all the same (1.3). */
    if (e->level < XML_ERR_ERROR || e->code == XML_WAR_NS_URI || failed(r->err))
        return;
    struct str words = str_trim(str_c(e->message ? e->message : "not well-formed"));
    struct str element = r->depth ? r->open[r->depth - 1]->name : STR_NULL;
    stop(r, e->line ? e->line : 1, e->int2 ? e->int2 : 1, element,
         arena_printf(r->a, "%.*s.", STR_ARG(words)));
}

/* Offset behind the next end in text, from at; text.n when there is none. */
static size_t behind(struct str text, size_t at, struct str end) {
    ptrdiff_t found = str_find(str_from(text, at), end);
    return found < 0 ? text.n : at + (size_t)found + end.n;
}

/* Offset behind the tag that begins at at; quotes hide '>'. */
static size_t behind_tag(struct str text, size_t at) {
    char quote = 0;
    for (; at < text.n; at++) {
        char c = text.p[at];
        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return at + 1;
        }
    }
    return text.n;
}

/* The offset of the first tag of more than XML_TAG_MAX bytes, or text.n. libxml2 compares each
 * attribute with every other of its tag, which must not be left to the sender's discretion. */
static size_t long_tag(struct str text) {
    for (size_t at = 0, next; at < text.n; at = next) {
        const char *tag = memchr(text.p + at, '<', text.n - at);
        if (!tag)
            break;
        at = (size_t)(tag - text.p);
        struct str rest = str_from(text, at);
        if (str_starts(rest, STR("<!--"))) {
            next = behind(text, at + 4, STR("-->"));
        } else if (str_starts(rest, STR("<![CDATA["))) {
            next = behind(text, at + 9, STR("]]>"));
        } else if (str_starts(rest, STR("<?"))) {
            next = behind(text, at + 2, STR("?>"));
        } else {
            next = behind_tag(text, at);
            if (next - at > XML_TAG_MAX)
                return at;
        }
    }
    return text.n;
}

static void position(struct str text, size_t at, int *line, int *column) {
    *line = *column = 1;
    for (size_t i = 0; i < at; i++) {
        *column = text.p[i] == '\n' ? 1 : *column + 1;
        *line += text.p[i] == '\n';
    }
}

static struct err error_at(struct arena *a, struct str text, size_t at, const char *what) {
    int line, column;
    position(text, at, &line, &column);
    return make_error(a, line, column, STR_NULL, str_c(what));
}

/* What can be refused without looking at the structure. */
static struct err check_bytes(struct arena *a, struct str text, size_t max) {
    if (text.n > max)
        return err_make(a, ERR_XML_PARSE, NULL, "%s it has %zu bytes, at most %zu are accepted.",
                        err_opening(ERR_XML_PARSE), text.n, max);
    if (xml_blank(text))
        return error_at(a, text, 0, "it is empty.");
    size_t bad = utf8_check(text);
    if (bad < text.n)
        return error_at(a, text, bad, "a byte here is not UTF-8.");
    ptrdiff_t nul = str_chr(text, '\0'); /* would make libxml2 guess at UTF-16 */
    if (nul >= 0)
        return error_at(a, text, (size_t)nul, "a NUL character can not stand in XML.");
    bad = long_tag(text);
    if (bad < text.n)
        return error_at(a, text, bad,
                        arena_printf(a, "a tag has more than %d bytes.", (int)XML_TAG_MAX));
    return NO_ERR;
}

static void parse(struct reader *r, struct str text) {
    xmlInitParser();
    xmlParserCtxt *ctxt = xmlCreateMemoryParserCtxt(text.p, (int)text.n);
    assert(ctxt); /* out of memory, which aborts as in arenas */
    /* Only these callbacks: no tree of libxml2, no declarations, no loading of anything. */
    memset(ctxt->sax, 0, sizeof *ctxt->sax);
    ctxt->sax->initialized = XML_SAX2_MAGIC;
    ctxt->sax->internalSubset = on_doctype;
    ctxt->sax->getEntity = on_entity;
    ctxt->sax->startElementNs = on_start;
    ctxt->sax->endElementNs = on_end;
    ctxt->sax->characters = on_text;
    ctxt->sax->ignorableWhitespace = on_text;
    ctxt->sax->cdataBlock = on_text;
    ctxt->sax->serror = on_error;
    if (r->mixed) {
        ctxt->sax->comment = on_comment;
        ctxt->sax->processingInstruction = on_instruction;
    }
    ctxt->userData = r;
    r->ctxt = ctxt;
    xmlCtxtUseOptions(ctxt, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOWARNING);
    xmlSwitchEncoding(ctxt, XML_CHAR_ENCODING_UTF8);
    xmlParseDocument(ctxt);
    if (!ctxt->wellFormed && !failed(r->err))
        stop_here(r, "it is not well-formed.");
    xmlFreeParserCtxt(ctxt);
    r->ctxt = NULL;
}

/* The reader knows no DTD, so the names of XHTML's characters are replaced before it sees them. A
 * name it does not know stays, and is refused by the reader. */
static struct str name_characters(struct arena *a, struct str text) {
    struct buf out = BUF_INIT;
    while (text.n) {
        ptrdiff_t amp = str_chr(text, '&');
        buf_str(&out, str_sub(text, 0, amp < 0 ? text.n : (size_t)amp));
        if (amp < 0)
            break;
        text = str_from(text, (size_t)amp);
        ptrdiff_t end = str_chr(str_sub(text, 0, 12), ';');
        const htmlEntityDesc *known = NULL;
        if (end > 1)
            known = htmlEntityLookup((const xmlChar *)str_z(a, str_sub(text, 1, (size_t)end - 1)));
        if (known && known->value > '>') /* those of XML itself stay */
            buf_printf(&out, "&#%u;", known->value);
        size_t took = known && known->value > '>' ? (size_t)end + 1 : 1;
        if (took == 1)
            buf_putc(&out, '&');
        text = str_from(text, took);
    }
    struct str s = buf_dup(a, &out);
    buf_free(&out);
    return s;
}

static struct err read_tree(struct arena *a, struct str text, size_t max, bool mixed,
                            struct xml_node **root) {
    *root = NULL;
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_from(text, 3);
    struct err e = check_bytes(a, text, max < XML_BYTES_MAX ? max : XML_BYTES_MAX);
    if (failed(e))
        return e;
    size_t blank = 0;
    while (strchr(" \t\r\n", text.p[blank]))
        blank++;
    struct reader r = {.a = a, .mixed = mixed};
    position(text, blank, &r.first_line, &r.first_column);
    parse(&r, str_from(text, blank));
    for (int i = 0; i < XML_DEPTH_MAX; i++)
        buf_free(&r.text[i]);
    if (!failed(r.err))
        *root = r.root;
    return r.err;
}

struct err xml_read(struct arena *a, struct str text, size_t max, struct xml_node **root) {
    return read_tree(a, text, max, false, root);
}

struct err xml_read_mixed(struct arena *a, struct str text, size_t max, struct xml_node **root) {
    return read_tree(a, name_characters(a, text), max, true, root);
}
