#include "market/lookup.h"

#include "store/sql.h"

/* Ids that could not be in the store anyway are not searched for. */
static bool plausible(struct str id) {
    return id.n >= 1 && id.n <= 64;
}

struct err lookup_assignment(struct ctx *c, struct str id, int64_t *row) {
    struct sql_work_assignment_of_alias_out out = {0};
    *row = 0;
    if (!plausible(id) || id_open(c->ids, ID_ASSIGNMENT, id, row))
        return NO_ERR;
    enum st st =
        sql_work_assignment_of_alias(c->tx, &(struct sql_work_assignment_of_alias_in){id}, &out);
    *row = st == ST_OK ? out.id : 0;
    return ctx_store(c, st);
}

struct err lookup_hit(struct ctx *c, struct str id, int64_t *row) {
    struct sql_work_hit_of_alias_out out = {0};
    *row = 0;
    if (!plausible(id) || id_open(c->ids, ID_HIT, id, row))
        return NO_ERR;
    enum st st = sql_work_hit_of_alias(c->tx, &(struct sql_work_hit_of_alias_in){id}, &out);
    *row = st == ST_OK ? out.id : 0;
    return ctx_store(c, st);
}

struct err lookup_group(struct ctx *c, struct str id, int64_t *hit_type) {
    struct sql_work_group_of_alias_out out = {0};
    *hit_type = 0;
    if (!plausible(id) || id_open(c->ids, ID_HIT_GROUP, id, hit_type) ||
        id_open(c->ids, ID_HIT_TYPE, id, hit_type))
        return NO_ERR;
    enum st st = sql_work_group_of_alias(c->tx, &(struct sql_work_group_of_alias_in){id}, &out);
    *hit_type = st == ST_OK ? out.id : 0;
    return ctx_store(c, st);
}
