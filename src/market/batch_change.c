#include "market/batch_change.h"

#include <assert.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/num.h"
#include "base/utf8.h"
#include "ledger/ledger.h"
#include "market/due.h"
#include "market/due_expire.h"
#include "market/events.h"
#include "market/fees.h"
#include "market/shapes.h"
#include "store/sql.h"

enum { DELETING_AT_ONCE = 4, WORK_TIMES = 250 };

static struct err find(struct ctx *c, int64_t batch, struct batch_view *b) {
    return batch_get(c, c->actor->party, batch, b);
}

/* A batch whose HITs may change. */
static struct err find_live(struct ctx *c, int64_t batch, struct batch_view *b) {
    struct err e = find(c, batch, b);
    if (failed(e))
        return e;
    if (b->kind == BATCH_ARCHIVE)
        return err_make(c->arena, ERR_CONFLICT, "batch",
                        "This batch is an imported archive; it can not be changed.");
    if (b->state != BATCH_LIVE)
        return err_make(c->arena, ERR_CONFLICT, "batch",
                        b->state == BATCH_DELETING ? "This batch is being deleted."
                                                   : "This batch is not published to its end yet.");
    return NO_ERR;
}

/* --- name and note --- */

struct err batch_rename(struct ctx *c, int64_t batch, struct str name, struct str note) {
    struct batch_view b;
    int64_t changed = 0;
    name = str_trim(name);
    note = str_trim(note);
    struct err e = find(c, batch, &b);
    if (failed(e))
        return e;
    if (name.n == 0 || name.n > BATCH_NAME_MAX)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "name",
                        name.n ? "The name has %zu bytes; at most %d fit."
                               : "Give the batch a name.",
                        name.n, BATCH_NAME_MAX);
    if (utf8_length(note) > BATCH_NOTE_MAX)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "note",
                        "The note is too long: at most %d characters.", BATCH_NOTE_MAX);
    struct sql_batch_words_in in = {batch, c->actor->party, name, note.n ? note : STR_NULL};
    return ctx_store(c, sql_batch_words(c->tx, &in, &changed));
}

/* --- cost --- */

struct err batch_cost(struct ctx *c, int64_t batch, int64_t more, struct batch_cost *out) {
    struct batch_view b;
    struct sql_batch_change_sums_out s;
    struct balances balances;
    struct fee_rates rates;
    struct err e = find(c, batch, &b);
    if (!failed(e))
        e = fee_load(c, &rates);
    if (failed(e))
        return e;
    struct sql_batch_change_sums_in in = {batch, more, rates.many_from};
    struct sql_batch_change_surplus_out surplus = {0};
    enum st st = sql_batch_change_sums(c->tx, &in, &s);
    if (st == ST_OK && b.pending > 0 && s.expired > 0)
        st =
            sql_batch_change_surplus(c->tx, &(struct sql_batch_change_surplus_in){batch}, &surplus);
    if (st == ST_OK)
        st = ledger_balances(c->tx, c->actor->party, &balances);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct batch_cost){
        .hits = s.hits,
        .expired = s.expired,
        .reopened = s.reopened,
        .reopen_cents = s.reopen_cents + surplus.cents,
        .barred = s.barred,
        .grow_cents = s.grow_cents,
        .avail_cents = balances.avail,
    };
    return NO_ERR;
}

static struct err check_funds(struct ctx *c, int64_t cents, int64_t avail) {
    if (cents <= avail)
        return NO_ERR;
    return err_make(c->arena, ERR_INSUFFICIENT_FUNDS, NULL,
                    "Needed %.*s, available %.*s, missing %.*s. Nothing has been changed.",
                    STR_ARG(money_dollars(c->arena, cents)),
                    STR_ARG(money_dollars(c->arena, avail)),
                    STR_ARG(money_dollars(c->arena, cents - avail)));
}

/* --- steps --- */

struct step_hit {
    int64_t id, seq, expires_ms, max_assignments;
    struct str alias;
    bool expired, many, disposed;
};

struct step_list {
    struct arena *arena;
    struct step_hit *hits;
    int n;
};

