/* The market's clock (money-and-lifecycle 4.3): the machine's, or a simulated one that stands still
 * until it is moved, forward only. Which of the two is chosen when the store is made; a simulated
 * one may later become real, never the other way. Reading it is market_now() of ctx.h.
 */
#ifndef MARKET_CLOCK_H
#define MARKET_CLOCK_H

#include <stdbool.h>

#include "market/ctx.h"

/* Chooses the kind of clock; a simulated one begins at start_ms. A store that has chosen keeps its
 * choice, and this changes nothing. */
struct err clock_choose(struct ctx *c, bool simulated, int64_t start_ms);

/* ERR_CLOCK unless the clock is simulated. */
struct err clock_require_simulated(struct ctx *c);

/* Moves a simulated clock. ERR_CLOCK when it is real, or when to_ms lies before c->now_ms. What
 * falls due on the way is the caller's: due_all, once this is committed. */
struct err clock_move(struct ctx *c, int64_t to_ms);

/* From here on the store runs by the machine's clock: for a market that was re-enacted up to the
 * present. ERR_CLOCK when the simulated one stands after wall_ms. What falls due between the two
 * is the caller's, as in clock_move. */
struct err clock_make_real(struct ctx *c, int64_t wall_ms);

/* Sets a simulated clock wherever it is wanted: for replay.c, which alone may set it back, in a
 * store in which nothing has happened. */
struct err clock_put(struct ctx *c, int64_t ms);

#endif
