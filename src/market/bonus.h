/* Bonuses (money-and-lifecycle 3.11, 7.7; requester-api 2.21, 2.33). The requester is
 * c->actor->party.
 */
#ifndef MARKET_BONUS_H
#define MARKET_BONUS_H

#include "market/ctx.h"

/* Pays a bonus and its fee from available. Checks in this order; the first failure answers:
 *  - cents between 1 and setting max_amount_cents: ERR_OUT_OF_RANGE; reason not empty, at most
 *    REASON_MAX characters, no forbidden control characters: ERR_INVALID_PARAMETER;
 *  - token already used: ERR_DUPLICATE_REQUEST, "The idempotency token \"…\" has already been
 *    processed.";
 *  - unknown worker: ERR_INVALID_PARAMETER (WorkerId);
 *  - assignment unknown, foreign, of another worker, in progress, returned, abandoned, or its HIT
 *    deleted: ERR_ASSIGNMENT_DOES_NOT_EXIST;
 *  - submitted more than 183 days ago and nothing of this worker since:
 * ERR_INVALID_ASSIGNMENT_STATE;
 *  - bonus and fee beyond available: ERR_INSUFFICIENT_FUNDS. */
struct bonus_send_in {
    struct str assignment_id, worker_id;
    int64_t cents;
    struct str reason;
    struct str token; /* UniqueRequestToken; NULL none */
};
struct bonus_sent {
    int64_t bonus; /* row */
    int64_t fee_cents;
    int64_t avail_after;
};
struct err bonus_send(struct ctx *c, const struct bonus_send_in *in, struct bonus_sent *out);

struct bonus {
    int64_t row, at_ms;
    struct str worker_id, assignment_id, reason;
    int64_t cents, fee_cents;
};
/* Bonuses of a HIT, or of an assignment (exactly one of the ids is not NULL), by time, behind
 * (after_ms, after_row). ERR_HIT_DOES_NOT_EXIST, ERR_ASSIGNMENT_DOES_NOT_EXIST. */
struct bonus_list_in {
    struct str hit_id, assignment_id;
    int64_t after_ms, after_row;
    int limit; /* 1..PAGE_MAX */
};
struct bonus_list {
    struct bonus *items;
    size_t n;
};
struct err bonus_list(struct ctx *c, const struct bonus_list_in *in, struct bonus_list *out);

#endif
