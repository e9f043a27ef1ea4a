#include "market/fees.h"

#include <stddef.h>

#include "base/money.h"
#include "base/num.h"
#include "market/setting.h"
#include "store/sql.h"

/* Where each setting goes. Names, defaults and bounds are market/setting.c's. */
static const struct {
    const char *setting;
    size_t offset; /* in struct fee_rates */
} rates_of[] = {
    {"fee_base_pct", offsetof(struct fee_rates, base_pct)},
    {"fee_many_pct", offsetof(struct fee_rates, many_pct)},
    {"fee_many_from", offsetof(struct fee_rates, many_from)},
    {"fee_masters_pct", offsetof(struct fee_rates, masters_pct)},
    {"fee_bonus_pct", offsetof(struct fee_rates, bonus_pct)},
    {"fee_min_cents", offsetof(struct fee_rates, min_cents)},
};
enum { RATES = sizeof rates_of / sizeof *rates_of };

static int64_t *rate(struct fee_rates *rates, int i) {
    return (int64_t *)(void *)((char *)rates + rates_of[i].offset);
}

struct fee_rates fee_defaults(void) {
    struct fee_rates rates = {.off = false};
    for (int i = 0; i < RATES; i++)
        *rate(&rates, i) = setting_default(rates_of[i].setting);
    return rates;
}

struct loading {
    struct fee_rates *rates;
    struct arena *arena;
    struct err err;
};

static bool take_setting(void *arg, const struct sql_fee_settings_out *row) {
    struct loading *l = arg;
    if (str_is(row->key, "fees"))
        l->rates->off = str_is(row->value, "off");
    for (int i = 0; i < RATES && !failed(l->err); i++) {
        if (str_is(row->key, rates_of[i].setting))
            l->err = setting_parse(l->arena, setting_find(row->key), row->value, rate(l->rates, i));
    }
    return !failed(l->err);
}

struct err fee_load(struct ctx *c, struct fee_rates *rates) {
    struct loading l = {rates, c->arena, NO_ERR};
    *rates = fee_defaults();
    enum st st = sql_fee_settings_each(c->tx, take_setting, &l);
    return failed(l.err) ? l.err : ctx_store(c, st);
}

bool fee_many(const struct fee_rates *rates, int64_t max_assignments) {
    return max_assignments >= rates->many_from;
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
