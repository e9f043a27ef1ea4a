#include "market/appeal.h"

#include <assert.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "ledger/ledger.h"
#include "market/appeal_internal.h"
#include "market/decide.h"
#include "market/due.h"
#include "market/lookup.h"
#include "market/person_mail.h"
#include "market/words.h"
#include "store/sql.h"

#define WINDOW_MS (OVERTURN_WINDOW_S * INT64_C(1000))

static const char *const reason_words[] = {
    [APPEAL_REASON_NONE] = "",
    [APPEAL_REASON_ANSWER_RIGHT] = "answer_right",
    [APPEAL_REASON_INSTRUCTIONS] = "instructions",
    [APPEAL_REASON_TECHNICAL] = "technical",
    [APPEAL_REASON_MISTAKE] = "mistake",
    [APPEAL_REASON_OTHER] = "other",
};

const char *appeal_reason_word(enum appeal_reason reason) {
    return reason_words[reason];
}

bool appeal_reason_parse(struct str s, enum appeal_reason *reason) {
    for (size_t i = 0; i < sizeof reason_words / sizeof *reason_words; i++)
        if (str_is(s.p ? s : STR(""), reason_words[i])) {
            *reason = (enum appeal_reason)i;
            return true;
        }
    return false;
}

static struct err no_appeal(struct ctx *c, struct str id) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no appeal about \"%.*s\".",
                    STR_ARG(id));
}

static struct err conflict(struct ctx *c, const char *words) {
    return err_make(c->arena, ERR_CONFLICT, NULL, "%s", words);
}

static struct str whole_second(struct ctx *c, int64_t ms) {
    return time_iso(c->arena, ms / 1000 * 1000);
}

struct err appeal_step_add(struct ctx *c, int64_t assignment, enum appeal_step_kind kind,
                           struct str body) {
    return ctx_store(c, sql_appeal_step_add(c->tx,
                                            &(struct sql_appeal_step_add_in){
                                                .assignment = assignment,
                                                .at_ms = c->now_ms,
                                                .kind = kind,
                                                .actor = c->actor->party,
                                                .actor_detail = c->actor->detail,
                                                .body = body,
                                            },
                                            NULL));
}

struct err appeal_tell(struct ctx *c, int64_t party, enum notice_kind kind, int64_t assignment) {
    struct person_mail_in mail = {.party = party, .kind = kind, .assignment = assignment};
    struct sql_notice_add_in notice = {
        .party = party,
        .at_ms = c->now_ms,
        .kind = kind,
        .assignment = assignment,
        .cents = 0,
        .note = STR_NULL,
    };
    enum st st = sql_notice_add(c->tx, &notice, NULL);
    return st == ST_OK ? person_mail_add(c, &mail) : ctx_store(c, st);
}

/* ---- filing ---- */

/* His rejected work, once the clock has had its due. */
static struct err look_rejected(struct ctx *c, struct str id, int64_t *row,
                                struct sql_appeal_look_out *a) {
    struct err e = lookup_assignment(c, id, row);
    if (failed(e))
        return e;
    struct sql_appeal_look_in in = {*row};
    enum st st = *row ? sql_appeal_look(c->tx, &in, a) : ST_NONE;
    if (st == ST_NONE || (st == ST_OK && a->worker != c->actor->party))
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no assignment \"%.*s\".",
                        STR_ARG(id));
    if (st != ST_OK)
        return ctx_store(c, st);
    e = due_hit(c, a->hit);
    return failed(e) ? e : ctx_store(c, sql_appeal_look(c->tx, &in, a));
}

static struct err may_file(struct ctx *c, const struct sql_appeal_look_out *a) {
    if (a->has != SQL_NULL)
        return conflict(c, "You have appealed this rejection before; there is one appeal each.");
    if (a->status != ASSIGNMENT_REJECTED)
        return conflict(c, "Only rejected work can be appealed, and this is not rejected.");
    if (appeal_window_over(c, a->submitted_ms + WINDOW_MS))
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "The rejection could be appealed until %.*s, 30 days after you submitted "
                        "the work.",
                        STR_ARG(whole_second(c, a->submitted_ms + WINDOW_MS)));
    if (a->disposed_ms != SQL_NULL)
        return conflict(c, "The requester has deleted this task; its work can not be paid any "
                           "more.");
    return NO_ERR;
}

