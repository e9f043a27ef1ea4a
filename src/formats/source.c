#include "formats/source.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static ptrdiff_t read_fd(void *arg, void *p, size_t n) {
    ssize_t got;
    do
        got = read((int)(intptr_t)arg, p, n);
    while (got < 0 && errno == EINTR);
    return got;
}

struct source source_fd(int fd) {
    return (struct source){read_fd, (void *)(intptr_t)fd};
}

static ptrdiff_t read_str(void *arg, void *p, size_t n) {
    struct str *rest = arg;
    if (n > rest->n)
        n = rest->n;
    if (n) {
        memcpy(p, rest->p, n);
        *rest = str_from(*rest, n);
    }
    return (ptrdiff_t)n;
}

struct source source_str(struct str *rest) {
    return (struct source){read_str, rest};
}
