#include "api/v1.h"

#include <string.h>

#include "api/v1_rows.h"
#include "base/limits.h"
#include "base/num.h"
#include "http/json_in.h"
#include "market/batch.h"
#include "market/funds.h"
#include "market/request_key.h"

/* ---- rows of no other subject ---- */

static struct err openapi(struct call *call, struct ctx *ctx) {
    (void)ctx;
    struct json j = call_json(call);
    v1_openapi(&j, call->app->site_url);
    return NO_ERR;
}

static struct err balance(struct call *call, struct ctx *ctx) {
    struct funds funds;
    struct err e = funds_balance(ctx, call->actor.party, &funds);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    json_open_object(&j);
    json_kv_int(&j, "available_cents", funds.balances.avail);
    json_kv_int(&j, "held_cents", funds.balances.held);
    json_end(&j);
    return NO_ERR;
}

static const struct v1_row own_rows[] = {
    {.route = {.method = "GET",
               .pattern = "/v1/openapi.json",
               .help = "This description.",
               .may = MAY_EVERYBODY,
               .kind = CALL_READ,
               .run = openapi,
               .gives = "application/json"}},
    {.route = {.method = "GET",
               .pattern = "/v1/balance",
               .help = "Money that may be spent, and money held for open and undecided work.",
               .may = MAY_OWN,
               .kind = CALL_READ,
               .run = balance,
               .gives = "application/json"}},
    {.route = {.method = NULL}},
};

const struct v1_row *const v1_tables[] = {
    own_rows,        v1_batch_rows,   v1_review_rows, v1_project_rows,
    v1_publish_rows, v1_webhook_rows, NULL,
};

static const struct v1_row *find_row(const struct http_request *req,
                                     struct str params[CALL_PARAMS_MAX], bool *other) {
    *other = false;
    for (size_t i = 0; v1_tables[i]; i++) {
        for (const struct v1_row *row = v1_tables[i]; row->route.method; row++) {
            if (!route_match(&row->route, req->path, params))
                continue;
            if (route_takes(&row->route, req->method))
                return row;
            *other = true;
        }
    }
    return NULL;
}

/* ---- the face ---- */

static void refuse(struct call *call, struct err e) {
    call_header(call, "X-Request-Id", str_c(call->req->id));
    if (e.code == ERR_THROTTLED) { /* 400 is for the SDKs only */
        call->status = 429;
        call_header(call, "Retry-After", STR("1"));
    }
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "error");
    json_open_object(&j);
    json_kv_cstr(&j, "code", err_slug(e.code));
    json_kv_cstr(&j, "message", e.detail ? e.detail : err_opening(e.code));
    json_kv_str_opt(&j, "field", str_c(e.field));
    json_end(&j);
    json_end(&j);
}

static bool is_signed(const struct http_request *req) {
    return http_header(req, "Authorization").p != NULL;
}

static struct err decode(struct call *call, const struct v1_row *row) {
    struct arena *a = call->req->arena;
    if (!(row->route.flags & ROUTE_JSON))
        return NO_ERR;
    if (!call->json) {
        struct str body = call->req->body.n ? call->req->body : STR("{}");
        struct err e = json_in(a, body, BODY_MAX, false, &call->json);
        if (failed(e))
            return e;
    }
    call->in = arena_alloc(a, row->in_size);
    return fields_decode(a, row->fields, call->json, call->in);
}

static void find_replay_key(struct call *call) {
    struct http_request *req = call->req;
    struct str key = http_header(req, "Idempotency-Key");
    if (!key.n || !route_changes(call->route))
        return;
    struct str body = http_body(req);
    struct str what =
        str_printf(req->arena, "%.*s %.*s", STR_ARG(req->method), STR_ARG(req->target));
    call->replay_key = request_key_digest(req->arena, call->session.account.public_id, what, key,
                                          body.p ? body : STR(""));
    call->actor.request_key = call->replay_key;
}

