#include "market/bonus.h"

#include <assert.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/utf8.h"
#include "ledger/ledger.h"
#include "market/account.h"
#include "market/due.h"
#include "market/fees.h"
#include "market/funds.h"
#include "market/lookup.h"
#include "market/request_key.h"
#include "market/setting.h"
#include "store/sql.h"

static const char operation[] = "SendBonus";

static struct err check_amount(struct ctx *c, int64_t cents) {
    int64_t max = 0;
    struct err e = setting_int(c, "max_amount_cents", &max);
    if (failed(e) || (cents >= 1 && cents <= max))
        return e;
    return err_make(c->arena, ERR_OUT_OF_RANGE, "BonusAmount",
                    "The value %.*s is invalid for BonusAmount. Valid values range from 0.01 to "
                    "%.*s.",
                    STR_ARG(money_wire(c->arena, cents)), STR_ARG(money_wire(c->arena, max)));
}

static struct err check_reason(struct ctx *c, struct str reason) {
    bool ok = str_trim(reason).n > 0 && utf8_length(reason) <= REASON_MAX;
    for (size_t i = 0; ok && i < reason.n; i++) {
        unsigned char ch = (unsigned char)reason.p[i];
        ok = ch >= 32 || ch == '\t' || ch == '\n' || ch == '\r';
    }
    if (ok)
        return NO_ERR;
    return err_make(c->arena, ERR_INVALID_PARAMETER, "Reason",
                    "The value is not valid for the parameter Reason: it must have 1 to %d "
                    "characters and no control characters.",
                    REASON_MAX);
}

static struct err check_token(struct ctx *c, struct str token) {
    int64_t first = 0;
    bool known = false;
    struct err e = unique_token_find(c, c->actor->party, str_c(operation), token, &first, &known);
    if (failed(e) || !known)
        return e;
    return err_make(c->arena, ERR_DUPLICATE_REQUEST, "UniqueRequestToken",
                    "The idempotency token \"%.*s\" has already been processed. It paid bonus "
                    "%lld; nothing was paid again.",
                    STR_ARG(token), (long long)first);
}

static struct err find_worker(struct ctx *c, struct str worker_id, int64_t *worker) {
    struct party p;
    struct err e = account_by_public_id(c, worker_id, &p);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && p.role != ROLE_WORKER))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "WorkerId",
                        "The value \"%.*s\" is not valid for the parameter WorkerId.",
                        STR_ARG(worker_id));
    if (!failed(e))
        *worker = p.id;
    return e;
}

static struct err no_assignment(struct ctx *c, struct str id) {
    return err_make(c->arena, ERR_ASSIGNMENT_DOES_NOT_EXIST, "AssignmentId",
                    "Assignment %.*s does not exist.", STR_ARG(id));
}

/* The caller's assignment, while its HIT is there and once it was submitted. */
static struct err find_assignment(struct ctx *c, struct str id, int64_t *row,
                                  struct sql_decide_assignment_out *a) {
    struct err e = lookup_assignment(c, id, row);
    if (failed(e))
        return e;
    enum st st = ST_NONE;
    if (*row)
        st = sql_decide_assignment(c->tx,
                                   &(struct sql_decide_assignment_in){
                                       *row, c->now_ms, c->now_ms - DISPOSAL_S * INT64_C(1000)},
                                   a);
    if (st == ST_OK && a->due && a->requester == c->actor->party) {
        e = due_hit(c, a->hit);
        if (failed(e))
            return e;
        st =
            sql_decide_assignment(c->tx, &(struct sql_decide_assignment_in){*row, c->now_ms, 0}, a);
    }
    if (st == ST_NONE ||
        (st == ST_OK && (a->requester != c->actor->party || a->submitted_ms == SQL_NULL ||
                         a->disposed_ms != SQL_NULL)))
        return no_assignment(c, id);
    return ctx_store(c, st);
}

