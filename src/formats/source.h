/* Where the bytes of a file come from: a descriptor, memory, or anything with a read function. */
#ifndef FORMATS_SOURCE_H
#define FORMATS_SOURCE_H

#include <stddef.h>

#include "base/str.h"

struct source {
    /* Puts up to n bytes at p and gives their number; 0 at the end; -1 with errno set. */
    ptrdiff_t (*read)(void *arg, void *p, size_t n);
    void *arg;
};

/* A descriptor open for reading. It is not closed. */
struct source source_fd(int fd);

/* A text in memory; *rest is eaten from the front and must outlive the source. */
struct source source_str(struct str *rest);

#endif
