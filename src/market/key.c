#include "market/key.h"

#include "base/rand.h"
#include "market/audit.h"
#include "store/sql.h"

enum { KEY_ID_RANDOM = 16, SECRET_LEN = 40, LIST_MAX = 100 };

/* n characters of an alphabet of mask + 1 letters, a power of two. */
static struct str rand_letters(struct arena *a, size_t n, const char *alphabet, unsigned mask) {
    char *p = arena_alloc(a, n + 1);
    rand_bytes(p, n);
    for (size_t i = 0; i < n; i++)
        p[i] = alphabet[(unsigned char)p[i] & mask];
    return (struct str){p, n};
}

struct err key_add(struct ctx *c, const struct secret_key *seal, int64_t party,
                   struct key_new *out) {
    struct sql_key_count_active_out active;
    enum st st = sql_key_count_active(c->tx, &(struct sql_key_count_active_in){party}, &active);
    if (st != ST_OK)
        return ctx_store(c, st);
    if (active.n >= KEYS_MAX)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "There are %d access keys already; revoke one that is no longer used.",
                        KEYS_MAX);
    struct str tail = rand_letters(c->arena, KEY_ID_RANDOM, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 31);
    out->key_id = str_printf(c->arena, "AKIA%.*s", STR_ARG(tail));
    out->secret =
        rand_letters(c->arena, SECRET_LEN,
                     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 63);
    st = sql_key_insert(c->tx,
                        &(struct sql_key_insert_in){
                            .party = party,
                            .key_id = out->key_id,
                            .secret = secret_seal(c->arena, seal, out->secret),
                            .created_ms = c->now_ms,
                        },
                        NULL);
    if (st != ST_OK)
        return ctx_store(c, st);
    return audit_add(
        c, &(struct audit_in){.action = AUDIT_KEY_ADDED, .subject = party, .about = out->key_id});
}

struct err key_find(struct ctx *c, const struct secret_key *seal, struct str key_id,
                    struct key_found *out) {
    struct sql_key_get_out k = {0};
    enum st st = ST_NONE;
    if (key_id.n)
        st = sql_key_get(c->tx, &(struct sql_key_get_in){key_id}, &k);
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    if (st == ST_NONE || k.state != 0 || !secret_open(c->arena, seal, k.secret, &out->secret))
        return err_make(c->arena, ERR_UNKNOWN_KEY, NULL,
                        "The security token included in the request is invalid.");
    struct err e = account_by_id(c, k.party, &out->party);
    if (!failed(e) && out->party.state != PARTY_ACTIVE)
        return err_make(c->arena, ERR_SUSPENDED, NULL, "Your account is suspended.");
    return e;
}

struct err key_find_tx(struct tx *tx, const struct secret_key *seal, struct str key_id,
                       struct key_found *out) {
    struct ctx c = {.tx = tx, .arena = tx_arena(tx)};
    return key_find(&c, seal, key_id, out);
}

struct err key_revoke(struct ctx *c, int64_t party, struct str key_id) {
    int64_t changed = 0;
    enum st st = sql_key_revoke_one(
        c->tx, &(struct sql_key_revoke_one_in){party, key_id.p ? key_id : STR("")}, &changed);
    if (st == ST_OK && changed == 0)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no active access key \"%.*s\".",
                        STR_ARG(key_id));
    if (st != ST_OK)
        return ctx_store(c, st);
    return audit_add(
        c, &(struct audit_in){.action = AUDIT_KEY_REVOKED, .subject = party, .about = key_id});
}

struct take {
    struct arena *arena;
    struct key_list *list;
};

static bool take_key(void *arg, const struct sql_key_list_of_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] =
        (struct key_row){str_dup(t->arena, row->key_id), row->state == 0, row->created_ms};
    return true;
}

struct err key_list(struct ctx *c, int64_t party, struct key_list *out) {
    *out = (struct key_list){arena_array(c->arena, LIST_MAX, sizeof *out->items), 0};
    return ctx_store(c, sql_key_list_of_each(c->tx, &(struct sql_key_list_of_in){party}, take_key,
                                             &(struct take){c->arena, out}));
}
