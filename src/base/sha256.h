/* SHA-256 of a text in lower-case hexadecimal, the form in which digests stand in the store. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/str.h"

struct arena;

enum { SHA256_HEX_LEN = 64 };

struct str sha256_hex(struct arena *a, struct str data);

/* HMAC-SHA256 of data with a key of at least a byte, the same way. */
struct str hmac_sha256_hex(struct arena *a, struct str key, struct str data);

#endif
