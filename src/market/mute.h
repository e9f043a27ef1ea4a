/* A worker and single requesters (worker-site 11): whose messages he does not want to be told of,
 * and who takes no work from him. The worker is c->actor->party.
 *
 * - What a muted requester writes is kept and can be read; it is never counted as new. The
 * requester is not told, and nothing changes about work, decisions and pay.
 * - Of a block he sees by whom and since when, never the reason: that is the requester's own
 * record.
 */
#ifndef MARKET_MUTE_H
#define MARKET_MUTE_H

#include <stdbool.h>

#include "market/ctx.h"

/* Mutes, or takes it back; again is harmless. ERR_NOT_FOUND: no such requester;
 * ERR_INVALID_PARAMETER: HIDDEN_MAX are muted. *name (may be NULL): the requester's. */
struct err mute_set(struct ctx *c, struct str requester_id, bool mute, struct str *name);

/* Whether the worker mutes the requester. */
struct err mute_check(struct ctx *c, int64_t worker, int64_t requester, bool *muted);

struct mute_entry {
    struct str requester_id, requester_name;
    int64_t at_ms;
};
struct mute_list {
    struct mute_entry *items;
    size_t n;
};
/* The muted ones, by row; at most HIDDEN_MAX, which is all of them. */
struct err mute_list(struct ctx *c, struct mute_list *out);

/* Who takes no work from him, the newest block first; at most LIST_ROWS_MAX. */
struct err mute_blocked_by(struct ctx *c, struct mute_list *out);

#endif
