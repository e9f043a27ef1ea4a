/* Inside of the store: a queue of writes with one thread that takes from it, and a pool of idle
 * connections. Both are the same for either database. */
#ifndef STORE_LANE_H
#define STORE_LANE_H

#include <pthread.h>

#include "store/stmt.h"

struct lane {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    struct write *head, *tail;
    size_t waiting;
    bool stop;
};

/* Starts the thread; false when the system has none left. */
bool lane_start(struct lane *l, void *(*run)(void *), void *arg);

/* Lets the thread finish what was put in, and waits for it. */
void lane_stop(struct lane *l);

void lane_put(struct lane *l, struct write *w);

/* Waits for writes and gives up to max of them as a list: all that wait, but one with `alone` set
 * comes by itself. NULL when the lane is to stop and nothing waits. */
struct write *lane_take(struct lane *l, int max);

size_t lane_waiting(struct lane *l);

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    struct tx *idle;
    int open, max;
};

void pool_init(struct pool *p, int max);
void pool_free(struct pool *p); /* the connections were closed before */

/* An idle connection, or NULL when the caller may open one (which then counts); waits while all
 * are in use. */
struct tx *pool_take(struct pool *p);

/* Gives one back; NULL: it could not be opened, or was closed. */
void pool_give(struct pool *p, struct tx *tx);

#endif
