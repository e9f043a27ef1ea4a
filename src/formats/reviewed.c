#include "formats/reviewed.h"

#include <stdlib.h>

#include "base/limits.h"
#include "formats/header.h"
#include "formats/marks.h"
#include "formats/results_file.h"
#include "formats/value.h"

enum column { ASSIGNMENT, APPROVE, REJECT, HIT, WORKER, STATUS, ANNOTATION, COLUMNS };

/* The first five decide; the others only make notices. */
enum { DECIDING = WORKER + 1 };

static const char *const NAMES[COLUMNS] = {
    [ASSIGNMENT] = "AssignmentId",
    [APPROVE] = "Approve",
    [REJECT] = "Reject",
    [HIT] = "HITId",
    [WORKER] = "WorkerId",
    [STATUS] = "AssignmentStatus",
    [ANNOTATION] = "RequesterAnnotation",
};

struct reviewed {
    struct csv *csv;
    struct findings *findings;
    struct reviewed_options o;
    struct header header;
    bool stopped, ended;
    bool tools; /* a file of the Command Line Tools */
    bool twin_differs[COLUMNS];
    int64_t wrong_width; /* rows with U07 */
    int64_t placeholders, placeholder_line;
    int64_t beyond_ascii; /* line of the first such cell in a deciding column */
    enum column beyond_column;
    struct buf fault;
};

/* ---- the header ---- */

static void refuse(struct reviewed *r) {
    r->stopped = true;
}

static bool has(const struct reviewed *r, enum column c) {
    return r->header.at[c] != HEADER_NONE;
}

/* Approve is missing. True when the file can be read all the same. */
static bool without_approve(struct reviewed *r, int64_t line) {
    if (csv_separator(r->csv) != '\t')
        return true; /* rejections only, in a file that somebody made so */
    r->tools = true;
    if (r->o.tools != REVIEWED_TOOLS_ASK)
        return true;
    findings_add(r->findings, FINDING_FILE, "U04", line, str_c(NAMES[APPROVE]),
                 "There is no column Approve. This looks like a file of the old Command Line "
                 "Tools, which approved every row that had no mark in reject. Here a row without "
                 "a mark is never touched. Say which of the two you mean (--tools marked "
                 "leaves unmarked rows alone, --tools old approves them), or add a column Approve "
                 "and mark the rows to approve with x.");
    return false;
}

static bool check_columns(struct reviewed *r, const struct str *names, size_t n) {
    struct arena *a = r->findings->arena;
    int64_t line = csv_header_line(r->csv);
    if (!has(r, ASSIGNMENT)) {
        findings_add(r->findings, FINDING_FILE, "U03", line, str_c(NAMES[ASSIGNMENT]),
                     "Column AssignmentId is missing (found: %s). Download the results again and "
                     "put the marks into that file; the first row must hold the names.",
                     header_list(a, names, n).p);
        return false;
    }
    if (!has(r, APPROVE) && !has(r, REJECT)) {
        findings_add(r->findings, FINDING_FILE, "U04", line, STR_NULL,
                     "Neither Approve nor Reject is present (found: %s). Add a column Approve "
                     "with x in the rows to approve, or Reject with the reason in the rows to "
                     "reject.",
                     header_list(a, names, n).p);
        return false;
    }
    return has(r, APPROVE) || without_approve(r, line);
}

static void warn_ignored(struct reviewed *r) {
    struct str *names = r->header.ignored;
    size_t n = 0;
    for (size_t i = 0; i < r->header.n_ignored; i++)
        if (!results_file_knows(names[i]))
            names[n++] = names[i];
    if (n)
        findings_add(r->findings, FINDING_WARNING, "columns-ignored", csv_header_line(r->csv),
                     STR_NULL, "%zu columns that a results file does not have were ignored: %s.", n,
                     header_list(r->findings->arena, names, n).p);
}

struct reviewed *reviewed_open(struct source source, const struct reviewed_options *options,
                               struct findings *f) {
    struct reviewed *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    r->o = *options;
    r->findings = f;
    struct header_names wanted = {NAMES, COLUMNS};
    r->csv = csv_open(source,
                      &(struct csv_options){
                          .encoding = options->encoding,
                          .lenient = options->encoding == ENCODING_AUTO,
                          .bytes_max = options->bytes_max,
                          .rows_max = options->rows_max,
                          .score = header_score,
                          .score_arg = &wanted,
                      },
                      f);
    size_t n;
    const struct str *names = csv_header(r->csv, &n);
    if (n == 0) {
        refuse(r);
        return r;
    }
    header_match(&r->header, f->arena, NAMES, COLUMNS, names, n);
    if (!check_columns(r, names, n))
        refuse(r);
    else
        warn_ignored(r);
    return r;
}

