#include "market/ctx.h"

#include "base/datetime.h"
#include "base/num.h"
#include "store/sql.h"

struct clock {
    bool simulated, damaged;
    int64_t clock_ms, floor_ms;
};

static bool take_clock(void *arg, const struct sql_ctx_clock_out *row) {
    struct clock *k = arg;
    if (str_is(row->key, "clock"))
        k->simulated = str_is(row->value, "simulated");
    else if (str_is(row->key, "clock_ms"))
        k->damaged |= !num_parse(row->value, 0, INT64_MAX, &k->clock_ms);
    else
        k->damaged |= !num_parse(row->value, 0, INT64_MAX, &k->floor_ms);
    return true;
}

enum st market_now(struct tx *tx, int64_t *now_ms) {
    struct clock k = {0};
    enum st st = sql_ctx_clock_each(tx, take_clock, &k);
    if (st != ST_OK)
        return st;
    if (k.damaged)
        return ST_FAIL;
    *now_ms = k.simulated ? k.clock_ms : time_wall_ms();
    if (!k.simulated && *now_ms < k.floor_ms)
        *now_ms = k.floor_ms;
    return ST_OK;
}

struct err ctx_raise_floor(struct ctx *c) {
    struct clock k = {0};
    enum st st = sql_ctx_clock_each(c->tx, take_clock, &k);
    if (st != ST_OK || k.simulated || c->now_ms < k.floor_ms + CLOCK_FLOOR_STEP_MS)
        return ctx_store(c, st);
    struct sql_meta_put_in in = {STR("clock_floor_ms"),
                                 str_printf(c->arena, "%lld", (long long)c->now_ms)};
    return ctx_store(c, sql_meta_put(c->tx, &in, NULL));
}

struct err ctx_begin(struct ctx *c, struct tx *tx, const struct actor *actor,
                     const struct id_key *ids) {
    *c = (struct ctx){.tx = tx, .arena = tx_arena(tx), .actor = actor, .ids = ids};
    return ctx_store(c, market_now(tx, &c->now_ms));
}

struct err ctx_store(struct ctx *c, enum st st) {
    switch (st) {
    case ST_OK:
    case ST_NONE: return NO_ERR;
    case ST_RETRY: return (struct err){ERR_RETRY, NULL, "The transaction must be run again."};
    case ST_CONFLICT:
    case ST_FAIL: break;
    }
    return err_make(c->arena, ERR_STORE, NULL, "The store failed: %s", tx_error(c->tx));
}

struct err ctx_setting_int(struct ctx *c, const char *key, int64_t fallback, int64_t *value) {
    struct sql_meta_get_out out;
    *value = fallback;
    enum st st = sql_meta_get(c->tx, &(struct sql_meta_get_in){str_c(key)}, &out);
    if (st == ST_OK && !num_parse(out.value, INT64_MIN + 1, INT64_MAX, value))
        return err_make(c->arena, ERR_STORE, key, "The setting %s is \"%.*s\", which is no number.",
                        key, STR_ARG(out.value));
    return ctx_store(c, st);
}

enum tx_end ctx_end(struct err e) {
    if (!failed(e))
        return TX_COMMIT;
    return e.code == ERR_RETRY ? TX_RETRY : TX_ROLLBACK;
}

struct str ctx_id(struct ctx *c, enum id_kind kind, int64_t row, struct str alias) {
    return alias.p ? alias : id_seal(c->arena, c->ids, kind, row);
}
