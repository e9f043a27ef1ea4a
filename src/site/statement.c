/* A requester's statement as a file, in constant memory (csv-formats 7). */
#include "market/statement.h"

#include "base/log.h"
#include "site/rows.h"

static bool sink(void *arg, const void *p, size_t n) {
    return http_sink_write(arg, p, n);
}

static bool produce(struct http_sink *out, void *arg) {
    struct call *call = arg;
    struct err e = statement_write(call->app->store, call->app->ids, call->req->arena,
                                   call->actor.party, sink, out);
    if (failed(e))
        log_error("%s: statement: %s", call->req->id, e.detail);
    return !failed(e);
}

static struct err download(struct call *call, struct ctx *ctx) {
    (void)ctx;
    call->type = "text/csv; charset=utf-8";
    call_header(call, "Content-Disposition", STR("attachment; filename=\"transactions.csv\""));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call->produce = produce;
    call->produce_arg = call;
    return NO_ERR;
}

const struct route site_statement_rows[] = {
    {.method = "GET",
     .pattern = "/requester/account/transactions.csv",
     .help = "Every posting, oldest first (csv-formats 7).",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = download},
    {.method = NULL},
};
