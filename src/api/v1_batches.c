/* /v1/batches: lists, cards, and results as CSV (csv-formats 3). */
#include "api/v1_rows.h"
#include "base/limits.h"
#include "base/log.h"
#include "market/batch.h"
#include "market/results.h"

static const struct route_param list_query[] = {
    {"state", "in_progress, ready_for_review or reviewed; all three when absent"},
    {"next", "\"next\" of the page before"},
    {"limit", "batches on a page, 1 to 100"},
    {NULL, NULL},
};

static struct err list_batches(struct call *call, struct ctx *ctx) {
    struct batch_list_in in = {.requester = call->actor.party};
    struct str state = form_get(&call->req->query, "state");
    int64_t limit = 0;
    struct err e = v1_query_int(call, "limit", 1, PAGE_MAX, PAGE_MAX, &limit);
    if (!failed(e))
        e = v1_query_int(call, "next", 1, INT64_MAX, 0, &in.after);
    if (!failed(e) && state.n && !batch_list_parse(state, &in.list))
        e = err_make(ctx->arena, ERR_BAD_REQUEST, "state",
                     "\"%.*s\" is no state of a batch: in_progress, ready_for_review, reviewed.",
                     STR_ARG(state));
    in.limit = (int)limit;
    struct batch_list_out out;
    if (!failed(e))
        e = batch_list(ctx, &in, &out);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    batch_list_json(&j, &out);
    return NO_ERR;
}

static struct err get_batch(struct call *call, struct ctx *ctx) {
    int64_t batch;
    struct batch_view view;
    struct err e = v1_batch_param(call, &batch);
    if (!failed(e))
        e = batch_get(ctx, call->actor.party, batch, &view);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    batch_json(&j, &view);
    return NO_ERR;
}

/* ---- results.csv ---- */

static const struct route_param results_query[] = {
    {"dialect", "classic, excel, excel-semicolon or strict-classic"},
    {"status", "submitted, approved, rejected, or several with commas between; all when absent"},
    {"fill_reject", "0 leaves the Reject column empty"},
    {"extended", "1 adds the columns of our own"},
    {NULL, NULL},
};

struct download {
    struct call *call;
    struct results_in in;
    struct str name;
};

static struct err look(struct ctx *ctx, void *arg) {
    struct download *d = arg;
    return results_name(ctx, d->in.requester, d->in.batch, &d->name);
}

static bool sink(void *arg, const void *p, size_t n) {
    return http_sink_write(arg, p, n);
}

static bool produce(struct http_sink *out, void *arg) {
    struct download *d = arg;
    struct app *app = d->call->app;
    struct err e = results_write(app->store, app->ids, d->call->req->arena, &d->in, sink, out);
    if (failed(e))
        log_error("%s: results of batch %lld: %s", d->call->req->id, (long long)d->in.batch,
                  e.detail);
    return !failed(e);
}

static struct err bad_word(struct call *call, const char *name, struct str word) {
    return err_make(call->req->arena, ERR_BAD_REQUEST, name, "\"%.*s\" is no %s of results.",
                    STR_ARG(word), name);
}

static struct err results(struct call *call) {
    const struct form *query = &call->req->query;
    struct download *d = arena_new(call->req->arena, struct download);
    d->call = call;
    d->in.requester = call->actor.party;
    struct str dialect = form_get(query, "dialect"), status = form_get(query, "status");
    d->in.keep_reject_empty = str_is(form_get(query, "fill_reject"), "0");
    d->in.extended = str_is(form_get(query, "extended"), "1");
    results_dialect(STR("classic"), &d->in.dialect);
    if (dialect.n && !results_dialect(dialect, &d->in.dialect))
        return bad_word(call, "dialect", dialect);
    if (status.n && !results_status(status, &d->in.status))
        return bad_word(call, "status", status);
    struct err e = v1_batch_param(call, &d->in.batch);
    if (!failed(e))
        e = call_read(call, look, d);
    if (failed(e))
        return e;
    call->type = "text/csv; charset=utf-8";
    call_header(call, "Content-Disposition",
                str_printf(call->req->arena, "attachment; filename=\"%.*s\"", STR_ARG(d->name)));
    call->produce = produce;
    call->produce_arg = d;
    return NO_ERR;
}

const struct v1_row v1_batch_rows[] = {
    {.route = {.method = "GET",
               .pattern = "/v1/batches",
               .help = "Batches, newest first.",
               .may = MAY_READ,
               .kind = CALL_READ,
               .run = list_batches,
               .query = list_query,
               .gives = "application/json"}},
    {.route = {.method = "GET",
               .pattern = "/v1/batches/{id}",
               .help = "One batch.",
               .may = MAY_READ,
               .kind = CALL_READ,
               .run = get_batch,
               .gives = "application/json"}},
    {.route = {.method = "GET",
               .pattern = "/v1/batches/{id}/results.csv",
               .help = "Results of a batch, one row for each assignment that was submitted.",
               .may = MAY_READ,
               .kind = CALL_SLOW,
               .slow = results,
               .query = results_query,
               .gives = "text/csv"}},
    {.route = {.method = NULL}},
};
