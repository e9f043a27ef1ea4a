/* Events that leave the house: where those of a HIT type go (requester-api 2.34, 2.38), and the
 * outbox as its deliverer sees it (docs/decisions/0021-the-outbox-goes-out.md). market/events.h
 * fills the outbox; notify/ empties it.
 */
#ifndef MARKET_NOTIFICATION_H
#define MARKET_NOTIFICATION_H

#include <stdbool.h>

#include "market/ctx.h"

enum transport { TRANSPORT_EMAIL = 1, TRANSPORT_SQS, TRANSPORT_SNS };

enum { EVENT_PING = 0 }; /* of tests only; besides enum event_kind */

/* "AssignmentSubmitted"; "Ping" for EVENT_PING; NULL for a number that is none. */
const char *event_name(int kind);

struct notification {
    int transport;
    struct str destination; /* NULL: no specification is given */
    struct str version;
    unsigned events; /* bits 1 << event_kind; EVENT_PING's is of no effect */
};

/* Replaces the specification of a type of the caller's, when one is given, and sets whether it is
 * active, when that is given; a new specification is inactive until it is said to be active, one
 * that replaces another keeps its state. ERR_HIT_TYPE_DOES_NOT_EXIST; ERR_MISSING_PARAMETERS when
 * neither is given or there is no specification; errors of the specification as below. */
struct notification_set_in {
    struct str hit_type;
    struct notification spec;
    bool active, active_given;
};
struct err notification_set(struct ctx *c, const struct notification_set_in *in);

/* Puts one event of that kind with empty ids into the outbox, whatever any type asks for.
 * ERR_INVALID_TRANSPORT_ENDPOINT for a destination that its transport can not reach,
 * ERR_INVALID_PARAMETER for a version that is none. */
struct err notification_test(struct ctx *c, const struct notification *spec, int kind);

/* ---- for the deliverer; now_ms is the machine's clock ---- */

struct delivery {
    int64_t row; /* 0: nothing is due */
    int64_t at_ms, requester, attempts;
    int kind, transport;
    bool test, has_assignment, wanted; /* not wanted: its type has no specification any more */
    struct str requester_id, hit_type_id, hit_id, assignment_id, destination, version;
};

/* Whether anything may be due; a cheap look before a claim. */
struct err delivery_any(struct ctx *c, int64_t now_ms, bool *any);

/* Takes the next event that is due, and keeps others from it until until_ms. */
struct err delivery_claim(struct ctx *c, int64_t now_ms, int64_t until_ms, struct delivery *out);

/* It has arrived. Nothing happens when the lease has gone to somebody else. */
struct err delivery_done(struct ctx *c, const struct delivery *d);

/* It has not: again at next_ms, or never when dead_ms is not 0. */
struct err delivery_failed(struct ctx *c, const struct delivery *d, int64_t next_ms,
                           int64_t dead_ms, struct str why);

/* What was given up, oldest first, behind a row. */
struct dead_letter {
    int64_t row, at_ms, dead_ms, attempts;
    int kind;
    struct str requester_id, error;
};
struct dead_list {
    struct dead_letter *items;
    size_t n;
};
struct err dead_letters(struct ctx *c, int64_t after, int limit, struct dead_list *out);

/* Tries one of them (0: all) again from the first attempt on. */
struct err dead_replay(struct ctx *c, int64_t row, int64_t *replayed);

#endif
