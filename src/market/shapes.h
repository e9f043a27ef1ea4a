/* Shapes: HITs of a batch that a change of the whole batch treats alike (table batch_shape), so
 * that its cost is known without looking at each HIT (market/batch_change.h). Whoever makes,
 * expires, reopens, grows, re-types or disposes of HITs, or frees work of an expired one, takes
 * the HITs out of their old shape and puts them into the new one; hitd check compares.
 *
 *     struct shapes s = {.tx = tx};
 *     shapes_add(&s, &before, -1);
 *     shapes_add(&s, &after, 1);
 *     st = shapes_end(&s);
 */
#ifndef MARKET_SHAPES_H
#define MARKET_SHAPES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct shape {
    int64_t batch, many, max_assignments, cost_cents;
    bool expired;
    int64_t used; /* assignments of one HIT, in progress or done; matters when it is expired */
};

/* Changes that follow one another and are of one row are written as one. */
struct shapes {
    struct tx *tx;
    struct shape row;
    int64_t live, expired, used;
    enum st st; /* of what was written so far */
};

/* n HITs more (or, below 0, fewer) of a shape. Must not be called inside another statement. */
void shapes_add(struct shapes *s, const struct shape *of, int64_t n);

/* Writes the last; answers whether all was written. */
enum st shapes_end(struct shapes *s);

/* All of it for one change: n HITs more, or one that was `from` and is `to`. */
enum st shapes_put(struct tx *tx, const struct shape *of, int64_t n);
enum st shapes_move(struct tx *tx, const struct shape *from, const struct shape *to);

#endif
