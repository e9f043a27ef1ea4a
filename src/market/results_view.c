#include "market/results_view.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/num.h"
#include "market/decide.h"
#include "market/due.h"
#include "market/lookup.h"
#include "store/sql.h"

#define WINDOW_MS (INT64_C(1000) * OVERTURN_WINDOW_S)
#define DAY_MS    INT64_C(86400000)

/* A page and the row that says that there are more. */
enum { CHUNK = RESULTS_PAGE_MAX + 1, HITS_A_CHUNK = 1000, KEY_NUMBERS = 6 };

/* --- keys --- */

struct str results_key_text(struct arena *a, const struct results_key *k) {
    return str_printf(a, "%lld.%lld.%lld.%lld.%lld.%lld", (long long)k->status, (long long)k->seq,
                      (long long)k->hit, (long long)k->ms, (long long)k->id, (long long)k->skip);
}

bool results_key_parse(struct str text, struct results_key *k) {
    int64_t v[KEY_NUMBERS];
    for (int i = 0; i < KEY_NUMBERS; i++) {
        if (!text.p || !num_parse(str_cut(&text, '.'), 0, INT64_MAX, &v[i]))
            return false;
    }
    *k = (struct results_key){v[0], v[1], v[2], v[3], v[4], v[5]};
    return text.p == NULL;
}

/* --- the source of rows --- */

/* A chunk of rows that the store gave, and what is asked of it. */
struct scan {
    struct ctx *c;
    const struct results_filter *filter;
    struct str columns;
    int64_t batch, seq_max;
    int64_t hit, worker; /* of the filter; 0: any, -1: nothing matches */
    unsigned statuses;
    int64_t from_ms, to_ms;
    enum results_sort sort;
    struct results_key at; /* the last row that was looked at */
    bool end;              /* the store has no more */

    struct arena rows_arena; /* of the chunk */
    struct results_row rows[CHUNK];
    int count, want;
};

static int64_t known(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

static int64_t undo_until(const struct ctx *c, const struct sql_results_view_one_out *r) {
    bool undoable = r->status == ASSIGNMENT_REJECTED && r->disposed_ms == SQL_NULL &&
                    (c->now_ms - r->submitted_ms) / 1000 <= OVERTURN_WINDOW_S;
    return undoable ? r->submitted_ms + WINDOW_MS : 0;
}

static struct results_row make_row(struct ctx *c, struct arena *a,
                                   const struct sql_results_view_one_out *r) {
    struct str alias = str_dup(a, r->alias), hit_alias = str_dup(a, r->hit_alias);
    return (struct results_row){
        .row = r->id,
        .hit = r->hit,
        .worker = r->worker,
        .id = alias.p ? alias : id_seal(a, c->ids, ID_ASSIGNMENT, r->id),
        .hit_id = hit_alias.p ? hit_alias : id_seal(a, c->ids, ID_HIT, r->hit),
        .worker_id = str_dup(a, r->worker_id),
        .seq = r->seq,
        .max_assignments = r->max_assignments,
        .status = (enum assignment_status)r->status,
        .entrance = (enum entrance)known(r->entrance),
        .version = r->version,
        .reward_cents = r->reward_cents,
        .fee_cents = r->fee_cents,
        .accepted_ms = r->accepted_ms,
        .submitted_ms = r->submitted_ms,
        .auto_approval_ms = known(r->auto_approval_ms),
        .approved_ms = known(r->approved_ms),
        .rejected_ms = known(r->rejected_ms),
        .undo_until_ms = undo_until(c, r),
        .feedback = str_dup(a, r->feedback),
        .rejection = str_dup(a, r->rejection),
        .vars = str_dup(a, r->vars),
        .fields = str_dup(a, r->fields),
        .agreement = -1,
    };
}

/* The statements' rows are of one shape (view `result`), but each of a type of its own. */
#define ROW_TAKER(statement)                                                                       \
    static bool take_##statement(void *arg, const struct sql_results_view_##statement##_out *r) {  \
        struct sql_results_view_one_out one;                                                       \
        _Static_assert(sizeof one == sizeof *r, "one shape");                                      \
        memcpy(&one, r, sizeof one);                                                               \
        return take_row(arg, &one);                                                                \
    }

static bool take_row(struct scan *s, const struct sql_results_view_one_out *r) {
    assert(s->count < CHUNK);
    s->rows[s->count++] = make_row(s->c, &s->rows_arena, r);
    return true;
}
ROW_TAKER(up)
ROW_TAKER(down)
ROW_TAKER(hits)
ROW_TAKER(worker)
ROW_TAKER(of_hit)

