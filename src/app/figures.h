/* Counters for /metrics: requests by face and status class, and how long they took. Safe from any
 * thread. */
#ifndef APP_FIGURES_H
#define APP_FIGURES_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/str.h"

enum face_kind { FACE_API, FACE_V1, FACE_SITE, FACE_CONTENT, FACE_COUNT };

enum { DURATION_BUCKETS = 12, STATUS_CLASSES = 6 };

struct figures {
    _Atomic uint64_t requests[FACE_COUNT][STATUS_CLASSES]; /* by status / 100 */
    _Atomic uint64_t buckets[FACE_COUNT][DURATION_BUCKETS + 1];
    _Atomic uint64_t sum_us[FACE_COUNT];
};

void figures_add(struct figures *f, enum face_kind face, int status, int64_t took_us);

/* Prometheus text. */
void figures_print(struct figures *f, struct buf *out);

#endif
