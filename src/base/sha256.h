/* SHA-256 of a text in lower-case hexadecimal, the form in which digests stand in the store. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include "base/str.h"

struct arena;

enum { SHA256_HEX_LEN = 64 };

struct str sha256_hex(struct arena *a, struct str data);

#endif
