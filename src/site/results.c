/* Review Results (requester-site 5): the rows of a batch, its filter, its columns. Decisions on
 * them are chosen here and confirmed on the plan's page (review.c). */
#include "site/results.h"

#include "base/limits.h"
#include "base/pack.h"
#include "formats/answer.h"
#include "market/attention.h"
#include "market/decide.h"
#include "market/due.h"

/* Real files have up to 725 columns (csv-formats 1.3). */
enum { COLUMNS_MAX = 1000, ANSWERS_AT_FIRST = 12, CHOICES_MANY = 25 };

/* --- columns --- */

/* A column that can be chosen: one of the fixed ones, or a cell's. */
struct column {
    struct str name, label;
    bool chosen, cell, number;
};

struct columns {
    struct column list[COLUMNS_MAX];
    size_t n;
    bool cut; /* the batch has more than can be chosen from */
};

static const struct {
    const char *name, *label;
    bool at_first, number;
} fixed[] = {
    {"hit", "Task (HIT)", false, false},     {"agreement", "Agreement", true, true},
    {"submitted", "Submitted", true, false}, {"work", "Work time", true, true},
    {"rate", "Your rate", true, true},       {"recent", "30 days", false, true},
    {"feedback", "Feedback", true, false},   {"reward", "Reward", false, true},
};
enum { FIXED = sizeof fixed / sizeof *fixed };

static void add_column(struct columns *c, const struct column *column) {
    if (c->n < COLUMNS_MAX)
        c->list[c->n++] = *column;
    else
        c->cut = true;
}

static bool holds(struct str packed, struct str name) {
    struct str item;
    while (packed.n && pack_next(&packed, &item)) {
        if (str_eq(item, name))
            return true;
    }
    return false;
}

static void add_cells(struct columns *c, struct arena *a, struct str packed, const char *prefix,
                      size_t at_first) {
    struct str name;
    for (size_t i = 0; packed.n && pack_next(&packed, &name); i++) {
        if (c->n >= COLUMNS_MAX - FIXED) { /* room for the columns that every batch has */
            c->cut = true;
            return;
        }
        struct str full = str_printf(a, "%s%.*s", prefix, STR_ARG(name));
        add_column(c, &(struct column){full, full, i < at_first, true, false});
    }
}

/* All columns of the batch: those that were chosen (packed) first and in that order, or those that
 * are shown at first; then the others. */
static struct columns *columns_of(struct arena *a, const struct batch_view *b, struct str chosen) {
    struct columns *all = arena_new(a, struct columns), *c = arena_new(a, struct columns);
    struct str name;
    add_cells(all, a, b->fields, "Answer.", ANSWERS_AT_FIRST);
    for (size_t i = 0; i < FIXED; i++)
        add_column(all, &(struct column){str_c(fixed[i].name), str_c(fixed[i].label),
                                         fixed[i].at_first, false, fixed[i].number});
    add_cells(all, a, b->columns, "Input.", 0);
    for (struct str rest = chosen; rest.n && pack_next(&rest, &name);) {
        for (size_t i = 0; i < all->n; i++) {
            if (str_eq(all->list[i].name, name))
                add_column(c, &(struct column){name, all->list[i].label, true, all->list[i].cell,
                                               all->list[i].number});
        }
    }
    for (size_t i = 0; i < all->n && !chosen.n; i++) {
        if (all->list[i].chosen)
            add_column(c, &all->list[i]);
    }
    for (size_t i = 0; i < all->n; i++) {
        bool shown = chosen.n ? holds(chosen, all->list[i].name) : all->list[i].chosen;
        all->list[i].chosen = false;
        if (!shown)
            add_column(c, &all->list[i]);
    }
    c->cut |= all->cut;
    return c;
}

/* Remembered for a project, or for a batch that has none. */
static struct str columns_subject(struct arena *a, const struct batch_view *b) {
    return b->project ? str_printf(a, "columns.project.%lld", (long long)b->project)
                      : str_printf(a, "columns.type.%lld", (long long)b->hit_type);
}

/* --- rows --- */

