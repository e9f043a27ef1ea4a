/* The outbox as the operator sees it: how the queue stands, the lanes to each destination, what was
 * given up (docs/decisions/0021-the-outbox-goes-out.md). Times are the machine's unless an event's.
 * Who replays or drops is written to the audit.
 */
#ifndef MARKET_OUTBOX_H
#define MARKET_OUTBOX_H

#include <stdbool.h>

#include "market/destination.h"

/* How the queue stands; counts stop at OUTBOX_COUNT_MAX. */
enum { OUTBOX_COUNT_MAX = 10000 };
struct outbox_state {
    int64_t waiting;
    int64_t failing; /* of those: were tried, or are on their way */
    int64_t dead;
    int64_t oldest_ms; /* when it happened, by the market's clock; 0: nothing waits */
    int64_t next_ms;   /* when one of those that were tried is due; 0: none was */
};
struct err outbox_state(struct ctx *c, struct outbox_state *out);

/* Destinations for which something waits or was given up, those that fail first. */
enum { OUTBOX_LANES_MAX = 100 };
struct outbox_lane {
    int64_t target; /* 0: tests that the API asked for, and what is for nobody any more */
    struct str requester_id, requester_name, address, error;
    int transport;
    bool active;
    int64_t failures;                 /* since the last arrival */
    int64_t next_ms;                  /* it rests until then; 0 or past: it does not */
    int64_t good_ms;                  /* last arrival; 0: none */
    int64_t waiting, dead, oldest_ms; /* counted up to DESTINATION_COUNT_MAX each */
};
struct outbox_lanes {
    struct outbox_lane *items;
    size_t n;
};
struct err outbox_lanes(struct ctx *c, struct outbox_lanes *out);

/* What was given up, oldest first, behind a row. */
struct dead_letter {
    int64_t row, target, at_ms, dead_ms, attempts;
    int transport;
    const char *what; /* the event's name */
    struct str requester_id, requester_name, destination, error;
};
struct dead_list {
    struct dead_letter *items;
    size_t n;
};
struct err dead_letters(struct ctx *c, int64_t after, int limit, struct dead_list *out);

/* One of them; ERR_NOT_FOUND. */
struct err dead_get(struct ctx *c, int64_t row, struct dead_letter *out);

/* Tries one of them (0: all) again from the first attempt on; or forgets it. Events of its HIT that
 * came after it may have arrived meanwhile. */
struct err dead_replay(struct ctx *c, int64_t row, int64_t *replayed);
struct err dead_drop(struct ctx *c, int64_t row, int64_t *dropped);

/* The same for all of one destination. */
struct err dead_replay_lane(struct ctx *c, int64_t target, int64_t *replayed);
struct err dead_drop_lane(struct ctx *c, int64_t target, int64_t *dropped);

#endif
