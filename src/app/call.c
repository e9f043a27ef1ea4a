#include "app/call.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "app/route.h"
#include "base/datetime.h"
#include "base/log.h"
#include "http/sigv4.h"
#include "market/key.h"
#include "market/request_key.h"

struct call *call_new(struct app *app, struct http_request *req, const struct face *face) {
    struct call *call = arena_new(req->arena, struct call);
    call->app = app;
    call->req = req;
    call->face = face;
    call->actor.entrance = ENTRANCE_PAGE;
    req->state = call;
    return call;
}

/* ---- the answer ---- */

void call_header(struct call *call, const char *name, struct str value) {
    assert(call->header_count < CALL_HEADERS_MAX);
    call->headers[call->header_count++] = (struct http_header){str_c(name), value};
}

void call_cookie(struct call *call, struct http_header cookie) {
    assert(call->header_count < CALL_HEADERS_MAX);
    call->headers[call->header_count++] = cookie;
}

struct json call_json(struct call *call) {
    call->type = "application/json";
    return json_begin(&call->body);
}

static void begin_answer(struct call *call) {
    buf_clear(&call->body);
    call->status = 0;
    call->type = NULL;
    call->header_count = 0;
    call->produce = NULL;
}

/* What the call holds on the heap. */
static void release(struct call *call) {
    if (call->json)
        json_decref(call->json);
    call->json = NULL;
}

void call_answer(struct call *call) {
    release(call);
    struct http_reply reply = {
        .status = call->status,
        .type = call->type,
        .headers = call->headers,
        .header_count = call->header_count,
    };
    if (call->produce) {
        buf_free(&call->body);
        reply.produce = call->produce;
        reply.arg = call->produce_arg;
    } else {
        reply.take = call->body;
        call->body = BUF_INIT;
    }
    http_reply(call->req, &reply);
}

static void write_refusal(struct call *call, struct err e) {
    begin_answer(call);
    call->status = err_http_status(e.code);
    call->face->refuse(call, e);
}

void call_refuse(struct call *call, struct err e) {
    write_refusal(call, e);
    call_answer(call);
}

/* ---- transactions ---- */

/* The details of an error must outlive the transaction; all arenas here do, as the transaction
 * uses the request's. */
static struct err begin(struct call *call, struct tx *tx, struct ctx *ctx) {
    tx_use_arena(tx, call->req->arena);
    return ctx_begin(ctx, tx, &call->actor, call->app->ids);
}

/* What the user learns about a failure of the store: it is logged here, in full. */
static struct err store_trouble(struct call *call, const char *what) {
    struct str words = store_error(call->app->store, call->req->arena);
    log_error("%s: %s failed: %.*s", call->req->id, what, STR_ARG(words));
    if (str_find(words, STR("disk is full")) >= 0)
        return err_make(call->req->arena, ERR_UNAVAILABLE, NULL,
                        "The server's disk is full; nothing was changed. Reading goes on; writing "
                        "does when its operator has made room.");
    return err_make(call->req->arena, ERR_UNAVAILABLE, NULL,
                    "The service can not do this at the moment; nothing was changed. Try again.");
}

static bool trouble(struct err e) {
    return e.code == ERR_STORE || e.code == ERR_RETRY;
}

static struct err settle_error(struct call *call, struct err e, enum st st, const char *what) {
    if (st != ST_OK || trouble(e))
        return store_trouble(call, what);
    if (e.code == ERR_INTERNAL)
        log_error("%s: %s: %s", call->req->id, what, e.detail ? e.detail : "");
    return e;
}

/* Steps 1 and 2 of a read, in one snapshot. */
static enum tx_end enter_and_read(struct tx *tx, void *arg) {
    struct call *call = arg;
    struct ctx ctx;
    begin_answer(call);
    call->err = begin(call, tx, &ctx);
    if (!failed(call->err))
        call->err = call->face->enter(call, &ctx);
    if (!failed(call->err) && call->kind == CALL_READ)
        call->err = call->run(call, &ctx);
    return call->err.code == ERR_RETRY ? TX_RETRY : TX_ROLLBACK;
}

/* The answer of a call that came before; true when it is known. */
static bool known_answer(struct call *call, struct ctx *ctx) {
    struct kept_answer kept;
    bool known = false;
    int64_t within_ms = call->replay_ms ? call->replay_ms : REQUEST_KEY_MS;
    call->err = request_key_find(ctx, call->replay_key, within_ms, &kept, &known);
    if (failed(call->err) || !known)
        return false;
    call->status = kept.status;
    if (call->face->repeat) {
        call->face->repeat(call, kept.body);
        return true;
    }
    call->type = "application/x-amz-json-1.1";
    if (call->face->kind != FACE_API)
        call->type = "application/json";
    buf_str(&call->body, kept.body);
    return true;
}

/* A program's refusal is an answer like any other: the work is undone, the answer kept. A person
 * may well send the same form again when what was in its way is gone. */
