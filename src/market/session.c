/* Signing in and sessions: the second half of market/account.h. */
#include "base/limits.h"
#include "base/rand.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "market/account.h"
#include "market/preference.h"
#include "store/sql.h"

enum { COOKIE_BYTES = 32, CSRF_BYTES = 16, ADDRESS_KEPT = 64, AGENT_KEPT = 200 };

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
    return str_printf(c->arena, "address %.*s", STR_ARG(str_sub(in->address, 0, ADDRESS_KEPT)));
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

/* ---- who acts for whom ---- */

/* The account that the session named, when its party is still a member; *out stays as it is when
 * not. */
static struct err take_membership(struct ctx *c, int64_t account, struct session *out) {
    struct sql_member_get_out m;
    enum st st = sql_member_get(c->tx, &(struct sql_member_get_in){account, out->party.id}, &m);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct party p;
    struct err e = account_by_id(c, account, &p);
    if (!failed(e) && p.state != PARTY_CLOSED) {
        out->account = p;
        out->role = (enum member_role)m.role;
    }
    return e;
}

/* Fills account and role; acting: what the session chose, 0 nothing. */
static struct err find_account(struct ctx *c, int64_t acting, struct session *out) {
    bool active = out->party.state == PARTY_ACTIVE;
    struct err e = acting && active ? take_membership(c, acting, out) : NO_ERR;
    if (failed(e) || out->account.id)
        return e;
    if (out->party.role == ROLE_REQUESTER) {
        out->account = out->party;
        out->role = MEMBER_OWNER;
    } else if (out->party.role == ROLE_MEMBER && active) {
        struct sql_member_first_out first;
        enum st st = sql_member_first(c->tx, &(struct sql_member_first_in){out->party.id}, &first);
        return st == ST_OK ? take_membership(c, first.account, out) : ctx_store(c, st);
    }
    return NO_ERR;
}

struct err session_act(struct ctx *c, const struct session *s, int64_t account) {
    bool own = account == 0 || account == s->party.id;
    struct session then = {.party = s->party};
    struct err e = own ? NO_ERR : find_account(c, account, &then);
    if (failed(e))
        return e;
    if (!own && then.account.id != account)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "You are not a member of this account.");
    return ctx_store(
        c, sql_session_act_put(
               c->tx, &(struct sql_session_act_put_in){s->digest, own ? SQL_NULL : account}, NULL));
}

/* ---- sessions ---- */

struct err sign_in_done(struct ctx *c, const struct sign_in_in *in, const struct sign_in_look *look,
                        struct session *out) {
    *out = (struct session){0};
    struct err e = account_by_id(c, look->party, &out->party);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && out->party.state == PARTY_CLOSED))
        return err_make(c->arena, ERR_SIGN_IN_REFUSED, NULL,
                        "E-mail address and password do not match.");
    if (!failed(e))
        e = find_account(c, 0, out);
    if (failed(e))
        return e;
    out->cookie = rand_hex(c->arena, COOKIE_BYTES);
    out->digest = sha256_hex(c->arena, out->cookie);
    out->csrf = rand_hex(c->arena, CSRF_BYTES);
    out->expires_ms = in->wall_ms + SESSION_S * INT64_C(1000);
    struct str agent = in->agent.p ? in->agent : STR("");
    enum st st =
        sql_session_insert(c->tx,
                           &(struct sql_session_insert_in){
                               .digest = out->digest,
                               .party = look->party,
                               .csrf = out->csrf,
                               .created_ms = in->wall_ms,
                               .expires_ms = out->expires_ms,
                               .address = str_sub(in->address, 0, ADDRESS_KEPT),
                               .agent = utf8_valid(agent) ? utf8_clip(agent, AGENT_KEPT) : STR(""),
                           },
                           NULL);
    if (st == ST_OK)
        st = sql_sign_in_failure_delete(
            c->tx, &(struct sql_sign_in_failure_delete_in){subject_account(c, in)}, NULL);
    return ctx_store(c, st);
}

struct err session_find(struct ctx *c, struct str cookie, int64_t wall_ms, struct session *out) {
    struct sql_session_get_out s = {.acting = SQL_NULL};
    *out = (struct session){0};
    enum st st = ST_NONE;
    struct str digest = STR_NULL;
    if (cookie.n == 2 * COOKIE_BYTES) {
        digest = sha256_hex(c->arena, cookie);
        st = sql_session_get(c->tx, &(struct sql_session_get_in){digest}, &s);
    }
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
    out->digest = digest;
    out->csrf = s.csrf;
    out->expires_ms = s.expires_ms;
    e = find_account(c, s.acting == SQL_NULL ? 0 : s.acting, out);
    struct account_view view;
    if (failed(e))
        return e;
    e = account_view_get(c, out->account.id ? out->account.id : out->party.id, &view);
    out->time_zone = view.time_zone;
    out->csv_dialect = view.csv_dialect;
    out->csv_times = view.csv_times;
    return e;
}

struct take {
    struct arena *arena;
    struct session_rows *list;
};

static bool take_session(void *arg, const struct sql_session_list_of_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] = (struct session_row){
        .digest = str_dup(t->arena, row->digest),
        .address = str_dup(t->arena, row->address),
        .agent = str_dup(t->arena, row->agent),
        .created_ms = row->created_ms,
        .expires_ms = row->expires_ms,
    };
    return true;
}

struct err session_list(struct ctx *c, int64_t party, int64_t wall_ms, struct session_rows *out) {
    *out = (struct session_rows){arena_array(c->arena, SESSIONS_SHOWN_MAX, sizeof *out->items), 0};
    struct sql_session_list_of_in in = {party, wall_ms, SESSIONS_SHOWN_MAX};
    return ctx_store(
        c, sql_session_list_of_each(c->tx, &in, take_session, &(struct take){c->arena, out}));
}

struct err session_end_one(struct ctx *c, int64_t party, struct str digest) {
    int64_t changed = 0;
    struct sql_session_delete_one_of_in in = {party, digest.p ? digest : STR("")};
    struct err e = ctx_store(c, sql_session_delete_one_of(c->tx, &in, &changed));
    if (!failed(e) && !changed)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "This session has ended already.");
    return e;
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
