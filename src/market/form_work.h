/* The market's side of question forms (questions 6): which HITs have one, what a submission must
 * be, and the files that come with it.
 */
#ifndef MARKET_FORM_WORK_H
#define MARKET_FORM_WORK_H

#include "formats/form_answer.h"
#include "market/work.h"

/* Whether setting legacy_question_elements allows FileUploadAnswer and Application (1.6). */
struct err form_legacy(struct ctx *c, bool *allowed);

/* Reads the form of a HIT's own document. */
struct err form_load(struct ctx *c, int64_t document, struct question_form *form);

/* A submission checked against the form: *typed is it with its answers in the form's order and
 * kinds. ERR_BAD_ANSWER with out->mistakes and out->form when it does not fit. */
struct err form_type(struct ctx *c, int64_t document, const struct submit_in *in,
                     int64_t assignment, struct submit_in *typed, struct submitted *out);

/* Keeps the files of a submission that form_type() has let pass. */
struct err form_keep_files(struct ctx *c, int64_t hit, int64_t assignment,
                           const struct submit_in *typed);

/* The HIT is deleted: so are its files (requester-api 2.16). */
struct err form_drop_files(struct ctx *c, int64_t hit);

/* GetFileUploadURL: an id that opens the file for FILE_LINK_S seconds. The assignment is one of the
 * acting requester's, submitted; ERR_ASSIGNMENT_DOES_NOT_EXIST, ERR_INVALID_ASSIGNMENT_STATE,
 * ERR_INVALID_PARAMETER where the question has no file. */
enum { FILE_LINK_S = 60 };
struct err file_link(struct ctx *c, struct str assignment_id, struct str question,
                     struct str *link);

struct file_body {
    struct str name, type, body;
};
/* What a link opens; ERR_NOT_FOUND for an unknown, expired or deleted one. */
struct err file_open(struct ctx *c, struct str link, struct file_body *out);

#endif
