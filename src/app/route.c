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

struct err route_check_rights(const struct route *route, struct call *call) {
    struct arena *a = call->req->arena;
    if (route->may & MAY_EVERYBODY)
        return NO_ERR;
    if (!call->signed_in)
        return err_make(a, ERR_SIGN_IN_NEEDED, NULL, "Sign in first.");
    if (!(route->may & (1u << call->session.party.role)))
        return err_make(a, ERR_FORBIDDEN, NULL,
                        "Your account may not do this: it is not for accounts of its kind.");
    return NO_ERR;
}
