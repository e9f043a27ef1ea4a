/* setting: the market's settings (money-and-lifecycle 12), kept in the store. A running server
 * reads them in each transaction, so a change is in force at once; what was accepted before keeps
 * its snapshots (2.13). */
#include <stdio.h>

#include "base/num.h"
#include "hitd/commands.h"
#include "hitd/open.h"
#include "store/sql.h"

struct setting {
    const char *name, *fallback, *help;
    int64_t min, max; /* both 0: a word */
};

static const struct setting settings[] = {
    {"fees", "on", "on, or off for use in a house of one's own", 0, 0},
    {"fee_base_pct", "20", "percent of the reward", 0, 1000},
    {"fee_many_pct", "20", "more percent from fee_many_from assignments on", 0, 1000},
    {"fee_many_from", "10", "assignments of a HIT", 1, 1000000000},
    {"fee_masters_pct", "5", "more percent when Masters are required", 0, 1000},
    {"fee_bonus_pct", "20", "percent of a bonus", 0, 1000},
    {"fee_min_cents", "1", "least fee of an assignment or a bonus", 0, 1000000},
    {"max_amount_cents", "1000000", "largest reward or bonus", 1, 100000000},
    {"withdraw_min_cents", "1", "least withdrawal of a worker", 1, 1000000},
    {"max_active_per_worker", "25", "HITs a worker may hold at once", 1, 1000},
    {"submit_grace_s", "5", "seconds past the deadline that a submission may take", 0, 3600},
    {"onhold_compat", "0", "1: OnHoldBalance is always 0.00", 0, 1},
    {"sandbox_refill", "0", "1: tops requesters up to $10,000.00 after each outflow", 0, 1},
    {"strict_batch_review", "0", "1: the API does not decide work of CSV batches", 0, 1},
    {"registration", "open", "open or closed, for workers", 0, 0},
};
enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static const struct setting *find(const char *name) {
    for (size_t i = 0; i < SETTINGS; i++)
        if (str_is(str_c(name), settings[i].name))
            return &settings[i];
    return NULL;
}

struct change {
    const char *name, *value; /* NULL: show */
};

static struct err show(struct ctx *c, const struct setting *s) {
    struct sql_meta_get_out out = {STR_NULL};
    enum st st = sql_meta_get(c->tx, &(struct sql_meta_get_in){str_c(s->name)}, &out);
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    struct str value = st == ST_OK ? out.value : str_c(s->fallback);
    printf("%-22s %-10.*s %s\n", s->name, STR_ARG(value), s->help);
    return NO_ERR;
}

static struct err show_rule(struct ctx *c, void *arg) {
    const struct change *change = arg;
    struct err e = NO_ERR;
    for (size_t i = 0; i < SETTINGS && !failed(e); i++)
        if (!change->name || find(change->name) == &settings[i])
            e = show(c, &settings[i]);
    return e;
}

static struct err put_rule(struct ctx *c, void *arg) {
    const struct change *change = arg;
    return ctx_store(
        c, sql_meta_put(c->tx, &(struct sql_meta_put_in){str_c(change->name), str_c(change->value)},
                        NULL));
}

static bool allowed(const struct setting *s, struct str value) {
    int64_t n;
    if (s->min || s->max)
        return num_parse(value, s->min, s->max, &n);
    return str_is(value, s->fallback) || str_is(value, "off") || str_is(value, "closed");
}

static struct err check(struct command_line *line, const struct change *change) {
    const struct setting *s = change->name ? find(change->name) : NULL;
    if (change->name && !s)
        return err_make(line->arena, ERR_USAGE, "NAME",
                        "there is no setting %s; hitd setting lists them", change->name);
    if (!change->value || allowed(s, str_c(change->value)))
        return NO_ERR;
    if (s->min || s->max)
        return err_make(line->arena, ERR_USAGE, "VALUE",
                        "%s is \"%s\"; it must be a whole number from %lld to %lld", s->name,
                        change->value, (long long)s->min, (long long)s->max);
    return err_make(line->arena, ERR_USAGE, "VALUE", "%s is \"%s\"; it must be: %s", s->name,
                    change->value, s->help);
}

int run_setting(struct command_line *line) {
    struct change change = {line->arg_count > 0 ? line->args[0] : NULL,
                            line->arg_count > 1 ? line->args[1] : NULL};
    struct opened o;
    struct err e = check(line, &change);
    if (failed(e))
        return command_fails(line, e);
    e = hitd_open(line, &o);
    if (failed(e))
        return command_fails(line, e);
    if (change.value)
        e = hitd_write(&o, 0, put_rule, &change);
    if (!failed(e))
        e = hitd_read(&o, 0, show_rule, &change);
    hitd_close(&o);
    return failed(e) ? command_fails(line, e) : 0;
}
