#include "market/choose.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "formats/marks.h"
#include "market/decide.h"
#include "market/lookup.h"
#include "market/results_view.h"
#include "market/review_internal.h"

/* One selected assignment. */
struct chosen {
    int64_t assignment; /* -line when there is none */
    int64_t status;     /* AssignmentStatus now; 0 unknown */
};

struct choosing {
    const struct id_key *ids;
    struct arena *arena;
    const struct choose_in *in;
    struct str text;
    struct buf rows; /* struct chosen */
    size_t count, at;
    struct str name; /* what was selected, in words */
    int64_t review;
    struct err err;
};

static struct chosen *rows_of(const struct choosing *s) {
    return (struct chosen *)(void *)s->rows.p;
}

static void add(struct choosing *s, int64_t assignment, int64_t status) {
    struct chosen row = {assignment, status};
    buf_add(&s->rows, &row, sizeof row);
    s->count++;
}

/* The window is compared in whole seconds: the last second counts. */
static int64_t window_since(const struct ctx *c) {
    return c->now_ms - WINDOW_MS - 999;
}

/* --- what is selected --- */

static struct err choose_ids(struct ctx *c, struct choosing *s) {
    const struct choose_in *in = s->in;
    for (size_t i = 0; i < in->id_count; i++) {
        struct sql_choose_one_out out = {.status = 0};
        int64_t row = 0;
        struct err e = lookup_assignment(c, in->ids[i], &row);
        if (failed(e))
            return e;
        struct sql_choose_one_in one = {row, c->actor->party};
        enum st st = row ? sql_choose_one(c->tx, &one, &out) : ST_NONE;
        if (st != ST_OK && st != ST_NONE)
            return ctx_store(c, st);
        add(s, row ? row : -(int64_t)(i + 1), st == ST_OK ? out.status : 0);
    }
    s->name =
        str_printf(s->arena, "%zu chosen result%s", in->id_count, in->id_count == 1 ? "" : "s");
    return NO_ERR;
}

static void take_filtered(void *arg, int64_t assignment, enum assignment_status status) {
    add(arg, assignment, status);
}

static struct err choose_filter(struct ctx *c, struct choosing *s) {
    static const struct results_filter everything = {0};
    const struct choose_in *in = s->in;
    struct results_filter f = in->filter ? *in->filter : everything;
    unsigned wanted = in->verdict == VERDICT_OVERTURN ? SHOW_REJECTED : SHOW_SUBMITTED;
    f.statuses = (f.statuses ? f.statuses : SHOW_ALL) & wanted;
    s->name = STR("all results of the filter");
    if (!f.statuses)
        return NO_ERR;
    return results_each(c, in->batch, &f, FILE_ROWS_MAX + 1, take_filtered, s);
}

#define UNDO_TAKER(what)                                                                           \
    static bool take_##what(void *arg, const struct sql_choose_undo_##what##_out *row) {           \
        add(arg, row->id, ASSIGNMENT_REJECTED);                                                    \
        return true;                                                                               \
    }
UNDO_TAKER(batch)
UNDO_TAKER(worker)
UNDO_TAKER(review)
UNDO_TAKER(all)

static struct err choose_worker(struct ctx *c, struct choosing *s) {
    struct str id = s->in->worker_id;
    struct sql_review_find_worker_out w;
    enum st st = sql_review_find_worker(c->tx, &(struct sql_review_find_worker_in){id}, &w);
    if (st == ST_NONE)
        return err_make(s->arena, ERR_NOT_FOUND, "worker", "There is no worker %.*s.",
                        STR_ARG(str_sub(id, 0, 64)));
    if (st == ST_OK)
        st = sql_choose_undo_worker_each(c->tx,
                                         &(struct sql_choose_undo_worker_in){w.id, c->actor->party,
                                                                             window_since(c),
                                                                             FILE_ROWS_MAX + 1},
                                         take_worker, s);
    s->name = str_printf(s->arena, "All rejections of worker %.*s that can be undone", STR_ARG(id));
    return ctx_store(c, st);
}

