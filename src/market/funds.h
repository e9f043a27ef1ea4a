/* Money that comes and goes by itself, apart from work: deposits, refunds, payouts, balances and
 * statements (money-and-lifecycle 3, 5.3, 8.9).
 */
#ifndef MARKET_FUNDS_H
#define MARKET_FUNDS_H

#include "ledger/ledger.h"
#include "market/ctx.h"

/* Largest single deposit: $10,000,000,000.00; far from overflow, above any typing error. */
#define DEPOSIT_CENTS_MAX INT64_C(1000000000000)

/* A deposit for a requester; note may be NULL. Appeals that wait for funds are paid from it
 * (appeal.h). *after, if not NULL, gets the balances then. Errors:
 * ERR_OUT_OF_RANGE for cents < 1 or too many, ERR_NOT_FOUND for a party that is no requester. */
struct err funds_deposit(struct ctx *c, int64_t requester, int64_t cents, struct str note,
                         struct balances *after);

/* Holds money of the requester that `about` names. When too little is available, what the clock
 * owes is applied first (due_dry): it may release some. ST_CONFLICT when it is short even so. */
enum st funds_hold(struct ctx *c, int64_t cents, const struct transfer_for *about);

/* Gives available money back to the requester (3.12). ERR_INSUFFICIENT_FUNDS. */
struct err funds_refund(struct ctx *c, int64_t requester, int64_t cents, struct str note,
                        struct balances *after);

/* What a worker can take out now: payable, without what he has earned in the last
 * `payout_delay_days` days (0: all of it). */
struct withdrawable {
    int64_t cents, later_cents;
    int64_t delay_days;
};
struct err funds_withdrawable(struct ctx *c, int64_t worker, struct withdrawable *out);

/* A worker takes out what he is owed (3.13): any amount from setting `withdraw_min_cents`
 * (1) up to what is withdrawable. ERR_OUT_OF_RANGE, ERR_INSUFFICIENT_FUNDS. *transfer, if not NULL,
 * gets the row that funds_payout_failed may name. */
struct err funds_payout(struct ctx *c, int64_t worker, int64_t cents, struct str note,
                        int64_t *transfer);

/* The payment back-end could not deliver: the money is owed again. Once per payout:
 * ERR_CONFLICT; ERR_NOT_FOUND when there is no such payout of this worker. */
struct err funds_payout_failed(struct ctx *c, int64_t worker, int64_t transfer, struct str note);

/* The operator writes fee income back to a requester (5.3 adjust): fee -> available. */
struct err funds_fee_back(struct ctx *c, int64_t requester, int64_t cents, struct str note);

/* What GetAccountBalance shows (3.14, 3.15): on_hold_cents is 0 with setting `onhold_compat`. */
struct funds {
    struct balances balances;
    int64_t available_cents, on_hold_cents;
};
struct err funds_balance(struct ctx *c, int64_t party, struct funds *out);

/* After an outflow, setting `sandbox_refill` = 1 tops available up to $10,000.00 by a real deposit
 * (3.16). Called by the rules that spend. */
struct err funds_refill(struct ctx *c, int64_t requester);

/* Lines of a statement, newest first: transfers about the party, below row `before` (0: from the
 * newest), at most limit (1..PAGE_MAX). signed_cents is the effect on the requester's available
 * money, or on the worker's payable; 0 for lines that move neither (a reward paid from held). */
struct statement_line {
    int64_t id, at_ms;
    enum transfer_kind kind;
    int64_t cents, signed_cents;
    int64_t requester, worker, batch, hit, assignment, settlement; /* 0 where none */
    struct str note;                                               /* NULL where none */
    struct str assignment_id, title; /* public id, and the task's title; a worker's lines only */
};
struct statement_in {
    int64_t party;
    enum role role; /* ROLE_REQUESTER or ROLE_WORKER */
    int64_t before;
    int limit;
};
struct statement {
    struct statement_line *lines;
    size_t n;
};
struct err funds_statement(struct ctx *c, const struct statement_in *in, struct statement *out);

#endif
