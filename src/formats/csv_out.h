/* Writes CSV in the dialects of csv-formats 1.1: UTF-8, every cell in quotes, a quote doubled,
 * nothing else escaped, CRLF between rows, line ends inside cells as they are.
 *
 * Workers' text that begins like a formula (= + - @ TAB CR) gets a ' before it in the Excel
 * dialects only (1.7); requesters' own text never.
 */
#ifndef FORMATS_CSV_OUT_H
#define FORMATS_CSV_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum csv_dialect {
    CSV_CLASSIC = 0,     /* as the original, but with full rows and a last line end */
    CSV_EXCEL,           /* the same behind a byte order mark */
    CSV_EXCEL_SEMICOLON, /* for spreadsheets where the comma stands in decimals */
    CSV_STRICT_CLASSIC,  /* byte for byte: no line end behind the last row */
    CSV_DIALECT__COUNT
};

const char *csv_dialect_name(enum csv_dialect d); /* "excel-semicolon" */
bool csv_dialect_parse(struct str name, enum csv_dialect *d);

struct csv_out {
    struct buf *out; /* the caller may empty it between calls */
    enum csv_dialect dialect;
    char sep;
    bool in_row, some_rows;
};

/* Begins a file (writes the mark where the dialect has one). */
void csv_out_begin(struct csv_out *w, struct buf *out, enum csv_dialect dialect);

void csv_cell(struct csv_out *w, struct str text); /* NULL is written as the empty cell */
void csv_cell_int(struct csv_out *w, int64_t value);
void csv_cell_worker(struct csv_out *w, struct str text); /* text that came from a worker */
/* A cell of two texts, so that "Input." and a name need no copy. */
void csv_cell_pair(struct csv_out *w, struct str first, struct str second);
void csv_row_end(struct csv_out *w);

#endif
