/* What a requester sees of his paused groups: why, and what to do (worker-site 11). Who reported is
 * not told. */
#include "base/limits.h"
#include "site/reports.h"

enum { PAUSED_PAGE = 50 };

static struct err show_paused(struct call *call, struct ctx *ctx) {
    struct group_pause_list list;
    int64_t after = site_query_int(call, "after", 1, INT64_MAX, 0);
    struct err e = group_pause_list(ctx, ctx->actor->party, after, PAUSED_PAGE + 1, &list);
    if (failed(e))
        return e;
    size_t n = list.n > PAUSED_PAGE ? PAUSED_PAGE : list.n;
    struct tpl_paused_rows *rows = arena_array(ctx->arena, n, sizeof *rows);
    for (size_t i = 0; i < n; i++)
        rows[i] = (struct tpl_paused_rows){
            .group = list.items[i].group_id,
            .title = list.items[i].title,
            .since = list.items[i].at_ms,
            .reports = list.items[i].reports,
            .by_reports = list.items[i].by_reports,
        };
    struct tpl_paused page = {.rows = rows, .rows_n = n};
    if (list.n > n)
        page.next = str_printf(ctx->arena, "/requester/paused?after=%lld",
                               (long long)list.items[n - 1].hit_type);
    return page_show(call, &(struct page){.title = "Paused tasks", .nav = NAV_R_HOME},
                     tpl_paused_view(&page));
}

static void fill_reports(struct ctx *ctx, const struct group_case_view *v,
                         struct tpl_paused_group *page) {
    struct tpl_paused_group_rows *rows = arena_array(ctx->arena, v->n, sizeof *rows);
    for (size_t i = 0; i < v->n; i++) {
        const struct group_case_report *r = &v->reports[i];
        if (r->state == CASE_WITHDRAWN)
            continue;
        rows[page->rows_n++] = (struct tpl_paused_group_rows){
            .reason = str_c(group_report_word(r->reason)),
            .reason_words = report_reason_words(r->reason),
            .text = r->text,
            .at = r->at_ms,
        };
    }
    page->rows = rows;
}

static struct err show_group(struct call *call, struct ctx *ctx) {
    struct group_pause g;
    struct group_case_view v;
    struct err e = group_pause_find(ctx, call->params[0], &g);
    if (!failed(e))
        e = group_case_view(ctx, g.group_case, &v);
    if (failed(e))
        return e;
    struct tpl_paused_group page = {
        .group = g.group_id,
        .title = g.title,
        .since = g.at_ms,
        .by_reports = g.by_reports,
        .may_resume = g.may_resume,
        .owner = (route_rights(&call->session) & MAY_OWN) != 0,
        .decided = g.decided,
        .note = g.note,
        .reports_all = g.reports,
        .text = report_text(call, "What you have changed",
                            "An operator reads it. Ten characters at least."),
    };
    fill_reports(ctx, &v, &page);
    return page_show(call, &(struct page){.title = str_z(ctx->arena, g.title), .nav = NAV_R_HOME},
                     tpl_paused_group_view(&page));
}

static struct err resume(struct call *call, struct ctx *ctx) {
    struct err e = group_pause_resume(ctx, call->params[0], form_get(&call->form, "text"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Workers can accept these tasks again.");
    site_redirect(call, STR("/requester/"));
    return NO_ERR;
}

const struct route site_paused_rows[] = {
    {.method = "GET",
     .pattern = "/requester/paused",
     .help = "Own groups that take no workers after reports.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_paused},
    {.method = "GET",
     .pattern = "/requester/paused/{group}",
     .help = "Why one is paused, and what to do.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_group},
    {.method = "POST",
     .pattern = "/requester/paused/{group}",
     .help = "It is mended: takes workers again, once.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = resume,
     .form = show_group},
    {.method = NULL},
};
