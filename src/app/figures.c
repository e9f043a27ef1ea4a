#include "app/figures.h"

#include <inttypes.h>

static const char *const face_names[FACE_COUNT] = {
    [FACE_API] = "api",
    [FACE_V1] = "v1",
    [FACE_SITE] = "site",
    [FACE_CONTENT] = "content",
};

/* Upper ends in microseconds; the last bucket has none. */
static const int64_t ends_us[DURATION_BUCKETS] = {
    100, 250, 500, 1000, 2500, 5000, 10000, 25000, 100000, 500000, 2000000, 10000000,
};

void figures_add(struct figures *f, enum face_kind face, int status, int64_t took_us) {
    int class = status / 100;
    if (class < 1 || class >= STATUS_CLASSES)
        class = 0;
    if (took_us < 0)
        took_us = 0;
    int i = 0;
    while (i < DURATION_BUCKETS && took_us > ends_us[i])
        i++;
    atomic_fetch_add_explicit(&f->requests[face][class], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&f->buckets[face][i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&f->sum_us[face], (uint64_t)took_us, memory_order_relaxed);
}

static uint64_t value(_Atomic uint64_t *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void print_durations(struct figures *f, struct buf *out, int face) {
    const char *name = face_names[face];
    uint64_t total = 0;
    for (int i = 0; i <= DURATION_BUCKETS; i++) {
        total += value(&f->buckets[face][i]);
        buf_printf(out, "hitd_request_seconds_bucket{face=\"%s\",le=\"", name);
        if (i < DURATION_BUCKETS)
            buf_printf(out, "%g", (double)ends_us[i] / 1e6);
        else
            buf_puts(out, "+Inf");
        buf_printf(out, "\"} %" PRIu64 "\n", total);
    }
    buf_printf(out, "hitd_request_seconds_sum{face=\"%s\"} %.6f\n", name,
               (double)value(&f->sum_us[face]) / 1e6);
    buf_printf(out, "hitd_request_seconds_count{face=\"%s\"} %" PRIu64 "\n", name, total);
}

void figures_print(struct figures *f, struct buf *out) {
    buf_puts(out, "# HELP hitd_requests_total Requests answered, by face and class of status.\n"
                  "# TYPE hitd_requests_total counter\n");
    for (int face = 0; face < FACE_COUNT; face++)
        for (int class = 1; class < STATUS_CLASSES; class ++)
            buf_printf(out, "hitd_requests_total{face=\"%s\",status=\"%dxx\"} %" PRIu64 "\n",
                       face_names[face], class, value(&f->requests[face][class]));
    buf_puts(out, "# HELP hitd_request_seconds From the end of a request's header to the end of "
                  "its answer.\n# TYPE hitd_request_seconds histogram\n");
    for (int face = 0; face < FACE_COUNT; face++)
        print_durations(f, out, face);
}
