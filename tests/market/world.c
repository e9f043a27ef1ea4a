#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "market/funds.h"
#include "store/sql.h"

enum fixture_kind world_sqlite = FIXTURE_SQLITE, world_postgres = FIXTURE_POSTGRES;

struct pair {
    const char *key, *value;
};

static enum tx_end put_setting(struct tx *tx, void *arg) {
    const struct pair *p = arg;
    struct sql_meta_put_in in = {str_c(p->key), str_c(p->value)};
    return sql_meta_put(tx, &in, NULL) == ST_OK ? TX_COMMIT : TX_ROLLBACK;
}

void world_setting(struct world *w, const char *key, const char *value) {
    struct pair p = {key, value};
    assert_int_equal(store_write(w->f.store, 0, put_setting, &p), ST_OK);
}

void world_at(struct world *w, int64_t now_ms) {
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)now_ms);
    world_setting(w, "clock_ms", text);
    w->now_ms = now_ms;
}

void world_later(struct world *w, int64_t seconds) {
    world_at(w, w->now_ms + seconds * 1000);
}

struct world *world_open(void **state) {
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    if (!fixture_open_migrated(&w->f, *(enum fixture_kind *)*state)) {
        free(w);
        skip();
    }
    arena_init(&w->arena, 0);
    id_key_init(&w->ids, (const unsigned char *)"0123456789abcdef");
    w->entrance = ENTRANCE_API;
    world_setting(w, "clock", "simulated");
    world_at(w, WORLD_START_MS);
    return w;
}

void world_close(struct world *w) {
    fixture_close(&w->f);
    id_key_free(&w->ids);
    arena_free(&w->arena);
    free(w);
}

struct run {
    struct world *w;
    struct actor actor;
    rule_fn *rule;
    void *arg;
    struct err err;
};

static enum tx_end run_rule(struct tx *tx, void *arg) {
    struct run *r = arg;
    struct ctx c;
    tx_use_arena(tx, &r->w->arena);
    r->err = ctx_begin(&c, tx, &r->actor, &r->w->ids);
    if (!failed(r->err))
        r->err = r->rule(&c, r->arg);
    return ctx_end(r->err);
}

static struct run prepare(struct world *w, int64_t party, rule_fn *rule, void *arg) {
    return (struct run){
        .w = w,
        .actor = {.entrance = w->entrance, .party = party, .detail = STR("test")},
        .rule = rule,
        .arg = arg,
    };
}

struct err world_write(struct world *w, int64_t party, rule_fn *rule, void *arg) {
    struct run r = prepare(w, party, rule, arg);
    enum st st = store_write(w->f.store, party, run_rule, &r);
    if (st != ST_OK)
        fail_msg("the store answered %d: %.*s", st, STR_ARG(store_error(w->f.store, &w->arena)));
    return r.err;
}

struct err world_read(struct world *w, int64_t party, rule_fn *rule, void *arg) {
    struct run r = prepare(w, party, rule, arg);
    assert_int_equal(store_read(w->f.store, run_rule, &r), ST_OK);
    return r.err;
}

void expect(struct err e, enum err_code code) {
    if (e.code != code)
        fail_msg("got %s: %s; want %s", failed(e) ? err_slug(e.code) : "no error",
                 e.detail ? e.detail : "", code ? err_slug(code) : "no error");
}

void expect_words(struct err e, enum err_code code, const char *opening) {
    expect(e, code);
    if (!e.detail || strncmp(e.detail, opening, strlen(opening)) != 0)
        fail_msg("got \"%s\", want \"%s…\"", e.detail ? e.detail : "", opening);
}

/* ---- people and money ---- */

struct adding {
    struct account_add_in in;
    struct party party;
};

static struct err add_rule(struct ctx *c, void *arg) {
    struct adding *a = arg;
    return account_add(c, &a->in, &a->party);
}

struct party world_party(struct world *w, enum role role, const char *name) {
    struct adding a = {.in = {
                           .role = role,
                           .email = str_printf(&w->arena, "%s@example.org", name),
                           .name = str_c(name),
                           .country = STR("DE"),
                       }};
    expect(world_write(w, 0, add_rule, &a), ERR_OK);
    return a.party;
}

struct party world_worker(struct world *w, const char *name) {
    return world_party(w, ROLE_WORKER, name);
}

static struct err deposit_rule(struct ctx *c, void *arg) {
    return funds_deposit(c, c->actor->party, *(int64_t *)arg, STR("test"), NULL);
}

struct party world_requester(struct world *w, const char *name, int64_t cents) {
    struct party p = world_party(w, ROLE_REQUESTER, name);
    if (cents)
        expect(world_write(w, p.id, deposit_rule, &cents), ERR_OK);
    return p;
}

static struct err balances_rule(struct ctx *c, void *arg) {
    return ctx_store(c, ledger_balances(c->tx, c->actor->party, arg));
}

struct balances world_balances(struct world *w, int64_t party) {
    struct balances b;
    expect(world_read(w, party, balances_rule, &b), ERR_OK);
    return b;
}

void expect_money(struct world *w, int64_t requester, int64_t avail, int64_t held) {
    struct balances b = world_balances(w, requester);
    if (b.avail != avail || b.held != held)
        fail_msg("available %lld, held %lld; want %lld, %lld", (long long)b.avail,
                 (long long)b.held, (long long)avail, (long long)held);
}
