/* The input file of a batch (csv-formats 2): one row of names, one HIT per row.
 *
 *     struct batch_input *b = batch_input_open(source, &options, &findings);
 *     columns = batch_input_columns(b, &n);
 *     while ((step = batch_input_next(b, &row)) == CSV_ROW) ...
 *     batch_input_close(b);
 *
 * Columns are those of the file in its order, with names trimmed; columns without a name are left
 * out and must be empty. A batch is published from a file without any finding of level FILE or
 * ROW; the latter are collected so that all faults are told at once.
 *
 *   FILE   U01, U02, U06, U08, U09 as in csv_in.h; U03 a variable of the layout has no column;
 *          U05 two columns of one name; column-case the name differs in case only (option
 *          fold_case takes it); column-name a name that no ${name} can have; column-unnamed text
 *          in a column without a name; U07 more than half of the rows
 *   ROW    U07 more cells than columns, or cells missing that the layout needs
 *   WARNING columns-extra, header-spaces, empty-cells (a column of the layout), identical-rows,
 *          control-characters, long-values, http-links, and those of csv_warn
 */
#ifndef FORMATS_BATCH_INPUT_H
#define FORMATS_BATCH_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "formats/csv_in.h"
#include "formats/finding.h"
#include "formats/source.h"

struct batch_input_options {
    enum encoding encoding; /* the user's answer to U08 */
    size_t bytes_max;       /* 0: the defaults of base/limits.h */
    int64_t rows_max;
    const struct str
        *variables; /* names in the layout's ${…}, each once; must outlive the reader */
    size_t n_variables;
    size_t
        n_optional;  /* behind them: names that are used when they have a column, not missed else */
    bool fold_case;  /* a column whose name differs in case only is used for the variable */
    bool https_page; /* tasks are served by https: warn about http: links */
};

/* Valid until the next batch_input_next. */
struct batch_input_row {
    int64_t line;
    const struct str *values; /* one for each column, none of them NULL */
    const char *code;         /* "U07", or NULL */
};

struct batch_input;

/* Never NULL. Findings are added to f. */
struct batch_input *batch_input_open(struct source source,
                                     const struct batch_input_options *options, struct findings *f);
/* Before CSV_END is given, warnings about the file are added to the findings. */
enum csv_step batch_input_next(struct batch_input *b, struct batch_input_row *row);
void batch_input_close(struct batch_input *b);

/* Column names; with fold_case the layout's spelling. Valid until batch_input_close. */
const struct str *batch_input_columns(const struct batch_input *b, size_t *n);

/* For encoding, separator, row count. */
const struct csv *batch_input_csv(const struct batch_input *b);

#endif
