/* Events that leave the house: what the API says of where those of a HIT type go (requester-api
 * 2.34, 2.38), and the outbox as its deliverer sees it
 * (docs/decisions/0021-the-outbox-goes-out.md). market/events.h fills the outbox; notify/ empties
 * it; the operator sees it by market/outbox.h.
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
    int64_t target;          /* destination; 0: a test of the API's */
    int64_t failures;        /* of that since the last arrival */
    int64_t hit, assignment; /* SQL_NULL: none */
    int kind, transport;
    bool test, has_assignment, overturned;
    bool wanted; /* its destination is there, and active or tested */
    struct str requester_id, hit_type_id, hit_id, assignment_id, destination, version;
    struct str secret; /* of a webhook, sealed */
};

/* Whose turn it is: an event that is due at now_ms in a lane (a destination) that neither rests nor
 * is being served, the first behind lane `after`, around in a circle. Doubtful are lanes whose last
 * attempt failed, and lane 0, of tests that the API asked for: only when wanted. found->row 0:
 * nothing. A cheap look before a claim. */
struct delivery_turn {
    int64_t now_ms, after;
    bool doubtful;
};
struct delivery_found {
    int64_t row, target;
    bool doubtful;
};
struct err delivery_next(struct ctx *c, const struct delivery_turn *turn,
                         struct delivery_found *found);

/* Takes it, and keeps others from it and from its lane until until_ms; out->row 0: somebody else
 * was faster. */
struct err delivery_claim(struct ctx *c, int64_t row, int64_t now_ms, int64_t until_ms,
                          struct delivery *out);

/* What came of it: it has arrived, or nobody wants it; or it has not, and is tried again at
 * next_ms, or never when dead, and its lane rests until lane_ms. Nothing happens when the lease has
 * gone to somebody else. */
struct outcome {
    int64_t now_ms, took_ms;
    bool good;
    int64_t next_ms, lane_ms;
    bool dead;
    struct str why;
};
struct err delivery_note(struct ctx *c, const struct delivery *d, const struct outcome *o);

#endif
