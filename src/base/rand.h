/* Random bytes from the kernel (getrandom); aborts when there are none. */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>

#include "base/str.h"

void rand_bytes(void *p, size_t n);

/* n characters of A-Z0-9, evenly distributed. */
struct str rand_text(struct arena *a, size_t n);

/* n random bytes in lower-case hexadecimal (2 n characters). */
struct str rand_hex(struct arena *a, size_t n);

#endif
