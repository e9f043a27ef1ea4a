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

/* What a task's frame may do (questions 4.6): never navigate the page around it, never see its
 * session. allow-same-origin is safe only because task documents come from another origin. */
#define TASK_SANDBOX                                                                               \
    "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox "     \
    "allow-modals allow-downloads"

/* The frame of a task document, into call->body. */
void page_task_frame(struct call *call, struct str url);

#endif
