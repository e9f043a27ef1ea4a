/* Members of a requester's account (requester-site 9): people with a sign-in of their own who act
 * for it, each as owner, reviewer or reader.
 *
 * - The account's own sign-in (the founder) is always an owner and can not be removed: no account
 *   is ever without one.
 * - Nobody is joined without his own doing: an owner invites an address; its holder opens the
 *   link, and joins with the account he has, or makes a sign-in (ROLE_MEMBER). The owner does not
 *   learn whether the address was known here.
 * - The link carries 256 random bits, of which the store knows only the SHA-256; inviting the
 *   address again makes another link and ends the former. Links run by the wall clock, as
 *   sessions do.
 * - session_find looks the membership up for each request: who was removed is refused at once.
 * - Each change is written to the audit of the account.
 */
#ifndef MARKET_MEMBER_H
#define MARKET_MEMBER_H

#include "market/account.h"

/* A week: long enough for a holiday, short enough for a mailbox that changes hands. */
#define INVITATION_S (7 * 86400)

/* "owner", "reviewer", "reader"; never NULL. And back: false for any other word. */
const char *member_role_name(enum member_role role);
bool member_role_parse(struct str word, enum member_role *role);

struct member {
    int64_t person;
    struct str public_id, email, name;
    enum member_role role;
    int64_t added_ms;
    bool founder;
};
struct member_list {
    struct member *items;
    size_t n;
};
/* The founder first, then in order of joining's party; at most MEMBERS_MAX + 1. */
struct err member_list(struct ctx *c, int64_t account, struct member_list *out);

/* By the person's public id. ERR_NOT_FOUND for who is no member; ERR_FORBIDDEN for the founder. */
struct err member_set_role(struct ctx *c, int64_t account, struct str person,
                           enum member_role role);
struct err member_remove(struct ctx *c, int64_t account, struct str person);

/* Accounts that a person may act for, his own requester's account first; closed ones left out. */
struct membership {
    int64_t account;
    struct str public_id, name;
    enum member_role role;
    enum party_state state;
};
struct membership_list {
    struct membership *items;
    size_t n;
};
struct err membership_list(struct ctx *c, const struct party *person, struct membership_list *out);

/* ---- invitations ---- */

struct invite_in {
    struct str email;
    enum member_role role;
    int64_t wall_ms;
};
/* Invites in the name of c->actor. *token (hexadecimal, for the link) is told here and never
 * again. Errors: ERR_INVALID_PARAMETER (email), ERR_ALREADY_EXISTS for a member, ERR_CONFLICT
 * beyond INVITATIONS_MAX or MEMBERS_MAX. */
struct err invitation_make(struct ctx *c, int64_t account, const struct invite_in *in,
                           struct str *token);

struct invitation {
    int64_t account;
    struct str account_id, account_name; /* public id and name of the inviting requester */
    struct str email;
    enum member_role role;
    int64_t created_ms, expires_ms; /* wall clock */
    bool known;                     /* invitation_find: the address has a sign-in here */
};
struct invitation_list {
    struct invitation *items;
    size_t n;
};
/* Those of an account, also expired ones; and those that wait for a person. */
struct err invitation_list(struct ctx *c, int64_t account, struct invitation_list *out);
struct err invitation_waiting(struct ctx *c, struct str email, int64_t wall_ms,
                              struct invitation_list *out);

/* Withdraws; ERR_NOT_FOUND. */
struct err invitation_withdraw(struct ctx *c, int64_t account, struct str email);

/* The invitation behind a link: ERR_NOT_FOUND when it is unknown, over, taken or withdrawn. */
struct err invitation_find(struct ctx *c, struct str token, int64_t wall_ms,
                           struct invitation *out);

/* A person with a sign-in joins, by link or by the account that invited his address.
 * ERR_FORBIDDEN when the link is for another address. Joining twice is harmless. */
struct invitation_accept_in {
    struct str token; /* NULL: by account */
    int64_t account;
    const struct party *person;
    int64_t wall_ms;
};
struct err invitation_accept(struct ctx *c, const struct invitation_accept_in *in,
                             int64_t *account);

/* Somebody without a sign-in makes one (ROLE_MEMBER) and joins. password is the stored form.
 * ERR_CONFLICT when the address has a sign-in meanwhile. */
struct invitation_join_in {
    struct str token, name, password;
    int64_t wall_ms;
};
struct err invitation_join(struct ctx *c, const struct invitation_join_in *in,
                           struct party *person);

#endif
