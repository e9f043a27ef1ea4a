#include "formats/csv_in.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/limits.h"

enum { BUFFER_FIRST = 256 * 1024 };

static const char SEPARATORS[] = {',', ';', '\t', '|'};

enum state { AT_START, IN_PLAIN, IN_QUOTED };
enum kind { KIND_PLAIN, KIND_ESCAPED, KIND_TAIL };
enum scan { SCAN_ROW, SCAN_MORE, SCAN_FAULT };
enum fault { FAULT_NONE, FAULT_OPEN_QUOTE, FAULT_CELL, FAULT_COLUMNS };

/* A cell in the row being scanned, as offsets from the row's start, without its quotes. */
struct span {
    size_t from, to;
    enum kind kind;
};

struct csv {
    struct text_in text;
    struct findings *findings;
    struct csv_options o;
    struct arena arena; /* header */
    bool stopped;

    char *buf;
    size_t cap;
    size_t from; /* start of the row */
    size_t to;   /* end of what was read */
    bool eof;

    /* The scan, which goes on where it stood when more text has come. */
    size_t at;
    size_t cell_from; /* of a quoted cell: behind the quote */
    enum state state;
    enum kind kind;
    size_t row_n; /* length of the scanned row without its end */
    size_t end;   /* length of the row's end: 0 at the end of the file, 1, or 2 for CRLF */
    enum fault fault;
    size_t fault_at;
    struct span *spans;
    size_t n_spans, cap_spans;
    bool row_notes[CSV_NOTE__COUNT];

    char sep;
    bool stops[256]; /* bytes that end the run of plain text */
    bool lf_seen;    /* an LF has ended a row */
    size_t width;
    struct str *names;
    size_t n_names;
    struct str header_raw;
    int64_t header_line;
    int64_t line; /* of the row */
    int64_t rows;

    struct str *cells;
    size_t cap_cells;
    struct buf unescaped;
    struct csv_noted notes[CSV_NOTE__COUNT];
};

static void *grow(void *p, size_t count, size_t size) {
    p = reallocarray(p, count, size);
    if (!p)
        abort();
    return p;
}

static void set_separator(struct csv *c, char sep) {
    memset(c->stops, 0, sizeof c->stops);
    c->sep = sep;
    c->stops[(unsigned char)sep] = true;
    c->stops['\n'] = c->stops['\r'] = c->stops['"'] = true;
}

static void rewind_row(struct csv *c) {
    c->at = c->n_spans = 0;
    c->state = AT_START;
    c->kind = KIND_PLAIN;
    c->fault = FAULT_NONE;
    memset(c->row_notes, 0, sizeof c->row_notes);
}

/* ---- scanning: finds the end of the row and of each cell, changes nothing ---- */

static enum scan fault(struct csv *c, enum fault what, size_t at) {
    c->fault = what;
    c->fault_at = at;
    return SCAN_FAULT;
}

/* The cell that ends at offset to. False when there are too many or it is too long. */
static bool close_cell(struct csv *c, size_t to) {
    if (c->n_spans == c->cap_spans) {
        c->cap_spans = c->cap_spans ? c->cap_spans * 2 : 64;
        c->spans = grow(c->spans, c->cap_spans, sizeof *c->spans);
    }
    c->spans[c->n_spans++] = (struct span){c->cell_from, to, c->kind};
    c->state = AT_START;
    c->kind = KIND_PLAIN;
    if (to - c->cell_from > c->o.cell_max)
        fault(c, FAULT_CELL, c->cell_from);
    else if (c->n_spans > c->o.columns_max)
        fault(c, FAULT_COLUMNS, c->cell_from);
    return c->fault == FAULT_NONE;
}

/* The row that ends at offset row_n, with its last cell's text ending at to. */
static enum scan close_row(struct csv *c, size_t to, size_t row_n, size_t end) {
    c->row_n = row_n;
    c->end = end;
    return close_cell(c, to) ? SCAN_ROW : SCAN_FAULT;
}

static bool cr_ends_row(const struct csv *c) {
    return !c->lf_seen || (c->width && c->n_spans + 1 >= c->width);
}

/* At a CR or LF outside quotes, at offset at; text is the cell's end. SCAN_MORE also when it is
 * a lone CR that is data: then c->at has moved on. */
