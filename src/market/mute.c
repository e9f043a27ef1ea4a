#include "market/mute.h"

#include "base/limits.h"
#include "market/account.h"
#include "store/sql.h"

static struct err find(struct ctx *c, struct str id, struct party *p) {
    struct err e = account_by_public_id(c, id, p);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && p->role != ROLE_REQUESTER))
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such requester.");
    return e;
}

static struct err put(struct ctx *c, int64_t requester) {
    struct sql_mute_count_out count = {0};
    struct err e =
        ctx_store(c, sql_mute_count(c->tx, &(struct sql_mute_count_in){c->actor->party}, &count));
    if (!failed(e) && count.n >= HIDDEN_MAX)
        e = err_make(c->arena, ERR_INVALID_PARAMETER, NULL,
                     "You mute %d requesters, which is the most. Take some of them back first.",
                     HIDDEN_MAX);
    if (failed(e))
        return e;
    struct sql_mute_put_in in = {c->actor->party, requester, c->now_ms};
    return ctx_store(c, sql_mute_put(c->tx, &in, NULL));
}

struct err mute_set(struct ctx *c, struct str requester_id, bool mute, struct str *name) {
    struct party p;
    struct err e = find(c, requester_id, &p);
    if (failed(e))
        return e;
    if (name)
        *name = p.name;
    if (mute)
        return put(c, p.id);
    struct sql_mute_delete_in in = {c->actor->party, p.id};
    return ctx_store(c, sql_mute_delete(c->tx, &in, NULL));
}

struct err mute_check(struct ctx *c, int64_t worker, int64_t requester, bool *muted) {
    struct sql_mute_get_out out;
    enum st st = sql_mute_get(c->tx, &(struct sql_mute_get_in){worker, requester}, &out);
    *muted = st == ST_OK;
    return ctx_store(c, st);
}

struct take {
    struct arena *arena;
    struct mute_list *list;
};

static bool take_muted(void *arg, const struct sql_mute_page_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] = (struct mute_entry){
        str_dup(t->arena, row->requester_id), str_dup(t->arena, row->requester_name), row->at_ms};
    return true;
}

static bool take_blocked(void *arg, const struct sql_mute_blocked_by_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] =
        (struct mute_entry){str_dup(t->arena, row->requester_id),
                            str_dup(t->arena, row->requester_name), row->created_ms};
    return true;
}

struct err mute_list(struct ctx *c, struct mute_list *out) {
    *out = (struct mute_list){arena_array(c->arena, HIDDEN_MAX, sizeof *out->items), 0};
    struct sql_mute_page_in in = {c->actor->party, 0, HIDDEN_MAX};
    return ctx_store(c, sql_mute_page_each(c->tx, &in, take_muted, &(struct take){c->arena, out}));
}

struct err mute_blocked_by(struct ctx *c, struct mute_list *out) {
    *out = (struct mute_list){arena_array(c->arena, LIST_ROWS_MAX, sizeof *out->items), 0};
    struct sql_mute_blocked_by_in in = {c->actor->party, LIST_ROWS_MAX};
    return ctx_store(
        c, sql_mute_blocked_by_each(c->tx, &in, take_blocked, &(struct take){c->arena, out}));
}