struct showing {
    struct call *call;
    struct arena *arena;
    const struct batch_view *batch;
    const struct results_query *q;
    const struct columns *columns;
};

/* The chosen columns: cells of answer and input hold their text, the others the row itself. */
static void fill_cells(const struct showing *s, const struct results_row *r,
                       struct tpl_result_row *row) {
    struct filter_row cells = {r->hit, r->accepted_ms, r->submitted_ms, r->vars, r->fields};
    struct tpl_result_row_cells *list = arena_array(s->arena, s->columns->n, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < s->columns->n && s->columns->list[i].chosen; i++) {
        const struct column *c = &s->columns->list[i];
        list[n] = (struct tpl_result_row_cells){.column = c->name,
                                                .kind = c->cell ? STR("cell") : c->name};
        if (c->cell)
            list[n].cell = site_cell(
                s->arena, results_cell(s->arena, s->batch->columns, &cells, c->name), s->q->images);
        n++;
    }
    row->cells = list;
    row->cells_n = n;
}

static struct tpl_result_row row_of(const struct showing *s, const struct results_row *r) {
    struct tpl_result_row row = {
        .id = r->id,
        .hit_id = r->hit_id,
        .worker_id = r->worker_id,
        .address = str_printf(s->arena, "/requester/batches/%lld/results/%.*s%s%.*s",
                              (long long)s->batch->id, STR_ARG(r->id), s->q->query.n ? "?" : "",
                              STR_ARG(s->q->query)),
        .status = site_status_word(r->status),
        .badge = site_status_badge(r->status),
        .overturned = r->status == ASSIGNMENT_APPROVED && r->rejected_ms != 0,
        .may_tick =
            (route_rights(&s->call->session) & MAY_REVIEW) != 0 && s->batch->kind != BATCH_ARCHIVE,
        .undo_until = r->undo_until_ms,
        .auto_approval = r->status == ASSIGNMENT_SUBMITTED ? r->auto_approval_ms : 0,
        .submitted = r->submitted_ms,
        .work = (r->submitted_ms - r->accepted_ms) / 1000,
        .reward = r->reward_cents,
        .fee = r->fee_cents,
        .lifetime = site_rate(r->approved, r->approved + r->rejected),
        .approved = r->approved,
        .decided = r->approved + r->rejected,
        .month = site_rate(r->month_approved, r->month_approved + r->month_rejected),
        .week = site_rate(r->week_approved, r->week_approved + r->week_rejected),
        .agreement = r->agreement,
        .has_agreement = r->agreement >= 0,
        .feedback = r->feedback.n ? r->feedback : r->rejection,
    };
    fill_cells(s, r, &row);
    return row;
}

/* --- the page --- */

/* The order that pressing a heading gives; NULL: there is none by that column. Pressed again, the
 * time of submission runs backward. */
static const char *order_by(struct str column, enum results_sort now) {
    static const struct {
        const char *column, *sort;
    } orders[] = {
        {"worker", "worker"}, {"state", "status"}, {"hit", "hit"},
        {"work", "work"},     {"submitted", NULL},
    };
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        if (str_is(column, orders[i].column))
            return orders[i].sort ? orders[i].sort : now == SORT_SUBMITTED ? "latest" : "submitted";
    }
    return NULL;
}

/* "ascending", "descending" when the rows stand in the order of that column. */
static struct str standing(struct str column, enum results_sort now) {
    static const char *const of[] = {
        [SORT_SUBMITTED] = "submitted", [SORT_LATEST] = "submitted", [SORT_HIT] = "hit",
        [SORT_STATUS] = "state",        [SORT_WORKER] = "worker",    [SORT_WORK_TIME] = "work",
    };
    if (!str_is(column, of[now]))
        return STR("");
    return now == SORT_LATEST ? STR("descending") : STR("ascending");
}

static struct tpl_results_heads head_of(const struct showing *s, enum results_sort now,
                                        const struct column *c) {
    const char *order = order_by(c->name, now);
    return (struct tpl_results_heads){
        .column = c->name,
        .label = c->label,
        .number = c->number,
        .address = order ? results_url(s->arena, s->batch->id, s->q->query, "sort", str_c(order))
                         : STR(""),
        .standing = standing(c->name, now),
    };
}

