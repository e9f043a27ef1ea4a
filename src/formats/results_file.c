#include "formats/results_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/pack.h"
#include "formats/answer.h"
#include "formats/header.h"

const char *const RESULTS_NAMES[RESULTS_FIXED] = {
    "HITId",
    "HITTypeId",
    "Title",
    "Description",
    "Keywords",
    "Reward",
    "CreationTime",
    "MaxAssignments",
    "RequesterAnnotation",
    "AssignmentDurationInSeconds",
    "AutoApprovalDelayInSeconds",
    "Expiration",
    "NumberOfSimilarHITs",
    "LifetimeInSeconds",
    "AssignmentId",
    "WorkerId",
    "AssignmentStatus",
    "AcceptTime",
    "SubmitTime",
    "AutoApprovalTime",
    "ApprovalTime",
    "RejectionTime",
    "RequesterFeedback",
    "WorkTimeInSeconds",
    "LifetimeApprovalRate",
    "Last30DaysApprovalRate",
    "Last7DaysApprovalRate",
};

const char *const RESULTS_EXTENDED_NAMES[RESULTS_EXTENDED] = {
    "HITStatus",  "BatchName",  "ProjectVersion", "Fee",     "OverturnUntil",
    "Overturned", "ApprovedBy", "BonusTotal",     "Attempt",
};

bool results_file_knows(struct str name) {
    static const char *const OTHERS[] = {"Approve", "Reject", "Outcome", "Reason", "Line"};
    if (str_starts(name, STR("Input.")) || str_starts(name, STR("Answer.")))
        return true;
    for (size_t i = 0; i < RESULTS_FIXED; i++)
        if (header_is(name, RESULTS_NAMES[i]))
            return true;
    for (size_t i = 0; i < RESULTS_EXTENDED; i++)
        if (header_is(name, RESULTS_EXTENDED_NAMES[i]))
            return true;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (header_is(name, OTHERS[i]))
            return true;
    return false;
}

static void write_header(struct results_file *w) {
    const struct results_file_shape *s = w->shape;
    for (size_t i = 0; i < RESULTS_FIXED; i++)
        csv_cell(&w->csv, str_c(RESULTS_NAMES[i]));
    for (size_t i = 0; i < s->n_inputs; i++)
        csv_cell_pair(&w->csv, STR("Input."), s->inputs[i]);
    for (size_t i = 0; i < s->n_answers; i++)
        csv_cell_pair(&w->csv, STR("Answer."), s->answers[i]);
    csv_cell(&w->csv, STR("Approve"));
    csv_cell(&w->csv, STR("Reject"));
    for (size_t i = 0; s->extended && i < RESULTS_EXTENDED; i++)
        csv_cell(&w->csv, str_c(RESULTS_EXTENDED_NAMES[i]));
    csv_row_end(&w->csv);
}

void results_file_begin(struct results_file *w, struct buf *out, enum csv_dialect dialect,
                        const struct results_file_shape *shape) {
    *w = (struct results_file){.shape = shape};
    w->cells = calloc(shape->n_answers + 1, sizeof *w->cells);
    if (!w->cells)
        abort();
    csv_out_begin(&w->csv, out, dialect);
    write_header(w);
}

void results_file_end(struct results_file *w) {
    free(w->cells);
    buf_free(&w->joined);
    w->cells = NULL;
}

static int compare(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The cell of a field, or NULL when the header has no such column. */
static struct str *cell_of(struct results_file *w, struct str name) {
    const struct str *all = w->shape->answers;
    const struct str *at =
        w->shape->n_answers ? bsearch(&name, all, w->shape->n_answers, sizeof name, compare) : NULL;
    return at ? &w->cells[at - all] : NULL;
}

/* Joins the next count values of rest with '|', behind what w->joined holds. */
static struct str join(struct results_file *w, struct str *rest, int64_t count) {
    struct str value = STR("");
    if (count == 1) {
        pack_next(rest, &value);
        return value;
    }
    size_t from = w->joined.n;
    for (int64_t i = 0; i < count && pack_next(rest, &value); i++) {
        if (i)
            buf_putc(&w->joined, '|');
        buf_str(&w->joined, value);
    }
    return count ? (struct str){w->joined.p + from, w->joined.n - from} : STR("");
}

static void fill_answers(struct results_file *w, struct str packed) {
    memset(w->cells, 0, w->shape->n_answers * sizeof *w->cells);
    buf_clear(&w->joined);
    buf_room(&w->joined, packed.n); /* joined texts are shorter: earlier ones stay where they are */
    struct str rest = packed, name, number;
    struct answer answer;
    while (rest.n && pack_next(&rest, &name) && pack_next(&rest, &number) &&
           answer_count(number, &answer)) {
        struct str value = join(w, &rest, answer.count);
        struct str *cell = cell_of(w, name);
        if (cell)
            *cell = value;
    }
}

static void write_inputs(struct results_file *w, struct str packed) {
    struct str rest = packed;
    for (size_t i = 0; i < w->shape->n_inputs; i++) {
        struct str value = STR("");
        if (rest.n && !pack_next(&rest, &value))
            value = STR("");
        csv_cell(&w->csv, value);
    }
}

void results_file_row(struct results_file *w, const struct results_file_row *row) {
    const struct results_file_shape *s = w->shape;
    for (size_t i = 0; i < RESULTS_FIXED; i++)
        csv_cell(&w->csv, row->fixed[i]);
    write_inputs(w, row->inputs);
    fill_answers(w, row->answers);
    for (size_t i = 0; i < s->n_answers; i++)
        csv_cell_worker(&w->csv, w->cells[i]);
    if (w->csv.dialect != CSV_STRICT_CLASSIC || s->extended) {
        csv_cell(&w->csv, STR(""));
        csv_cell(&w->csv, row->reject);
    }
    for (size_t i = 0; s->extended && i < RESULTS_EXTENDED; i++)
        csv_cell(&w->csv, row->extended[i]);
    csv_row_end(&w->csv);
}

size_t results_file_sort_names(struct str *names, size_t n) {
    if (n)
        qsort(names, n, sizeof *names, compare);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || !str_eq(names[i], names[kept - 1]))
            names[kept++] = names[i];
    return kept;
}

void results_file_rate(struct buf *out, int64_t approved, int64_t decided) {
    assert(approved >= 0 && approved <= decided && decided < INT64_MAX / 400);
    int64_t percent = decided ? (200 * approved + decided) / (2 * decided) : 0;
    buf_printf(out, "%lld%% (%lld/%lld)", (long long)percent, (long long)approved,
               (long long)decided);
}

int64_t results_file_batch_id(struct str annotation) {
    ptrdiff_t at = str_find(annotation, STR("BatchId:"));
    if (at < 0)
        return 0;
    struct str s = str_from(annotation, (size_t)at + 8);
    size_t n = 0;
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    int64_t batch = 0;
    num_parse(str_sub(s, 0, n), 1, INT64_MAX, &batch);
    return batch;
}
