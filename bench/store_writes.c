/* Durable writes a second through store_submit, with as many in flight as a busy server has.
 *
 *     bench-store-writes URL [IN_FLIGHT [SECONDS [KEYS]]]
 *
 * Each write puts one row of meta, of KEYS different ones. Prints writes a second, CPU time a
 * write, and the mean and 99th percentile of the time until done. The reference is the same with
 * one in flight: one commit, one sync a write.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "store/sql.h"

enum { SAMPLES_MAX = 1 << 21 };

struct bench {
    struct store *store;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    int in_flight, keys;
    double end;
    size_t done, failed;
    float *wait_us;
};

struct one {
    struct write write; /* first */
    struct bench *bench;
    unsigned seed;
    double begun;
};

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu_s(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static enum tx_end put_fn(struct tx *tx, void *arg) {
    struct one *o = arg;
    char key[32], value[48];
    int n = snprintf(key, sizeof(key), "bench-%d", rand_r(&o->seed) % o->bench->keys);
    /* Always another value: SQLite writes nothing when a row stays as it is. */
    int m = snprintf(value, sizeof(value), "%040d", rand_r(&o->seed));
    struct sql_meta_put_in in = {{key, (size_t)n}, {value, (size_t)m}};
    return sql_meta_put(tx, &in, NULL) == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

static void put_done(struct write *w, enum st st) {
    struct one *o = (struct one *)(void *)w;
    struct bench *b = o->bench;
    double now = now_s();
    pthread_mutex_lock(&b->lock);
    if (b->done < SAMPLES_MAX)
        b->wait_us[b->done] = (float)((now - o->begun) * 1e6);
    b->done++;
    b->failed += st != ST_OK;
    bool more = now < b->end;
    if (!more && --b->in_flight == 0)
        pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->lock);
    if (!more)
        return;
    o->begun = now_s();
    store_submit(b->store, w);
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void run(struct store *store, int in_flight, double seconds, int keys) {
    struct bench b = {.store = store, .in_flight = in_flight, .keys = keys};
    pthread_mutex_init(&b.lock, NULL);
    pthread_cond_init(&b.wake, NULL);
    b.wait_us = malloc(SAMPLES_MAX * sizeof(*b.wait_us));
    struct one *all = calloc((size_t)in_flight, sizeof(*all));
    double begun = now_s(), cpu = cpu_s();
    b.end = begun + seconds;
    for (int i = 0; i < in_flight; i++) {
        all[i] = (struct one){
            .write = {.fn = put_fn, .arg = &all[i], .done = put_done, .shard = i},
            .bench = &b,
            .seed = (unsigned)i,
            .begun = now_s(),
        };
        store_submit(store, &all[i].write);
    }
    pthread_mutex_lock(&b.lock);
    while (b.in_flight)
        pthread_cond_wait(&b.wake, &b.lock);
    pthread_mutex_unlock(&b.lock);
    double took = now_s() - begun;
    cpu = cpu_s() - cpu;
    size_t n = b.done < SAMPLES_MAX ? b.done : SAMPLES_MAX;
    qsort(b.wait_us, n, sizeof(*b.wait_us), by_size);
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)b.wait_us[i];
    printf("%4d in flight: %8.0f writes/s  %6.1f us CPU each  wait %7.0f us mean %8.0f us p99"
           "  %zu failed\n",
           in_flight, (double)b.done / took, cpu / (double)b.done * 1e6, sum / (double)n,
           (double)b.wait_us[n * 99 / 100], b.failed);
    fflush(stdout);
    free(all);
    free(b.wait_us);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fputs("usage: bench-store-writes URL [IN_FLIGHT [SECONDS [KEYS]]]\n", stderr);
        return 2;
    }
    int in_flight = argc > 2 ? atoi(argv[2]) : 64;
    double seconds = argc > 3 ? atof(argv[3]) : 3;
    int keys = argc > 4 ? atoi(argv[4]) : 100000;
    struct arena a;
    arena_init(&a, 0);
    struct store *store;
    struct err e = store_open(&a, argv[1], &(struct store_options){.create = true}, &store);
    if (!failed(e))
        e = store_migrate(store, &a, NULL);
    if (failed(e)) {
        fprintf(stderr, "%s\n", e.detail);
        return 1;
    }
    run(store, 1, seconds, keys);
    run(store, in_flight, seconds, keys);
    store_close(store);
    arena_free(&a);
    return 0;
}