static void fill_heads(const struct showing *s, enum results_sort now, struct tpl_results *page) {
    static const struct column first[] = {
        {.name = {"worker", 6}, .label = {"Worker", 6}},
        {.name = {"state", 5}, .label = {"State", 5}},
    };
    const struct columns *c = s->columns;
    struct tpl_results_heads *heads = arena_array(s->arena, c->n + 2, sizeof *heads);
    size_t n = 0;
    for (size_t i = 0; i < 2; i++)
        heads[n++] = head_of(s, now, &first[i]);
    for (size_t i = 0; i < c->n && c->list[i].chosen; i++)
        heads[n++] = head_of(s, now, &c->list[i]);
    page->heads = heads;
    page->heads_n = n;
}

static void fill_columns(const struct showing *s, struct tpl_results *page) {
    const struct columns *c = s->columns;
    struct tpl_results_columns *columns = arena_array(s->arena, c->n, sizeof *columns);
    struct tpl_results_choices *choices = arena_array(s->arena, c->n, sizeof *choices);
    for (size_t i = 0; i < c->n; i++) {
        const struct column *column = &c->list[i];
        choices[page->choices_n++] = (struct tpl_results_choices){
            .value = column->name,
            .label = column->label,
            .chosen = column->chosen,
            .first = i == 0,
            .last = i + 1 == c->n || !c->list[i + 1].chosen,
        };
        if (column->cell)
            columns[page->columns_n++] =
                (struct tpl_results_columns){column->name, str_eq(column->name, s->q->column)};
    }
    page->columns = columns;
    page->choices = choices;
    page->columns_cut = c->cut;
    page->choices_many = c->n > CHOICES_MANY;
    page->customize = form_get(&s->call->req->query, "customize").n > 0;
}

static void add_shown(struct tpl_results_shown *list, size_t *n, const char *label,
                      struct str value) {
    if (value.n)
        list[(*n)++] = (struct tpl_results_shown){str_c(label), value};
}

/* The filter in words, above the table. */
static void fill_shown(const struct showing *s, struct tpl_results *page) {
    static const char *const op_words[] = {"", "contains", "is", "is empty", "is not empty"};
    static const char *const agreement_words[] = {"", "agrees with most of its task",
                                                  "disagrees with most of its task",
                                                  "is the only answer of its task"};
    const struct results_query *q = s->q;
    struct tpl_results_shown *list = arena_array(s->arena, 10, sizeof *list);
    size_t n = 0;
    if (q->filter.statuses != SHOW_ALL)
        add_shown(list, &n, "status is",
                  str_is(q->status, "submitted")  ? STR("Submitted")
                  : str_is(q->status, "approved") ? STR("Approved")
                                                  : STR("Rejected"));
    add_shown(list, &n, "worker is", q->worker);
    add_shown(list, &n, "task is", q->hit);
    add_shown(list, &n, "submitted from", q->from);
    add_shown(list, &n, "submitted to", q->to);
    if (q->work_min.n)
        add_shown(list, &n, "work time at least",
                  str_printf(s->arena, "%.*s min", STR_ARG(q->work_min)));
    if (q->work_max.n)
        add_shown(list, &n, "work time at most",
                  str_printf(s->arena, "%.*s min", STR_ARG(q->work_max)));
    if (q->filter.column_count) {
        enum filter_op op = q->filter.columns[0].op;
        bool text = op == OP_CONTAINS || op == OP_EQUALS;
        add_shown(list, &n, str_z(s->arena, q->column),
                  text ? str_printf(s->arena, "%s “%.*s”", op_words[op], STR_ARG(q->text))
                       : str_c(op_words[op]));
    }
    if (q->filter.agreement)
        add_shown(list, &n, "answer", str_c(agreement_words[q->filter.agreement]));
    page->shown = list;
    page->shown_n = n;
    page->is_filtered = n > 0;
}

