/* Appeals: the worker's side, and the requester's queue of them (worker-site 13,
 * money-and-lifecycle 8.10). Granting is the settlement's; the page says its cost before. */
#include "base/limits.h"
#include "base/money.h"
#include "base/num.h"
#include "formats/answer.h"
#include "market/appeal.h"
#include "market/funds.h"
#include "market/hit.h"
#include "market/work.h"
#include "site/results.h"

/* ---- words ---- */

struct str site_appeal_word(enum appeal_state state) {
    switch (state) {
    case APPEAL_OPEN: return STR("Open");
    case APPEAL_ASKED: return STR("Question to the worker");
    case APPEAL_WAITING: return STR("Granted, waits for money");
    case APPEAL_GRANTED: return STR("Granted and paid");
    case APPEAL_DECLINED: return STR("Declined");
    case APPEAL_WITHDRAWN: return STR("Withdrawn");
    case APPEAL_LAPSED: return STR("Lapsed");
    }
    return STR("");
}

static struct str state_name(enum appeal_state state) {
    switch (state) {
    case APPEAL_OPEN: return STR("open");
    case APPEAL_ASKED: return STR("asked");
    case APPEAL_WAITING: return STR("waiting");
    case APPEAL_GRANTED: return STR("granted");
    case APPEAL_DECLINED: return STR("declined");
    case APPEAL_WITHDRAWN: return STR("withdrawn");
    case APPEAL_LAPSED: return STR("lapsed");
    }
    return STR("");
}

struct str site_appeal_badge(enum appeal_state state) {
    switch (state) {
    case APPEAL_OPEN:
    case APPEAL_ASKED: return STR("appealed");
    case APPEAL_WAITING: return STR("pending");
    case APPEAL_GRANTED: return STR("overturned");
    case APPEAL_DECLINED: return STR("rejected");
    case APPEAL_WITHDRAWN:
    case APPEAL_LAPSED: break;
    }
    return STR("neutral");
}

static struct str reason_words(enum appeal_reason reason) {
    switch (reason) {
    case APPEAL_REASON_ANSWER_RIGHT: return STR("The answer is right, says the worker.");
    case APPEAL_REASON_INSTRUCTIONS: return STR("The instructions were followed, says the worker.");
    case APPEAL_REASON_TECHNICAL: return STR("The task did not work, says the worker.");
    case APPEAL_REASON_MISTAKE: return STR("It looks like a mistake, says the worker.");
    case APPEAL_REASON_NONE:
    case APPEAL_REASON_OTHER: break;
    }
    return STR("");
}

static struct str step_words(enum appeal_step_kind kind) {
    switch (kind) {
    case APPEAL_STEP_FILED: return STR("Appealed");
    case APPEAL_STEP_ASKED: return STR("The requester asked");
    case APPEAL_STEP_REPLIED: return STR("The worker replied");
    case APPEAL_STEP_GRANTED: return STR("Granted");
    case APPEAL_STEP_WAITING: return STR("Granted, money was short");
    case APPEAL_STEP_PAID: return STR("Approved and paid");
    case APPEAL_STEP_DECLINED: return STR("Declined");
    case APPEAL_STEP_WITHDRAWN: return STR("Withdrawn");
    case APPEAL_STEP_LAPSED: return STR("Lapsed without an answer");
    case APPEAL_STEP_OVERDUE: return STR("No answer when it was due");
    }
    return STR("");
}

static struct str step_class(enum appeal_step_kind kind) {
    if (kind == APPEAL_STEP_GRANTED || kind == APPEAL_STEP_PAID)
        return STR("good");
    return kind == APPEAL_STEP_DECLINED ? STR("bad") : STR("");
}

/* ---- lists ---- */

/* "ms.row" of ?after=. */
static void read_after(struct call *call, struct appeal_list_in *in) {
    struct str text = form_get(&call->req->query, "after");
    struct str ms = text.n ? str_cut(&text, '.') : STR_NULL;
    if (!ms.n || !num_parse(ms, 0, INT64_MAX, &in->key_ms) ||
        !num_parse(text, 1, INT64_MAX, &in->row))
        in->key_ms = in->row = 0;
}

