#include "formats/old_results.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/datetime.h"
#include "base/money.h"
#include "base/num.h"
#include "formats/header.h"
#include "formats/value.h"

/* What the Command Line Tools call a column (section 8); NULL: as the site, or not at all. */
static const char *const TOOLS_NAMES[RESULTS_FIXED] = {
    [RESULTS_MAX_ASSIGNMENTS] = "assignments",
    [RESULTS_REQUESTER_ANNOTATION] = "annotation",
    [RESULTS_ASSIGNMENT_DURATION] = "assignmentduration",
    [RESULTS_AUTO_APPROVAL_DELAY] = "autoapprovaldelay",
    [RESULTS_EXPIRATION] = "hitlifetime",
    [RESULTS_ACCEPT_TIME] = "assignmentaccepttime",
    [RESULTS_SUBMIT_TIME] = "assignmentsubmittime",
    [RESULTS_APPROVAL_TIME] = "assignmentapprovaltime",
    [RESULTS_REJECTION_TIME] = "assignmentrejecttime",
    [RESULTS_REQUESTER_FEEDBACK] = "feedback",
};

struct field_column {
    struct str name;
    size_t at;
};

/* One part of the file: what stands under one header. */
struct map {
    size_t fixed[RESULTS_FIXED]; /* column or HEADER_NONE */
    size_t approve, reject;
    struct field_column *inputs, *answers;
    size_t n_inputs, n_answers;
};

struct old_results {
    struct csv *csv;
    struct findings *findings;
    struct arena arena; /* of the map; reset by a new header */
    struct map map;
    bool stopped, ended;
    int64_t headers, unassigned;
    struct old_field *inputs, *answers;
    struct buf fault;
};

/* ---- headers ---- */

static void take_field(struct old_results *r, struct str name, size_t at) {
    struct map *m = &r->map;
    struct str input = STR("Input."), answer = STR("Answer.");
    if (str_starts(name, input))
        m->inputs[m->n_inputs++] =
            (struct field_column){str_dup(&r->arena, str_from(name, input.n)), at};
    else if (str_starts(name, answer))
        m->answers[m->n_answers++] =
            (struct field_column){str_dup(&r->arena, str_from(name, answer.n)), at};
    else if (m->approve == HEADER_NONE && header_is(name, "Approve"))
        m->approve = at;
    else if (m->reject == HEADER_NONE && header_is(name, "Reject"))
        m->reject = at;
}

static size_t column_called(const struct str *cells, size_t n, const char *name) {
    size_t i = 0;
    while (name && i < n && !header_is(cells[i], name))
        i++;
    return name && i < n ? i : HEADER_NONE;
}

static void *more(void *p, size_t n, size_t size) {
    p = reallocarray(p, n + 1, size);
    if (!p)
        abort();
    return p;
}

static void take_header(struct old_results *r, const struct str *cells, size_t n) {
    arena_reset(&r->arena);
    struct map *m = &r->map;
    *m = (struct map){
        .approve = HEADER_NONE,
        .reject = HEADER_NONE,
        .inputs = arena_array(&r->arena, n, sizeof *m->inputs),
        .answers = arena_array(&r->arena, n, sizeof *m->answers),
    };
    for (size_t c = 0; c < RESULTS_FIXED; c++) {
        m->fixed[c] = column_called(cells, n, RESULTS_NAMES[c]);
        if (m->fixed[c] == HEADER_NONE)
            m->fixed[c] = column_called(cells, n, TOOLS_NAMES[c]);
    }
    for (size_t i = 0; i < n; i++)
        take_field(r, value_trim(cells[i]), i);
    r->inputs = more(r->inputs, m->n_inputs, sizeof *r->inputs);
    r->answers = more(r->answers, m->n_answers, sizeof *r->answers);
    csv_set_width(r->csv, n);
    r->headers++;
}

bool old_results_has(const struct old_results *r, enum results_file_column c) {
    return r->map.fixed[c] != HEADER_NONE;
}

/* A row that is a header again: of the same columns, or of others that begin with HITId. */
static bool is_header(const struct old_results *r, const struct csv_row *row) {
    size_t at = r->map.fixed[RESULTS_ASSIGNMENT_ID];
    if (header_is(row->cells[at], RESULTS_NAMES[RESULTS_ASSIGNMENT_ID]))
        return true;
    return header_is(row->cells[0], RESULTS_NAMES[RESULTS_HIT_ID]) &&
           column_called(row->cells, row->count, RESULTS_NAMES[RESULTS_ASSIGNMENT_ID]) !=
               HEADER_NONE;
}

