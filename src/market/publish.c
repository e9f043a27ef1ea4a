#include "market/publish.h"

#include <assert.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/num.h"
#include "base/pack.h"
#include "ledger/ledger.h"
#include "market/bounds.h"
#include "market/document.h"
#include "market/events.h"
#include "market/fees.h"
#include "market/funds.h"
#include "market/policy.h"
#include "market/project.h"
#include "market/request_key.h"
#include "market/shapes.h"
#include "market/slots_money.h"
#include "store/sql.h"

/* Both calls that make a HIT share their tokens. */
static const struct str create_hit = {"CreateHIT", 9};

static const struct bounds lifetime_bounds = {DURATION_S_MIN, DURATION_S_MAX},
                           assignments_bounds = {1, ASSIGNMENTS_MAX},
                           annotation_bounds = {0, ANNOTATION_MAX};

static struct err check_sizes(struct ctx *c, int64_t lifetime_s, int64_t max_assignments,
                              struct str annotation) {
    struct err e = bounds_int(c, "LifetimeInSeconds", lifetime_s, &lifetime_bounds);
    if (!failed(e))
        e = bounds_int(c, "MaxAssignments", max_assignments, &assignments_bounds);
    if (!failed(e) && annotation.p)
        e = bounds_text(c, "RequesterAnnotation", annotation, &annotation_bounds);
    return e;
}

/* ---- money ---- */

/* What publishing asks for. */
struct order {
    int64_t batch; /* 0 while it does not exist */
    int64_t hits, max_assignments, reward_cents, premium_cents;
    bool masters;
};

static struct err cost_of(struct ctx *c, const struct order *o, struct publish_cost *cost) {
    struct fee_rates rates;
    struct err e = fee_load(c, &rates);
    if (failed(e))
        return e;
    struct fee_of of = {
        .reward_cents = o->reward_cents,
        .premium_cents = o->premium_cents,
        .many = fee_many(&rates, o->max_assignments),
        .masters = o->masters,
    };
    *cost =
        (struct publish_cost){.hits = o->hits, .reward_cents = o->reward_cents, .many = of.many};
    int64_t one = 0;
    if (fee_assignment(&rates, &of, &cost->fee_cents) &&
        num_add(cost->reward_cents, cost->fee_cents, &one) &&
        num_mul(o->hits, o->max_assignments, &cost->assignments) &&
        num_mul(one, cost->assignments, &cost->total_cents))
        return NO_ERR;
    return err_make(c->arena, ERR_OUT_OF_RANGE, "MaxAssignments",
                    "%lld tasks with %lld assignments each cost more than can be counted.",
                    (long long)o->hits, (long long)o->max_assignments);
}

static struct err take_stock(struct ctx *c, struct publish_cost *cost) {
    struct balances b;
    enum st st = ledger_balances(c->tx, c->actor->party, &b);
    if (st != ST_OK)
        return ctx_store(c, st);
    cost->avail_cents = b.avail;
    cost->missing_cents = cost->total_cents > b.avail ? cost->total_cents - b.avail : 0;
    return NO_ERR;
}

static struct err hold(struct ctx *c, int64_t batch, int64_t hit, struct publish_cost *cost) {
    struct transfer_for about = {.requester = c->actor->party, .batch = batch, .hit = hit};
    enum st st = funds_hold(c, cost->total_cents, &about);
    if (st != ST_CONFLICT)
        return ctx_store(c, st);
    struct err e = take_stock(c, cost);
    return failed(e)
               ? e
               : fee_short(c,
                           arena_printf(c->arena, "%lld assignment%s at $%.*s and a fee of $%.*s",
                                        (long long)cost->assignments,
                                        cost->assignments == 1 ? "" : "s",
                                        STR_ARG(money_wire(c->arena, cost->reward_cents)),
                                        STR_ARG(money_wire(c->arena, cost->fee_cents))),
                           cost->total_cents, cost->avail_cents);
}

