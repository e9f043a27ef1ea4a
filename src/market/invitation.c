/* Invitations: the second half of market/member.h. */
#include "base/limits.h"
#include "base/rand.h"
#include "base/sha256.h"
#include "market/audit.h"
#include "market/member.h"
#include "store/sql.h"

enum { INVITATION_BYTES = 32 };

static struct err audit(struct ctx *c, enum audit_action action, int64_t account, struct str email,
                        enum member_role role) {
    return audit_add(c, &(struct audit_in){
                            .action = action,
                            .subject = account,
                            .about = email,
                            .new_value = role ? str_c(member_role_name(role)) : STR_NULL,
                        });
}

/* ERR_ALREADY_EXISTS for somebody who acts for the account already. */
static struct err check_no_member(struct ctx *c, int64_t account, struct str email) {
    struct party p;
    struct sql_member_get_out m;
    struct err e = account_by_email(c, email, &p);
    if (e.code == ERR_NOT_FOUND)
        return NO_ERR;
    if (failed(e))
        return e;
    enum st st = ST_OK;
    if (p.id != account)
        st = sql_member_get(c->tx, &(struct sql_member_get_in){account, p.id}, &m);
    if (st != ST_OK)
        return ctx_store(c, st);
    return err_make(c->arena, ERR_ALREADY_EXISTS, "email", "%.*s is a member of this account.",
                    STR_ARG(email));
}

static struct err check_room(struct ctx *c, int64_t account) {
    struct sql_member_count_out members;
    struct sql_invitation_count_out waiting;
    enum st st = sql_member_count(c->tx, &(struct sql_member_count_in){account}, &members);
    if (st == ST_OK)
        st = sql_invitation_count(c->tx, &(struct sql_invitation_count_in){account}, &waiting);
    if (st != ST_OK)
        return ctx_store(c, st);
    if (members.n + waiting.n >= MEMBERS_MAX)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "An account has at most %d members, invited ones counted.", MEMBERS_MAX);
    if (waiting.n >= INVITATIONS_MAX)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "%d invitations wait to be taken; withdraw some first.", INVITATIONS_MAX);
    return NO_ERR;
}

static enum st forget(struct ctx *c, int64_t account, struct str email, int64_t *changed) {
    return sql_invitation_delete(c->tx, &(struct sql_invitation_delete_in){account, email},
                                 changed);
}

struct err invitation_make(struct ctx *c, int64_t account, const struct invite_in *in,
                           struct str *token) {
    struct str email = email_lower(c->arena, in->email);
    struct err e = email_check(c->arena, email);
    if (!failed(e))
        e = check_no_member(c, account, email);
    if (!failed(e))
        e = ctx_store(c, forget(c, account, email, NULL));
    if (!failed(e))
        e = check_room(c, account);
    if (failed(e))
        return e;
    *token = rand_hex(c->arena, INVITATION_BYTES);
    enum st st = sql_invitation_add(c->tx,
                                    &(struct sql_invitation_add_in){
                                        .account = account,
                                        .email = email,
                                        .role = in->role,
                                        .digest = sha256_hex(c->arena, *token),
                                        .invited_by = actor_person(c->actor),
                                        .created_ms = in->wall_ms,
                                        .expires_ms = in->wall_ms + INVITATION_S * INT64_C(1000),
                                    },
                                    NULL);
    e = ctx_store(c, st);
    return failed(e) ? e : audit(c, AUDIT_MEMBER_INVITED, account, email, in->role);
}

struct take {
    struct arena *arena;
    struct invitation_list *list;
};

static bool take_of_account(void *arg, const struct sql_invitation_of_account_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] = (struct invitation){
        .email = str_dup(t->arena, row->email),
        .role = (enum member_role)row->role,
        .created_ms = row->created_ms,
        .expires_ms = row->expires_ms,
    };
    return true;
}

struct err invitation_list(struct ctx *c, int64_t account, struct invitation_list *out) {
    *out = (struct invitation_list){arena_array(c->arena, INVITATIONS_MAX, sizeof *out->items), 0};
    struct sql_invitation_of_account_in in = {account, INVITATIONS_MAX};
    return ctx_store(c, sql_invitation_of_account_each(c->tx, &in, take_of_account,
                                                       &(struct take){c->arena, out}));
}

static bool take_of_email(void *arg, const struct sql_invitation_of_email_out *row) {
    struct take *t = arg;
    t->list->items[t->list->n++] = (struct invitation){
        .account = row->account,
        .account_id = str_dup(t->arena, row->public_id),
        .account_name = str_dup(t->arena, row->name),
        .role = (enum member_role)row->role,
        .created_ms = row->created_ms,
        .expires_ms = row->expires_ms,
    };
    return true;
}

