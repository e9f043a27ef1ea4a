#include "market/operator.h"

#include <assert.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "market/audit.h"
#include "market/funds.h"
#include "store/sql.h"

/* ---- accounts ---- */

struct take {
    struct arena *arena;
    struct party_list *list;
};

/* The three statements give the same columns under three types. */
#define TAKE_ROW(stmt)                                                                             \
    static bool take_##stmt(void *arg, const struct sql_##stmt##_out *row) {                       \
        struct take *t = arg;                                                                      \
        t->list->items[t->list->n++] = (struct party){                                             \
            .id = row->id,                                                                         \
            .public_id = str_dup(t->arena, row->public_id),                                        \
            .role = (enum role)row->role,                                                          \
            .email = str_dup(t->arena, row->email),                                                \
            .name = str_dup(t->arena, row->name),                                                  \
            .country = str_dup(t->arena, row->country),                                            \
            .state = (enum party_state)row->state,                                                 \
            .adult = row->adult != 0,                                                              \
            .created_ms = row->created_ms,                                                         \
        };                                                                                         \
        return true;                                                                               \
    }
TAKE_ROW(account_page_email)
TAKE_ROW(account_page_public)
TAKE_ROW(account_page_down)

/* Behind everything that begins with the text: addresses and ids are valid UTF-8, which holds no
 * byte above 0xf4. U+10FFFF is the last code point. */
static struct str behind(struct ctx *c, struct str prefix) {
    return str_printf(c->arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(prefix));
}

struct err account_find(struct ctx *c, const struct account_find_in *in, struct party_list *out) {
    assert(in->limit >= 1 && in->limit <= LIST_ROWS_MAX);
    struct str search = str_trim(in->search);
    struct take take = {c->arena, out};
    *out = (struct party_list){arena_array(c->arena, 2 * (size_t)in->limit, sizeof *out->items), 0};
    if (!search.n) {
        struct sql_account_page_down_in all = {in->before > 0 ? in->before : INT64_MAX, in->limit};
        return ctx_store(c, sql_account_page_down_each(c->tx, &all, take_account_page_down, &take));
    }
    if (search.n > EMAIL_MAX || !utf8_valid(search))
        return NO_ERR;
    struct str email = email_lower(c->arena, search);
    struct sql_account_page_email_in by_email = {email, behind(c, email), STR(""), in->limit};
    enum st st = sql_account_page_email_each(c->tx, &by_email, take_account_page_email, &take);
    struct sql_account_page_public_in by_id = {search, behind(c, search), in->limit};
    if (st == ST_OK)
        st = sql_account_page_public_each(c->tx, &by_id, take_account_page_public, &take);
    if (out->n > (size_t)in->limit)
        out->n = (size_t)in->limit;
    return ctx_store(c, st);
}

struct err operator_add(struct ctx *c, const struct account_add_in *in, struct party *out) {
    static const char *const roles[] = {"", "requester", "worker", "operator", "member"};
    struct err e = account_add(c, in, out);
    if (failed(e))
        return e;
    return audit_add(c, &(struct audit_in){
                            .action = AUDIT_ACCOUNT_ADDED,
                            .subject = out->id,
                            .about = out->email,
                            .new_value = str_c(roles[out->role]),
                        });
}

/* ---- money ---- */

static struct err check_note(struct ctx *c, struct str note) {
    if (note.n && utf8_valid(note) && utf8_length(note) <= AUDIT_NOTE_MAX)
        return NO_ERR;
    return err_make(c->arena, ERR_INVALID_PARAMETER, "note",
                    "Write what it is for: it stands on the requester's statement and in the "
                    "audit.");
}

static struct err audit_money(struct ctx *c, enum audit_action action, int64_t requester,
                              int64_t cents, struct str note) {
    return audit_add(c, &(struct audit_in){
                            .action = action, .subject = requester, .cents = cents, .note = note});
}

struct err operator_deposit(struct ctx *c, int64_t requester, int64_t cents, struct str note) {
    struct err e = check_note(c, note);
    if (!failed(e))
        e = funds_deposit(c, requester, cents, note, NULL);
    return failed(e) ? e : audit_money(c, AUDIT_DEPOSIT, requester, cents, note);
}

struct err operator_refund(struct ctx *c, int64_t requester, int64_t cents, struct str note) {
    struct err e = check_note(c, note);
    if (!failed(e))
        e = funds_refund(c, requester, cents, note, NULL);
    return failed(e) ? e : audit_money(c, AUDIT_REFUND, requester, cents, note);
}

/* ---- health and reports ---- */

static int64_t overdue(int64_t due_ms, int64_t now_ms) {
    return due_ms == SQL_NULL || due_ms >= now_ms ? 0 : now_ms - due_ms;
}

struct err health_read(struct ctx *c, int64_t wall_ms, struct health *out) {
    struct sql_health_sessions_out sessions = {0};
    struct sql_health_due_out due = {SQL_NULL, SQL_NULL};
    enum st st = sql_health_sessions(
        c->tx, &(struct sql_health_sessions_in){wall_ms, HEALTH_COUNT_MAX}, &sessions);
    if (st == ST_OK)
        st = sql_health_due(c->tx, &due);
    int64_t a = overdue(due.due_ms, c->now_ms), b = overdue(due.expires_ms, c->now_ms);
    *out = (struct health){sessions.n, a > b ? a : b};
    return ctx_store(c, st);
}

struct adding {
    struct report *report;
    int64_t rows, bonuses;
};

static bool add_day(void *arg, const struct sql_report_days_out *row) {
    struct adding *a = arg;
    a->rows += row->settlements;
    a->report->days[a->report->n++] = (struct report_day){
        .day = row->day,
        .approved = row->approved,
        .rejected = row->rejected,
        .overturned = row->overturned,
        .reward_cents = row->reward_cents,
        .fee_cents = row->fee_cents,
    };
    return true;
}

/* The day's line, made where there is none; days stand from the newest. */
static struct report_day *day_of(struct report *r, int64_t day) {
    size_t i = 0;
    while (i < r->n && r->days[i].day > day)
        i++;
    if (i < r->n && r->days[i].day == day)
        return &r->days[i];
    for (size_t k = r->n++; k > i; k--)
        r->days[k] = r->days[k - 1];
    r->days[i] = (struct report_day){.day = day};
    return &r->days[i];
}

static bool add_bonuses(void *arg, const struct sql_report_bonuses_out *row) {
    struct adding *a = arg;
    struct report_day *day = day_of(a->report, row->day);
    a->bonuses += row->n;
    day->bonuses = row->n;
    day->bonus_cents = row->cents;
    day->bonus_fee_cents = row->fee_cents;
    return true;
}

struct err report_read(struct ctx *c, struct report *out) {
    *out = (struct report){arena_array(c->arena, 2 * REPORT_DAYS_MAX, sizeof *out->days), 0, false};
    struct adding adding = {.report = out};
    enum st st = sql_report_days_each(c->tx, &(struct sql_report_days_in){REPORT_ROWS_MAX}, add_day,
                                      &adding);
    if (st == ST_OK)
        st = sql_report_bonuses_each(c->tx, &(struct sql_report_bonuses_in){REPORT_ROWS_MAX},
                                     add_bonuses, &adding);
    out->cut = adding.rows >= REPORT_ROWS_MAX || adding.bonuses >= REPORT_ROWS_MAX;
    return ctx_store(c, st);
}
