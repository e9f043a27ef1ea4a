/* The audit of everything that is done to people, money and settings by hand: who, what, when,
 * from what to what. Rows are only ever added. Decisions on work stand in `settlement`.
 */
#ifndef MARKET_AUDIT_H
#define MARKET_AUDIT_H

#include "market/ctx.h"

/* Longest remark that is kept with an action. */
enum { AUDIT_NOTE_MAX = 1000 };

/* What was done. subject is the party it was done to: */
enum audit_action {
    AUDIT_ACCOUNT_ADDED = 1,
    AUDIT_STATE_SET, /* old and new: active, suspended, closed */
    AUDIT_PASSWORD_SET,
    AUDIT_MEMBER_INVITED,  /* subject: the account; about: address; new: role */
    AUDIT_INVITATION_GONE, /* withdrawn */
    AUDIT_MEMBER_JOINED,
    AUDIT_MEMBER_ROLE, /* old and new: role; about: the person */
    AUDIT_MEMBER_REMOVED,
    AUDIT_KEY_ADDED, /* about: the key's id */
    AUDIT_KEY_REVOKED,
    AUDIT_SETTING, /* about: its name; subject 0 */
    AUDIT_DEPOSIT, /* cents; note */
    AUDIT_REFUND,
    AUDIT_FEE_BACK,
    AUDIT_REQUEST_DECLINED, /* a deposit or refund asked for */
    AUDIT_PAYOUT_SENT,      /* about: its number */
    AUDIT_PAYOUT_DONE,
    AUDIT_PAYOUT_FAILED,
    AUDIT_SESSIONS_ENDED,
    AUDIT_PROFILE, /* about: what of it */
    AUDIT_QUALIFICATION_GRANTED, /* about: the type; new: the value */
    AUDIT_QUALIFICATION_REVOKED,
    AUDIT_GROUP_PAUSED, /* subject: the requester; about: the group's title; so also the others */
    AUDIT_GROUP_RESUMED,
    AUDIT_REPORTS_DISMISSED,
    AUDIT_DESTINATION, /* about: its number; old and new: what was and is */
    AUDIT_OUTBOX,      /* by the operator; about: the number, or all; new: tried again, dropped */
    AUDIT_ACTION_COUNT,
};

/* "account added", as pages and files write it; never NULL. */
const char *audit_action_name(enum audit_action action);

/* What to remember of an action; who acts is c->actor. NULL and 0 where nothing
 * applies. */
struct audit_in {
    enum audit_action action;
    int64_t subject;
    struct str about, old_value, new_value, note;
    int64_t cents;
};
struct err audit_add(struct ctx *c, const struct audit_in *in);

/* Rows, newest first, below row `before` (0: from the newest), at most limit (1..LIST_ROWS_MAX); of
 * one subject or of one action when given. */
struct audit_row {
    int64_t id, at_ms;
    enum audit_action action;
    int64_t actor, subject, cents;
    struct str actor_name, actor_public, actor_detail, subject_name, subject_public;
    struct str about, old_value, new_value, note;
};
struct audit_list_in {
    int64_t subject;
    enum audit_action action; /* 0: all; looked at only without a subject */
    int64_t before;
    int limit;
};
struct audit_list {
    struct audit_row *rows;
    size_t n;
};
struct err audit_list(struct ctx *c, const struct audit_list_in *in, struct audit_list *out);

#endif
