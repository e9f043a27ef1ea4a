#include "market/account.h"

#include <assert.h>

#include "base/limits.h"
#include "base/rand.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "ledger/ledger.h"
#include "market/audit.h"
#include "market/member.h"
#include "market/setting.h"
#include "store/sql.h"

/* Random public ids are 36^13; a second try is luck enough. */
enum { PUBLIC_ID_RANDOM = 13, PUBLIC_ID_TRIES = 3 };

struct str email_lower(struct arena *a, struct str s) {
    char *p = arena_memdup(a, s.p ? s.p : "", s.n);
    for (size_t i = 0; i < s.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] - 'A' + 'a');
    return (struct str){p, s.n};
}

/* Something before and behind one '@', nothing blank or controlling: whether mail arrives is found
 * out by sending it. */
static bool email_plausible(struct str s) {
    ptrdiff_t at = str_chr(s, '@');
    if (s.n > EMAIL_MAX || at < 1 || (size_t)at + 1 >= s.n || !utf8_valid(s))
        return false;
    if (str_chr(str_from(s, (size_t)at + 1), '@') >= 0)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
            return false;
    return true;
}

static bool capital(char c) {
    return c >= 'A' && c <= 'Z';
}

/* "", "DE", "US-CA" */
static bool country_plausible(struct str s) {
    if (s.n == 0)
        return true;
    if ((s.n != 2 && s.n != 5) || !capital(s.p[0]) || !capital(s.p[1]))
        return false;
    return s.n == 2 || (s.p[2] == '-' && capital(s.p[3]) && capital(s.p[4]));
}

static bool name_plausible(struct str s) {
    if (s.n == 0 || !utf8_valid(s) || utf8_length(s) > NAME_MAX_CHARS)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ')
            return false;
    return true;
}

struct err email_check(struct arena *a, struct str email) {
    if (email.p && email_plausible(email))
        return NO_ERR;
    return err_make(a, ERR_INVALID_PARAMETER, "email", "\"%.*s\" is not an e-mail address.",
                    STR_ARG(str_sub(email, 0, EMAIL_MAX)));
}

static struct err check_fields(struct ctx *c, const struct account_add_in *in) {
    struct err e = email_check(c->arena, in->email);
    if (failed(e))
        return e;
    if (!name_plausible(in->name))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "name",
                        "A name is needed, of at most %d characters.", NAME_MAX_CHARS);
    if (!country_plausible(in->country))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "country",
                        "\"%.*s\" is not a country: give its two capital letters (DE), for the "
                        "United States with the state (US-CA).",
                        STR_ARG(in->country));
    if (in->role < ROLE_REQUESTER || in->role > ROLE_MEMBER)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "role",
                        "A role is requester, worker or operator.");
    return NO_ERR;
}

static struct str made_public_id(struct ctx *c) {
    return str_printf(c->arena, "A%.*s", STR_ARG(rand_text(c->arena, PUBLIC_ID_RANDOM)));
}

static enum st insert(struct ctx *c, const struct account_add_in *in, struct str email,
                      struct str public_id, int64_t *id) {
    struct sql_account_insert_out out;
    enum st st = sql_account_insert(c->tx,
                                    &(struct sql_account_insert_in){
                                        .public_id = public_id,
                                        .role = in->role,
                                        .email = email,
                                        .name = in->name,
                                        .country = in->country.p ? in->country : STR(""),
                                        .password = in->password.p ? in->password : STR(""),
                                        .state = PARTY_ACTIVE,
                                        .adult = 0,
                                        .created_ms = c->now_ms,
                                    },
                                    &out);
    if (st == ST_OK)
        *id = out.id;
    return st;
}

struct err account_add(struct ctx *c, const struct account_add_in *in, struct party *out) {
    struct err e = check_fields(c, in);
    if (failed(e))
        return e;
    struct str email = email_lower(c->arena, in->email);
    struct sql_account_of_email_out known;
    enum st st = sql_account_of_email(c->tx, &(struct sql_account_of_email_in){email}, &known);
    if (st == ST_OK)
        return err_make(c->arena, ERR_ALREADY_EXISTS, "email",
                        "There is already an account for %.*s.", STR_ARG(email));
    int64_t id = 0;
    for (int i = 0; i < PUBLIC_ID_TRIES && st == ST_NONE && !id; i++)
        st = insert(c, in, email, in->public_id.p ? in->public_id : made_public_id(c), &id);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_ALREADY_EXISTS, "public_id",
                        "There is already an account with the id %.*s.", STR_ARG(in->public_id));
    if (st == ST_OK)
        st = ledger_open(c->tx, id);
    if (st == ST_OK && in->role == ROLE_WORKER)
        st = sql_account_stat_open(c->tx, &(struct sql_account_stat_open_in){id}, NULL);
    if (st != ST_OK)
        return ctx_store(c, st);
    return account_by_id(c, id, out);
}

struct err account_register(struct ctx *c, const struct account_add_in *in, struct party *out) {
    struct str registration;
    struct err e = setting_get(c, setting_find(STR("registration")), &registration);
    if (failed(e))
        return e;
    if (!str_is(registration, "open"))
        return err_make(c->arena, ERR_FORBIDDEN, NULL,
                        "This server does not take registrations; ask its operator for an "
                        "account.");
    if (in->password.n == 0)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "password", "A password is needed.");
    struct account_add_in worker = *in;
    worker.role = ROLE_WORKER;
    worker.public_id = STR_NULL;
    return account_add(c, &worker, out);
}