static enum st chunk_by_time(struct scan *s, unsigned statuses, int want) {
    struct ctx *c = s->c;
    bool down = s->sort == SORT_LATEST;
    struct sql_results_view_up_in up = {
        .batch = s->batch,
        .statuses = statuses,
        /* The key as a bound of time too: so the index is entered there, not at its end. */
        .from_ms = !down && s->at.ms > s->from_ms ? s->at.ms : s->from_ms,
        .to_ms = down && s->at.id && s->at.ms < s->to_ms ? s->at.ms + 1 : s->to_ms,
        .after_ms = down && s->at.id == 0 ? INT64_MAX : s->at.ms,
        .after = s->at.id,
        .n = want,
    };
    if (!down)
        return sql_results_view_up_each(c->tx, &up, take_up, s);
    struct sql_results_view_down_in in;
    _Static_assert(sizeof in == sizeof up, "one shape");
    memcpy(&in, &up, sizeof in);
    return sql_results_view_down_each(c->tx, &in, take_down, s);
}

/* Statuses one after the other, each by time. */
static enum st chunk_by_status(struct scan *s, int want) {
    enum st st = ST_OK;
    if (s->at.status < ASSIGNMENT_SUBMITTED)
        s->at.status = ASSIGNMENT_SUBMITTED;
    while (st == ST_OK && s->at.status <= ASSIGNMENT_REJECTED) {
        unsigned bit = 1u << (s->at.status - ASSIGNMENT_SUBMITTED);
        if (s->statuses & bit)
            st = chunk_by_time(s, bit, want);
        if (s->count > 0)
            break;
        s->at = (struct results_key){.status = s->at.status + 1};
    }
    s->end = s->count == 0;
    return st;
}

/* One range of HITs; nothing found in it is no end. */
static enum st chunk_by_hit(struct scan *s, int want) {
    s->end = s->at.seq > s->seq_max;
    if (s->end)
        return ST_OK;
    int64_t to = s->at.seq + HITS_A_CHUNK;
    struct sql_results_view_hits_in in = {
        .batch = s->batch,
        .statuses = s->statuses,
        .from_ms = s->from_ms,
        .to_ms = s->to_ms,
        .seq = s->at.seq,
        .seq_to = to,
        .hit = s->at.hit,
        .after_ms = s->at.ms,
        .after = s->at.id,
        .n = want,
    };
    enum st st = sql_results_view_hits_each(s->c->tx, &in, take_hits, s);
    if (s->count == 0)
        s->at = (struct results_key){.seq = to + 1};
    return st;
}

/* The next rows, at most want; s->end when there are no more. */
static enum st chunk(struct scan *s, int want) {
    struct ctx *c = s->c;
    s->count = 0;
    arena_reset(&s->rows_arena);
    if (s->worker < 0 || s->hit < 0) {
        s->end = true;
        return ST_OK;
    }
    struct sql_results_view_worker_in w = {s->worker, s->batch, s->statuses, s->from_ms,
                                           s->to_ms,  s->at.ms, s->at.id,    want};
    struct sql_results_view_of_hit_in h = {s->hit,   s->batch, s->statuses, s->from_ms,
                                           s->to_ms, s->at.ms, s->at.id,    want};
    enum st st;
    if (s->worker)
        st = sql_results_view_worker_each(c->tx, &w, take_worker, s);
    else if (s->hit)
        st = sql_results_view_of_hit_each(c->tx, &h, take_of_hit, s);
    else if (s->sort == SORT_HIT)
        return chunk_by_hit(s, want);
    else if (s->sort == SORT_STATUS)
        return chunk_by_status(s, want);
    else
        st = chunk_by_time(s, s->statuses, want);
    s->end = s->count < want;
    return st;
}

static void seen(struct scan *s, const struct results_row *r) {
    s->at = (struct results_key){
        .status = r->status,
        .seq = r->seq,
        .hit = r->hit,
        .ms = r->submitted_ms,
        .id = r->row,
    };
}

/* --- agreement --- */

struct answers {
    struct arena *arena;
    int64_t ids[AGREEMENT_ANSWERS_MAX];
    struct str fields[AGREEMENT_ANSWERS_MAX];
    size_t n;
};

static bool take_answer(void *arg, const struct sql_results_view_answers_out *row) {
    struct answers *l = arg;
    l->ids[l->n] = row->id;
    l->fields[l->n++] = str_dup(l->arena, row->fields);
    return true;
}

