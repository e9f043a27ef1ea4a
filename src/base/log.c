#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/datetime.h"

static enum log_level level_min = LOG_INFO; /* set once before any thread starts */

void log_set_level(enum log_level level) {
    level_min = level;
}

void log_write(enum log_level level, const char *fmt, ...) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (level < level_min)
        return;
    struct arena a;
    arena_init(&a, 1 << 20);
    va_list ap;
    va_start(ap, fmt);
    const char *words = arena_vprintf(&a, fmt, ap);
    va_end(ap);
    fprintf(stderr, "%.*s %s %s\n", STR_ARG(time_iso(&a, time_wall_ms())), names[level], words);
    arena_free(&a);
}
