/* A requester's activity by month and batch (requester-site 9, csv-formats 7): what was decided and
 * what it cost, from the newest ACTIVITY_LINES_MAX postings. */
#ifndef MARKET_ACTIVITY_H
#define MARKET_ACTIVITY_H

#include "market/ctx.h"

enum { ACTIVITY_LINES_MAX = 50000, ACTIVITY_ROWS_MAX = 500 };

struct activity_row {
    int64_t month;            /* months since January of year 0 (UTC) */
    int64_t batch;            /* 0: none */
    struct str project, name; /* of the batch; project NULL: tasks made by the API */
    int64_t hits, approved, rejected, overturned;
    int64_t reward_cents, fee_cents, bonus_cents, bonus_fee_cents;
};
struct activity {
    struct activity_row *rows; /* newest month first */
    size_t n;
    bool cut; /* there is more: the oldest month is not whole */
};
struct err activity_read(struct ctx *c, int64_t requester, struct activity *out);

/* "2026-11" */
struct str activity_month(struct arena *a, int64_t month);

#endif
