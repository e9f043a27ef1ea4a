#include "hitd/sweeper.h"

#include <assert.h>
#include <time.h>

#include "base/datetime.h"
#include "base/log.h"
#include "market/account.h"
#include "market/due.h"
#include "market/review.h"

/* One step stays well below a tenth of a second of the lane. */
enum { STEP_ITEMS = 500, PURGE_EVERY_S = 600, PURGE_REVIEWS = 20 };

struct step {
    const struct app *app;
    struct actor actor;
    int64_t done;
    struct err err;
};

static enum tx_end sweep(struct tx *tx, void *arg) {
    struct step *step = arg;
    struct ctx ctx;
    step->done = 0;
    step->err = ctx_begin(&ctx, tx, &step->actor, step->app->ids);
    if (!failed(step->err))
        step->err = due_sweep(&ctx, STEP_ITEMS, &step->done);
    return ctx_end(step->err);
}

static enum tx_end purge_sessions(struct tx *tx, void *arg) {
    struct step *step = arg;
    struct ctx ctx;
    step->err = ctx_begin(&ctx, tx, &step->actor, step->app->ids);
    if (!failed(step->err))
        step->err = session_purge(&ctx, time_wall_ms());
    return ctx_end(step->err);
}

static struct step new_step(const struct sweeper *s) {
    struct actor clock = {.entrance = ENTRANCE_CLOCK, .detail = STR("sweeper")};
    return (struct step){.app = s->app, .actor = clock};
}

/* The error's words live in the transaction's arena, which is gone: only its code is told. */
static bool step_went_wrong(const struct step *step, enum st st, const char *what) {
    if (st == ST_OK && !failed(step->err))
        return false;
    log_warn("sweeper: %s failed (%s); trying again later", what, err_slug(step->err.code));
    return true;
}

static bool stopping(struct sweeper *s) {
    pthread_mutex_lock(&s->lock);
    bool stop = s->stop;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

static enum tx_end look(struct tx *tx, void *arg) {
    struct step *step = arg;
    struct ctx ctx;
    bool any = false;
    step->err = ctx_begin(&ctx, tx, &step->actor, step->app->ids);
    if (!failed(step->err))
        step->err = due_any(&ctx, &any);
    step->done = any;
    return TX_ROLLBACK;
}

/* Looks first: an idle server writes nothing. */
static void sweep_all(struct sweeper *s, bool look_first) {
    struct step step = new_step(s);
    if (look_first &&
        (step_went_wrong(&step, store_read(s->app->store, look, &step), "a look") || !step.done))
        return;
    do {
        enum st st = store_write(s->app->store, 0, sweep, &step);
        if (step_went_wrong(&step, st, "a step"))
            return;
        atomic_fetch_add_explicit(&s->done, (uint64_t)step.done, memory_order_relaxed);
    } while (step.done && !stopping(s));
}

static void purge(struct sweeper *s) {
    struct step step = new_step(s);
    int done;
    step_went_wrong(&step, store_write(s->app->store, 0, purge_sessions, &step),
                    "forgetting sessions");
    struct err e = review_purge(s->app->store, s->app->ids, PURGE_REVIEWS, &done);
    if (failed(e))
        log_warn("sweeper: forgetting reviews failed (%s)", err_slug(e.code));
}

/* A second passes, or the server ends. */
static bool pause(struct sweeper *s) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&s->lock);
    if (!s->stop)
        pthread_cond_timedwait(&s->wake, &s->lock, &until);
    bool go_on = !s->stop;
    pthread_mutex_unlock(&s->lock);
    return go_on;
}

/* Drafts, tokens and half-published batches are no due work in the sense of due_any: a full step is
 * taken now and then without a look. */
static void *run(void *arg) {
    struct sweeper *s = arg;
    for (int64_t n = 0; !stopping(s); n++) {
        sweep_all(s, n % 10 != 0);
        if (n % PURGE_EVERY_S == 0)
            purge(s);
        if (!pause(s))
            break;
    }
    return NULL;
}

void sweeper_start(struct sweeper *s, const struct app *app) {
    s->app = app;
    s->stop = false;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    s->running = pthread_create(&s->thread, NULL, run, s) == 0;
    assert(s->running);
}

void sweeper_stop(struct sweeper *s) {
    if (!s->running)
        return;
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    s->running = false;
}
