/* Does a worker meet a HIT type's requirements? (worker-site 4.1, requester-api 3.6)
 *
 * The values of the system qualifications come from the worker's own figures and profile
 * (money-and-lifecycle 9.2), all others from what was granted (market/qualification.h). One that is
 * not held, or was revoked, fails every comparator but DoesNotExist.
 */
#ifndef MARKET_QUALIFY_H
#define MARKET_QUALIFY_H

#include <stdbool.h>

#include "market/ctx.h"

/* A qualification that was granted: of a requester's type, or Masters. */
struct worker_held {
    int64_t type, value;
    struct str alias; /* of Masters, else NULL */
    struct str name;
};

/* What a worker has; all zero with known = false for somebody who is not signed in, who meets
 * nothing but DoesNotExist. */
struct worker_figures {
    bool known;
    int64_t accepted, submitted, approved, rejected, returned, abandoned;
    struct str country; /* "US-CA" */
    bool adult;
    const struct id_key *ids;       /* opens the ids of requesters' own types; NULL: holds none */
    const struct worker_held *held; /* by type, ascending */
    size_t held_count;
};

/* The system qualifications' formulas (9.2). */
int64_t percent_approved(const struct worker_figures *f);
int64_t percent_rejected(const struct worker_figures *f);
int64_t percent_submitted(const struct worker_figures *f);
int64_t percent_returned(const struct worker_figures *f);
int64_t percent_abandoned(const struct worker_figures *f);

enum guard { GUARD_ACCEPT = 0, GUARD_PREVIEW, GUARD_DISCOVER }; /* cumulative upward */

struct requirement {
    struct str type_id;
    struct str comparator; /* the API's word */
    struct str name;       /* of a system qualification, else NULL */
    struct str wanted;     /* its values as words: "95", "US-CA, CA"; "" for none */
    const int64_t *values; /* IntegerValues */
    size_t value_count;
    enum guard guards;        /* the strongest action it guards */
    bool required_to_preview; /* was created with that member */
    bool met;
    bool held;
    bool has_value; /* held and an integer */
    int64_t value;
    struct str locale; /* own country for the locale, NULL else */
};

struct qualification {
    struct requirement *items;
    size_t n;
    bool accept, preview, discover;    /* all requirements that guard the action are met */
    const struct requirement *missing; /* first one that is not met, NULL when accept */
};

/* Judges hit_type.requirements (a JSON list in the API's member names; '[]' costs nothing).
 * Damaged JSON is ERR_INTERNAL: it was checked when the type was made. */
struct err qualify(struct arena *a, struct str requirements, const struct worker_figures *f,
                   struct qualification *out);

/* Fills in the names of requesters' own types that the worker does not hold; for what is shown. */
struct err qualify_names(struct ctx *c, struct qualification *q);

/* What a worker holds, for figures that were read elsewhere. */
struct err worker_held(struct ctx *c, int64_t worker, struct worker_figures *f);

/* The figures of a worker and what he holds; by key. worker 0: nobody. */
struct err worker_figures(struct ctx *c, int64_t worker, struct worker_figures *out);

#endif