static struct str next_url(struct call *call, const struct appeal_list_in *in,
                           const struct appeal_list *list) {
    if (list->n < (size_t)in->limit)
        return STR_NULL;
    const struct appeal *last = &list->items[list->n - 1];
    return page_with(call, "after",
                     str_printf(call->req->arena, "%lld.%lld",
                                (long long)appeal_key(in->kind, last),
                                (long long)last->assignment));
}

static struct err show_own(struct call *call, struct ctx *ctx) {
    struct appeal_list_in in = {.kind = APPEALS_OWN, .limit = (int)page_size(call)};
    struct appeal_list list;
    read_after(call, &in);
    struct err e = appeal_list(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_appeals_rows *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    struct tpl_appeals page = {.rows = rows, .rows_n = list.n};
    for (size_t i = 0; i < list.n; i++) {
        const struct appeal *p = &list.items[i];
        page.open += appeal_open(p);
        rows[i] = (struct tpl_appeals_rows){
            .assignment_id = p->assignment_id,
            .title = p->title,
            .requester = p->requester_name,
            .state = state_name(p->state),
            .badge = site_appeal_badge(p->state),
            .word = site_appeal_word(p->state),
            .filed = p->filed_ms,
            .until = p->window_ms,
            .reward = p->reward_cents,
        };
    }
    page.next = next_url(call, &in, &list);
    return page_show(
        call, &(struct page){.title = "Your appeals", .nav = NAV_W_APPEALS, .size = in.limit},
        tpl_appeals_view(&page));
}

static struct tpl_appeal_queue_rows queue_row(const struct appeal *p) {
    return (struct tpl_appeal_queue_rows){
        .assignment_id = p->assignment_id,
        .title = p->title,
        .worker_id = p->worker_id,
        .batch = p->batch,
        .state = state_name(p->state),
        .badge = site_appeal_badge(p->state),
        .word = site_appeal_word(p->state),
        .body = p->body,
        .rejection = p->rejection,
        .cost = p->reward_cents + p->fee_cents,
        .filed = p->filed_ms,
        .due = p->due_ms,
        .until = p->window_ms,
        .closed = p->closed_ms,
        .late = p->late,
    };
}

static struct err show_queue(struct call *call, struct ctx *ctx) {
    bool closed = str_is(form_get(&call->req->query, "list"), "closed");
    struct appeal_list_in in = {
        .kind = closed ? APPEALS_CLOSED : APPEALS_OPEN,
        .limit = (int)page_size(call),
    };
    struct appeal_list list;
    struct appeal_figures f;
    read_after(call, &in);
    struct err e = appeal_list(ctx, &in, &list);
    if (!failed(e))
        e = appeal_figures(ctx, ctx->actor->party, &f);
    if (failed(e))
        return e;
    struct tpl_appeal_queue_rows *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++)
        rows[i] = queue_row(&list.items[i]);
    struct tpl_appeal_queue page = {
        .closed = closed,
        .next = next_url(call, &in, &list),
        .open_n = f.open,
        .filed = f.filed,
        .granted = f.granted,
        .declined = f.declined,
        .lapsed = f.lapsed,
        .late = f.late,
        .rows = rows,
        .rows_n = list.n,
    };
    return page_show(call,
                     &(struct page){.title = "Appeals", .nav = NAV_R_APPEALS, .size = in.limit},
                     tpl_appeal_queue_view(&page));
}

/* ---- one ---- */

struct answer_lines site_answer_lines(struct arena *a, struct str fields) {
    struct answer answer;
    size_t max = fields.n / 4 + 1;
    struct answer_lines lines = {arena_array(a, max, sizeof *lines.items), 0};
    while (fields.n && lines.n < max && answer_next(&fields, &answer))
        lines.items[lines.n++] =
            (struct tpl_answer_line){answer.name, site_cell(a, answer_joined(a, &answer), false)};
    return lines;
}