void reviewed_close(struct reviewed *r) {
    if (!r)
        return;
    csv_close(r->csv);
    buf_free(&r->fault);
    free(r);
}

const struct csv *reviewed_csv(const struct reviewed *r) {
    return r->csv;
}

/* ---- rows ---- */

/* A column's cell, trimmed and freed of the guard; NULL when absent or empty. */
static struct str id_cell(const struct reviewed *r, const struct csv_row *row, enum column c) {
    struct str s = has(r, c) ? value_mark(row->cells[r->header.at[c]]) : STR_NULL;
    return s.n ? s : STR_NULL;
}

static struct str mark_cell(const struct reviewed *r, const struct csv_row *row, enum column c) {
    return has(r, c) ? row->cells[r->header.at[c]] : STR("");
}

/* Two columns of one name must say the same in every row (U05). */
static void check_twins(struct reviewed *r, const struct csv_row *row) {
    for (size_t i = 0; i < r->header.n_twins; i++) {
        struct header_twin t = r->header.twins[i];
        if (t.wanted >= DECIDING || r->twin_differs[t.wanted])
            continue;
        struct str a = value_trim(row->cells[r->header.at[t.wanted]]);
        if (str_eq(a, value_trim(row->cells[t.at])))
            continue;
        r->twin_differs[t.wanted] = true;
        findings_add(r->findings, FINDING_FILE, "U05", row->line, str_c(NAMES[t.wanted]),
                     "Two columns are called %s (columns %zu and %zu), and they differ in line "
                     "%lld. Remove or rename one of them.",
                     NAMES[t.wanted], r->header.at[t.wanted] + 1, t.at + 1, (long long)row->line);
    }
}

/* Remembers the first cell that would be wrong if the file were in another encoding. */
static void check_ascii(struct reviewed *r, const struct csv_row *row) {
    for (int c = 0; c < DECIDING && r->beyond_ascii == 0; c++)
        if (has(r, (enum column)c) && !value_is_ascii(row->cells[r->header.at[c]])) {
            r->beyond_ascii = row->line;
            r->beyond_column = (enum column)c;
        }
}

static void check_number_forms(struct reviewed *r, const struct reviewed_row *row) {
    struct str ids[] = {row->assignment_id, row->hit_id};
    static const enum column COLUMN[] = {ASSIGNMENT, HIT};
    for (int i = 0; i < 2; i++)
        if (ids[i].p && value_is_number_form(ids[i]))
            findings_add(r->findings, FINDING_FILE, "U29", row->line, str_c(NAMES[COLUMN[i]]),
                         "Line %lld: %s was turned into a number by a spreadsheet (%.*s), and the "
                         "id is lost. Download the results again and import the column as text.",
                         (long long)row->line, NAMES[COLUMN[i]], STR_ARG(str_sub(ids[i], 0, 60)));
}

/* The row's sentence is in r->fault; a group of the findings counts it. */
static void fault(struct reviewed *r, struct reviewed_row *row, enum finding_level level,
                  const char *code, enum column c) {
    row->code = code;
    row->fault = buf_view(&r->fault);
    findings_add(r->findings, level, code, row->line, c < COLUMNS ? str_c(NAMES[c]) : STR_NULL,
                 "%s", r->fault.p);
}

static bool check_text(struct reviewed *r, struct reviewed_row *row, struct str text,
                       enum column c) {
    int64_t detail = 0;
    enum reason_fault why = text.p ? reason_check(text, &detail) : REASON_OK;
    if (why == REASON_OK || why == REASON_EMPTY)
        return true;
    const char *what = c == REJECT ? "reason in Reject" : "message in Approve";
    if (why == REASON_TOO_LONG)
        buf_printf(&r->fault,
                   "Line %lld: the %s has %lld characters; at most %d can be sent to a worker. "
                   "Shorten it.",
                   (long long)row->line, what, (long long)detail, REASON_MAX);
    else
        buf_printf(&r->fault,
                   "Line %lld: the %s has a control character (U+%04llX). Remove it or type the "
                   "text again.",
                   (long long)row->line, what, (unsigned long long)detail);
    fault(r, row, FINDING_ROW, "U28", c);
    return false;
}

