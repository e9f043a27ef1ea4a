/* Fees (money-and-lifecycle 2): how much the requester pays on top of reward or bonus.
 *
 * Pure arithmetic on whole cents, checked; rates are settings and are read once per transaction.
 */
#ifndef MARKET_FEES_H
#define MARKET_FEES_H

#include <stdbool.h>
#include <stdint.h>

#include "market/ctx.h"

/* Settings fee_base_pct, fee_many_pct, fee_many_from, fee_masters_pct, fee_bonus_pct,
 * fee_min_cents and fees=off (2.12); their defaults stand in market/setting.c. */
struct fee_rates {
    int64_t base_pct, many_pct, many_from, masters_pct, bonus_pct, min_cents;
    bool off;
};

/* The rates of 2.12 when nothing is set. */
struct fee_rates fee_defaults(void);

/* Reads the settings that differ from the defaults. */
struct err fee_load(struct ctx *c, struct fee_rates *rates);

/* Whether a HIT that is made with so many assignments is of the upper tier (2.2). It is asked once,
 * when the HIT is made, and kept in hit.many (2.9). A HIT of the lower tier can not be raised to
 * where this is true (2.10). */
bool fee_many(const struct fee_rates *rates, int64_t max_assignments);

/* What an assignment is, as far as fees go. many: its HIT's tier. */
struct fee_of {
    int64_t reward_cents;
    int64_t premium_cents; /* sum over premium qualifications (2.4) */
    bool many, masters;
};

/* Fee of one assignment (2.8). False on overflow. */
bool fee_assignment(const struct fee_rates *rates, const struct fee_of *of, int64_t *fee_cents);

/* Fee of a bonus (2.5). False on overflow. */
bool fee_bonus(const struct fee_rates *rates, int64_t bonus_cents, int64_t *fee_cents);

/* The setting fee_premium_<QualificationTypeId> in cents, 0 when there is none. */
struct err fee_premium(struct ctx *c, struct str qualification_type, int64_t *cents);

/* ERR_INSUFFICIENT_FUNDS that names cost, available and shortfall to the cent. what
 * says what for: "3 assignments at $0.05 and a fee of $0.01". */
struct err fee_short(struct ctx *c, const char *what, int64_t cost_cents, int64_t avail_cents);

#endif
