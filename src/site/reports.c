/* A worker reports a group of tasks and sees what comes of it (worker-site 11). */
#include "site/reports.h"

#include "base/limits.h"
#include "base/num.h"
#include "market/setting.h"

enum { REPORTS_PAGE = 50 };

struct str report_reason_words(enum group_report_reason reason) {
    switch (reason) {
    case REPORT_BROKEN: return STR("It does not work");
    case REPORT_PERSONAL_DATA: return STR("It asks for personal data");
    case REPORT_POLICY: return STR("It breaks another rule");
    case REPORT_SPAM: return STR("It is spam or fraud");
    case REPORT_UNSAFE: return STR("It is unsafe, or for adults without a warning");
    case REPORT_PAYS_OUTSIDE: return STR("It pays outside this market");
    }
    return STR("");
}

struct str report_state_word(enum group_case_state state) {
    switch (state) {
    case CASE_OPEN: return STR("open");
    case CASE_DISMISSED: return STR("dismissed");
    case CASE_UPHELD: return STR("upheld");
    case CASE_WITHDRAWN: break;
    }
    return STR("withdrawn");
}

struct tpl_field report_text(struct call *call, const char *label, const char *hint) {
    return page_field(call, &(struct tpl_field){
                                .name = STR("text"),
                                .label = str_c(label),
                                .hint = str_c(hint),
                                .type = STR("textarea"),
                                .rows = 4,
                                .maxlength = REPORT_TEXT_MAX,
                                .required = true,
                            });
}

/* ---- a new one ---- */

static struct group_report_of subject(struct call *call) {
    return (struct group_report_of){
        .assignment_id = page_value(call, "assignment_id", STR("")),
        .group_id = page_value(call, "group_id", STR("")),
        .hit_id = page_value(call, "hit_id", STR("")),
    };
}

/* Where he came from: the task he holds, or the preview. */
static struct str back(struct ctx *ctx, const struct group_report_of *of,
                       const struct group_report_about *about) {
    if (of->assignment_id.n && about->hit)
        return STR("/tasks");
    return str_printf(ctx->arena, "/projects/%.*s/tasks", STR_ARG(about->group_id));
}

static struct err show_new(struct call *call, struct ctx *ctx) {
    struct group_report_of of = subject(call);
    struct group_report_about about;
    int64_t pause_n = 0;
    struct err e = group_report_possible(ctx, &of, &about);
    if (!failed(e))
        e = setting_int(ctx, "report_pause_n", &pause_n);
    if (failed(e))
        return e;
    struct tpl_report_new page = {
        .title = about.title,
        .requester = about.requester_name,
        .assignment_id = of.assignment_id,
        .group_id = about.group_id,
        .hit_id = of.hit_id,
        .reason = page_value(call, "reason", STR("")),
        .reason_error = page_error(call, "reason"),
        .counts = about.counts,
        .pause_n = pause_n,
        .text = report_text(call, "What happens, and when",
                            "What you did, what you saw. Ten characters at least."),
        .back = back(ctx, &of, &about),
    };
    return page_show(call, &(struct page){.title = "Report these tasks", .nav = NAV_W_TASKS},
                     tpl_report_new_view(&page));
}

static struct err shard_of_subject(struct call *call, struct ctx *ctx) {
    struct str assignment = form_get(&call->form, "assignment_id");
    return work_shard(ctx, assignment.n ? assignment : STR_NULL, form_get(&call->form, "group_id"),
                      &call->shard);
}

static struct err send(struct call *call, struct ctx *ctx) {
    bool paused = false;
    struct group_report_in in = {
        .of = {.assignment_id = form_get(&call->form, "assignment_id"),
               .group_id = form_get(&call->form, "group_id"),
               .hit_id = form_get(&call->form, "hit_id")},
        .text = form_get(&call->form, "text"),
    };
    if (!group_report_parse(form_get(&call->form, "reason"), &in.reason))
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "reason",
                        "Choose what is wrong with these tasks.");
    struct err e = group_report_add(ctx, &in, &paused);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Thank you. An operator looks at your report.%s",
               paused ? " So many workers say the same that nobody else is given these tasks."
                      : "");
    site_redirect(call, STR("/reports"));
    return NO_ERR;
}

/* ---- his own ---- */

static struct err show_own(struct call *call, struct ctx *ctx) {
    struct group_report_list list;
    struct err e =
        group_report_own(ctx, site_query_int(call, "after", 1, INT64_MAX, 0), REPORTS_PAGE, &list);
    if (failed(e))
        return e;
    struct tpl_reports_rows *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++) {
        const struct group_report *r = &list.items[i];
        rows[i] = (struct tpl_reports_rows){
            .id = r->id,
            .title = r->title,
            .requester = r->requester_name,
            .requester_id = r->requester_id,
            .reason = str_c(group_report_word(r->reason)),
            .reason_words = report_reason_words(r->reason),
            .text = r->text,
            .state = report_state_word(r->state),
            .at = r->at_ms,
            .closed = r->closed_ms,
            .answer = r->answer,
            .paused = r->paused,
            .may_withdraw = r->state == CASE_OPEN,
        };
    }
    struct tpl_reports page = {.rows = rows, .rows_n = list.n};
    if (list.n == REPORTS_PAGE)
        page.next =
            str_printf(ctx->arena, "/reports?after=%lld", (long long)list.items[list.n - 1].id);
    return page_show(call, &(struct page){.title = "Your reports", .nav = NAV_W_TASKS},
                     tpl_reports_view(&page));
}

static int64_t report_of_path(struct call *call) {
    int64_t id = 0;
    num_parse(call->params[0], 1, INT64_MAX, &id);
    return id;
}

static struct err shard_of_report(struct call *call, struct ctx *ctx) {
    return group_report_shard(ctx, report_of_path(call), &call->shard);
}

static struct err withdraw(struct call *call, struct ctx *ctx) {
    struct err e = group_report_withdraw(ctx, report_of_path(call));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Your report was taken back.");
    site_redirect(call, STR("/reports"));
    return NO_ERR;
}

const struct route site_report_rows[] = {
    {.method = "GET",
     .pattern = "/reports",
     .help = "Own reports of tasks, with their state.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_own},
    {.method = "GET",
     .pattern = "/reports/new",
     .help = "A report of a group: ?group_id=, &hit_id=, or ?assignment_id= of own work.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_new},
    {.method = "POST",
     .pattern = "/reports",
     .help = "Reports it.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = send,
     .shard = shard_of_subject,
     .form = show_new},
    {.method = "POST",
     .pattern = "/reports/{report}/withdraw",
     .help = "Takes an own report back.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = withdraw,
     .shard = shard_of_report},
    {.method = NULL},
};