/* ---- one HIT ---- */

static struct err join_batch(struct ctx *c, const struct publish_hit_in *in,
                             const struct publish_cost *cost,
                             struct sql_batch_api_join_out *batch) {
    struct sql_batch_api_join_in join = {
        .requester = c->actor->party,
        .name = str_printf(c->arena, "API, %.*s", STR_ARG(in->type->title)),
        .hit_type = in->type->id,
        .max_assignments = in->max_assignments,
        .lifetime_s = in->lifetime_s,
        .fee_cents = cost->fee_cents,
        .created_ms = c->now_ms,
    };
    return ctx_store(c, sql_batch_api_join(c->tx, &join, batch));
}

static struct err insert_hit(struct ctx *c, const struct publish_hit_in *in, int64_t document,
                             const struct publish_cost *cost, int64_t *hit) {
    struct sql_batch_api_join_out batch;
    struct err e = join_batch(c, in, cost, &batch);
    if (failed(e))
        return e;
    struct sql_hit_add_in row = {
        .requester = c->actor->party,
        .batch = batch.id,
        .hit_type = in->type->id,
        .seq = batch.seq,
        .document = document,
        .vars = in->layout ? in->variables : STR_NULL,
        .annotation = in->annotation,
        .layout_hit = in->layout != 0,
        .max_assignments = in->max_assignments,
        .many = cost->many,
        .fee_cents = cost->fee_cents,
        .reward_cents = in->type->reward_cents,
        .created_ms = c->now_ms,
        .expires_ms = c->now_ms + in->lifetime_s * 1000,
    };
    struct sql_hit_add_out out;
    enum st st = sql_hit_add(c->tx, &row, &out);
    if (st == ST_OK) {
        struct slot_sums d = {.hit_type = in->type->id, .open_hits = 1};
        st = slots_sums(c->tx, &d);
    }
    if (st == ST_OK)
        st = shapes_put(c->tx,
                        &(struct shape){.batch = batch.id,
                                        .many = cost->many,
                                        .max_assignments = in->max_assignments,
                                        .cost_cents = in->type->reward_cents + cost->fee_cents},
                        1);
    if (st != ST_OK)
        return ctx_store(c, st);
    *hit = out.id;
    struct publish_cost held = *cost;
    return hold(c, batch.id, out.id, &held);
}

struct err publish_hit(struct ctx *c, const struct publish_hit_in *in, int64_t *hit) {
    assert(in->type->requester == c->actor->party && (in->layout != 0) != (in->question.p != NULL));
    int64_t first = 0, document = in->layout;
    bool known = false;
    struct order o = {0,
                      1,
                      in->max_assignments,
                      in->type->reward_cents,
                      in->type->premium_cents,
                      in->type->masters};
    struct publish_cost cost;
    struct err e = check_sizes(c, in->lifetime_s, in->max_assignments, in->annotation);
    if (!failed(e))
        e = unique_token_find(c, c->actor->party, create_hit, in->token, &first, &known);
    if (!failed(e) && known)
        return err_make(c->arena, ERR_HIT_ALREADY_EXISTS, "UniqueRequestToken",
                        "The HIT with ID \"%.*s\" already exists.",
                        STR_ARG(id_seal(c->arena, c->ids, ID_HIT, first)));
    if (!failed(e))
        e = cost_of(c, &o, &cost);
    if (!failed(e) && !in->layout)
        e = document_put(c, in->question, &document);
    if (!failed(e) && in->form)
        e = ctx_store(
            c, sql_document_is_form(c->tx, &(struct sql_document_is_form_in){document}, NULL));
    if (!failed(e))
        e = insert_hit(c, in, document, &cost, hit);
    if (!failed(e) && in->assignment_policy.p)
        e = policy_keep(c, *hit, POLICY_ASSIGNMENT, in->assignment_policy);
    if (!failed(e) && in->hit_policy.p)
        e = policy_keep(c, *hit, POLICY_HIT, in->hit_policy);
    if (!failed(e))
        e = unique_token_keep(c, c->actor->party, create_hit, in->token, *hit);
    if (!failed(e) && in->type->events) {
        struct event event = {.kind = EVENT_HIT_CREATED, .at_ms = c->now_ms, .hit = *hit};
        e = event_emit(c, &event);
    }
    return e;
}