static enum scan line_end(struct csv *c, size_t text, size_t at, size_t n) {
    const char *p = c->buf + c->from;
    if (p[at] == '\n')
        return close_row(c, text, at, 1);
    if (at + 1 == n && !c->eof)
        return SCAN_MORE;
    if (at + 1 < n && p[at + 1] == '\n')
        return close_row(c, text, at, 2);
    if (cr_ends_row(c))
        return close_row(c, text, at, 1);
    c->row_notes[CSV_NOTE_CR] = true;
    c->at = at + 1;
    return SCAN_MORE;
}

/* Scans plain text (or what stands behind a closing quote) up to the end of its cell. */
static enum scan scan_plain(struct csv *c, size_t n) {
    const char *p = c->buf + c->from;
    for (;;) {
        size_t i = c->at;
        while (i < n && !c->stops[(unsigned char)p[i]])
            i++;
        c->at = i;
        if (i - c->cell_from > c->o.cell_max)
            return fault(c, FAULT_CELL, c->cell_from);
        if (i == n)
            return c->eof ? close_row(c, n, n, 0) : SCAN_MORE;
        if (p[i] == '"') {
            if (c->kind != KIND_TAIL)
                c->row_notes[CSV_NOTE_BARE_QUOTE] = true;
            c->at++;
        } else if (p[i] == c->sep) {
            c->at++;
            return close_cell(c, i) ? SCAN_ROW : SCAN_FAULT;
        } else {
            enum scan s = line_end(c, i, i, n);
            if (s != SCAN_MORE || c->at == i)
                return s;
        }
    }
}

/* True when the quote at offset at, which is followed by text, looks like an opening one. */
static bool looks_opening(const struct csv *c, size_t at) {
    const char *p = c->buf + c->from;
    char before = p[at - 1];
    return at > c->cell_from && (before == c->sep || before == '\n' || before == '\r') &&
           p[at + 1] != ' ';
}

/* At the quote at offset at that closes the cell, with something behind it. */
static enum scan after_quote(struct csv *c, size_t at, size_t n) {
    const char *p = c->buf + c->from;
    char next = p[at + 1];
    if (next == c->sep) {
        c->at = at + 2;
        return close_cell(c, at) ? SCAN_ROW : SCAN_FAULT;
    }
    if (next == '\n' || next == '\r') {
        size_t before = c->at;
        enum scan s = line_end(c, at, at + 1, n);
        if (s != SCAN_MORE || c->at == before)
            return s;
    } else if (looks_opening(c, at)) {
        return fault(c, FAULT_OPEN_QUOTE, c->cell_from - 1);
    } else {
        c->at = at + 1;
    }
    c->row_notes[CSV_NOTE_AFTER_QUOTE] = true;
    c->kind = KIND_TAIL;
    c->state = IN_PLAIN;
    return scan_plain(c, n);
}

static enum scan scan_quoted(struct csv *c, size_t n) {
    const char *p = c->buf + c->from;
    for (;;) {
        const char *quote = c->at < n ? memchr(p + c->at, '"', n - c->at) : NULL;
        size_t at = quote ? (size_t)(quote - p) : n;
        c->at = at;
        if (at - c->cell_from > c->o.cell_max)
            return fault(c, FAULT_CELL, c->cell_from);
        if (!quote)
            return c->eof ? fault(c, FAULT_OPEN_QUOTE, c->cell_from - 1) : SCAN_MORE;
        if (at + 1 == n)
            return c->eof ? close_row(c, at, n, 0) : SCAN_MORE;
        if (p[at + 1] != '"')
            return after_quote(c, at, n);
        c->kind = KIND_ESCAPED;
        c->at = at + 2;
    }
}

/* Moves behind a byte order mark at the row's start, which stands there when files were put one
 * behind the other. False when more bytes are needed to tell. */
static bool skip_mark(struct csv *c, size_t n) {
    struct str s = {c->buf + c->from, n};
    if (c->at > 0 || n == 0 || s.p[0] != '\xEF')
        return true;
    if (str_starts(s, STR("\xEF\xBB\xBF")))
        c->at = 3;
    return n >= 3 || c->eof;
}

