#include "market/payout.h"

#include <assert.h>

#include "base/limits.h"
#include "market/audit.h"
#include "market/funds.h"
#include "market/person_mail.h"
#include "market/preference.h"
#include "store/sql.h"

static const char *const state_names[] = {
    [PAYOUT_ASKED] = "asked",
    [PAYOUT_SENT] = "sent",
    [PAYOUT_DONE] = "done",
    [PAYOUT_FAILED] = "failed",
};

const char *payout_state_name(enum payout_state state) {
    return state >= PAYOUT_ASKED && state <= PAYOUT_FAILED ? state_names[state] : "";
}

bool payout_state_parse(struct str word, enum payout_state *state) {
    for (enum payout_state s = PAYOUT_ASKED; s <= PAYOUT_FAILED; s++) {
        if (!str_is(word, state_names[s]))
            continue;
        *state = s;
        return true;
    }
    return false;
}

struct err payout_ask(struct ctx *c, int64_t worker, int64_t cents, int64_t *id) {
    int64_t transfer = 0;
    struct str destination = STR("");
    struct sql_payout_insert_out out;
    struct err e = preference_get(c, worker, PREFERENCE_PAYOUT_TO, &destination);
    if (!failed(e))
        e = funds_payout(c, worker, cents, STR_NULL, &transfer);
    if (failed(e))
        return e;
    enum st st = sql_payout_insert(c->tx,
                                   &(struct sql_payout_insert_in){
                                       .worker = worker,
                                       .cents = cents,
                                       .transfer = transfer,
                                       .destination = destination,
                                       .asked_ms = c->now_ms,
                                   },
                                   &out);
    if (st == ST_OK)
        *id = out.id;
    return ctx_store(c, st);
}

struct take {
    struct arena *arena;
    struct payout_list *list;
};

static int64_t or_zero(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

/* The three statements give the same columns under three types. */
#define TAKE_ROW(stmt)                                                                             \
    static bool take_##stmt(void *arg, const struct sql_##stmt##_out *row) {                       \
        struct take *t = arg;                                                                      \
        t->list->items[t->list->n++] = (struct payout){                                            \
            .id = row->id,                                                                         \
            .worker = row->worker,                                                                 \
            .cents = row->cents,                                                                   \
            .public_id = str_dup(t->arena, row->public_id),                                        \
            .name = str_dup(t->arena, row->name),                                                  \
            .email = str_dup(t->arena, row->email),                                                \
            .state = (enum payout_state)row->state,                                                \
            .destination = str_dup(t->arena, row->destination),                                    \
            .asked_ms = row->asked_ms,                                                             \
            .sent_ms = or_zero(row->sent_ms),                                                      \
            .ended_ms = or_zero(row->ended_ms),                                                    \
            .note = str_dup(t->arena, row->note),                                                  \
        };                                                                                         \
        return true;                                                                               \
    }
TAKE_ROW(payout_page_up)
TAKE_ROW(payout_page_down)
TAKE_ROW(payout_page_of_worker)

struct err payout_list(struct ctx *c, const struct payout_list_in *in, struct payout_list *out) {
    assert(in->limit >= 1 && in->limit <= LIST_ROWS_MAX);
    *out = (struct payout_list){arena_array(c->arena, (size_t)in->limit, sizeof *out->items), 0};
    struct take take = {c->arena, out};
    int64_t before = in->from > 0 ? in->from : INT64_MAX;
    if (in->worker) {
        struct sql_payout_page_of_worker_in by = {in->worker, before, in->limit};
        return ctx_store(
            c, sql_payout_page_of_worker_each(c->tx, &by, take_payout_page_of_worker, &take));
    }
    if (in->state == PAYOUT_ASKED || in->state == PAYOUT_SENT) {
        struct sql_payout_page_up_in by = {in->state, in->from, in->limit};
        return ctx_store(c, sql_payout_page_up_each(c->tx, &by, take_payout_page_up, &take));
    }
    struct sql_payout_page_down_in by = {in->state, before, in->limit};
    return ctx_store(c, sql_payout_page_down_each(c->tx, &by, take_payout_page_down, &take));
}

static enum audit_action action_of(enum payout_state to) {
    return to == PAYOUT_SENT   ? AUDIT_PAYOUT_SENT
           : to == PAYOUT_DONE ? AUDIT_PAYOUT_DONE
                               : AUDIT_PAYOUT_FAILED;
}

static struct err check_step(struct ctx *c, int64_t id, enum payout_state from,
                             enum payout_state to) {
    bool open = from == PAYOUT_ASKED || from == PAYOUT_SENT;
    if (open && to > from && to <= PAYOUT_FAILED)
        return NO_ERR;
    return err_make(c->arena, ERR_CONFLICT, NULL, "Payout %lld is %s already.", (long long)id,
                    payout_state_name(from));
}

struct err payout_mark(struct ctx *c, int64_t id, enum payout_state to, struct str note) {
    struct sql_payout_get_out p;
    enum st st = sql_payout_get(c->tx, &(struct sql_payout_get_in){id}, &p);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no payout %lld.", (long long)id);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct err e = check_step(c, id, (enum payout_state)p.state, to);
    if (!failed(e) && to == PAYOUT_FAILED && note.n == 0)
        e = err_make(c->arena, ERR_INVALID_PARAMETER, "note",
                     "Write why it failed: the worker reads it, and puts right what was wrong.");
    if (!failed(e) && to == PAYOUT_FAILED)
        e = funds_payout_failed(c, p.worker, p.transfer, note);
    if (failed(e))
        return e;
    bool ends = to != PAYOUT_SENT;
    st = sql_payout_state_put(c->tx,
                              &(struct sql_payout_state_put_in){
                                  .id = id,
                                  .old_state = p.state,
                                  .state = to,
                                  .sent_ms = to == PAYOUT_SENT ? c->now_ms : SQL_NULL,
                                  .ended_ms = ends ? c->now_ms : SQL_NULL,
                                  .note = note.n ? note : STR_NULL,
                              },
                              NULL);
    e = ctx_store(c, st);
    if (!failed(e) && ends)
        e = person_mail_add(
            c, &(struct person_mail_in){
                   .party = p.worker,
                   .kind = to == PAYOUT_DONE ? MAIL_KIND_PAYOUT_DONE : MAIL_KIND_PAYOUT_FAILED,
                   .cents = p.cents,
                   .note = note,
               });
    if (failed(e))
        return e;
    return audit_add(c, &(struct audit_in){
                            .action = action_of(to),
                            .subject = p.worker,
                            .about = str_printf(c->arena, "%lld", (long long)id),
                            .cents = p.cents,
                            .note = note.n ? note : STR_NULL,
                        });
}

struct err payout_waiting(struct ctx *c, enum payout_state state, int64_t most,
                          struct waiting *out) {
    struct sql_payout_waiting_out w = {0};
    enum st st = sql_payout_waiting(c->tx, &(struct sql_payout_waiting_in){state, most}, &w);
    *out = (struct waiting){w.n, or_zero(w.cents), or_zero(w.oldest_ms)};
    return ctx_store(c, st);
}
