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

/* The number in force. For the rules: a name that is none is a bug, a value out of its bounds (no
 * setting_put wrote it) is ERR_STORE. */
struct err setting_int(struct ctx *c, const char *name, int64_t *value);

/* The same without a store: what a number is when nothing is set. */
int64_t setting_default(const char *name);

/* A row of meta as the number that setting takes; ERR_STORE as above. */
struct err setting_parse(struct arena *a, const struct setting *s, struct str text, int64_t *value);

struct err setting_get(struct ctx *c, const struct setting *s, struct str *value);
/* Changes it and writes who changed what, from what to what (market/audit.h); the value it has
 * already changes nothing. */
struct err setting_put(struct ctx *c, const struct setting *s, struct str value);

#endif