struct err appeal_possible(struct ctx *c, struct str assignment_id, int64_t *window_ms,
                           struct str *rejection) {
    struct sql_appeal_look_out a;
    int64_t row;
    struct err e = look_rejected(c, assignment_id, &row, &a);
    if (!failed(e))
        e = may_file(c, &a);
    if (failed(e))
        return e;
    *window_ms = a.submitted_ms + WINDOW_MS;
    *rejection = a.rejection;
    return NO_ERR;
}

struct err appeal_file(struct ctx *c, const struct appeal_file_in *in) {
    struct sql_appeal_look_out a;
    struct str text;
    int64_t row = 0, days = 0;
    struct err e = look_rejected(c, in->assignment_id, &row, &a);
    if (!failed(e))
        e = may_file(c, &a);
    if (!failed(e))
        e = words_check(c, "text", in->text, APPEAL_TEXT_MIN, APPEAL_TEXT_MAX, &text);
    if (!failed(e))
        e = ctx_setting_int(c, "appeal_answer_days", 7, &days);
    if (failed(e))
        return e;
    int64_t window_ms = a.submitted_ms + WINDOW_MS, due_ms = c->now_ms + days * DAY_MS;
    enum st st = sql_appeal_insert(c->tx,
                                   &(struct sql_appeal_insert_in){
                                       .assignment = row,
                                       .requester = a.requester,
                                       .worker = a.worker,
                                       .batch = a.batch,
                                       .reason = in->reason,
                                       .body = text,
                                       .filed_ms = c->now_ms,
                                       .due_ms = due_ms < window_ms ? due_ms : window_ms,
                                       .window_ms = window_ms,
                                   },
                                   NULL);
    if (st == ST_OK)
        st = sql_appeal_stat_add(
            c->tx, &(struct sql_appeal_stat_add_in){.requester = a.requester, .filed = 1}, NULL);
    e = ctx_store(c, st);
    if (!failed(e))
        e = appeal_step_add(c, row, APPEAL_STEP_FILED, text);
    return failed(e) ? e : appeal_tell(c, a.requester, NOTICE_APPEAL_FILED, row);
}

/* ---- reading one ---- */

static int64_t or_zero(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

struct err appeal_row(struct ctx *c, int64_t assignment, struct appeal *out) {
    struct sql_appeal_get_out a;
    enum st st = sql_appeal_get(c->tx, &(struct sql_appeal_get_in){assignment}, &a);
    if (st == ST_NONE)
        return no_appeal(c, id_seal(c->arena, c->ids, ID_ASSIGNMENT, assignment));
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct appeal){
        .assignment = assignment,
        .requester = a.requester,
        .worker = a.worker,
        .batch = a.batch,
        .hit = a.hit,
        .assignment_id = ctx_id(c, ID_ASSIGNMENT, assignment, a.alias),
        .hit_id = ctx_id(c, ID_HIT, a.hit, a.hit_alias),
        .requester_id = a.requester_id,
        .requester_name = a.requester_name,
        .worker_id = a.worker_id,
        .title = a.title,
        .state = (enum appeal_state)a.state,
        .reason = (enum appeal_reason)a.reason,
        .body = a.body,
        .question = a.question,
        .reply = a.reply,
        .answer = a.answer,
        .rejection = a.rejection,
        .reward_cents = a.reward_cents,
        .fee_cents = a.fee_cents,
        .submitted_ms = or_zero(a.submitted_ms),
        .rejected_ms = or_zero(a.rejected_ms),
        .filed_ms = a.filed_ms,
        .due_ms = a.due_ms,
        .window_ms = a.window_ms,
        .answered_ms = or_zero(a.answered_ms),
        .closed_ms = or_zero(a.closed_ms),
        .late = a.late != 0,
        .deleted = a.disposed_ms != SQL_NULL,
    };
    if (appeal_open(out) && appeal_window_over(c, out->window_ms))
        out->state = APPEAL_LAPSED;
    return NO_ERR;
}

