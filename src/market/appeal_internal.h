/* Shared by appeal.c (steps of people) and appeal_clock.c (what follows by itself). */
#ifndef MARKET_APPEAL_INTERNAL_H
#define MARKET_APPEAL_INTERNAL_H

#include "market/appeal.h"

/* The last second in which a reversal is possible is that of window_ms (4.1, 8.7). */
static inline bool appeal_window_over(const struct ctx *c, int64_t window_ms) {
    return c->now_ms >= window_ms / 1000 * 1000 + 1000;
}

/* A row of appeal_step by c->actor; body may be NULL. */
struct err appeal_step_add(struct ctx *c, int64_t assignment, enum appeal_step_kind kind,
                           struct str body);

/* A line in somebody's inbox about the assignment. */
struct err appeal_tell(struct ctx *c, int64_t party, enum notice_kind kind, int64_t assignment);

/* The row as it is, whoever asks. ST_NONE becomes ERR_NOT_FOUND. */
struct err appeal_row(struct ctx *c, int64_t assignment, struct appeal *out);

#endif
