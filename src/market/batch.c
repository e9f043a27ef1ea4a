#include "market/batch.h"

#include <assert.h>

#include "base/limits.h"
#include "base/num.h"
#include "store/sql.h"

#define WINDOW_MS (INT64_C(1000) * OVERTURN_WINDOW_S)

static const char *const list_words[] = {"", "in_progress", "ready_for_review", "reviewed"};

const char *batch_list_word(enum batch_list list) {
    return list_words[list];
}

bool batch_list_parse(struct str word, enum batch_list *list) {
    for (int i = BATCH_IN_PROGRESS; i <= BATCH_REVIEWED; i++) {
        if (str_is(word, list_words[i])) {
            *list = (enum batch_list)i;
            return true;
        }
    }
    return false;
}

bool batch_id_parse(struct str text, int64_t *batch) {
    return num_parse(text, 1, INT64_MAX, batch);
}

/* How many of a batch's rejections are inside the window, and when. Of many, those that are not are
 * taken from the batch's counter, so that a batch of a million costs what one of ten thousand does;
 * only where both are many all are counted. */
static enum st count_undoable(struct ctx *c, const struct batch_view *b, int64_t since_ms,
                              struct sql_batch_undoable_out *out) {
    struct sql_batch_undoable_in in = {b->id, since_ms, BATCH_UNDO_COUNT_MAX + 1};
    struct sql_batch_undo_over_in over = {b->id, since_ms, BATCH_UNDO_COUNT_MAX + 1};
    struct sql_batch_undo_over_out past;
    enum st st = sql_batch_undoable(c->tx, &in, out);
    if (st != ST_OK || out->n <= BATCH_UNDO_COUNT_MAX)
        return st;
    st = sql_batch_undo_over(c->tx, &over, &past);
    if (st == ST_OK && past.n <= BATCH_UNDO_COUNT_MAX) {
        out->n = b->rejected - past.n;
        return ST_OK;
    }
    in.most = INT64_MAX;
    return st == ST_OK ? sql_batch_undoable(c->tx, &in, out) : st;
}

/* The window is compared in whole seconds (money-and-lifecycle 4.1): the last second counts. */
static enum st add_undoable(struct ctx *c, struct batch_view *b) {
    int64_t since_ms = c->now_ms - WINDOW_MS - 999;
    struct sql_batch_undoable_out all;
    if (b->rejected == 0 || b->kind == BATCH_ARCHIVE)
        return ST_OK;
    enum st st = count_undoable(c, b, since_ms, &all);
    if (st == ST_OK && all.n > 0 && all.n <= BATCH_UNDO_COUNT_MAX) {
        struct sql_batch_undoable_live_out live;
        st = sql_batch_undoable_live(
            c->tx, &(struct sql_batch_undoable_live_in){.batch = b->id, .since_ms = since_ms},
            &live);
        all.n = live.n;
        all.first_ms = live.first_ms;
        all.last_ms = live.last_ms;
    }
    if (st != ST_OK || all.n == 0)
        return st;
    b->undoable_rejections = all.n;
    b->next_undo_end_ms = all.first_ms + WINDOW_MS;
    b->undo_ends_ms = all.last_ms + WINDOW_MS;
    return ST_OK;
}

struct page_run {
    struct arena *arena;
    struct batch_list_out *out;
    int limit;
    bool more;
};

static int64_t known(int64_t value) {
    return value == SQL_NULL ? 0 : value;
}

static bool take_batch(void *arg, const struct sql_batch_page_out *row) {
    struct page_run *run = arg;
    if (run->out->count == run->limit) {
        run->more = true;
        return false;
    }
    run->out->batches[run->out->count++] = (struct batch_view){
        .id = row->id,
        .name = str_dup(run->arena, row->name),
        .kind = (enum batch_kind)row->kind,
        .state = (enum batch_state)row->state,
        .list = (enum batch_list)row->list,
        .project = known(row->project),
        .hit_type = row->hit_type,
        .created_ms = row->created_ms,
        .hits = row->rows_published,
        .hits_total = row->rows_total,
        .slots = row->slots,
        .pending = row->pending,
        .submitted = row->submitted,
        .approved = row->approved,
        .rejected = row->rejected,
        .reward_cents = row->reward_cents,
        .fee_cents = row->fee_cents,
        .lifetime_s = row->lifetime_s,
        .max_assignments = row->max_assignments,
    };
    return true;
}

