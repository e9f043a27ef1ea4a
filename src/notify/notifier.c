#include "notify/notifier.h"

#include <assert.h>
#include <curl/curl.h>
#include <time.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/rand.h"
#include "market/setting.h"
#include "notify/letter.h"

enum {
    LEASE_MS = 4 * SEND_TIMEOUT_S * 1000,
    BACKOFF_MS = 2000,
    BACKOFF_MAX_MS = 3600 * 1000,
};

/* One row's way; the strings of delivery live in arena. */
struct job {
    struct notifier *n;
    struct arena arena;
    struct actor actor;
    struct delivery_turn turn;
    struct delivery_found found; /* whose turn it is */
    struct delivery delivery;
    struct person_mail mail;
    int64_t attempts_max, took_ms;
    bool allow_private;
    bool good;
    struct str why;
};

static struct err begin(struct ctx *c, struct tx *tx, struct job *job) {
    struct err e = ctx_begin(c, tx, &job->actor, job->n->ids);
    c->arena = &job->arena;
    return e;
}

/* ---- claim ---- */

static enum tx_end claim(struct tx *tx, void *arg) {
    struct job *job = arg;
    struct ctx c;
    struct str word = STR_NULL;
    arena_reset(&job->arena);
    tx_use_arena(tx, &job->arena);
    job->delivery.row = 0;
    int64_t now_ms = time_wall_ms();
    struct err e = begin(&c, tx, job);
    if (!failed(e))
        e = delivery_claim(&c, job->found.row, now_ms, now_ms + LEASE_MS, &job->delivery);
    if (!failed(e) && job->delivery.row)
        e = setting_int(&c, "notify_attempts", &job->attempts_max);
    if (!failed(e) && job->delivery.row)
        e = setting_get(&c, setting_find(STR("notify_private")), &word);
    job->allow_private = str_is(word, "allow");
    if (!failed(e) && !job->delivery.row)
        return TX_ROLLBACK;
    return ctx_end(e);
}

/* An idle server writes nothing. */
static enum tx_end look(struct tx *tx, void *arg) {
    struct job *job = arg;
    struct ctx c;
    arena_reset(&job->arena);
    tx_use_arena(tx, &job->arena);
    struct err e = begin(&c, tx, job);
    job->found.row = 0;
    job->turn.now_ms = time_wall_ms();
    if (!failed(e))
        e = delivery_next(&c, &job->turn, &job->found);
    return TX_ROLLBACK;
}

/* Some lane behind the one that was served last; the threads take turns together. */
static bool find(struct job *job) {
    struct notifier *n = job->n;
    pthread_mutex_lock(&n->lock);
    job->turn.after = n->lane;
    job->turn.doubtful = n->doubtful < DOUBTFUL_AT_ONCE;
    n->doubtful += job->turn.doubtful;
    pthread_mutex_unlock(&n->lock);
    bool found = store_read(n->store, look, job) == ST_OK && job->found.row;
    pthread_mutex_lock(&n->lock);
    if (found)
        n->lane = job->found.target;
    if (job->turn.doubtful && !(found && job->found.doubtful)) {
        n->doubtful--;
        job->turn.doubtful = false;
    }
    pthread_mutex_unlock(&n->lock);
    return found;
}

static void end_turn(struct job *job) {
    struct notifier *n = job->n;
    pthread_mutex_lock(&n->lock);
    n->doubtful -= job->turn.doubtful;
    pthread_mutex_unlock(&n->lock);
}

/* ---- what came of it ---- */

/* 2 s, 4 s, 8 s … an hour; each from half of it to one and a half. */
static int64_t pause_ms(int64_t attempts) {
    int64_t ms = BACKOFF_MS;
    uint32_t dice;
    for (int64_t i = 1; i < attempts && ms < BACKOFF_MAX_MS; i++)
        ms *= 2;
    if (ms > BACKOFF_MAX_MS)
        ms = BACKOFF_MAX_MS;
    rand_bytes(&dice, sizeof dice);
    return ms / 2 + (int64_t)(dice % (uint32_t)ms);
}

