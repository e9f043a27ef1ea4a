#include "market/person_mail.h"

#include "base/limits.h"
#include "market/setting.h"
#include "store/sql.h"

#define WINDOW_MS (OVERTURN_WINDOW_S * INT64_C(1000))

/* A token's row number: the person and, in the low bits, the subject. */
enum { STOP_BITS = 5 };

const struct mail_subject_row MAIL_SUBJECT_ROWS[MAIL_SUBJECTS] = {
    [MAIL_REJECTED] = {"rejected", "Rejected work", "with the day until which you can appeal",
                       ROLE_WORKER, true},
    [MAIL_OVERTURNED] = {"overturned", "Rejections undone", "the work is paid after all",
                         ROLE_WORKER, true},
    [MAIL_APPEAL] = {"appeals", "Appeals", "the requester asks, answers, or did not answer in time",
                     ROLE_WORKER, true},
    [MAIL_PAYOUT] = {"payouts", "Transfers", "money arrived, or could not be transferred",
                     ROLE_WORKER, true},
    [MAIL_QUALIFICATION] = {"qualifications", "Qualifications", "granted, refused, taken back",
                            ROLE_WORKER, true},
    [MAIL_MESSAGE] = {"messages", "Messages", "of requesters you do not mute", ROLE_WORKER, true},
    [MAIL_APPEALS] = {"open_appeals", "Appeals", "workers ask you to look again, or reply",
                      ROLE_REQUESTER, true},
    [MAIL_WORKER_MESSAGE] = {"worker_messages", "Messages", "of workers", ROLE_REQUESTER, true},
    [MAIL_PAUSED] = {"paused", "Paused tasks",
                     "reports of workers pause tasks, or they are let in again", ROLE_REQUESTER,
                     true},
};

/* The subject of a kind. false: there is no mail about it. LAPSED goes to both sides. */
static bool subject_of(int kind, enum role role, enum mail_subject *subject) {
    static const struct {
        int kind;
        enum mail_subject subject;
    } rows[] = {
        {NOTICE_REJECTED, MAIL_REJECTED},
        {NOTICE_OVERTURNED, MAIL_OVERTURNED},
        {NOTICE_APPEAL_FILED, MAIL_APPEALS},
        {NOTICE_APPEAL_REPLIED, MAIL_APPEALS},
        {NOTICE_APPEAL_DUE, MAIL_APPEALS},
        {NOTICE_APPEAL_ASKED, MAIL_APPEAL},
        {NOTICE_APPEAL_WAITING, MAIL_APPEAL},
        {NOTICE_APPEAL_DECLINED, MAIL_APPEAL},
        {NOTICE_APPEAL_LAPSED, MAIL_APPEAL},
        {NOTICE_GROUP_PAUSED, MAIL_PAUSED},
        {NOTICE_GROUP_RESUMED, MAIL_PAUSED},
        {NOTICE_QUALIFICATION_GRANTED, MAIL_QUALIFICATION},
        {NOTICE_QUALIFICATION_REVOKED, MAIL_QUALIFICATION},
        {NOTICE_QUALIFICATION_REFUSED, MAIL_QUALIFICATION},
        {MAIL_KIND_MESSAGE, MAIL_MESSAGE},
        {MAIL_KIND_WORKER_MESSAGE, MAIL_WORKER_MESSAGE},
        {MAIL_KIND_PAYOUT_DONE, MAIL_PAYOUT},
        {MAIL_KIND_PAYOUT_FAILED, MAIL_PAYOUT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].kind != kind)
            continue;
        *subject =
            kind == NOTICE_APPEAL_LAPSED && role == ROLE_REQUESTER ? MAIL_APPEALS : rows[i].subject;
        return true;
    }
    return false;
}

static unsigned usual(void) {
    unsigned bits = 0;
    for (int i = 0; i < MAIL_SUBJECTS; i++)
        bits |= MAIL_SUBJECT_ROWS[i].usual ? 1u << i : 0;
    return bits;
}

/* ---- for the rules ---- */

static struct err party_role(struct ctx *c, int64_t party, enum role *role, struct str *email) {
    struct sql_mail_party_out p = {0};
    enum st st = sql_mail_party(c->tx, &(struct sql_mail_party_in){party}, &p);
    *role = (enum role)p.role;
    *email = p.email;
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such account.");
    return ctx_store(c, st);
}

struct err person_mail_add(struct ctx *c, const struct person_mail_in *in) {
    enum mail_subject subject;
    enum role role = ROLE_WORKER;
    struct str email;
    if (!subject_of(in->kind, role, &subject))
        return NO_ERR;
    if (in->kind == NOTICE_APPEAL_LAPSED) {
        struct err e = party_role(c, in->party, &role, &email);
        if (failed(e))
            return e;
        subject_of(in->kind, role, &subject);
    }
    return ctx_store(c, sql_mail_add(c->tx,
                                     &(struct sql_mail_add_in){
                                         .party = in->party,
                                         .kind = in->kind,
                                         .bit = INT64_C(1) << subject,
                                         .usual = usual(),
                                         .at_ms = c->now_ms,
                                         .assignment = in->assignment ? in->assignment : SQL_NULL,
                                         .cents = in->cents,
                                         .note = in->note.n ? in->note : STR_NULL,
                                     },
                                     NULL));
}

