/* Parties: requesters, workers and operators; passwords, sign-in and sessions (worker-site 2,
 * DESIGN 8).
 *
 * - E-mail addresses are kept in lower case and name one party each. Public ids are 'A' and 13 of
 *   A-Z0-9 and never change.
 * - A password is kept as Argon2id (libsodium). Hashing takes tens of milliseconds on purpose, so
 *   it never happens inside a transaction: password_hash and password_verify stand alone, and
 *   signing in is three steps of the caller:
 *
 *       store_read:  sign_in_look(c, &in, &look)          ERR_SLOW_DOWN: stop here
 *       no store:    ok = password_verify(look.password, password)
 *       store_write: ok ? sign_in_done(c, &in, &look, &session) : sign_in_failed(c, &in)
 *                    and, after the latter was committed, answer ERR_SIGN_IN_REFUSED
 *
 *   An unknown address takes the same three steps in the same time: look.password is then the
 *   hash of nothing, which verifies no password.
 * - A session is 256 random bits in a cookie; the store knows only its SHA-256.
 * - Sessions and throttling run by the wall clock (wall_ms: milliseconds UTC, time_wall_ms()), not
 *   by the market's: a simulated month signs nobody out, and a clock that stands still locks
 *   nobody out.
 */
#ifndef MARKET_ACCOUNT_H
#define MARKET_ACCOUNT_H

#include <stdbool.h>

#include "market/ctx.h"

/* 30 days: people come back to a batch. */
#define SESSION_S (30 * 86400)
/* Failed sign-ins that an account, and an address, may make at once; then the wait doubles with
 * each further one from one second up to SIGN_IN_WAIT_S_MAX. An hour of peace forgets them. */
#define SIGN_IN_FREE_ACCOUNT 5
#define SIGN_IN_FREE_ADDRESS 20
#define SIGN_IN_WAIT_S_MAX   900
#define SIGN_IN_FORGET_S     3600
#define PASSWORD_MIN         8 /* NIST SP 800-63B */
#define PASSWORD_MAX         1024
#define EMAIL_MAX            254
#define NAME_MAX_CHARS       200

struct party {
    int64_t id;
    struct str public_id;
    enum role role;
    struct str email, name;
    struct str country; /* "DE", or "US-CA"; "" unknown */
    enum party_state state;
    bool adult; /* has agreed to adult content (worker-site 4.1.5) */
    int64_t created_ms;
};

/* The stored form of a password; "" for "" (such a party can not sign in). Slow. Aborts only when
 * there is no memory for Argon2id. */
struct str password_hash(struct arena *a, struct str password);

/* An address in the form it is kept in; and whether it can be one: ERR_INVALID_PARAMETER
 * ("email"). */
struct str email_lower(struct arena *a, struct str email);
struct err email_check(struct arena *a, struct str email);

/* Whether the password belongs to the stored form. Takes the same time for a party without a
 * password. Slow. */
bool password_verify(struct str stored, struct str password);

/* ERR_INVALID_PARAMETER (field "password") when it is too short or too long. */
struct err password_check(struct arena *a, struct str password);

/* Makes a party of any role, its six accounts (ledger_open) and, for a worker, his figures.
 * password is the stored form of password_hash. public_id NULL makes one; replay gives those of its
 * file. Errors: ERR_INVALID_PARAMETER with the field, ERR_ALREADY_EXISTS for a known address or
 * public id. */
struct account_add_in {
    enum role role;
    struct str email, name, country, password, public_id;
};
struct err account_add(struct ctx *c, const struct account_add_in *in, struct party *out);

/* A worker registers himself: account_add under setting `registration` ("open", the default, or
 * "closed": ERR_FORBIDDEN). The password must be given. */
struct err account_register(struct ctx *c, const struct account_add_in *in, struct party *out);

/* Lookups; ERR_NOT_FOUND. The address in any case of letters. */
struct err account_by_email(struct ctx *c, struct str email, struct party *out);
struct err account_by_id(struct ctx *c, int64_t id, struct party *out);
struct err account_by_public_id(struct ctx *c, struct str public_id, struct party *out);

/* Parties in order of making, for the operator: up to limit (at most PAGE_MAX) behind row `after`
 * (0: from the start). */
