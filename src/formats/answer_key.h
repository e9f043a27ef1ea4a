/* AnswerKey documents: what a qualification test is worth (questions 8).
 *
 * A key names questions of a test and, for each, sets of selections with their score. It is checked
 * against its schema and against the test: identifiers must exist there, and a test with a key may
 * ask for nothing that a key can not score (free text, "other"). Scoring is integer arithmetic with
 * decimals kept as they are written; there is no floating point.
 */
#ifndef FORMATS_ANSWER_KEY_H
#define FORMATS_ANSWER_KEY_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

#define ANSWER_KEY_NS                                                                              \
    "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/AnswerKey.xsd"

/* Checks a key for the test form; both are texts as requesters send them, at most QUESTION_MAX
 * bytes each. ERR_XML_PARSE (ERR_XHTML_PARSE for the form) with field "AnswerKey" or "Test". */
struct err answer_key_check(struct arena *a, struct str key, struct str form);

/* The value that packed answers (formats/answer.h: name, count, values; the values of a question
 * are its chosen selections, empty ones do not count) are worth. A value beyond 32 bits is cut to
 * them. points: the sum before its mapping; may be NULL. Errors: as above, for a key that is none.
 */
struct err answer_key_score(struct arena *a, struct str key, struct str answers, int64_t *value,
                            int64_t *points);

#endif