static bool take_step(void *arg, const struct sql_batch_change_hits_out *row) {
    struct step_list *l = arg;
    l->hits[l->n++] = (struct step_hit){
        .id = row->id,
        .seq = row->seq,
        .expires_ms = row->expires_ms,
        .max_assignments = row->max_assignments,
        .alias = str_dup(l->arena, row->alias),
        .expired = row->expired != 0,
        .many = row->many != 0,
        .disposed = row->disposed_ms != SQL_NULL,
    };
    return true;
}

static struct err list_step(struct ctx *c, int64_t batch, int64_t seq, int limit,
                            struct step_list *l) {
    *l = (struct step_list){c->arena, arena_array(c->arena, (size_t)limit, sizeof *l->hits), 0};
    return ctx_store(
        c, sql_batch_change_hits_each(c->tx, &(struct sql_batch_change_hits_in){batch, seq, limit},
                                      take_step, l));
}

static int64_t next_seq(const struct step_list *l, int limit) {
    return l->n == limit ? l->hits[l->n - 1].seq : 0;
}

/* An error behind the first change says how far it came; this step itself is rolled back. */
static struct err so_far(struct ctx *c, struct err e, const struct batch_step *s) {
    if (!failed(e) || s->changed == 0 || e.code == ERR_RETRY)
        return e;
    return err_prefix(c->arena, e, "%lld tasks were changed, then: ", (long long)s->changed);
}

struct err batch_extend_step(struct ctx *c, int64_t batch, int64_t seconds, struct batch_step *s) {
    struct batch_view b;
    struct batch_cost cost = {0};
    struct step_list l = {.n = 0};
    struct err e = find_live(c, batch, &b);
    if (!failed(e) && (seconds < DURATION_S_MIN || seconds > DURATION_S_MAX))
        e = err_make(c->arena, ERR_OUT_OF_RANGE, "time",
                     "Choose a time from 30 seconds to 365 days.");
    if (!failed(e) && s->seq == 0)
        e = batch_cost(c, batch, 0, &cost);
    if (!failed(e) && s->seq == 0)
        e = check_funds(c, cost.reopen_cents, cost.avail_cents);
    if (!failed(e))
        e = list_step(c, batch, s->seq, BATCH_STEP, &l);
    int64_t changed = 0;
    for (int i = 0; i < l.n && !failed(e); i++) {
        const struct step_hit *h = &l.hits[i];
        if (h->disposed)
            continue;
        int64_t from = h->expires_ms > c->now_ms ? h->expires_ms : c->now_ms;
        e = hit_update_expiration(c, ctx_id(c, ID_HIT, h->id, h->alias), from + seconds * 1000);
        changed++;
    }
    if (failed(e))
        return so_far(c, e, s);
    s->changed += changed;
    s->seq = next_seq(&l, BATCH_STEP);
    return NO_ERR;
}

struct err batch_grow_step(struct ctx *c, int64_t batch, int64_t more, struct batch_step *s) {
    struct batch_view b;
    struct batch_cost cost = {0};
    struct step_list l = {.n = 0};
    struct fee_rates rates = {0};
    struct err e = find_live(c, batch, &b);
    if (!failed(e))
        e = fee_load(c, &rates);
    if (!failed(e) && (more < 1 || more > ASSIGNMENTS_MAX))
        e = err_make(c->arena, ERR_OUT_OF_RANGE, "more", "Choose a number from 1 to %d.",
                     ASSIGNMENTS_MAX);
    if (!failed(e) && s->seq == 0)
        e = batch_cost(c, batch, more, &cost);
    if (!failed(e) && s->seq == 0)
        e = check_funds(c, cost.grow_cents, cost.avail_cents);
    if (!failed(e) && s->seq == 0 && cost.hits == cost.barred)
        e = err_make(c->arena, ERR_INVALID_MAX_ASSIGNMENTS_INCREASE, "more",
                     "Tasks made with fewer than %lld assignments can not be raised to %lld or "
                     "more: the fee is higher from %lld on.",
                     (long long)rates.many_from, (long long)rates.many_from,
                     (long long)rates.many_from);
    if (!failed(e))
        e = list_step(c, batch, s->seq, BATCH_STEP, &l);
    int64_t changed = 0, left = 0;
    for (int i = 0; i < l.n && !failed(e); i++) {
        const struct step_hit *h = &l.hits[i];
        bool may = h->many || !fee_many(&rates, h->max_assignments + more);
        left += !h->disposed && !may;
        if (h->disposed || !may)
            continue;
        e = hit_add_assignments(c, ctx_id(c, ID_HIT, h->id, h->alias), more, STR_NULL);
        changed++;
    }
    if (failed(e))
        return so_far(c, e, s);
    s->changed += changed;
    s->left += left;
    s->seq = next_seq(&l, BATCH_STEP);
    return NO_ERR;
}