static struct err choose_review(struct ctx *c, struct choosing *s) {
    struct review_rec rec;
    struct err e = review_load(c, c->actor->party, s->in->review, &rec);
    if (failed(e))
        return e;
    s->name = str_printf(s->arena, "The rejections made by %.*s", STR_ARG(rec.r.file_name));
    if (rec.r.state != REVIEW_APPLIED)
        return NO_ERR;
    struct sql_choose_undo_review_in in = {rec.r.settlement, c->actor->party, window_since(c),
                                           FILE_ROWS_MAX + 1};
    return ctx_store(c, sql_choose_undo_review_each(c->tx, &in, take_review, s));
}

static struct err choose_batch(struct ctx *c, struct choosing *s) {
    struct sql_choose_undo_batch_in in = {s->in->batch, c->actor->party, window_since(c),
                                          FILE_ROWS_MAX + 1};
    s->name = STR("All rejections of the batch that can be undone");
    return ctx_store(c, sql_choose_undo_batch_each(c->tx, &in, take_batch, s));
}

static struct err choose_all(struct ctx *c, struct choosing *s) {
    struct sql_choose_undo_all_in in = {c->actor->party, window_since(c), FILE_ROWS_MAX + 1};
    s->name = STR("All rejections that can be undone");
    return ctx_store(c, sql_choose_undo_all_each(c->tx, &in, take_all, s));
}

static struct err check_batch(struct ctx *c, int64_t batch) {
    struct sql_review_batch_out b;
    enum st st = sql_review_batch(c->tx, &(struct sql_review_batch_in){batch, c->actor->party}, &b);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, "batch", "There is no batch %lld.",
                        (long long)batch);
    if (st == ST_OK && b.kind == BATCH_ARCHIVE)
        return err_make(c->arena, ERR_CONFLICT, "batch",
                        "Batch %lld is an imported archive; its decisions stand as they are.",
                        (long long)batch);
    return ctx_store(c, st);
}

static struct err gather(struct ctx *c, struct choosing *s) {
    struct err e = s->in->batch ? check_batch(c, s->in->batch) : NO_ERR;
    if (failed(e))
        return e;
    switch (s->in->what) {
    case CHOOSE_IDS: return choose_ids(c, s);
    case CHOOSE_FILTER: return choose_filter(c, s);
    case CHOOSE_UNDO_BATCH: return choose_batch(c, s);
    case CHOOSE_UNDO_WORKER: return choose_worker(c, s);
    case CHOOSE_UNDO_REVIEW: return choose_review(c, s);
    case CHOOSE_UNDO_ALL: return choose_all(c, s);
    }
    return NO_ERR;
}

static int by_assignment(const void *a, const void *b) {
    const struct chosen *x = a, *y = b;
    return (x->assignment > y->assignment) - (x->assignment < y->assignment);
}

/* In key order, each once. */
static struct err order(struct choosing *s) {
    struct chosen *rows = rows_of(s);
    if (s->count > FILE_ROWS_MAX)
        return err_make(s->arena, ERR_BAD_REQUEST, "selection",
                        "More than %d results are selected. Decide on them in parts, by a "
                        "narrower filter.",
                        FILE_ROWS_MAX);
    if (s->count == 0)
        return err_make(s->arena, ERR_BAD_REQUEST, "selection", "%s",
                        s->in->verdict == VERDICT_OVERTURN
                            ? "There is no rejection here that can still be undone."
                            : "Nothing is selected that waits for a decision.");
    qsort(rows, s->count, sizeof *rows, by_assignment);
    size_t n = 1;
    for (size_t i = 1; i < s->count; i++) {
        if (rows[i].assignment != rows[n - 1].assignment)
            rows[n++] = rows[i];
    }
    s->count = n;
    return NO_ERR;
}

static enum tx_end gather_read(struct tx *tx, void *arg) {
    struct choosing *s = arg;
    struct ctx c;
    buf_clear(&s->rows);
    s->count = 0;
    tx_use_arena(tx, s->arena);
    s->err = ctx_begin(&c, tx, s->in->actor, s->ids);
    if (!failed(s->err))
        s->err = gather(&c, s);
    if (!failed(s->err))
        s->err = order(s);
    return ctx_end(s->err);
}

