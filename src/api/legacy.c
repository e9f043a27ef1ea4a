#include "api/legacy.h"

#include <assert.h>
#include <openssl/crypto.h>

#include "api/legacy_op.h"
#include "base/datetime.h"
#include "market/key.h"
#include "market/request_key.h"
#include "market/setting.h"

#define MEDIA_TYPE "text/xml; charset=UTF-8"
#define SERVICE    "AWSMechanicalTurkRequester"

/* As the old service: clocks of 2006 were no better (requester-api 4.1). */
#define SKEW_MS INT64_C(900000)

bool legacy_wants(const struct http_request *req) {
    bool post = str_is(req->method, "POST");
    if (http_header(req, "X-Amz-Target").p ||
        !(str_is(req->path, "/") || str_is(req->path, "/onca/xml")))
        return false;
    if (post && form_is_urlencoded(http_header(req, "Content-Type")))
        return true;
    return (post || str_is(req->method, "GET")) && form_get(&req->query, "Operation").p;
}

/* ---- the answer ---- */

static void begin_answer(struct call *call) {
    call->type = MEDIA_TYPE;
    call_header(call, "x-amzn-RequestId", str_c(call->req->id));
}

static void refuse(struct call *call, struct err e) {
    struct legacy_call l = *(const struct legacy_call *)call->extra;
    l.call = call;
    begin_answer(call);
    call->status = legacy_write_error(&call->body, &l, e);
}

static void repeat(struct call *call, struct str body) {
    begin_answer(call);
    buf_str(&call->body, body);
}

/* ---- who ---- */

static struct err switched_on(struct ctx *ctx) {
    struct str on;
    struct err e = setting_get(ctx, setting_find(STR("legacy_api")), &on);
    if (failed(e) || str_is(on, "on"))
        return e;
    return err_make(ctx->arena, ERR_FORBIDDEN, NULL,
                    "This server does not speak the old dialect of the Requester API (before "
                    "2017-01-17). Its operator can switch it on: hitd setting legacy_api on");
}

/* Such a signature covers none of the parameters: whoever sees one request can send others. */
static struct err version_0_allowed(const struct call *call, struct ctx *ctx) {
    int64_t allowed = 0;
    struct err e = setting_int(ctx, "legacy_signature_0", &allowed);
    if (failed(e) || allowed == 2 || (allowed == 1 && call->req->tls))
        return e;
    return err_make(ctx->arena, ERR_FORBIDDEN, NULL,
                    "The request has no SignatureVersion: its signature covers none of its "
                    "parameters. This server takes such requests only %s.",
                    allowed ? "over TLS"
                            : "when its operator allows it (setting "
                              "legacy_signature_0)");
}

static struct err needed(struct arena *a, const struct legacy_params *p, const char *name,
                         struct str *value) {
    *value = legacy_param(p, name);
    if (value->n)
        return NO_ERR;
    return err_make(a, ERR_MISSING_AUTH, NULL, "The request has no parameter %s.", name);
}

static struct err check_time(struct arena *a, struct str timestamp) {
    int64_t ms, now_ms = time_wall_ms();
    if (!time_parse_iso(timestamp, &ms))
        return err_make(a, ERR_BAD_REQUEST, "Timestamp",
                        "Value (%.*s) for parameter Timestamp is invalid. Reason: Must be in "
                        "ISO8601 format.",
                        STR_ARG(str_sub(timestamp, 0, 100)));
    if (ms < now_ms - SKEW_MS || ms > now_ms + SKEW_MS)
        return err_make(a, ERR_REQUEST_EXPIRED, "Timestamp",
                        "Request has expired. Timestamp date is %.*s; the server's time is %.*s.",
                        STR_ARG(timestamp), STR_ARG(time_iso(a, now_ms)));
    return NO_ERR;
}

