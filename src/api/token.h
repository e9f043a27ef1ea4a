/* NextToken (requester-api 1.9): the sort key of the last item of a page, and an HMAC over it, the
 * operation, the caller and the filter. A token so stays good after insertions and deletions, for
 * as long as the store lives, on every server of one store; and it is good for nothing else.
 *
 *     "p2:" base64( keys: 8 bytes each, big-endian | first 16 bytes of the HMAC-SHA256 )
 */
#ifndef API_TOKEN_H
#define API_TOKEN_H

#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

enum { TOKEN_KEY_LEN = 32, TOKEN_KEYS_MAX = 4, NEXT_TOKEN_MAX = 255 };

struct token_key {
    unsigned char bytes[TOKEN_KEY_LEN];
};

/* Made from the store's id key, so that all servers of a store agree. */
void token_key_init(struct token_key *key, const struct id_key *ids);

/* scope: everything that the walk depends on: operation, caller, filter. */
struct str token_seal(struct arena *a, const struct token_key *key, struct str scope,
                      const int64_t *keys, size_t count);

/* ERR_INVALID_PARAMETER naming NextToken for anything that token_seal did not make for scope. */
struct err token_open(struct arena *a, const struct token_key *key, struct str scope,
                      struct str token, int64_t *keys, size_t count);

#endif
