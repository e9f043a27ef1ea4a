/* A reviewed results file comes back (csv-formats 4.1, 4.2; requester-site 5.6): everything that
 * can be known from the file alone. What the marks do is decided by the market.
 *
 *     struct reviewed *r = reviewed_open(source, &options, &findings);
 *     while ((step = reviewed_next(r, &row)) == CSV_ROW) ...
 *     reviewed_close(r);
 *
 * - Only the columns of 4.1 are read, in any order, among any others.
 * - CSV_STOP, or a finding of level FINDING_FILE at the end, refuses the file as a whole: U01-U06,
 *   U07 (more than half of the rows), U08, U09, U29. Look at findings_refuse() after CSV_END.
 * - A row with .code set is refused by itself: U07, U24 (no AssignmentId), U28; U27 needs a
 *   reason from the user.
 * - Bytes that are no UTF-8 refuse the file only if they, or other characters beyond ASCII, stand
 *   in the columns read back (1.2).
 * - A file of the old Command Line Tools (tabs, `reject`, no Approve) is refused with an
 *   explanation (U04) until options.tools says how its unmarked rows are meant.
 */
#ifndef FORMATS_REVIEWED_H
#define FORMATS_REVIEWED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "formats/csv_in.h"
#include "formats/finding.h"
#include "formats/source.h"

/* How unmarked rows of a Command Line Tools file are meant. */
enum reviewed_tools {
    REVIEWED_TOOLS_ASK = 0,
    REVIEWED_TOOLS_MARKED, /* as everywhere here: an unmarked row is not touched */
    REVIEWED_TOOLS_OLD,    /* as the tools did: an unmarked row is approved */
};

struct reviewed_options {
    enum encoding encoding; /* the user's answer to U08 */
    size_t bytes_max;       /* 0: the defaults of base/limits.h */
    int64_t rows_max;
    enum reviewed_tools tools;
};

/* Valid until the next reviewed_next. Texts are NULL when the column is absent or the cell empty.
 */
struct reviewed_row {
    int64_t line;
    struct str assignment_id;
    struct str hit_id, worker_id;
    struct str status; /* AssignmentStatus as it was at the download */
    int64_t batch;     /* from RequesterAnnotation "BatchId:7;…"; 0 when there is none */
    bool approve, reject;
    struct str message; /* text in Approve that is more than a mark */
    struct str reason;  /* NULL with .reject set: a mark without a reason (U27) */
    const char *code;   /* NULL: nothing is wrong with the row by itself */
    struct str fault;   /* the sentence to the code */
    struct csv_row csv; /* the row as it stands, for the outcome file */
};

struct reviewed;

/* Never NULL. Findings are added to f. */
struct reviewed *reviewed_open(struct source source, const struct reviewed_options *options,
                               struct findings *f);
/* Before CSV_END is given, warnings about the file are added to the findings. */
enum csv_step reviewed_next(struct reviewed *r, struct reviewed_row *row);
void reviewed_close(struct reviewed *r);

/* For encoding, separator, header, row count. */
const struct csv *reviewed_csv(const struct reviewed *r);

#endif