/* ---- a file ---- */

static struct err not_found(struct ctx *c, int64_t batch) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no batch %lld.", (long long)batch);
}

/* The acting requester's batch. */
static struct err find(struct ctx *c, int64_t batch, struct sql_batch_publishing_row_out *b) {
    enum st st = sql_batch_publishing_row(c->tx, &(struct sql_batch_publishing_row_in){batch}, b);
    if (st == ST_NONE || (st == ST_OK && b->requester != c->actor->party))
        return not_found(c, batch);
    return ctx_store(c, st);
}

/* The project's properties in place of what was not given. */
static struct err from_project(struct ctx *c, struct publish_draft_in *in, int64_t *document) {
    if (!in->project)
        return document_put(c, in->layout, document);
    struct project p;
    struct err e = project_get(c, in->project, &p);
    if (!failed(e) && p.deleted_ms)
        e = err_make(c->arena, ERR_CONFLICT, NULL,
                     "The project \"%.*s\" is deleted. Restore it to publish from it.",
                     STR_ARG(p.name));
    if (failed(e))
        return e;
    in->type = (struct hit_type_in){
        .title = p.title,
        .description = p.description,
        .keywords = p.keywords,
        .requirements = p.requirements,
        .reward_cents = p.reward_cents,
        .duration_s = p.duration_s,
        .auto_approval_s = p.auto_approval_s,
    };
    if (!in->lifetime_s)
        in->lifetime_s = p.lifetime_s;
    if (!in->max_assignments)
        in->max_assignments = p.max_assignments;
    if (!in->name.p)
        in->name = str_printf(c->arena, "%.*s %.10s", STR_ARG(p.name),
                              str_z(c->arena, time_iso(c->arena, c->now_ms)));
    *document = p.document;
    return NO_ERR;
}

struct err publish_draft(struct ctx *c, const struct publish_draft_in *given, int64_t *batch) {
    struct publish_draft_in in = *given;
    struct hit_type type;
    int64_t document = 0;
    struct err e = from_project(c, &in, &document);
    if (!failed(e))
        e = check_sizes(c, in.lifetime_s, in.max_assignments, in.annotation);
    if (!failed(e))
        e = hit_type_make(c, &in.type, &type);
    if (failed(e))
        return e;
    struct sql_batch_draft_add_in row = {
        .requester = c->actor->party,
        .project = in.project ? in.project : SQL_NULL,
        .name = in.name.p ? in.name : type.title,
        .hit_type = type.id,
        .document = document,
        .columns = in.columns.p ? in.columns : STR(""),
        .max_assignments = in.max_assignments,
        .lifetime_s = in.lifetime_s,
        .annotation = in.annotation,
        .created_ms = c->now_ms,
        .file_digest = in.file_digest,
        .file_name = in.file_name,
    };
    struct sql_batch_draft_add_out out;
    enum st st = sql_batch_draft_add(c->tx, &row, &out);
    if (st == ST_OK)
        *batch = out.id;
    return ctx_store(c, st);
}

struct err publish_stage(struct ctx *c, int64_t batch, const struct publish_chunk *chunk) {
    assert(chunk->rows > 0 && chunk->rows <= STAGE_ROWS_MAX);
    struct sql_batch_publishing_row_out b;
    struct err e = find(c, batch, &b);
    if (failed(e))
        return e;
    if (b.state == BATCH_DRAFT && b.rows_total == chunk->after + chunk->rows)
        return NO_ERR; /* came twice */
    if (b.state != BATCH_DRAFT || b.rows_total != chunk->after)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "Batch %lld has %lld rows and %s; rows from %lld on do not fit.",
                        (long long)batch, (long long)b.rows_total,
                        b.state == BATCH_DRAFT ? "is a draft" : "is published",
                        (long long)chunk->after + 1);
    struct sql_batch_chunk_add_in row = {batch, chunk->after + 1, chunk->packed};
    enum st st = sql_batch_chunk_add(c->tx, &row, NULL);
    if (st == ST_OK)
        st = sql_batch_staged(c->tx, &(struct sql_batch_staged_in){batch, chunk->rows}, NULL);
    return ctx_store(c, st);
}