static enum st add_agreement(struct ctx *c, struct arena *a, struct results_row *r) {
    struct answers l = {.arena = a};
    struct str others[AGREEMENT_ANSWERS_MAX];
    size_t n = 0;
    if (r->max_assignments < 2 || !r->fields.p)
        return ST_OK;
    enum st st = sql_results_view_answers_each(
        c->tx, &(struct sql_results_view_answers_in){r->hit, AGREEMENT_ANSWERS_MAX}, take_answer,
        &l);
    for (size_t i = 0; i < l.n; i++) {
        if (l.ids[i] != r->row)
            others[n++] = l.fields[i];
    }
    r->agreement = results_agreement(others, n, r->fields);
    return st;
}

/* Whether the filter takes a row of the chunk. */
static enum st judge(struct scan *s, struct results_row *r, bool *takes) {
    struct filter_row row = {r->hit, r->accepted_ms, r->submitted_ms, r->vars, r->fields};
    enum st st = ST_OK;
    *takes = results_filter_takes(s->filter, &s->rows_arena, s->columns, &row) &&
             (s->hit <= 0 || r->hit == s->hit);
    if (*takes && s->filter->agreement) {
        st = add_agreement(s->c, &s->rows_arena, r);
        *takes = results_agreement_class(r->agreement) == s->filter->agreement;
    }
    return st;
}

/* --- opening --- */

static struct err open_names(struct ctx *c, struct scan *s) {
    const struct results_filter *f = s->filter;
    if (f->worker_id.n) {
        struct sql_review_find_worker_out out = {.id = -1};
        enum st st =
            sql_review_find_worker(c->tx, &(struct sql_review_find_worker_in){f->worker_id}, &out);
        if (st != ST_OK && st != ST_NONE)
            return ctx_store(c, st);
        s->worker = st == ST_OK ? out.id : -1;
    }
    if (!f->hit_id.n)
        return NO_ERR;
    struct err e = lookup_hit(c, f->hit_id, &s->hit);
    if (s->hit == 0)
        s->hit = -1;
    return e;
}

static struct err open_scan(struct ctx *c, int64_t batch, const struct results_filter *f,
                            struct scan *s, struct sql_results_view_batch_out *b) {
    s->c = c;
    s->filter = f;
    s->batch = batch;
    s->statuses = f->statuses ? f->statuses : SHOW_ALL;
    s->from_ms = f->from_ms;
    s->to_ms = f->to_ms ? f->to_ms : INT64_MAX;
    enum st st = sql_results_view_batch(
        c->tx, &(struct sql_results_view_batch_in){batch, c->actor->party}, b);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, "batch", "There is no batch %lld.",
                        (long long)batch);
    if (st != ST_OK)
        return ctx_store(c, st);
    s->columns = b->columns;
    s->seq_max = known(b->seq_max);
    return open_names(c, s);
}

static int64_t of_statuses(const struct sql_results_view_batch_out *b, unsigned statuses) {
    return (statuses & SHOW_SUBMITTED ? b->submitted : 0) +
           (statuses & SHOW_APPROVED ? b->approved : 0) +
           (statuses & SHOW_REJECTED ? b->rejected : 0);
}

/* --- figures of workers --- */

static enum st add_rates(struct ctx *c, struct results_view *v) {
    int64_t today = c->now_ms / DAY_MS;
    enum st st = ST_OK;
    for (int i = 0; i < v->count && st == ST_OK; i++) {
        struct results_row *r = &v->rows[i];
        int before = 0;
        while (before < i && v->rows[before].worker != r->worker)
            before++;
        struct sql_decide_pair_out n;
        if (before < i) {
            const struct results_row *b = &v->rows[before];
            n = (struct sql_decide_pair_out){b->week_approved,  b->week_rejected, b->month_approved,
                                             b->month_rejected, b->approved,      b->rejected};
        } else {
            struct sql_decide_pair_in in = {c->actor->party, r->worker, today - 6, today - 29};
            st = sql_decide_pair(c->tx, &in, &n);
        }
        if (st != ST_OK)
            break;
        r->approved = n.approved;
        r->rejected = n.rejected;
        r->month_approved = n.approved30;
        r->month_rejected = n.rejected30;
        r->week_approved = n.approved7;
        r->week_rejected = n.rejected7;
    }
    return st;
}

