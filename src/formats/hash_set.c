#include "formats/hash_set.h"

#include <stdlib.h>
#include <string.h>

void hash_set_free(struct hash_set *s) {
    free(s->slots);
    *s = (struct hash_set){0};
}

static bool put(struct hash_set *s, uint64_t hash) {
    size_t i = (size_t)hash & (s->cap - 1);
    while (s->slots[i] && s->slots[i] != hash)
        i = (i + 1) & (s->cap - 1);
    if (s->slots[i])
        return false;
    s->slots[i] = hash;
    s->n++;
    return true;
}

static void grow(struct hash_set *s) {
    struct hash_set old = *s;
    s->cap = old.cap ? old.cap * 2 : 1024;
    s->n = 0;
    s->slots = calloc(s->cap, sizeof *s->slots);
    if (!s->slots)
        abort();
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i])
            put(s, old.slots[i]);
    free(old.slots);
}

bool hash_set_add(struct hash_set *s, uint64_t hash) {
    if (s->n >= s->cap / 2)
        grow(s);
    return put(s, hash ? hash : 1);
}

static uint64_t mix(uint64_t h, uint64_t word) {
    h = (h ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ (h >> 29);
}

uint64_t hash_texts(const struct str *texts, size_t n) {
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) {
        struct str s = texts[i];
        h = mix(h, s.n + 1);
        for (uint64_t word; s.n >= 8; s = str_from(s, 8)) {
            memcpy(&word, s.p, 8);
            h = mix(h, word);
        }
        uint64_t tail = 0;
        if (s.n)
            memcpy(&tail, s.p, s.n);
        h = mix(h, tail);
    }
    return mix(h, h >> 32);
}
