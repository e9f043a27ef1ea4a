/* What workers ask to be paid out, and what becomes of it (money-and-lifecycle 3.13, 5.3).
 *
 *     asked -> sent -> done        asked, sent -> failed
 *
 * Asking takes the money from payable at once, so that it can not be asked for twice; a failed
 * payout gives it back, once. The operator marks what his bank or payment service did; each mark
 * is in the audit.
 */
#ifndef MARKET_PAYOUT_H
#define MARKET_PAYOUT_H

#include "market/ctx.h"

enum payout_state { PAYOUT_ASKED = 1, PAYOUT_SENT, PAYOUT_DONE, PAYOUT_FAILED };
const char *payout_state_name(enum payout_state state); /* "asked", …; never NULL */
bool payout_state_parse(struct str word, enum payout_state *state);

/* A worker asks. Bounds and errors of funds_payout. */
struct err payout_ask(struct ctx *c, int64_t worker, int64_t cents, int64_t *id);

struct payout {
    int64_t id, worker, cents;
    struct str public_id, name, email;
    enum payout_state state;
    struct str destination;              /* where to, as the worker had it; "" not given */
    int64_t asked_ms, sent_ms, ended_ms; /* 0: not yet */
    struct str note;                     /* NULL: none */
};
struct payout_list {
    struct payout *items;
    size_t n;
};
/* Payouts of a state, asked and sent ones from the oldest, others from the newest; or of a worker,
 * newest first. `from`: the last id of the page before, 0 for the first page. limit is at most
 * LIST_ROWS_MAX. */
struct payout_list_in {
    int64_t worker; /* 0: by state */
    enum payout_state state;
    int64_t from;
    int limit;
};
struct err payout_list(struct ctx *c, const struct payout_list_in *in, struct payout_list *out);

/* Marks one. note: a reference, or why it failed (needed then). ERR_NOT_FOUND; ERR_CONFLICT for a
 * step that is not drawn above. */
struct err payout_mark(struct ctx *c, int64_t id, enum payout_state to, struct str note);

/* How many are in a state, counted up to `most`, their sum, and since when the oldest waits. */
struct waiting {
    int64_t n, cents, oldest_ms;
};
struct err payout_waiting(struct ctx *c, enum payout_state state, int64_t most,
                          struct waiting *out);

#endif
