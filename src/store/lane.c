#include "store/lane.h"

#include <assert.h>

bool lane_start(struct lane *l, void *(*run)(void *), void *arg) {
    *l = (struct lane){.stop = false};
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->wake, NULL);
    if (pthread_create(&l->thread, NULL, run, arg) == 0)
        return true;
    pthread_cond_destroy(&l->wake);
    pthread_mutex_destroy(&l->lock);
    return false;
}

void lane_stop(struct lane *l) {
    pthread_mutex_lock(&l->lock);
    l->stop = true;
    pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->thread, NULL);
    assert(!l->head);
    pthread_cond_destroy(&l->wake);
    pthread_mutex_destroy(&l->lock);
}

void lane_put(struct lane *l, struct write *w) {
    w->next = NULL;
    pthread_mutex_lock(&l->lock);
    bool was_empty = !l->head;
    if (was_empty)
        l->head = w;
    else
        l->tail->next = w;
    l->tail = w;
    l->waiting++;
    if (was_empty)
        pthread_cond_signal(&l->wake);
    pthread_mutex_unlock(&l->lock);
}

struct write *lane_take(struct lane *l, int max) {
    pthread_mutex_lock(&l->lock);
    while (!l->head && !l->stop)
        pthread_cond_wait(&l->wake, &l->lock);
    struct write *first = l->head;
    struct write *last = first;
    int n = first ? 1 : 0;
    while (last && last->next && n < max && !first->alone && !last->next->alone) {
        last = last->next;
        n++;
    }
    if (last) {
        l->head = last->next;
        last->next = NULL;
        l->waiting -= (size_t)n;
    }
    pthread_mutex_unlock(&l->lock);
    return first;
}

size_t lane_waiting(struct lane *l) {
    pthread_mutex_lock(&l->lock);
    size_t n = l->waiting;
    pthread_mutex_unlock(&l->lock);
    return n;
}

void pool_init(struct pool *p, int max) {
    *p = (struct pool){.max = max};
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->freed, NULL);
}

void pool_free(struct pool *p) {
    pthread_cond_destroy(&p->freed);
    pthread_mutex_destroy(&p->lock);
}

struct tx *pool_take(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    while (!p->idle && p->open >= p->max)
        pthread_cond_wait(&p->freed, &p->lock);
    struct tx *tx = p->idle;
    if (tx)
        p->idle = tx->next;
    else
        p->open++;
    pthread_mutex_unlock(&p->lock);
    return tx;
}

void pool_give(struct pool *p, struct tx *tx) {
    pthread_mutex_lock(&p->lock);
    if (tx) {
        tx->next = p->idle;
        p->idle = tx;
    } else {
        p->open--;
    }
    pthread_cond_signal(&p->freed);
    pthread_mutex_unlock(&p->lock);
}
