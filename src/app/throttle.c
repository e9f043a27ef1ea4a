#include "app/throttle.h"

#include <inttypes.h>

#include "base/datetime.h"
#include "market/setting.h"

enum { SECOND_US = 1000000 };

void throttle_init(struct throttle *t) {
    *t = (struct throttle){.next_read_us = INT64_MIN};
    pthread_mutex_init(&t->lock, NULL);
}

/* The party's bucket, or that of the one who has been idle longest, made the party's. */
static int64_t *find(struct throttle *t, int64_t party) {
    size_t set = (size_t)((uint64_t)party * UINT64_C(0x9E3779B97F4A7C15) >> 32) % THROTTLE_SETS;
    size_t idle = 0;
    for (size_t i = 0; i < THROTTLE_WAYS; i++) {
        if (t->slots[set][i].party == party)
            return &t->slots[set][i].full_us;
        if (t->slots[set][i].full_us < t->slots[set][idle].full_us)
            idle = i;
    }
    t->slots[set][idle].party = party;
    t->slots[set][idle].full_us = 0;
    return &t->slots[set][idle].full_us;
}

/* A bucket is known by when it will be full: each request moves that on by the time that one
 * request takes to come back, and never beyond the time of a whole burst. */
bool throttle_allows(struct throttle *t, int64_t party, struct throttle_limit limit,
                     int64_t now_us) {
    int64_t one_us = SECOND_US / limit.rate;
    int64_t all_us = one_us * limit.burst;
    pthread_mutex_lock(&t->lock);
    int64_t *full_us = find(t, party);
    if (*full_us > now_us + all_us) /* emptied under a slower limit */
        *full_us = now_us + all_us;
    int64_t next_us = (*full_us > now_us ? *full_us : now_us) + one_us;
    bool allowed = next_us - now_us <= all_us;
    if (allowed)
        *full_us = next_us;
    pthread_mutex_unlock(&t->lock);
    return allowed;
}

static struct err read_settings(struct throttle *t, struct ctx *c, int64_t now_us) {
    int64_t rate, burst, due_us = atomic_load(&t->next_read_us);
    /* One thread reads; the others go by what was read before. */
    if (now_us < due_us ||
        !atomic_compare_exchange_strong(&t->next_read_us, &due_us, now_us + THROTTLE_READ_US))
        return NO_ERR;
    struct err e = setting_int(c, "api_requests_per_s", &rate);
    if (!failed(e))
        e = setting_int(c, "api_burst", &burst);
    if (failed(e)) {
        atomic_store(&t->next_read_us, due_us);
        return e;
    }
    atomic_store(&t->burst, burst);
    atomic_store(&t->rate, rate);
    return NO_ERR;
}

struct err throttle_take(struct throttle *t, struct ctx *c, int64_t party) {
    int64_t now_us = time_monotonic_us();
    struct err e = read_settings(t, c, now_us);
    /* Read once: another thread may set them meanwhile. */
    struct throttle_limit limit = {atomic_load(&t->rate), atomic_load(&t->burst)};
    if (failed(e) || limit.rate == 0 || throttle_allows(t, party, limit, now_us))
        return e;
    atomic_fetch_add(&t->refused, 1);
    return err_make(c->arena, ERR_THROTTLED, NULL,
                    "Rate exceeded: this server takes %" PRId64 " requests a second of an "
                    "account. Nothing was changed; send it again in a second.",
                    limit.rate);
}