static struct err cost_of_batch(struct ctx *c, int64_t batch,
                                const struct sql_batch_publishing_row_out *b,
                                struct publish_cost *cost) {
    struct order o = {batch,           b->rows_total,    b->max_assignments,
                      b->reward_cents, b->premium_cents, b->masters != 0};
    return cost_of(c, &o, cost);
}

struct err publish_cost(struct ctx *c, int64_t batch, struct publish_cost *cost) {
    struct sql_batch_publishing_row_out b;
    struct err e = find(c, batch, &b);
    if (!failed(e))
        e = cost_of_batch(c, batch, &b, cost);
    return failed(e) ? e : take_stock(c, cost);
}

struct err publish_order(struct ctx *c, int64_t batch, struct publish_cost *cost) {
    struct sql_batch_publishing_row_out b;
    struct err e = find(c, batch, &b);
    if (!failed(e))
        e = cost_of_batch(c, batch, &b, cost);
    if (failed(e))
        return e;
    if (b.state != BATCH_DRAFT) { /* ordered before, at the fee of that moment */
        e = take_stock(c, cost);
        cost->total_cents += (b.fee_cents - cost->fee_cents) * cost->assignments;
        cost->fee_cents = b.fee_cents;
        cost->missing_cents = 0;
        return e;
    }
    if (b.rows_total == 0)
        return err_make(c->arena, ERR_BAD_FILE, NULL,
                        "The file can not be published: it has no rows.");
    e = take_stock(c, cost);
    if (!failed(e))
        e = hold(c, batch, 0, cost);
    if (failed(e))
        return e;
    struct sql_batch_ordered_in in = {batch, cost->fee_cents, cost->many, c->now_ms};
    return ctx_store(c, sql_batch_ordered(c->tx, &in, NULL));
}

/* Rows of one chunk become HITs; *rows says how many. */
static enum st insert_rows(struct ctx *c, int64_t batch,
                           const struct sql_batch_publishing_row_out *b, struct str packed,
                           int64_t *rows) {
    struct sql_hit_rows_add_in hit = {
        .requester = b->requester,
        .batch = batch,
        .hit_type = b->hit_type,
        .seq = b->rows_published,
        .annotation = b->annotation,
        .max_assignments = b->max_assignments,
        .many = b->many,
        .fee_cents = b->fee_cents,
        .reward_cents = b->reward_cents,
        .created_ms = b->created_ms,
        .expires_ms = b->created_ms + b->lifetime_s * 1000,
        .activity_ms = b->created_ms,
    };
    struct sql_bulk *bulk = sql_hit_rows_add_begin(c->tx);
    enum st st = ST_OK;
    *rows = 0;
    while (st == ST_OK && pack_next(&packed, &hit.vars)) {
        hit.seq++;
        (*rows)++;
        st = sql_hit_rows_add_add(bulk, &hit);
    }
    enum st end = sql_hit_rows_add_end(bulk);
    return st == ST_OK ? end : st;
}