static void check_row(struct reviewed *r, struct reviewed_row *row) {
    buf_clear(&r->fault);
    if (row->csv.overlong) {
        r->wrong_width++;
        buf_printf(&r->fault,
                   "Line %lld has %zu cells, the header has %zu. A separator in a text that is "
                   "not quoted shifts all cells behind it; put the text in quotes.",
                   (long long)row->line, row->csv.count, row->csv.width);
        fault(r, row, FINDING_ROW, "U07", COLUMNS);
    } else if (!row->assignment_id.p) {
        buf_printf(&r->fault,
                   "Line %lld has no AssignmentId, so it can not be told whose work it is. Take "
                   "the id from the download, or remove the line.",
                   (long long)row->line);
        fault(r, row, FINDING_ROW, "U24", ASSIGNMENT);
    } else if (check_text(r, row, row->reason, REJECT) &&
               check_text(r, row, row->message, APPROVE) && row->reject && !row->reason.p) {
        buf_printf(&r->fault,
                   "Line %lld: Reject has a mark but no reason. Write the reason into the cell, "
                   "or give one for all such rows.",
                   (long long)row->line);
        fault(r, row, FINDING_NEEDS_INPUT, "U27", REJECT);
    }
}

static void read_marks(struct reviewed *r, struct reviewed_row *row) {
    struct mark approve = mark_approve(mark_cell(r, &row->csv, APPROVE));
    struct mark reject = mark_reject(mark_cell(r, &row->csv, REJECT));
    row->approve = approve.set;
    row->message = approve.text;
    row->reject = reject.set;
    row->reason = reject.text;
    if (r->tools && r->o.tools == REVIEWED_TOOLS_OLD && !reject.set)
        row->approve = true;
    int64_t ignored = approve.placeholder + reject.placeholder;
    if (ignored && r->placeholders == 0)
        r->placeholder_line = row->line;
    r->placeholders += ignored;
}

/* ---- the end ---- */

static void warn_twins(struct reviewed *r) {
    for (size_t i = 0; i < r->header.n_twins; i++) {
        struct header_twin t = r->header.twins[i];
        if (t.wanted < DECIDING && !r->twin_differs[t.wanted])
            findings_add(r->findings, FINDING_WARNING, "repeated-column", csv_header_line(r->csv),
                         str_c(NAMES[t.wanted]),
                         "Two columns are called %s; they hold the same, so one was ignored.",
                         NAMES[t.wanted]);
    }
}

static void refuse_encoding(struct reviewed *r) {
    const struct text_in *t = csv_text(r->csv);
    findings_add(r->findings, FINDING_FILE, "U08", t->bad_line, str_c(NAMES[r->beyond_column]),
                 "The text is neither UTF-8 nor UTF-16: byte 0x%02X in line %lld; and %s in line "
                 "%lld holds more than ASCII, so the encoding matters. Save the file as CSV "
                 "(UTF-8), or choose the encoding it was saved in: Windows-1252, ISO-8859-1, "
                 "MacRoman, Shift_JIS, GB18030.",
                 t->bad_byte, (long long)t->bad_line, NAMES[r->beyond_column],
                 (long long)r->beyond_ascii);
}

static void at_end(struct reviewed *r) {
    if (r->ended)
        return;
    r->ended = true;
    int64_t rows = csv_rows(r->csv);
    if (r->wrong_width * 2 > rows)
        findings_add(r->findings, FINDING_FILE, "U07", 0, STR_NULL,
                     "%lld of %lld rows have more cells than the header. The file was probably "
                     "taken apart at the wrong separator or lost its quotes; save it again as CSV.",
                     (long long)r->wrong_width, (long long)rows);
    if (csv_text(r->csv)->bad_bytes && r->beyond_ascii)
        refuse_encoding(r);
    else
        csv_warn(r->csv, false);
    warn_twins(r);
    if (r->placeholders)
        findings_add(r->findings, FINDING_WARNING, "placeholders", r->placeholder_line, STR_NULL,
                     "%lld cells in Approve and Reject hold NA, nan, False or the like (the first "
                     "in line %lld) and were taken as empty.",
                     (long long)r->placeholders, (long long)r->placeholder_line);
}

enum csv_step reviewed_next(struct reviewed *r, struct reviewed_row *row) {
    if (r->stopped)
        return CSV_STOP;
    struct csv_row csv;
    enum csv_step step = csv_next(r->csv, &csv);
    if (step == CSV_END)
        at_end(r);
    if (step != CSV_ROW)
        return step;
    struct str status = id_cell(r, &csv, STATUS);
    *row = (struct reviewed_row){
        .line = csv.line,
        .assignment_id = id_cell(r, &csv, ASSIGNMENT),
        .hit_id = id_cell(r, &csv, HIT),
        .worker_id = id_cell(r, &csv, WORKER),
        .status = status,
        .batch =
            has(r, ANNOTATION) ? results_file_batch_id(csv.cells[r->header.at[ANNOTATION]]) : 0,
        .csv = csv,
    };
    read_marks(r, row);
    check_twins(r, &csv);
    check_ascii(r, &csv);
    check_number_forms(r, row);
    check_row(r, row);
    return CSV_ROW;
}
