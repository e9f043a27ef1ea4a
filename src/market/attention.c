#include "market/attention.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "ledger/ledger.h"
#include "store/sql.h"

#define WINDOW_MS (INT64_C(1000) * OVERTURN_WINDOW_S)
#define DAY_MS    INT64_C(86400000)

static int64_t known(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

/* The window is compared in whole seconds: the last second counts. */
static int64_t window_since(const struct ctx *c) {
    return c->now_ms - WINDOW_MS - 999;
}

/* --- the first page --- */

struct batches_run {
    struct arena *arena;
    struct attention *out;
};

static bool take_batch(void *arg, const struct sql_attention_batches_out *row) {
    struct batches_run *run = arg;
    run->out->batches[run->out->batch_count++] = (struct waiting_batch){
        .id = row->id,
        .name = str_dup(run->arena, row->name),
        .submitted = row->submitted,
        .next_ms = known(row->next_ms),
        .due = row->due,
    };
    return true;
}

static int by_next(const void *a, const void *b) {
    const struct waiting_batch *x = a, *y = b;
    if (x->next_ms != y->next_ms)
        return x->next_ms < y->next_ms ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

struct err attention(struct ctx *c, struct attention *out) {
    int64_t requester = c->actor->party;
    *out = (struct attention){
        .batches = arena_array(c->arena, ATTENTION_BATCHES_MAX, sizeof *out->batches)};
    struct sql_attention_batches_in batches = {requester, c->now_ms + ATTENTION_DAY_S * 1000,
                                               ATTENTION_COUNT_MAX + 1, ATTENTION_BATCHES_MAX};
    struct sql_attention_undo_in undo = {requester, window_since(c), BATCH_UNDO_COUNT_MAX + 1};
    struct sql_attention_undo_out u;
    struct balances balances;
    enum st st = sql_attention_batches_each(c->tx, &batches, take_batch,
                                            &(struct batches_run){c->arena, out});
    if (st == ST_OK)
        st = sql_attention_undo(c->tx, &undo, &u);
    if (st == ST_OK)
        st = ledger_balances(c->tx, requester, &balances);
    if (st != ST_OK)
        return ctx_store(c, st);
    qsort(out->batches, (size_t)out->batch_count, sizeof *out->batches, by_next);
    out->undoable = u.n;
    out->undo_next_ms = u.n ? u.first_ms + WINDOW_MS : 0;
    out->undo_last_ms = u.n ? u.last_ms + WINDOW_MS : 0;
    out->undo_cents = u.cents;
    out->avail_cents = balances.avail;
    out->held_cents = balances.held;
    return NO_ERR;
}

struct err attention_batch(struct ctx *c, int64_t batch, struct waiting_batch *out) {
    struct sql_attention_batch_out b;
    struct sql_attention_batch_in in = {batch, c->actor->party,
                                        c->now_ms + INT64_C(1000) * ATTENTION_DAY_S,
                                        ATTENTION_COUNT_MAX + 1};
    *out = (struct waiting_batch){0};
    enum st st = sql_attention_batch(c->tx, &in, &b);
    if (st == ST_OK)
        *out = (struct waiting_batch){batch, b.name, b.submitted, known(b.next_ms), b.due};
    return ctx_store(c, st);
}

/* --- rejections to undo --- */

struct undo_run {
    struct ctx *c;
    const struct undo_in *in;
    struct undo_list *out;
    int seen;
};

static bool take_undo(void *arg, const struct sql_undo_page_out *r) {
    struct undo_run *run = arg;
    struct arena *a = run->c->arena;
    if (run->seen++ == run->in->limit) {
        run->out->more = true;
        return false;
    }
    run->out->next_ms = r->submitted_ms;
    run->out->next = r->id;
    if (r->disposed_ms != SQL_NULL) /* deleted: it can not be undone any more */
        return true;
    run->out->rows[run->out->count++] = (struct undo_row){
        .row = r->id,
        .batch = r->batch,
        .id = ctx_id(run->c, ID_ASSIGNMENT, r->id, str_dup(a, r->alias)),
        .batch_name = str_dup(a, r->batch_name),
        .worker_id = str_dup(a, r->worker_id),
        .rejection = str_dup(a, r->rejection),
        .submitted_ms = r->submitted_ms,
        .rejected_ms = known(r->rejected_ms),
        .undo_until_ms = r->submitted_ms + WINDOW_MS,
        .reward_cents = r->reward_cents,
        .fee_cents = r->fee_cents,
    };
    return true;
}

struct err undo_list(struct ctx *c, const struct undo_in *in, struct undo_list *out) {
    int64_t since = window_since(c) - 1;
    *out = (struct undo_list){.rows = arena_array(c->arena, (size_t)in->limit, sizeof *out->rows)};
    struct sql_undo_page_in page = {
        .requester = c->actor->party,
        .after_ms = in->after_ms > since ? in->after_ms : since,
        .after = in->after_ms > since ? in->after : INT64_MAX,
        .n = in->limit + 1,
    };
    return ctx_store(
        c, sql_undo_page_each(c->tx, &page, take_undo, &(struct undo_run){c, in, out, 0}));
}

struct undo_batches_run {
    struct arena *arena;
    struct undo_batches *out;
};

static bool take_undo_batch(void *arg, const struct sql_undo_batches_out *r) {
    struct undo_batches_run *run = arg;
    if (run->out->count == UNDO_BATCHES_MAX) {
        run->out->more = true;
        return false;
    }
    run->out->list[run->out->count++] = (struct undo_batch){
        .batch = r->batch,
        .name = str_dup(run->arena, r->name),
        .rejections = r->n,
        .until_ms = r->first_ms + WINDOW_MS,
        .cents = r->cents,
        .reasons = r->reasons,
        .reason = str_dup(run->arena, r->reason),
    };
    return true;
}

struct err undo_batches(struct ctx *c, struct undo_batches *out) {
    out->count = 0;
    out->more = false;
    struct sql_undo_batches_in in = {c->actor->party, window_since(c), BATCH_UNDO_COUNT_MAX,
                                     UNDO_BATCHES_MAX + 1};
    return ctx_store(c, sql_undo_batches_each(c->tx, &in, take_undo_batch,
                                              &(struct undo_batches_run){c->arena, out}));
}

/* --- workers --- */

struct workers_run {
    struct arena *arena;
    struct worker_list *out;
    int limit;
};

static bool take_worker(void *arg, const struct sql_workers_page_out *r) {
    struct workers_run *run = arg;
    if (run->out->count == run->limit) {
        run->out->more = true;
        return false;
    }
    run->out->rows[run->out->count++] = (struct worker_row){
        .row = r->worker,
        .worker_id = str_dup(run->arena, r->worker_id),
        .approved = r->approved,
        .rejected = r->rejected,
        .last_ms = r->last_day * DAY_MS,
        .blocked = r->blocked != 0,
    };
    return true;
}

struct err worker_list(struct ctx *c, int64_t after, int limit, struct worker_list *out) {
    *out = (struct worker_list){.rows = arena_array(c->arena, (size_t)limit, sizeof *out->rows)};
    struct sql_workers_page_in in = {c->actor->party, after, limit + 1};
    return ctx_store(c, sql_workers_page_each(c->tx, &in, take_worker,
                                              &(struct workers_run){c->arena, out, limit}));
}

struct results_run {
    struct ctx *c;
    struct worker_results *out;
    int limit;
};

static bool take_result(void *arg, const struct sql_worker_results_out *r) {
    struct results_run *run = arg;
    struct arena *a = run->c->arena;
    if (run->out->count == run->limit) {
        run->out->more = true;
        return false;
    }
    bool undoable = r->status == ASSIGNMENT_REJECTED && r->disposed_ms == SQL_NULL &&
                    (run->c->now_ms - r->submitted_ms) / 1000 <= OVERTURN_WINDOW_S;
    run->out->rows[run->out->count++] = (struct worker_result){
        .row = r->id,
        .batch = r->batch,
        .id = ctx_id(run->c, ID_ASSIGNMENT, r->id, str_dup(a, r->alias)),
        .batch_name = str_dup(a, r->batch_name),
        .rejection = str_dup(a, r->rejection),
        .feedback = str_dup(a, r->feedback),
        .status = (enum assignment_status)r->status,
        .submitted_ms = r->submitted_ms,
        .work_s = (r->submitted_ms - r->accepted_ms) / 1000,
        .reward_cents = r->reward_cents,
        .fee_cents = r->fee_cents,
        .undo_until_ms = undoable ? r->submitted_ms + WINDOW_MS : 0,
    };
    return true;
}

struct err worker_results(struct ctx *c, const struct worker_results_in *in,
                          struct worker_results *out) {
    struct sql_review_find_worker_out w;
    *out = (struct worker_results){.rows =
                                       arena_array(c->arena, (size_t)in->limit, sizeof *out->rows)};
    enum st st =
        sql_review_find_worker(c->tx, &(struct sql_review_find_worker_in){in->worker_id}, &w);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, "worker", "There is no worker %.*s.",
                        STR_ARG(str_sub(in->worker_id, 0, 64)));
    if (st != ST_OK)
        return ctx_store(c, st);
    struct sql_worker_results_in page = {
        .worker = w.id,
        .requester = c->actor->party,
        .before_ms = in->before_ms ? in->before_ms : INT64_MAX,
        .before = in->before,
        .n = in->limit + 1,
    };
    return ctx_store(c, sql_worker_results_each(c->tx, &page, take_result,
                                                &(struct results_run){c, out, in->limit}));
}

/* --- views as they were chosen --- */

struct err view_choice_get(struct ctx *c, int64_t party, struct str subject, struct str *value) {
    struct sql_view_choice_get_out out;
    enum st st = sql_view_choice_get(c->tx, &(struct sql_view_choice_get_in){party, subject}, &out);
    *value = st == ST_OK ? out.value : STR_NULL;
    return ctx_store(c, st);
}

struct err view_choice_put(struct ctx *c, int64_t party, struct str subject, struct str value) {
    return ctx_store(c, sql_view_choice_put(
                            c->tx, &(struct sql_view_choice_put_in){party, subject, value}, NULL));
}
