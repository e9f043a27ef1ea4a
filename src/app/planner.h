/* The planner: a thread that makes the plans of large reviewed files (market/review.h,
 * review_go_on), one file after another, and after a restart goes on with what was left. As the
 * sweeper does with half-published batches, but at once: planner_wake(). */
#ifndef APP_PLANNER_H
#define APP_PLANNER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct app;

struct planner {
    const struct app *app;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool running, woken; /* woken under lock */
    atomic_bool stop;
};

void planner_start(struct planner *p, const struct app *app);

/* A file was left. */
void planner_wake(struct planner *p);

/* Waits for it: a file that is being read is left for the next start. Harmless when it was not
 * started. */
void planner_stop(struct planner *p);

#endif