struct err batch_list(struct ctx *c, const struct batch_list_in *in, struct batch_list_out *out) {
    assert(in->limit >= 1 && in->limit <= PAGE_MAX);
    *out = (struct batch_list_out){
        .batches = arena_array(c->arena, (size_t)in->limit, sizeof *out->batches)};
    struct page_run run = {.arena = c->arena, .out = out, .limit = in->limit};
    enum st st = sql_batch_page_each(c->tx,
                                     &(struct sql_batch_page_in){
                                         .requester = in->requester,
                                         .before = in->after ? in->after : INT64_MAX,
                                         .list = in->list,
                                         .limit = in->limit + 1,
                                     },
                                     take_batch, &run);
    for (int i = 0; i < out->count && st == ST_OK; i++)
        st = add_undoable(c, &out->batches[i]);
    out->next = run.more ? out->batches[out->count - 1].id : 0;
    return ctx_store(c, st);
}

struct err batch_get(struct ctx *c, int64_t requester, int64_t batch, struct batch_view *out) {
    struct sql_batch_one_out row;
    enum st st =
        sql_batch_one(c->tx, &(struct sql_batch_one_in){.id = batch, .requester = requester}, &row);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, "batch", "There is no batch %lld.",
                        (long long)batch);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct batch_view){
        .id = row.id,
        .name = row.name,
        .kind = (enum batch_kind)row.kind,
        .state = (enum batch_state)row.state,
        .list = (enum batch_list)row.list,
        .project = known(row.project),
        .hit_type = row.hit_type,
        .created_ms = row.created_ms,
        .hits = row.rows_published,
        .hits_total = row.rows_total,
        .slots = row.slots,
        .pending = row.pending,
        .submitted = row.submitted,
        .approved = row.approved,
        .rejected = row.rejected,
        .reward_cents = row.reward_cents,
        .fee_cents = row.fee_cents,
        .lifetime_s = row.lifetime_s,
        .max_assignments = row.max_assignments,
        .columns = row.columns,
        .fields = row.fields,
        .annotation = row.annotation,
        .note = row.note,
    };
    return ctx_store(c, add_undoable(c, out));
}

void batch_json(struct json *j, const struct batch_view *b) {
    json_open_object(j);
    json_kv_int(j, "id", b->id);
    json_kv_str(j, "name", b->name);
    json_kv_cstr(j, "state", batch_list_word(b->list));
    json_kv_int(j, "hits", b->hits);
    json_kv_int(j, "hits_total", b->hits_total);
    json_kv_int(j, "created_ms", b->created_ms);
    json_key(j, "assignments");
    json_open_object(j);
    json_kv_int(j, "total", b->slots);
    json_kv_int(j, "in_progress", b->pending);
    json_kv_int(j, "submitted", b->submitted);
    json_kv_int(j, "approved", b->approved);
    json_kv_int(j, "rejected", b->rejected);
    json_end(j);
    json_kv_int(j, "undoable_rejections", b->undoable_rejections);
    json_key(j, "undo_ends_ms");
    if (b->undo_ends_ms)
        json_int(j, b->undo_ends_ms);
    else
        json_write_null(j);
    json_kv_int(j, "reward_cents", b->reward_cents);
    json_kv_int(j, "fee_cents", b->fee_cents);
    json_end(j);
}

void batch_list_json(struct json *j, const struct batch_list_out *list) {
    json_open_object(j);
    json_key(j, "batches");
    json_open_array(j);
    for (int i = 0; i < list->count; i++)
        batch_json(j, &list->batches[i]);
    json_end(j);
    json_key(j, "next");
    if (list->next)
        json_int(j, list->next);
    else
        json_write_null(j);
    json_end(j);
}