/* --- deletion --- */

struct err batch_delete(struct ctx *c, int64_t batch) {
    struct batch_view b;
    int64_t changed = 0;
    struct err e = find_live(c, batch, &b);
    if (failed(e))
        return e;
    e = ctx_store(c, sql_batch_delete(c->tx, &(struct sql_batch_delete_in){batch, c->actor->party},
                                      &changed));
    assert(failed(e) || changed == 1);
    return e;
}

struct disposing {
    int64_t batch;
    int64_t *hits; /* whose requester wants to hear of it */
    size_t n;
    struct shape *shapes; /* of all */
    size_t total;
};

static bool take_disposed(void *arg, const struct sql_batch_dispose_out *row) {
    struct disposing *d = arg;
    d->shapes[d->total++] = (struct shape){.batch = d->batch,
                                           .many = row->many,
                                           .max_assignments = row->max_assignments,
                                           .cost_cents = row->cost_cents,
                                           .expired = true,
                                           .used = row->used};
    if (row->events & (INT64_C(1) << EVENT_HIT_DISPOSED))
        d->hits[d->n++] = row->id;
    return true;
}

static struct err dispose(struct ctx *c, int64_t batch, int64_t from, const struct step_list *l) {
    struct disposing d = {.batch = batch,
                          .hits = arena_array(c->arena, (size_t)l->n, sizeof(int64_t)),
                          .shapes = arena_array(c->arena, (size_t)l->n, sizeof(struct shape))};
    struct shapes shapes = {.tx = c->tx};
    struct sql_batch_dispose_in in = {batch, from, l->hits[l->n - 1].seq, c->now_ms};
    enum st st = sql_batch_dispose_each(c->tx, &in, take_disposed, &d);
    for (size_t i = 0; i < d.total && st == ST_OK; i++)
        shapes_add(&shapes, &d.shapes[i], -1);
    if (st == ST_OK)
        st = shapes_end(&shapes);
    struct err e = ctx_store(c, st);
    if (!failed(e))
        e = ctx_store(c,
                      sql_upload_drop_batch(
                          c->tx, &(struct sql_upload_drop_batch_in){batch, from, in.to_seq}, NULL));
    for (size_t i = 0; i < d.n && !failed(e); i++)
        e = event_emit(
            c, &(struct event){.kind = EVENT_HIT_DISPOSED, .at_ms = c->now_ms, .hit = d.hits[i]});
    return e;
}

static struct err delete_step(struct ctx *c, int64_t batch, int64_t seq, int limit, int64_t *done) {
    struct step_list l;
    struct err e = list_step(c, batch, seq, limit, &l);
    for (int i = 0; i < l.n && !failed(e); i++) {
        if (l.hits[i].expired || l.hits[i].disposed)
            continue;
        e = due_hit(c, l.hits[i].id);
        if (!failed(e))
            e = expire_hit(c, l.hits[i].id, c->now_ms);
    }
    if (!failed(e) && l.n > 0)
        e = dispose(c, batch, seq, &l);
    if (failed(e))
        return e;
    *done += l.n;
    int64_t next = next_seq(&l, limit);
    enum st st =
        next ? sql_batch_delete_at(c->tx, &(struct sql_batch_delete_at_in){batch, next}, NULL)
             : sql_batch_delete_pass(c->tx, &(struct sql_batch_delete_pass_in){batch}, NULL);
    return ctx_store(c, st);
}