/* Scans on from c->at to the end of the row. There is at least one byte, or eof. */
static enum scan scan_row(struct csv *c) {
    size_t n = c->to - c->from;
    const char *p = c->buf + c->from;
    c->end = SIZE_MAX;
    for (;;) {
        if (c->state == AT_START) {
            if ((c->at == n && !c->eof) || !skip_mark(c, n))
                return SCAN_MORE;
            bool quoted = c->at < n && p[c->at] == '"';
            c->at += quoted;
            c->cell_from = c->at;
            c->state = quoted ? IN_QUOTED : IN_PLAIN;
        }
        enum scan s = c->state == IN_QUOTED ? scan_quoted(c, n) : scan_plain(c, n);
        if (s != SCAN_ROW || c->end != SIZE_MAX)
            return s;
    }
}

/* ---- filling the buffer ---- */

static bool stop(struct csv *c) {
    c->stopped = true;
    return false;
}

static bool fill(struct csv *c) {
    if (c->from) {
        memmove(c->buf, c->buf + c->from, c->to - c->from);
        c->to -= c->from;
        c->from = 0;
    }
    if (c->cap - c->to < BUFFER_FIRST / 2) {
        if (c->to > CSV_ROW_MAX) {
            findings_add(c->findings, FINDING_FILE, "U09", c->line, STR_NULL,
                         "Line %lld begins a row of more than %zu bytes, which is the limit here.",
                         (long long)c->line, CSV_ROW_MAX);
            return stop(c);
        }
        c->cap *= 2;
        c->buf = grow(c->buf, c->cap, 1);
    }
    ptrdiff_t got = text_read(&c->text, c->buf + c->to, c->cap - c->to);
    if (got < 0)
        return stop(c);
    c->eof = got == 0;
    c->to += (size_t)got;
    return true;
}

/* ---- lines ---- */

/* Line ends in n bytes: LF and CRLF; in a file whose rows end with CR, that too. */
static int64_t count_lines(const struct csv *c, const char *p, size_t n) {
    int64_t lines = 0;
    const char *end = p + n;
    for (const char *q = p; (q = memchr(q, '\n', (size_t)(end - q))); q++)
        lines++;
    if (!c->lf_seen)
        for (const char *q = p; (q = memchr(q, '\r', (size_t)(end - q))); q++)
            lines += q + 1 == end || q[1] != '\n';
    return lines;
}

static bool report_fault(struct csv *c) {
    const char *p = c->buf + c->from;
    long long line = (long long)(c->line + count_lines(c, p, c->fault_at));
    bool quoted = c->fault_at > 0 && p[c->fault_at - 1] == '"';
    bool runs_on = quoted && memchr(p + c->fault_at, '\n', c->to - c->from - c->fault_at);
    if (c->fault == FAULT_OPEN_QUOTE)
        findings_add(c->findings, FINDING_FILE, "U06", line, STR_NULL,
                     "Line %lld: a quote is opened and never closed. Close it, or double it if it "
                     "belongs to the text.",
                     line);
    else if (c->fault == FAULT_CELL && runs_on)
        findings_add(c->findings, FINDING_FILE, "U06", line, STR_NULL,
                     "Line %lld: a quote is opened and not closed within %zu bytes. Close it, or "
                     "double it if it belongs to the text.",
                     line, c->o.cell_max);
    else if (c->fault == FAULT_CELL)
        findings_add(c->findings, FINDING_FILE, "U09", line, STR_NULL,
                     "Line %lld has a cell of more than %zu bytes, which is the limit here.", line,
                     c->o.cell_max);
    else
        findings_add(c->findings, FINDING_FILE, "U09", line, STR_NULL,
                     "Line %lld has more than %zu cells, which is the limit here.", line,
                     c->o.columns_max);
    return stop(c);
}

/* ---- rows ---- */

/* Scans a whole row, reading on as needed. False at the end of the file and when stopped. */
static bool whole_row(struct csv *c) {
    for (;;) {
        if (c->from < c->to) {
            enum scan s = scan_row(c);
            if (s == SCAN_ROW)
                return true;
            if (s == SCAN_FAULT)
                return report_fault(c);
        } else if (c->eof) {
            return false;
        }
        if (!fill(c))
            return false;
    }
}

