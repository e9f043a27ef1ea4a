#include "market/clock.h"

#include "base/datetime.h"
#include "store/sql.h"

/* NULL before a choice was made. */
static struct err kind_of(struct ctx *c, struct str *kind) {
    struct sql_meta_get_out out = {STR_NULL};
    enum st st = sql_meta_get(c->tx, &(struct sql_meta_get_in){STR("clock")}, &out);
    *kind = st == ST_OK ? out.value : STR_NULL;
    return ctx_store(c, st);
}

struct err clock_put(struct ctx *c, int64_t ms) {
    struct sql_meta_put_in in = {STR("clock_ms"), str_printf(c->arena, "%lld", (long long)ms)};
    return ctx_store(c, sql_meta_put(c->tx, &in, NULL));
}

struct err clock_choose(struct ctx *c, bool simulated, int64_t start_ms) {
    struct str kind;
    struct err e = kind_of(c, &kind);
    if (failed(e) || kind.p)
        return e;
    struct sql_meta_put_in in = {STR("clock"), simulated ? STR("simulated") : STR("real")};
    e = ctx_store(c, sql_meta_put(c->tx, &in, NULL));
    return failed(e) || !simulated ? e : clock_put(c, start_ms);
}

struct err clock_require_simulated(struct ctx *c) {
    struct str kind;
    struct err e = kind_of(c, &kind);
    if (failed(e) || (kind.p && str_is(kind, "simulated")))
        return e;
    return err_make(c->arena, ERR_CLOCK, "clock",
                    "this store runs by the real clock; only one made with hitd init --clock "
                    "simulated can be moved, or re-enact a file at its own times");
}

struct err clock_move(struct ctx *c, int64_t to_ms) {
    struct err e = clock_require_simulated(c);
    if (failed(e))
        return e;
    if (to_ms < c->now_ms)
        return err_make(c->arena, ERR_CLOCK, "clock",
                        "the clock stands at %.*s and never runs backward; %.*s is before that",
                        STR_ARG(time_iso(c->arena, c->now_ms)), STR_ARG(time_iso(c->arena, to_ms)));
    return clock_put(c, to_ms);
}

struct err clock_make_real(struct ctx *c, int64_t wall_ms) {
    struct err e = clock_require_simulated(c);
    if (failed(e))
        return e;
    if (wall_ms < c->now_ms)
        return err_make(
            c->arena, ERR_CLOCK, "clock",
            "the simulated clock stands at %.*s, after the machine's %.*s; it can become "
            "real when the machine's clock has come that far",
            STR_ARG(time_iso(c->arena, c->now_ms)), STR_ARG(time_iso(c->arena, wall_ms)));
    struct sql_meta_put_in in = {STR("clock"), STR("real")};
    return ctx_store(c, sql_meta_put(c->tx, &in, NULL));
}
