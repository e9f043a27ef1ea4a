#include "market/request_key.h"

#include "base/limits.h"
#include "base/pack.h"
#include "base/sha256.h"
#include "store/sql.h"

struct str request_key_digest(struct arena *a, struct str access_key, struct str operation,
                              struct str invocation, struct str body) {
    struct buf parts = BUF_INIT;
    pack_add(&parts, access_key);
    pack_add(&parts, operation);
    pack_add(&parts, invocation);
    pack_add(&parts, sha256_hex(a, body.p ? body : STR("")));
    struct str digest = sha256_hex(a, buf_view(&parts));
    buf_free(&parts);
    return digest;
}

struct err request_key_find(struct ctx *c, struct str digest, int64_t within_ms,
                            struct kept_answer *out, bool *known) {
    struct sql_request_key_get_out k;
    enum st st = sql_request_key_get(
        c->tx, &(struct sql_request_key_get_in){digest, c->now_ms - within_ms}, &k);
    *known = st == ST_OK;
    if (*known)
        *out = (struct kept_answer){(int)k.status, k.body};
    return ctx_store(c, st);
}

struct err request_key_keep(struct ctx *c, struct str digest, const struct kept_answer *answer) {
    if (answer->body.n > KEPT_ANSWER_MAX)
        return NO_ERR;
    return ctx_store(c, sql_request_key_put(c->tx,
                                            &(struct sql_request_key_put_in){
                                                .digest = digest,
                                                .at_ms = c->now_ms,
                                                .status = answer->status,
                                                .body = answer->body.p ? answer->body : STR(""),
                                            },
                                            NULL));
}

struct err unique_token_find(struct ctx *c, int64_t requester, struct str operation,
                             struct str token, int64_t *subject, bool *known) {
    struct sql_unique_token_get_out t;
    *known = false;
    if (!token.p)
        return NO_ERR;
    enum st st = sql_unique_token_get(c->tx,
                                      &(struct sql_unique_token_get_in){
                                          .requester = requester,
                                          .operation = operation,
                                          .token = token,
                                          .since_ms = c->now_ms - REQUEST_KEY_MS,
                                      },
                                      &t);
    if (st == ST_OK) {
        *known = true;
        *subject = t.subject;
    }
    return ctx_store(c, st);
}

struct err unique_token_keep(struct ctx *c, int64_t requester, struct str operation,
                             struct str token, int64_t subject) {
    if (!token.p)
        return NO_ERR;
    return ctx_store(c, sql_unique_token_put(c->tx,
                                             &(struct sql_unique_token_put_in){
                                                 .requester = requester,
                                                 .operation = operation,
                                                 .token = token,
                                                 .at_ms = c->now_ms,
                                                 .subject = subject,
                                             },
                                             NULL));
}

struct old_tokens {
    struct arena *arena;
    struct sql_unique_token_delete_in *items;
    size_t n;
};

static bool take_old(void *arg, const struct sql_unique_token_old_out *row) {
    struct old_tokens *t = arg;
    t->items[t->n++] = (struct sql_unique_token_delete_in){
        .requester = row->requester,
        .operation = str_dup(t->arena, row->operation),
        .token = str_dup(t->arena, row->token),
    };
    return true;
}

struct err request_key_purge(struct ctx *c, int limit) {
    int64_t before_ms = c->now_ms - REQUEST_KEY_MS;
    enum st st = sql_request_key_delete_old(
        c->tx, &(struct sql_request_key_delete_old_in){before_ms, limit}, NULL);
    struct old_tokens old = {
        c->arena,
        arena_array(c->arena, (size_t)limit, sizeof(struct sql_unique_token_delete_in)),
        0,
    };
    if (st == ST_OK)
        st = sql_unique_token_old_each(c->tx, &(struct sql_unique_token_old_in){before_ms, limit},
                                       take_old, &old);
    for (size_t i = 0; i < old.n && st == ST_OK; i++)
        st = sql_unique_token_delete(c->tx, &old.items[i], NULL);
    return ctx_store(c, st);
}
