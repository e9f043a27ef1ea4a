/* A worker's own work: his answer, why it was rejected, everything that was done with it since
 * (worker-site 8). */
#include "market/own_work.h"
#include "base/datetime.h"
#include "site/results.h"

static struct str state_name(const struct own_work *w) {
    switch (w->task.status) {
    case ASSIGNMENT_APPROVED: return w->overturned ? STR("overturned") : STR("paid");
    case ASSIGNMENT_REJECTED: return STR("rejected");
    case ASSIGNMENT_SUBMITTED:
    case ASSIGNMENT_ACCEPTED:
    case ASSIGNMENT_RETURNED:
    case ASSIGNMENT_ABANDONED: break;
    }
    return STR("pending");
}

static struct str decided_words(const struct own_event *e) {
    switch (e->verdict) {
    case VERDICT_REJECT: return STR("Rejected");
    case VERDICT_OVERTURN: return STR("Rejection undone, and paid");
    case VERDICT_APPROVE: break;
    }
    return e->entrance == ENTRANCE_CLOCK ? STR("Approved by itself, and paid")
                                         : STR("Approved and paid");
}

/* "": said by the decision that stands behind it. */
static struct str appeal_words(enum appeal_step_kind step) {
    switch (step) {
    case APPEAL_STEP_FILED: return STR("You appealed");
    case APPEAL_STEP_ASKED: return STR("The requester asked you");
    case APPEAL_STEP_REPLIED: return STR("You replied");
    case APPEAL_STEP_GRANTED: return STR("Your appeal was granted");
    case APPEAL_STEP_WAITING:
        return STR("Your appeal was granted; the requester's money was short");
    case APPEAL_STEP_DECLINED: return STR("Your appeal was declined");
    case APPEAL_STEP_WITHDRAWN: return STR("You withdrew your appeal");
    case APPEAL_STEP_LAPSED: return STR("Your appeal lapsed without an answer");
    case APPEAL_STEP_OVERDUE: return STR("The requester had not answered when it was due");
    case APPEAL_STEP_PAID: break;
    }
    return STR("");
}

static struct tpl_own_work_events event_row(const struct own_event *e) {
    struct tpl_own_work_events row = {.at = e->at_ms, .amount = e->cents, .text = e->text};
    switch (e->kind) {
    case OWN_DECIDED:
        row.what = decided_words(e);
        row.class = e->verdict == VERDICT_REJECT ? STR("bad") : STR("good");
        break;
    case OWN_BONUS:
        row.what = STR("Bonus");
        row.class = STR("good");
        break;
    case OWN_APPEAL:
        row.what = appeal_words(e->step);
        row.class = e->step == APPEAL_STEP_DECLINED ? STR("bad") : STR("accent");
        break;
    }
    return row;
}

static void fill_events(struct ctx *ctx, const struct own_work *w, struct tpl_own_work *page) {
    struct tpl_own_work_events *rows = arena_array(ctx->arena, w->n, sizeof *rows);
    for (size_t i = 0; i < w->n; i++) {
        struct tpl_own_work_events row = event_row(&w->events[i]);
        if (row.what.n)
            rows[page->events_n++] = row;
    }
    page->events = rows;
}

static struct html task_document(struct call *call, const struct own_work *w) {
    if (w->deleted)
        return (struct html){.s = STR("")};
    return page_task_frame(call,
                           str_printf(call->req->arena, "%s/preview/%.*s", call->app->content_url,
                                      STR_ARG(w->task.hit_id)),
                           560);
}

static struct err show_work(struct call *call, struct ctx *ctx) {
    struct own_work w;
    struct err e = own_work(ctx, call->params[0], &w);
    if (failed(e))
        return e;
    const struct task *t = &w.task;
    struct answer_lines answers = site_answer_lines(ctx->arena, t->fields);
    struct tpl_own_work page = {
        .id = t->assignment_id,
        .hit_id = t->hit_id,
        .title = t->group.title,
        .requester = t->group.requester_name,
        .requester_id = t->group.requester_id,
        .day = str_sub(time_iso(ctx->arena, t->submitted_ms), 0, 10),
        .state = state_name(&w),
        .appeal = w.appeal ? site_appeal_badge(w.appeal) : STR(""),
        .appeal_word = w.appeal ? site_appeal_word(w.appeal) : STR(""),
        .appeal_closed = w.appeal >= APPEAL_GRANTED,
        .reward = t->reward_cents,
        .bonus = w.bonus_cents,
        .submitted = t->submitted_ms,
        .work = (t->submitted_ms - t->accepted_ms) / 1000,
        .approves_itself = w.auto_approval_ms,
        .decided = w.decided_ms,
        .reversible_until = w.undo_until_ms,
        .gone = w.deleted,
        .task = task_document(call, &w),
        .answers = answers.items,
        .answers_n = answers.n,
    };
    for (size_t i = 0; i < w.n; i++)
        if (w.events[i].kind == OWN_DECIDED && w.events[i].verdict == VERDICT_REJECT)
            page.rejection = w.events[i].text;
    fill_events(ctx, &w, &page);
    return page_show(call,
                     &(struct page){.title = "Your work", .nav = NAV_W_DASHBOARD, .task = true},
                     tpl_own_work_view(&page));
}

const struct route site_own_work_rows[] = {
    {.method = "GET",
     .pattern = "/work/{assignment}",
     .help = "Own submitted work: the answer, and what became of it.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_work},
    {.method = NULL},
};
