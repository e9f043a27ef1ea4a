#include "formats/finding.h"

#include <string.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/utf8.h"

void findings_init(struct findings *f, struct arena *arena) {
    *f = (struct findings){.arena = arena};
}

static struct finding_group *group_of(struct findings *f, enum finding_level level,
                                      const char *code) {
    struct finding_group *g = f->first;
    while (g && (g->level != level || strcmp(g->code, code) != 0))
        g = g->next;
    if (g)
        return g;
    g = arena_new(f->arena, struct finding_group);
    *g = (struct finding_group){.code = code, .level = level};
    if (f->last)
        f->last->next = g;
    else
        f->first = g;
    f->last = g;
    return g;
}

void findings_add(struct findings *f, enum finding_level level, const char *code, int64_t line,
                  struct str column, const char *fmt, ...) {
    struct finding_group *g = group_of(f, level, code);
    g->count++;
    if (g->kept == FINDINGS_KEPT)
        return;
    struct finding *one = arena_new(f->arena, struct finding);
    va_list ap;
    va_start(ap, fmt);
    *one = (struct finding){
        .line = line,
        .column = str_dup(f->arena, column),
        .message = str_c(arena_vprintf(f->arena, fmt, ap)),
    };
    va_end(ap);
    g->kept++;
    if (g->last)
        g->last->next = one;
    else
        g->first = one;
    g->last = one;
}

const struct finding_group *findings_of(const struct findings *f, enum finding_level level,
                                        const char *code) {
    const struct finding_group *g = f->first;
    while (g && (g->level != level || strcmp(g->code, code) != 0))
        g = g->next;
    return g;
}

int64_t findings_count(const struct findings *f, const char *code) {
    int64_t n = 0;
    for (const struct finding_group *g = f->first; g; g = g->next)
        if (strcmp(g->code, code) == 0)
            n += g->count;
    return n;
}

bool findings_refuse(const struct findings *f) {
    return findings_refusal(f, NULL) != NULL;
}

const struct finding *findings_refusal(const struct findings *f, const char **code) {
    for (const struct finding_group *g = f->first; g; g = g->next) {
        if (g->level != FINDING_FILE)
            continue;
        if (code)
            *code = g->code;
        return g->first;
    }
    return NULL;
}

const struct finding *findings_fault(const struct findings *f, const char **code) {
    const struct finding_group *g = f->first;
    while (g && g->level == FINDING_WARNING)
        g = g->next;
    if (g && code)
        *code = g->code;
    return g ? g->first : NULL;
}

int64_t findings_of_level(const struct findings *f, enum finding_level level) {
    int64_t n = 0;
    for (const struct finding_group *g = f->first; g; g = g->next)
        n += g->level == level ? g->count : 0;
    return n;
}

struct str findings_show(struct arena *a, struct str value) {
    enum { SHOWN = 60 };
    struct buf b = BUF_INIT;
    size_t i = 0, len;
    for (int n = 0; i < value.n && n < SHOWN; i += len, n++) {
        uint32_t c = utf8_next(str_from(value, i), &len);
        if (c == UTF8_BAD)
            utf8_put(&b, 0xFFFD);
        else if (c < 0x20 || (c >= 0x7F && c < 0xA0))
            buf_putc(&b, '?');
        else
            utf8_put(&b, c);
    }
    if (i < value.n)
        utf8_put(&b, 0x2026);
    struct str s = buf_dup(a, &b);
    buf_free(&b);
    return s;
}
