#include "market/funds_request.h"

#include <assert.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/utf8.h"
#include "market/audit.h"
#include "market/funds.h"
#include "store/sql.h"

const char *funds_request_kind_name(enum funds_request_kind kind) {
    return kind == FUNDS_REFUND ? "refund" : "deposit";
}

const char *funds_request_state_name(enum funds_request_state state) {
    switch (state) {
    case FUNDS_ASKED: return "asked";
    case FUNDS_CONFIRMED: return "confirmed";
    case FUNDS_DECLINED: return "declined";
    case FUNDS_WITHDRAWN: return "withdrawn";
    }
    return "";
}

static struct err check_available(struct ctx *c, int64_t requester, int64_t cents) {
    struct balances b;
    struct err e = ctx_store(c, ledger_balances(c->tx, requester, &b));
    if (failed(e) || b.avail >= cents)
        return e;
    return err_make(c->arena, ERR_INSUFFICIENT_FUNDS, "amount",
                    "Only %.*s are available; what is held for open work can not be paid back.",
                    STR_ARG(money_dollars(c->arena, b.avail)));
}

static struct err check_ask(struct ctx *c, int64_t requester, const struct funds_request_in *in) {
    if (in->cents < 1 || in->cents > DEPOSIT_CENTS_MAX)
        return err_make(c->arena, ERR_OUT_OF_RANGE, "amount",
                        "The amount must be from $0.01 to %.*s.",
                        STR_ARG(money_dollars(c->arena, DEPOSIT_CENTS_MAX)));
    if (!utf8_valid(in->note) || utf8_length(in->note) > FUNDS_NOTE_MAX)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "note",
                        "The note may have at most %d characters.", FUNDS_NOTE_MAX);
    struct sql_funds_request_open_of_out open;
    enum st st = sql_funds_request_open_of(
        c->tx, &(struct sql_funds_request_open_of_in){requester, FUNDS_REQUESTS_OPEN_MAX}, &open);
    if (st == ST_OK && open.n >= FUNDS_REQUESTS_OPEN_MAX)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "%d requests wait for an answer already; withdraw one first.",
                        FUNDS_REQUESTS_OPEN_MAX);
    struct err e = ctx_store(c, st);
    return failed(e) || in->kind == FUNDS_DEPOSIT ? e : check_available(c, requester, in->cents);
}

struct err funds_request_ask(struct ctx *c, int64_t requester, const struct funds_request_in *in,
                             int64_t *id) {
    struct sql_funds_request_insert_out out;
    struct err e = check_ask(c, requester, in);
    if (failed(e))
        return e;
    enum st st = sql_funds_request_insert(c->tx,
                                          &(struct sql_funds_request_insert_in){
                                              .requester = requester,
                                              .kind = in->kind,
                                              .cents = in->cents,
                                              .note = in->note.p ? in->note : STR(""),
                                              .asked_by = actor_person(c->actor),
                                              .asked_ms = c->now_ms,
                                          },
                                          &out);
    if (st == ST_OK)
        *id = out.id;
    return ctx_store(c, st);
}

struct take {
    struct arena *arena;
    struct funds_request_list *list;
};

/* The two statements give the same columns under two types. */
#define TAKE_ROW(stmt)                                                                             \
    static bool take_##stmt(void *arg, const struct sql_##stmt##_out *row) {                       \
        struct take *t = arg;                                                                      \
        t->list->items[t->list->n++] = (struct funds_request){                                     \
            .id = row->id,                                                                         \
            .requester = row->requester,                                                           \
            .cents = row->cents,                                                                   \
            .public_id = str_dup(t->arena, row->public_id),                                        \
            .name = str_dup(t->arena, row->name),                                                  \
            .email = str_dup(t->arena, row->email),                                                \
            .kind = (enum funds_request_kind)row->kind,                                            \
            .state = (enum funds_request_state)row->state,                                         \
            .note = str_dup(t->arena, row->note),                                                  \
            .asked_by = str_dup(t->arena, row->asked_by),                                          \
            .answer = str_dup(t->arena, row->answer),                                              \
            .asked_ms = row->asked_ms,                                                             \
            .answered_ms = row->answered_ms == SQL_NULL ? 0 : row->answered_ms,                    \
        };                                                                                         \
        return true;                                                                               \
    }
TAKE_ROW(funds_request_page)
TAKE_ROW(funds_request_page_of)

