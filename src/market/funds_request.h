/* Money that a requester announces or wants back: he asks, an operator confirms or declines
 * (requester-site 9). Money moves only with the confirmation, as a deposit or refund of
 * market/funds.h, in the same transaction.
 */
#ifndef MARKET_FUNDS_REQUEST_H
#define MARKET_FUNDS_REQUEST_H

#include "market/payout.h"

/* Open ones of a requester at once: a forgotten tab can not flood the operator's list. */
enum { FUNDS_REQUESTS_OPEN_MAX = 20, FUNDS_NOTE_MAX = 500 };

enum funds_request_kind { FUNDS_DEPOSIT = 1, FUNDS_REFUND };
enum funds_request_state { FUNDS_ASKED = 1, FUNDS_CONFIRMED, FUNDS_DECLINED, FUNDS_WITHDRAWN };
const char *funds_request_kind_name(enum funds_request_kind kind);    /* "deposit", "refund" */
const char *funds_request_state_name(enum funds_request_state state); /* "asked", … */

/* Errors: ERR_OUT_OF_RANGE ("amount"); ERR_INSUFFICIENT_FUNDS for a refund above what is
 * available; ERR_CONFLICT beyond FUNDS_REQUESTS_OPEN_MAX. */
struct funds_request_in {
    enum funds_request_kind kind;
    int64_t cents;
    struct str note;
};
struct err funds_request_ask(struct ctx *c, int64_t requester, const struct funds_request_in *in,
                             int64_t *id);

struct funds_request {
    int64_t id, requester, cents;
    struct str public_id, name, email; /* of the requester */
    enum funds_request_kind kind;
    enum funds_request_state state;
    struct str note, asked_by, answer; /* asked_by: a name; answer NULL: none */
    int64_t asked_ms, answered_ms;
};
struct funds_request_list {
    struct funds_request *items;
    size_t n;
};
/* Newest first, below id `before` (0: all); of a requester, or of all in one state. */
struct funds_request_list_in {
    int64_t requester;
    enum funds_request_state state;
    int64_t before;
    int limit;
};
struct err funds_request_list(struct ctx *c, const struct funds_request_list_in *in,
                              struct funds_request_list *out);

/* The operator's answer. A request is answered once: ERR_CONFLICT; ERR_NOT_FOUND;
 * ERR_INSUFFICIENT_FUNDS for a refund of what is no longer there; declining needs words
 * (ERR_INVALID_PARAMETER "answer"). */
struct err funds_request_confirm(struct ctx *c, int64_t id, struct str answer);
struct err funds_request_decline(struct ctx *c, int64_t id, struct str answer);

/* The requester's own: ERR_NOT_FOUND for another's. */
struct err funds_request_withdraw(struct ctx *c, int64_t requester, int64_t id);

struct err funds_request_waiting(struct ctx *c, int64_t most, struct waiting *out);

#endif
