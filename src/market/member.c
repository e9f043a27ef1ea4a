#include "market/member.h"

#include "base/limits.h"
#include "market/audit.h"
#include "store/sql.h"

static const char *const role_names[] = {
    [MEMBER_OWNER] = "owner",
    [MEMBER_REVIEWER] = "reviewer",
    [MEMBER_READER] = "reader",
};

const char *member_role_name(enum member_role role) {
    return role >= MEMBER_OWNER && role <= MEMBER_READER ? role_names[role] : "";
}

bool member_role_parse(struct str word, enum member_role *role) {
    for (enum member_role r = MEMBER_OWNER; r <= MEMBER_READER; r++) {
        if (!str_is(word, role_names[r]))
            continue;
        *role = r;
        return true;
    }
    return false;
}

struct take {
    struct arena *arena;
    struct member_list *members;
    struct membership_list *accounts;
};

static bool take_member(void *arg, const struct sql_member_rows_out *row) {
    struct take *t = arg;
    t->members->items[t->members->n++] = (struct member){
        .person = row->person,
        .public_id = str_dup(t->arena, row->public_id),
        .email = str_dup(t->arena, row->email),
        .name = str_dup(t->arena, row->name),
        .role = (enum member_role)row->role,
        .added_ms = row->added_ms,
    };
    return true;
}

struct err member_list(struct ctx *c, int64_t account, struct member_list *out) {
    struct party p;
    struct err e = account_by_id(c, account, &p);
    if (failed(e))
        return e;
    *out = (struct member_list){arena_array(c->arena, MEMBERS_MAX + 1, sizeof *out->items), 1};
    out->items[0] = (struct member){
        .person = p.id,
        .public_id = p.public_id,
        .email = p.email,
        .name = p.name,
        .role = MEMBER_OWNER,
        .added_ms = p.created_ms,
        .founder = true,
    };
    struct take take = {.arena = c->arena, .members = out};
    return ctx_store(c,
                     sql_member_rows_each(c->tx, &(struct sql_member_rows_in){account, MEMBERS_MAX},
                                          take_member, &take));
}

/* A member who may be changed, and what he is. */
static struct err find(struct ctx *c, int64_t account, struct str public_id, struct party *person,
                       enum member_role *role) {
    struct err e = account_by_public_id(c, public_id, person);
    struct sql_member_get_out m;
    if (!failed(e) && person->id == account)
        return err_make(c->arena, ERR_FORBIDDEN, "person",
                        "This is the account's own sign-in: it stays an owner.");
    enum st st = ST_NONE;
    if (!failed(e))
        st = sql_member_get(c->tx, &(struct sql_member_get_in){account, person->id}, &m);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && st == ST_NONE))
        return err_make(c->arena, ERR_NOT_FOUND, "person", "\"%.*s\" is not a member.",
                        STR_ARG(public_id));
    if (failed(e) || st != ST_OK)
        return failed(e) ? e : ctx_store(c, st);
    *role = (enum member_role)m.role;
    return NO_ERR;
}

struct err member_set_role(struct ctx *c, int64_t account, struct str public_id,
                           enum member_role role) {
    struct party person;
    enum member_role old = MEMBER_READER;
    struct err e = find(c, account, public_id, &person, &old);
    if (failed(e) || old == role)
        return e;
    e = ctx_store(c, sql_member_role_put(
                         c->tx, &(struct sql_member_role_put_in){account, person.id, role}, NULL));
    if (failed(e))
        return e;
    return audit_add(c, &(struct audit_in){
                            .action = AUDIT_MEMBER_ROLE,
                            .subject = account,
                            .about = person.email,
                            .old_value = str_c(member_role_name(old)),
                            .new_value = str_c(member_role_name(role)),
                        });
}

struct err member_remove(struct ctx *c, int64_t account, struct str public_id) {
    struct party person;
    enum member_role old = MEMBER_READER;
    struct err e = find(c, account, public_id, &person, &old);
    if (!failed(e))
        e = ctx_store(
            c, sql_member_delete(c->tx, &(struct sql_member_delete_in){account, person.id}, NULL));
    if (failed(e))
        return e;
    return audit_add(c, &(struct audit_in){
                            .action = AUDIT_MEMBER_REMOVED,
                            .subject = account,
                            .about = person.email,
                            .old_value = str_c(member_role_name(old)),
                        });
}

static bool take_account(void *arg, const struct sql_member_accounts_out *row) {
    struct take *t = arg;
    if (row->state == PARTY_CLOSED)
        return true;
    t->accounts->items[t->accounts->n++] = (struct membership){
        .account = row->account,
        .public_id = str_dup(t->arena, row->public_id),
        .name = str_dup(t->arena, row->name),
        .role = (enum member_role)row->role,
        .state = (enum party_state)row->state,
    };
    return true;
}

struct err membership_list(struct ctx *c, const struct party *person, struct membership_list *out) {
    *out = (struct membership_list){
        arena_array(c->arena, ACCOUNTS_OF_PERSON_MAX + 1, sizeof *out->items), 0};
    if (person->role == ROLE_REQUESTER)
        out->items[out->n++] = (struct membership){person->id, person->public_id, person->name,
                                                   MEMBER_OWNER, person->state};
    if (person->state != PARTY_ACTIVE)
        return NO_ERR; /* session_find lets him act for nobody else */
    struct take take = {.arena = c->arena, .accounts = out};
    return ctx_store(c, sql_member_accounts_each(
                            c->tx,
                            &(struct sql_member_accounts_in){person->id, ACCOUNTS_OF_PERSON_MAX},
                            take_account, &take));
}
