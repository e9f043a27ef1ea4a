/* Text as pointer and length, and a buffer that grows.
 *
 * struct str owns nothing: it points into an arena, a buffer or a literal. p == NULL means
 * "absent" (SQL NULL, a member that was not sent) and is different from the empty text.
 * A str made by this module has a NUL behind its last byte only where the function says so.
 *
 * struct buf owns heap memory; buf_free gives it back. BUF_INIT is a valid empty buffer, and a
 * buffer that is all zeros is valid too. Growing beyond memory aborts, as in arenas.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct str {
    const char *p;
    size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NULL     ((struct str){NULL, 0})
/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s)   ((int)(s).n), ((s).p ? (s).p : "")

struct str str_c(const char *s); /* of a C string; NULL gives STR_NULL */
struct str str_dup(struct arena *a, struct str s); /* copy with a NUL behind; NULL stays NULL */
char *str_z(struct arena *a, struct str s); /* the same as C string; NULL gives "" */
struct str str_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

bool str_eq(struct str a, struct str b); /* byte for byte; NULL equals only NULL */
bool str_is(struct str a, const char *s);
bool str_ieq(struct str a, struct str b); /* without regard to ASCII case */
int str_cmp(struct str a, struct str b); /* by byte, shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
ptrdiff_t str_find(struct str s, struct str what); /* offset of the first, or -1 */
ptrdiff_t str_chr(struct str s, char c);
struct str str_sub(struct str s, size_t from, size_t n); /* clipped to s */
struct str str_from(struct str s, size_t from);
struct str str_trim(struct str s); /* ASCII white space at both ends */

/* Cuts s at the first sep: gives what stands before it, leaves what stands behind in *s.
 * Without a sep gives all and leaves *s NULL. Call while s->p. */
struct str str_cut(struct str *s, char sep);

struct buf {
    char *p; /* NUL behind the last byte whenever not NULL */
    size_t n;
    size_t cap;
};

#define BUF_INIT ((struct buf){NULL, 0, 0})

void buf_free(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
void buf_room(struct buf *b, size_t n); /* room for n more bytes */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v); /* decimal */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str buf_view(const struct buf *b); /* valid until the buffer changes; "" when empty */
struct str buf_dup(struct arena *a, const struct buf *b);

#endif
