#include "market/block.h"

#include <assert.h>

#include "base/limits.h"
#include "market/account.h"
#include "store/sql.h"

/* A worker by public id, in the words of requester-api 1.7. */
static struct err find_worker(struct ctx *c, struct str worker_id, int64_t *worker) {
    struct party p;
    struct err e = account_by_public_id(c, worker_id, &p);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && p.role != ROLE_WORKER))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "WorkerId",
                        "The value \"%.*s\" is not valid for the parameter WorkerId.",
                        STR_ARG(worker_id));
    if (!failed(e))
        *worker = p.id;
    return e;
}

struct err block_set(struct ctx *c, struct str worker_id, struct str reason) {
    int64_t worker = 0;
    struct err e = find_worker(c, worker_id, &worker);
    if (failed(e))
        return e;
    return ctx_store(c, sql_block_put(c->tx,
                                      &(struct sql_block_put_in){
                                          .requester = c->actor->party,
                                          .worker = worker,
                                          .reason = reason.p ? reason : STR(""),
                                          .created_ms = c->now_ms,
                                      },
                                      NULL));
}

struct err block_remove(struct ctx *c, struct str worker_id) {
    int64_t worker = 0;
    struct err e = find_worker(c, worker_id, &worker);
    if (failed(e))
        return e;
    return ctx_store(
        c, sql_block_delete(c->tx, &(struct sql_block_delete_in){c->actor->party, worker}, NULL));
}

struct take {
    struct arena *arena;
    struct block_list *list;
};

static bool take_block(void *arg, const struct sql_block_page_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] = (struct block){
        .worker_id = str_dup(t->arena, row->worker_id),
        .reason = str_dup(t->arena, row->reason),
        .created_ms = row->created_ms,
        .worker = row->worker,
    };
    return true;
}

struct err block_list(struct ctx *c, const struct block_list_in *in, struct block_list *out) {
    assert(in->limit >= 1 && in->limit <= PAGE_MAX);
    *out = (struct block_list){arena_array(c->arena, (size_t)in->limit, sizeof *out->items), 0};
    return ctx_store(c, sql_block_page_each(c->tx,
                                            &(struct sql_block_page_in){
                                                .requester = c->actor->party,
                                                .after_ms = in->after_ms,
                                                .after_worker = in->after_worker,
                                                .page = in->limit,
                                            },
                                            take_block, &(struct take){c->arena, out}));
}

struct err block_check(struct ctx *c, int64_t requester, int64_t worker, bool *blocked) {
    struct sql_block_get_out b;
    enum st st = sql_block_get(c->tx, &(struct sql_block_get_in){requester, worker}, &b);
    *blocked = st == ST_OK;
    return ctx_store(c, st);
}
