#include "base/str.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"

struct str str_c(const char *s) {
    return s ? (struct str){s, strlen(s)} : STR_NULL;
}

struct str str_dup(struct arena *a, struct str s) {
    return s.p ? (struct str){arena_memdup(a, s.p, s.n), s.n} : STR_NULL;
}

char *str_z(struct arena *a, struct str s) {
    return arena_memdup(a, s.p, s.n);
}

struct str str_printf(struct arena *a, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    struct str s = str_c(arena_vprintf(a, fmt, ap));
    va_end(ap);
    return s;
}

bool str_eq(struct str a, struct str b) {
    if (!a.p || !b.p)
        return a.p == b.p;
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *s) {
    return str_eq(a, str_c(s));
}

bool str_ieq(struct str a, struct str b) {
    if (!a.p || !b.p)
        return a.p == b.p;
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

int str_cmp(struct str a, struct str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int c = n ? memcmp(a.p, b.p, n) : 0;
    return c ? c : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix) {
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

bool str_ends(struct str s, struct str suffix) {
    return s.n >= suffix.n &&
           (suffix.n == 0 || memcmp(s.p + (s.n - suffix.n), suffix.p, suffix.n) == 0);
}

ptrdiff_t str_find(struct str s, struct str what) {
    if (what.n == 0)
        return 0;
    const char *at = s.n ? memmem(s.p, s.n, what.p, what.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t str_chr(struct str s, char c) {
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

struct str str_sub(struct str s, size_t from, size_t n) {
    if (!s.p)
        return s;
    if (from > s.n)
        from = s.n;
    if (n > s.n - from)
        n = s.n - from;
    return (struct str){s.p + from, n};
}

struct str str_from(struct str s, size_t from) {
    return str_sub(s, from, s.n);
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s) {
    while (s.n && is_space(s.p[0]))
        s.p++, s.n--;
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

struct str str_cut(struct str *s, char sep) {
    struct str all = *s;
    ptrdiff_t at = str_chr(all, sep);
    if (at < 0) {
        *s = STR_NULL;
        return all;
    }
    *s = str_from(all, (size_t)at + 1);
    return str_sub(all, 0, (size_t)at);
}

void buf_free(struct buf *b) {
    free(b->p);
    *b = BUF_INIT;
}

void buf_clear(struct buf *b) {
    b->n = 0;
    if (b->p)
        b->p[0] = '\0';
}

void buf_room(struct buf *b, size_t n) {
    assert(n < SIZE_MAX / 4 && b->n < SIZE_MAX / 4);
    size_t need = b->n + n + 1;
    if (need <= b->cap)
        return;
    size_t cap = b->cap ? b->cap * 2 : 256;
    if (cap < need)
        cap = need;
    char *p = realloc(b->p, cap);
    if (!p) {
        fputs("hitd: out of memory\n", stderr);
        abort();
    }
    b->p = p;
    b->cap = cap;
    b->p[b->n] = '\0';
}

void buf_add(struct buf *b, const void *p, size_t n) {
    if (n == 0)
        return;
    buf_room(b, n);
    memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_str(struct buf *b, struct str s) {
    buf_add(b, s.p, s.n);
}

void buf_puts(struct buf *b, const char *s) {
    buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c) {
    buf_add(b, &c, 1);
}

void buf_int(struct buf *b, int64_t v) {
    char text[24];
    int n = snprintf(text, sizeof(text), "%lld", (long long)v);
    buf_add(b, text, (size_t)n);
}

void buf_printf(struct buf *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    assert(n >= 0);
    buf_room(b, (size_t)n);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

struct str buf_view(const struct buf *b) {
    return b->p ? (struct str){b->p, b->n} : STR("");
}

struct str buf_dup(struct arena *a, const struct buf *b) {
    return str_dup(a, buf_view(b));
}
