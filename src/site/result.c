/* One result: the answer, the task as the worker saw it beside it, its history, and the decision
 * on it (requester-site 5.1, 5.2, 6). The page says what each button costs, so it acts at once. */
#include "base/limits.h"
#include "base/money.h"
#include "base/pack.h"
#include "formats/answer.h"
#include "market/appeal.h"
#include "market/decide.h"
#include "market/due.h"
#include "market/form_work.h"
#include "market/funds.h"
#include "market/hit.h"
#include "site/results.h"

enum { OTHERS_MAX = 20 };

struct one {
    struct call *call;
    struct ctx *ctx;
    struct batch_view batch;
    struct results_row row;
    struct results_query q;
    struct tpl_result page;
};

/* --- cells --- */

/* A file that the worker sent: where it can be saved from. */
static struct tpl_cell file_cell(struct one *o, const struct answer *answer) {
    struct arena *a = o->ctx->arena;
    struct tpl_cell_links *link = arena_new(a, struct tpl_cell_links);
    struct buf name = BUF_INIT;
    form_encode(&name, answer->name);
    link->address =
        str_printf(a, "/requester/batches/%lld/results/%.*s/file?question=%.*s",
                   (long long)o->batch.id, STR_ARG(o->row.id), STR_ARG(buf_view(&name)));
    buf_free(&name);
    return (struct tpl_cell){.links = link, .links_n = 1};
}

static void fill_answers(struct one *o) {
    struct arena *a = o->ctx->arena;
    struct str rest = o->row.fields;
    struct answer answer;
    size_t max = rest.n / 4 + 1, n = 0;
    struct tpl_result_answers *list = arena_array(a, max, sizeof *list);
    while (rest.n && n < max && answer_next(&rest, &answer))
        list[n++] = (struct tpl_result_answers){
            answer.name, answer.kind == ANSWER_FILE
                             ? file_cell(o, &answer)
                             : site_cell(a, answer_joined(a, &answer), o->q.images)};
    o->page.answers = list;
    o->page.answers_n = n;
}

static void fill_inputs(struct one *o) {
    struct arena *a = o->ctx->arena;
    struct str columns = o->batch.columns, vars = o->row.vars, name, value;
    int count = pack_count(columns);
    struct tpl_result_inputs *list = arena_array(a, count > 0 ? (size_t)count : 0, sizeof *list);
    size_t n = 0;
    while (columns.n && vars.n && pack_next(&columns, &name) && pack_next(&vars, &value))
        list[n++] = (struct tpl_result_inputs){name, site_cell(a, value, o->q.images)};
    o->page.inputs = list;
    o->page.inputs_n = n;
}

/* --- its neighbours --- */

static struct results_key key_of(const struct results_row *r) {
    return (struct results_key){
        .status = r->status, .seq = r->seq, .hit = r->hit, .ms = r->submitted_ms, .id = r->row};
}

static struct str row_url(struct one *o, struct str id) {
    return str_printf(o->ctx->arena, "/requester/batches/%lld/results/%.*s%s%.*s",
                      (long long)o->batch.id, STR_ARG(id), o->q.query.n ? "?" : "",
                      STR_ARG(o->q.query));
}

/* The id of the row behind (or, the other way round, before) this one in the filter; "" at the
 * end. Orders without an index go by submission here. */
static struct err neighbour(struct one *o, bool before, struct str *id) {
    enum results_sort sort = o->q.sort;
    if (before || sort == SORT_WORKER || sort == SORT_WORK_TIME)
        sort = (sort == SORT_LATEST) == before ? SORT_SUBMITTED : SORT_LATEST;
    struct results_view_in in = {.batch = o->batch.id,
                                 .filter = o->q.filter,
                                 .sort = sort,
                                 .after = key_of(&o->row),
                                 .limit = 1};
    struct results_view v;
    struct err e = results_view(o->ctx, &in, &v);
    *id = !failed(e) && v.count ? v.rows[0].id : STR("");
    return e;
}

static struct err fill_neighbours(struct one *o) {
    struct str next = STR(""), previous = STR("");
    enum results_sort sort = o->q.sort;
    struct err e = neighbour(o, false, &next);
    if (!failed(e) && (sort == SORT_SUBMITTED || sort == SORT_LATEST))
        e = neighbour(o, true, &previous);
    o->page.next_id = next;
    if (next.n)
        o->page.next = row_url(o, next);
    if (previous.n)
        o->page.previous = row_url(o, previous);
    return e;
}

