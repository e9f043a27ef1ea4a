/* A QuestionForm as a page that needs no script (questions 6). Limits of the form are told to the
 * browser where HTML has a word for them. */
#ifndef SITE_FORM_H
#define SITE_FORM_H

#include "app/call.h"
#include "formats/xml_in.h"

/* Appends the page; it submits to the site, under the assignmentId of the request's query. */
void form_page(struct call *call, const struct xml_node *form);

#endif
