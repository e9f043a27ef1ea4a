/* Addresses as rows: method, pattern, who may, and the handler, together (DESIGN 3). */
#ifndef APP_ROUTE_H
#define APP_ROUTE_H

#include "app/call.h"

/* Who may use a route: any of these bits. A row without any answers nobody. The last three are
 * rights on the requester's account that the session acts for (market/member.h); an access key has
 * all three. Handlers act for call->actor.party: that account, or the worker. */
enum {
    MAY_EVERYBODY = 1,
    MAY_WORKER = 1 << ROLE_WORKER,     /* not while he acts for an account */
    MAY_OPERATOR = 1 << ROLE_OPERATOR, /* the same */
    MAY_MEMBER = 1 << ROLE_MEMBER,     /* somebody who has no account to act for any more */
    MAY_READ = 1 << 5,                 /* owner, reviewer, reader: looks */
    MAY_REVIEW = 1 << 6,               /* owner, reviewer: decides on work */
    MAY_OWN = 1 << 7,                  /* owner: money, publishing, members, deleting */
    MAY_SIGNED_IN = MAY_WORKER | MAY_OPERATOR | MAY_MEMBER | MAY_READ,
};

enum {
    ROUTE_UPLOAD = 1,  /* the body goes to a file, up to app.file_max */
    ROUTE_NO_CSRF = 2, /* a state change that needs no token; says why where it is used */
    ROUTE_JSON = 4,    /* the body is JSON */
    ROUTE_FILES = 16,  /* the same for an answer with files, up to FORM_FILE_MAX, whoever sends it,
                          when  the query names an assignment */
    ROUTE_SUSPENDED = 8, /* a state change that suspended people may make */
};

/* A parameter of the query, for the description. */
struct route_param {
    const char *name, *help; /* name NULL ends a list */
};

struct route {
    const char *method, *pattern; /* "/v1/batches/{id}"; a {} takes one segment */
    const char *help;
    unsigned may, flags;
    enum call_kind kind;
    struct err (*run)(struct call *call, struct ctx *ctx);
    /* Sets call->shard of a write that concerns another party's rows; NULL: the caller's own. */
    struct err (*shard)(struct call *call, struct ctx *ctx);
    struct err (*slow)(struct call *call);
    const struct route_param *query;
    const char *gives; /* media type of a success, for the description */
    /* Of a page's form: the page that shows it, run again with call->form_err when it is refused.
     */
    struct err (*form)(struct call *call, struct ctx *ctx);
};

/* Whether a path is the route's, params filled; and whether it takes the method (HEAD is GET). */
bool route_match(const struct route *route, struct str path, struct str params[CALL_PARAMS_MAX]);
bool route_takes(const struct route *route, struct str method);

/* The row of a method and path, params filled; rows end with method NULL. When
 * the path is known but not the method, *other is true. */
const struct route *route_find(const struct route *rows, struct str method, struct str path,
                               struct str params[CALL_PARAMS_MAX], bool *other);

/* What a session may: bits of above. */
unsigned route_rights(const struct session *session);

/* Whether a session or key of that call may use the route: ERR_SIGN_IN_NEEDED, ERR_FORBIDDEN,
 * ERR_SUSPENDED. A suspended requester or operator, and whoever acts for a suspended account, may
 * look but change nothing; of a suspended worker the market's rules say what he may. */
struct err route_check_rights(const struct route *route, struct call *call);

/* GET and HEAD change nothing and need no token. */
bool route_changes(const struct route *route);

#endif