static struct err fill_others(struct one *o) {
    struct results_view v;
    struct results_view_in in = {
        .batch = o->batch.id, .filter = {.hit_id = o->row.hit_id}, .limit = OTHERS_MAX};
    struct err e = results_view(o->ctx, &in, &v);
    if (failed(e))
        return e;
    struct tpl_result_others *list = arena_array(o->ctx->arena, (size_t)v.count, sizeof *list);
    for (int i = 0; i < v.count; i++) {
        const struct results_row *r = &v.rows[i];
        if (r->row != o->row.row)
            list[o->page.others_n++] =
                (struct tpl_result_others){r->id, r->worker_id, site_status_word(r->status),
                                           site_status_badge(r->status), r->agreement};
    }
    o->page.others = list;
    return NO_ERR;
}

/* --- history --- */

static struct str who(const struct decision_line *d) {
    switch (d->entrance) {
    case ENTRANCE_CLOCK: return STR("by itself, when its time was over");
    case ENTRANCE_FILE: return STR("by a reviewed file");
    case ENTRANCE_PAGE: return STR("on this site");
    case ENTRANCE_APPEAL: return STR("after an appeal");
    case ENTRANCE_COMMAND: return STR("by the operator");
    case ENTRANCE_API:
    case ENTRANCE_LEGACY: return STR("by a program");
    case ENTRANCE_POLICY: return STR("by a review policy");
    case ENTRANCE_REPLAY: return STR("in the old service");
    }
    return STR("");
}

static struct err fill_history(struct one *o) {
    static const char *const what[] = {"", "Approved", "Rejected", "Rejection undone"};
    static const char *const class[] = {"", "good", "bad", "good"};
    struct decision_history h;
    struct ctx *c = o->ctx;
    struct err e = assignment_history(c, o->row.id, &h);
    if (failed(e))
        return e;
    struct tpl_result_history *list = arena_array(c->arena, h.n, sizeof *list);
    for (size_t i = 0; i < h.n; i++) {
        const struct decision_line *d = &h.lines[i];
        bool paid = d->verdict != VERDICT_REJECT;
        list[i] = (struct tpl_result_history){
            .at = d->at_ms,
            .what = str_c(what[d->verdict]),
            .class = str_c(class[d->verdict]),
            .who = who(d),
            .text = d->feedback,
            .reward = paid ? d->reward_cents : 0,
            .fee = paid ? d->fee_cents : 0,
            .review = d->review ? id_seal(c->arena, c->ids, ID_REVIEW, d->review) : STR_NULL,
        };
    }
    o->page.history = list;
    o->page.history_n = h.n;
    return NO_ERR;
}

/* --- the page --- */

static void fill_row(struct one *o) {
    const struct results_row *r = &o->row;
    struct tpl_result *p = &o->page;
    *p = (struct tpl_result){
        .batch = o->batch.id,
        .name = o->batch.name,
        .id = r->id,
        .hit_id = r->hit_id,
        .worker_id = r->worker_id,
        .status = site_status_word(r->status),
        .badge = site_status_badge(r->status),
        .is_submitted = r->status == ASSIGNMENT_SUBMITTED,
        .is_rejected = r->status == ASSIGNMENT_REJECTED,
        .may_review = (route_rights(&o->call->session) & MAY_REVIEW) != 0,
        .overturned = r->status == ASSIGNMENT_APPROVED && r->rejected_ms,
        .query = o->q.query,
        .list = results_url(o->ctx->arena, o->batch.id, o->q.query, NULL, STR_NULL),
        .images = o->q.images,
        .accepted = r->accepted_ms,
        .submitted = r->submitted_ms,
        .work = (r->submitted_ms - r->accepted_ms) / 1000,
        .auto_approval = r->auto_approval_ms,
        .approved_at = r->approved_ms,
        .rejected_at = r->rejected_ms,
        .undo_until = r->undo_until_ms,
        .reward = r->reward_cents,
        .fee = r->fee_cents,
        .cost = r->reward_cents + r->fee_cents,
        .feedback = r->feedback,
        .rejection = r->rejection,
        .lifetime = site_rate(r->approved, r->approved + r->rejected),
        .approved = r->approved,
        .decided = r->approved + r->rejected,
        .agreement = r->agreement,
        .has_agreement = r->agreement >= 0,
    };
    if (p->overturned)
        p->status = STR("Approved after a rejection");
    if (str_eq(p->rejection, p->feedback))
        p->feedback = STR_NULL;
    p->images_on = str_printf(o->ctx->arena, "%.*s%simages=1", STR_ARG(row_url(o, r->id)),
                              o->q.query.n ? "&" : "?");
}