/* --- staging --- */

static enum tx_end add_review(struct tx *tx, void *arg) {
    struct choosing *s = arg;
    const struct choose_in *in = s->in;
    struct ctx c;
    struct sql_review_add_out out;
    tx_use_arena(tx, s->arena);
    s->err = ctx_begin(&c, tx, in->actor, s->ids);
    if (failed(s->err))
        return ctx_end(s->err);
    bool message = in->verdict != VERDICT_REJECT && s->text.n;
    struct review_findings found = {
        .rows = (int64_t)s->count,
        .encoding = STR(""),
        .separator = STR(""),
        .warnings = STR("[]"),
    };
    enum st st = sql_review_add(tx,
                                &(struct sql_review_add_in){
                                    .requester = in->actor->party,
                                    .batch = in->batch,
                                    .state = REVIEW_STAGING,
                                    .mode = in->mode ? in->mode : MODE_ELIGIBLE,
                                    .options = (message ? REVIEW_HAS_MESSAGES : 0) +
                                               (int64_t)in->verdict * REVIEW_SELECTION_ONE +
                                               (in->batch ? 0 : REVIEW_EVERYWHERE),
                                    .actor = in->actor->party,
                                    .file_name = s->name,
                                    .file_digest = STR(""),
                                    .created_ms = c.now_ms,
                                    .expires_ms = c.now_ms + REVIEW_LIFE_MS,
                                },
                                &out);
    if (st == ST_OK)
        s->review = out.id;
    if (st == ST_OK)
        st = sql_review_staged(tx,
                               &(struct sql_review_staged_in){out.id, in->batch, STR(""),
                                                              findings_pack(s->arena, &found)},
                               NULL);
    if (st == ST_OK && message) {
        struct sql_bulk *bulk = sql_review_text_add_begin(tx);
        sql_review_text_add_add(bulk,
                                &(struct sql_review_text_add_in){out.id, SELECTION_TEXT, s->text});
        st = sql_review_text_add_end(bulk);
    }
    s->err = ctx_store(&c, st);
    return ctx_end(s->err);
}

/* What can not be decided so although it is the requester's own and no race: it is named. */
static int64_t fault_of(enum verdict verdict, int64_t status) {
    if (verdict == VERDICT_OVERTURN && status == ASSIGNMENT_SUBMITTED)
        return CODE_NOT_REJECTED;
    if (verdict == VERDICT_APPROVE && status == ASSIGNMENT_REJECTED)
        return CODE_IS_REJECTED;
    return 0;
}

static enum tx_end add_rows(struct tx *tx, void *arg) {
    struct choosing *s = arg;
    enum verdict verdict = s->in->verdict;
    struct ctx c = {.tx = tx, .arena = s->arena};
    size_t end = s->count - s->at < STAGE_ROWS ? s->count : s->at + STAGE_ROWS;
    struct sql_bulk *bulk = sql_review_row_add_begin(tx);
    enum st st = ST_OK;
    for (size_t i = s->at; i < end && st == ST_OK; i++) {
        const struct chosen *row = &rows_of(s)[i];
        st = sql_review_row_add_add(
            bulk, &(struct sql_review_row_add_in){
                      .review = s->review,
                      .assignment = row->assignment,
                      .line = row->assignment < 0 ? -row->assignment : (int64_t)i + 1,
                      .approve = verdict != VERDICT_REJECT,
                      .reject = verdict == VERDICT_REJECT,
                      .fault = fault_of(verdict, row->status),
                      .old_status = row->status,
                      .message_id = verdict != VERDICT_REJECT ? SELECTION_TEXT : 0,
                  });
    }
    s->err = ctx_store(&c, sql_review_row_add_end(bulk));
    return ctx_end(s->err);
}

