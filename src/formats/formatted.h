/* FormattedContent: the XHTML subset that question forms may hold (questions 7).
 *
 * The text is parsed as a document of its own and checked against a table of elements and
 * attributes; what is shown is written anew from the parsed tree, so nothing that a requester
 * typed is ever echoed as it stands. Everything not in the table is refused, never dropped: the
 * requester hears of it when he creates, not his workers when they read. Links get a window of
 * their own and rel="noopener".
 */
#ifndef FORMATS_FORMATTED_H
#define FORMATS_FORMATTED_H

#include "base/err.h"
#include "base/str.h"

struct arena;
struct xml_node;

/* Parses and checks the text of node, an element FormattedContent; *root is the tree, whose root is
 * our own wrapper. Errors: ERR_XHTML_PARSE naming line (of the document), and element. */
struct err formatted_read(struct arena *a, const struct xml_node *node,
                          const struct xml_node **root);

/* Appends the content of a tree of formatted_read() as HTML. */
void formatted_write(struct buf *out, const struct xml_node *root);

#endif