struct err invitation_waiting(struct ctx *c, struct str email, int64_t wall_ms,
                              struct invitation_list *out) {
    *out = (struct invitation_list){arena_array(c->arena, INVITATIONS_MAX, sizeof *out->items), 0};
    struct sql_invitation_of_email_in in = {email_lower(c->arena, email), wall_ms, INVITATIONS_MAX};
    return ctx_store(
        c, sql_invitation_of_email_each(c->tx, &in, take_of_email, &(struct take){c->arena, out}));
}

struct err invitation_withdraw(struct ctx *c, int64_t account, struct str email) {
    int64_t changed = 0;
    email = email_lower(c->arena, email);
    struct err e = ctx_store(c, forget(c, account, email, &changed));
    if (!failed(e) && !changed)
        return err_make(c->arena, ERR_NOT_FOUND, "email",
                        "There is no invitation of %.*s; it was taken or withdrawn meanwhile.",
                        STR_ARG(email));
    return failed(e) ? e : audit(c, AUDIT_INVITATION_GONE, account, email, 0);
}

static struct err gone(struct ctx *c) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL,
                    "This invitation is not open any more: it was taken or withdrawn, or a week "
                    "has passed. Ask for another one.");
}

struct err invitation_find(struct ctx *c, struct str token, int64_t wall_ms,
                           struct invitation *out) {
    struct sql_invitation_by_digest_out row;
    enum st st = ST_NONE;
    if (token.n == 2 * INVITATION_BYTES)
        st = sql_invitation_by_digest(
            c->tx, &(struct sql_invitation_by_digest_in){sha256_hex(c->arena, token)}, &row);
    if (st == ST_NONE || (st == ST_OK && (row.expires_ms <= wall_ms || row.state == PARTY_CLOSED)))
        return gone(c);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct invitation){
        .account = row.account,
        .account_name = row.name,
        .email = row.email,
        .role = (enum member_role)row.role,
        .created_ms = row.created_ms,
        .expires_ms = row.expires_ms,
    };
    struct party known;
    struct err e = account_by_email(c, row.email, &known);
    out->known = !failed(e);
    return e.code == ERR_NOT_FOUND ? NO_ERR : e;
}

/* Makes him a member and the invitation gone. */
static struct err join(struct ctx *c, const struct invitation *invitation, int64_t person) {
    int64_t added = 0;
    enum st st = sql_member_add(c->tx,
                                &(struct sql_member_add_in){
                                    .account = invitation->account,
                                    .person = person,
                                    .role = invitation->role,
                                    .added_ms = c->now_ms,
                                },
                                &added);
    if (st == ST_OK)
        st = forget(c, invitation->account, invitation->email, NULL);
    if (st != ST_OK || !added)
        return ctx_store(c, st);
    return audit(c, AUDIT_MEMBER_JOINED, invitation->account, invitation->email, invitation->role);
}

static struct err find_by_account(struct ctx *c, const struct invitation_accept_in *in,
                                  struct invitation *out) {
    struct sql_invitation_for_out row;
    enum st st = sql_invitation_for(
        c->tx, &(struct sql_invitation_for_in){in->account, in->person->email}, &row);
    if (st == ST_NONE ||
        (st == ST_OK && (row.expires_ms <= in->wall_ms || row.state == PARTY_CLOSED)))
        return gone(c);
    if (st == ST_OK)
        *out = (struct invitation){
            .account = row.account, .email = row.email, .role = (enum member_role)row.role};
    return ctx_store(c, st);
}

struct err invitation_accept(struct ctx *c, const struct invitation_accept_in *in,
                             int64_t *account) {
    struct invitation invitation;
    struct err e = in->token.p ? invitation_find(c, in->token, in->wall_ms, &invitation)
                               : find_by_account(c, in, &invitation);
    if (failed(e))
        return e;
    if (!str_eq(invitation.email, in->person->email))
        return err_make(c->arena, ERR_FORBIDDEN, NULL,
                        "This invitation is for %.*s, and you are signed in as %.*s.",
                        STR_ARG(invitation.email), STR_ARG(in->person->email));
    if (in->person->state != PARTY_ACTIVE)
        return err_make(c->arena, ERR_SUSPENDED, NULL, "Your account is suspended.");
    *account = invitation.account;
    return join(c, &invitation, in->person->id);
}

struct err invitation_join(struct ctx *c, const struct invitation_join_in *in,
                           struct party *person) {
    struct invitation invitation;
    struct err e = invitation_find(c, in->token, in->wall_ms, &invitation);
    if (failed(e))
        return e;
    if (invitation.known)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "%.*s has an account here: sign in with it to join.",
                        STR_ARG(invitation.email));
    if (in->password.n == 0)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "password", "A password is needed.");
    e = account_add(c,
                    &(struct account_add_in){
                        .role = ROLE_MEMBER,
                        .email = invitation.email,
                        .name = in->name,
                        .password = in->password,
                    },
                    person);
    return failed(e) ? e : join(c, &invitation, person->id);
}