/* Publishes the chunk that is next and brings b up to date. */
static struct err publish_chunk_next(struct ctx *c, int64_t batch,
                                     struct sql_batch_publishing_row_out *b) {
    struct sql_batch_chunk_get_in next = {batch, b->rows_published + 1};
    struct sql_batch_chunk_get_out chunk;
    enum st st = sql_batch_chunk_get(c->tx, &next, &chunk);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_STORE, NULL, "Batch %lld lacks its staged rows from %lld on.",
                        (long long)batch, (long long)next.n);
    int64_t rows = 0;
    if (st == ST_OK)
        st = insert_rows(c, batch, b, chunk.body, &rows);
    if (st == ST_OK)
        st = sql_batch_chunk_drop(c->tx, &(struct sql_batch_chunk_drop_in){batch, next.n}, NULL);
    b->rows_published += rows;
    b->state = b->rows_published == b->rows_total ? BATCH_LIVE : BATCH_PUBLISHING;
    struct sql_batch_published_in done = {batch, rows, rows * b->max_assignments, b->state};
    if (st == ST_OK)
        st = sql_batch_published(c->tx, &done, NULL);
    struct slot_sums d = {.hit_type = b->hit_type, .open_hits = rows};
    struct shape shape = {.batch = batch,
                          .many = b->many,
                          .max_assignments = b->max_assignments,
                          .cost_cents = b->reward_cents + b->fee_cents};
    if (st == ST_OK)
        st = slots_sums(c->tx, &d);
    if (st == ST_OK)
        st = shapes_put(c->tx, &shape, rows);
    if (st != ST_OK || !(b->events & (INT64_C(1) << EVENT_HIT_CREATED)))
        return ctx_store(c, st);
    return event_emit_created(c, batch, next.n, b->rows_published, b->created_ms);
}

static struct err steps(struct ctx *c, int64_t batch, int chunks,
                        struct sql_batch_publishing_row_out *b, struct publish_progress *p) {
    struct err e = NO_ERR;
    for (int i = 0; i < chunks && b->state == BATCH_PUBLISHING && !failed(e); i++)
        e = publish_chunk_next(c, batch, b);
    *p = (struct publish_progress){b->rows_published, b->rows_total,
                                   b->state != BATCH_PUBLISHING && b->state != BATCH_DRAFT};
    return e;
}

struct err publish_step(struct ctx *c, int64_t batch, int chunks, struct publish_progress *p) {
    struct sql_batch_publishing_row_out b;
    struct err e = find(c, batch, &b);
    return failed(e) ? e : steps(c, batch, chunks, &b, p);
}

struct err publish_resume(struct ctx *c, int64_t batch, struct publish_progress *p) {
    struct sql_batch_publishing_row_out b;
    enum st st = sql_batch_publishing_row(c->tx, &(struct sql_batch_publishing_row_in){batch}, &b);
    return st == ST_OK ? steps(c, batch, 1, &b, p) : ctx_store(c, st);
}

enum st publish_forget(struct ctx *c, int64_t batch) {
    enum st st = sql_batch_chunks_drop(c->tx, &(struct sql_batch_chunks_drop_in){batch}, NULL);
    if (st == ST_OK)
        st = sql_draft_findings_drop(c->tx, &(struct sql_draft_findings_drop_in){batch}, NULL);
    if (st == ST_OK)
        st = sql_batch_draft_drop(c->tx, &(struct sql_batch_draft_drop_in){batch}, NULL);
    return st;
}

struct err publish_drop(struct ctx *c, int64_t batch) {
    struct sql_batch_publishing_row_out b;
    struct err e = find(c, batch, &b);
    if (failed(e))
        return e;
    if (b.state != BATCH_DRAFT)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "Batch %lld is published; it can be cancelled, not dropped.",
                        (long long)batch);
    return ctx_store(c, publish_forget(c, batch));
}

struct err publish_twin(struct ctx *c, int64_t project, struct str file_digest, int64_t *batch) {
    struct sql_batch_twin_in in = {c->actor->party, project, file_digest,
                                   c->now_ms - (int64_t)TOKEN_MEMORY_S * 1000};
    struct sql_batch_twin_out out = {0};
    enum st st = sql_batch_twin(c->tx, &in, &out);
    *batch = st == ST_OK ? out.id : 0;
    return ctx_store(c, st);
}
