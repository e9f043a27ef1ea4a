#include "api/api.h"

#include "api/envelope.h"
#include "api/op.h"
#include "app/call.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "http/json_in.h"
#include "market/request_key.h"

#define TARGET_PREFIX "MTurkRequesterServiceV20170117."
#define MEDIA_TYPE    "application/x-amz-json-1.1"

/* What the face needs besides the call. */
struct api_call {
    const struct api *api;
    const struct op *op;
};

void api_init(struct api *api, struct app *app) {
    api->app = app;
    token_key_init(&api->tokens, app->ids);
}

bool api_wants(const struct http_request *req) {
    return str_is(req->method, "POST") && str_is(req->path, "/");
}

static void refuse(struct call *call, struct err e) {
    call->type = MEDIA_TYPE;
    call_header(call, "x-amzn-RequestId", str_c(call->req->id));
    envelope_write(&call->body, call->req->arena, e, time_wall_ms(), call->app->sandbox);
}

static const struct op *find_op(struct str target) {
    struct str prefix = STR(TARGET_PREFIX);
    return str_starts(target, prefix) ? op_find(str_from(target, prefix.n)) : NULL;
}

/* Botocore and the JavaScript SDK send one id for all attempts of a call (money-and-lifecycle
 * 8.5); without it a repeated call is a call of its own. */
static void find_replay_key(struct call *call, const struct op *op) {
    struct http_request *req = call->req;
    struct str invocation = http_header(req, "amz-sdk-invocation-id");
    if (op->kind != OP_WRITE || !invocation.n)
        return;
    /* By party rather than by key: a retry after a key's rotation is the same call. */
    struct str who = call->session.party.public_id;
    call->replay_key = request_key_digest(req->arena, who, str_c(op->name), invocation, req->body);
    call->actor.request_key = call->replay_key;
}

static struct err check_rights(struct call *call, const struct op *op) {
    const struct party *party = &call->session.party;
    if (op->rights & (1u << party->role))
        return NO_ERR;
    return err_make(call->req->arena, ERR_ACCESS_DENIED, NULL,
                    "User: %.*s is not authorized to perform: mturk-requester:%s",
                    STR_ARG(party->public_id), op->name);
}

static struct err decode(struct call *call, const struct op *op) {
    struct arena *a = call->req->arena;
    if (!call->json) {
        struct str body = call->req->body.n ? call->req->body : STR("{}");
        struct err e = json_in(a, body, BODY_MAX, false, &call->json);
        if (failed(e))
            return e;
    }
    call->in = arena_alloc(a, op->in_size);
    return fields_decode(a, op->fields, call->json, call->in);
}

static struct err enter(struct call *call, struct ctx *ctx) {
    static const char *const require[] = {"x-amz-target", NULL};
    const struct op *op = ((const struct api_call *)call->extra)->op;
    struct err e = call_enter_key(call, ctx, require);
    if (e.code == ERR_SUSPENDED)
        e.code = ERR_ACCESS_DENIED;
    if (!failed(e))
        e = call_count(call, ctx);
    if (failed(e))
        return e;
    if (!op)
        return err_make(
            ctx->arena, ERR_UNKNOWN_OPERATION, NULL,
            "There is no operation of this name: the header X-Amz-Target must be \"" TARGET_PREFIX
            "<Operation>\".");
    call->actor.entrance = ENTRANCE_API;
    e = check_rights(call, op);
    if (failed(e))
        return e;
    e = decode(call, op);
    if (!failed(e))
        find_replay_key(call, op);
    return e;
}

struct op_call api_op_call(const struct api *api, const struct call *call, struct ctx *ctx,
                           const struct op *op) {
    return (struct op_call){
        .op = op,
        .ctx = ctx,
        .in = call->in,
        .party = call->session.party.id,
        .tokens = &api->tokens,
        .content_url = call->app->content_url,
        .allow_insecure = str_starts(str_c(call->app->site_url), STR("http://")),
        .writable = call->writable,
    };
}

static struct err run(struct call *call, struct ctx *ctx) {
    const struct api_call *own = call->extra;
    struct op_call op_call = api_op_call(own->api, call, ctx, own->op);
    call->type = MEDIA_TYPE;
    call_header(call, "x-amzn-RequestId", str_c(call->req->id));
    op_call.out = json_begin(&call->body);
    struct err e = own->op->run(&op_call);
    call->due = op_call.due && !call->writable;
    return e;
}

static const struct face face = {.kind = FACE_API, .enter = enter, .refuse = refuse};

void api_handle(struct api *api, struct http_request *req) {
    struct api_call *own = arena_new(req->arena, struct api_call);
    own->api = api;
    own->op = find_op(http_header(req, "X-Amz-Target"));
    struct call *call = call_new(api->app, req, &face);
    call->extra = own;
    call->kind = own->op && own->op->kind == OP_WRITE ? CALL_WRITE : CALL_READ;
    call->run = run;
    call_start(call);
}

void api_refuse(struct api *api, struct http_request *req, struct err e) {
    call_refuse(call_new(api->app, req, &face), e);
}
