/* What an operator looks at and does: finding accounts, money by hand, health, reports. Each act is
 * in the audit (market/audit.h).
 */
#ifndef MARKET_OPERATOR_H
#define MARKET_OPERATOR_H

#include "market/account.h"

/* Accounts by the beginning of their address (lower case) or their id; all, newest first, when
 * there is nothing to search. At most limit, up to LIST_ROWS_MAX; before: the last row of the page
 * before, only without a search. */
struct account_find_in {
    struct str search;
    int64_t before;
    int limit;
};
struct err account_find(struct ctx *c, const struct account_find_in *in, struct party_list *out);

/* A deposit or refund by hand, beside requests; a note is needed (ERR_INVALID_PARAMETER "note").
 * Errors of funds_deposit and funds_refund. */
struct err operator_deposit(struct ctx *c, int64_t requester, int64_t cents, struct str note);
struct err operator_refund(struct ctx *c, int64_t requester, int64_t cents, struct str note);

/* account_add with its line in the audit. */
struct err operator_add(struct ctx *c, const struct account_add_in *in, struct party *out);

/* Figures of the running market; counts stop at HEALTH_COUNT_MAX. */
enum { HEALTH_COUNT_MAX = 10000 };
struct health {
    int64_t sessions;
    int64_t overdue_ms; /* how long the oldest thing that the clock owes has waited; 0: nothing */
};
struct err health_read(struct ctx *c, int64_t wall_ms, struct health *out);

/* Sums by day (UTC) over the newest REPORT_ROWS_MAX settlements and as many bonuses, newest first.
 * cut: there are more, so the last day is not whole. */
enum { REPORT_ROWS_MAX = 50000, REPORT_DAYS_MAX = 400 };
struct report_day {
    int64_t day; /* days since 1970 */
    int64_t approved, rejected, overturned, bonuses;
    int64_t reward_cents, fee_cents, bonus_cents, bonus_fee_cents;
};
struct report {
    struct report_day *days;
    size_t n;
    bool cut;
};
struct err report_read(struct ctx *c, struct report *out);

#endif
