/* Access keys of the Requester API (requester-api 1.3): an id like the old service's, "AKIA" and 16
 * of A-Z2-7, and a secret of 40 characters, which is shown once and kept sealed (secret.h).
 */
#ifndef MARKET_KEY_H
#define MARKET_KEY_H

#include "market/account.h"
#include "market/secret.h"

/* Keys a party may have at once; enough for rotation and a few programs. */
#define KEYS_MAX 20

struct key_new {
    struct str key_id, secret;
};
/* A new key of a party. ERR_CONFLICT when it has KEYS_MAX active ones. */
struct err key_add(struct ctx *c, const struct secret_key *seal, int64_t party,
                   struct key_new *out);

/* The key of a signed request, its secret and its party. ERR_UNKNOWN_KEY when it is unknown,
 * revoked or sealed with another key file; ERR_SUSPENDED when the party is not active. Reads
 * only; one lookup by unique index. */
struct key_found {
    struct str secret;
    struct party party;
};
struct err key_find(struct ctx *c, const struct secret_key *seal, struct str key_id,
                    struct key_found *out);

/* For signatures that must be checked before any rule runs: the same without the market's
 * context. */
struct err key_find_tx(struct tx *tx, const struct secret_key *seal, struct str key_id,
                       struct key_found *out);

/* Revokes one of the party's keys. ERR_NOT_FOUND. */
struct err key_revoke(struct ctx *c, int64_t party, struct str key_id);

struct key_row {
    struct str key_id;
    bool active;
    int64_t created_ms;
};
struct key_list {
    struct key_row *items;
    size_t n;
};
/* All keys of a party, oldest first, the last 100 at most. */
struct err key_list(struct ctx *c, int64_t party, struct key_list *out);

#endif
