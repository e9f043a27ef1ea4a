/* Reads XML documents of strangers into a small tree, safely (questions 1.5).
 *
 * The reader takes UTF-8 only (whatever an encoding declaration claims: the text has come through
 * JSON or a form and is decoded already) and touches neither network nor files. A DOCTYPE is
 * refused, and with it every entity but the five of XML; character references work. Size, depth,
 * number of elements and size of a tag are bounded by base/limits.h before any work that grows
 * with them. White space before the declaration or the root is accepted: clients send it.
 *
 * Errors are ERR_XML_PARSE with a sentence that names element, line and column. Nothing is ever
 * written to stderr, and any number of threads may read at once. This is the only module that
 * includes libxml2, and its types do not show here.
 */
#ifndef FORMATS_XML_IN_H
#define FORMATS_XML_IN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

struct xml_attr {
    struct str ns; /* NULL for an unprefixed attribute, which is in no namespace */
    struct str name;
    struct str value;
    struct xml_attr *next;
};

/* An element. text is all character data directly within it, CDATA sections included, joined in
 * order; where it stood between child elements is not kept (no document of questions.md has text
 * and elements beside each other). ns has its blanks trimmed (questions 1.3) and is NULL where
 * the element is in no namespace; name is without prefix. */
struct xml_node {
    struct str ns;
    struct str name; /* NULL for a piece of text in a tree of xml_read_mixed() */
    struct str text;
    struct xml_attr *attrs;
    struct xml_node *parent, *first, *next;
    int line, column; /* of the end of the start tag, counted from 1 */
};

/* Reads text, at most max bytes of it, into a tree that lives in a. */
struct err xml_read(struct arena *a, struct str text, size_t max, struct xml_node **root);

/* The same for text with markup in it: each piece of character data becomes a node without name, at
 * its place among the elements, and text of elements stays empty. The named characters of XHTML
 * ("&nbsp;") are known. Comments and processing instructions are refused. Errors count columns in
 * the text as it is once these names are replaced. */
struct err xml_read_mixed(struct arena *a, struct str text, size_t max, struct xml_node **root);

/* An error at an element, in the wording of XMLParseError: opening, "line 3, column 7, element
 * FrameHeight: …". For what only the reader of a kind of document can know. */
struct err xml_error(struct arena *a, const struct xml_node *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* An attribute in no namespace; NULL when there is none. */
const struct xml_attr *xml_attr(const struct xml_node *node, const char *name);

bool xml_is(const struct xml_node *node, struct str ns, const char *name);

/* True when s holds nothing but white space of XML. */
bool xml_blank(struct str s);

#endif
