#include "market/fees.h"

#include "base/limits.h"
#include "base/money.h"
#include "base/num.h"
#include "store/sql.h"

struct fee_rates fee_defaults(void) {
    return (struct fee_rates){
        .base_pct = 20,
        .many_pct = 20,
        .many_from = 10,
        .masters_pct = 5,
        .bonus_pct = 20,
        .min_cents = 1,
    };
}

struct loading {
    struct fee_rates *rates;
    struct str wrong; /* key of a value that can not be */
    struct arena *arena;
};

static bool take_setting(void *arg, const struct sql_fee_settings_out *row) {
    struct loading *l = arg;
    const struct {
        const char *key;
        int64_t max, *value;
    } settings[] = {
        {"fee_base_pct", 1000, &l->rates->base_pct},
        {"fee_many_pct", 1000, &l->rates->many_pct},
        {"fee_many_from", ASSIGNMENTS_MAX, &l->rates->many_from},
        {"fee_masters_pct", 1000, &l->rates->masters_pct},
        {"fee_bonus_pct", 1000, &l->rates->bonus_pct},
        {"fee_min_cents", REWARD_CENTS_MAX, &l->rates->min_cents},
    };
    if (str_is(row->key, "fees"))
        l->rates->off = str_is(row->value, "off");
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        if (str_is(row->key, settings[i].key) &&
            !num_parse(row->value, 0, settings[i].max, settings[i].value))
            l->wrong = str_dup(l->arena, row->key);
    }
    return true;
}

struct err fee_load(struct ctx *c, struct fee_rates *rates) {
    struct loading l = {rates, STR_NULL, c->arena};
    *rates = fee_defaults();
    enum st st = sql_fee_settings_each(c->tx, take_setting, &l);
    if (st == ST_OK && l.wrong.p)
        return err_make(c->arena, ERR_STORE, l.wrong.p, "The setting %s is out of range.",
                        l.wrong.p);
    return ctx_store(c, st);
}

/* pct percent of cents, half a cent up, at least the minimum (2.7, 2.8). */
static bool percentage(const struct fee_rates *rates, int64_t cents, int64_t pct, int64_t *fee) {
    int64_t part;
    if (!num_mul(cents, pct, &part) || !num_add(part, 50, &part))
        return false;
    part /= 100;
    *fee = part > rates->min_cents ? part : rates->min_cents;
    return true;
}

bool fee_assignment(const struct fee_rates *rates, const struct fee_of *of, int64_t *fee_cents) {
    if (rates->off) {
        *fee_cents = 0;
        return true;
    }
    int64_t pct =
        rates->base_pct + (of->many ? rates->many_pct : 0) + (of->masters ? rates->masters_pct : 0);
    return percentage(rates, of->reward_cents, pct, fee_cents) &&
           num_add(*fee_cents, of->premium_cents, fee_cents);
}

bool fee_bonus(const struct fee_rates *rates, int64_t bonus_cents, int64_t *fee_cents) {
    if (rates->off) {
        *fee_cents = 0;
        return true;
    }
    return percentage(rates, bonus_cents, rates->bonus_pct, fee_cents);
}

struct err fee_premium(struct ctx *c, struct str qualification_type, int64_t *cents) {
    return ctx_setting_int(
        c, arena_printf(c->arena, "fee_premium_%.*s", STR_ARG(qualification_type)), 0, cents);
}

struct err fee_short(struct ctx *c, const char *what, int64_t cost_cents, int64_t avail_cents) {
    return err_make(
        c->arena, ERR_INSUFFICIENT_FUNDS, NULL,
        "This Requester has insufficient funds in their account to complete this transaction. "
        "%s: $%.*s is needed, $%.*s is available, $%.*s is missing. Please deposit the missing "
        "amount to purchase Prepaid HITs.",
        what, STR_ARG(money_wire(c->arena, cost_cents)), STR_ARG(money_wire(c->arena, avail_cents)),
        STR_ARG(money_wire(c->arena, cost_cents - avail_cents)));
}
