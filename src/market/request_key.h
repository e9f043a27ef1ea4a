/* Calls that come twice.
 *
 * 1. Retries by an SDK (money-and-lifecycle 8.5): the same access key, operation, invocation id and
 *    body. The first answer, success or final error, is kept 24 h and given again:
 *
 *        request_key_find(c, digest, REQUEST_KEY_MS, &kept, &known);
 *                                                      known: commit nothing, answer kept
 *        tx_savepoint(tx); e = the rule; failed(e) -> tx_rollback_to(tx)
 *        request_key_keep(c, digest, status, body);    and commit, also after a refusal
 *
 *    Throttling, 5xx and ERR_RETRY are not kept. Both steps run in the write's own transaction, so
 * a retry that meets its first call waits for it, by the lane or by a conflict.
 *
 * 2. UniqueRequestToken (requester-api 1.12): a second use is an error that names the first. Kept
 *    per requester and operation for 24 h from the first use; a call that failed does not use its
 *    token up, as it is rolled back.
 */
#ifndef MARKET_REQUEST_KEY_H
#define MARKET_REQUEST_KEY_H

#include <stdbool.h>

#include "base/limits.h"
#include "market/ctx.h"

/* Largest answer that is kept; answers of writes are a few hundred bytes. */
#define KEPT_ANSWER_MAX 65536

/* How long answers and tokens are kept. */
#define REQUEST_KEY_MS (TOKEN_MEMORY_S * INT64_C(1000))

/* SHA-256, hexadecimal, over the four with their lengths. */
struct str request_key_digest(struct arena *a, struct str access_key, struct str operation,
                              struct str invocation, struct str body);

struct kept_answer {
    int status; /* HTTP */
    struct str body;
};
/* Of the last within_ms, at most REQUEST_KEY_MS: less where the digest says only that two calls
 * look alike. */
struct err request_key_find(struct ctx *c, struct str digest, int64_t within_ms,
                            struct kept_answer *out, bool *known);
struct err request_key_keep(struct ctx *c, struct str digest, const struct kept_answer *answer);

/* Whether the requester used the token for the operation in the last 24 h, and the row that the
 * first call made. A NULL token was never used. */
struct err unique_token_find(struct ctx *c, int64_t requester, struct str operation,
                             struct str token, int64_t *subject, bool *known);
/* Remembers it; a NULL token is not. */
struct err unique_token_keep(struct ctx *c, int64_t requester, struct str operation,
                             struct str token, int64_t subject);

/* Forgets what is older than 24 h, up to limit rows of each kind. */
struct err request_key_purge(struct ctx *c, int limit);

#endif
