/* Expiry as hit.c and due.c share it: a HIT expires by its time or by order. */
#ifndef MARKET_DUE_EXPIRE_H
#define MARKET_DUE_EXPIRE_H

#include "market/ctx.h"

/* A HIT whose row has just been marked as expired. */
struct expired {
    int64_t hit, requester, batch, hit_type;
    int64_t max_assignments, pending, used, many;
    int64_t cost_cents; /* current, of one slot */
    int64_t at_ms;
};

/* What follows: holds of open slots are released, sums and events written. Sorts x. */
struct err expired_settle(struct ctx *c, struct expired *x, size_t n);

/* Marks and settles one HIT; nothing when it is expired or disposed. */
struct err expire_hit(struct ctx *c, int64_t hit, int64_t at_ms);

#endif
