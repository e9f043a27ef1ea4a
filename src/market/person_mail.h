/* Mail to people about what concerns them: what stands on their pages anyway (notices, messages,
 * transfers), for those who do not look there every day. Each subject is a setting of the person.
 *
 * Rules write rows in the transaction that makes them true; notify/ sends them. A row waits
 * mail_delay_s seconds for more of its kind to the same person, so that a hundred rejections are
 * one mail. While no server of the store has a mail server to send by, no rows are made at all.
 * Delivery is at least once, with the pauses of the outbox; what was tried notify_attempts times is
 * given up, as all of it stands on the person's pages.
 */
#ifndef MARKET_PERSON_MAIL_H
#define MARKET_PERSON_MAIL_H

#include <stdbool.h>

#include "market/ctx.h"

/* What a person may want mail about: workers, then requesters. */
enum mail_subject {
    MAIL_REJECTED,
    MAIL_OVERTURNED,
    MAIL_APPEAL,
    MAIL_PAYOUT,
    MAIL_QUALIFICATION,
    MAIL_MESSAGE,
    MAIL_APPEALS,
    MAIL_WORKER_MESSAGE,
    MAIL_PAUSED,
    MAIL_SUBJECTS,
};

/* Kinds of mail besides enum notice_kind. */
enum mail_kind {
    MAIL_KIND_MESSAGE = 101, /* to a worker */
    MAIL_KIND_WORKER_MESSAGE,
    MAIL_KIND_PAYOUT_DONE,
    MAIL_KIND_PAYOUT_FAILED,
};

struct mail_subject_row {
    const char *name, *label, *hint;
    enum role role; /* of those whom it concerns */
    bool usual;     /* sent to who has not chosen */
};
extern const struct mail_subject_row MAIL_SUBJECT_ROWS[MAIL_SUBJECTS];

/* ---- for the rules ---- */

struct person_mail_in {
    int64_t party;
    int kind;
    int64_t assignment; /* 0: none */
    int64_t cents;
    struct str note; /* a name, a text; STR_NULL: none */
};
/* Nothing for a kind that no mail is about, and for a person who does not want it. */
struct err person_mail_add(struct ctx *c, const struct person_mail_in *in);

/* Of a message that somebody (c->actor->party) has written to a worker, or to a requester. */
struct err person_mail_message(struct ctx *c, int64_t to, bool to_worker, struct str text);

/* What a settlement of many rejected and overturned. */
struct err person_mail_settlement(struct ctx *c, int64_t settlement);

/* ---- for the person ---- */

/* Bits 1 << enum mail_subject. */
struct err mail_wanted(struct ctx *c, int64_t party, unsigned *subjects);
struct err mail_want(struct ctx *c, int64_t party, unsigned subjects);

/* Whether a server of the store sends mail. */
struct err mails_on(struct ctx *c, bool *on);

/* The links that end mails, for who is not signed in: a sealed token names the person and the
 * subject. ERR_NOT_FOUND. */
struct mail_stop {
    int64_t party;
    enum mail_subject subject;
    enum role role;
    struct str email;
};
struct err mail_stop_find(struct ctx *c, struct str token, struct mail_stop *out);

/* ---- for the server ---- */

/* At its start: whether it can send mail. */
struct err mails_switch(struct ctx *c, bool on);

/* now_ms is the machine's clock in all of them. */
struct err person_mail_any(struct ctx *c, int64_t now_ms, bool *any);

struct person_mail {
    int64_t row; /* 0: nothing is due */
    bool held;   /* it was seen for the first time, and waits for company */
    int kind;
    enum mail_subject subject;
    enum role role;
    int64_t at_ms, items, cents, attempts;
    int64_t appeal_ms; /* until when its one rejection can be appealed; 0: not one */
    struct str email, name, note, title, assignment_id, stop;
};
struct err person_mail_claim(struct ctx *c, int64_t now_ms, int64_t until_ms,
                             struct person_mail *out);
struct err person_mail_done(struct ctx *c, const struct person_mail *m);
struct err person_mail_again(struct ctx *c, const struct person_mail *m, int64_t next_ms);

#endif