static struct err write_steps(struct store *store, struct choosing *s) {
    int64_t shard = s->in->actor->party;
    enum st st = store_write(store, shard, add_review, s);
    for (; st == ST_OK && !failed(s->err) && s->at < s->count; s->at += STAGE_ROWS)
        st = store_write(store, shard, add_rows, s);
    if (st != ST_OK)
        return err_make(s->arena, ERR_STORE, NULL, "The store failed while work was selected.");
    return s->err;
}

/* --- the rule --- */

static struct err check_text(struct choosing *s) {
    bool reject = s->in->verdict == VERDICT_REJECT;
    const char *field = reject ? "reason" : "message";
    s->text = str_trim(s->in->text);
    if (!reject && s->text.n == 0)
        return NO_ERR;
    switch (reason_check(s->text, NULL)) {
    case REASON_EMPTY:
        return err_make(s->arena, ERR_INVALID_PARAMETER, field,
                        "Write why: the workers read this reason.");
    case REASON_TOO_LONG:
        return err_make(s->arena, ERR_INVALID_PARAMETER, field,
                        "At most %d characters; this text has more.", REASON_MAX);
    case REASON_CONTROL:
        return err_make(s->arena, ERR_INVALID_PARAMETER, field,
                        "The text holds control characters; remove them.");
    case REASON_OK: break;
    }
    return NO_ERR;
}

static struct err stage(struct store *store, struct choosing *s) {
    struct err e = check_text(s);
    if (failed(e))
        return e;
    enum st st = store_read(store, gather_read, s);
    if (st != ST_OK)
        return err_make(s->arena, ERR_STORE, NULL, "The store failed while work was selected.");
    return failed(s->err) ? s->err : write_steps(store, s);
}

struct err choose_plan(struct store *store, const struct id_key *ids, struct arena *a,
                       const struct choose_in *in, struct review_answer *out) {
    struct choosing s = {.ids = ids, .arena = a, .in = in};
    struct review_choice choice = {
        .options = in->verdict == VERDICT_REJECT && in->republish ? REVIEW_REPUBLISH : 0};
    struct err e = stage(store, &s);
    buf_free(&s.rows);
    choice.reason = in->verdict == VERDICT_REJECT ? s.text : STR_NULL;
    if (!failed(e))
        e = review_make_plan(store, ids, a, in->actor, s.review, &choice, out);
    if (failed(e) && s.review)
        review_remove(store, in->actor->party, s.review);
    return e;
}

struct err choose_undoable(struct ctx *c, struct str review, struct choose_undoable *out) {
    struct review_rec rec;
    struct sql_choose_undoable_of_review_out n;
    *out = (struct choose_undoable){0};
    struct err e = review_load(c, c->actor->party, review, &rec);
    if (failed(e) || rec.r.state != REVIEW_APPLIED)
        return e;
    enum st st =
        sql_choose_undoable_of_review(c->tx,
                                      &(struct sql_choose_undoable_of_review_in){
                                          rec.r.settlement, window_since(c), BATCH_UNDO_COUNT_MAX},
                                      &n);
    if (st != ST_OK || n.n == 0)
        return ctx_store(c, st);
    *out = (struct choose_undoable){n.n, n.first_ms + WINDOW_MS};
    return NO_ERR;
}

struct take_blocked {
    struct arena *arena;
    struct choose_blocked *out;
};

static bool take_blocked(void *arg, const struct sql_choose_overturned_blocked_out *row) {
    struct take_blocked *t = arg;
    t->out->worker_ids[t->out->n++] = str_dup(t->arena, row->worker_id);
    return true;
}

struct err choose_blocked(struct ctx *c, struct str review, struct choose_blocked *out) {
    struct review_rec rec;
    *out = (struct choose_blocked){.n = 0};
    struct err e = review_load(c, c->actor->party, review, &rec);
    if (failed(e) || rec.r.state != REVIEW_APPLIED)
        return e;
    struct sql_choose_overturned_blocked_in in = {rec.r.settlement, c->actor->party,
                                                  BATCH_UNDO_COUNT_MAX, CHOOSE_BLOCKED_MAX};
    return ctx_store(c, sql_choose_overturned_blocked_each(c->tx, &in, take_blocked,
                                                           &(struct take_blocked){c->arena, out}));
}