static void leave_row(struct csv *c) {
    size_t n = c->row_n + c->end;
    c->line += count_lines(c, c->buf + c->from, n);
    if (c->end && c->buf[c->from + n - 1] == '\n')
        c->lf_seen = true;
    c->from += n;
    rewind_row(c);
}

static void note(struct csv *c, enum csv_note what) {
    if (c->notes[what].count++ == 0)
        c->notes[what].line = c->line;
}

/* Nothing but separators, spaces and empty cells. In a file of one column "" is a row. */
static bool blank(const struct csv *c) {
    const char *p = c->buf + c->from;
    if (c->width == 1 && p[0] == '"')
        return false;
    for (size_t i = 0; i < c->n_spans; i++)
        for (size_t at = c->spans[i].from; at < c->spans[i].to; at++)
            if (p[at] != ' ' && p[at] != '\t')
                return false;
    return true;
}

/* The text of a cell that holds doubled quotes or text behind its closing quote, behind what
 * c->unescaped holds; room for it was made before, so that earlier cells stay where they are. */
static struct str unescape(struct csv *c, struct span span) {
    const char *p = c->buf + c->from + span.from, *end = c->buf + c->from + span.to;
    size_t from = c->unescaped.n;
    while (p < end) {
        const char *quote = memchr(p, '"', (size_t)(end - p));
        const char *to = quote ? quote : end;
        buf_add(&c->unescaped, p, (size_t)(to - p));
        if (!quote)
            break;
        p = quote + 1;
        if (p < end && *p == '"') {
            buf_putc(&c->unescaped, '"');
            p++;
        } else { /* the closing quote: what follows is literal */
            buf_add(&c->unescaped, p, (size_t)(end - p));
            break;
        }
    }
    return (struct str){c->unescaped.p + from, c->unescaped.n - from};
}

static void make_cells(struct csv *c, struct csv_row *row) {
    size_t need = c->n_spans > c->width ? c->n_spans : c->width;
    if (need > c->cap_cells) {
        c->cap_cells = need * 2;
        c->cells = grow(c->cells, c->cap_cells, sizeof *c->cells);
    }
    buf_clear(&c->unescaped);
    buf_room(&c->unescaped, c->row_n);
    const char *p = c->buf + c->from;
    for (size_t i = 0; i < c->n_spans; i++) {
        struct span s = c->spans[i];
        c->cells[i] =
            s.kind == KIND_PLAIN ? (struct str){p + s.from, s.to - s.from} : unescape(c, s);
    }
    for (size_t i = c->n_spans; i < c->width; i++)
        c->cells[i] = STR("");
    *row = (struct csv_row){
        .line = c->line,
        .count = c->n_spans,
        .width = c->width,
        .cells = c->cells,
        .raw = {p, c->row_n},
    };
}

/* ---- the header ---- */

/* Reads a line `sep=X`, quoted or not. The rest of the line may hold separators (Excel fills up
 * rows), nothing else. */
static bool sep_line(struct str raw, char *sep) {
    if (str_starts(raw, STR("\"")))
        raw = str_from(raw, 1);
    if (raw.n < 5 || strncasecmp(raw.p, "sep=", 4) != 0)
        return false;
    *sep = raw.p[4];
    for (size_t i = 5; i < raw.n; i++)
        if (raw.p[i] != '"' && raw.p[i] != *sep && raw.p[i] != ',')
            return false;
    return *sep != '"' && *sep != '\r' && *sep != '\n';
}

static int score(const struct csv *c, const struct csv_row *row) {
    return c->o.score ? c->o.score(c->o.score_arg, row->cells, row->count) : 0;
}

/* Takes the separator under which the row scores best; then the one under which its quotes stand
 * where they belong ("a","b;c;d" has three columns by semicolons, but torn ones); then the one that
 * gives most columns. False when the file ends or stops. */
