/* Create: the list of projects, deleting and restoring (requester-site 2.6). */
#include "base/limits.h"
#include "base/num.h"
#include "market/document.h"
#include "market/draft.h"
#include "site/project_pages.h"

enum { SIZE_DEFAULT = 25, VARIABLES_SHOWN = 120 };

/* ---- shared ---- */

struct err project_of_path(struct call *call, int64_t *id) {
    if (num_parse(call->params[0], 1, INT64_MAX, id))
        return NO_ERR;
    return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "There is no project %.*s.",
                    STR_ARG(call->params[0]));
}

struct err project_of_call(struct call *call, struct ctx *ctx, struct project *p) {
    int64_t id;
    struct err e = project_of_path(call, &id);
    return failed(e) ? e : project_get(ctx, id, p);
}

struct str project_url(struct arena *a, int64_t id, const char *rest) {
    return str_printf(a, "/requester/projects/%lld%s", (long long)id, rest);
}

/* ---- the list ---- */

/* "image_url, text", cut where it would take the table apart. */
static struct err variables_of(struct ctx *ctx, const struct project *p, struct str *names) {
    struct str html;
    struct err e = document_get(ctx, p->document, &html);
    if (failed(e))
        return e;
    size_t needed, all;
    struct layout layout = layout_read(ctx->arena, html);
    const struct str *list = layout_names(ctx->arena, &layout, &needed, &all);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < needed && b.n < VARIABLES_SHOWN; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", STR_ARG(list[i]));
    if (b.n >= VARIABLES_SHOWN)
        buf_puts(&b, ", …");
    *names = buf_dup(ctx->arena, &b);
    buf_free(&b);
    return NO_ERR;
}

static struct err fill_row(struct ctx *ctx, const struct project *p,
                           struct tpl_projects_projects *row) {
    struct project_figures f;
    struct err e = project_figures(ctx, p->id, &f);
    if (failed(e))
        return e;
    *row = (struct tpl_projects_projects){
        .id = p->id,
        .name = p->name,
        .title = p->title,
        .created = p->created_ms,
        .edited = p->edited_ms,
        .deleted = p->deleted_ms,
        .many = f.batches > PROJECT_BATCHES_COUNTED,
        .batches = f.batches > PROJECT_BATCHES_COUNTED ? PROJECT_BATCHES_COUNTED : f.batches,
        .running = f.running,
        .last_published = f.last_ms,
        .reward = p->reward_cents,
        .layout_id = p->layout_id,
        .base = project_url(ctx->arena, p->id, ""),
        .copy =
            str_printf(ctx->arena, "/requester/create/projects/new?copy=%lld", (long long)p->id),
    };
    return variables_of(ctx, p, &row->variables);
}

static struct err fill_drafts(struct ctx *ctx, struct tpl_projects *data) {
    struct draft_lines drafts;
    struct err e = draft_list(ctx, &drafts);
    if (failed(e))
        return e;
    struct tpl_projects_drafts *list = arena_array(ctx->arena, drafts.n, sizeof *list);
    for (size_t i = 0; i < drafts.n; i++)
        list[i] = (struct tpl_projects_drafts){
            .id = drafts.list[i].batch,
            .name = drafts.list[i].name,
            .file_name = drafts.list[i].file_name,
            .rows = drafts.list[i].rows,
            .created = drafts.list[i].created_ms,
            .address =
                str_printf(ctx->arena, "/requester/drafts/%lld", (long long)drafts.list[i].batch),
        };
    data->drafts = list;
    data->drafts_n = drafts.n;
    data->drafts_waiting = (int64_t)drafts.n;
    return NO_ERR;
}

