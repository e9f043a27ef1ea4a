/* Threads that may wait and compute, for http_defer(). */
#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "http/internal.h"

static struct req *helper_next(struct helpers *h) {
    pthread_mutex_lock(&h->lock);
    while (!h->first && !h->stop)
        pthread_cond_wait(&h->some, &h->lock);
    struct req *r = h->first;
    if (r) {
        h->first = r->next;
        if (!h->first)
            h->last = &h->first;
        h->waiting--;
    }
    pthread_mutex_unlock(&h->lock);
    return r;
}

static void *helper_run(void *arg) {
    struct helpers *h = arg;
    struct req *r;
    while ((r = helper_next(h)))
        r->deferred(&r->pub, r->deferred_arg);
    return NULL;
}

bool helpers_start(struct helpers *h, unsigned count) {
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->some, NULL);
    h->last = &h->first;
    h->threads = calloc(count, sizeof(*h->threads));
    assert(h->threads);
    while (h->count < count) {
        if (!http_thread_start(&h->threads[h->count], helper_run, h))
            return false;
        h->count++;
    }
    return true;
}

void helpers_stop(struct helpers *h) {
    pthread_mutex_lock(&h->lock);
    h->stop = true;
    pthread_cond_broadcast(&h->some);
    pthread_mutex_unlock(&h->lock);
    for (unsigned i = 0; i < h->count; i++)
        pthread_join(h->threads[i], NULL);
    free(h->threads);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->some);
}

void http_defer(struct http_request *req, void (*fn)(struct http_request *req, void *arg),
                void *arg) {
    struct req *r = (struct req *)req;
    struct helpers *h = &r->server->helpers;
    http_suspend(req);
    r->deferred = fn;
    r->deferred_arg = arg;
    r->next = NULL;
    pthread_mutex_lock(&h->lock);
    bool full = h->waiting >= DEFERRED_MAX;
    if (!full) {
        *h->last = r;
        h->last = &r->next;
        h->waiting++;
        pthread_cond_signal(&h->some);
    }
    pthread_mutex_unlock(&h->lock);
    if (!full)
        return;
    const struct http_header later = {STR("Retry-After"), STR("5")};
    http_reply(req, &(struct http_reply){.status = 503,
                                         .type = "text/plain; charset=utf-8",
                                         .headers = &later,
                                         .header_count = 1,
                                         .body = STR("The server is busy; try again.\n")});
}
