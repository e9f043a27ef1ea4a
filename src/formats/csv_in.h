/* Text becomes rows of cells (csv-formats 1.3): one pass, memory for the longest row only.
 *
 * - The separator is what a first line `sep=X` says, else the one of , ; TAB | under which the
 *   header scores best (csv_options.score).
 * - Quotes as in RFC 4180. Text behind a closing quote and a bare quote inside a cell are taken
 *   literally and noted. A quote that is never closed refuses the file (U06) and names the line
 *   where it was opened; that is also assumed when a quoted cell ends at a quote that looks like
 *   an opening one (it follows a separator or a line end, and text follows it), because the file
 *   would be read with shifted cells otherwise.
 * - Rows end with LF, CRLF or CR, mixed. A lone CR ends a row as long as no LF has ended one, or
 *   when the row already has all its cells; else it is data, and noted.
 * - A byte order mark at the start of a row is dropped (files put one behind the other).
 * - Blank lines and lines of separators only are skipped and noted. Short rows are filled up with
 *   empty cells, as original result files are two cells short in every row.
 *
 * Lines are counted as an editor counts them; a row's line is where it starts.
 */
#ifndef FORMATS_CSV_IN_H
#define FORMATS_CSV_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "formats/finding.h"
#include "formats/text_in.h"

struct csv_options {
    enum encoding encoding;
    bool lenient;       /* text_in.h */
    size_t bytes_max;   /* 0 stands for the default of base/limits.h, also below */
    int64_t rows_max;   /* FILE_ROWS_MAX */
    size_t columns_max; /* FILE_COLUMNS_MAX */
    size_t cell_max;    /* CELL_MAX */
    /* How good these names are as a header, 0 or more; NULL counts the names. Among equal scores
     * the separator that gives more names wins, then the order , ; TAB |. */
    int (*score)(void *arg, const struct str *names, size_t count);
    void *score_arg;
};

/* Valid until the next csv_next. */
struct csv_row {
    int64_t line;
    size_t count;      /* cells that stand in the file */
    size_t width;      /* columns of the header */
    bool overlong;     /* a cell behind the last column is not empty (U07) */
    struct str *cells; /* max(count, width) of them, none of them NULL */
    struct str raw;    /* the row as it stands in the (decoded) file, without its end */
};

enum csv_step { CSV_ROW, CSV_END, CSV_STOP };

/* What was read in spite of its form: number and first line of each. */
enum csv_note {
    CSV_NOTE_BLANK,       /* line without content, skipped */
    CSV_NOTE_SHORT,       /* row with fewer cells than the header */
    CSV_NOTE_LONG,        /* row with empty cells behind the last column */
    CSV_NOTE_AFTER_QUOTE, /* text behind a closing quote */
    CSV_NOTE_BARE_QUOTE,  /* quote inside an unquoted cell */
    CSV_NOTE_CR,          /* lone CR kept as data */
    CSV_NOTE__COUNT
};

struct csv_noted {
    int64_t count, line;
};

struct csv;

/* Opens and reads the header. Never NULL; when the header can not be read, a finding says why and
 * csv_next answers CSV_STOP. Findings are added to f. Close with csv_close. */
struct csv *csv_open(struct source source, const struct csv_options *options, struct findings *f);
void csv_close(struct csv *c);

/* The header's names, unquoted, not trimmed; valid until csv_close. *count is 0 when there is no
 * header. */
const struct str *csv_header(const struct csv *c, size_t *count);
struct str csv_header_raw(const struct csv *c); /* as it stands in the file, without its end */
int64_t csv_header_line(const struct csv *c);
char csv_separator(const struct csv *c);
const struct text_in *csv_text(const struct csv *c); /* encoding, bytes read, bad bytes */

/* The next row. CSV_END after the last one. CSV_STOP when the file is refused: U01, U02 (empty,
 * or a header only), U06, U08, U09 or IO stands among the findings. */
enum csv_step csv_next(struct csv *c, struct csv_row *row);

int64_t csv_rows(const struct csv *c); /* rows given so far */
struct csv_noted csv_noted(const struct csv *c, enum csv_note note);

/* From now on rows are filled up to, and measured against, width columns: for concatenated files
 * whose later headers differ. */
void csv_set_width(struct csv *c, size_t width);

/* Adds a warning for each kind of note, and for text that was decoded from something else than
 * UTF-8; for short rows only if wanted (in result files they are usual). Call once, at the end. */
void csv_warn(const struct csv *c, bool short_rows);

#endif
