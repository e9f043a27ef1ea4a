#include "market/decide.h"

#include <assert.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "market/account.h"
#include "market/block.h"
#include "market/due.h"
#include "market/funds.h"
#include "market/lookup.h"
#include "market/setting.h"
#include "store/sql.h"

#define WINDOW_MS   (OVERTURN_WINDOW_S * INT64_C(1000))
#define DISPOSAL_MS (DISPOSAL_S * INT64_C(1000))

static const char only_submitted[] = "This operation can be called with a status of: Submitted";

static struct err no_assignment(struct ctx *c, struct str id) {
    return err_make(c->arena, ERR_ASSIGNMENT_DOES_NOT_EXIST, "AssignmentId",
                    "Assignment %.*s does not exist.", STR_ARG(id));
}

static struct err wrong_state(struct ctx *c, const char *words) {
    return err_make(c->arena, ERR_INVALID_ASSIGNMENT_STATE, "AssignmentId", "%s", words);
}

/* ASCII 0-8, 11, 12, 14-31 can not stand in the XML of the old interface (7.3). */
static bool forbidden(unsigned char ch) {
    return ch < 32 && ch != '\t' && ch != '\n' && ch != '\r';
}

struct err feedback_check(struct arena *a, struct str feedback) {
    if (utf8_length(feedback) > FEEDBACK_MAX)
        return err_make(a, ERR_INVALID_PARAMETER, "RequesterFeedback",
                        "The value is not valid for the parameter RequesterFeedback: it has %zu "
                        "characters, %d are the most.",
                        utf8_length(feedback), FEEDBACK_MAX);
    for (size_t i = 0; i < feedback.n; i++)
        if (forbidden((unsigned char)feedback.p[i]))
            return err_make(a, ERR_INVALID_PARAMETER, "RequesterFeedback",
                            "The value is not valid for the parameter RequesterFeedback: it holds "
                            "the control character %d at byte %zu.",
                            feedback.p[i], i);
    return NO_ERR;
}

enum { ANYBODY = -1 };

/* Steps 1 and 2 of 8.3: the requester's assignment (or ANYBODY's), as it is once the clock has had
 * its due. */
static struct err find_own(struct ctx *c, struct str id, int64_t requester, int64_t *row,
                           struct sql_decide_get_out *a) {
    struct err e = lookup_assignment(c, id, row);
    if (failed(e))
        return e;
    enum st st = *row ? sql_decide_get(c->tx, &(struct sql_decide_get_in){*row}, a) : ST_NONE;
    if (st == ST_NONE || (st == ST_OK && requester != ANYBODY && a->requester != requester))
        return no_assignment(c, id);
    if (st != ST_OK)
        return ctx_store(c, st);
    e = due_hit(c, a->hit);
    if (failed(e))
        return e;
    return ctx_store(c, sql_decide_get(c->tx, &(struct sql_decide_get_in){*row}, a));
}

/* Setting strict_batch_review: what was published on the website is reviewed there (6.8). */
static struct err check_route(struct ctx *c, const struct sql_decide_get_out *a) {
    int64_t strict = 0;
    bool by_api = c->actor->entrance == ENTRANCE_API || c->actor->entrance == ENTRANCE_LEGACY;
    if (!by_api || a->batch_kind != BATCH_FILE)
        return NO_ERR;
    struct err e = setting_int(c, "strict_batch_review", &strict);
    if (failed(e) || !strict)
        return e;
    return err_make(c->arena, ERR_PERMISSION_DENIED, "AssignmentId",
                    "This user is not authorized to perform the requested operation. The batch "
                    "was published on the website and is reviewed there (strict_batch_review).");
}

/* Step 3. Work that its requester can not see (returned, abandoned) does not exist before that. */
static struct err check_hit(struct ctx *c, struct str id, const struct sql_decide_get_out *a) {
    if (a->status == ASSIGNMENT_RETURNED || a->status == ASSIGNMENT_ABANDONED)
        return no_assignment(c, id);
    if (a->disposed_ms != SQL_NULL)
        return err_make(c->arena, ERR_INVALID_HIT_STATE, "AssignmentId",
                        "This HIT is currently in the state 'Disposed'.  This operation can be "
                        "called with a status of: Assignable, Unassignable, Reviewable, "
                        "Reviewing. Its work is no longer available; nothing was changed.");
    if (a->batch_kind == BATCH_ARCHIVE)
        return err_make(c->arena, ERR_INVALID_HIT_STATE, "AssignmentId",
                        "This assignment belongs to an archived batch of the old service, which "
                        "can only be read.");
    return check_route(c, a);
}

