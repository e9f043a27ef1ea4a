/* Where events go (requester-api 2.38, requester-site 11): what the API sets for a HIT type, and a
 * requester's own webhooks, for all his tasks or those of one batch. One list, so that an event is
 * written for each in one statement (sql/ctx.sql) and the requester sees them on one page.
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

/* All kinds of events but the test's. */
#define EVENTS_ALL (((1u << (EVENT_HIT_EXPIRED + 1)) - 1) & ~1u)

enum {
    WEBHOOKS_MAX = 20,
    WEBHOOK_SECRET_LEN = 64, /* hexadecimal digits: 256 bits */
    DESTINATION_COUNT_MAX = 1000,
};

/* Whether an address can be an http or https URL: no blanks, controls or brackets, at most
 * DESTINATION_MAX bytes, a host, and no user name, which would end up in logs. */
bool destination_is_url(struct str address);

/* ---- webhooks ---- */

struct webhook_in {
    struct str url;
    unsigned events; /* bits 1 << event_kind */
    int64_t batch;   /* 0: all */
};

/* Makes one, active. *secret signs its messages: it is given here, and by webhook_secret, and kept
 * sealed. ERR_INVALID_PARAMETER ("url", "events", "batch"), ERR_CONFLICT with WEBHOOKS_MAX. */
struct err webhook_add(struct ctx *c, const struct secret_key *seal, const struct webhook_in *in,
                       int64_t *id, struct str *secret);

/* Changes where it goes and what it is told; errors as above. */
struct err webhook_change(struct ctx *c, int64_t id, const struct webhook_in *in);

/* Another secret; the old one signs nothing from now on. */
struct err webhook_secret(struct ctx *c, const struct secret_key *seal, int64_t id,
                          struct str *secret);

/* What waits for it is dropped. */
struct err webhook_remove(struct ctx *c, int64_t id);

/* ---- all destinations ---- */

struct destination {
    int64_t id, hit_type, batch; /* hit_type 0: a webhook */
    struct str hit_type_id, title, batch_name;
    int transport;
    struct str address, version;
    unsigned events;
    bool active;
    int64_t created_ms;
    int64_t good_ms, bad_ms; /* the last arrival and failure, by the machine's clock; 0: none */
    int64_t failures;        /* since the last arrival */
    struct str error;        /* of the last failure */
    int64_t waiting, dead;   /* counted up to DESTINATION_COUNT_MAX together */
};

struct err destination_get(struct ctx *c, int64_t id, struct destination *out);

/* Webhooks first; behind the row (after_type, after), 0 and 0 at the start. */
struct destination_list {
    struct destination *items;
    size_t n;
};
struct err destination_list(struct ctx *c, int64_t after_type, int64_t after, int limit,
                            struct destination_list *out);

/* Turned off, nothing new is written for it, and what waits is dropped when its turn comes. */
struct err destination_set_active(struct ctx *c, int64_t id, bool active);

/* Sends it a Ping, be it active or not. */
struct err destination_test(struct ctx *c, int64_t id);

/* Its dead letters are tried again. */
struct err destination_replay(struct ctx *c, int64_t id, int64_t *replayed);

/* Brings the `events` of a HIT type in line with its destinations; by notification_set. */
struct err destination_mask_type(struct ctx *c, int64_t hit_type);

#endif
