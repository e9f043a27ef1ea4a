/* Result files of the old service, read in full for archives and replays (csv-formats 3, 8, 9):
 * as downloaded, re-saved by a spreadsheet, R or pandas, several files in one with their headers
 * repeated, another tool's rows, or the tab-separated file of the Command Line Tools.
 *
 *     struct old_results *r = old_results_open(source, &options, &findings);
 *     while ((step = old_results_next(r, &row)) == CSV_ROW) ...
 *     old_results_close(r);
 *
 * - CSV_STOP: the file can not be read (U01-U03, U06, U08, U09).
 * - A row with .code set has a value that can not be read: "value" (line, column, value and what
 *   was expected are in the finding and in .fault), U07, or U24 when it names no assignment. The
 *   other fields of the row are right all the same.
 * - NA and nan in numbers and times are empty (R, pandas). "{}" is an answer that was submitted
 *   empty (3.3).
 */
#ifndef FORMATS_OLD_RESULTS_H
#define FORMATS_OLD_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "formats/csv_in.h"
#include "formats/finding.h"
#include "formats/results_file.h"
#include "formats/source.h"

#define OLD_NONE INT64_MIN /* a number or time that the row does not have */

enum old_status { OLD_STATUS_NONE = 0, OLD_SUBMITTED, OLD_APPROVED, OLD_REJECTED };

struct old_field {
    struct str name;  /* without "Input." or "Answer." */
    struct str value; /* "" for "{}" */
    bool given;       /* the cell holds something, be it "{}" */
};

/* Valid until the next old_results_next. */
struct old_row {
    int64_t line;
    struct str text[RESULTS_FIXED]; /* as it stands; "" when the column or cell is missing; ids
                                       trimmed */
    int64_t batch;                  /* from RequesterAnnotation; 0: none */
    int64_t reward_cents;           /* OLD_NONE where missing, as all below */
    int64_t creation_ms, expiration_ms;
    int64_t max_assignments, duration_s, auto_approval_s;
    int64_t accept_ms, submit_ms, auto_approval_ms, approval_ms, rejection_ms;
    int64_t work_s;
    enum old_status status;
    struct old_field *inputs, *answers; /* in the order of the columns */
    size_t n_inputs, n_answers;
    struct str approve, reject; /* marks that were added already; "" */
    const char *code;           /* NULL: the row is fine */
    struct str fault;           /* the sentence to the code */
};

struct old_options {
    enum encoding encoding;
    size_t bytes_max; /* 0: the defaults of base/limits.h */
    int64_t rows_max;
};

struct old_results;

/* Never NULL. Findings are added to f. */
struct old_results *old_results_open(struct source source, const struct old_options *options,
                                     struct findings *f);
/* Before CSV_END is given, warnings about the file are added to the findings. */
enum csv_step old_results_next(struct old_results *r, struct old_row *row);
void old_results_close(struct old_results *r);

/* Whether the file (its current part) has a fixed column. */
bool old_results_has(const struct old_results *r, enum results_file_column c);
int64_t old_results_headers(const struct old_results *r); /* 1, and the repeated ones */
const struct csv *old_results_csv(const struct old_results *r);

/* Reads a time as result files have it: time_parse_file, and the zones that Command Line Tools
 * wrote on their users' machines (CET, EST, JST …). */
bool old_time_parse(struct str s, int64_t *ms);

#endif