/* Addresses of the same view in another way. */
static void fill_links(const struct showing *s, const struct results_view *v,
                       struct tpl_results *page) {
    static const int64_t sizes[] = {25, 100, 500};
    struct arena *a = s->arena;
    int64_t batch = s->batch->id;
    struct results_query q = *s->q;
    struct tpl_results_sizes *list = arena_array(a, 3, sizeof *list);
    for (size_t i = 0; i < 3; i++)
        list[i] = (struct tpl_results_sizes){
            .n = sizes[i],
            .address =
                results_url(a, batch, q.query, "size", str_printf(a, "%lld", (long long)sizes[i])),
            .current = q.size == sizes[i],
        };
    page->sizes = list;
    page->sizes_n = 3;
    page->first = results_url(a, batch, q.query, NULL, STR_NULL);
    page->next =
        v->more ? results_url(a, batch, q.query, "after", results_key_text(a, &v->next)) : STR("");
    page->show_all = results_url(a, batch, STR("status=all"), NULL, STR_NULL);
    page->images_on = results_url(a, batch, q.query, "images", STR("1"));
    page->images_off = results_url(a, batch, q.query, "images", STR("0"));
    page->csv = str_printf(a, "/requester/batches/%lld/csv", (long long)batch);
    page->csv_shown = str_printf(a, "%.*s?%.*s", STR_ARG(page->csv), STR_ARG(q.query));
}

/* The page opens with what waits for a decision; with everything when nothing does. */
static const char *status_at_first(const struct batch_view *b) {
    return b->submitted > 0 ? "submitted" : "all";
}

/* The first value of a repeated parameter is the last one written into our own addresses. */
static struct err read_query(struct call *call, const struct batch_view *b,
                             struct results_query *q) {
    struct form last = {
        arena_array(call->req->arena, call->req->query.count, sizeof(struct form_field)),
        call->req->query.count};
    for (size_t i = 0; i < last.count; i++)
        last.fields[i] = call->req->query.fields[last.count - 1 - i];
    results_query_read(call, &last, status_at_first(b), q);
    return NO_ERR;
}

static void fill_batch(const struct showing *s, const struct waiting_batch *w,
                       struct tpl_results *page) {
    const struct batch_view *b = s->batch;
    const struct results_query *q = s->q;
    *page = (struct tpl_results){
        .batch = b->id,
        .name = b->name,
        .deleting = b->state == BATCH_DELETING,
        .archive = b->kind == BATCH_ARCHIVE,
        .may_review = (route_rights(&s->call->session) & MAY_REVIEW) != 0,
        .waiting = b->submitted,
        .approved = b->approved,
        .rejected = b->rejected,
        .all = b->submitted + b->approved + b->rejected,
        .undoable = b->undoable_rejections,
        .undo_ends = b->undo_ends_ms,
        .next_auto = w->next_ms,
        .due = w->due,
        .status = q->status,
        .worker = q->worker,
        .hit = q->hit,
        .from = q->from,
        .to = q->to,
        .work_min = q->work_min,
        .work_max = q->work_max,
        .column = q->column,
        .op = q->op,
        .text = q->text,
        .agreement = q->agreement,
        .sort = q->sort_word,
        .size = q->size,
        .images = q->images,
        .more_used = q->filter.agreement || q->filter.from_ms || q->filter.to_ms ||
                     q->filter.work_min_s || q->filter.work_max_s,
        .query = q->query,
    };
}

static struct err show_view(const struct showing *s, struct ctx *ctx, const struct results_view *v,
                            bool at_start) {
    struct tpl_results page;
    struct waiting_batch waiting = {0};
    struct err e = attention_batch(ctx, s->batch->id, &waiting);
    if (failed(e))
        return e;
    fill_batch(s, &waiting, &page);
    page.matching = v->matching;
    page.hidden = v->hidden;
    page.exact = v->exact;
    page.at_start = at_start;
    page.sort_refused = v->sort != s->q->sort && !s->q->worker.n && !s->q->hit.n;
    struct tpl_result_row *rows = arena_array(s->arena, (size_t)v->count, sizeof *rows);
    for (int i = 0; i < v->count; i++)
        rows[i] = row_of(s, &v->rows[i]);
    page.rows = rows;
    page.rows_n = (size_t)v->count;
    fill_heads(s, v->sort, &page);
    fill_columns(s, &page);
    fill_shown(s, &page);
    fill_links(s, v, &page);
    return page_show(
        s->call,
        &(struct page){
            .title = "Review results", .nav = NAV_R_RESULTS, .wide = true, .images = s->q->images},
        tpl_results_view(&page));
}