static struct err check_version(struct arena *a, struct str version, struct str service) {
    if (version.p && !str_is(version, "1") && !str_is(version, "0"))
        return err_make(a, ERR_INCOMPLETE_SIGNATURE, NULL,
                        "SignatureVersion is \"%.*s\"; it must be 1.",
                        STR_ARG(str_sub(version, 0, 100)));
    if (service.n && !str_is(service, SERVICE))
        return err_make(a, ERR_INCOMPLETE_SIGNATURE, NULL,
                        "Service is \"%.*s\"; it must be " SERVICE ".",
                        STR_ARG(str_sub(service, 0, 100)));
    return NO_ERR;
}

struct credentials {
    struct str key_id, timestamp, signature, to_sign;
    bool version_0;
};

static struct err read_credentials(struct arena *a, const struct legacy_params *p,
                                   struct credentials *c) {
    struct str version = legacy_param(p, "SignatureVersion");
    struct err e = needed(a, p, "AWSAccessKeyId", &c->key_id);
    if (!failed(e))
        e = needed(a, p, "Timestamp", &c->timestamp);
    if (!failed(e))
        e = needed(a, p, "Signature", &c->signature);
    if (!failed(e))
        e = check_version(a, version, legacy_param(p, "Service"));
    c->version_0 = !str_is(version, "1");
    if (failed(e))
        return e;
    struct str operation = legacy_param(p, "Operation");
    c->to_sign = c->version_0
                     ? str_printf(a, SERVICE "%.*s%.*s", STR_ARG(operation), STR_ARG(c->timestamp))
                     : legacy_signed_text(a, p);
    return NO_ERR;
}

static struct err check_signature(struct arena *a, const struct credentials *c, struct str secret) {
    enum { SHOWN_MAX = 1000 };
    struct str good = legacy_sign(a, secret, c->to_sign);
    if (good.n == c->signature.n && CRYPTO_memcmp(good.p, c->signature.p, good.n) == 0)
        return NO_ERR;
    return err_make(a, ERR_BAD_SIGNATURE, NULL,
                    "The signature does not match. The text that should have been signed is "
                    "\"%.*s%s\". The server's time is %.*s.",
                    STR_ARG(str_sub(c->to_sign, 0, SHOWN_MAX)), c->to_sign.n > SHOWN_MAX ? "…" : "",
                    STR_ARG(time_iso(a, time_wall_ms())));
}

static struct err authenticate(struct call *call, struct ctx *ctx, const struct legacy_call *l) {
    struct credentials c;
    struct key_found key;
    struct err e = switched_on(ctx);
    if (!failed(e))
        e = read_credentials(ctx->arena, &l->params, &c);
    if (!failed(e) && c.version_0)
        e = version_0_allowed(call, ctx);
    if (!failed(e))
        e = check_time(ctx->arena, c.timestamp);
    if (!failed(e))
        e = key_find(ctx, call->app->seal, c.key_id, &key);
    if (!failed(e))
        e = check_signature(ctx->arena, &c, key.secret);
    if (e.code == ERR_SUSPENDED)
        e.code = ERR_ACCESS_DENIED;
    if (!failed(e))
        call_enter_found(call, &key.party, c.key_id);
    return e;
}

/* Old calls carry nothing that says "the same call again", and boto signs each attempt anew. So
 * for the few where it matters the same parameters within some time do (legacy_ops.c). */
static void find_replay_key(struct call *call, const struct legacy_call *l) {
    struct arena *a = call->req->arena;
    call->replay_key =
        request_key_digest(a, call->session.party.public_id, str_printf(a, "old %s", l->op->name),
                           STR(""), legacy_same_text(a, &l->params));
    call->replay_ms = l->op->same_ms;
    call->actor.request_key = call->replay_key;
}

static struct err enter(struct call *call, struct ctx *ctx) {
    const struct legacy_call *l = call->extra;
    struct err e = authenticate(call, ctx, l);
    if (!failed(e))
        e = call_count(call, ctx);
    if (failed(e))
        return e;
    if (!l->op)
        return err_make(ctx->arena, ERR_UNKNOWN_OPERATION, NULL, "There is no operation \"%.*s\".",
                        STR_ARG(str_sub(legacy_param(&l->params, "Operation"), 0, 100)));
    if (call->session.party.role != ROLE_REQUESTER)
        return err_make(ctx->arena, ERR_ACCESS_DENIED, NULL,
                        "The identity contained in the request is not authorized to use this "
                        "operation.");
    call->actor.entrance = ENTRANCE_API;
    if (l->op->same_ms)
        find_replay_key(call, l);
    return NO_ERR;
}

