/* The key file beside the store (DESIGN 8): what seals the secrets of access keys, so that a
 * stolen database does not give them away. 32 random bytes in hexadecimal, mode 0600.
 *
 *     sqlite:PATH        PATH.key
 *     postgresql://…     $HITD_KEY_FILE, else ~/.config/hitd/<hash of the URL without password>.key
 *
 * HITD_KEY_FILE, when set, wins for either. The file holds nothing else and is never replaced: a
 * lost file makes the access keys useless, nothing more; new ones can be made.
 */
#ifndef MARKET_SECRET_H
#define MARKET_SECRET_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { SECRET_KEY_LEN = 32 };

struct secret_key {
    unsigned char bytes[SECRET_KEY_LEN];
};

/* Where the file of this store is. */
struct str secret_path(struct arena *a, struct str store);

/* Reads the file; with create makes it, and its folder, when it is not there. ERR_STORE names the
 * path and the reason; a file that others may read is refused. */
struct err secret_load(struct arena *a, struct str store, bool create, struct secret_key *out);

/* nonce and secretbox of a text; and back: false when it was sealed with another key. */
struct str secret_seal(struct arena *a, const struct secret_key *key, struct str text);
bool secret_open(struct arena *a, const struct secret_key *key, struct str sealed,
                 struct str *text);

#endif
