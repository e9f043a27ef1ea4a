/* What the operations answer, as rows: for `hitd ops`, docs/api and the tests, which compare them
 * with the service model and with every answer that they see. Rows are those of field.h, of which
 * name, help, type, words and of count; required means that the member is always there.
 */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "api/field.h"

extern const struct field answer_nothing[]; /* {} */
extern const struct field answer_hit[];     /* {"HIT": …} */
extern const struct field answer_hits[];    /* a page of them */
extern const struct field answer_hit_members[];
extern const struct field answer_assignment_members[];

#define ANSWER(label, kind, words_of_help)                                                         \
    { .name = label, .type = kind, .required = true, .help = words_of_help }
#define ANSWER_MAYBE(label, kind, words_of_help)                                                   \
    { .name = label, .type = kind, .help = words_of_help }
#define ANSWER_OF(label, kind, table, structure, words_of_help)                                    \
    {                                                                                              \
        .name = label, .type = kind, .required = true, .of = table, .of_name = structure,          \
        .help = words_of_help                                                                      \
    }
#define ANSWER_TOKEN                                                                               \
    ANSWER_MAYBE("NextToken", F_TEXT, "of the next page; with every page that is not empty")
#define ANSWER_PAGE ANSWER("NumResults", F_INT, "items on this page"), ANSWER_TOKEN

#endif
