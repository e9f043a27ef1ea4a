/* A set of 64-bit hashes: which rows were there already. 16 bytes a row at most. */
#ifndef FORMATS_HASH_SET_H
#define FORMATS_HASH_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct hash_set {
    uint64_t *slots; /* 0: free */
    size_t cap, n;
};

void hash_set_free(struct hash_set *s);

/* Adds a hash; false when it was there already. */
bool hash_set_add(struct hash_set *s, uint64_t hash);

/* The hash of a row of texts. Not meant to withstand an attacker. */
uint64_t hash_texts(const struct str *texts, size_t n);

#endif
