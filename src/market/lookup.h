/* Rows behind public ids: sealed row numbers, or the aliases of re-enacted work (base/id.h).
 * Internal to market/. */
#ifndef MARKET_LOOKUP_H
#define MARKET_LOOKUP_H

#include "market/ctx.h"

/* The row of an id, 0 when there can be none. That the row exists is not looked at for sealed ids:
 * they can not be forged, and who reads the row finds out. */
struct err lookup_assignment(struct ctx *c, struct str id, int64_t *row);
struct err lookup_hit(struct ctx *c, struct str id, int64_t *row);
/* A group id or a HIT type id: old links carry either. */
struct err lookup_group(struct ctx *c, struct str id, int64_t *hit_type);

#endif
