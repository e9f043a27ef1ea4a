/* Answers: from form fields to the packed list that the store keeps, and from there to the XML of
 * the API and the cells of result files (questions 5.1, 9, 11.1).
 *
 * A packed answer (base/pack.h) is, for each field in order of first appearance, its name, the
 * number of its values in decimal, and the values. Values stay apart here; joining them with '|'
 * loses which '|' was typed, so it is done last, where a text is wanted.
 *
 * Answers of a question form (form_answer.h) are typed: the number has a letter before it. "s2":
 * two selections (and "s0", none); "o2": two, the last of which is the text of "other"; "f4711": a
 * file of 4711 bytes, whose one value is its key.
 */
#ifndef FORMATS_ANSWER_H
#define FORMATS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct arena;

struct answer_field {
    struct str name, value;
};

#define ANSWER_NS                                                                                  \
    "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/"                 \
    "QuestionFormAnswers.xsd"

/* Packs the fields of a submission, in the order in which they came. assignmentId, hitId,
 * turkSubmitTo and workerId are left out (in exactly this case), and so are fields without a
 * name, which no browser sends. Names and values are cleaned: bytes that are not UTF-8 become
 * U+FFFD, characters that XML 1.0 does not allow go, CR LF and CR become LF.
 *
 * Errors: ERR_TOO_LARGE for more than ANSWER_FIELDS_MAX fields or ANSWER_MAX bytes of names and
 * values; ERR_INVALID_PARAMETER for a name longer than FIELD_NAME_MAX bytes. The result lives in
 * a; it is the empty text for no fields. */
struct err answer_pack(struct arena *a, const struct answer_field *fields, size_t count,
                       struct str *packed);

enum answer_kind { ANSWER_TEXT, ANSWER_SELECTION, ANSWER_OTHER, ANSWER_FILE };

/* One field of a packed answer. */
struct answer {
    struct str name;
    enum answer_kind kind;
    int count;         /* values, at least 1; of ANSWER_SELECTION from 0 */
    int64_t size;      /* of ANSWER_FILE, bytes */
    struct str values; /* packed list of just these values */
};

/* What stands between a name and its values; false on damage. */
bool answer_count(struct str item, struct answer *out);

/* Takes the next field off the front of *rest. False at the end and on damage; then rest->n == 0
 * tells the end from damage. */
bool answer_next(struct str *rest, struct answer *out);

/* The values joined with '|': the FreeText of the API and the cell of a result file. Points into
 * the packed list when there is one value, else into a. */
struct str answer_joined(struct arena *a, const struct answer *answer);

/* Appends the QuestionFormAnswers document: default namespace, QuestionIdentifier first in each
 * Answer, only < > & escaped (requester-api trap 64). No fields: a root without Answer (5.1.4). A
 * damaged list aborts: the store holds what answer_pack made. */
void answer_write_xml(struct buf *out, struct str packed);

/* Reads such a document, also one of the old service: FreeText gives one value (joined texts are
 * not taken apart), each SelectionIdentifier one, OtherSelectionText one after them, an uploaded
 * file its key, all of them typed. Errors: ERR_XML_PARSE. */
struct err answer_read_xml(struct arena *a, struct str xml, struct str *packed);

#endif
