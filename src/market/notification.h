/* Events that leave the house: what the API says of where those of a HIT type go (requester-api
 * 2.34, 2.38), and the outbox as its deliverer and the operator see it
 * (docs/decisions/0021-the-outbox-goes-out.md). market/events.h fills the outbox; notify/ empties
 * it.
 */
#ifndef MARKET_NOTIFICATION_H
#define MARKET_NOTIFICATION_H

#include <stdbool.h>

#include "market/destination.h"

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
    int64_t target; /* destination; 0: a test of the API's */
    int kind, transport;
    bool test, has_assignment, overturned;
    bool wanted; /* its destination is there, and active or tested */
    struct str requester_id, hit_type_id, hit_id, assignment_id, destination, version;
    struct str secret; /* of a webhook, sealed */
};

/* Whether anything may be due; a cheap look before a claim. */
struct err delivery_any(struct ctx *c, int64_t now_ms, bool *any);

/* Takes the next event that is due, and keeps others from it until until_ms. */
struct err delivery_claim(struct ctx *c, int64_t now_ms, int64_t until_ms, struct delivery *out);

/* It has arrived, or nobody wants it. Nothing happens when the lease has gone to somebody else. */
struct err delivery_done(struct ctx *c, const struct delivery *d, int64_t now_ms);

/* It has not: again at next_ms, or never when dead. */
struct failure {
    int64_t now_ms, next_ms;
    bool dead;
    struct str why;
};
struct err delivery_failed(struct ctx *c, const struct delivery *d, const struct failure *f);

/* ---- for the operator ---- */

/* How the queue stands; counts stop at OUTBOX_COUNT_MAX. */
enum { OUTBOX_COUNT_MAX = 10000 };
struct outbox_state {
    int64_t waiting, failing,
        dead;          /* failing: of those that wait, were tried or are on their way */
    int64_t oldest_ms; /* by the market's clock; 0: nothing waits */
};
struct err outbox_state(struct ctx *c, struct outbox_state *out);

/* What was given up, oldest first, behind a row. */
struct dead_letter {
    int64_t row, at_ms, dead_ms, attempts;
    const char *what; /* the event's name */
    struct str requester_id, destination, error;
};
struct dead_list {
    struct dead_letter *items;
    size_t n;
};
struct err dead_letters(struct ctx *c, int64_t after, int limit, struct dead_list *out);

/* Tries one of them (0: all) again from the first attempt on; or forgets it. Written to the audit.
 */
struct err dead_replay(struct ctx *c, int64_t row, int64_t *replayed);
struct err dead_drop(struct ctx *c, int64_t row, int64_t *dropped);

#endif
