/* What the clock owes (money-and-lifecycle 4.2): HITs expire, work is abandoned, submissions are
 * approved, old HITs are disposed of, each as of the moment it was due.
 *
 * A rule that touches a HIT or an assignment calls due_hit first, in its own transaction. The
 * sweeper does the same for work nobody looks at, in bounded steps, so no outcome depends on how
 * late it runs: doing it in one go or in many, early or late, gives the same rows. Of one HIT,
 * expiry comes before abandonment, whichever was due first: last activity is the maximum of their
 * moments, and what is held ends the same. Approvals carry their own times and commute with both,
 * but for a HIT with a review policy (policy.h): approvals up to the moment at which it became
 * reviewable come before its review, later ones after it. Disposal counts from the last activity
 * and comes last, but a full HIT may have been disposed of before its time was over.
 */
#ifndef MARKET_DUE_H
#define MARKET_DUE_H

#include <stdbool.h>
#include <stdint.h>

#include "market/ctx.h"

/* Applies everything that is due for one HIT at c->now_ms. One statement when nothing is. */
struct err due_hit(struct ctx *c, int64_t hit);

/* The same for several, with one settlement per requester. */
struct err due_hits(struct ctx *c, const int64_t *hits, int count);

/* Whether anything at all is due: look-ups at the heads of indexes. For reads. */
struct err due_any(struct ctx *c, bool *any);

/* One bounded step over all due work: at most limit HITs or assignments of each kind, one chunk
 * of each of a few batches that are being published, old tokens, keys and drafts. *done counts
 * what was done; call again until it is 0. */
struct err due_sweep(struct ctx *c, int limit, int64_t *done);

/* due_sweep until dry inside the caller's transaction: for rules that find too little money. What
 * the clock owes may release some (an expired HIT, a return), and no outcome may depend on how
 * late the sweeper is. */
struct err due_dry(struct ctx *c);

/* due_sweep until dry, each step a write of its own on the store (not inside a transaction): for
 * reads that found something due, for `hitd clock`, for tests. */
struct err due_all(struct store *store, struct arena *arena, const struct id_key *ids);

#endif
