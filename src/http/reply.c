/* Answers: what a struct http_reply becomes for libmicrohttpd, and bodies made in threads. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "http/internal.h"

/* ---- bodies made piece by piece ----
 *
 * A ring between the producer's thread and the connection's. The thread starts when the first
 * byte is wanted (never for HEAD). An empty ring suspends the connection; it is resumed when
 * there is enough to be worth it, or the end. */

enum { RING = 256 * 1024, RING_ENOUGH = 64 * 1024 };

struct http_sink {
    struct req *req;
    http_produce *produce;
    void *arg;
    void (*release)(void *arg);
    bool started; /* the connection's thread only */

    pthread_mutex_t lock;
    pthread_cond_t room;
    size_t head, n; /* what is in the ring */
    bool waiting;   /* the connection is suspended until there is more */
    bool ended, failed, gone;
    int refs;
    char ring[RING];
};

static bool stream_count(struct http_server *s, int by) {
    pthread_mutex_lock(&s->streams_lock);
    bool ok = by < 0 || s->streams < STREAMS_MAX;
    if (ok)
        s->streams += (unsigned)by;
    if (by < 0)
        pthread_cond_broadcast(&s->streams_ended);
    pthread_mutex_unlock(&s->streams_lock);
    return ok;
}

static void sink_unref(struct http_sink *k) {
    pthread_mutex_lock(&k->lock);
    int left = --k->refs;
    pthread_mutex_unlock(&k->lock);
    if (left)
        return;
    pthread_mutex_destroy(&k->lock);
    pthread_cond_destroy(&k->room);
    free(k);
}

/* Wakes the connection when it waits. Under the lock. */
static void sink_notify(struct http_sink *k) {
    if (!k->waiting)
        return;
    k->waiting = false;
    thread_wake(k->req);
}

bool http_sink_write(struct http_sink *k, const void *p, size_t n) {
    const char *from = p;
    pthread_mutex_lock(&k->lock);
    while (n && !k->gone) {
        if (k->n == RING) {
            pthread_cond_wait(&k->room, &k->lock);
            continue;
        }
        size_t at = (k->head + k->n) % RING;
        size_t piece = RING - k->n;
        if (piece > RING - at)
            piece = RING - at;
        if (piece > n)
            piece = n;
        memcpy(k->ring + at, from, piece);
        k->n += piece;
        from += piece;
        n -= piece;
        if (k->n >= RING_ENOUGH)
            sink_notify(k);
    }
    bool wanted = !k->gone;
    pthread_mutex_unlock(&k->lock);
    return wanted;
}

bool http_sink_str(struct http_sink *k, struct str s) {
    return http_sink_write(k, s.p, s.n);
}

static void *sink_run(void *arg) {
    struct http_sink *k = arg;
    struct req *r = k->req;
    struct http_server *s = r->server;
    bool ok = k->produce(k, k->arg);
    if (k->release)
        k->release(k->arg);
    pthread_mutex_lock(&k->lock);
    k->ended = true;
    k->failed = !ok;
    sink_notify(k);
    pthread_mutex_unlock(&k->lock);
    sink_unref(k);
    request_unref(r, NULL);
    stream_count(s, -1); /* last: the server may go when none is left */
    return NULL;
}

static bool sink_start(struct http_sink *k) {
    pthread_t thread;
    k->started = true;
    k->refs++;
    atomic_fetch_add(&k->req->refs, 1);
    if (http_thread_start(&thread, sink_run, k)) {
        pthread_detach(thread);
        return true;
    }
    k->refs--;
    atomic_fetch_sub(&k->req->refs, 1);
    k->started = false;
    log_error("request %s: no thread for a download", k->req->pub.id);
    return false;
}

static ssize_t sink_read(void *cls, uint64_t pos, char *to, size_t max) {
    struct http_sink *k = cls;
    (void)pos;
    if (!k->started && !sink_start(k))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    ssize_t result = 0;
    pthread_mutex_lock(&k->lock);
    if (k->gone) {
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (k->n) {
        size_t piece = k->n < RING - k->head ? k->n : RING - k->head;
        if (piece > max)
            piece = max;
        memcpy(to, k->ring + k->head, piece);
        bool full = k->n == RING;
        k->head = (k->head + piece) % RING;
        k->n -= piece;
        if (full)
            pthread_cond_signal(&k->room);
        result = (ssize_t)piece;
    } else if (k->ended) {
        result = k->failed ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        k->waiting = true;
        MHD_suspend_connection(k->req->mhd);
    }
    pthread_mutex_unlock(&k->lock);
    return result;
}

void sink_cancel(struct http_sink *k) {
    pthread_mutex_lock(&k->lock);
    k->gone = true;
    pthread_cond_signal(&k->room);
    sink_notify(k);
    pthread_mutex_unlock(&k->lock);
}

/* The response is gone: sent, or the client has left, or it never was sent. */
static void sink_closed(void *cls) {
    struct http_sink *k = cls;
    struct req *r = k->req;
    sink_cancel(k);
    r->sink = NULL;
    if (!k->started) {
        if (k->release)
            k->release(k->arg);
        stream_count(r->server, -1);
    }
    sink_unref(k);
    request_unref(r, r->thread);
}

static struct MHD_Response *sink_response(struct req *r, const struct http_reply *reply) {
    struct http_sink *k = calloc(1, sizeof(*k));
    if (!k) {
        fputs("hitd: out of memory\n", stderr);
        abort();
    }
    k->req = r;
    k->refs = 1;
    atomic_fetch_add(&r->refs, 1); /* the library may drop the response after the request */
    k->produce = reply->produce;
    k->arg = reply->arg;
    k->release = reply->release;
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->room, NULL);
    r->sink = k;
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, RING_ENOUGH, sink_read, k,
                                             sink_closed);
}