static struct err fill_steps(struct ctx *ctx, struct str id, struct tpl_appeal *page) {
    struct appeal_steps steps;
    struct err e = appeal_steps(ctx, id, &steps);
    if (failed(e))
        return e;
    struct tpl_appeal_steps *list = arena_array(ctx->arena, steps.n, sizeof *list);
    for (size_t i = 0; i < steps.n; i++)
        list[i] = (struct tpl_appeal_steps){
            .at = steps.items[i].at_ms,
            .what = step_words(steps.items[i].kind),
            .class = step_class(steps.items[i].kind),
            .text = steps.items[i].body,
        };
    page->steps = list;
    page->steps_n = steps.n;
    return NO_ERR;
}

static struct err fill_task(struct call *call, struct ctx *ctx, const struct appeal *p,
                            struct tpl_appeal *page) {
    struct hit_view view;
    struct err e = hit_view_row(ctx, p->hit, &view);
    if (failed(e))
        return e;
    page->gone = view.n.disposed;
    if (!page->gone)
        page->task =
            page_task_frame(call,
                            str_printf(ctx->arena, "%s/preview/%.*s", call->app->content_url,
                                       STR_ARG(id_seal(ctx->arena, ctx->ids, ID_HIT, p->hit))),
                            560);
    return NO_ERR;
}

static void fill_appeal(const struct appeal *p, struct tpl_appeal *page) {
    page->assignment_id = p->assignment_id;
    page->hit_id = p->hit_id;
    page->batch = p->batch;
    page->title = p->title;
    page->requester = p->requester_name;
    page->worker_id = p->worker_id;
    page->state = state_name(p->state);
    page->badge = site_appeal_badge(p->state);
    page->word = site_appeal_word(p->state);
    page->reason = reason_words(p->reason);
    page->body = p->body;
    page->question = p->question;
    page->reply = p->reply;
    page->answer = p->answer;
    page->rejection = p->rejection;
    page->reward = p->reward_cents;
    page->fee = p->fee_cents;
    page->cost = p->reward_cents + p->fee_cents;
    page->submitted = p->submitted_ms;
    page->rejected = p->rejected_ms;
    page->filed = p->filed_ms;
    page->due = p->due_ms;
    page->until = p->window_ms;
    page->late = p->late;
}

static struct err load(struct call *call, struct ctx *ctx, struct appeal *p,
                       struct tpl_appeal *page) {
    struct err e = appeal_get(ctx, call->params[0], p);
    if (failed(e))
        return e;
    fill_appeal(p, page);
    e = fill_steps(ctx, call->params[0], page);
    return failed(e) ? e : fill_task(call, ctx, p, page);
}

static struct err show_mine(struct call *call, struct ctx *ctx) {
    struct appeal p;
    struct task task;
    struct tpl_appeal page = {.mine = true};
    struct err e = load(call, ctx, &p, &page);
    if (!failed(e))
        e = work_task(ctx, call->params[0], &task);
    if (failed(e))
        return e;
    struct answer_lines lines = site_answer_lines(ctx->arena, task.fields);
    page.answers = lines.items;
    page.answers_n = lines.n;
    page.may_reply = p.state == APPEAL_ASKED;
    page.may_withdraw = p.state == APPEAL_OPEN || p.state == APPEAL_ASKED;
    page.reply_text = page_field(call, &(struct tpl_field){
                                           .name = STR("text"),
                                           .label = STR("Your reply"),
                                           .type = STR("textarea"),
                                           .required = true,
                                           .rows = 4,
                                       });
    return page_show(call, &(struct page){.title = "Appeal", .nav = NAV_W_APPEALS, .task = true},
                     tpl_appeal_view(&page));
}

/* Three forms stand on one page: what was typed comes back into the one that was sent. */
static struct tpl_field text_field(struct call *call, const char *form, const char *label,
                                   const char *hint, bool required) {
    struct tpl_field f = {
        .name = str_c(form),
        .label = str_c(label),
        .hint = str_c(hint),
        .type = STR("textarea"),
        .required = required,
        .rows = 3,
        .maxlength = FEEDBACK_MAX,
    };
    return page_field(call, &f);
}