/* Steps 4 and 5 for an approval: which verdict it comes to. */
static struct err judge_approval(struct ctx *c, const struct decide_in *in,
                                 const struct sql_decide_get_out *a, enum verdict *verdict) {
    if (a->status == ASSIGNMENT_ACCEPTED)
        return wrong_state(c, "This operation can be called with a status of: null");
    *verdict = VERDICT_APPROVE;
    if (a->status == ASSIGNMENT_SUBMITTED)
        return NO_ERR;
    if (a->status != ASSIGNMENT_REJECTED || !in->override_rejection)
        return wrong_state(c, only_submitted);
    *verdict = VERDICT_OVERTURN;
    int64_t end_ms = a->submitted_ms + WINDOW_MS;
    /* In whole seconds (4.1), as sql/review.sql has it. */
    if ((c->now_ms - a->submitted_ms) / 1000 <= OVERTURN_WINDOW_S)
        return NO_ERR;
    return err_make(c->arena, ERR_INVALID_ASSIGNMENT_STATE, "AssignmentId",
                    "%s. The rejection of assignment %.*s could be reversed until %.*s, 30 days "
                    "after its submission.",
                    only_submitted, STR_ARG(in->assignment_id),
                    STR_ARG(time_iso(c->arena, end_ms / 1000 * 1000)));
}

/* Steps 6 and 7, by the settlement. */
static struct err settle(struct ctx *c, const struct decide_in *in,
                         const struct sql_decide_get_out *a, struct decided *out) {
    struct settlement *s = &out->settlement;
    struct err e = settle_begin(c, a->requester, 0, s);
    if (!failed(e))
        e = settle_add_one(c, s,
                           &(struct settle_one){
                               .assignment = out->assignment,
                               .verdict = out->verdict,
                               .old_status = (enum assignment_status)a->status,
                               .at_ms = c->now_ms,
                               .feedback = in->feedback,
                           });
    if (!failed(e))
        e = settle_apply(c, s);
    if (!failed(e) && out->verdict == VERDICT_OVERTURN)
        e = funds_refill(c, s->requester);
    return e;
}

struct err decide_approve(struct ctx *c, const struct decide_in *in, struct decided *out) {
    struct sql_decide_get_out a;
    *out = (struct decided){0};
    struct err e = feedback_check(c->arena, in->feedback);
    if (!failed(e))
        e = find_own(c, in->assignment_id, c->actor->party, &out->assignment, &a);
    if (!failed(e))
        e = check_hit(c, in->assignment_id, &a);
    if (!failed(e))
        e = judge_approval(c, in, &a, &out->verdict);
    if (failed(e))
        return e;
    return settle(c, in, &a, out);
}

struct err decide_reject(struct ctx *c, const struct decide_in *in, struct decided *out) {
    struct sql_decide_get_out a;
    *out = (struct decided){.verdict = VERDICT_REJECT};
    struct err e = feedback_check(c->arena, in->feedback);
    if (!failed(e) && !in->feedback.p)
        e = err_make(c->arena, ERR_INVALID_PARAMETER, "RequesterFeedback",
                     "A rejection needs a RequesterFeedback, which tells the worker why.");
    if (!failed(e))
        e = find_own(c, in->assignment_id, c->actor->party, &out->assignment, &a);
    if (!failed(e))
        e = check_hit(c, in->assignment_id, &a);
    if (!failed(e) && a.status == ASSIGNMENT_ACCEPTED)
        e = wrong_state(c, "This operation can be called with a status of: null");
    if (!failed(e) && a.status != ASSIGNMENT_SUBMITTED)
        e = wrong_state(c, only_submitted);
    if (failed(e))
        return e;
    return settle(c, in, &a, out);
}

/* The cost of an overturn, paid in by the operator. */
static struct err deposit_cost(struct ctx *c, int64_t row, const struct late_in *in) {
    struct sql_decide_assignment_out a;
    enum st st = sql_decide_assignment(
        c->tx, &(struct sql_decide_assignment_in){row, c->now_ms, c->now_ms - DISPOSAL_MS}, &a);
    if (st != ST_OK || a.reward_cents + a.fee_cents == 0)
        return ctx_store(c, st);
    return funds_deposit(c, a.requester, a.reward_cents + a.fee_cents, in->reason, NULL);
}

