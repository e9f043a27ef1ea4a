/* The batch results file (csv-formats 3): its columns, and a writer that goes row by row.
 *
 *     results_file_begin(&w, &buf, CSV_CLASSIC, &shape);     header
 *     results_file_row(&w, &row);                            for each assignment; empty buf when
 * large results_file_end(&w);
 */
#ifndef FORMATS_RESULTS_FILE_H
#define FORMATS_RESULTS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "formats/csv_out.h"

/* The fixed columns of 3.1, in their order. */
enum results_file_column {
    RESULTS_HIT_ID = 0,
    RESULTS_HIT_TYPE_ID,
    RESULTS_TITLE,
    RESULTS_DESCRIPTION,
    RESULTS_KEYWORDS,
    RESULTS_REWARD,
    RESULTS_CREATION_TIME,
    RESULTS_MAX_ASSIGNMENTS,
    RESULTS_REQUESTER_ANNOTATION,
    RESULTS_ASSIGNMENT_DURATION,
    RESULTS_AUTO_APPROVAL_DELAY,
    RESULTS_EXPIRATION,
    RESULTS_NUMBER_OF_SIMILAR_HITS,
    RESULTS_LIFETIME,
    RESULTS_ASSIGNMENT_ID,
    RESULTS_WORKER_ID,
    RESULTS_ASSIGNMENT_STATUS,
    RESULTS_ACCEPT_TIME,
    RESULTS_SUBMIT_TIME,
    RESULTS_AUTO_APPROVAL_TIME,
    RESULTS_APPROVAL_TIME,
    RESULTS_REJECTION_TIME,
    RESULTS_REQUESTER_FEEDBACK,
    RESULTS_WORK_TIME,
    RESULTS_LIFETIME_RATE,
    RESULTS_LAST_30_DAYS_RATE,
    RESULTS_LAST_7_DAYS_RATE,
    RESULTS_FIXED
};

/* The extended columns of 3.6, behind Reject. */
enum results_file_extended {
    RESULTS_HIT_STATUS = 0,
    RESULTS_BATCH_NAME,
    RESULTS_PROJECT_VERSION,
    RESULTS_FEE,
    RESULTS_OVERTURN_UNTIL,
    RESULTS_OVERTURNED,
    RESULTS_APPROVED_BY,
    RESULTS_BONUS_TOTAL,
    RESULTS_ATTEMPT,
    RESULTS_EXTENDED
};

extern const char *const RESULTS_NAMES[RESULTS_FIXED];
extern const char *const RESULTS_EXTENDED_NAMES[RESULTS_EXTENDED];

/* True for a name that the results file itself has: fixed, Input.*, Answer.*, Approve, Reject, an
 * extended one, or one of the outcome file (Outcome, Reason, Line). */
bool results_file_knows(struct str name);

struct results_file_shape {
    const struct str *inputs; /* column names without "Input.", in the order of the input file */
    size_t n_inputs;
    const struct str
        *answers; /* field names without "Answer.", sorted by results_file_sort_names */
    size_t n_answers;
    bool extended;
};

struct results_file_row {
    struct str fixed[RESULTS_FIXED];
    struct str inputs;  /* packed list (base/pack.h) in the order of shape.inputs */
    struct str answers; /* packed answers: name, count, values…; several are joined with | */
    struct str reject;  /* the Reject cell (3.5) */
    struct str extended[RESULTS_EXTENDED];
};

struct results_file {
    struct csv_out csv;
    const struct results_file_shape *shape; /* the caller's; must outlive the writer */
    struct str *cells;                      /* of the answers of a row */
    struct buf joined;
};

/* Writes the header. In strict-classic rows end before Approve and Reject, as the original's do,
 * unless extended columns follow. */
void results_file_begin(struct results_file *w, struct buf *out, enum csv_dialect dialect,
                        const struct results_file_shape *shape);
void results_file_row(struct results_file *w, const struct results_file_row *row);
void results_file_end(struct results_file *w);

/* Sorts names by byte and drops repeated ones; the number that is left. */
size_t results_file_sort_names(struct str *names, size_t n);

/* "97% (235/242)": nearest whole percent, half up; "0% (0/0)" when nothing was decided (1.5).
 * 0 <= approved <= decided. */
void results_file_rate(struct buf *out, int64_t approved, int64_t decided);

/* The batch number in a RequesterAnnotation ("BatchId:7;OriginalHitTemplateId:9;"); 0 when there
 * is none. */
int64_t results_file_batch_id(struct str annotation);

#endif
