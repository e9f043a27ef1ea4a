/* Arenas: memory that lives exactly as long as one request, one transaction or one file.
 *
 * Whoever allocates takes an arena as a parameter; nothing is freed singly. An arena grows in
 * blocks and has a hard limit, so that no input can make a request grow without end. Running
 * out of memory or into the limit aborts: every caller bounds its input first (base/limits.h),
 * hence reaching it is a bug of ours, not an error of the user's.
 *
 * Not thread-safe; an arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head; /* block that is being filled; older ones hang behind it */
    size_t used;              /* bytes handed out since init or reset */
    size_t limit;             /* bytes that may be handed out */
};

/* An arena that may hand out at most limit bytes; 0 stands for ARENA_LIMIT of limits.h. */
void arena_init(struct arena *a, size_t limit);

/* Frees everything; the arena may be used again. Blocks but the first are given back. */
void arena_reset(struct arena *a);

/* Frees everything and the blocks. Does nothing to an arena that is all zeros. */
void arena_free(struct arena *a);

/* n zeroed bytes, aligned for any type. n may be 0. Never NULL. */
void *arena_alloc(struct arena *a, size_t n);

/* count elements of size bytes, zeroed; aborts when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Copies of n bytes, with a NUL behind them that is not counted. */
char *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);

char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
