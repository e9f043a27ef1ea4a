/* Where events go (requester-api 2.38, docs/notifications.md): what the API sets for a HIT type, or
 * a requester's own: signed webhooks, queues, topics and mailboxes, for all his tasks, those of one
 * batch or of one HIT type. One list, so that an event is written for each in one statement
 * (sql/ctx.sql) and the requester sees them on one page.
 *
 * The acting requester is c->actor->party; another's destination answers as one that is not there,
 * ERR_NOT_FOUND. What changes one is written to the audit.
 */
#ifndef MARKET_DESTINATION_H
#define MARKET_DESTINATION_H

#include <stdbool.h>

#include "market/ctx.h"
#include "market/secret.h"

enum transport { TRANSPORT_EMAIL = 1, TRANSPORT_SQS, TRANSPORT_SNS, TRANSPORT_WEBHOOK };

/* "webhook", "queue (SQS)", as pages name them; "" for none. */
const char *transport_word(int transport);

/* All kinds of events but the test's. */
#define EVENTS_ALL (((1u << (EVENT_HIT_EXPIRED + 1)) - 1) & ~1u)

enum {
    DESTINATIONS_MAX = 20,   /* of a requester's own */
    WEBHOOK_SECRET_LEN = 64, /* hexadecimal digits: 256 bits */
    DESTINATION_COUNT_MAX = 1000,
    ATTEMPTS_KEPT = 50, /* of each destination */
};

/* Whether an address can be one of its transport: an http or https URL with a host and without a
 * user name, which would end up in logs; SNS also takes a topic's ARN, EMAIL a mailbox. No blanks,
 * controls or brackets, at most DESTINATION_MAX bytes. */
bool destination_reachable(int transport, struct str address);

/* ---- a requester's own ---- */

struct destination_in {
    int transport; /* looked at by destination_add only */
    struct str address;
    unsigned events;   /* bits 1 << event_kind */
    int64_t batch;     /* 0: all */
    int64_t only_type; /* row of a HIT type; 0: all */
};

/* Makes one, active. *secret signs a webhook's messages: it is given here, and by
 * destination_secret, and kept sealed; STR_NULL for the others. ERR_INVALID_PARAMETER ("transport",
 * "address", "events", "batch", "only_type"), ERR_CONFLICT with DESTINATIONS_MAX. */
struct err destination_add(struct ctx *c, const struct secret_key *seal,
                           const struct destination_in *in, int64_t *id, struct str *secret);

/* Changes where it goes and what it is told, not how; errors as above. ERR_NOT_FOUND for one that
 * the API set. */
struct err destination_change(struct ctx *c, int64_t id, const struct destination_in *in);

/* Another secret of a webhook; the old one signs nothing from now on. */
struct err destination_secret(struct ctx *c, const struct secret_key *seal, int64_t id,
                              struct str *secret);

/* ---- all destinations ---- */

struct destination {
    int64_t id;
    int64_t hit_type; /* set by the API for this type; 0: the requester's own */
    int64_t batch, only_type;
    struct str hit_type_id, title, batch_name; /* of whichever type is meant */
    int transport;
    struct str address, version;
    unsigned events;
    bool active;
    int64_t created_ms;
    /* By the machine's clock; 0: none. It rests until next_ms. */
    int64_t good_ms, bad_ms, next_ms;
    int64_t failures;      /* since the last arrival */
    struct str error;      /* of the last failure */
    int64_t waiting, dead; /* counted up to DESTINATION_COUNT_MAX each */
};

struct err destination_get(struct ctx *c, int64_t id, struct destination *out);

/* The requester's own first; behind the row (after_type, after), 0 and 0 at the start. */
struct destination_list {
    struct destination *items;
    size_t n;
};
struct err destination_list(struct ctx *c, int64_t after_type, int64_t after, int limit,
                            struct destination_list *out);

/* Turned off, nothing new is written for it, and what waits is dropped when its turn comes. */
struct err destination_set_active(struct ctx *c, int64_t id, bool active);

/* Sends it a Ping before all else that waits, be it active or not, and ends its rest. */
struct err destination_test(struct ctx *c, int64_t id);

/* What waits for it, and what was given up, is dropped. */
struct err destination_remove(struct ctx *c, int64_t id);

/* Its dead letters are tried again. */
struct err destination_replay(struct ctx *c, int64_t id, int64_t *replayed);

/* Its newest attempts first, at most ATTEMPTS_KEPT. */
struct attempt {
    int64_t at_ms, took_ms;
    const char *what;  /* the event's name */
    struct str hit_id; /* "" for a test */
    int64_t number;    /* 1: the first of this event */
    struct str error;  /* NULL: it arrived */
};
struct attempt_list {
    struct attempt *items;
    size_t n;
};
struct err destination_attempts(struct ctx *c, int64_t id, int limit, struct attempt_list *out);

/* Brings the `events` of a HIT type in line with its destinations; by notification_set. */
struct err destination_mask_type(struct ctx *c, int64_t hit_type);

#endif