static bool check_columns(struct old_results *r, int64_t line, const struct str *names, size_t n) {
    static const enum results_file_column NEEDED[] = {RESULTS_ASSIGNMENT_ID, RESULTS_HIT_ID};
    for (size_t i = 0; i < sizeof NEEDED / sizeof *NEEDED; i++) {
        const char *name = RESULTS_NAMES[NEEDED[i]];
        if (old_results_has(r, NEEDED[i]))
            continue;
        findings_add(r->findings, FINDING_FILE, "U03", line, str_c(name),
                     "Column %s is missing (found: %s). This is not a results file of the old "
                     "service; take the file that its Results page offered as CSV.",
                     name, header_list(r->findings->arena, names, n).p);
        return false;
    }
    return true;
}

struct old_results *old_results_open(struct source source, const struct old_options *options,
                                     struct findings *f) {
    struct old_results *r = calloc(1, sizeof *r);
    if (!r)
        abort();
    arena_init(&r->arena, 0);
    r->findings = f;
    struct header_names wanted = {RESULTS_NAMES, RESULTS_FIXED};
    r->csv = csv_open(source,
                      &(struct csv_options){
                          .encoding = options->encoding,
                          .bytes_max = options->bytes_max,
                          .rows_max = options->rows_max,
                          .score = header_score,
                          .score_arg = &wanted,
                      },
                      f);
    size_t n;
    const struct str *names = csv_header(r->csv, &n);
    if (n)
        take_header(r, names, n);
    r->stopped = n == 0 || !check_columns(r, csv_header_line(r->csv), names, n);
    return r;
}

void old_results_close(struct old_results *r) {
    if (!r)
        return;
    csv_close(r->csv);
    arena_free(&r->arena);
    buf_free(&r->fault);
    free(r->inputs);
    free(r->answers);
    free(r);
}

int64_t old_results_headers(const struct old_results *r) {
    return r->headers;
}

const struct csv *old_results_csv(const struct old_results *r) {
    return r->csv;
}

/* ---- times ---- */

static const struct {
    const char *zone;
    int offset_min;
} ZONES[] = {
    {"CET", 60},   {"CEST", 120}, {"MEZ", 60},   {"MESZ", 120}, {"WET", 0},    {"WEST", 60},
    {"EET", 120},  {"EEST", 180}, {"MSK", 180},  {"EST", -300}, {"EDT", -240}, {"CST", -360},
    {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"JST", 540},  {"KST", 540},  {"SGT", 480},
    {"HKT", 480},  {"AEST", 600}, {"AEDT", 660}, {"BRT", -180}, {"BST", 60},   {"IST", 330},
};

/* "Fri Feb 17 16:30:36 CET 2017": the zone is read here, the rest as if it were UTC. */
bool old_time_parse(struct str s, int64_t *ms) {
    if (time_parse_file(s, ms))
        return true;
    enum { ZONE_AT = 20, YEAR_LEN = 5, TEXT_MAX = 40 };
    if (s.n <= ZONE_AT + YEAR_LEN || s.n > TEXT_MAX)
        return false;
    struct str zone = str_sub(s, ZONE_AT, s.n - ZONE_AT - YEAR_LEN);
    struct str year = str_from(s, s.n - YEAR_LEN);
    size_t i = 0;
    while (i < sizeof ZONES / sizeof *ZONES && !str_is(zone, ZONES[i].zone))
        i++;
    if (i == sizeof ZONES / sizeof *ZONES)
        return false;
    char text[TEXT_MAX + 1];
    memcpy(text, s.p, ZONE_AT);
    memcpy(text + ZONE_AT, "UTC", 3);
    memcpy(text + ZONE_AT + 3, year.p, YEAR_LEN);
    int64_t utc;
    if (!time_parse_file((struct str){text, ZONE_AT + 3 + YEAR_LEN}, &utc))
        return false;
    *ms = utc - INT64_C(60000) * ZONES[i].offset_min;
    return true;
}

/* ---- values ---- */