static enum tx_end keep_answer(struct call *call, struct ctx *ctx) {
    if (failed(call->err)) {
        if (err_http_status(call->err.code) >= 500 || call->err.code == ERR_THROTTLED ||
            call->face->repeat)
            return TX_ROLLBACK;
        if (tx_rollback_to(ctx->tx) != ST_OK)
            return TX_RETRY;
        write_refusal(call, call->err);
    } else if (tx_release(ctx->tx) != ST_OK) {
        return TX_RETRY;
    }
    struct kept_answer kept = {call->status ? call->status : 200, buf_view(&call->body)};
    struct err e = request_key_keep(ctx, call->replay_key, &kept);
    if (failed(e)) {
        call->err = e;
        return ctx_end(e);
    }
    call->err = NO_ERR; /* a refusal stands in body already */
    return TX_COMMIT;
}

static enum tx_end write_run(struct tx *tx, void *arg) {
    struct call *call = arg;
    struct ctx ctx;
    begin_answer(call);
    call->writable = true;
    call->due = false;
    call->err = begin(call, tx, &ctx);
    if (failed(call->err))
        return ctx_end(call->err);
    if (!call->replay_key.p) {
        call->err = call->run(call, &ctx);
        return ctx_end(call->err);
    }
    if (known_answer(call, &ctx))
        return TX_ROLLBACK;
    if (failed(call->err))
        return ctx_end(call->err);
    if (tx_savepoint(tx) != ST_OK)
        return TX_RETRY;
    call->err = call->run(call, &ctx);
    if (trouble(call->err))
        return ctx_end(call->err);
    return keep_answer(call, &ctx);
}

/* A refused form is shown again, in a snapshot of its own. */
static void show_again(struct call *call) {
    struct err (*show)(struct call * call, struct ctx * ctx) = NULL;
    if (call->face->again && !failed(call->form_err))
        show = call->face->again(call, call->err);
    if (!show)
        return;
    call->form_err = call->err;
    call->kind = CALL_READ;
    call->run = show;
    call->writable = false;
    enum st st = store_read(call->app->store, enter_and_read, call);
    call->err = settle_error(call, call->err, st, "a read");
}

static void finish(struct call *call) {
    if (failed(call->err))
        show_again(call);
    if (failed(call->err))
        call_refuse(call, call->err);
    else
        call_answer(call);
}

static void write_done(struct write *w, enum st st) {
    struct call *call = w->arg;
    call->err = settle_error(call, call->err, st, "a write");
    finish(call);
}

static void submit(struct call *call) {
    call->write = (struct write){
        .fn = write_run,
        .arg = call,
        .shard = call->shard,
        .done = write_done,
    };
    store_submit(call->app->store, &call->write);
}

static struct err find_kept(struct ctx *ctx, void *arg) {
    struct call *call = arg;
    begin_answer(call);
    call->replayed = known_answer(call, ctx);
    return call->err;
}

static struct err keep(struct ctx *ctx, void *arg) {
    struct call *call = arg;
    struct kept_answer kept = {call->status ? call->status : 200, buf_view(&call->body)};
    return request_key_keep(ctx, call->replay_key, &kept);
}

/* A slow call runs several transactions, so its answer is kept behind the last of them. */
static void run_slow(struct call *call) {
    if (call->replay_key.p) {
        call->err = call_read(call, find_kept, call);
        if (failed(call->err) || call->replayed) {
            finish(call);
            return;
        }
    }
    begin_answer(call);
    call->err = call->slow(call);
    if (!failed(call->err) && call->replay_key.p && !call->produce)
        call->err = call_write(call, keep, call);
    finish(call);
}

static void run_slow_deferred(struct http_request *req, void *arg) {
    (void)req;
    run_slow(arg);
}

static bool enter(struct call *call) {
    enum st st = store_read(call->app->store, enter_and_read, call);
    call->err = settle_error(call, call->err, st, "a read");
    return !failed(call->err);
}

void call_start(struct call *call) {
    if (!enter(call) || (call->kind == CALL_READ && !call->due)) {
        finish(call);
    } else if (call->kind == CALL_SLOW) {
        http_defer(call->req, run_slow_deferred, call);
    } else {
        http_suspend(call->req);
        submit(call);
    }
}

static void run_deferred(struct http_request *req, void *arg) {
    (void)req;
    struct call *call = arg;
    if (call->face->prepare)
        call->err = call->face->prepare(call);
    if (failed(call->err)) {
        finish(call);
        return;
    }
    if (!enter(call) || (call->kind == CALL_READ && !call->due))
        finish(call);
    else if (call->kind == CALL_SLOW)
        run_slow(call);
    else
        submit(call);
}

void call_start_deferred(struct call *call) {
    http_defer(call->req, run_deferred, call);
}

/* ---- for slow() ---- */

struct rule_run {
    struct call *call;
    call_rule *rule;
    void *arg;
    struct err err;
};

