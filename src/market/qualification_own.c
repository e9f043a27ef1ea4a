/* Qualifications as the worker who holds or asks for them sees them (worker-site 9). */
#include <assert.h>

#include "base/limits.h"
#include "market/account.h"
#include "market/qualification_internal.h"
#include "store/sql.h"

struct err qualification_mine(struct ctx *c, struct str type_id, struct qualification_mine *out) {
    int64_t me = c->actor->party;
    struct sql_qualification_get_out held = {0};
    struct sql_qualification_request_last_out last = {0};
    struct party author;
    *out = (struct qualification_mine){.author = STR("")};
    struct err e = qualification_type_get(c, type_id, &out->type);
    if (!failed(e) && !out->type.system)
        e = account_by_id(c, out->type.requester, &author);
    if (failed(e))
        return e;
    if (!out->type.system)
        out->author = author.name;
    struct sql_qualification_get_in key = {out->type.id, me};
    enum st st = sql_qualification_get(c->tx, &key, &held);
    if (st == ST_OK && held.status == QUALIFICATION_GRANTED) {
        out->held = true;
        out->value = held.value;
        out->granted_ms = held.granted_ms;
    }
    if (st == ST_OK || st == ST_NONE)
        st = sql_qualification_request_last(
            c->tx, &(struct sql_qualification_request_last_in){me, out->type.id}, &last);
    if (st == ST_OK) {
        out->pending = last.state == REQUEST_PENDING;
        out->asked_ms = last.asked_ms;
        out->refused_for = last.state == REQUEST_REJECTED ? last.reason : STR_NULL;
    }
    e = ctx_store(c, st);
    if (failed(e))
        return e;
    out->why = qualification_may_ask(c, &out->type);
    return out->why.code == ERR_RETRY || out->why.code == ERR_STORE ? out->why : NO_ERR;
}

struct gather {
    struct ctx *c;
    struct qualification_own_list *out;
};

static void begin(struct gather *g, struct ctx *c, int limit, struct qualification_own_list *out) {
    assert(limit >= 1 && limit <= PAGE_MAX);
    *out = (struct qualification_own_list){arena_array(c->arena, (size_t)limit, sizeof *out->items),
                                           0};
    *g = (struct gather){c, out};
}

static bool take_own(void *arg, const struct sql_qualification_own_out *row) {
    struct gather *g = arg;
    g->out->items[g->out->n++] = (struct qualification_own){
        .key = row->type,
        .type_id = str_dup(g->c->arena, ctx_id(g->c, ID_QUALIFICATION_TYPE, row->type, row->alias)),
        .name = str_dup(g->c->arena, row->name),
        .author = row->author.p ? str_dup(g->c->arena, row->author) : STR(""),
        .value = row->value,
        .at_ms = row->granted_ms,
    };
    return true;
}

struct err qualification_own(struct ctx *c, int64_t after, int limit,
                             struct qualification_own_list *out) {
    struct gather g;
    begin(&g, c, limit, out);
    struct sql_qualification_own_in in = {c->actor->party, after, limit};
    return ctx_store(c, sql_qualification_own_each(c->tx, &in, take_own, &g));
}

static bool take_asked(void *arg, const struct sql_qualification_asked_out *row) {
    struct gather *g = arg;
    g->out->items[g->out->n++] = (struct qualification_own){
        .key = row->type,
        .type_id = id_seal(g->c->arena, g->c->ids, ID_QUALIFICATION_TYPE, row->type),
        .name = str_dup(g->c->arena, row->name),
        .author = str_dup(g->c->arena, row->author),
        .at_ms = row->asked_ms,
    };
    return true;
}

struct err qualification_asked(struct ctx *c, int64_t after, int limit,
                               struct qualification_own_list *out) {
    struct gather g;
    begin(&g, c, limit, out);
    struct sql_qualification_asked_in in = {c->actor->party, after, limit};
    return ctx_store(c, sql_qualification_asked_each(c->tx, &in, take_asked, &g));
}
