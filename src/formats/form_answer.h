/* What somebody entered into a question form, checked against it (questions 6.3-6.5).
 *
 * A question's answer comes under its identifier: the text, each chosen SelectionIdentifier (an
 * empty one is no choice), or a file; the text beside an "other" comes under the identifier with
 * "/other" behind it. Fields of no question are dropped. Every question gives an answer, also
 * one that was left alone (5.3).
 */
#ifndef FORMATS_FORM_ANSWER_H
#define FORMATS_FORM_ANSWER_H

#include "base/err.h"
#include "base/str.h"
#include "formats/question_form.h"

struct arena;

/* A file that came with the answers. */
struct form_upload {
    struct str question; /* identifier */
    struct str key;      /* under which it will be kept */
    int64_t size;
};

struct form_mistake {
    const struct form_question *question;
    const char *message; /* a sentence for who filled the form in */
    struct form_mistake *next;
};

struct form_input {
    struct str fields; /* packed, of answer_pack() */
    const struct form_upload *uploads;
    size_t upload_count;
};

/* Checks all questions; *typed is the packed answer when there is no mistake, and NULL else. The
 * mistakes are in the order of the questions. */
struct form_mistake *form_answer(struct arena *a, const struct question_form *form,
                                 const struct form_input *in, struct str *typed);

#endif
