/* What every rule of the market is given: the transaction, memory, the moment, who acts.
 *
 * A rule is `struct err market_verb(struct ctx *, const struct verb_in *, struct verb_out *)`.
 * It runs inside one transaction and reads the clock nowhere: now_ms was read once when the
 * transaction began (money-and-lifecycle, "Words"). On an error the caller rolls back; a rule
 * never undoes anything by hand. A rule may run twice (store/store.h) and touches nothing but its
 * transaction and its arena.
 */
#ifndef MARKET_CTX_H
#define MARKET_CTX_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/id.h"
#include "base/str.h"
#include "market/types.h"
#include "store/store.h"

/* Who acts, for the audit (8.4). The rights were checked before: party is the requester in whose
 * name it happens, or the worker, or 0 for the clock; person is who did it, when he acts for an
 * account that is not his own. */
struct actor {
    enum entrance entrance;
    int64_t party;
    int64_t person;         /* 0: the party itself */
    struct str detail;      /* access key id, session or command; client address */
    struct str request_key; /* NULL when the call carries none */
};

/* The party that the audit names. */
static inline int64_t actor_person(const struct actor *actor) {
    return actor->person ? actor->person : actor->party;
}

struct ctx {
    struct tx *tx;
    struct arena *arena;
    int64_t now_ms;
    const struct actor *actor;
    const struct id_key *ids;
};

/* Reads the clock and the settings that a transaction needs. ids is shared by all. Fails only as
 * the store fails. The arena is the transaction's. */
struct err ctx_begin(struct ctx *c, struct tx *tx, const struct actor *actor,
                     const struct id_key *ids);

/* The market's clock inside a transaction: the wall clock, but never below what ctx_raise_floor
 * remembered (meta "clock_floor_ms"), or the simulated one (meta "clock" = "simulated",
 * "clock_ms"). */
enum st market_now(struct tx *tx, int64_t *now_ms);

/* Remembers now_ms as the moment that no later transaction may fall below (4.3), at most once in
 * CLOCK_FLOOR_STEP_MS; the sweeper calls it. Does nothing with a simulated clock. */
enum { CLOCK_FLOOR_STEP_MS = 10000 };
struct err ctx_raise_floor(struct ctx *c);

/* A store's answer as an error: ST_OK and ST_NONE are none, ST_RETRY becomes ERR_RETRY, the rest
 * ERR_STORE. */
struct err ctx_store(struct ctx *c, enum st st);

/* A setting of meta, or fallback when it is not set. */
struct err ctx_setting_int(struct ctx *c, const char *key, int64_t fallback, int64_t *value);

/* A transaction's end for an outcome: commit, roll back, or run again. */
enum tx_end ctx_end(struct err e);

/* Public ids: the alias when the row has one, else the sealed row number. */
struct str ctx_id(struct ctx *c, enum id_kind kind, int64_t row, struct str alias);

#endif
