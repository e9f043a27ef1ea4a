/* What workers see of a requester before they work for him (worker-site 12.2, money-and-lifecycle
 * 9.6). Reads only; everybody may.
 *
 * - Rates and shares come from requester_day, which each settlement keeps: exact, at most a row a
 *   day. An overturned rejection counts as approved.
 * - Times and pay are those of his newest decisions (SCORECARD_SAMPLE at most), without the outer
 *   5 % at either end; below SCORECARD_LEAST of them nothing is said.
 * - Everything is bounded: the whole card is some 600 look-ups by key however large the store is.
 */
#ifndef MARKET_SCORECARD_H
#define MARKET_SCORECARD_H

#include "market/ctx.h"

enum { SCORECARD_SAMPLE = 500, SCORECARD_LEAST = 5, SCORECARD_COUNT_MAX = 1000 };

/* Rates are hundredths of a per cent, -1: nothing to say. */
struct scorecard {
    /* two years, and of them 30 days */
    int64_t decided, rate, month_decided, month_rate;
    int64_t clock_rate;                            /* of the approvals: left to auto-approval */
    int64_t rejected, overturned, overturned_rate; /* rejections, and how many were undone */
    /* the newest decisions */
    int64_t sample;           /* 0: fewer than SCORECARD_LEAST */
    int64_t median_s, slow_s; /* submission to decision; slow: the 90th percentile */
    int64_t hourly_cents;     /* median of reward by work time, accept to submit; 0: unknown, or of
                                 seconds */
    /* appeals */
    int64_t appeals, in_time_rate, granted_rate; /* of those that were answered or lapsed */
    int64_t blocks, blocks_per_1000;             /* blocks counted up to SCORECARD_COUNT_MAX */
    int64_t paused;                              /* groups paused after reports, now */
};
struct err scorecard_read(struct ctx *c, int64_t requester, struct scorecard *out);

/* decided, rate, and those of the month alone: for a row of a list. */
struct err scorecard_rates(struct ctx *c, int64_t requester, struct scorecard *out);

/* What work of a group pays in an hour: its reward by the median time of the newest work of its
 * newest batch, capped at the time allotted. *cents 0: fewer than SCORECARD_LEAST are in. */
struct scorecard_group {
    int64_t hit_type, reward_cents, duration_s;
};
struct err scorecard_hourly(struct ctx *c, const struct scorecard_group *group, int64_t *cents,
                            int64_t *sample);

#endif
