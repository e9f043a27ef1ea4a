/* Walks over HTML, bytewise and forgiving: what tags there are, and what each byte stands in. */
#ifndef FORMATS_HTML_SCAN_H
#define FORMATS_HTML_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum html_kind {
    HTML_TEXT,    /* character data, that of style and textarea included */
    HTML_TAG,     /* start or end tag, '<' to '>' */
    HTML_SCRIPT,  /* content of a script element */
    HTML_COMMENT, /* comment, doctype, processing instruction */
};

/* A stretch of html; they follow each other without gaps. */
struct html_piece {
    enum html_kind kind;
    struct str text;
    struct str tag; /* HTML_TAG: its name, as written; with '/' before it for an end tag */
};

struct html_scan {
    struct str rest;
    bool in_script;
};

/* The next piece; false at the end. Start with {.rest = html}. */
bool html_next(struct html_scan *scan, struct html_piece *piece);

/* The next attribute of a tag; *rest starts as the tag's text behind its name. value is without
 * quotes and NULL where there is none. False at the end. */
bool html_attr_next(struct str *rest, struct str *name, struct str *value);

/* The value of an attribute of a tag, "" when it has none, STR_NULL without the attribute. */
struct str html_attr(const struct html_piece *tag, const char *name);

#endif
