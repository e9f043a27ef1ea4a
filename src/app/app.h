/* What all requests of one server share: the store, its keys, how it is reached from outside, and
 * its figures. Made once by hitd/serve.c, then only read, but for what counts.
 *
 * The layer app/ is where a request of http/ meets a transaction of market/: call.h runs one
 * request, route.h finds the handler of an address. api/ and site/ are built on it and never see
 * the store.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/figures.h"
#include "app/throttle.h"
#include "base/id.h"
#include "market/secret.h"
#include "store/store.h"

struct app {
    struct store *store;
    const struct id_key *ids;
    const struct secret_key *seal;
    bool sandbox; /* error stamps end in " s)" (requester-api 1.13) */
    /* Of uploaded files (csv-formats 1.3): settings, FILE_MAX and FILE_ROWS_MAX by default. */
    size_t file_max;
    int64_t file_rows_max;
    /* "http://127.0.0.1:8080", without a slash at the end; and that of the content listener.
     * Atomic, as a port chosen by the system is known only when requests may come already. */
    const char *_Atomic site_url, *_Atomic content_url;
    /* Host names (with a port that is not the scheme's) that have one site at their root; NULL:
     * none. */
    const char *worker_host, *requester_host;
    struct planner *planner; /* makes the plans of large files (app/planner.h) */
    struct figures figures;
    struct throttle throttle;
};

/* Name of the session's cookie. */
#define SESSION_COOKIE "hitd_session"

#endif
