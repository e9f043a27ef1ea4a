/* What a party chose for itself, by key; each is a line of text. */
#ifndef MARKET_PREFERENCE_H
#define MARKET_PREFERENCE_H

#include "market/ctx.h"

enum { PREFERENCE_MAX = 200 };

#define PREFERENCE_PAYOUT_TO "payout_to" /* worker: where payouts go */
#define PREFERENCE_TIME_ZONE                                                                       \
    "time_zone"                              /* account: of the pages (base/zone.h); none: UTC,    \
                                                and with script the reader's own */
#define PREFERENCE_CSV_DIALECT "csv_dialect" /* account: of its downloads (csv-formats 1.1) */
#define PREFERENCE_ACCEPT_NEXT "accept_next" /* worker: "on", see market/work_next.h */
#define PREFERENCE_DOWNLOADS   "downloads"   /* worker: see market/own_data.h */
#define PREFERENCE_TASK_LIST   "task_list"   /* worker: see market/group_view.h */
#define PREFERENCE_CSV_TIMES   "csv_times"   /* account: "utc", or Pacific as the old service */

/* How an account wants to see times and get files. NULL or empty: not chosen. */
struct account_view {
    struct str time_zone, csv_dialect, csv_times;
};
struct err account_view_get(struct ctx *c, int64_t party, struct account_view *out);

/* ERR_INVALID_PARAMETER (the field's name) for a word that is none. Written to the audit. */
struct err account_view_put(struct ctx *c, int64_t party, const struct account_view *view);

/* *value stays as it is when nothing was chosen. */
struct err preference_get(struct ctx *c, int64_t party, const char *key, struct str *value);

/* ERR_INVALID_PARAMETER (field key) for more than PREFERENCE_MAX characters, or control
 * characters. Written to the audit. */
struct err preference_put(struct ctx *c, int64_t party, const char *key, struct str value);

/* The name that others see; ERR_INVALID_PARAMETER ("name"). Written to the audit. */
struct err account_set_name(struct ctx *c, int64_t party, struct str name);

#endif
