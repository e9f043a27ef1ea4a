/* Reading a document by its schema, element after element: forms and answer keys. What the schema
 * wants next is taken from a cursor; the first error is kept, and behind it every function gives
 * something harmless, so that a reader needs no test after each step. */
#ifndef FORMATS_XML_WALK_H
#define FORMATS_XML_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "formats/xml_in.h"

struct xml_walk {
    struct arena *a;
    struct err err;
};

/* A place among the children of an element. */
struct xml_cursor {
    struct xml_walk *w;
    const struct xml_node *in, *at;
};

/* Keeps xml_error() of these words unless there is an error already. */
void xml_refuse(struct xml_walk *w, const struct xml_node *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* xsi:schemaLocation and the like may stand anywhere; of others none, or those of the list ("a b").
 */
void xml_no_attrs(struct xml_walk *w, const struct xml_node *node);
void xml_only_attrs(struct xml_walk *w, const struct xml_node *node, const char *list);

/* The children of an element that holds elements only. */
struct xml_cursor xml_children(struct xml_walk *w, const struct xml_node *node);

bool xml_next_is(const struct xml_cursor *c, const char *name);
/* The next element if it has that name, else NULL. */
const struct xml_node *xml_maybe(struct xml_cursor *c, const char *name);
/* The same; NULL only behind an error. */
const struct xml_node *xml_need(struct xml_cursor *c, const char *name);
/* Nothing may be left. */
void xml_end(struct xml_cursor *c);

/* Of an element that holds nothing but text; a NULL node (behind an error) gives "" and min. */
struct str xml_leaf(struct xml_walk *w, const struct xml_node *node);
struct str xml_word(struct xml_walk *w, const struct xml_node *node); /* trimmed, not empty */
int64_t xml_whole(struct xml_walk *w, const struct xml_node *node, int64_t min, int64_t max);

/* "+5" as "5", which XML's whole numbers allow and num_parse does not. */
struct str xml_digits(struct str s);

#endif