struct party_list {
    struct party *items;
    size_t n;
};
struct err account_list(struct ctx *c, int64_t after, int limit, struct party_list *out);

/* A new password (stored form); every session of the party ends but that of the cookie `keep`
 * (NULL: none is kept). */
struct err account_set_password(struct ctx *c, int64_t party, struct str stored, struct str keep);

/* Another address to sign in with; the old one is free again. ERR_INVALID_PARAMETER ("email") for
 * what is none, ERR_ALREADY_EXISTS for one that is taken, or that somebody has invited to an
 * account (who holds it joins by the link of the invitation). Written to the audit. */
struct err account_set_email(struct ctx *c, int64_t party, struct str email, int64_t wall_ms);

/* Active, suspended, closed, with the reason for the audit (NULL: none). A suspended or closed
 * party's sessions end; what he is owed stays (money-and-lifecycle 8.7). */
struct err account_set_state(struct ctx *c, int64_t party, enum party_state state,
                             struct str reason);
const char *party_state_name(enum party_state state); /* "active", …; never NULL */

/* The worker's own consent to adult content. */
struct err account_set_adult(struct ctx *c, int64_t party, bool adult);

struct sign_in_in {
    struct str email;
    struct str address; /* of the client, as text; "" unknown */
    struct str agent;   /* User-Agent; NULL unknown */
    int64_t wall_ms;
};
struct sign_in_look {
    int64_t party;       /* 0: nobody has this address */
    struct str password; /* stored form, never NULL */
};
/* ERR_SLOW_DOWN names the seconds to wait. Answers alike for known and unknown addresses. */
struct err sign_in_look(struct ctx *c, const struct sign_in_in *in, struct sign_in_look *out);

/* Counts a failure for the account and for the address. Succeeds; commit it. */
struct err sign_in_failed(struct ctx *c, const struct sign_in_in *in);

/* Who a request comes from: a person, and the requester's account he acts for. A requester acts for
 * his own account until he chooses another that he is a member of (market/member.h); a worker and
 * an operator for none until then; a ROLE_MEMBER for the first that he was joined to. While
 * somebody acts for an account, he is neither worker nor operator. */
struct session {
    struct str cookie; /* 64 hexadecimal digits; only sign_in_done fills it */
    struct str digest; /* its SHA-256, by which session_list names it */
    struct str csrf;
    int64_t expires_ms; /* wall clock */
    struct party party;
    struct party account;  /* id 0: acts for no account */
    enum member_role role; /* of the party for the account */
    /* What the account chose (preference.h); NULL or empty: nothing. */
    struct str time_zone, csv_dialect, csv_times;
};
/* Makes the session, forgets the account's failures. A suspended party may sign in (to withdraw);
 * ERR_SIGN_IN_REFUSED for a closed one or when the party is gone. */
struct err sign_in_done(struct ctx *c, const struct sign_in_in *in, const struct sign_in_look *look,
                        struct session *out);

/* The session of a cookie, with what its party may do for the account it acts for at this moment: a
 * membership that has ended, and those of a suspended person, count no more. ERR_SIGN_IN_NEEDED
 * when it is unknown, over, or its party closed. Reads only. */
struct err session_find(struct ctx *c, struct str cookie, int64_t wall_ms, struct session *out);

/* Lets the session act for another account from now on; 0 or its party's own id: for itself.
 * ERR_NOT_FOUND when the party is no member there. */
struct err session_act(struct ctx *c, const struct session *s, int64_t account);

/* A party's open sessions, newest first, at most SESSIONS_SHOWN_MAX. */
struct session_row {
    struct str digest, address, agent;
    int64_t created_ms, expires_ms; /* wall clock */
};
struct session_rows {
    struct session_row *items;
    size_t n;
};
struct err session_list(struct ctx *c, int64_t party, int64_t wall_ms, struct session_rows *out);

/* Ends one session of the party by its digest: ERR_NOT_FOUND. */
struct err session_end_one(struct ctx *c, int64_t party, struct str digest);

/* Signs out; harmless for an unknown cookie. */
struct err session_end(struct ctx *c, struct str cookie);

/* Signs out everywhere. */
struct err session_end_all(struct ctx *c, int64_t party);

/* Removes sessions and sign-in failures that are over. */
struct err session_purge(struct ctx *c, int64_t wall_ms);

#endif
