/* How many requests of the API an account may send (settings api_requests_per_s, 0 for no limit,
 * and api_burst). Kept in the process: of several servers on one store each allows so many.
 *
 * A bucket for each account: it holds api_burst requests and gets api_requests_per_s of them back
 * each second; a request that finds it empty is refused as ERR_THROTTLED, which SDKs send again by
 * themselves, later (requester-api 1.8). What is refused takes nothing, so an impatient program is
 * not locked out. Safe from any thread.
 */
#ifndef APP_THROTTLE_H
#define APP_THROTTLE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "market/ctx.h"

/* More accounts than ever send at the same time; the one that has been idle longest makes room. */
enum { THROTTLE_SETS = 512, THROTTLE_WAYS = 8 };

/* What the settings say. A server reads them once a second: a query for each request would cost
 * more than the limit saves. */
enum { THROTTLE_READ_US = 1000000 };

struct throttle {
    pthread_mutex_t lock;
    _Atomic int64_t rate, burst, next_read_us;
    _Atomic uint64_t refused; /* since the start, for /metrics */
    struct {
        int64_t party, full_us; /* when the account's bucket is full again */
    } slots[THROTTLE_SETS][THROTTLE_WAYS];
};

void throttle_init(struct throttle *t);

/* Counts a request of an account that has shown who it is. ERR_THROTTLED, or the store's. */
struct err throttle_take(struct throttle *t, struct ctx *c, int64_t party);

struct throttle_limit {
    int64_t rate, burst; /* requests a second, and at once; both > 0 */
};

/* The same without store and clock. */
bool throttle_allows(struct throttle *t, int64_t party, struct throttle_limit limit,
                     int64_t now_us);

#endif
