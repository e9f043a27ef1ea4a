/* The operator's queue of reports: cases to decide, paused groups (worker-site 11). */
#include "base/limits.h"
#include "base/num.h"
#include "site/reports.h"

enum { CASES_PAGE = 50 };

/* ---- lists ---- */

static struct tpl_operator_reports_rows case_row(const struct group_case *k) {
    return (struct tpl_operator_reports_rows){
        .id = k->id,
        .title = k->title,
        .requester = k->requester_name,
        .requester_id = k->requester_id,
        .reports = k->reports,
        .counting = k->counting,
        .state = report_state_word(k->state),
        .paused = k->paused_ms != 0,
        .by_reports = k->paused_ms && k->by_reports,
        .opened = k->opened_ms,
        .last = k->last_ms,
        .closed = k->closed_ms,
        .closed_by = k->closed_name,
        .note = k->note,
    };
}

static struct err fill_cases(struct call *call, struct ctx *ctx, bool decided,
                             struct tpl_operator_reports *page) {
    struct group_case_list list;
    struct group_case_list_in in = {.decided = decided, .limit = CASES_PAGE + 1};
    struct str after = form_get(&call->req->query, "after");
    struct str ms = str_cut(&after, '.');
    if (!num_parse(ms, 0, INT64_MAX, &in.from_ms) || !num_parse(after, 1, INT64_MAX, &in.from))
        in.from_ms = in.from = 0;
    struct err e = group_case_list(ctx, &in, &list);
    if (failed(e))
        return e;
    size_t n = list.n > CASES_PAGE ? CASES_PAGE : list.n;
    struct tpl_operator_reports_rows *rows = arena_array(ctx->arena, n, sizeof *rows);
    for (size_t i = 0; i < n; i++)
        rows[i] = case_row(&list.items[i]);
    page->rows = rows;
    page->rows_n = n;
    if (list.n > n)
        page->next = str_printf(ctx->arena, "/operator/reports?list=%.*s&after=%lld.%lld",
                                STR_ARG(page->list), (long long)rows[n - 1].closed,
                                (long long)rows[n - 1].id);
    return NO_ERR;
}

static struct err fill_paused(struct call *call, struct ctx *ctx,
                              struct tpl_operator_reports *page) {
    struct group_pause_list list;
    int64_t after = site_query_int(call, "after", 1, INT64_MAX, 0);
    struct err e = group_pause_list(ctx, 0, after, CASES_PAGE + 1, &list);
    if (failed(e))
        return e;
    size_t n = list.n > CASES_PAGE ? CASES_PAGE : list.n;
    struct tpl_operator_reports_rows *rows = arena_array(ctx->arena, n, sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        const struct group_pause *g = &list.items[i];
        rows[i] = (struct tpl_operator_reports_rows){
            .id = g->group_case,
            .title = g->title,
            .requester = g->requester_name,
            .requester_id = g->requester_id,
            .reports = g->reports,
            .state = g->decided ? STR("upheld") : STR("open"),
            .paused = true,
            .by_reports = g->by_reports,
            .opened = g->at_ms,
        };
    }
    page->rows = rows;
    page->rows_n = n;
    if (list.n > n)
        page->next = str_printf(ctx->arena, "/operator/reports?list=paused&after=%lld",
                                (long long)list.items[n - 1].hit_type);
    return NO_ERR;
}

static struct err show_cases(struct call *call, struct ctx *ctx) {
    struct str list = form_get(&call->req->query, "list");
    bool paused = str_is(list, "paused"), decided = str_is(list, "decided");
    struct tpl_operator_reports page = {.list = paused    ? STR("paused")
                                                : decided ? STR("decided")
                                                          : STR("open")};
    struct err e = paused ? fill_paused(call, ctx, &page) : fill_cases(call, ctx, decided, &page);
    if (failed(e))
        return e;
    return page_show(call, &(struct page){.title = "Reports", .nav = NAV_O_CASES},
                     tpl_operator_reports_view(&page));
}

/* ---- one ---- */

static int64_t case_of_path(struct call *call) {
    int64_t id = 0;
    num_parse(call->params[0], 1, INT64_MAX, &id);
    return id;
}

/* What a stranger wrote is run in the operator's browser on his wish only. */
static struct err fill_task(struct call *call, struct ctx *ctx, const struct group_case_view *v,
                            struct tpl_operator_report *page) {
    struct frame frame;
    struct task task = {.hit = v->hit, .hit_id = v->hit_id};
    if (!v->hit)
        return NO_ERR;
    page->hit_id = v->hit_id;
    if (!form_get(&call->req->query, "task").n)
        return NO_ERR;
    struct err e = task_frame(call, ctx, &task, &frame);
    if (failed(e))
        return e;
    page->shown = true;
    page->task = page_task_frame(call, frame.url, frame.height);
    return NO_ERR;
}