static struct err fill_list(struct call *call, struct ctx *ctx, struct tpl_projects *data) {
    struct project_page page, deleted;
    int64_t before = site_query_int(call, "after", 1, INT64_MAX, 0);
    struct err e = data->deleted ? project_list_deleted(ctx, before, (int)data->size, &page)
                                 : project_list(ctx, before, (int)data->size, &page);
    struct tpl_projects_projects *list =
        arena_array(ctx->arena, failed(e) ? 0 : (size_t)page.count, sizeof *list);
    for (int i = 0; !failed(e) && i < page.count; i++)
        e = fill_row(ctx, &page.projects[i], &list[i]);
    if (!failed(e))
        e = project_list_deleted(ctx, 0, 1, &deleted);
    if (failed(e))
        return e;
    data->any_deleted = deleted.count > 0;
    data->projects = list;
    data->projects_n = (size_t)page.count;
    if (page.count == data->size)
        data->next = str_printf(ctx->arena, "/requester/create/projects?after=%lld&size=%lld%s",
                                (long long)page.projects[page.count - 1].id, (long long)data->size,
                                data->deleted ? "&deleted=1" : "");
    return NO_ERR;
}

static struct err show_list(struct call *call, struct ctx *ctx) {
    struct tpl_projects data = {
        .deleted = site_query_int(call, "deleted", 0, 1, 0) == 1,
        .may_publish = (route_rights(&call->session) & MAY_OWN) != 0,
        .size = site_query_int(call, "size", 1, PAGE_MAX, SIZE_DEFAULT),
    };
    struct err e = fill_list(call, ctx, &data);
    if (!failed(e) && !data.deleted)
        e = fill_drafts(ctx, &data);
    return failed(e) ? e
                     : page_show(call, &(struct page){.title = "Projects", .nav = NAV_R_CREATE},
                                 tpl_projects_view(&data));
}

/* ---- deleting, and back ---- */

static struct err show_delete(struct call *call, struct ctx *ctx) {
    struct project p;
    struct project_figures f;
    struct err e = project_of_call(call, ctx, &p);
    if (!failed(e))
        e = project_figures(ctx, p.id, &f);
    if (failed(e))
        return e;
    struct tpl_project_delete data = {
        .id = p.id,
        .name = p.name,
        .batches = f.batches > PROJECT_BATCHES_COUNTED ? PROJECT_BATCHES_COUNTED : f.batches,
        .many = f.batches > PROJECT_BATCHES_COUNTED,
        .running = f.running,
        .action = project_url(ctx->arena, p.id, "/delete"),
        .back = project_url(ctx->arena, p.id, ""),
    };
    return page_show(call, &(struct page){.title = "Delete a project", .nav = NAV_R_CREATE},
                     tpl_project_delete_view(&data));
}

static struct err delete_project(struct call *call, struct ctx *ctx) {
    struct project p;
    struct err e = project_of_call(call, ctx, &p);
    if (!failed(e))
        e = project_delete(ctx, p.id);
    if (failed(e))
        return e;
    page_flash(call, FLASH_INFO, "“%.*s” is deleted. Restore it below if that was a mistake.",
               STR_ARG(str_sub(p.name, 0, 100)));
    site_redirect(call, STR("/requester/create/projects?deleted=1"));
    return NO_ERR;
}

static struct err restore_project(struct call *call, struct ctx *ctx) {
    struct project p;
    struct err e = project_of_call(call, ctx, &p);
    if (!failed(e))
        e = project_restore(ctx, p.id);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "The project is back.");
    site_redirect(call, project_url(ctx->arena, p.id, ""));
    return NO_ERR;
}

const struct route site_project_rows[] = {
    {.method = "GET",
     .pattern = "/requester/create/projects",
     .help = "Projects, newest first, and drafts that wait to be published; ?deleted=1 the "
             "deleted ones.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_list},
    {.method = "GET",
     .pattern = "/requester/projects/{id}/delete",
     .help = "What deleting means.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_delete},
    {.method = "POST",
     .pattern = "/requester/projects/{id}/delete",
     .help = "Hides the project.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = delete_project,
     .form = show_delete},
    {.method = "POST",
     .pattern = "/requester/projects/{id}/restore",
     .help = "Shows a deleted project again.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = restore_project},
    {.method = NULL},
};
