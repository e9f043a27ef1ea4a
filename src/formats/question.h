/* Question documents: what a requester sends as Question of a HIT (questions 1, 2, 3).
 *
 * The kind follows from root element and namespace alone, not from any parameter. HTMLQuestion
 * and ExternalQuestion are checked against their schemas in full. QuestionForm is recognised in
 * both of its namespaces; what it may contain is the matter of question_form.h, which starts from
 * form.
 *
 * Errors are ERR_XML_PARSE with field "Question", naming element, line and column.
 */
#ifndef FORMATS_QUESTION_H
#define FORMATS_QUESTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct xml_node;

#define QUESTION_NS_PREFIX    "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
#define QUESTION_NS_HTML      QUESTION_NS_PREFIX "2011-11-11/HTMLQuestion.xsd"
#define QUESTION_NS_EXTERNAL  QUESTION_NS_PREFIX "2006-07-14/ExternalQuestion.xsd"
#define QUESTION_NS_FORM      QUESTION_NS_PREFIX "2017-11-06/QuestionForm.xsd"
#define QUESTION_NS_FORM_2005 QUESTION_NS_PREFIX "2005-10-01/QuestionForm.xsd"

enum question_kind { QUESTION_HTML = 1, QUESTION_EXTERNAL, QUESTION_FORM };

struct question {
    enum question_kind kind;
    struct str html;             /* QUESTION_HTML: the page, character for character */
    struct str url;              /* QUESTION_EXTERNAL: the address, blanks around it trimmed */
    const struct xml_node *form; /* QUESTION_FORM: the root element */
    int64_t frame_height;        /* pixels; 0 = as the window is high; 0 for a form */
};

/* Reads a document of at most max bytes (QUESTION_MAX for the API, LAYOUT_FILLED_MAX where the
 * operator allows it). allow_insecure lets ExternalURL be http, for work on one machine. The
 * result lives in a. */
struct err question_read(struct arena *a, struct str xml, size_t max, bool allow_insecure,
                         struct question *out);

/* Appends an HTMLQuestion document around a page: what GetHIT shows as Question of a HIT that was
 * made from a layout. Characters that XML can not hold are dropped from html. */
void question_write_html(struct buf *out, struct str html, int64_t frame_height);

/* The name of the first of the four reserved parameters (questions 4.1.2) in the query of url, or
 * STR_NULL. */
struct str question_reserved_parameter(struct str url);

/* One of assignmentId, hitId, turkSubmitTo, workerId, in exactly this case. */
bool question_reserved_name(struct str name);

#endif
