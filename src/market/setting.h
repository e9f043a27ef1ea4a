/* The market's settings (money-and-lifecycle 12): their names, defaults and bounds, once. They are
 * rows of meta, read by the rules in each transaction, so a change is in force at once; what was
 * accepted before keeps its snapshots (2.13). */
#ifndef MARKET_SETTING_H
#define MARKET_SETTING_H

#include "market/ctx.h"

struct setting {
    const char *name, *fallback, *help;
    int64_t min, max;       /* of a number; both 0: one of two words */
    const char *other_word; /* besides fallback */
};

/* All of them; ends in a row of zeros. */
extern const struct setting SETTINGS[];

/* NULL for a name that is none. */
const struct setting *setting_find(struct str name);

/* ERR_USAGE naming the setting, the value and what is allowed. */
struct err setting_check(struct arena *a, const struct setting *s, struct str value);

struct err setting_get(struct ctx *c, const struct setting *s, struct str *value);
struct err setting_put(struct ctx *c, const struct setting *s, struct str value);

#endif