struct err appeal_get(struct ctx *c, struct str id, struct appeal *out) {
    int64_t row = 0;
    struct err e = lookup_assignment(c, id, &row);
    if (!failed(e))
        e = row ? appeal_row(c, row, out) : no_appeal(c, id);
    if (!failed(e) && c->actor->party != out->worker && c->actor->party != out->requester)
        e = no_appeal(c, id);
    return e;
}

/* ---- steps of people ---- */

static const char *closed_words(enum appeal_state state) {
    switch (state) {
    case APPEAL_OPEN:
    case APPEAL_ASKED:
    case APPEAL_WAITING: break;
    case APPEAL_GRANTED: return "This appeal was granted before; the work is paid.";
    case APPEAL_DECLINED: return "This appeal was declined before.";
    case APPEAL_WITHDRAWN: return "The worker has withdrawn this appeal.";
    case APPEAL_LAPSED: return "The time for this appeal is over: the rejection stands.";
    }
    return "This appeal is closed.";
}

/* An open appeal of which the actor is the worker, or the requester. */
static struct err find_open(struct ctx *c, struct str id, bool worker, struct appeal *a) {
    struct err e = appeal_get(c, id, a);
    if (!failed(e) && c->actor->party != (worker ? a->worker : a->requester))
        e = no_appeal(c, id);
    if (!failed(e))
        e = due_hit(c, a->hit);
    if (!failed(e))
        e = appeal_row(c, a->assignment, a);
    if (!failed(e) && !appeal_open(a))
        e = conflict(c, closed_words(a->state));
    return e;
}

struct err appeal_reply(struct ctx *c, struct str id, struct str words) {
    struct appeal a;
    struct str text;
    struct err e = find_open(c, id, true, &a);
    if (!failed(e) && a.state != APPEAL_ASKED)
        e = conflict(c, "The requester has asked nothing that is still unanswered.");
    if (!failed(e))
        e = words_check(c, "text", words, 1, APPEAL_TEXT_MAX, &text);
    if (!failed(e))
        e = ctx_store(
            c, sql_appeal_reply(c->tx, &(struct sql_appeal_reply_in){a.assignment, text}, NULL));
    if (!failed(e))
        e = appeal_step_add(c, a.assignment, APPEAL_STEP_REPLIED, text);
    return failed(e) ? e : appeal_tell(c, a.requester, NOTICE_APPEAL_REPLIED, a.assignment);
}

struct err appeal_withdraw(struct ctx *c, struct str id) {
    struct appeal a;
    struct err e = find_open(c, id, true, &a);
    if (failed(e))
        return e;
    enum st st = sql_appeal_close(
        c->tx, &(struct sql_appeal_close_in){a.assignment, APPEAL_WITHDRAWN, c->now_ms}, NULL);
    if (st == ST_OK)
        st = sql_appeal_stat_add(
            c->tx, &(struct sql_appeal_stat_add_in){.requester = a.requester, .withdrawn = 1},
            NULL);
    e = ctx_store(c, st);
    if (!failed(e))
        e = appeal_step_add(c, a.assignment, APPEAL_STEP_WITHDRAWN, STR_NULL);
    return failed(e) ? e : appeal_tell(c, a.requester, NOTICE_APPEAL_WITHDRAWN, a.assignment);
}

struct err appeal_ask(struct ctx *c, struct str id, struct str words) {
    struct appeal a;
    struct str text;
    struct err e = find_open(c, id, false, &a);
    if (!failed(e) && (a.state != APPEAL_OPEN || a.question.p))
        e = conflict(c, a.state == APPEAL_WAITING
                            ? "This appeal is granted and waits for funds."
                            : "You have asked the worker before; there is one question each.");
    if (!failed(e))
        e = words_check(c, "text", words, 1, APPEAL_TEXT_MAX, &text);
    if (!failed(e))
        e = ctx_store(c,
                      sql_appeal_ask(c->tx, &(struct sql_appeal_ask_in){a.assignment, text}, NULL));
    if (!failed(e))
        e = appeal_step_add(c, a.assignment, APPEAL_STEP_ASKED, text);
    return failed(e) ? e : appeal_tell(c, a.worker, NOTICE_APPEAL_ASKED, a.assignment);
}