static bool choose_separator(struct csv *c) {
    char best = 0;
    int best_score = -1, best_torn = 0;
    size_t best_count = 0;
    for (size_t i = 0; i < sizeof SEPARATORS; i++) {
        set_separator(c, SEPARATORS[i]);
        rewind_row(c);
        enum scan s;
        while ((s = scan_row(c)) == SCAN_MORE)
            if (!fill(c))
                return false;
        if (s == SCAN_FAULT)
            continue;
        struct csv_row row;
        make_cells(c, &row);
        int now = score(c, &row);
        int torn = c->row_notes[CSV_NOTE_BARE_QUOTE] + c->row_notes[CSV_NOTE_AFTER_QUOTE];
        bool even = now == best_score && torn == best_torn;
        if (now > best_score || (now == best_score && torn < best_torn) ||
            (even && row.count > best_count)) {
            best = SEPARATORS[i];
            best_score = now;
            best_torn = torn;
            best_count = row.count;
        }
    }
    set_separator(c, best ? best : ',');
    rewind_row(c);
    return true;
}

static bool keep_header(struct csv *c) {
    struct csv_row row;
    make_cells(c, &row);
    c->names = arena_array(&c->arena, row.count, sizeof *c->names);
    for (size_t i = 0; i < row.count; i++) {
        if (row.cells[i].n > HEADER_NAME_MAX) {
            findings_add(c->findings, FINDING_FILE, "U09", c->line, STR_NULL,
                         "Line %lld: the name of column %zu has %zu bytes; names have at most %d. "
                         "The first row must be the header.",
                         (long long)c->line, i + 1, row.cells[i].n, HEADER_NAME_MAX);
            return stop(c);
        }
        c->names[i] = str_dup(&c->arena, row.cells[i]);
    }
    c->header_raw = str_dup(&c->arena, row.raw);
    c->header_line = c->line;
    c->width = c->n_names = row.count;
    leave_row(c);
    return true;
}

static bool empty_file(struct csv *c) {
    if (!c->stopped)
        findings_add(c->findings, FINDING_FILE, "U02", 0, STR_NULL,
                     "The file is empty. Save it again and check that it is the file you mean.");
    return stop(c);
}

/* A line that is blank under some separator is no header, whatever the separator turns out to be.
 */
static bool blank_header(const struct csv *c) {
    const char *p = c->buf + c->from;
    size_t i = 0;
    while (i < c->row_n && strchr(",;\t| \"", p[i]))
        i++;
    return i == c->row_n || blank(c);
}

static bool read_header(struct csv *c) {
    bool decided = false;
    for (;;) {
        if (!whole_row(c))
            return empty_file(c);
        char sep;
        if (!decided && sep_line((struct str){c->buf + c->from, c->row_n}, &sep)) {
            leave_row(c);
            set_separator(c, sep);
            decided = true;
            continue;
        }
        if (!blank_header(c))
            break;
        note(c, CSV_NOTE_BLANK);
        leave_row(c);
    }
    if (!decided && (!choose_separator(c) || !whole_row(c)))
        return stop(c);
    return keep_header(c);
}

/* ---- the interface ---- */

struct csv *csv_open(struct source source, const struct csv_options *options, struct findings *f) {
    struct csv *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    c->o = *options;
    c->o.rows_max = options->rows_max ? options->rows_max : FILE_ROWS_MAX;
    c->o.columns_max = options->columns_max ? options->columns_max : FILE_COLUMNS_MAX;
    c->o.cell_max = options->cell_max ? options->cell_max : CELL_MAX;
    c->findings = f;
    c->line = 1;
    c->cap = BUFFER_FIRST;
    c->buf = grow(NULL, c->cap, 1);
    arena_init(&c->arena, 0);
    text_open(&c->text, source,
              &(struct text_options){
                  .encoding = options->encoding,
                  .lenient = options->lenient,
                  .bytes_max = options->bytes_max,
              },
              f);
    set_separator(c, ',');
    rewind_row(c);
    read_header(c);
    return c;
}

void csv_close(struct csv *c) {
    if (!c)
        return;
    text_close(&c->text);
    arena_free(&c->arena);
    buf_free(&c->unescaped);
    free(c->buf);
    free(c->spans);
    free(c->cells);
    free(c);
}

const struct str *csv_header(const struct csv *c, size_t *count) {
    *count = c->n_names;
    return c->names;
}

int64_t csv_header_line(const struct csv *c) {
    return c->header_line;
}

struct str csv_header_raw(const struct csv *c) {
    return c->header_raw;
}

char csv_separator(const struct csv *c) {
    return c->sep;
}

const struct text_in *csv_text(const struct csv *c) {
    return &c->text;
}