/* ---- headers ---- */

/* CR, LF or NUL in a value would let it write headers of its own. */
static bool header_clean(struct str s) {
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == 0)
            return false;
    }
    return true;
}

static void header_put(struct req *r, struct MHD_Response *m, struct str name, struct str value) {
    char small[512];
    char *text = small;
    if (!header_clean(name) || !header_clean(value)) {
        log_warn("request %s: header %.*s was not sent, it holds a line end", r->pub.id,
                 STR_ARG(name));
        return;
    }
    if (name.n + value.n + 2 > sizeof(small))
        text = arena_alloc(&r->arena, name.n + value.n + 2);
    char *v = text + name.n + 1;
    memcpy(text, name.p, name.n);
    text[name.n] = 0;
    if (value.n)
        memcpy(v, value.p, value.n);
    v[value.n] = 0;
    if (MHD_add_response_header(m, text, v) != MHD_YES)
        log_warn("request %s: header %s was refused", r->pub.id, text);
}

/* ---- the answer ---- */

static struct MHD_Response *response_body(struct req *r, const struct http_reply *reply) {
    if (reply->produce)
        return sink_response(r, reply);
    if (reply->send_file)
        return MHD_create_response_from_fd64(reply->file_size, reply->file_fd);
    if (reply->take.p)
        return MHD_create_response_from_buffer_with_free_callback(reply->take.n, reply->take.p,
                                                                  free);
    return MHD_create_response_from_buffer(reply->body.n, (void *)(uintptr_t)reply->body.p,
                                           MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *response_make(struct req *r, const struct http_reply *reply) {
    struct MHD_Response *m = response_body(r, reply);
    if (!m) {
        fputs("hitd: out of memory\n", stderr);
        abort();
    }
    if (reply->type)
        header_put(r, m, STR("Content-Type"), str_c(reply->type));
    for (size_t i = 0; i < reply->header_count; i++)
        header_put(r, m, reply->headers[i].name, reply->headers[i].value);
    if (reply->close)
        MHD_add_response_header(m, "Connection", "close");
    return m;
}

static struct MHD_Response *response_too_many(struct req *r) {
    const struct http_header later = {STR("Retry-After"), STR("10")};
    return response_make(
        r, &(struct http_reply){.type = "text/plain; charset=utf-8",
                                .headers = &later,
                                .header_count = 1,
                                .body = STR("Too many downloads are running; try again.\n")});
}

void http_reply(struct http_request *req, const struct http_reply *reply) {
    struct req *r = (struct req *)req;
    struct http_reply copy = *reply;
    bool again = atomic_exchange(&r->replied, true);
    assert(!again);
    assert(reply->status == 0 || (reply->status >= 200 && reply->status <= 599));
    /* libmicrohttpd 0.9.75 ends a chunked answer to HEAD with the last chunk, which the client
     * would take for the next answer; so HEAD gets no chunked one (and Content-Length: 0). */
    bool never = reply->produce && str_is(req->method, "HEAD");
    bool full = reply->produce && !never && !stream_count(r->server, 1);
    if ((never || full) && reply->release)
        reply->release(reply->arg);
    if (never) {
        copy.produce = NULL;
        reply = &copy;
    }
    if (full) {
        r->response = response_too_many(r);
        r->status = 503;
    } else {
        r->response = response_make(r, reply);
        r->status = reply->status ? reply->status : 200;
    }
    if (r->suspended)
        thread_wake(r);
}

void http_reply_text(struct http_request *req, int status, const char *type, struct str text) {
    http_reply(req, &(struct http_reply){.status = status, .type = type, .body = text});
}

void http_reply_redirect(struct http_request *req, int status, const char *location) {
    const struct http_header to = {STR("Location"), str_c(location)};
    http_reply(req, &(struct http_reply){.status = status, .headers = &to, .header_count = 1});
}