struct err appeal_decline(struct ctx *c, struct str id, struct str words) {
    struct appeal a;
    struct str text;
    struct err e = find_open(c, id, false, &a);
    if (!failed(e) && a.state == APPEAL_WAITING)
        e = conflict(c, "This appeal is granted: the worker was told so, and is paid as soon as "
                        "there is money.");
    if (!failed(e))
        e = words_check(c, "text", words, 1, FEEDBACK_MAX, &text);
    if (failed(e))
        return e;
    enum st st = sql_appeal_answer(c->tx,
                                   &(struct sql_appeal_answer_in){
                                       .assignment = a.assignment,
                                       .state = APPEAL_DECLINED,
                                       .answer = text,
                                       .at_ms = c->now_ms,
                                       .closed_ms = c->now_ms,
                                   },
                                   NULL);
    if (st == ST_OK)
        st = sql_appeal_stat_add(
            c->tx, &(struct sql_appeal_stat_add_in){.requester = a.requester, .declined = 1}, NULL);
    e = ctx_store(c, st);
    if (!failed(e))
        e = appeal_step_add(c, a.assignment, APPEAL_STEP_DECLINED, text);
    return failed(e) ? e : appeal_tell(c, a.worker, NOTICE_APPEAL_DECLINED, a.assignment);
}

/* What is missing to pay this much, once the clock has released what it owes. */
static struct err shortfall(struct ctx *c, int64_t requester, int64_t cost_cents, int64_t *cents) {
    struct balances b;
    struct err e = ctx_store(c, ledger_balances(c->tx, requester, &b));
    if (!failed(e) && b.avail < cost_cents) {
        e = due_dry(c);
        if (!failed(e))
            e = ctx_store(c, ledger_balances(c->tx, requester, &b));
    }
    *cents = cost_cents > b.avail ? cost_cents - b.avail : 0;
    return e;
}

/* The answer is given, whether or not there is money for it. */
static struct err note_grant(struct ctx *c, const struct appeal *a, struct str text) {
    enum st st = sql_appeal_answer(c->tx,
                                   &(struct sql_appeal_answer_in){
                                       .assignment = a->assignment,
                                       .state = APPEAL_WAITING,
                                       .answer = text.n ? text : STR_NULL,
                                       .at_ms = c->now_ms,
                                       .closed_ms = SQL_NULL,
                                   },
                                   NULL);
    struct err e = ctx_store(c, st);
    if (failed(e) || a->state == APPEAL_WAITING)
        return e;
    return appeal_step_add(c, a->assignment, APPEAL_STEP_GRANTED, text.n ? text : STR_NULL);
}

struct err appeal_grant(struct ctx *caller, struct str id, struct str words,
                        struct appeal_answered *out) {
    struct actor actor = *caller->actor;
    struct ctx k = *caller, *c = &k;
    struct appeal a;
    struct str text;
    actor.entrance = ENTRANCE_APPEAL;
    k.actor = &actor;
    *out = (struct appeal_answered){.state = APPEAL_GRANTED};
    struct err e = find_open(c, id, false, &a);
    if (!failed(e))
        e = words_check(c, "text", words, 0, FEEDBACK_MAX, &text);
    if (!failed(e) && a.deleted)
        e = err_make(c->arena, ERR_INVALID_HIT_STATE, NULL,
                     "This task was deleted: its work can not be paid any more. Nothing was "
                     "changed; a bonus would reach the worker.");
    if (!failed(e))
        e = shortfall(c, a.requester, a.reward_cents + a.fee_cents, &out->shortfall_cents);
    if (!failed(e))
        e = note_grant(c, &a, text);
    if (failed(e))
        return e;
    if (out->shortfall_cents) {
        out->state = APPEAL_WAITING;
        if (a.state == APPEAL_WAITING)
            return NO_ERR;
        e = appeal_step_add(c, a.assignment, APPEAL_STEP_WAITING, STR_NULL);
        return failed(e) ? e : appeal_tell(c, a.worker, NOTICE_APPEAL_WAITING, a.assignment);
    }
    out->paid_cents = a.reward_cents + a.fee_cents;
    struct decided decided;
    return decide_approve(c,
                          &(struct decide_in){
                              .assignment_id = id,
                              .feedback = text.n ? text : a.answer,
                              .override_rejection = true,
                          },
                          &decided);
}

/* ---- lists ---- */