struct err account_by_id(struct ctx *c, int64_t id, struct party *out) {
    struct sql_account_get_out p;
    enum st st = sql_account_get(c->tx, &(struct sql_account_get_in){id}, &p);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such account.");
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct party){
        .id = p.id,
        .public_id = p.public_id,
        .role = (enum role)p.role,
        .email = p.email,
        .name = p.name,
        .country = p.country,
        .state = (enum party_state)p.state,
        .adult = p.adult != 0,
        .created_ms = p.created_ms,
    };
    return NO_ERR;
}

struct err account_by_email(struct ctx *c, struct str email, struct party *out) {
    struct sql_account_of_email_out p;
    enum st st = sql_account_of_email(
        c->tx, &(struct sql_account_of_email_in){email_lower(c->arena, email)}, &p);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, "email", "There is no account for \"%.*s\".",
                        STR_ARG(email));
    if (st != ST_OK)
        return ctx_store(c, st);
    return account_by_id(c, p.id, out);
}

struct err account_by_public_id(struct ctx *c, struct str public_id, struct party *out) {
    struct sql_account_of_public_id_out p;
    enum st st = sql_account_of_public_id(
        c->tx, &(struct sql_account_of_public_id_in){public_id.p ? public_id : STR("")}, &p);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no account \"%.*s\".",
                        STR_ARG(public_id));
    if (st != ST_OK)
        return ctx_store(c, st);
    return account_by_id(c, p.id, out);
}

struct take {
    struct arena *arena;
    struct party_list *list;
};

static bool take_party(void *arg, const struct sql_account_page_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] = (struct party){
        .id = row->id,
        .public_id = str_dup(t->arena, row->public_id),
        .role = (enum role)row->role,
        .email = str_dup(t->arena, row->email),
        .name = str_dup(t->arena, row->name),
        .country = str_dup(t->arena, row->country),
        .state = (enum party_state)row->state,
        .adult = row->adult != 0,
        .created_ms = row->created_ms,
    };
    return true;
}

struct err account_list(struct ctx *c, int64_t after, int limit, struct party_list *out) {
    assert(limit >= 1 && limit <= PAGE_MAX);
    *out = (struct party_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    return ctx_store(c, sql_account_page_each(c->tx, &(struct sql_account_page_in){after, limit},
                                              take_party, &(struct take){c->arena, out}));
}

/* An UPDATE of one party that must have met it. */
static struct err changed_one(struct ctx *c, enum st st, int64_t changed) {
    if (st == ST_OK && changed != 1)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such account.");
    return ctx_store(c, st);
}

struct err account_set_password(struct ctx *c, int64_t party, struct str stored, struct str keep) {
    int64_t changed = 0;
    enum st st = sql_account_password_set(
        c->tx, &(struct sql_account_password_set_in){party, stored}, &changed);
    struct err e = changed_one(c, st, changed);
    if (!failed(e) && keep.p)
        e = ctx_store(
            c, sql_session_delete_others(
                   c->tx, &(struct sql_session_delete_others_in){party, sha256_hex(c->arena, keep)},
                   NULL));
    else if (!failed(e))
        e = session_end_all(c, party);
    if (failed(e))
        return e;
    return audit_add(c, &(struct audit_in){.action = AUDIT_PASSWORD_SET, .subject = party});
}

struct err account_set_email(struct ctx *c, int64_t party, struct str email, int64_t wall_ms) {
    struct party old;
    struct invitation_list invited;
    int64_t changed = 0;
    email = email_lower(c->arena, str_trim(email));
    struct err e = email_check(c->arena, email);
    if (!failed(e))
        e = account_by_id(c, party, &old);
    if (failed(e) || str_eq(old.email, email))
        return e;
    e = invitation_waiting(c, email, wall_ms, &invited);
    if (!failed(e) && !invited.n)
        e = ctx_store(c, sql_account_email_set(
                             c->tx, &(struct sql_account_email_set_in){party, email}, &changed));
    if (!failed(e) && !changed)
        e = err_make(c->arena, ERR_ALREADY_EXISTS, "email", "This address is taken.");
    if (failed(e))
        return e;
    return audit_add(c, &(struct audit_in){
                            .action = AUDIT_PROFILE,
                            .subject = party,
                            .about = STR("email"),
                            .old_value = old.email,
                            .new_value = email,
                        });
}

const char *party_state_name(enum party_state state) {
    switch (state) {
    case PARTY_ACTIVE: return "active";
    case PARTY_SUSPENDED: return "suspended";
    case PARTY_CLOSED: return "closed";
    }
    return "";
}

struct err account_set_state(struct ctx *c, int64_t party, enum party_state state,
                             struct str reason) {
    struct party old;
    struct err e = account_by_id(c, party, &old);
    if (!failed(e))
        e = ctx_store(c, sql_account_state_set(
                             c->tx, &(struct sql_account_state_set_in){party, state}, NULL));
    if (!failed(e) && state != PARTY_ACTIVE)
        e = session_end_all(c, party);
    if (failed(e) || old.state == state)
        return e;
    return audit_add(c, &(struct audit_in){
                            .action = AUDIT_STATE_SET,
                            .subject = party,
                            .old_value = str_c(party_state_name(old.state)),
                            .new_value = str_c(party_state_name(state)),
                            .note = reason,
                        });
}

struct err account_set_adult(struct ctx *c, int64_t party, bool adult) {
    int64_t changed = 0;
    enum st st =
        sql_account_adult_set(c->tx, &(struct sql_account_adult_set_in){party, adult}, &changed);
    return changed_one(c, st, changed);
}