/* ---- what ---- */

json_t *legacy_object(struct legacy_call *l) {
    json_t *object = json_object();
    json_array_append_new(l->trees, object);
    return object;
}

struct err legacy_members(struct legacy_call *l, const char *name, json_t **in) {
    const struct op *op = op_find(str_c(name));
    json_t *object = legacy_object(l), *read;
    assert(op);
    struct err e = legacy_params_json(l->ctx->arena, &l->params, op->fields, l->op->absent, &read);
    if (failed(e))
        return e;
    json_object_update(object, read);
    json_decref(read);
    *in = object;
    return NO_ERR;
}

struct err legacy_do(struct legacy_call *l, const char *name, const json_t *in, json_t **answer) {
    const struct op *op = op_find(str_c(name));
    struct buf out = BUF_INIT;
    assert(op);
    struct op_call run = api_op_call(l->api, l->call, l->ctx, op);
    void *members = arena_alloc(l->ctx->arena, op->in_size);
    struct err e = fields_decode(l->ctx->arena, op->fields, in, members);
    run.in = members;
    run.out = json_begin(&out);
    if (!failed(e))
        e = op->run(&run);
    if (!failed(e) && run.due && !l->call->writable)
        l->call->due = true;
    if (!failed(e) && answer) {
        struct str text = buf_view(&out);
        *answer = json_loadb(text.p, text.n, JSON_ALLOW_NUL, NULL);
        assert(*answer); /* our own writer's */
        json_array_append_new(l->trees, *answer);
    }
    buf_free(&out);
    return e;
}

static struct err run_plain(struct legacy_call *l, json_t **answer) {
    json_t *in;
    struct err e = legacy_members(l, l->op->to, &in);
    return failed(e) ? e : legacy_do(l, l->op->to, in, answer);
}

static struct err run(struct call *call, struct ctx *ctx) {
    struct legacy_call l = *(const struct legacy_call *)call->extra;
    json_t *answer = NULL;
    l.call = call;
    l.ctx = ctx;
    l.trees = json_array();
    struct err e = l.op->run    ? l.op->run(&l, &answer)
                   : l.op->list ? legacy_run_list(&l, &answer)
                                : run_plain(&l, &answer);
    if (!failed(e)) {
        begin_answer(call);
        legacy_write_answer(&call->body, &l, answer);
    }
    json_decref(l.trees);
    return e;
}

/* ---- the face ---- */

static const struct face face = {
    .kind = FACE_API,
    .enter = enter,
    .refuse = refuse,
    .repeat = repeat,
};

static struct call *new_call(struct api *api, struct http_request *req, struct legacy_call **l) {
    struct call *call = call_new(api->app, req, &face);
    *l = arena_new(req->arena, struct legacy_call);
    (*l)->api = api;
    call->extra = *l;
    return call;
}

void legacy_handle(struct api *api, struct http_request *req) {
    struct legacy_call *l;
    struct call *call = new_call(api, req, &l);
    struct str body = form_is_urlencoded(http_header(req, "Content-Type")) ? req->body : STR("");
    struct err e = legacy_params_read(req->arena, req->raw_query, body, &l->params);
    if (failed(e)) {
        call_refuse(call, e);
        return;
    }
    l->op = legacy_op_find(legacy_param(&l->params, "Operation"));
    call->kind = l->op && l->op->kind == OP_WRITE ? CALL_WRITE : CALL_READ;
    call->run = run;
    call_start(call);
}

void legacy_refuse(struct api *api, struct http_request *req, struct err e) {
    struct legacy_call *l;
    call_refuse(new_call(api, req, &l), e);
}
