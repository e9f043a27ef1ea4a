/* Small self-contained HTML pages. */
#ifndef SITE_PAGE_H
#define SITE_PAGE_H

#include "app/call.h"

/* Text as HTML: & < > " ' escaped. */
void html_text(struct buf *out, struct str s);

/* Begins a page with that title as heading, and ends it; between the two the body is written into
 * call->body. Sets type and safety headers. */
void page_begin(struct call *call, const char *title);
void page_end(struct call *call);

/* A page that says one thing. */
void page_message(struct call *call, const char *title, struct str text);

#endif
