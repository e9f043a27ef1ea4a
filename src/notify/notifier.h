/* The outbox goes out, and mail to people (market/person_mail.h): threads that claim one event
 * each, send it, and note what came of it.
 *
 * At least once: the row is deleted only when the receiver has taken it, so a server that is killed
 * in between sends it again when the lease has run out, as does any other server of the store. No
 * row is with two senders while its lease lasts, which is longer than a send may take. Events of
 * one HIT go in order. What fails comes again after a pause that doubles and is never twice the
 * same, until setting notify_attempts; then it is a dead letter (hitd outbox).
 *
 * Each destination is a lane with one sender at a time, served in turn. A lane whose event failed
 * rests, the longer the more of them failed in a row, at most LANE_REST_MAX_MS. Lanes whose last
 * attempt failed, and tests that the API asks for, which have no destination, share
 * DOUBTFUL_AT_ONCE threads; so however many receivers stall, the other threads are for those that
 * do not.
 */
#ifndef NOTIFY_NOTIFIER_H
#define NOTIFY_NOTIFIER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/id.h"
#include "notify/send.h"
#include "store/store.h"

enum {
    NOTIFIER_THREADS = 6,
    DOUBTFUL_AT_ONCE = 3,
    MAILS_AT_ONCE = 2, /* to people: all by one mail server */
    LANE_REST_MAX_MS = 300 * 1000,
};

struct notifier {
    struct store *store;
    const struct id_key *ids;
    struct send_config config;
    const char *_Atomic *site_url; /* of the links in mails */
    pthread_t threads[NOTIFIER_THREADS];
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop, running;
    int64_t lane; /* that was served last */
    int doubtful; /* threads that are with a doubtful one, or look for one */
    int mailing;  /* threads that are with a mail to somebody, or look for one */
    _Atomic uint64_t sent, failed, dead;
    _Atomic uint64_t mails; /* to people */
};

/* store, ids, config and site_url are set before. */
void notifier_start(struct notifier *n);

/* Waits for what is being sent, SEND_TIMEOUT_S at most. Harmless when it was not started. */
void notifier_stop(struct notifier *n);

#endif
