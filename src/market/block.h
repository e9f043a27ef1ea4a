/* Blocks: a requester takes no further work from a worker (worker-site 11, requester-api 2.9, 2.11,
 * 2.27). What was accepted goes on and is paid. The requester is c->actor->party.
 */
#ifndef MARKET_BLOCK_H
#define MARKET_BLOCK_H

#include <stdbool.h>

#include "market/ctx.h"

/* Blocking a blocked worker replaces the reason. ERR_INVALID_PARAMETER (WorkerId) for an unknown
 * worker. */
struct err block_set(struct ctx *c, struct str worker_id, struct str reason);

/* Harmless when there is no block. ERR_INVALID_PARAMETER for an unknown worker. */
struct err block_remove(struct ctx *c, struct str worker_id);

struct block {
    struct str worker_id, reason;
    int64_t created_ms;
    int64_t worker; /* with created_ms the keyset */
};
struct block_list_in {
    int64_t after_ms, after_worker; /* last line of the page before; 0, 0 at the start */
    int limit;                      /* 1..PAGE_MAX */
};
struct block_list {
    struct block *items;
    size_t n;
};
/* By time of blocking, then worker. */
struct err block_list(struct ctx *c, const struct block_list_in *in, struct block_list *out);

struct err block_check(struct ctx *c, int64_t requester, int64_t worker, bool *blocked);

#endif