static struct err show_asked(struct call *call, struct ctx *ctx) {
    struct appeal p;
    struct funds funds;
    struct results_row row;
    struct tpl_appeal page = {.mine = false};
    struct err e = load(call, ctx, &p, &page);
    if (!failed(e))
        e = funds_balance(ctx, ctx->actor->party, &funds);
    if (!failed(e))
        e = results_row(ctx, p.batch, p.assignment_id, &row);
    if (failed(e))
        return e;
    struct answer_lines lines = site_answer_lines(ctx->arena, row.fields);
    int64_t missing = page.cost - funds.balances.avail;
    page.answers = lines.items;
    page.answers_n = lines.n;
    page.available = funds.balances.avail;
    page.missing = missing > 0 ? missing : 0;
    page.missing_amount = money_wire(ctx->arena, page.missing);
    page.may_answer = (p.state == APPEAL_OPEN || p.state == APPEAL_ASKED) && !page.gone;
    page.may_ask = p.state == APPEAL_OPEN && !p.question.p && !page.gone;
    page.grant_text = text_field(call, "grant_text", "A word to the worker",
                                 "Optional. The worker reads it with the approval.", false);
    page.decline_text =
        text_field(call, "decline_text", "Why it stays rejected",
                   "The worker reads this; say what was wrong with the work.", true);
    page.ask_text = text_field(call, "ask_text", "Your question", NULL, true);
    return page_show(call, &(struct page){.title = "Appeal", .nav = NAV_R_APPEALS, .task = true},
                     tpl_appeal_view(&page));
}

/* ---- filing ---- */

static struct str named(struct call *call) {
    struct str id = form_get(&call->form, "assignment_id");
    return id.p ? id : form_get(&call->req->query, "assignment_id");
}

static struct err show_new(struct call *call, struct ctx *ctx) {
    struct str id = named(call);
    struct task task;
    int64_t window_ms = 0;
    struct str rejection = STR_NULL;
    if (!id.p)
        id = STR("");
    struct err e = appeal_possible(ctx, id, &window_ms, &rejection);
    if (!failed(e))
        e = work_task(ctx, id, &task);
    if (failed(e))
        return e;
    struct answer_lines lines = site_answer_lines(ctx->arena, task.fields);
    struct tpl_appeal_new page = {
        .assignment_id = task.assignment_id,
        .title = task.group.title,
        .requester = task.group.requester_name,
        .rejection = rejection,
        .reward = task.reward_cents,
        .until = window_ms,
        .reason = page_value(call, "reason", STR("")),
        .text = page_field(call,
                           &(struct tpl_field){
                               .name = STR("text"),
                               .label = STR("Why should it be reversed?"),
                               .hint = STR("20 to 2,000 characters. Say what the requester "
                                           "should look at."),
                               .type = STR("textarea"),
                               .required = true,
                               .rows = 6,
                               .maxlength = 2000,
                           }),
        .answers = lines.items,
        .answers_n = lines.n,
    };
    return page_show(call, &(struct page){.title = "Appeal a rejection", .nav = NAV_W_APPEALS},
                     tpl_appeal_new_view(&page));
}

static struct str own_url(struct call *call, struct str id) {
    return str_printf(call->req->arena, "/appeals/%.*s", STR_ARG(id));
}

static struct err file(struct call *call, struct ctx *ctx) {
    struct str id = named(call), text = form_get(&call->form, "text"),
               reason = form_get(&call->form, "reason");
    struct appeal_file_in in = {
        .assignment_id = id.p ? id : STR(""),
        .text = text.p ? text : STR(""),
    };
    if (!appeal_reason_parse(reason, &in.reason))
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "reason",
                        "\"%.*s\" is no reason of the list.", STR_ARG(reason));
    struct err e = appeal_file(ctx, &in);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Your appeal was sent.");
    site_redirect(call, own_url(call, in.assignment_id));
    return NO_ERR;
}

static struct err reply(struct call *call, struct ctx *ctx) {
    struct str text = form_get(&call->form, "text");
    struct err e = appeal_reply(ctx, call->params[0], text.p ? text : STR(""));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Your reply was sent.");
    site_redirect(call, own_url(call, call->params[0]));
    return NO_ERR;
}

