#include "base/utf8.h"

#include <assert.h>
#include <string.h>

uint32_t utf8_next(struct str s, size_t *len) {
    const unsigned char *p = (const unsigned char *)s.p;
    uint32_t c = p[0];
    *len = 1;
    if (c < 0x80)
        return c;
    size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (c < 0xC2 || c > 0xF4 || s.n < need)
        return UTF8_BAD;
    c &= 0xFFu >> (need + 1);
    for (size_t i = 1; i < need; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return UTF8_BAD;
        c = (c << 6) | (p[i] & 0x3F);
    }
    if ((need == 3 && c < 0x800) || (need == 4 && c < 0x10000) || c > 0x10FFFF ||
        (c >= 0xD800 && c <= 0xDFFF))
        return UTF8_BAD;
    *len = need;
    return c;
}

/* Length of the ASCII bytes that s begins with, in steps of eight: never too long. */
static size_t ascii_run(const char *p, size_t n) {
    size_t i = 0;
    for (uint64_t word; i + 8 <= n; i += 8) {
        memcpy(&word, p + i, 8);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    return i;
}

size_t utf8_check(struct str s) {
    size_t i = 0;
    while (i < s.n) {
        if ((unsigned char)s.p[i] < 0x80)
            i += ascii_run(s.p + i, s.n - i);
        if (i == s.n)
            break;
        if ((unsigned char)s.p[i] < 0x80) {
            i++;
            continue;
        }
        size_t len;
        if (utf8_next(str_from(s, i), &len) == UTF8_BAD)
            return i;
        i += len;
    }
    return s.n;
}

size_t utf8_length(struct str s) {
    size_t n = 0, len;
    for (size_t i = 0; i < s.n; i += len, n++)
        utf8_next(str_from(s, i), &len);
    return n;
}

void utf8_put(struct buf *b, uint32_t c) {
    assert(c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF));
    char out[4];
    size_t n;
    if (c < 0x80) {
        out[0] = (char)c;
        n = 1;
    } else if (c < 0x800) {
        out[0] = (char)(0xC0 | (c >> 6));
        out[1] = (char)(0x80 | (c & 0x3F));
        n = 2;
    } else if (c < 0x10000) {
        out[0] = (char)(0xE0 | (c >> 12));
        out[1] = (char)(0x80 | ((c >> 6) & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        n = 3;
    } else {
        out[0] = (char)(0xF0 | (c >> 18));
        out[1] = (char)(0x80 | ((c >> 12) & 0x3F));
        out[2] = (char)(0x80 | ((c >> 6) & 0x3F));
        out[3] = (char)(0x80 | (c & 0x3F));
        n = 4;
    }
    buf_add(b, out, n);
}

struct str utf8_clip(struct str s, size_t n) {
    size_t i = 0, len;
    for (; i < s.n && n; i += len, n--)
        utf8_next(str_from(s, i), &len);
    return str_sub(s, 0, i);
}