static void fill_forms(struct one *o) {
    struct call *call = o->call;
    o->page.reason = page_field(call, &(struct tpl_field){
                                          .name = STR("reason"),
                                          .label = STR("Why it is rejected"),
                                          .hint = STR("The worker reads this and may appeal. You "
                                                      "can undo it for 30 days."),
                                          .type = STR("textarea"),
                                          .rows = 2,
                                          .maxlength = REASON_MAX,
                                      });
    o->page.message = page_field(call, &(struct tpl_field){
                                           .name = STR("message"),
                                           .label = STR("Message to the worker (optional)"),
                                           .type = STR("textarea"),
                                           .rows = 2,
                                           .maxlength = FEEDBACK_MAX,
                                       });
}

static struct err fill_money(struct one *o) {
    struct funds funds;
    struct err e = funds_balance(o->ctx, o->ctx->actor->party, &funds);
    if (failed(e))
        return e;
    int64_t missing = o->page.cost - funds.balances.avail;
    o->page.available = funds.balances.avail;
    o->page.lacks_money = missing > 0;
    o->page.missing = missing > 0 ? missing : 0;
    o->page.missing_amount = money_wire(o->ctx->arena, o->page.missing);
    return NO_ERR;
}

static struct err fill_task(struct one *o) {
    struct hit_view view;
    struct err e = hit_view_row(o->ctx, o->row.hit, &view);
    if (failed(e))
        return e;
    o->page.task_gone = view.n.disposed;
    struct str url = str_printf(o->ctx->arena, "%s/preview/%.*s", o->call->app->content_url,
                                STR_ARG(id_seal(o->ctx->arena, o->ctx->ids, ID_HIT, o->row.hit)));
    if (!view.n.disposed)
        o->page.task = page_task_frame(o->call, url, 640);
    return NO_ERR;
}

/* A worker's open appeal against the rejection. */
static struct err fill_appeal(struct one *o) {
    struct appeal appeal;
    if (o->row.status != ASSIGNMENT_REJECTED)
        return NO_ERR;
    struct err e = appeal_get(o->ctx, o->row.id, &appeal);
    if (e.code == ERR_NOT_FOUND)
        return NO_ERR;
    if (!failed(e) && appeal_open(&appeal))
        o->page.appeal = appeal.body.n ? appeal.body : STR("(without words)");
    return e;
}

static struct err load(struct call *call, struct ctx *ctx, struct one *o) {
    *o = (struct one){.call = call, .ctx = ctx};
    struct err e = site_batch(call, ctx, &o->batch);
    if (!failed(e))
        e = results_row(ctx, o->batch.id, call->params[1], &o->row);
    if (e.code == ERR_ASSIGNMENT_DOES_NOT_EXIST)
        e.code = ERR_NOT_FOUND;
    return e;
}

static struct err show_result(struct call *call, struct ctx *ctx) {
    struct one *o = arena_new(ctx->arena, struct one);
    struct err e = load(call, ctx, o);
    if (!failed(e) && call->writable) {
        e = due_hit(ctx, o->row.hit);
        if (!failed(e))
            e = load(call, ctx, o);
    }
    if (failed(e))
        return e;
    /* A form that is shown again was posted: its filter stands in the body. */
    if (failed(call->form_err))
        e = results_query_parse(call, form_get(&call->form, "query"), "all", &o->q);
    else
        results_query_read(call, &call->req->query, "all", &o->q);
    call->due = o->row.status == ASSIGNMENT_SUBMITTED && o->row.auto_approval_ms &&
                o->row.auto_approval_ms <= ctx->now_ms;
    fill_row(o);
    fill_forms(o);
    fill_answers(o);
    fill_inputs(o);
    if (!failed(e))
        e = fill_money(o);
    if (!failed(e))
        e = fill_neighbours(o);
    if (!failed(e))
        e = fill_others(o);
    if (!failed(e))
        e = fill_history(o);
    if (!failed(e))
        e = fill_appeal(o);
    if (!failed(e))
        e = fill_task(o);
    if (failed(e))
        return e;
    return page_show(call,
                     &(struct page){.title = "Result",
                                    .nav = NAV_R_RESULTS,
                                    .task = true,
                                    .images = o->q.images,
                                    .wide = true},
                     tpl_result_view(&o->page));
}

/* --- decisions --- */

/* On to the next one of the filter, or back to the list. */
static struct err go_on(struct call *call, struct one *o) {
    struct str next = form_get(&call->form, "next");
    struct err e = results_query_parse(call, form_get(&call->form, "query"), "all", &o->q);
    int64_t row;
    if (failed(e))
        return e;
    bool known = next.n && next.n <= 64 && id_open(o->ctx->ids, ID_ASSIGNMENT, next, &row);
    site_redirect(call, known
                            ? row_url(o, next)
                            : results_url(o->ctx->arena, o->batch.id, o->q.query, NULL, STR_NULL));
    return NO_ERR;
}