struct err funds_request_list(struct ctx *c, const struct funds_request_list_in *in,
                              struct funds_request_list *out) {
    assert(in->limit >= 1 && in->limit <= LIST_ROWS_MAX);
    *out = (struct funds_request_list){arena_array(c->arena, (size_t)in->limit, sizeof *out->items),
                                       0};
    struct take take = {c->arena, out};
    int64_t before = in->before > 0 ? in->before : INT64_MAX;
    if (in->requester) {
        struct sql_funds_request_page_of_in by = {in->requester, before, in->limit};
        return ctx_store(
            c, sql_funds_request_page_of_each(c->tx, &by, take_funds_request_page_of, &take));
    }
    struct sql_funds_request_page_in by = {in->state, before, in->limit};
    return ctx_store(c, sql_funds_request_page_each(c->tx, &by, take_funds_request_page, &take));
}

/* The request, when it still waits for an answer. */
static struct err find_open(struct ctx *c, int64_t id, struct sql_funds_request_get_out *q) {
    enum st st = sql_funds_request_get(c->tx, &(struct sql_funds_request_get_in){id}, q);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such request.");
    if (st == ST_OK && q->state != FUNDS_ASKED)
        return err_make(c->arena, ERR_CONFLICT, NULL, "This request was %s meanwhile.",
                        funds_request_state_name((enum funds_request_state)q->state));
    return ctx_store(c, st);
}

static struct err put_answer(struct ctx *c, int64_t id, enum funds_request_state state,
                             struct str answer) {
    return ctx_store(c, sql_funds_request_answer(c->tx,
                                                 &(struct sql_funds_request_answer_in){
                                                     .id = id,
                                                     .state = state,
                                                     .answered_ms = c->now_ms,
                                                     .answered_by = actor_person(c->actor),
                                                     .answer = answer.n ? answer : STR_NULL,
                                                 },
                                                 NULL));
}

struct err funds_request_confirm(struct ctx *c, int64_t id, struct str answer) {
    struct sql_funds_request_get_out q;
    struct err e = find_open(c, id, &q);
    struct str note = answer.n ? answer : str_printf(c->arena, "request %lld", (long long)id);
    if (!failed(e) && q.kind == FUNDS_REFUND)
        e = funds_refund(c, q.requester, q.cents, note, NULL);
    else if (!failed(e))
        e = funds_deposit(c, q.requester, q.cents, note, NULL);
    if (!failed(e))
        e = put_answer(c, id, FUNDS_CONFIRMED, answer);
    if (failed(e))
        return e;
    return audit_add(c, &(struct audit_in){
                            .action = q.kind == FUNDS_REFUND ? AUDIT_REFUND : AUDIT_DEPOSIT,
                            .subject = q.requester,
                            .about = str_printf(c->arena, "request %lld", (long long)id),
                            .cents = q.cents,
                            .note = answer.n ? answer : STR_NULL,
                        });
}

struct err funds_request_decline(struct ctx *c, int64_t id, struct str answer) {
    struct sql_funds_request_get_out q;
    struct err e = find_open(c, id, &q);
    if (!failed(e) && (answer.n == 0 || utf8_length(answer) > FUNDS_NOTE_MAX))
        e = err_make(c->arena, ERR_INVALID_PARAMETER, "answer",
                     "Write why, in at most %d characters: the requester reads it.",
                     FUNDS_NOTE_MAX);
    if (!failed(e))
        e = put_answer(c, id, FUNDS_DECLINED, answer);
    if (failed(e))
        return e;
    return audit_add(c,
                     &(struct audit_in){
                         .action = AUDIT_REQUEST_DECLINED,
                         .subject = q.requester,
                         .about = str_c(funds_request_kind_name((enum funds_request_kind)q.kind)),
                         .cents = q.cents,
                         .note = answer,
                     });
}

struct err funds_request_withdraw(struct ctx *c, int64_t requester, int64_t id) {
    struct sql_funds_request_get_out q = {0};
    struct err e = find_open(c, id, &q);
    if (q.requester != requester && (!failed(e) || e.code == ERR_CONFLICT))
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such request.");
    return failed(e) ? e : put_answer(c, id, FUNDS_WITHDRAWN, STR_NULL);
}

struct err funds_request_waiting(struct ctx *c, int64_t most, struct waiting *out) {
    struct sql_funds_request_waiting_out w = {0};
    enum st st = sql_funds_request_waiting(c->tx, &(struct sql_funds_request_waiting_in){most}, &w);
    *out = (struct waiting){w.n, w.cents == SQL_NULL ? 0 : w.cents,
                            w.oldest_ms == SQL_NULL ? 0 : w.oldest_ms};
    return ctx_store(c, st);
}