static struct err enter(struct call *call, struct ctx *ctx) {
    const struct v1_row *row = call->extra;
    struct err e =
        is_signed(call->req) ? call_enter_key(call, ctx, NULL) : call_enter_session(call, ctx);
    if (!failed(e))
        e = call_count(call, ctx);
    if (!failed(e))
        e = route_check_rights(&row->route, call);
    if (!failed(e) && route_changes(&row->route) && !call->by_key)
        e = call_check_csrf(call);
    if (failed(e))
        return e;
    call->actor.entrance = ENTRANCE_API;
    find_replay_key(call);
    return decode(call, row);
}

static struct err run(struct call *call, struct ctx *ctx) {
    const struct v1_row *row = call->extra;
    call->status = row->success;
    return row->route.run(call, ctx);
}

static struct err slow(struct call *call) {
    const struct v1_row *row = call->extra;
    call->status = row->success;
    return row->route.slow(call);
}

static const struct face face = {.kind = FACE_V1, .enter = enter, .refuse = refuse};

bool v1_wants(const struct http_request *req) {
    return str_starts(req->path, STR("/v1/"));
}

static struct err no_row(struct http_request *req, bool other) {
    if (other)
        return err_make(req->arena, ERR_METHOD_NOT_ALLOWED, NULL,
                        "This address does not take %.*s.", STR_ARG(req->method));
    return err_make(req->arena, ERR_NOT_FOUND, NULL,
                    "There is no such address; /v1/openapi.json lists all of them.");
}

struct http_plan v1_plan(struct app *app, struct http_request *req) {
    struct str params[CALL_PARAMS_MAX];
    bool other;
    const struct v1_row *row = find_row(req, params, &other);
    struct http_plan plan = {.body_max = BODY_MAX};
    if (!row || !(row->route.flags & ROUTE_UPLOAD))
        return plan;
    /* Nobody makes us store half a gigabyte without saying at least who he claims to be. */
    if (!is_signed(req) && !http_cookie(req, SESSION_COOKIE).p) {
        v1_refuse(app, req, err_make(req->arena, ERR_SIGN_IN_NEEDED, NULL, "Sign in first."));
        return plan;
    }
    plan.body_max = app->file_max;
    plan.to_file = true;
    return plan;
}

void v1_handle(struct app *app, struct http_request *req) {
    struct str params[CALL_PARAMS_MAX] = {STR_NULL};
    bool other;
    const struct v1_row *row = find_row(req, params, &other);
    struct call *call = call_new(app, req, &face);
    if (!row) {
        call_refuse(call, no_row(req, other));
        return;
    }
    memcpy(call->params, params, sizeof params);
    call->extra = row;
    call->route = &row->route;
    call->kind = row->route.kind;
    call->run = run;
    call->slow = slow;
    if (row->route.flags & ROUTE_UPLOAD)
        call_start_deferred(call);
    else
        call_start(call);
}

void v1_refuse(struct app *app, struct http_request *req, struct err e) {
    call_refuse(call_new(app, req, &face), e);
}

/* ---- for the handlers ---- */

struct err v1_query_int(struct call *call, const char *name, int64_t min, int64_t max,
                        int64_t fallback, int64_t *value) {
    struct str text = form_get(&call->req->query, name);
    *value = fallback;
    if (!text.n || num_parse(text, min, max, value))
        return NO_ERR;
    return err_make(call->req->arena, ERR_BAD_REQUEST, name,
                    "\"%.*s\" is not a number from %lld to %lld; correct \"%s\" in the address.",
                    STR_ARG(text), (long long)min, (long long)max, name);
}

struct err v1_batch_param(struct call *call, int64_t *batch) {
    if (batch_id_parse(call->params[0], batch))
        return NO_ERR;
    return err_make(call->req->arena, ERR_NOT_FOUND, "id", "There is no batch %.*s.",
                    STR_ARG(call->params[0]));
}