/* The rule's words for a state that others brought about meanwhile are those of the old API. */
static struct err in_words(struct one *o, struct err e, const char *field) {
    if (e.code == ERR_INVALID_ASSIGNMENT_STATE && o->row.status == ASSIGNMENT_APPROVED)
        return err_make(o->ctx->arena, ERR_CONFLICT, NULL,
                        "This result has been approved meanwhile; that is final. Nothing was "
                        "changed.");
    if (e.code == ERR_INVALID_ASSIGNMENT_STATE && o->row.status == ASSIGNMENT_REJECTED)
        return err_make(o->ctx->arena, ERR_CONFLICT, NULL,
                        "This result is rejected already. Nothing was changed.");
    if (e.code == ERR_INVALID_PARAMETER)
        e.field = field;
    return e;
}

static struct err approve(struct call *call, struct ctx *ctx) {
    struct one *o = arena_new(ctx->arena, struct one);
    struct decided done;
    struct err e = load(call, ctx, o);
    if (failed(e))
        return e;
    struct decide_in in = {.assignment_id = o->row.id,
                           .feedback = str_trim(form_get(&call->form, "message"))};
    e = decide_approve(ctx, &in, &done);
    if (failed(e))
        return in_words(o, e, "message");
    page_flash(call, FLASH_GOOD, "Approved: %.*s paid to %.*s.",
               STR_ARG(money_dollars(ctx->arena, o->row.reward_cents)), STR_ARG(o->row.worker_id));
    return go_on(call, o);
}

static struct err reject(struct call *call, struct ctx *ctx) {
    struct one *o = arena_new(ctx->arena, struct one);
    struct decided done;
    struct str reason = str_trim(form_get(&call->form, "reason"));
    struct err e = load(call, ctx, o);
    if (failed(e))
        return e;
    if (reason.n < 3)
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "reason",
                        "Write why, in three letters or more: the worker reads it.");
    struct decide_in in = {.assignment_id = o->row.id, .feedback = reason};
    e = decide_reject(ctx, &in, &done);
    if (failed(e))
        return in_words(o, e, "reason");
    page_flash(call, FLASH_GOOD, "Rejected. %.*s came back to your available money.",
               STR_ARG(money_dollars(ctx->arena, o->row.reward_cents + o->row.fee_cents)));
    return go_on(call, o);
}

static struct err undo(struct call *call, struct ctx *ctx) {
    struct one *o = arena_new(ctx->arena, struct one);
    struct decided done;
    struct err e = load(call, ctx, o);
    if (failed(e))
        return e;
    if (o->row.status != ASSIGNMENT_REJECTED)
        return err_make(ctx->arena, ERR_CONFLICT, NULL,
                        "This result is not rejected (any more); there is nothing to undo.");
    struct decide_in in = {.assignment_id = o->row.id,
                           .feedback = str_trim(form_get(&call->form, "message")),
                           .override_rejection = true};
    e = decide_approve(ctx, &in, &done);
    if (failed(e))
        return in_words(o, e, "message");
    page_flash(call, FLASH_GOOD, "The rejection is undone: %.*s paid to %.*s, who has been told.",
               STR_ARG(money_dollars(ctx->arena, o->row.reward_cents)), STR_ARG(o->row.worker_id));
    return go_on(call, o);
}

/* To the file's address for the next minute: on the content listener, for it is a stranger's. */
static struct err go_to_file(struct call *call, struct ctx *ctx) {
    struct str link, question = form_get(&call->req->query, "question");
    struct err e = file_link(ctx, call->params[1], question.p ? question : STR(""), &link);
    if (failed(e))
        return e;
    call->status = 303;
    call_header(call, "Location",
                str_printf(ctx->arena, "%s/file/%.*s", call->app->content_url, STR_ARG(link)));
    return NO_ERR;
}

#define RESULT "/requester/batches/{batch}/results/{assignment}"
const struct route site_result_rows[] = {
    {.method = "GET",
     .pattern = RESULT,
     .help = "One result, the task beside it, its history.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_result},
    {.method = "GET",
     .pattern = RESULT "/file",
     .help = "A file of the answer, by ?question=.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = go_to_file},
    {.method = "POST",
     .pattern = RESULT "/approve",
     .help = "Approves it.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = approve,
     .form = show_result},
    {.method = "POST",
     .pattern = RESULT "/reject",
     .help = "Rejects it, with a reason.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = reject,
     .form = show_result},
    {.method = "POST",
     .pattern = RESULT "/undo",
     .help = "Undoes its rejection.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = undo,
     .form = show_result},
    {.method = NULL},
};