/* A worker's name is no requester's business. */
struct err person_mail_message(struct ctx *c, int64_t to, bool to_worker, struct str text) {
    struct sql_mail_party_out from = {0};
    struct sql_mail_party_in in = {c->actor->party};
    struct err e = to_worker ? ctx_store(c, sql_mail_party(c->tx, &in, &from)) : NO_ERR;
    if (failed(e))
        return e;
    struct person_mail_in mail = {
        .party = to,
        .kind = to_worker ? MAIL_KIND_MESSAGE : MAIL_KIND_WORKER_MESSAGE,
        .note = to_worker ? str_printf(c->arena, "%.*s\n%.*s", STR_ARG(from.name), STR_ARG(text))
                          : text,
    };
    return person_mail_add(c, &mail);
}

struct err person_mail_settlement(struct ctx *c, int64_t settlement) {
    bool on;
    struct err e = mails_on(c, &on);
    if (failed(e) || !on)
        return e;
    struct sql_mail_settlement_in in = {
        .settlement = settlement,
        .at_ms = c->now_ms,
        .usual = usual(),
        .rejected_bit = 1 << MAIL_REJECTED,
        .overturned_bit = 1 << MAIL_OVERTURNED,
    };
    return ctx_store(c, sql_mail_settlement(c->tx, &in, NULL));
}

/* ---- for the person ---- */

struct err mail_wanted(struct ctx *c, int64_t party, unsigned *subjects) {
    struct sql_mail_choice_get_out out = {0};
    enum st st = sql_mail_choice_get(c->tx, &(struct sql_mail_choice_get_in){party}, &out);
    *subjects = st == ST_OK ? (unsigned)out.subjects : usual();
    return ctx_store(c, st);
}

struct err mail_want(struct ctx *c, int64_t party, unsigned subjects) {
    struct sql_mail_choice_put_in in = {party, subjects & ((1u << MAIL_SUBJECTS) - 1)};
    return ctx_store(c, sql_mail_choice_put(c->tx, &in, NULL));
}

struct err mail_stop_find(struct ctx *c, struct str token, struct mail_stop *out) {
    int64_t row;
    *out = (struct mail_stop){0};
    if (!id_open(c->ids, ID_MAIL_STOP, token, &row) ||
        (row & ((1 << STOP_BITS) - 1)) >= MAIL_SUBJECTS)
        return err_make(c->arena, ERR_NOT_FOUND, NULL,
                        "This link is not one of ours; what mails you get is in your settings.");
    out->party = row >> STOP_BITS;
    out->subject = (enum mail_subject)(row & ((1 << STOP_BITS) - 1));
    return party_role(c, out->party, &out->role, &out->email);
}

/* ---- for the server ---- */

struct err mails_on(struct ctx *c, bool *on) {
    struct sql_meta_get_out out = {STR_NULL};
    enum st st = sql_meta_get(c->tx, &(struct sql_meta_get_in){STR("mails")}, &out);
    *on = st == ST_OK && str_is(out.value, "on");
    return ctx_store(c, st);
}

struct err mails_switch(struct ctx *c, bool on) {
    struct sql_meta_put_in in = {STR("mails"), on ? STR("on") : STR("off")};
    bool was;
    struct err e = mails_on(c, &was);
    return failed(e) || was == on ? e : ctx_store(c, sql_meta_put(c->tx, &in, NULL));
}

struct err person_mail_any(struct ctx *c, int64_t now_ms, bool *any) {
    struct sql_mail_any_out out;
    enum st st = sql_mail_any(c->tx, &(struct sql_mail_any_in){now_ms}, &out);
    *any = st == ST_OK;
    return ctx_store(c, st);
}

static struct person_mail made_of(struct ctx *c, const struct sql_mail_pick_out *o) {
    struct person_mail m = {
        .row = o->id,
        .kind = (int)o->kind,
        .role = (enum role)o->role,
        .at_ms = o->at_ms,
        .items = o->items,
        .cents = o->cents,
        .attempts = o->attempts + 1,
        .email = o->email,
        .name = o->name,
        .note = o->note,
        .title = o->title,
    };
    subject_of(m.kind, m.role, &m.subject);
    if (o->assignment != SQL_NULL)
        m.assignment_id = ctx_id(c, ID_ASSIGNMENT, o->assignment, o->alias);
    if (m.kind == NOTICE_REJECTED && o->submitted_ms != SQL_NULL)
        m.appeal_ms = o->submitted_ms + WINDOW_MS;
    m.stop = id_seal(c->arena, c->ids, ID_MAIL_STOP, o->party << STOP_BITS | m.subject);
    return m;
}

struct err person_mail_claim(struct ctx *c, int64_t now_ms, int64_t until_ms,
                             struct person_mail *out) {
    struct sql_mail_pick_out o;
    int64_t delay_s = 0;
    *out = (struct person_mail){0};
    enum st st = sql_mail_pick(c->tx, &(struct sql_mail_pick_in){now_ms}, &o);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct err e = setting_int(c, "mail_delay_s", &delay_s);
    if (failed(e))
        return e;
    *out = made_of(c, &o);
    out->held = o.open && o.next_ms == 0 && delay_s > 0;
    if (out->held) {
        struct sql_mail_hold_in hold = {o.id, now_ms + delay_s * 1000};
        return ctx_store(c, sql_mail_hold(c->tx, &hold, NULL));
    }
    struct sql_mail_lease_in lease = {o.id, out->attempts, until_ms};
    return ctx_store(c, sql_mail_lease(c->tx, &lease, NULL));
}

struct err person_mail_done(struct ctx *c, const struct person_mail *m) {
    struct sql_mail_delete_in in = {m->row, m->attempts};
    return ctx_store(c, sql_mail_delete(c->tx, &in, NULL));
}

struct err person_mail_again(struct ctx *c, const struct person_mail *m, int64_t next_ms) {
    struct sql_mail_again_in in = {m->row, m->attempts, next_ms};
    return ctx_store(c, sql_mail_again(c->tx, &in, NULL));
}
