#include "formats/batch_input.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "formats/hash_set.h"
#include "formats/header.h"
#include "formats/value.h"

enum { ATTRIBUTE_MAX = 65535 };

/* Something that many cells of a column share: told once, at the end. */
struct tally {
    int64_t count, line;
};

struct column {
    size_t at; /* in the file */
    bool used; /* by the layout */
    struct tally empty, control, overlong, http;
};

struct batch_input {
    struct csv *csv;
    struct findings *findings;
    struct arena *arena;
    struct batch_input_options o;
    bool stopped, ended;
    struct str *names; /* of columns */
    struct column *columns;
    size_t n;
    size_t *unnamed; /* columns of the file without a name */
    size_t n_unnamed;
    bool unnamed_told;
    struct str *values;
    struct hash_set seen;
    struct tally identical;
    int64_t wrong_width;
};

static void tally(struct tally *t, int64_t line) {
    if (t->count++ == 0)
        t->line = line;
}

/* ---- the header ---- */

static size_t find(const struct str *names, size_t n, struct str name, bool fold) {
    size_t i = 0;
    while (i < n && !(fold ? str_ieq(names[i], name) : str_eq(names[i], name)))
        i++;
    return i;
}

static int score(void *arg, const struct str *cells, size_t count) {
    const struct batch_input_options *o = arg;
    size_t n = o->n_variables + o->n_optional;
    int found = 0;
    for (size_t i = 0; i < count; i++)
        found += find(o->variables, n, value_trim(cells[i]), true) < n;
    return found;
}

static void take_columns(struct batch_input *b, const struct str *cells, size_t count) {
    b->names = arena_array(b->arena, count, sizeof *b->names);
    b->columns = arena_array(b->arena, count, sizeof *b->columns);
    b->unnamed = arena_array(b->arena, count, sizeof *b->unnamed);
    for (size_t i = 0; i < count; i++) {
        struct str name = value_trim(cells[i]);
        if (name.n == 0) {
            b->unnamed[b->n_unnamed++] = i;
            continue;
        }
        if (name.n != cells[i].n)
            findings_add(b->findings, FINDING_WARNING, "header-spaces", csv_header_line(b->csv),
                         name, "Column %zu: the spaces around its name \"%s\" were ignored.", i + 1,
                         findings_show(b->arena, name).p);
        b->names[b->n] = str_dup(b->arena, name);
        b->columns[b->n++].at = i;
    }
    b->values = calloc(b->n + 1, sizeof *b->values);
    if (!b->values)
        abort();
}

static void check_names(struct batch_input *b) {
    int64_t line = csv_header_line(b->csv);
    for (size_t i = 0; i < b->n; i++) {
        struct str name = b->names[i];
        size_t bad = 0;
        while (bad < name.n && !strchr("{}$\"\r\n", name.p[bad]))
            bad++;
        if (bad < name.n)
            findings_add(b->findings, FINDING_FILE, "column-name", line, name,
                         "Column %zu is called \"%s\"; a name can not hold { } $ \" or line ends. "
                         "Rename it in the file and in the layout.",
                         b->columns[i].at + 1, findings_show(b->arena, name).p);
        size_t first = find(b->names, i, name, false);
        if (first < i)
            findings_add(b->findings, FINDING_FILE, "U05", line, name,
                         "Two columns are called %s (columns %zu and %zu). Rename or remove one of "
                         "them.",
                         findings_show(b->arena, name).p, b->columns[first].at + 1,
                         b->columns[i].at + 1);
    }
}

/* The column that was probably meant for a variable, or b->n. */
static size_t nearest(const struct batch_input *b, struct str variable) {
    char *folded = str_z(b->arena, variable);
    size_t i = 0;
    while (i < b->n && !header_is(b->names[i], folded))
        i++;
    return i;
}

static void missing(struct batch_input *b, struct str variable) {
    int64_t line = csv_header_line(b->csv);
    struct str name = findings_show(b->arena, variable);
    size_t near = nearest(b, variable);
    if (near < b->n)
        findings_add(b->findings, FINDING_FILE, "U03", line, variable,
                     "The layout needs %s; the file has %s. Rename the column or the variable, so "
                     "that both are spelled the same.",
                     name.p, findings_show(b->arena, b->names[near]).p);
    else
        findings_add(b->findings, FINDING_FILE, "U03", line, variable,
                     "The layout needs a column %s (found: %s). Add it to the file, or take ${%s} "
                     "out of the layout.",
                     name.p, header_list(b->arena, b->names, b->n).p, name.p);
}