static const struct tpl_operator_report_rows *report_rows(struct ctx *ctx,
                                                          const struct group_case_view *v) {
    struct tpl_operator_report_rows *rows = arena_array(ctx->arena, v->n, sizeof *rows);
    for (size_t i = 0; i < v->n; i++) {
        const struct group_case_report *r = &v->reports[i];
        rows[i] = (struct tpl_operator_report_rows){
            .worker_id = r->worker_id,
            .reason = str_c(group_report_word(r->reason)),
            .reason_words = report_reason_words(r->reason),
            .text = r->text,
            .state = report_state_word(r->state),
            .counts = r->counts,
            .hit_id = r->hit_id,
            .at = r->at_ms,
        };
    }
    return rows;
}

static struct err show_case(struct call *call, struct ctx *ctx) {
    struct group_case_view v;
    struct group_pause pause = {0};
    struct err e = group_case_view(ctx, case_of_path(call), &v);
    if (!failed(e) && v.k.paused_ms)
        e = group_pause_get(ctx, v.k.hit_type, &pause);
    if (failed(e))
        return e;
    const struct group_case *k = &v.k;
    struct tpl_operator_report page = {
        .id = k->id,
        .title = k->title,
        .description = k->description,
        .requester = k->requester_name,
        .requester_id = k->requester_id,
        .group = k->group_id,
        .reward = k->reward_cents,
        .open_tasks = k->open_hits,
        .state = report_state_word(k->state),
        .reports_all = k->reports,
        .more = v.n == REPORTS_SHOWN,
        .opened = k->opened_ms,
        .closed = k->closed_ms,
        .closed_by = k->closed_name,
        .note = k->note,
        .resumed = k->resumed_ms,
        .resumed_note = k->resumed_note,
        .paused = k->paused_ms,
        .by_reports = k->paused_ms && k->by_reports,
        .may_resume = k->paused_ms && pause.group_case == k->id && pause.decided,
        .text = report_text(call, "Your words",
                            "They go to the workers who reported, and with a "
                            "pause to the requester."),
        .resume_text = report_text(call, "What has changed", "The requester reads it."),
        .rows = report_rows(ctx, &v),
        .rows_n = v.n,
    };
    e = fill_task(call, ctx, &v, &page);
    return failed(e) ? e
                     : page_show(call,
                                 &(struct page){.title = str_z(ctx->arena, k->title),
                                                .nav = NAV_O_CASES,
                                                .task = page.shown},
                                 tpl_operator_report_view(&page));
}

static struct err shard_of_case(struct call *call, struct ctx *ctx) {
    return group_case_shard(ctx, case_of_path(call), &call->shard);
}

static struct err decide(struct call *call, struct ctx *ctx) {
    struct str verdict = form_get(&call->form, "verdict");
    bool uphold = str_is(verdict, "uphold");
    if (!uphold && !str_is(verdict, "dismiss"))
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "verdict",
                        "The verdict is \"uphold\" or \"dismiss\".");
    struct err e =
        group_case_decide(ctx, case_of_path(call), uphold, form_get(&call->form, "text"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "%s The workers who reported are told.",
               uphold ? "Upheld: the group is paused, and its requester is told why."
                      : "Dismissed.");
    site_redirect(call, STR("/operator/reports"));
    return NO_ERR;
}

static struct err resume(struct call *call, struct ctx *ctx) {
    struct group_case_view v;
    struct err e = group_case_view(ctx, case_of_path(call), &v);
    if (!failed(e))
        e = group_pause_lift(ctx, v.k.hit_type, form_get(&call->form, "text"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "The group takes workers again; its requester is told.");
    site_redirect(call, STR("/operator/reports?list=paused"));
    return NO_ERR;
}

const struct route site_operator_report_rows[] = {
    {.method = "GET",
     .pattern = "/operator/reports",
     .help = "Reports of groups: ?list=open, paused or decided.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_cases},
    {.method = "GET",
     .pattern = "/operator/reports/{case}",
     .help = "What workers report about one group.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_case},
    {.method = "POST",
     .pattern = "/operator/reports/{case}",
     .help = "Decides: verdict=uphold pauses the group, verdict=dismiss.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = decide,
     .shard = shard_of_case,
     .form = show_case},
    {.method = "POST",
     .pattern = "/operator/reports/{case}/resume",
     .help = "The paused group takes workers again.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = resume,
     .shard = shard_of_case,
     .form = show_case},
    {.method = NULL},
};