struct deleting {
    struct {
        int64_t batch, seq;
    } list[DELETING_AT_ONCE];
    int n;
};

static bool take_deleting(void *arg, const struct sql_batches_deleting_out *row) {
    struct deleting *d = arg;
    d->list[d->n].batch = row->id;
    d->list[d->n++].seq = row->deleting;
    return true;
}

struct err batch_delete_sweep(struct ctx *c, int limit, int64_t *done) {
    struct deleting d = {.n = 0};
    struct err e = ctx_store(
        c, sql_batches_deleting_each(c->tx, &(struct sql_batches_deleting_in){DELETING_AT_ONCE},
                                     take_deleting, &d));
    for (int i = 0; i < d.n && !failed(e); i++) {
        *done += 1; /* a batch without HITs is a step too */
        e = delete_step(c, d.list[i].batch, d.list[i].seq, limit, done);
    }
    return e;
}

/* --- HITs --- */

struct hits_run {
    struct ctx *c;
    const struct batch_hits_in *in;
    struct batch_hits *out;
};

static bool take_hit(void *arg, const struct sql_batch_hits_page_out *row) {
    struct hits_run *run = arg;
    if (run->out->count == run->in->limit) {
        run->out->more = true;
        return false;
    }
    struct arena *a = run->c->arena;
    struct batch_hit *h = &run->out->hits[run->out->count++];
    *h = (struct batch_hit){
        .row = row->id,
        .seq = row->seq,
        .id = ctx_id(run->c, ID_HIT, row->id, str_dup(a, row->alias)),
        .n = {.max_assignments = row->max_assignments,
              .pending = row->pending,
              .submitted = row->submitted,
              .approved = row->approved,
              .rejected = row->rejected,
              .expired = row->expired != 0,
              .reviewing = row->reviewing != 0,
              .disposed = row->disposed_ms != SQL_NULL},
        .expires_ms = row->expires_ms,
        .cost_cents = row->cost_cents,
        .many = row->many != 0,
        .vars = str_dup(a, row->vars),
    };
    h->status = hit_status(&h->n);
    return true;
}

struct err batch_hits(struct ctx *c, const struct batch_hits_in *in, struct batch_hits *out) {
    assert(in->limit >= 1 && in->limit < LIST_ROWS_MAX);
    *out = (struct batch_hits){.hits = arena_array(c->arena, (size_t)in->limit, sizeof *out->hits)};
    struct sql_batch_hits_page_in page = {
        .batch = in->batch,
        .requester = c->actor->party,
        .seq = in->after_seq,
        .after = in->after,
        .wanted = in->wanted,
        .looked_at = HITS_SCAN_MAX,
        .n = in->limit + 1,
    };
    enum st st = sql_batch_hits_page_each(c->tx, &page, take_hit, &(struct hits_run){c, in, out});
    if (st != ST_OK || out->more) {
        if (out->more) {
            out->next_seq = out->hits[out->count - 1].seq;
            out->next = out->hits[out->count - 1].row;
        }
        return ctx_store(c, st);
    }
    struct sql_batch_hits_end_in key = {in->batch, in->after_seq, in->after, HITS_SCAN_MAX - 1};
    struct sql_batch_hits_end_out end;
    st = sql_batch_hits_end(c->tx, &key, &end);
    if (st == ST_OK) {
        out->more = true;
        out->next_seq = end.seq;
        out->next = end.id;
    }
    return ctx_store(c, st);
}

struct err batch_work_time(struct ctx *c, int64_t batch, int64_t *seconds) {
    struct sql_batch_work_time_out out;
    enum st st =
        sql_batch_work_time(c->tx, &(struct sql_batch_work_time_in){batch, WORK_TIMES}, &out);
    *seconds = st == ST_OK && out.rows > 0 ? out.worked_ms / out.rows / 1000 : 0;
    return ctx_store(c, st);
}