static enum tx_end note(struct tx *tx, void *arg) {
    struct job *job = arg;
    struct ctx c;
    const struct delivery *d = &job->delivery;
    struct err e = begin(&c, tx, job);
    if (failed(e))
        return ctx_end(e);
    int64_t now_ms = time_wall_ms();
    int64_t rest_ms = pause_ms(d->failures + 1);
    struct outcome o = {
        .now_ms = now_ms,
        .took_ms = job->took_ms,
        .good = job->good,
        .next_ms = now_ms + pause_ms(d->attempts),
        .lane_ms = now_ms + (rest_ms < LANE_REST_MAX_MS ? rest_ms : LANE_REST_MAX_MS),
        .dead = d->attempts >= job->attempts_max,
        .why = job->why,
    };
    return ctx_end(delivery_note(&c, d, &o));
}

static void count(struct job *job) {
    struct notifier *n = job->n;
    const struct delivery *d = &job->delivery;
    _Atomic uint64_t *figure = job->good                          ? &n->sent
                               : d->attempts >= job->attempts_max ? &n->dead
                                                                  : &n->failed;
    atomic_fetch_add_explicit(figure, 1, memory_order_relaxed);
    if (!job->good)
        log_warn("event %lld, attempt %lld: %.*s", (long long)d->row, (long long)d->attempts,
                 STR_ARG(job->why));
}

static void send_it(struct job *job) {
    int64_t began_us = time_monotonic_us();
    job->why = STR_NULL;
    job->good = !job->delivery.wanted || send_message(&job->arena, &job->n->config, &job->delivery,
                                                      job->allow_private, &job->why);
    job->took_ms = (time_monotonic_us() - began_us) / 1000;
}

/* False when the store does not want to. The claim need not be durable: lost, the event goes out
 * again, as it would have anyway. A note that is not written: the lease runs out, and it goes
 * again.
 */
static bool deliver_found(struct job *job) {
    struct notifier *n = job->n;
    if (store_write_relaxed(n->store, 0, claim, job) != ST_OK)
        return false;
    if (!job->delivery.row)
        return true; /* somebody else was faster */
    send_it(job);
    if (store_write(n->store, 0, note, job) != ST_OK)
        return false;
    count(job);
    return true;
}

/* True when there may be more. */
static bool deliver_one(struct job *job) {
    bool more = find(job);
    if (more) {
        more = deliver_found(job);
        end_turn(job);
    }
    return more;
}

/* ---- mail to people ---- */

static enum tx_end look_mail(struct tx *tx, void *arg) {
    struct job *job = arg;
    struct ctx c;
    bool any = false;
    arena_reset(&job->arena);
    tx_use_arena(tx, &job->arena);
    struct err e = begin(&c, tx, job);
    if (!failed(e))
        e = person_mail_any(&c, time_wall_ms(), &any);
    job->mail.row = !failed(e) && any;
    return TX_ROLLBACK;
}

static enum tx_end claim_mail(struct tx *tx, void *arg) {
    struct job *job = arg;
    struct ctx c;
    arena_reset(&job->arena);
    tx_use_arena(tx, &job->arena);
    int64_t now_ms = time_wall_ms();
    struct err e = begin(&c, tx, job);
    if (!failed(e))
        e = person_mail_claim(&c, now_ms, now_ms + LEASE_MS, &job->mail);
    if (!failed(e) && job->mail.row)
        e = setting_int(&c, "notify_attempts", &job->attempts_max);
    return !failed(e) && !job->mail.row ? TX_ROLLBACK : ctx_end(e);
}

/* What was tried often enough is given up: it stands on the person's pages. */
static enum tx_end note_mail(struct tx *tx, void *arg) {
    struct job *job = arg;
    struct ctx c;
    const struct person_mail *m = &job->mail;
    struct err e = begin(&c, tx, job);
    if (failed(e))
        return ctx_end(e);
    if (job->good || m->attempts >= job->attempts_max)
        return ctx_end(person_mail_done(&c, m));
    return ctx_end(person_mail_again(&c, m, time_wall_ms() + pause_ms(m->attempts)));
}