struct err decide_overturn_late(struct ctx *c, const struct late_in *in, struct decided *out) {
    struct decide_in decision = {.assignment_id = in->assignment_id, .feedback = in->reason};
    struct sql_decide_get_out a;
    int64_t allowed = 0;
    *out = (struct decided){.verdict = VERDICT_OVERTURN};
    struct err e = setting_int(c, "operator_overturn", &allowed);
    if (!failed(e) && !allowed)
        e = err_make(c->arena, ERR_FORBIDDEN, NULL,
                     "Rejections are not overturned by the operator here: the setting "
                     "operator_overturn is off.");
    if (!failed(e))
        e = feedback_check(c->arena, in->reason);
    if (!failed(e) && str_trim(in->reason).n == 0)
        e = err_make(c->arena, ERR_INVALID_PARAMETER, "reason",
                     "Overturning a rejection needs a reason in words.");
    if (!failed(e))
        e = find_own(c, in->assignment_id, ANYBODY, &out->assignment, &a);
    if (!failed(e))
        e = check_hit(c, in->assignment_id, &a);
    if (!failed(e) && a.status != ASSIGNMENT_REJECTED)
        e = wrong_state(c, "This operation can be called with a status of: Rejected");
    if (!failed(e) && in->deposit)
        e = deposit_cost(c, out->assignment, in);
    return failed(e) ? e : settle(c, &decision, &a, out);
}

static int64_t or_zero(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

struct err assignment_get(struct ctx *c, struct str id, struct assignment *out, bool *due) {
    struct sql_decide_assignment_out a;
    int64_t row = 0;
    struct err e = lookup_assignment(c, id, &row);
    if (failed(e))
        return e;
    enum st st = ST_NONE;
    if (row)
        st = sql_decide_assignment(
            c->tx, &(struct sql_decide_assignment_in){row, c->now_ms, c->now_ms - DISPOSAL_MS}, &a);
    if (st == ST_NONE ||
        (st == ST_OK && (a.requester != c->actor->party || a.disposed_ms != SQL_NULL)))
        return no_assignment(c, id);
    if (st != ST_OK)
        return ctx_store(c, st);
    *due = a.due != 0;
    if (a.submitted_ms == SQL_NULL)
        return wrong_state(
            c, "This operation can be called with a status of: Reviewable,Approved,Rejected");
    *out = (struct assignment){
        .row = row,
        .hit = a.hit,
        .batch = a.batch,
        .requester = a.requester,
        .worker = a.worker,
        .id = ctx_id(c, ID_ASSIGNMENT, row, a.alias),
        .hit_id = ctx_id(c, ID_HIT, a.hit, a.hit_alias),
        .worker_id = a.worker_id,
        .status = (enum assignment_status)a.status,
        .version = a.version,
        .accepted_ms = a.accepted_ms,
        .deadline_ms = a.deadline_ms,
        .submitted_ms = a.submitted_ms,
        .auto_approval_ms = or_zero(a.auto_approval_ms),
        .approved_ms = or_zero(a.approved_ms),
        .rejected_ms = or_zero(a.rejected_ms),
        .reward_cents = a.reward_cents,
        .fee_cents = a.fee_cents,
        .feedback = a.feedback,
        .rejection = a.rejection,
        .fields = a.fields,
    };
    return NO_ERR;
}

struct take {
    struct ctx *c;
    struct str hit_id;
    int64_t hit;
    struct assignment_list *list;
};

static bool take_assignment(void *arg, const struct sql_decide_list_out *a) {
    struct take *t = arg;
    struct arena *arena = t->c->arena;
    t->list->items[t->list->n++] = (struct assignment){
        .row = a->id,
        .hit = t->hit,
        .batch = a->batch,
        .requester = t->c->actor->party,
        .worker = a->worker,
        .id = ctx_id(t->c, ID_ASSIGNMENT, a->id, str_dup(arena, a->alias)),
        .hit_id = t->hit_id,
        .worker_id = str_dup(arena, a->worker_id),
        .status = (enum assignment_status)a->status,
        .version = a->version,
        .accepted_ms = a->accepted_ms,
        .deadline_ms = a->deadline_ms,
        .submitted_ms = a->submitted_ms,
        .auto_approval_ms = or_zero(a->auto_approval_ms),
        .approved_ms = or_zero(a->approved_ms),
        .rejected_ms = or_zero(a->rejected_ms),
        .reward_cents = a->reward_cents,
        .fee_cents = a->fee_cents,
        .feedback = str_dup(arena, a->feedback),
        .rejection = str_dup(arena, a->rejection),
        .fields = str_dup(arena, a->fields),
    };
    return true;
}

struct err assignment_list(struct ctx *c, const struct assignment_list_in *in,
                           struct assignment_list *out) {
    struct sql_decide_hit_out h;
    struct take take = {.c = c, .list = out};
    assert(in->limit >= 1 && in->limit <= PAGE_MAX);
    struct err e = lookup_hit(c, in->hit_id, &take.hit);
    if (failed(e))
        return e;
    enum st st = ST_NONE;
    if (take.hit)
        st = sql_decide_hit(
            c->tx, &(struct sql_decide_hit_in){take.hit, c->now_ms, c->now_ms - DISPOSAL_MS}, &h);
    if (st == ST_NONE ||
        (st == ST_OK && (h.requester != c->actor->party || h.disposed_ms != SQL_NULL)))
        return err_make(c->arena, ERR_HIT_DOES_NOT_EXIST, "HITId", "Hit %.*s does not exist.",
                        STR_ARG(in->hit_id));
    if (st != ST_OK)
        return ctx_store(c, st);
    take.hit_id = ctx_id(c, ID_HIT, take.hit, h.alias);
    *out = (struct assignment_list){
        .items = arena_array(c->arena, (size_t)in->limit, sizeof *out->items),
        .due = h.due != 0,
    };
    return ctx_store(c, sql_decide_list_each(c->tx,
                                             &(struct sql_decide_list_in){
                                                 .hit = take.hit,
                                                 .statuses = in->statuses ? in->statuses : SHOW_ALL,
                                                 .after_ms = in->after_ms,
                                                 .after = in->after_row,
                                                 .page = in->limit,
                                             },
                                             take_assignment, &take));
}

struct take_history {
    struct arena *arena;
    struct decision_history *history;
};

static bool take_decision(void *arg, const struct sql_decide_history_out *d) {
    struct take_history *t = arg;
    t->history->lines[t->history->n++] = (struct decision_line){
        .at_ms = d->at_ms,
        .verdict = (enum verdict)d->verdict,
        .old_status = (enum assignment_status)d->old_status,
        .entrance = (enum entrance)d->entrance,
        .actor = d->actor,
        .actor_detail = str_dup(t->arena, d->actor_detail),
        .feedback = str_dup(t->arena, d->feedback),
        .reward_cents = d->reward_cents,
        .fee_cents = d->fee_cents,
        .settlement = d->settlement,
        .review = or_zero(d->review),
        .avail_before = d->avail_before,
        .avail_after = d->avail_after,
    };
    return true;
}

struct err assignment_history(struct ctx *c, struct str id, struct decision_history *out) {
    struct sql_decide_get_out a;
    int64_t row = 0;
    struct err e = lookup_assignment(c, id, &row);
    if (failed(e))
        return e;
    enum st st = row ? sql_decide_get(c->tx, &(struct sql_decide_get_in){row}, &a) : ST_NONE;
    if (st == ST_NONE || (st == ST_OK && a.requester != c->actor->party))
        return no_assignment(c, id);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct decision_history){arena_array(c->arena, PAGE_MAX, sizeof *out->lines), 0};
    return ctx_store(c,
                     sql_decide_history_each(c->tx, &(struct sql_decide_history_in){row, PAGE_MAX},
                                             take_decision, &(struct take_history){c->arena, out}));
}

