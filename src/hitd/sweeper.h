/* The sweeper: a thread that applies what the clock owes to work nobody looks at
 * (money-and-lifecycle 4.2), publishes what a crash left over, and forgets what is over. Everything
 * in bounded steps, each a write of its own, so that others' writes go on meanwhile. */
#ifndef HITD_SWEEPER_H
#define HITD_SWEEPER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "app/app.h"

struct sweeper {
    const struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool running, stop;    /* under lock */
    _Atomic uint64_t done; /* items, for /metrics */
};

void sweeper_start(struct sweeper *s, const struct app *app);
void sweeper_stop(struct sweeper *s); /* waits for it; harmless when it was not started */

#endif
