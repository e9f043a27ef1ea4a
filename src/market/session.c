/* Signing in and sessions: the second half of market/account.h. */
#include "base/rand.h"
#include "base/sha256.h"
#include "market/account.h"
#include "store/sql.h"

enum { COOKIE_BYTES = 32, CSRF_BYTES = 16 };

/* The two counters a sign-in meets. Unknown addresses are counted like known ones: the answer must
 * not tell them apart. */
static struct str subject_account(struct ctx *c, const struct sign_in_in *in) {
    char *p = str_z(c->arena, in->email);
    for (char *q = p; *q; q++)
        if (*q >= 'A' && *q <= 'Z')
            *q = (char)(*q - 'A' + 'a');
    return str_printf(c->arena, "account %.*s", EMAIL_MAX, p);
}

static struct str subject_address(struct ctx *c, const struct sign_in_in *in) {
    return str_printf(c->arena, "address %.*s", STR_ARG(str_sub(in->address, 0, 64)));
}

/* Seconds from the last failure until the next try is looked at: 1, 2, 4, … */
static int64_t wait_s(int64_t failures, int64_t free) {
    int64_t over = failures - free;
    if (over < 0)
        return 0;
    return over < 9 ? INT64_C(1) << over : SIGN_IN_WAIT_S_MAX;
}

static struct err throttle(struct ctx *c, struct str subject, int64_t free, int64_t wall_ms) {
    struct sql_sign_in_failure_get_out f;
    enum st st = sql_sign_in_failure_get(c->tx, &(struct sql_sign_in_failure_get_in){subject}, &f);
    if (st != ST_OK)
        return ctx_store(c, st);
    if (f.last_ms + SIGN_IN_FORGET_S * INT64_C(1000) < wall_ms)
        return NO_ERR;
    int64_t left_ms = f.last_ms + wait_s(f.failures, free) * 1000 - wall_ms;
    if (left_ms <= 0)
        return NO_ERR;
    return err_make(c->arena, ERR_SLOW_DOWN, NULL,
                    "Too many attempts to sign in; try again in %lld seconds.",
                    (long long)((left_ms + 999) / 1000));
}

struct err sign_in_look(struct ctx *c, const struct sign_in_in *in, struct sign_in_look *out) {
    *out = (struct sign_in_look){0, STR("")};
    struct err e = throttle(c, subject_account(c, in), SIGN_IN_FREE_ACCOUNT, in->wall_ms);
    if (!failed(e) && in->address.n)
        e = throttle(c, subject_address(c, in), SIGN_IN_FREE_ADDRESS, in->wall_ms);
    if (failed(e))
        return e;
    struct sql_account_of_email_out p;
    struct str email = str_from(subject_account(c, in), sizeof "account " - 1);
    enum st st = sql_account_of_email(c->tx, &(struct sql_account_of_email_in){email}, &p);
    if (st == ST_OK)
        *out = (struct sign_in_look){p.id, p.password};
    return ctx_store(c, st);
}

static enum st count_failure(struct ctx *c, struct str subject, int64_t wall_ms) {
    return sql_sign_in_failure_add(c->tx,
                                   &(struct sql_sign_in_failure_add_in){
                                       .subject = subject,
                                       .wall_ms = wall_ms,
                                       .forget_ms = wall_ms - SIGN_IN_FORGET_S * INT64_C(1000),
                                   },
                                   NULL);
}

struct err sign_in_failed(struct ctx *c, const struct sign_in_in *in) {
    enum st st = count_failure(c, subject_account(c, in), in->wall_ms);
    if (st == ST_OK && in->address.n)
        st = count_failure(c, subject_address(c, in), in->wall_ms);
    return ctx_store(c, st);
}

struct err sign_in_done(struct ctx *c, const struct sign_in_in *in, const struct sign_in_look *look,
                        struct session *out) {
    struct err e = account_by_id(c, look->party, &out->party);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && out->party.state == PARTY_CLOSED))
        return err_make(c->arena, ERR_SIGN_IN_REFUSED, NULL,
                        "E-mail address and password do not match.");
    if (failed(e))
        return e;
    out->cookie = rand_hex(c->arena, COOKIE_BYTES);
    out->csrf = rand_hex(c->arena, CSRF_BYTES);
    out->expires_ms = in->wall_ms + SESSION_S * INT64_C(1000);
    enum st st = sql_session_insert(c->tx,
                                    &(struct sql_session_insert_in){
                                        .digest = sha256_hex(c->arena, out->cookie),
                                        .party = look->party,
                                        .csrf = out->csrf,
                                        .created_ms = in->wall_ms,
                                        .expires_ms = out->expires_ms,
                                    },
                                    NULL);
    if (st == ST_OK)
        st = sql_sign_in_failure_delete(
            c->tx, &(struct sql_sign_in_failure_delete_in){subject_account(c, in)}, NULL);
    return ctx_store(c, st);
}

struct err session_find(struct ctx *c, struct str cookie, int64_t wall_ms, struct session *out) {
    struct sql_session_get_out s = {0};
    *out = (struct session){0};
    enum st st = ST_NONE;
    if (cookie.n == 2 * COOKIE_BYTES)
        st = sql_session_get(c->tx, &(struct sql_session_get_in){sha256_hex(c->arena, cookie)}, &s);
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    struct err e = NO_ERR;
    if (st == ST_OK && s.expires_ms > wall_ms)
        e = account_by_id(c, s.party, &out->party);
    if (failed(e))
        return e;
    if (out->party.id == 0 || out->party.state == PARTY_CLOSED) {
        *out = (struct session){0};
        return err_make(c->arena, ERR_SIGN_IN_NEEDED, NULL, "Sign in first.");
    }
    out->csrf = s.csrf;
    out->expires_ms = s.expires_ms;
    return NO_ERR;
}

struct err session_end(struct ctx *c, struct str cookie) {
    if (cookie.n != 2 * COOKIE_BYTES)
        return NO_ERR;
    return ctx_store(
        c, sql_session_delete(c->tx, &(struct sql_session_delete_in){sha256_hex(c->arena, cookie)},
                              NULL));
}

struct err session_end_all(struct ctx *c, int64_t party) {
    return ctx_store(c,
                     sql_session_delete_of(c->tx, &(struct sql_session_delete_of_in){party}, NULL));
}

struct err session_purge(struct ctx *c, int64_t wall_ms) {
    enum st st =
        sql_session_delete_over(c->tx, &(struct sql_session_delete_over_in){wall_ms}, NULL);
    if (st == ST_OK)
        st = sql_sign_in_failure_delete_over(c->tx,
                                             &(struct sql_sign_in_failure_delete_over_in){
                                                 wall_ms - SIGN_IN_FORGET_S * INT64_C(1000)},
                                             NULL);
    return ctx_store(c, st);
}
