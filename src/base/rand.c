#include "base/rand.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/arena.h"

void rand_bytes(void *p, size_t n) {
    unsigned char *to = p;
    while (n) {
        ssize_t got = getrandom(to, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            perror("getrandom");
            abort();
        }
        to += got;
        n -= (size_t)got;
    }
}

struct str rand_text(struct arena *a, size_t n) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char *to = arena_alloc(a, n + 1);
    for (size_t i = 0; i < n;) {
        unsigned char b;
        rand_bytes(&b, 1);
        if (b < 252) /* 7 * 36: no letter is likelier than another */
            to[i++] = letters[b % 36];
    }
    return (struct str){to, n};
}

struct str rand_hex(struct arena *a, size_t n) {
    static const char digits[] = "0123456789abcdef";
    unsigned char *raw = arena_alloc(a, n);
    char *to = arena_alloc(a, 2 * n + 1);
    rand_bytes(raw, n);
    for (size_t i = 0; i < n; i++) {
        to[2 * i] = digits[raw[i] >> 4];
        to[2 * i + 1] = digits[raw[i] & 15];
    }
    return (struct str){to, 2 * n};
}
