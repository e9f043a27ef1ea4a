#include "market/results_filter.h"

#include "base/pack.h"
#include "formats/answer.h"

enum { HALF = 5000, WHOLE = 10000 };

bool results_filter_narrow(const struct results_filter *f) {
    return f->worker_id.n || f->hit_id.n || f->from_ms || f->to_ms || f->work_min_s ||
           f->work_max_s || f->column_count || f->agreement;
}

/* --- cells --- */

static struct str input_cell(struct str columns, struct str vars, struct str name) {
    struct str column, value;
    while (pack_next(&columns, &column) && pack_next(&vars, &value)) {
        if (str_eq(column, name))
            return value;
    }
    return STR_NULL;
}

static struct str answer_cell(struct arena *a, struct str fields, struct str name) {
    struct answer answer;
    while (fields.n && answer_next(&fields, &answer)) {
        if (str_eq(answer.name, name))
            return answer_joined(a, &answer);
    }
    return STR_NULL;
}

struct str results_cell(struct arena *a, struct str columns, const struct filter_row *row,
                        struct str column) {
    const struct str input = STR("Input."), answer = STR("Answer.");
    if (str_starts(column, input))
        return input_cell(columns, row->vars, str_from(column, input.n));
    if (str_starts(column, answer))
        return answer_cell(a, row->fields, str_from(column, answer.n));
    return STR_NULL;
}

/* --- conditions --- */

static bool contains(struct str text, struct str what) {
    for (size_t i = 0; i + what.n <= text.n; i++) {
        if (str_ieq(str_sub(text, i, what.n), what))
            return true;
    }
    return false;
}

static bool column_takes(const struct column_filter *f, struct str cell) {
    switch (f->op) {
    case OP_CONTAINS: return contains(cell, f->text);
    case OP_EQUALS: return cell.p && str_eq(cell, f->text);
    case OP_EMPTY: return str_trim(cell).n == 0;
    case OP_FILLED: return str_trim(cell).n > 0;
    }
    return true;
}

bool results_filter_takes(const struct results_filter *f, struct arena *a, struct str columns,
                          const struct filter_row *row) {
    int64_t work_s = (row->submitted_ms - row->accepted_ms) / 1000;
    if ((f->work_min_s && work_s < f->work_min_s) || (f->work_max_s && work_s > f->work_max_s))
        return false;
    for (int i = 0; i < f->column_count; i++) {
        if (!column_takes(&f->columns[i], results_cell(a, columns, row, f->columns[i].column)))
            return false;
    }
    return true;
}

/* --- agreement --- */

/* Whether an answer holds this very field. */
static bool holds(struct str fields, const struct answer *wanted) {
    struct answer answer;
    while (fields.n && answer_next(&fields, &answer)) {
        if (str_eq(answer.name, wanted->name))
            return str_eq(answer.values, wanted->values);
    }
    return false;
}

int64_t results_agreement(const struct str *others, size_t n, struct str fields) {
    int64_t compared = 0, equal = 0;
    struct answer answer;
    while (fields.n && answer_next(&fields, &answer)) {
        for (size_t i = 0; i < n; i++) {
            compared++;
            equal += holds(others[i], &answer);
        }
    }
    return compared ? equal * WHOLE / compared : -1;
}

enum filter_agreement results_agreement_class(int64_t agreement) {
    return agreement < 0 ? ALONE : agreement >= HALF ? AGREES : DIFFERS;
}
