/* Events for requesters (money-and-lifecycle 10): rows of the outbox, written in the transaction
 * that makes them true, one for each destination that asked (market/destination.h). A HIT type's
 * `events` has at least the bits of all its destinations, so a type without them costs nothing.
 * Delivery is notify/'s. */
#ifndef MARKET_EVENTS_H
#define MARKET_EVENTS_H

#include <stdint.h>

#include "market/ctx.h"

struct event {
    enum event_kind kind;
    int64_t at_ms;
    int64_t hit;
    int64_t assignment; /* 0 when it is about the HIT */
};

/* Writes the event if the HIT's type asked for its kind; otherwise nothing. One statement. */
struct err event_emit(struct ctx *c, const struct event *e);

/* EVENT_HIT_CREATED for HITs seq from..to of a batch. The caller has looked at the type's bits. */
struct err event_emit_created(struct ctx *c, int64_t batch, int64_t from_seq, int64_t to_seq,
                              int64_t at_ms);

#endif
