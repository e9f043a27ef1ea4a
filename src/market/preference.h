/* What a party chose for itself, by key; each is a line of text. */
#ifndef MARKET_PREFERENCE_H
#define MARKET_PREFERENCE_H

#include "market/ctx.h"

enum { PREFERENCE_MAX = 200 };

#define PREFERENCE_PAYOUT_TO "payout_to" /* worker: where payouts go */

/* *value stays as it is when nothing was chosen. */
struct err preference_get(struct ctx *c, int64_t party, const char *key, struct str *value);

/* ERR_INVALID_PARAMETER (field key) for more than PREFERENCE_MAX characters, or control
 * characters. Written to the audit. */
struct err preference_put(struct ctx *c, int64_t party, const char *key, struct str value);

/* The name that others see; ERR_INVALID_PARAMETER ("name"). Written to the audit. */
struct err account_set_name(struct ctx *c, int64_t party, struct str name);

#endif
