/* A worker's own data as a file (worker-site 2, "Export"). */
#include "market/own_data.h"
#include "base/log.h"
#include "site/rows.h"

/* Of the path; the row without a list is everything. */
static int asked(const struct call *call) {
    return call->params[0].n ? own_data_find(call->params[0]) : -1;
}

static bool sink(void *arg, const void *p, size_t n) {
    return http_sink_write(arg, p, n);
}

static bool produce(struct http_sink *out, void *arg) {
    struct call *call = arg;
    struct own_data_in in = {
        .worker = call->session.party.id,
        .list = asked(call),
        .dialect = page_dialect(call, CSV_EXCEL),
    };
    struct err e =
        own_data_write(call->app->store, call->app->ids, call->req->arena, &in, sink, out);
    if (failed(e))
        log_error("%s: own data: %s", call->req->id, e.detail);
    return !failed(e);
}

static struct err begin(struct call *call, struct ctx *ctx, const char *type, struct str name) {
    struct err e = own_data_take(ctx, call->session.party.id);
    if (failed(e))
        return e;
    call->type = type;
    call_header(call, "Content-Disposition",
                str_printf(call->req->arena, "attachment; filename=\"%.*s\"", STR_ARG(name)));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call_header(call, "Cache-Control", STR("no-store"));
    call->produce = produce;
    call->produce_arg = call;
    return NO_ERR;
}

static struct err download_all(struct call *call, struct ctx *ctx) {
    return begin(call, ctx, "application/json", STR("my-data.json"));
}

static struct err download_list(struct call *call, struct ctx *ctx) {
    if (asked(call) < 0)
        return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such list.");
    return begin(call, ctx, "text/csv; charset=utf-8",
                 str_printf(call->req->arena, "my-%.*s.csv", STR_ARG(call->params[0])));
}

const struct route site_own_data_rows[] = {
    /* Writes, because downloads are counted. */
    {.method = "GET",
     .pattern = "/account/export",
     .help = "All that is kept about a worker, as JSON.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = download_all},
    {.method = "GET",
     .pattern = "/account/export/{list}",
     .help = "One list of it as CSV.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = download_list},
    {.method = NULL},
};