static void fault(struct old_results *r, struct old_row *row, const char *code, struct str column) {
    row->code = code;
    row->fault = buf_view(&r->fault);
    findings_add(r->findings, FINDING_ROW, code, row->line, column, "%s", r->fault.p);
}

static void bad_value(struct old_results *r, struct old_row *row, enum results_file_column c,
                      const char *expected) {
    if (row->code)
        return; /* one fault a row is told; the rest shows itself once it is mended */
    struct str clipped = str_sub(row->text[c], 0, 60);
    buf_clear(&r->fault);
    buf_printf(&r->fault, "Line %lld, %s: \"%.*s\" is not %s.", (long long)row->line,
               RESULTS_NAMES[c], STR_ARG(clipped), expected);
    fault(r, row, "value", str_c(RESULTS_NAMES[c]));
}

/* The trimmed text of a number or time; empty for what R and pandas write for nothing. */
static struct str plain(const struct old_row *row, enum results_file_column c) {
    struct str s = value_trim(row->text[c]);
    if (str_is(s, "NA") || str_ieq(s, STR("nan")) || str_is(s, "NaT"))
        return STR("");
    return s;
}

static int64_t read_time(struct old_results *r, struct old_row *row, enum results_file_column c) {
    struct str s = plain(row, c);
    int64_t ms = OLD_NONE;
    if (s.n && !old_time_parse(s, &ms))
        bad_value(r, row, c,
                  "a time like \"Tue Mar 12 10:11:12 PDT 2019\" or \"2018-06-08 15:14:39 UTC\"");
    return ms;
}

static int64_t read_count(struct old_results *r, struct old_row *row, enum results_file_column c) {
    struct str s = plain(row, c);
    if (str_ends(s, STR(".0"))) /* pandas, when a cell of the column is empty */
        s.n -= 2;
    int64_t n = OLD_NONE;
    if (s.n && !num_parse(s, 0, INT64_C(1000000000000), &n))
        bad_value(r, row, c, "a whole number of 0 or more");
    return n;
}

static int64_t read_money(struct old_results *r, struct old_row *row) {
    struct str s = plain(row, RESULTS_REWARD);
    if (s.n == 0)
        return OLD_NONE;
    if (s.p[0] == '$')
        s = str_from(s, 1);
    int64_t cents = OLD_NONE;
    if (!money_parse(s, &cents))
        bad_value(r, row, RESULTS_REWARD, "an amount like $0.05");
    return cents;
}

static enum old_status read_status(struct old_results *r, struct old_row *row) {
    static const char *const WORDS[] = {"", "Submitted", "Approved", "Rejected"};
    struct str s = plain(row, RESULTS_ASSIGNMENT_STATUS);
    for (int i = 0; i < 4; i++)
        if (str_ieq(s, str_c(WORDS[i])))
            return (enum old_status)i;
    bad_value(r, row, RESULTS_ASSIGNMENT_STATUS, "Submitted, Approved or Rejected");
    return OLD_STATUS_NONE;
}

static void read_values(struct old_results *r, struct old_row *row) {
    row->reward_cents = read_money(r, row);
    row->creation_ms = read_time(r, row, RESULTS_CREATION_TIME);
    row->max_assignments = read_count(r, row, RESULTS_MAX_ASSIGNMENTS);
    row->duration_s = read_count(r, row, RESULTS_ASSIGNMENT_DURATION);
    row->auto_approval_s = read_count(r, row, RESULTS_AUTO_APPROVAL_DELAY);
    row->expiration_ms = read_time(r, row, RESULTS_EXPIRATION);
    row->status = read_status(r, row);
    row->accept_ms = read_time(r, row, RESULTS_ACCEPT_TIME);
    row->submit_ms = read_time(r, row, RESULTS_SUBMIT_TIME);
    row->auto_approval_ms = read_time(r, row, RESULTS_AUTO_APPROVAL_TIME);
    row->approval_ms = read_time(r, row, RESULTS_APPROVAL_TIME);
    row->rejection_ms = read_time(r, row, RESULTS_REJECTION_TIME);
    row->work_s = read_count(r, row, RESULTS_WORK_TIME);
    row->batch = results_file_batch_id(row->text[RESULTS_REQUESTER_ANNOTATION]);
}