int64_t appeal_key(enum appeal_list_kind kind, const struct appeal *a) {
    switch (kind) {
    case APPEALS_OPEN: return a->window_ms;
    case APPEALS_CLOSED: return a->closed_ms;
    case APPEALS_OWN: return a->filed_ms;
    }
    return 0;
}

struct rows {
    int64_t *items;
    size_t n;
};

static bool take_queue(void *arg, const struct sql_appeal_queue_out *row) {
    struct rows *r = arg;
    r->items[r->n++] = row->id;
    return true;
}

static bool take_closed(void *arg, const struct sql_appeal_closed_out *row) {
    struct rows *r = arg;
    r->items[r->n++] = row->id;
    return true;
}

static bool take_own(void *arg, const struct sql_appeal_of_worker_out *row) {
    struct rows *r = arg;
    r->items[r->n++] = row->id;
    return true;
}

static enum st list_rows(struct ctx *c, const struct appeal_list_in *in, struct rows *r) {
    int64_t before_ms = in->key_ms ? in->key_ms : INT64_MAX, party = c->actor->party;
    switch (in->kind) {
    case APPEALS_OPEN:
        return sql_appeal_queue_each(
            c->tx, &(struct sql_appeal_queue_in){party, in->key_ms, in->row, in->limit}, take_queue,
            r);
    case APPEALS_CLOSED:
        return sql_appeal_closed_each(
            c->tx, &(struct sql_appeal_closed_in){party, before_ms, in->row, in->limit},
            take_closed, r);
    case APPEALS_OWN:
        return sql_appeal_of_worker_each(
            c->tx, &(struct sql_appeal_of_worker_in){party, before_ms, in->row, in->limit},
            take_own, r);
    }
    return ST_OK;
}

struct err appeal_list(struct ctx *c, const struct appeal_list_in *in, struct appeal_list *out) {
    assert(in->limit >= 1 && in->limit < LIST_ROWS_MAX);
    struct rows r = {arena_array(c->arena, (size_t)in->limit, sizeof *r.items), 0};
    *out = (struct appeal_list){arena_array(c->arena, (size_t)in->limit, sizeof *out->items), 0};
    struct err e = ctx_store(c, list_rows(c, in, &r));
    for (size_t i = 0; i < r.n && !failed(e); i++)
        e = appeal_row(c, r.items[i], &out->items[out->n++]);
    return e;
}

struct take_steps {
    struct arena *arena;
    struct appeal_steps *steps;
};

static bool take_step(void *arg, const struct sql_appeal_steps_out *row) {
    struct take_steps *t = arg;
    t->steps->items[t->steps->n++] = (struct appeal_step){
        .at_ms = row->at_ms,
        .actor = row->actor,
        .kind = (enum appeal_step_kind)row->kind,
        .body = str_dup(t->arena, row->body),
    };
    return true;
}

struct err appeal_steps(struct ctx *c, struct str id, struct appeal_steps *out) {
    struct appeal a;
    *out = (struct appeal_steps){arena_array(c->arena, PAGE_MAX, sizeof *out->items), 0};
    struct err e = appeal_get(c, id, &a);
    if (failed(e))
        return e;
    return ctx_store(c, sql_appeal_steps_each(c->tx,
                                              &(struct sql_appeal_steps_in){a.assignment, PAGE_MAX},
                                              take_step, &(struct take_steps){c->arena, out}));
}

struct err appeal_figures(struct ctx *c, int64_t requester, struct appeal_figures *out) {
    struct sql_appeal_stat_get_out s = {0};
    struct sql_appeal_open_count_out open = {0};
    *out = (struct appeal_figures){0};
    enum st st = sql_appeal_stat_get(c->tx, &(struct sql_appeal_stat_get_in){requester}, &s);
    if (st == ST_NONE)
        return NO_ERR;
    if (st == ST_OK)
        st = sql_appeal_open_count(
            c->tx, &(struct sql_appeal_open_count_in){requester, APPEAL_COUNT_MAX}, &open);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct appeal_figures){
        .filed = s.filed,
        .granted = s.granted,
        .declined = s.declined,
        .withdrawn = s.withdrawn,
        .lapsed = s.lapsed,
        .late = s.late,
        .open = open.n,
        .window_ms = or_zero(open.window_ms),
    };
    return NO_ERR;
}
