/* What a worker does not want to see in his list: groups and requesters (worker-site 3, "Hide").
 * The worker is c->actor->party.
 *
 * - What is hidden is absent from his list, its counts, its search and its JSON; work that he holds
 *   of it, and addresses that he knows, go on as before. Nobody else is told.
 * - At most HIDDEN_MAX entries a worker.
 */
#ifndef MARKET_HIDE_H
#define MARKET_HIDE_H

#include "market/ctx.h"

/* As stored in hidden.kind. */
enum hidden_kind {
    HIDDEN_GROUP = 1,
    HIDDEN_REQUESTER,
};

/* Hides; again is harmless. ERR_NOT_FOUND: no such group or requester, or a group that he may not
 * know of. ERR_INVALID_PARAMETER: HIDDEN_MAX are hidden already. *name (may be NULL) is the title,
 * or the requester's name. */
struct err hide_set(struct ctx *c, enum hidden_kind kind, struct str id, struct str *name);

/* Shows it again; harmless when it is not hidden. ERR_NOT_FOUND for an id that is none. */
struct err hide_remove(struct ctx *c, enum hidden_kind kind, struct str id);

struct hidden_entry {
    enum hidden_kind kind;
    struct str id; /* of the group or the requester, as hide_remove() takes it */
    struct str name, requester_name;
    int64_t at_ms;
};
struct hidden_list {
    struct hidden_entry *items; /* latest first */
    size_t n;
};
struct err hide_list(struct ctx *c, struct hidden_list *out);

/* How many entries there are. */
struct err hide_count(struct ctx *c, int64_t *n);

#endif