static bool mail_due(struct job *job) {
    struct notifier *n = job->n;
    if (store_read(n->store, look_mail, job) != ST_OK || !job->mail.row)
        return false;
    if (store_write_relaxed(n->store, 0, claim_mail, job) != ST_OK || !job->mail.row)
        return false;
    if (job->mail.held)
        return true;
    struct mail mail = letter_write(&job->arena, &job->mail, *n->site_url, time_wall_ms());
    job->why = STR_NULL;
    job->good = send_mail(&job->arena, &n->config, &mail, &job->why);
    if (store_write(n->store, 0, note_mail, job) != ST_OK)
        return false; /* the lease runs out, and it goes again */
    if (job->good)
        atomic_fetch_add_explicit(&n->mails, 1, memory_order_relaxed);
    else
        log_warn("mail %lld, attempt %lld: %.*s", (long long)job->mail.row,
                 (long long)job->mail.attempts, STR_ARG(job->why));
    return true;
}

/* True when there may be more. A mail server that stalls holds up MAILS_AT_ONCE threads. */
static bool mail_one(struct job *job) {
    struct notifier *n = job->n;
    if (!n->config.smtp_url || !n->config.mail_from)
        return false;
    pthread_mutex_lock(&n->lock);
    bool mine = n->mailing < MAILS_AT_ONCE;
    n->mailing += mine;
    pthread_mutex_unlock(&n->lock);
    if (!mine)
        return false;
    bool more = mail_due(job);
    pthread_mutex_lock(&n->lock);
    n->mailing--;
    pthread_mutex_unlock(&n->lock);
    return more;
}

/* ---- the threads ---- */

static bool stopping(struct notifier *n) {
    pthread_mutex_lock(&n->lock);
    bool stop = n->stop;
    pthread_mutex_unlock(&n->lock);
    return stop;
}

static void rest(struct notifier *n) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&n->lock);
    if (!n->stop)
        pthread_cond_timedwait(&n->wake, &n->lock, &until);
    pthread_mutex_unlock(&n->lock);
}

static struct job new_job(struct notifier *n) {
    struct job job = {
        .n = n,
        .actor = {.entrance = ENTRANCE_CLOCK, .detail = STR("notifier")},
    };
    arena_init(&job.arena, NOTIFIER_ARENA_MAX);
    return job;
}

static void *run(void *arg) {
    struct job job = new_job(arg);
    while (!stopping(job.n)) {
        bool more = deliver_one(&job);
        more |= mail_one(&job); /* however many events there are */
        if (!more)
            rest(job.n);
    }
    arena_free(&job.arena);
    return NULL;
}

/* No mail is made for people while nobody sends it. */
static enum tx_end switch_mails(struct tx *tx, void *arg) {
    struct job *job = arg;
    const struct send_config *g = &job->n->config;
    struct ctx c;
    struct err e = begin(&c, tx, job);
    return ctx_end(failed(e) ? e : mails_switch(&c, g->smtp_url && g->mail_from));
}

void notifier_start(struct notifier *n) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct job job = new_job(n);
    if (store_write(n->store, 0, switch_mails, &job) != ST_OK)
        log_warn("whether mail is sent could not be noted in the store");
    arena_free(&job.arena);
    n->stop = false;
    pthread_mutex_init(&n->lock, NULL);
    pthread_cond_init(&n->wake, NULL);
    for (int i = 0; i < NOTIFIER_THREADS; i++) {
        bool made = pthread_create(&n->threads[i], NULL, run, n) == 0;
        assert(made);
    }
    n->running = true;
}

void notifier_stop(struct notifier *n) {
    if (!n->running)
        return;
    pthread_mutex_lock(&n->lock);
    n->stop = true;
    pthread_cond_broadcast(&n->wake);
    pthread_mutex_unlock(&n->lock);
    for (int i = 0; i < NOTIFIER_THREADS; i++)
        pthread_join(n->threads[i], NULL);
    pthread_mutex_destroy(&n->lock);
    pthread_cond_destroy(&n->wake);
    n->running = false;
}