static enum st add_agreements(struct ctx *c, struct results_view *v) {
    enum st st = ST_OK;
    for (int i = 0; i < v->count && st == ST_OK; i++)
        st = add_agreement(c, c->arena, &v->rows[i]);
    return st;
}

/* --- pages in an order that has an index --- */

static struct results_row keep(struct arena *a, struct results_row r) {
    r.id = str_dup(a, r.id);
    r.hit_id = str_dup(a, r.hit_id);
    r.worker_id = str_dup(a, r.worker_id);
    r.feedback = str_dup(a, r.feedback);
    r.rejection = str_dup(a, r.rejection);
    r.vars = str_dup(a, r.vars);
    r.fields = str_dup(a, r.fields);
    return r;
}

/* How many rows are looked at for one page. */
static int scan_max(const struct scan *s) {
    return s->filter->agreement ? RESULTS_SCAN_AGREEMENT_MAX : RESULTS_SCAN_MAX;
}

/* Looks at rows until the page is full and the count, if it must be counted, is known or large. */
static enum st fill(struct scan *s, const struct results_view_in *in, bool counting,
                    struct results_view *v) {
    enum st st = ST_OK;
    for (int scanned = 0; st == ST_OK && !s->end && scanned < scan_max(s);) {
        int want = counting || results_filter_narrow(s->filter) ? CHUNK : in->limit + 1;
        st = chunk(s, want);
        scanned += s->count ? s->count : CHUNK;
        for (int i = 0; i < s->count && st == ST_OK; i++) {
            bool takes;
            st = judge(s, &s->rows[i], &takes);
            if (takes && v->count == in->limit && !v->more) {
                v->more = true;
                v->next = s->at;
            }
            seen(s, &s->rows[i]);
            if (!takes)
                continue;
            v->matching++;
            if (v->count < in->limit)
                v->rows[v->count++] = keep(s->c->arena, s->rows[i]);
        }
        if (v->more && (!counting || v->matching > RESULTS_COUNT_MAX))
            break;
    }
    if (!v->more && !s->end) {
        v->more = true;
        v->next = s->at;
    }
    return st;
}

/* --- pages in an order that has none --- */

struct sort_key {
    int64_t id, worked_ms, submitted_ms;
    struct str worker_id;
};

struct sorting {
    struct arena *arena;
    struct sort_key *keys;
    size_t n;
};

static bool take_key(void *arg, const struct sql_results_view_keys_out *row) {
    struct sorting *s = arg;
    s->keys[s->n++] = (struct sort_key){row->id, row->worked_ms, row->submitted_ms,
                                        str_dup(s->arena, row->worker_id)};
    return true;
}