static struct err withdraw(struct call *call, struct ctx *ctx) {
    struct err e = appeal_withdraw(ctx, call->params[0]);
    if (failed(e))
        return e;
    page_flash(call, FLASH_INFO, "Withdrawn.");
    site_redirect(call, own_url(call, call->params[0]));
    return NO_ERR;
}

/* ---- answering ---- */

static struct err back(struct call *call, struct err e, const char *field) {
    if (failed(e)) {
        if (e.code == ERR_INVALID_PARAMETER)
            e.field = field;
        return e;
    }
    site_redirect(
        call, str_printf(call->req->arena, "/requester/appeals/%.*s", STR_ARG(call->params[0])));
    return NO_ERR;
}

static struct err grant(struct call *call, struct ctx *ctx) {
    struct appeal_answered done;
    struct str text = str_trim(form_get(&call->form, "grant_text"));
    struct err e = appeal_grant(ctx, call->params[0], text.n ? text : STR_NULL, &done);
    if (failed(e))
        return back(call, e, "grant_text");
    if (done.state == APPEAL_WAITING)
        page_flash(call, FLASH_WARN,
                   "Granted. %.*s are missing; it is paid with your next deposit.",
                   STR_ARG(money_dollars(ctx->arena, done.shortfall_cents)));
    else
        page_flash(call, FLASH_GOOD, "Granted: the rejection is undone and the worker is paid.");
    return back(call, NO_ERR, NULL);
}

static struct err decline(struct call *call, struct ctx *ctx) {
    struct str text = form_get(&call->form, "decline_text");
    struct err e = appeal_decline(ctx, call->params[0], text.p ? text : STR(""));
    if (!failed(e))
        page_flash(call, FLASH_INFO, "Declined; the worker reads your answer.");
    return back(call, e, "decline_text");
}

static struct err ask(struct call *call, struct ctx *ctx) {
    struct str text = form_get(&call->form, "ask_text");
    struct err e = appeal_ask(ctx, call->params[0], text.p ? text : STR(""));
    if (!failed(e))
        page_flash(call, FLASH_INFO, "Your question was sent.");
    return back(call, e, "ask_text");
}

/* A worker's write changes the requester's rows. */
static struct err shard_of_named(struct call *call, struct ctx *ctx) {
    struct str id = named(call);
    return work_shard(ctx, id.p ? id : STR(""), STR_NULL, &call->shard);
}

static struct err shard_of_path(struct call *call, struct ctx *ctx) {
    return work_shard(ctx, call->params[0], STR_NULL, &call->shard);
}

const struct route site_appeal_rows[] = {
    {.method = "GET",
     .pattern = "/appeals",
     .help = "The worker's appeals.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_own},
    {.method = "GET",
     .pattern = "/appeals/new",
     .help = "The form for an appeal.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_new},
    {.method = "POST",
     .pattern = "/appeals",
     .help = "Files an appeal.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = file,
     .shard = shard_of_named,
     .form = show_new},
    {.method = "GET",
     .pattern = "/appeals/{assignment}",
     .help = "One of the worker's appeals.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_mine},
    {.method = "POST",
     .pattern = "/appeals/{assignment}/reply",
     .help = "Answers what the requester asked.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = reply,
     .shard = shard_of_path,
     .form = show_mine},
    {.method = "POST",
     .pattern = "/appeals/{assignment}/withdraw",
     .help = "Takes an appeal back.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = withdraw,
     .shard = shard_of_path},
    {.method = "GET",
     .pattern = "/requester/appeals",
     .help = "Appeals by the end of their window.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_queue},
    {.method = "GET",
     .pattern = "/requester/appeals/{assignment}",
     .help = "An appeal with the work beside it.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_asked},
    {.method = "POST",
     .pattern = "/requester/appeals/{assignment}/grant",
     .help = "Grants: the rejection is undone and paid.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = grant,
     .form = show_asked},
    {.method = "POST",
     .pattern = "/requester/appeals/{assignment}/decline",
     .help = "Declines with a text.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = decline,
     .form = show_asked},
    {.method = "POST",
     .pattern = "/requester/appeals/{assignment}/ask",
     .help = "Asks the worker, once.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = ask,
     .form = show_asked},
    {.method = NULL},
};
