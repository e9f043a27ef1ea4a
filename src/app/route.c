#include "app/route.h"

#include <string.h>

bool route_match(const struct route *route, struct str path, struct str params[CALL_PARAMS_MAX]) {
    struct str pattern = str_c(route->pattern), found[CALL_PARAMS_MAX] = {STR_NULL};
    size_t n = 0;
    while (pattern.p && path.p) {
        struct str want = str_cut(&pattern, '/'), have = str_cut(&path, '/');
        if (want.n > 0 && want.p[0] == '{') {
            if (have.n == 0 || n == CALL_PARAMS_MAX)
                return false;
            found[n++] = have;
        } else if (!str_eq(want, have)) {
            return false;
        }
    }
    if (pattern.p || path.p)
        return false;
    memcpy(params, found, sizeof found);
    return true;
}

bool route_takes(const struct route *route, struct str method) {
    return str_is(method, route->method) ||
           (str_is(method, "HEAD") && strcmp(route->method, "GET") == 0);
}

const struct route *route_find(const struct route *rows, struct str method, struct str path,
                               struct str params[CALL_PARAMS_MAX], bool *other) {
    *other = false;
    for (const struct route *row = rows; row->method; row++) {
        if (!route_match(row, path, params))
            continue;
        if (route_takes(row, method))
            return row;
        *other = true;
    }
    return NULL;
}

bool route_changes(const struct route *route) {
    return strcmp(route->method, "GET") != 0;
}

unsigned route_rights(const struct session *session) {
    if (!session->account.id)
        return 1u << session->party.role;
    switch (session->role) {
    case MEMBER_OWNER: return MAY_READ | MAY_REVIEW | MAY_OWN;
    case MEMBER_REVIEWER: return MAY_READ | MAY_REVIEW;
    case MEMBER_READER: return MAY_READ;
    }
    return 0;
}

/* Why the rights do not reach, in the words of who is told. */
static const char *refusal(const struct route *route, unsigned rights) {
    if ((rights & MAY_READ) && (route->may & (MAY_OWN | MAY_REVIEW)))
        return route->may & MAY_REVIEW
                   ? "You may look at this account's work, but not decide on it; ask one of its "
                     "owners."
                   : "Only owners of this account may do this: it moves money, publishes, or "
                     "concerns its members.";
    if ((rights & MAY_MEMBER) && (route->may & (MAY_OWN | MAY_REVIEW | MAY_READ)))
        return "You are not a member of any account at the moment; ask its owner for an "
               "invitation.";
    if ((rights & MAY_READ) && (route->may & MAY_WORKER))
        return "You act for a requester's account at the moment; this page is for workers.";
    return "Your account may not do this: it is not for accounts of its kind.";
}

static bool suspended(const struct session *s) {
    if (s->account.id)
        return s->account.state != PARTY_ACTIVE || s->party.state != PARTY_ACTIVE;
    return s->party.role != ROLE_WORKER && s->party.state != PARTY_ACTIVE;
}

struct err route_check_rights(const struct route *route, struct call *call) {
    struct arena *a = call->req->arena;
    if (route->may & MAY_EVERYBODY)
        return NO_ERR;
    if (!call->signed_in)
        return err_make(a, ERR_SIGN_IN_NEEDED, NULL, "Sign in first.");
    unsigned rights = route_rights(&call->session);
    if (!(route->may & rights))
        return err_make(a, ERR_FORBIDDEN, NULL, "%s", refusal(route, rights));
    if (route_changes(route) && !(route->flags & ROUTE_SUSPENDED) && suspended(&call->session))
        return err_make(a, ERR_SUSPENDED, NULL,
                        "This account is suspended: everything can be looked at, nothing can be "
                        "changed. Ask the operator why.");
    return NO_ERR;
}
