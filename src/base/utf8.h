/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define UTF8_BAD ((uint32_t)0xFFFFFFFF)

/* The code point at s and its length in bytes; UTF8_BAD and length 1 for a bad byte. s.n > 0. */
uint32_t utf8_next(struct str s, size_t *len);

/* Offset of the first bad byte, or s.n when there is none. */
size_t utf8_check(struct str s);

static inline bool utf8_valid(struct str s) {
    return utf8_check(s) == s.n;
}

size_t utf8_length(struct str s); /* code points; a bad byte counts as one */

void utf8_put(struct buf *b, uint32_t code_point); /* a valid code point */

/* Cuts s to at most n code points. */
struct str utf8_clip(struct str s, size_t n);

#endif
