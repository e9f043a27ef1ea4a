/* What slots.c shares with the other two that change slots, hit.c and due.c. Not for others. */
#ifndef MARKET_SLOTS_MONEY_H
#define MARKET_SLOTS_MONEY_H

#include <stdint.h>

#include "ledger/ledger.h"
#include "store/store.h"

/* Holds cents more (or, below 0, gives them back) after a HIT type change (5.3 rehold).
 * ST_CONFLICT when available is short. */
enum st slots_rehold(struct tx *tx, int64_t at_ms, int64_t cents, const struct transfer_for *about);

/* Differences of the sums kept in a batch and a HIT type. */
struct slot_sums {
    int64_t batch, hit_type;
    int64_t slots, pending, submitted; /* of the batch */
    int64_t open_hits;                 /* of the type */
};
enum st slots_sums(struct tx *tx, const struct slot_sums *d);

#endif