static int by_time(const struct sort_key *x, const struct sort_key *y) {
    if (x->submitted_ms != y->submitted_ms)
        return x->submitted_ms < y->submitted_ms ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static int by_worker(const void *a, const void *b) {
    const struct sort_key *x = a, *y = b;
    int order = str_cmp(x->worker_id, y->worker_id);
    return order ? order : by_time(x, y);
}

static int by_work(const void *a, const void *b) {
    const struct sort_key *x = a, *y = b;
    if (x->worked_ms != y->worked_ms)
        return x->worked_ms < y->worked_ms ? -1 : 1;
    return by_time(x, y);
}

/* Keys of all rows of the statuses are sorted; then each row is looked at in that order. */
static enum st fill_sorted(struct scan *s, const struct results_view_in *in,
                           struct results_view *v) {
    struct ctx *c = s->c;
    struct sorting l = {c->arena, arena_array(c->arena, RESULTS_SORT_MAX, sizeof *l.keys), 0};
    enum st st = sql_results_view_keys_each(
        c->tx, &(struct sql_results_view_keys_in){s->batch, s->statuses, RESULTS_SORT_MAX},
        take_key, &l);
    if (l.n > 1)
        qsort(l.keys, l.n, sizeof *l.keys, s->sort == SORT_WORKER ? by_worker : by_work);
    size_t i = (size_t)in->after.skip;
    for (int scanned = 0; st == ST_OK && i < l.n && scanned < scan_max(s); i++, scanned++) {
        struct sql_results_view_one_out one;
        bool takes;
        st = sql_results_view_one(
            c->tx, &(struct sql_results_view_one_in){l.keys[i].id, s->batch, c->actor->party},
            &one);
        if (st != ST_OK)
            break;
        struct results_row row = make_row(c, c->arena, &one);
        if (row.submitted_ms < s->from_ms || row.submitted_ms >= s->to_ms)
            continue;
        st = judge(s, &row, &takes);
        if (!takes)
            continue;
        if (v->count == in->limit)
            break;
        v->matching++;
        v->rows[v->count++] = row;
    }
    v->more = i < l.n;
    v->next = (struct results_key){.skip = (int64_t)i};
    return st;
}

/* --- the rule --- */

/* The order that can be given. */
static enum results_sort order_of(const struct results_view_in *in, int64_t rows) {
    enum results_sort sort = in->sort ? in->sort : SORT_SUBMITTED;
    if (in->filter.worker_id.n || in->filter.hit_id.n)
        return SORT_SUBMITTED;
    if ((sort == SORT_WORKER || sort == SORT_WORK_TIME) && rows > RESULTS_SORT_MAX)
        return SORT_SUBMITTED;
    return sort;
}

static enum st fill_page(struct scan *s, const struct results_view_in *in, int64_t rows,
                         struct results_view *v) {
    bool narrow = results_filter_narrow(s->filter);
    enum st st = s->sort == SORT_WORKER || s->sort == SORT_WORK_TIME
                     ? fill_sorted(s, in, v)
                     : fill(s, in, narrow && in->after.id == 0, v);
    v->exact = !narrow || (s->end && in->after.id == 0 && in->after.skip == 0);
    if (!narrow)
        v->matching = rows;
    v->hidden = v->exact ? v->all - v->matching : 0;
    if (st == ST_OK)
        st = add_agreements(s->c, v);
    return st == ST_OK ? add_rates(s->c, v) : st;
}

struct err results_view(struct ctx *c, const struct results_view_in *in, struct results_view *out) {
    assert(in->limit >= 1 && in->limit <= RESULTS_PAGE_MAX);
    struct scan *s = arena_new(c->arena, struct scan);
    struct sql_results_view_batch_out b;
    *out =
        (struct results_view){.rows = arena_array(c->arena, (size_t)in->limit, sizeof *out->rows)};
    struct err e = open_scan(c, in->batch, &in->filter, s, &b);
    if (failed(e))
        return e;
    int64_t rows = of_statuses(&b, s->statuses);
    out->all = of_statuses(&b, SHOW_ALL);
    out->sort = s->sort = order_of(in, rows);
    s->at = in->after;
    e = due_any(c, &out->due);
    if (failed(e) || b.kind == BATCH_ARCHIVE)
        return e;
    arena_init(&s->rows_arena, 0);
    enum st st = fill_page(s, in, rows, out);
    arena_free(&s->rows_arena);
    return ctx_store(c, st);
}

struct err results_row(struct ctx *c, int64_t batch, struct str assignment_id,
                       struct results_row *out) {
    struct sql_results_view_one_out one;
    int64_t row = 0;
    struct err e = lookup_assignment(c, assignment_id, &row);
    if (failed(e))
        return e;
    enum st st = ST_NONE;
    if (row)
        st = sql_results_view_one(
            c->tx, &(struct sql_results_view_one_in){row, batch, c->actor->party}, &one);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_ASSIGNMENT_DOES_NOT_EXIST, "AssignmentId",
                        "Assignment %.*s does not exist.", STR_ARG(str_sub(assignment_id, 0, 64)));
    if (st != ST_OK)
        return ctx_store(c, st);
    struct results_view v = {.rows = out, .count = 1};
    *out = make_row(c, c->arena, &one);
    st = add_agreements(c, &v);
    return ctx_store(c, st == ST_OK ? add_rates(c, &v) : st);
}

struct err results_each(struct ctx *c, int64_t batch, const struct results_filter *filter,
                        int64_t max, results_take *take, void *arg) {
    struct scan *s = arena_new(c->arena, struct scan);
    struct sql_results_view_batch_out b;
    struct err e = open_scan(c, batch, filter, s, &b);
    if (failed(e))
        return e;
    enum st st = ST_OK;
    s->sort = SORT_SUBMITTED;
    arena_init(&s->rows_arena, 0);
    for (int64_t n = 0; st == ST_OK && !s->end && n < max;) {
        st = chunk(s, CHUNK);
        for (int i = 0; i < s->count && st == ST_OK && n < max; i++) {
            bool takes;
            st = judge(s, &s->rows[i], &takes);
            seen(s, &s->rows[i]);
            if (!takes)
                continue;
            take(arg, s->rows[i].row, s->rows[i].status);
            n++;
        }
    }
    arena_free(&s->rows_arena);
    return ctx_store(c, st);
}