int64_t csv_rows(const struct csv *c) {
    return c->rows;
}

struct csv_noted csv_noted(const struct csv *c, enum csv_note what) {
    return c->notes[what];
}

void csv_set_width(struct csv *c, size_t width) {
    c->width = width;
}

static enum csv_step at_end(struct csv *c) {
    if (c->stopped)
        return CSV_STOP;
    if (c->rows)
        return CSV_END;
    findings_add(c->findings, FINDING_FILE, "U02", c->header_line, STR_NULL,
                 "The file holds a header only, no rows. Check that it is the file you mean.");
    stop(c);
    return CSV_STOP;
}

static void note_row(struct csv *c, struct csv_row *row) {
    for (int i = 0; i < CSV_NOTE__COUNT; i++)
        if (c->row_notes[i])
            note(c, (enum csv_note)i);
    if (row->count < row->width)
        note(c, CSV_NOTE_SHORT);
    for (size_t i = row->width; i < row->count; i++)
        row->overlong = row->overlong || row->cells[i].n;
    if (row->count > row->width && !row->overlong)
        note(c, CSV_NOTE_LONG);
}

enum csv_step csv_next(struct csv *c, struct csv_row *row) {
    if (c->stopped)
        return CSV_STOP;
    if (c->n_spans)
        leave_row(c); /* the one given last */
    for (;;) {
        if (!whole_row(c))
            return at_end(c);
        if (!blank(c))
            break;
        note(c, CSV_NOTE_BLANK);
        leave_row(c);
    }
    if (c->rows == c->o.rows_max) {
        findings_add(c->findings, FINDING_FILE, "U09", c->line, STR_NULL,
                     "The file has more than %lld rows, which is the limit here. Send it in "
                     "parts, each with the header line.",
                     (long long)c->o.rows_max);
        stop(c);
        return CSV_STOP;
    }
    c->rows++;
    make_cells(c, row);
    note_row(c, row);
    return CSV_ROW;
}

static const struct {
    const char *code, *what, *text; /* "1 row with …", "2 rows with …" */
} NOTES[CSV_NOTE__COUNT] = {
    [CSV_NOTE_BLANK] = {"blank-lines", "line", "without content, skipped"},
    [CSV_NOTE_SHORT] = {"short-rows", "row",
                        "with fewer cells than the header, the missing ones taken as empty"},
    [CSV_NOTE_LONG] = {"long-rows", "row", "with empty cells behind the last column, ignored"},
    [CSV_NOTE_AFTER_QUOTE] = {"text-after-quote", "row",
                              "with text behind a closing quote, taken as it stands"},
    [CSV_NOTE_BARE_QUOTE] = {"bare-quote", "row",
                             "with a quote inside a cell that is not quoted, taken as it stands"},
    [CSV_NOTE_CR] = {"carriage-return", "row",
                     "with a carriage return inside a cell that is not quoted, taken as part of "
                     "the text"},
};

static void warn_encoding(const struct csv *c) {
    const struct text_in *t = &c->text;
    if (t->bad_bytes)
        findings_add(c->findings, FINDING_WARNING, "decoded", t->bad_line, STR_NULL,
                     "%lld bytes are not UTF-8 (the first, 0x%02X, in line %lld). The columns "
                     "that are read hold none of them, so nothing is lost here.",
                     (long long)t->bad_bytes, t->bad_byte, (long long)t->bad_line);
    else if (t->encoding > ENCODING_UTF8)
        findings_add(c->findings, FINDING_WARNING, "decoded", 0, STR_NULL,
                     "The file was decoded as %s.", encoding_name(t->encoding));
}

void csv_warn(const struct csv *c, bool short_rows) {
    warn_encoding(c);
    for (int i = 0; i < CSV_NOTE__COUNT; i++)
        if (c->notes[i].count && (i != CSV_NOTE_SHORT || short_rows))
            findings_add(c->findings, FINDING_WARNING, NOTES[i].code, c->notes[i].line, STR_NULL,
                         "%lld %s%s %s (the first in line %lld).", (long long)c->notes[i].count,
                         NOTES[i].what, c->notes[i].count == 1 ? "" : "s", NOTES[i].text,
                         (long long)c->notes[i].line);
}