static int64_t rate(int64_t approved, int64_t rejected) {
    return approved + rejected > 0 ? approved * 100 / (approved + rejected) : -1;
}

struct err worker_view(struct ctx *c, struct str worker_id, struct worker_view *out) {
    struct party p;
    struct sql_decide_pair_out n;
    struct err e = account_by_public_id(c, worker_id, &p);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && p.role != ROLE_WORKER))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "WorkerId",
                        "The value \"%.*s\" is not valid for the parameter WorkerId.",
                        STR_ARG(worker_id));
    if (!failed(e))
        e = block_check(c, c->actor->party, p.id, &out->blocked);
    if (failed(e))
        return e;
    int64_t today = c->now_ms / DAY_MS;
    enum st st = sql_decide_pair(c->tx,
                                 &(struct sql_decide_pair_in){
                                     .requester = c->actor->party,
                                     .worker = p.id,
                                     .day7 = today - 6,
                                     .day30 = today - 29,
                                 },
                                 &n);
    if (st != ST_OK)
        return ctx_store(c, st);
    out->worker_id = p.public_id;
    out->days7.approved = n.approved7;
    out->days7.rejected = n.rejected7;
    out->days7.percent = rate(n.approved7, n.rejected7);
    out->days30.approved = n.approved30;
    out->days30.rejected = n.rejected30;
    out->days30.percent = rate(n.approved30, n.rejected30);
    out->lifetime.approved = n.approved;
    out->lifetime.rejected = n.rejected;
    out->lifetime.percent = rate(n.approved, n.rejected);
    return NO_ERR;
}
