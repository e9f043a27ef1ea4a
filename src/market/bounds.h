/* Bounds of what requesters give (requester-api 1.11), with the old service's words. field names
 * the parameter in the message and in the error. */
#ifndef MARKET_BOUNDS_H
#define MARKET_BOUNDS_H

#include <stdint.h>

#include "market/ctx.h"
#include "market/hit_type.h"

struct bounds {
    int64_t min, max;
};

/* ERR_OUT_OF_RANGE "The value 11 is invalid for …. Valid values range from … to ….". */
struct err bounds_int(struct ctx *c, const char *field, int64_t value, const struct bounds *range);

/* Length in characters: ERR_INVALID_PARAMETER. */
struct err bounds_text(struct ctx *c, const char *field, struct str text,
                       const struct bounds *range);

/* 0 to the setting max_amount_cents. */
struct err bounds_reward(struct ctx *c, int64_t cents);

/* All properties of a HIT type but its requirements; defaults are filled in. */
struct err bounds_type(struct ctx *c, const struct hit_type_in *in);

#endif
