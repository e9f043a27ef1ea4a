/* One request on its way through the server (DESIGN 4).
 *
 * A face (the Requester API, /v1, the site, the task frame) makes a struct call, says what shall
 * run, and starts it:
 *
 *   1. enter() of the face, in a snapshot: who is it, may he, what does he want. So keys and
 *      sessions are looked up anew for each request, and a revoked one is refused at once.
 *   2. CALL_READ   run() in that same snapshot.
 *      CALL_WRITE  the connection is suspended, run() is queued for a lane and happens in a
 *                  transaction; the answer leaves when the commit is durable.
 *      CALL_SLOW   slow() in a helper thread, which may wait and run its own transactions.
 *   3. The answer: what run() or slow() wrote into body, the stream it left in produce, or the
 *      face's refusal of its error.
 *
 * run() may happen twice; it writes its answer from the start each time (body is emptied before)
 * and touches nothing but the call. A read that met something due (money-and-lifecycle 4.2) sets
 * call->due: it is then run once more inside a write, with call->writable set, where it can apply
 * what is due first.
 *
 * The call lives in the request's arena.
 */
#ifndef APP_CALL_H
#define APP_CALL_H

#include <jansson.h>

#include "app/app.h"
#include "base/json.h"
#include "http/form.h"
#include "http/request.h"
#include "market/account.h"

enum call_kind { CALL_READ = 1, CALL_WRITE, CALL_SLOW };

enum { CALL_HEADERS_MAX = 8, CALL_PARAMS_MAX = 3 };

struct call;
struct route;

/* One way into the server. */
struct face {
    enum face_kind kind;
    /* Authenticates, authorises, decodes. */
    struct err (*enter)(struct call *call, struct ctx *ctx);
    /* Writes the answer to an error: status, type, body. */
    void (*refuse)(struct call *call, struct err e);
    /* Runs before enter() of a call that was started by call_start_deferred(), where it may take
     * its time: reads a large body. May be NULL. */
    struct err (*prepare)(struct call *call);
    /* The page that shows a refused form again, to be run as a read with call->form_err set; NULL
     * when the refusal is the answer. May be NULL itself. */
    struct err (*(*again)(struct call *call, struct err e))(struct call *call, struct ctx *ctx);
    /* A form that came twice: the answer from the body that was kept. NULL: the body is JSON. */
    void (*repeat)(struct call *call, struct str body);
};

struct call {
    struct app *app;
    struct http_request *req;
    const struct face *face;
    enum call_kind kind;
    struct err (*run)(struct call *call, struct ctx *ctx);
    struct err (*slow)(struct call *call);

    /* who; filled by enter() */
    struct actor actor;     /* party: the account acted for, or the worker; person: who does it */
    struct session session; /* party: the person of a session, or the account of an access key */
    bool signed_in;         /* session.party is somebody */
    bool by_key;            /* authenticated by signature, not by cookie */
    bool counted;           /* call_count() was here */

    /* what; filled by the face */
    const struct route *route;
    struct str params[CALL_PARAMS_MAX]; /* of the route's pattern */
    struct form form;                   /* fields of the body */
    json_t *json;                       /* the body; given back with the call */
    void *in;                           /* decoded input */
    const void *extra;                  /* the face's own */
    int64_t shard;                      /* of a write: the requester's row */
    struct str replay_key;              /* digest of a call that may be repeated, or NULL */
    int64_t replay_ms;                  /* how long it counts as the same; 0: while it is kept */

    /* during run() */
    bool replayed; /* the answer is that of an earlier attempt */
    bool writable; /* inside a write */
    bool due;      /* run me again inside a write */

    /* the answer */
    int status; /* 0 stands for 200 */
    const char *type;
    struct http_header headers[CALL_HEADERS_MAX];
    size_t header_count;
    struct buf body;
    http_produce *produce; /* instead of body; its argument lives in the request's arena */
    void *produce_arg;

    /* pages (site/page.h) */
    struct err form_err;    /* why a form is shown again */
    struct str flash;       /* what the next page shall say */
    const char *page_title; /* of page_begin() */

    struct err err; /* call.c's own */
    struct write write;
};

/* A new call for the request. */
struct call *call_new(struct app *app, struct http_request *req, const struct face *face);

/* Runs it; afterwards the call is not the caller's any more. From a server thread. */
void call_start(struct call *call);

/* The same, all of it in a helper thread: for bodies whose signature takes long to check. */
void call_start_deferred(struct call *call);

/* Answers at once with an error, or with what stands in the call: for requests that need not be
 * started, and from plan(). */
void call_refuse(struct call *call, struct err e);
void call_answer(struct call *call);

void call_header(struct call *call, const char *name, struct str value);
void call_cookie(struct call *call, struct http_header cookie);

/* JSON as the answer: type is set, writing begins. */
struct json call_json(struct call *call);

/* ---- for slow(), which may wait ---- */

typedef struct err call_rule(struct ctx *ctx, void *arg);

/* A rule in a snapshot, or in a transaction. Results live in the request's arena. */
struct err call_read(struct call *call, call_rule *rule, void *arg);
struct err call_write(struct call *call, call_rule *rule, void *arg);
/* Need not be durable before the next call_write that changes something is (store.h). */
struct err call_write_relaxed(struct call *call, call_rule *rule, void *arg);

/* ---- who ---- */

/* The session of the cookie, if there is a good one. Fails only as the store fails. */
struct err call_enter_session(struct call *call, struct ctx *ctx);

/* The signature in Authorization, by Signature Version 4. require: headers that must be signed,
 * as in http/sigv4.h. */
struct err call_enter_key(struct call *call, struct ctx *ctx, const char *const *require);

/* Counts the request against what its account may send (app/throttle.h); once, however often
 * enter() runs. */
struct err call_count(struct call *call, struct ctx *ctx);

/* Takes the owner of an access key whose signature the face has checked itself. */
void call_enter_found(struct call *call, const struct party *party, struct str key_id);

/* For calls that change something on the word of a cookie: the token of the form or of the header
 * X-CSRF-Token, and no other site as origin. ERR_CSRF. */
struct err call_check_csrf(struct call *call);
/* The second half alone, for forms of people who have no session yet. */
struct err call_check_origin(struct call *call);

/* Client's address and key or session, for the audit. */
struct str call_actor_detail(struct call *call, struct str who);

#endif
