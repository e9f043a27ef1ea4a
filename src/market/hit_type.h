/* HIT types: the properties that HITs share and by which workers see them as one group.
 *
 * A type is found or made by the digest of its properties in canonical form (requester-api 2.6):
 * after defaults, money in cents, the order of qualification requirements ignored. Types never
 * change and are never deleted.
 */
#ifndef MARKET_HIT_TYPE_H
#define MARKET_HIT_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "market/ctx.h"

/* What a requester gives. NULL keywords are "", NULL requirements "[]", auto_approval_s < 0 is
 * the default of 30 days. */
struct hit_type_in {
    struct str title, description, keywords;
    struct str requirements; /* JSON list in the shape of requester-api 3.6 */
    int64_t reward_cents, duration_s, auto_approval_s;
    struct str alias; /* the id it had on the old service (replay), NULL: none */
};

struct hit_type {
    int64_t id, requester;
    struct str title, description, keywords;
    struct str requirements; /* JSON list, ActionsGuarded always given */
    int64_t reward_cents, duration_s, auto_approval_s;
    int64_t premium_cents;
    bool masters;
    int64_t open_hits;
    int64_t events; /* bits 1 << enum event_kind */
    int64_t created_ms;
    struct str alias;
};

/* Finds or makes the type of the acting requester. Checks every bound of requester-api 1.11:
 * ERR_OUT_OF_RANGE, ERR_INVALID_PARAMETER, ERR_INVALID_COMBINATION with the member's name. */
struct err hit_type_make(struct ctx *c, const struct hit_type_in *in, struct hit_type *t);

/* What workers already see as one group with such tasks (requester-site 2.2): changes nothing. */
struct hit_type_group {
    int64_t open_hits; /* 0: tasks of this kind would begin a group of their own */
    int64_t batch;     /* the newest live one of the group; 0: none of the latest */
    struct str name;
};
struct err hit_type_group(struct ctx *c, const struct hit_type_in *in, struct hit_type_group *out);

/* The acting requester's type of that public id; ERR_INVALID_PARAMETER naming HITTypeId for an
 * unknown one or another's (requester-api 2.7). */
struct err hit_type_find(struct ctx *c, struct str id, struct hit_type *t);

/* The same, to make HITs of it: ERR_INVALID_PARAMETER also for a type that went with a
 * qualification type that it asks for (requester-api 2.12). */
struct err hit_type_find_live(struct ctx *c, struct str id, struct hit_type *t);

/* By row number, whoever's it is; ERR_HIT_TYPE_DOES_NOT_EXIST. */
struct err hit_type_get(struct ctx *c, int64_t row, struct hit_type *t);

/* Canonical form of requirements, also for projects: *stored keeps the order given, *sorted is
 * what the digest covers. masters says whether a Masters qualification is asked for. */
struct requirements {
    struct str stored, sorted;
    bool masters;
    int count;
};
struct err requirements_read(struct ctx *c, struct str json, struct requirements *r);

/* The ids of Masters: production's, the sandbox's, the retired one's (3.6). */
enum { REQUIREMENT_MASTERS = 3 };
extern const char *const requirement_masters[REQUIREMENT_MASTERS];

/* Whether a qualification type id is one of the Masters (both environments, 3.6). */
bool requirement_is_masters(struct str qualification_type_id);

#endif
