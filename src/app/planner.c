#include "app/planner.h"

#include <assert.h>
#include <time.h>

#include "app/app.h"
#include "base/arena.h"
#include "base/log.h"
#include "market/review.h"

/* Files of a process that has ended are looked for now and then; new ones are told by
 * planner_wake(). */
enum { LOOK_EVERY_S = 5 };

static bool goes_on(void *arg) {
    struct planner *p = arg;
    return !atomic_load(&p->stop);
}

/* Makes what plans there are to make. */
static void make_plans(struct planner *p) {
    struct review_limits limits = {
        .bytes_max = p->app->file_max,
        .rows_max = p->app->file_rows_max,
        .go_on = goes_on,
        .arg = p,
    };
    struct arena arena;
    bool any = true;
    arena_init(&arena, 0);
    while (any && goes_on(p)) {
        struct err e = review_go_on(p->app->store, p->app->ids, &arena, &limits, &any);
        if (failed(e) && goes_on(p)) {
            log_warn("planner: a file was not planned (%s); trying again later", err_slug(e.code));
            any = false;
        }
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void wait(struct planner *p) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOOK_EVERY_S;
    int timed_out = 0;
    pthread_mutex_lock(&p->lock);
    while (!p->woken && goes_on(p) && !timed_out)
        timed_out = pthread_cond_timedwait(&p->wake, &p->lock, &until);
    p->woken = false;
    pthread_mutex_unlock(&p->lock);
}

static void *run(void *arg) {
    struct planner *p = arg;
    while (goes_on(p)) {
        make_plans(p);
        wait(p);
    }
    return NULL;
}

void planner_start(struct planner *p, const struct app *app) {
    p->app = app;
    p->woken = false;
    atomic_init(&p->stop, false);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    p->running = pthread_create(&p->thread, NULL, run, p) == 0;
    assert(p->running);
}

void planner_wake(struct planner *p) {
    pthread_mutex_lock(&p->lock);
    p->woken = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
}

void planner_stop(struct planner *p) {
    if (!p->running)
        return;
    atomic_store(&p->stop, true);
    planner_wake(p);
    pthread_join(p->thread, NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->wake);
    p->running = false;
}