static void match_variable(struct batch_input *b, struct str variable) {
    size_t at = find(b->names, b->n, variable, false);
    if (at == b->n) {
        at = find(b->names, b->n, variable, true);
        if (at == b->n) {
            missing(b, variable);
            return;
        }
        struct str has = findings_show(b->arena, b->names[at]);
        struct str needs = findings_show(b->arena, variable);
        if (!b->o.fold_case) {
            findings_add(b->findings, FINDING_FILE, "column-case", csv_header_line(b->csv),
                         variable,
                         "The layout needs %s; the file has %s, which differs in case only. Use "
                         "it all the same, or rename it.",
                         needs.p, has.p);
            return;
        }
        findings_add(b->findings, FINDING_WARNING, "column-case", csv_header_line(b->csv), variable,
                     "Column %s is used for %s.", has.p, needs.p);
        b->names[at] = str_dup(b->arena, variable);
    }
    b->columns[at].used = true;
}

static void match_optional(struct batch_input *b, struct str name) {
    size_t at = find(b->names, b->n, name, false);
    if (at < b->n)
        b->columns[at].used = true;
}

static void list_extra(struct batch_input *b) {
    struct str *extra = arena_array(b->arena, b->n, sizeof *extra);
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        if (!b->columns[i].used)
            extra[n++] = b->names[i];
    if (n)
        findings_add(b->findings, FINDING_WARNING, "columns-extra", csv_header_line(b->csv),
                     STR_NULL,
                     "%zu column%s not used by the layout: %s. What stands in unused columns is "
                     "carried into the results as Input.*.",
                     n, n == 1 ? " is" : "s are", header_list(b->arena, extra, n).p);
}

struct batch_input *batch_input_open(struct source source,
                                     const struct batch_input_options *options,
                                     struct findings *f) {
    struct batch_input *b = calloc(1, sizeof *b);
    if (!b)
        abort();
    b->o = *options;
    b->findings = f;
    b->arena = f->arena;
    b->csv = csv_open(source,
                      &(struct csv_options){
                          .encoding = options->encoding,
                          .bytes_max = options->bytes_max,
                          .rows_max = options->rows_max,
                          .score = score,
                          .score_arg = &b->o,
                      },
                      f);
    size_t count;
    const struct str *cells = csv_header(b->csv, &count);
    if (count) {
        take_columns(b, cells, count);
        check_names(b);
        for (size_t i = 0; i < b->o.n_variables; i++)
            match_variable(b, b->o.variables[i]);
        for (size_t i = 0; i < b->o.n_optional; i++)
            match_optional(b, b->o.variables[b->o.n_variables + i]);
        list_extra(b);
    }
    b->stopped = count == 0 || findings_refuse(f);
    return b;
}

void batch_input_close(struct batch_input *b) {
    if (!b)
        return;
    csv_close(b->csv);
    hash_set_free(&b->seen);
    free(b->values);
    free(b);
}

const struct str *batch_input_columns(const struct batch_input *b, size_t *n) {
    *n = b->n;
    return b->names;
}

const struct csv *batch_input_csv(const struct batch_input *b) {
    return b->csv;
}

/* ---- rows ---- */

static void check_unnamed(struct batch_input *b, const struct csv_row *row) {
    for (size_t i = 0; i < b->n_unnamed && !b->unnamed_told; i++) {
        size_t at = b->unnamed[i];
        if (value_trim(row->cells[at]).n == 0)
            continue;
        b->unnamed_told = true;
        findings_add(b->findings, FINDING_FILE, "column-unnamed", row->line, STR_NULL,
                     "Column %zu has no name, but a text in line %lld (\"%s\"). Give it a name or "
                     "remove it.",
                     at + 1, (long long)row->line, findings_show(b->arena, row->cells[at]).p);
    }
}

/* The first column of the layout whose cell is missing, or b->n. */
static size_t cut_column(const struct batch_input *b, const struct csv_row *row) {
    size_t i = 0;
    while (i < b->n && !(b->columns[i].used && b->columns[i].at >= row->count))
        i++;
    return i;
}