/* 7.7: the worker has finished something for the caller within six months. */
static struct err check_age(struct ctx *c, const struct sql_decide_assignment_out *a) {
    int64_t since_ms = c->now_ms - BONUS_WINDOW_S * INT64_C(1000);
    if (a->submitted_ms >= since_ms)
        return NO_ERR;
    struct sql_bonus_recent_work_out recent;
    enum st st = sql_bonus_recent_work(
        c->tx, &(struct sql_bonus_recent_work_in){a->worker, c->actor->party, since_ms}, &recent);
    if (st != ST_NONE)
        return ctx_store(c, st);
    return err_make(c->arena, ERR_INVALID_ASSIGNMENT_STATE, "AssignmentId",
                    "Worker %.*s has not completed work for this requester in the last six "
                    "months, so no bonus can be paid.",
                    STR_ARG(a->worker_id));
}

/* Available money; when it is short, after what the clock owes (due_dry). */
static struct err available(struct ctx *c, int64_t cost, struct balances *b) {
    struct err e = ctx_store(c, ledger_balances(c->tx, c->actor->party, b));
    if (failed(e) || b->avail >= cost)
        return e;
    e = due_dry(c);
    return failed(e) ? e : ctx_store(c, ledger_balances(c->tx, c->actor->party, b));
}

static struct err check_funds(struct ctx *c, int64_t cents, int64_t *fee, int64_t *avail) {
    struct fee_rates rates;
    struct balances b;
    int64_t cost = 0;
    struct err e = fee_load(c, &rates);
    if (failed(e))
        return e;
    /* max_amount_cents bounds the bonus; a fee beyond int64 is a setting gone wrong. */
    if (!fee_bonus(&rates, cents, fee) || __builtin_add_overflow(cents, *fee, &cost))
        return err_make(c->arena, ERR_OUT_OF_RANGE, "BonusAmount", "The bonus is too large.");
    e = available(c, cost, &b);
    if (failed(e))
        return e;
    *avail = b.avail - cost;
    return *avail >= 0 ? NO_ERR : fee_short(c, "a bonus and its fee", cost, b.avail);
}

/* The row, the money, the notice, the token. */
static struct err pay(struct ctx *c, const struct bonus_send_in *in, int64_t row,
                      const struct sql_decide_assignment_out *a, struct bonus_sent *out) {
    struct sql_bonus_insert_out made = {0};
    enum st st = sql_bonus_insert(c->tx,
                                  &(struct sql_bonus_insert_in){
                                      .requester = a->requester,
                                      .worker = a->worker,
                                      .hit = a->hit,
                                      .assignment = row,
                                      .cents = in->cents,
                                      .fee_cents = out->fee_cents,
                                      .reason = in->reason,
                                      .at_ms = c->now_ms,
                                  },
                                  &made);
    if (st == ST_OK)
        st = ledger_bonus(c->tx, c->now_ms, in->cents, out->fee_cents,
                          &(struct transfer_for){
                              .requester = a->requester,
                              .worker = a->worker,
                              .batch = a->batch,
                              .hit = a->hit,
                              .assignment = row,
                              .note = in->reason,
                          });
    if (st == ST_OK)
        st = sql_bonus_notice(c->tx,
                              &(struct sql_bonus_notice_in){
                                  .worker = a->worker,
                                  .at_ms = c->now_ms,
                                  .assignment = row,
                                  .cents = in->cents,
                                  .reason = in->reason,
                              },
                              NULL);
    if (st != ST_OK)
        return ctx_store(c, st);
    out->bonus = made.id;
    return unique_token_keep(c, a->requester, str_c(operation), in->token, made.id);
}

struct err bonus_send(struct ctx *c, const struct bonus_send_in *in, struct bonus_sent *out) {
    struct sql_decide_assignment_out a;
    int64_t row = 0, worker = 0;
    *out = (struct bonus_sent){0};
    struct err e = check_amount(c, in->cents);
    if (!failed(e))
        e = check_reason(c, in->reason);
    if (!failed(e))
        e = check_token(c, in->token);
    if (!failed(e))
        e = find_worker(c, in->worker_id, &worker);
    if (!failed(e))
        e = find_assignment(c, in->assignment_id, &row, &a);
    if (!failed(e) && a.worker != worker)
        e = no_assignment(c, in->assignment_id);
    if (!failed(e))
        e = check_age(c, &a);
    if (!failed(e))
        e = check_funds(c, in->cents, &out->fee_cents, &out->avail_after);
    if (!failed(e))
        e = pay(c, in, row, &a, out);
    return failed(e) ? e : funds_refill(c, c->actor->party);
}

