/* The whole book and all counters verified (money-and-lifecycle 5.4): I1 to I8, the sums kept in
 * batches and HIT types, references between rows that carry no foreign key, statuses and times
 * that can not be. Reads only; runs on a snapshot, set-based, with at most CHECK_LINES_MAX lines a
 * rule. */
#ifndef MARKET_CHECK_H
#define MARKET_CHECK_H

#include <stdint.h>

#include "market/ctx.h"

enum { CHECK_LINES_MAX = 100 };

/* Gives each violation as a line, "I3: requester 7: held is 600, should be 500". *violations
 * counts them all, also those beyond CHECK_LINES_MAX a rule. */
typedef void check_line(void *arg, struct str line);
struct err check_run(struct ctx *c, check_line *line, void *arg, int64_t *violations);

#endif