static enum tx_end rule_fn(struct tx *tx, void *arg) {
    struct rule_run *r = arg;
    struct ctx ctx;
    r->err = begin(r->call, tx, &ctx);
    if (!failed(r->err))
        r->err = r->rule(&ctx, r->arg);
    return ctx_end(r->err);
}

struct err call_read(struct call *call, call_rule *rule, void *arg) {
    struct rule_run r = {.call = call, .rule = rule, .arg = arg};
    enum st st = store_read(call->app->store, rule_fn, &r);
    return settle_error(call, r.err, st, "a read");
}

struct err call_write(struct call *call, call_rule *rule, void *arg) {
    struct rule_run r = {.call = call, .rule = rule, .arg = arg};
    enum st st = store_write(call->app->store, call->shard, rule_fn, &r);
    return settle_error(call, r.err, st, "a write");
}

struct err call_write_relaxed(struct call *call, call_rule *rule, void *arg) {
    struct rule_run r = {.call = call, .rule = rule, .arg = arg};
    enum st st = store_write_relaxed(call->app->store, call->shard, rule_fn, &r);
    return settle_error(call, r.err, st, "a write");
}

/* ---- who ---- */

struct str call_actor_detail(struct call *call, struct str who) {
    return str_printf(call->req->arena, "%.*s %.*s", STR_ARG(who), STR_ARG(call->req->peer));
}

static void enter_party(struct call *call, struct str who) {
    const struct session *s = &call->session;
    call->signed_in = true;
    call->actor.party = s->account.id ? s->account.id : s->party.id;
    call->actor.person = s->party.id;
    call->actor.detail = call_actor_detail(call, who);
    call->shard = call->actor.party;
}

struct err call_enter_session(struct call *call, struct ctx *ctx) {
    struct str cookie = http_cookie(call->req, SESSION_COOKIE);
    call->signed_in = false;
    if (!cookie.p)
        return NO_ERR;
    struct err e = session_find(ctx, cookie, time_wall_ms(), &call->session);
    if (e.code == ERR_SIGN_IN_NEEDED)
        return NO_ERR;
    if (!failed(e))
        enter_party(call, str_printf(call->req->arena, "session of %.*s",
                                     STR_ARG(call->session.party.email)));
    return e;
}

void call_enter_found(struct call *call, const struct party *party, struct str key_id) {
    call->session = (struct session){.party = *party};
    if (party->role == ROLE_REQUESTER) {
        call->session.account = *party;
        call->session.role = MEMBER_OWNER;
    }
    call->by_key = true;
    enter_party(call, key_id);
}

struct err call_count(struct call *call, struct ctx *ctx) {
    if (call->counted || !call->signed_in)
        return NO_ERR;
    call->counted = true;
    return throttle_take(&call->app->throttle, ctx, call->actor.party);
}

struct err call_enter_key(struct call *call, struct ctx *ctx, const char *const *require) {
    static const char *const services[] = {"mturk-requester", NULL};
    struct http_request *req = call->req;
    struct sigv4_request sig = {
        .arena = req->arena,
        .method = req->method,
        .raw_path = req->raw_path,
        .raw_query = req->raw_query,
        .headers = req->headers,
        .header_count = req->header_count,
        .body = http_body(req),
        .tls = req->tls,
        .services = services,
        .require = require,
    };
    struct sigv4_auth auth;
    struct err e = sigv4_parse(&sig, &auth);
    if (failed(e))
        return e;
    struct key_found key;
    e = key_find(ctx, call->app->seal, auth.key_id, &key);
    if (!failed(e))
        e = sigv4_verify(&sig, &auth, key.secret, time_wall_ms());
    if (failed(e))
        return e;
    call_enter_found(call, &key.party, auth.key_id);
    return NO_ERR;
}

struct err call_check_origin(struct call *call) {
    struct str site = http_header(call->req, "Sec-Fetch-Site");
    struct str origin = http_header(call->req, "Origin");
    struct str host = http_header(call->req, "Host");
    ptrdiff_t scheme = origin.p ? str_find(origin, STR("://")) : -1;
    bool other = str_is(site, "cross-site") ||
                 (origin.p && (scheme < 0 || !str_ieq(str_from(origin, (size_t)scheme + 3), host)));
    if (other)
        return err_make(call->req->arena, ERR_CSRF, NULL,
                        "The form came from another site; load the page here and send it again.");
    return NO_ERR;
}

struct err call_check_csrf(struct call *call) {
    struct err e = call_check_origin(call);
    if (failed(e))
        return e;
    struct str token = http_header(call->req, "X-CSRF-Token");
    if (!token.p)
        token = form_get(&call->form, "csrf_token");
    struct str wanted = call->session.csrf;
    if (token.p && token.n == wanted.n && CRYPTO_memcmp(token.p, wanted.p, wanted.n) == 0)
        return NO_ERR;
    return err_make(call->req->arena, ERR_CSRF, "csrf_token",
                    "The form has expired; load the page again and send it once more.");
}