static const char *check_width(struct batch_input *b, const struct csv_row *row) {
    size_t cut = row->count < row->width ? cut_column(b, row) : b->n;
    if (!row->overlong && cut == b->n)
        return NULL;
    b->wrong_width++;
    if (row->overlong)
        findings_add(b->findings, FINDING_ROW, "U07", row->line, STR_NULL,
                     "Line %lld has %zu cells, the header has %zu. A separator in a text that is "
                     "not quoted shifts all cells behind it; put the text in quotes.",
                     (long long)row->line, row->count, row->width);
    else
        findings_add(b->findings, FINDING_ROW, "U07", row->line, b->names[cut],
                     "Line %lld has %zu cells, the header has %zu: the cell for %.*s is missing. "
                     "Complete the line.",
                     (long long)row->line, row->count, row->width,
                     STR_ARG(str_sub(b->names[cut], 0, HEADER_NAME_MAX)));
    return "U07";
}

static void check_value(struct column *c, struct str value, int64_t line, bool https_page) {
    if (value_control_at(value) < value.n)
        tally(&c->control, line);
    if (!c->used)
        return;
    if (value_trim(value).n == 0)
        tally(&c->empty, line);
    if (value.n > ATTRIBUTE_MAX)
        tally(&c->overlong, line);
    if (https_page && str_ieq(str_sub(value_trim(value), 0, 7), STR("http://")))
        tally(&c->http, line);
}

static void warn_column(struct batch_input *b, const struct tally *t, const char *code,
                        struct str name, const char *text) {
    if (t->count)
        findings_add(b->findings, FINDING_WARNING, code, t->line, name,
                     "Column %s: %s in %lld row%s (the first in line %lld).",
                     findings_show(b->arena, name).p, text, (long long)t->count,
                     t->count == 1 ? "" : "s", (long long)t->line);
}

static void at_end(struct batch_input *b) {
    if (b->ended)
        return;
    b->ended = true;
    int64_t rows = csv_rows(b->csv);
    if (b->wrong_width * 2 > rows)
        findings_add(b->findings, FINDING_FILE, "U07", 0, STR_NULL,
                     "%lld of %lld rows do not have the cells that the header names. The file was "
                     "probably taken apart at the wrong separator or lost its quotes; save it "
                     "again as CSV.",
                     (long long)b->wrong_width, (long long)rows);
    for (size_t i = 0; i < b->n; i++) {
        const struct column *c = &b->columns[i];
        struct str name = b->names[i];
        warn_column(b, &c->empty, "empty-cells", name, "an empty cell");
        warn_column(b, &c->control, "control-characters", name,
                    "control characters, which are kept,");
        warn_column(b, &c->overlong, "long-values", name,
                    "more than 65,535 bytes, which may be too long for an attribute,");
        warn_column(b, &c->http, "http-links", name,
                    "a link to http:, which browsers do not load into an https: page,");
    }
    if (b->identical.count)
        findings_add(b->findings, FINDING_WARNING, "identical-rows", b->identical.line, STR_NULL,
                     "%lld row%s the same as an earlier row (the first is line %lld). Each becomes "
                     "a task of its own.",
                     (long long)b->identical.count, b->identical.count == 1 ? " is" : "s are",
                     (long long)b->identical.line);
    csv_warn(b->csv, true);
}

enum csv_step batch_input_next(struct batch_input *b, struct batch_input_row *row) {
    if (b->stopped)
        return CSV_STOP;
    struct csv_row csv;
    enum csv_step step = csv_next(b->csv, &csv);
    if (step == CSV_END)
        at_end(b);
    if (step != CSV_ROW)
        return step;
    check_unnamed(b, &csv);
    for (size_t i = 0; i < b->n; i++) {
        b->values[i] = csv.cells[b->columns[i].at];
        check_value(&b->columns[i], b->values[i], csv.line, b->o.https_page);
    }
    if (!hash_set_add(&b->seen, hash_texts(b->values, b->n)))
        tally(&b->identical, csv.line);
    *row = (struct batch_input_row){
        .line = csv.line,
        .values = b->values,
        .code = check_width(b, &csv),
    };
    return CSV_ROW;
}
