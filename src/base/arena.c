#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

enum { BLOCK_MIN = 8192, ALIGN = 16 };

struct arena_block {
    struct arena_block *older;
    size_t size;
    size_t used;
    max_align_t data[];
};

void arena_init(struct arena *a, size_t limit) {
    *a = (struct arena){.limit = limit ? limit : ARENA_LIMIT};
}

void arena_reset(struct arena *a) {
    struct arena_block *b = a->head;
    while (b && b->older) {
        struct arena_block *older = b->older;
        free(b);
        b = older;
    }
    if (b)
        b->used = 0;
    a->head = b;
    a->used = 0;
}

void arena_free(struct arena *a) {
    arena_reset(a);
    free(a->head);
    a->head = NULL;
}

static struct arena_block *block_new(struct arena *a, size_t need) {
    size_t size = a->head ? a->head->size * 2 : BLOCK_MIN;
    if (size > 1024 * 1024)
        size = 1024 * 1024;
    if (size < need)
        size = need;
    struct arena_block *b = malloc(sizeof(*b) + size);
    if (!b) {
        fputs("hitd: out of memory\n", stderr);
        abort();
    }
    *b = (struct arena_block){.older = a->head, .size = size};
    a->head = b;
    return b;
}

/* n bytes that may hold anything. */
static void *room_for(struct arena *a, size_t n) {
    assert(a->limit > 0);
    if (n > a->limit || a->used > a->limit - n) {
        fprintf(stderr, "hitd: an arena of %zu bytes is full\n", a->limit);
        abort();
    }
    size_t room = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct arena_block *b = a->head;
    if (!b || b->size - b->used < room)
        b = block_new(a, room);
    void *p = (char *)b->data + b->used;
    b->used += room;
    a->used += n;
    return p;
}

void *arena_alloc(struct arena *a, size_t n) {
    return memset(room_for(a, n), 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size) {
    assert(size == 0 || count <= SIZE_MAX / size);
    return arena_alloc(a, count * size);
}

char *arena_memdup(struct arena *a, const void *p, size_t n) {
    char *to = room_for(a, n + 1);
    if (n)
        memcpy(to, p, n);
    to[n] = '\0';
    return to;
}

char *arena_strdup(struct arena *a, const char *s) {
    return arena_memdup(a, s, strlen(s));
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) {
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    assert(n >= 0);
    char *to = room_for(a, (size_t)n + 1);
    vsnprintf(to, (size_t)n + 1, fmt, ap);
    return to;
}

char *arena_printf(struct arena *a, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char *s = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return s;
}