static struct err show_results(struct call *call, struct ctx *ctx) {
    struct batch_view batch;
    struct results_query q;
    struct results_view v;
    struct str chosen = STR_NULL;
    struct arena *a = call->req->arena;
    if (call->writable) {
        struct err e = due_dry(ctx);
        if (failed(e))
            return e;
    }
    struct err e = site_batch(call, ctx, &batch);
    if (!failed(e))
        e = read_query(call, &batch, &q);
    if (!failed(e))
        e = view_choice_get(ctx, call->session.party.id, columns_subject(a, &batch), &chosen);
    if (failed(e))
        return e;
    struct results_view_in in = {
        .batch = batch.id, .filter = q.filter, .sort = q.sort, .limit = (int)q.size};
    bool at_start = !results_key_parse(form_get(&call->req->query, "after"), &in.after);
    e = results_view(ctx, &in, &v);
    if (failed(e))
        return e;
    call->due = v.due;
    struct showing s = {call, a, &batch, &q, columns_of(a, &batch, chosen)};
    return show_view(&s, ctx, &v, at_start);
}

/* --- choosing columns --- */

/* The names of the form that are columns of the batch, in the order they stand in. */
static size_t read_columns(struct call *call, const struct columns *c, struct str *names) {
    struct str name;
    size_t n = 0;
    for (size_t i = 0; n < COLUMNS_MAX && form_next(&call->form, "column", &i, &name);) {
        bool known = false, again = false;
        for (size_t k = 0; k < c->n; k++)
            known |= str_eq(c->list[k].name, name);
        for (size_t k = 0; k < n; k++)
            again |= str_eq(names[k], name);
        if (known && !again)
            names[n++] = name;
    }
    return n;
}

/* Exchanges a column with its neighbour; one that is not shown has none. */
static void move_column(struct str *names, size_t n, struct str name, bool left) {
    for (size_t i = 0; i < n; i++) {
        size_t other = left ? i - 1 : i + 1;
        if (!str_eq(names[i], name) || other >= n)
            continue;
        struct str kept = names[other];
        names[other] = names[i];
        names[i] = kept;
        return;
    }
}

static struct err put_columns(struct call *call, struct ctx *ctx) {
    struct batch_view batch;
    struct err e = site_batch(call, ctx, &batch);
    if (failed(e))
        return e;
    struct arena *a = call->req->arena;
    struct str *names = arena_array(a, COLUMNS_MAX, sizeof *names);
    size_t n = read_columns(call, columns_of(a, &batch, STR_NULL), names);
    struct str left = form_get(&call->form, "left"), right = form_get(&call->form, "right");
    bool moved = left.n || right.n, reset = form_get(&call->form, "reset").n > 0;
    if (moved)
        move_column(names, n, left.n ? left : right, left.n > 0);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < n; i++)
        pack_add(&b, names[i]);
    e = view_choice_put(ctx, call->session.party.id, columns_subject(a, &batch),
                        reset ? STR("") : buf_dup(a, &b));
    buf_free(&b);
    struct results_query q;
    if (!failed(e))
        e = results_query_parse(call, form_get(&call->form, "back"), status_at_first(&batch), &q);
    if (!failed(e))
        site_redirect(call, results_url(a, batch.id, q.query, moved ? "customize" : NULL,
                                        moved ? STR("1") : STR_NULL));
    return e;
}

const struct route site_results_rows[] = {
    {.method = "GET",
     .pattern = "/requester/batches/{batch}/results",
     .help = "Review Results: the batch's results, filtered and sorted.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_results},
    {.method = "POST",
     .pattern = "/requester/batches/{batch}/columns",
     .help = "Chooses the columns of this project's results.",
     .may = MAY_READ,
     .kind = CALL_WRITE,
     .run = put_columns},
    {.method = NULL},
};