struct take {
    struct ctx *c;
    struct bonus_list *list;
};

static bool take_of_hit(void *arg, const struct sql_bonus_page_of_hit_out *b) {
    struct take *t = arg;
    struct arena *arena = t->c->arena;
    t->list->items[t->list->n++] = (struct bonus){
        .row = b->id,
        .at_ms = b->at_ms,
        .worker_id = str_dup(arena, b->worker_id),
        .assignment_id = ctx_id(t->c, ID_ASSIGNMENT, b->assignment, str_dup(arena, b->alias)),
        .reason = str_dup(arena, b->reason),
        .cents = b->cents,
        .fee_cents = b->fee_cents,
    };
    return true;
}

static bool take_of_assignment(void *arg, const struct sql_bonus_page_of_assignment_out *b) {
    struct take *t = arg;
    struct arena *arena = t->c->arena;
    t->list->items[t->list->n++] = (struct bonus){
        .row = b->id,
        .at_ms = b->at_ms,
        .worker_id = str_dup(arena, b->worker_id),
        .assignment_id = ctx_id(t->c, ID_ASSIGNMENT, b->assignment, str_dup(arena, b->alias)),
        .reason = str_dup(arena, b->reason),
        .cents = b->cents,
        .fee_cents = b->fee_cents,
    };
    return true;
}

static struct err list_of_hit(struct ctx *c, const struct bonus_list_in *in, struct take *take) {
    struct sql_decide_hit_out h;
    int64_t hit = 0;
    struct err e = lookup_hit(c, in->hit_id, &hit);
    if (failed(e))
        return e;
    enum st st =
        hit ? sql_decide_hit(c->tx, &(struct sql_decide_hit_in){hit, c->now_ms, 0}, &h) : ST_NONE;
    if (st == ST_NONE ||
        (st == ST_OK && (h.requester != c->actor->party || h.disposed_ms != SQL_NULL)))
        return err_make(c->arena, ERR_HIT_DOES_NOT_EXIST, "HITId", "Hit %.*s does not exist.",
                        STR_ARG(in->hit_id));
    if (st == ST_OK)
        st = sql_bonus_page_of_hit_each(
            c->tx, &(struct sql_bonus_page_of_hit_in){hit, in->after_ms, in->after_row, in->limit},
            take_of_hit, take);
    return ctx_store(c, st);
}

struct err bonus_list(struct ctx *c, const struct bonus_list_in *in, struct bonus_list *out) {
    struct sql_decide_get_out a;
    struct take take = {c, out};
    int64_t row = 0;
    assert(in->limit >= 1 && in->limit <= PAGE_MAX);
    assert(!in->hit_id.p != !in->assignment_id.p);
    *out = (struct bonus_list){arena_array(c->arena, (size_t)in->limit, sizeof *out->items), 0};
    if (in->hit_id.p)
        return list_of_hit(c, in, &take);
    struct err e = lookup_assignment(c, in->assignment_id, &row);
    if (failed(e))
        return e;
    enum st st = row ? sql_decide_get(c->tx, &(struct sql_decide_get_in){row}, &a) : ST_NONE;
    if (st == ST_NONE ||
        (st == ST_OK && (a.requester != c->actor->party || a.disposed_ms != SQL_NULL)))
        return no_assignment(c, in->assignment_id);
    if (st == ST_OK)
        st = sql_bonus_page_of_assignment_each(
            c->tx,
            &(struct sql_bonus_page_of_assignment_in){row, in->after_ms, in->after_row, in->limit},
            take_of_assignment, &take);
    return ctx_store(c, st);
}
