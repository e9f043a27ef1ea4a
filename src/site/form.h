/* A QuestionForm as a page that needs no script (questions 6.6). Limits of the form are told to the
 * browser where HTML has a word for them; regular expressions, and counts of choices, by a small
 * script, before the server checks what was sent. Nothing of a requester's text is echoed as
 * markup: FormattedContent is written anew from its parsed tree.
 */
#ifndef SITE_FORM_H
#define SITE_FORM_H

#include "app/call.h"
#include "formats/form_answer.h"

struct form_page {
    const struct question_form *form;
    const char *title;
    struct str action;               /* address that takes the answers */
    const struct form_field *hidden; /* fields that go with them */
    size_t hidden_count;
    bool preview;                        /* can not be submitted */
    struct str entered;                  /* packed fields of an attempt; NULL: the form is new */
    const struct form_mistake *mistakes; /* of that attempt */
    struct str nonce;                    /* for the script; NULL: no policy is in force */
    int64_t left_ms;                     /* until it must be submitted; 0: nothing is said */
};

/* Appends the page. */
void form_page_write(struct buf *out, const struct form_page *page);

/* The page of a task as the content listener serves it: it submits to the site, under the
 * assignmentId of the request's query. */
void form_task_page(struct call *call, const struct question_form *form);

/* The page again, as an answer from the site to what did not fit: 422, under a policy that lets
 * nothing in it act for the site. fields are those that were sent, packed. */
void form_task_again(struct call *call, struct str assignment_id, struct str fields,
                     const struct question_form *form, const struct form_mistake *mistakes);

#endif
