#include "hitd/open.h"

#include <string.h>

#include "base/rand.h"
#include "store/sql.h"

struct err hitd_open_raw(struct command_line *line, bool create, struct opened *o) {
    *o = (struct opened){.arena = line->arena, .url = option_value(line, "store")};
    return store_open(line->arena, o->url, &(struct store_options){.create = create}, &o->store);
}

static bool read_hex(struct str hex, unsigned char *out, size_t n) {
    static const char digits[] = "0123456789abcdef";
    if (hex.n != 2 * n)
        return false;
    for (size_t i = 0; i < 2 * n; i++) {
        const char *at = hex.p[i] ? strchr(digits, hex.p[i]) : NULL;
        if (!at)
            return false;
        out[i / 2] = (unsigned char)(out[i / 2] << 4 | (at - digits));
    }
    return true;
}

struct key_text {
    struct opened *o;
    struct str hex;
    enum st st;
};

/* Made once: every public id of the store is sealed with it. */
static enum tx_end keep_key(struct tx *tx, void *arg) {
    struct key_text *k = arg;
    struct sql_meta_get_out out;
    tx_use_arena(tx, k->o->arena);
    k->st = sql_meta_get(tx, &(struct sql_meta_get_in){STR("id_key")}, &out);
    if (k->st == ST_OK) {
        k->hex = out.value;
        return TX_COMMIT;
    }
    if (k->st == ST_NONE) {
        k->hex = rand_hex(k->o->arena, ID_KEY_LEN);
        k->st = sql_meta_put(tx, &(struct sql_meta_put_in){STR("id_key"), k->hex}, NULL);
    }
    return k->st == ST_OK ? TX_COMMIT : k->st == ST_RETRY ? TX_RETRY : TX_ROLLBACK;
}

static struct err store_failed(struct opened *o) {
    return err_make(o->arena, ERR_STORE, "store", "the store failed: %.*s",
                    STR_ARG(store_error(o->store, o->arena)));
}

struct err hitd_read_keys(struct opened *o) {
    struct key_text key = {.o = o};
    unsigned char bytes[ID_KEY_LEN];
    if (store_write(o->store, 0, keep_key, &key) != ST_OK || key.st != ST_OK)
        return store_failed(o);
    if (!read_hex(key.hex, bytes, ID_KEY_LEN))
        return err_make(o->arena, ERR_STORE, "store", "the store's id_key is damaged");
    id_key_init(&o->ids, bytes);
    return secret_load(o->arena, str_c(o->url), true, &o->seal);
}

struct err hitd_open(struct command_line *line, struct opened *o) {
    bool is_new = false;
    int64_t version = 0, latest = 0;
    struct err e = hitd_open_raw(line, false, o);
    if (failed(e))
        return e;
    e = store_is_new(o->store, o->arena, &is_new);
    if (!failed(e) && is_new)
        e = err_make(o->arena, ERR_STORE, "store",
                     "%s is empty; make the store first: hitd init --store %s", o->url, o->url);
    if (!failed(e))
        e = store_schema_version(o->store, o->arena, &version, &latest);
    if (!failed(e) && version != latest)
        e = err_make(o->arena, ERR_STORE, "store",
                     "the store has schema version %lld, this program has %lld; %s",
                     (long long)version, (long long)latest,
                     version < latest ? "run hitd migrate" : "use the newer program");
    if (!failed(e))
        e = hitd_read_keys(o);
    if (failed(e))
        hitd_close(o);
    return e;
}

void hitd_close(struct opened *o) {
    store_close(o->store);
    o->store = NULL;
    id_key_free(&o->ids);
}

struct run {
    struct opened *o;
    struct actor actor;
    rule_fn *rule;
    void *arg;
    struct err e;
};

static enum tx_end run_rule(struct tx *tx, void *arg) {
    struct run *run = arg;
    struct ctx c;
    tx_use_arena(tx, run->o->arena);
    run->e = ctx_begin(&c, tx, &run->actor, &run->o->ids);
    if (!failed(run->e))
        run->e = run->rule(&c, run->arg);
    return ctx_end(run->e);
}

static struct err outcome(struct run *run, enum st st) {
    if (st != ST_OK && (!failed(run->e) || run->e.code == ERR_RETRY))
        return store_failed(run->o);
    return run->e;
}

static struct run prepare(struct opened *o, int64_t party, rule_fn *rule, void *arg) {
    struct actor actor = {.entrance = ENTRANCE_COMMAND, .party = party, .detail = STR("hitd")};
    return (struct run){.o = o, .actor = actor, .rule = rule, .arg = arg};
}

struct err hitd_write(struct opened *o, int64_t party, rule_fn *rule, void *arg) {
    struct run run = prepare(o, party, rule, arg);
    return outcome(&run, store_write(o->store, party, run_rule, &run));
}

struct err hitd_read(struct opened *o, int64_t party, rule_fn *rule, void *arg) {
    struct run run = prepare(o, party, rule, arg);
    return outcome(&run, store_read(o->store, run_rule, &run));
}