static void read_fields(struct old_field *out, const struct field_column *columns, size_t n,
                        const struct csv_row *csv) {
    for (size_t i = 0; i < n; i++) {
        struct str value = csv->cells[columns[i].at];
        out[i] = (struct old_field){
            .name = columns[i].name,
            .value = str_is(value, "{}") ? STR("") : value,
            .given = value.n > 0,
        };
    }
}

static struct str cell(const struct csv_row *csv, size_t at) {
    return at == HEADER_NONE ? STR("") : csv->cells[at];
}

static void read_cells(struct old_results *r, struct old_row *row, const struct csv_row *csv) {
    struct map *m = &r->map;
    for (size_t c = 0; c < RESULTS_FIXED; c++)
        row->text[c] = cell(csv, m->fixed[c]);
    static const enum results_file_column IDS[] = {
        RESULTS_HIT_ID,
        RESULTS_HIT_TYPE_ID,
        RESULTS_ASSIGNMENT_ID,
        RESULTS_WORKER_ID,
    };
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++)
        row->text[IDS[i]] = value_mark(row->text[IDS[i]]);
    row->approve = cell(csv, m->approve);
    row->reject = cell(csv, m->reject);
    read_fields(r->inputs, m->inputs, m->n_inputs, csv);
    for (size_t i = 0; i < m->n_inputs; i++) /* "{}" may be an input's own text */
        r->inputs[i].value = csv->cells[m->inputs[i].at];
    read_fields(r->answers, m->answers, m->n_answers, csv);
    row->inputs = r->inputs;
    row->n_inputs = m->n_inputs;
    row->answers = r->answers;
    row->n_answers = m->n_answers;
}

static void check_row(struct old_results *r, struct old_row *row, const struct csv_row *csv) {
    buf_clear(&r->fault);
    if (csv->overlong) {
        buf_printf(&r->fault,
                   "Line %lld has %zu cells, the header has %zu. A separator in a text that is "
                   "not quoted shifts all cells behind it; put the text in quotes.",
                   (long long)row->line, csv->count, csv->width);
        fault(r, row, "U07", STR_NULL);
    } else if (row->text[RESULTS_ASSIGNMENT_ID].n == 0) {
        buf_printf(&r->fault, "Line %lld has no AssignmentId.", (long long)row->line);
        fault(r, row, "U24", str_c(RESULTS_NAMES[RESULTS_ASSIGNMENT_ID]));
    } else if (value_is_number_form(row->text[RESULTS_ASSIGNMENT_ID])) {
        bad_value(r, row, RESULTS_ASSIGNMENT_ID,
                  "an id: a spreadsheet turned it into a number, and it is lost");
    }
}

/* ---- the interface ---- */

static void at_end(struct old_results *r) {
    if (r->ended)
        return;
    r->ended = true;
    if (r->headers > 1)
        findings_add(r->findings, FINDING_WARNING, "repeated-header", 0, STR_NULL,
                     "The file holds %lld headers: it was put together from several files.",
                     (long long)r->headers);
    if (r->unassigned)
        findings_add(r->findings, FINDING_WARNING, "no-assignment", 0, STR_NULL,
                     "%lld rows are tasks that nobody worked on; they were left out.",
                     (long long)r->unassigned);
    csv_warn(r->csv, false);
}

/* The Command Line Tools write a row for a HIT without work, too. */
static bool unassigned(const struct old_results *r, const struct csv_row *csv) {
    return csv_separator(r->csv) == '\t' &&
           value_trim(csv->cells[r->map.fixed[RESULTS_ASSIGNMENT_ID]]).n == 0 &&
           value_trim(csv->cells[r->map.fixed[RESULTS_HIT_ID]]).n > 0;
}

enum csv_step old_results_next(struct old_results *r, struct old_row *row) {
    struct csv_row csv;
    enum csv_step step = CSV_STOP;
    while (!r->stopped && (step = csv_next(r->csv, &csv)) == CSV_ROW) {
        if (is_header(r, &csv)) {
            take_header(r, csv.cells, csv.count);
            r->stopped = !check_columns(r, csv.line, csv.cells, csv.count);
            step = CSV_STOP;
            continue;
        }
        if (unassigned(r, &csv)) {
            r->unassigned++;
            continue;
        }
        *row = (struct old_row){.line = csv.line};
        read_cells(r, row, &csv);
        check_row(r, row, &csv);
        read_values(r, row);
        return CSV_ROW;
    }
    if (step == CSV_END)
        at_end(r);
    return step;
}
