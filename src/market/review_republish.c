/* Republishing what a file rejected (requester-site 5.2). HIT by HIT: extending one may reopen
 * slots, hold money and send events, and market/hit.c is where that is known. */
#include "ledger/ledger.h"
#include "market/fees.h"
#include "market/hit.h"
#include "market/review_internal.h"

struct republish_hit {
    int64_t hit, rejections, expires_ms, lifetime_s;
    struct str alias;
    struct republish_hit *next;
};

struct republish_run {
    struct arena *arena;
    struct republish_hit *first, **last;
};

static bool take_hit(void *arg, const struct sql_review_republish_hits_out *row) {
    struct republish_run *run = arg;
    struct republish_hit *h = arena_new(run->arena, struct republish_hit);
    *h = (struct republish_hit){
        .hit = row->hit,
        .rejections = row->rejections,
        .expires_ms = row->expires_ms,
        .lifetime_s = row->lifetime_s,
        .alias = str_dup(run->arena, row->alias),
    };
    *run->last = h;
    run->last = &h->next;
    return true;
}

static struct err republish_one(struct ctx *c, const struct republish_hit *h) {
    struct str id = ctx_id(c, ID_HIT, h->hit, h->alias);
    struct err e = hit_add_assignments(c, id, h->rejections, STR_NULL);
    int64_t expires_ms = c->now_ms + h->lifetime_s * 1000;
    if (!failed(e) && expires_ms > h->expires_ms)
        e = hit_update_expiration(c, id, expires_ms);
    return e;
}

struct err review_republish(struct ctx *c, const struct settlement *s,
                            const struct review_check *check) {
    struct republish_run run = {.arena = c->arena};
    struct balances before, after;
    int64_t slots = 0;
    struct fee_rates rates;
    run.last = &run.first;
    struct err e = fee_load(c, &rates);
    if (failed(e))
        return e;
    enum st st = sql_review_republish_hits_each(
        c->tx, &(struct sql_review_republish_hits_in){s->id, rates.many_from}, take_hit, &run);
    if (st == ST_OK)
        st = ledger_balances(c->tx, s->requester, &before);
    e = ctx_store(c, st);
    for (const struct republish_hit *h = run.first; h && !failed(e); h = h->next) {
        e = republish_one(c, h);
        slots += h->rejections;
    }
    if (!failed(e))
        e = ctx_store(c, ledger_balances(c->tx, s->requester, &after));
    if (!failed(e) &&
        (slots != check->republish_slots || before.avail - after.avail != check->republish_cents))
        e = err_make(c->arena, ERR_CONFLICT, NULL, "The tasks to be republished have changed.");
    return e;
}
