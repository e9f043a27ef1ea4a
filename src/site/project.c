/* Create: one project, its layout as workers see it, and the layout's versions (requester-site
 * 2.4, 2.5, 10). */
#include <string.h>

#include "base/money.h"
#include "base/num.h"
#include "formats/layout_lint.h"
#include "market/document.h"
#include "market/hit_type.h"
#include "market/publish.h"
#include "site/criteria.h"
#include "site/layout_samples.h"
#include "site/line_diff.h"
#include "site/project_pages.h"

enum { BATCHES_SHOWN = 10, FRAME_HEIGHT = 520 };

/* ---- words ---- */

struct span span_of(int64_t seconds) {
    static const struct {
        const char *unit;
        int64_t s;
    } units[] = {{"days", 86400}, {"hours", 3600}, {"minutes", 60}, {"seconds", 1}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (seconds && seconds % units[i].s == 0)
            return (struct span){seconds / units[i].s, units[i].unit};
    return (struct span){0, "days"};
}

/* In the two largest units: "1 h 5 min" where whole numbers of one would be unreadable. */
struct str span_words(struct arena *a, int64_t seconds) {
    long long d = seconds / 86400, h = seconds / 3600 % 24, m = seconds / 60 % 60, s = seconds % 60;
    if (d)
        return h ? str_printf(a, "%lld day%s %lld h", d, d == 1 ? "" : "s", h)
                 : str_printf(a, "%lld day%s", d, d == 1 ? "" : "s");
    if (h)
        return m ? str_printf(a, "%lld h %lld min", h, m)
                 : str_printf(a, "%lld hour%s", h, h == 1 ? "" : "s");
    if (m)
        return s ? str_printf(a, "%lld min %lld s", m, s)
                 : str_printf(a, "%lld minute%s", m, m == 1 ? "" : "s");
    return str_printf(a, "%lld second%s", s, s == 1 ? "" : "s");
}

struct err audience_words(struct ctx *ctx, struct str requirements, struct str *words) {
    struct project_audience who;
    struct err e = project_audience(ctx, requirements, &who);
    if (failed(e))
        return e;
    if (who.more)
        *words = str_printf(ctx->arena, "%lld of the first %lld workers qualify at this moment.",
                            (long long)who.qualified, (long long)who.workers);
    else
        *words = str_printf(ctx->arena, "%lld of %lld worker%s qualif%s at this moment.",
                            (long long)who.qualified, (long long)who.workers,
                            who.workers == 1 ? "" : "s", who.qualified == 1 ? "ies" : "y");
    return NO_ERR;
}

struct str work_words(struct arena *a, const struct project_work *work, int64_t reward_cents) {
    if (!work->sample)
        return STR("");
    int64_t hourly = reward_cents * 3600 / work->median_s;
    return str_printf(
        a,
        "In earlier batches half of the workers needed less than %.*s: at this reward "
        "$%.*s an hour.",
        STR_ARG(span_words(a, work->median_s)), STR_ARG(money_wire(a, hourly)));
}

static struct str visibility_words(struct str visibility) {
    if (str_is(visibility, "PreviewAndAccept"))
        return STR("see it in lists, without preview (private)");
    if (str_is(visibility, "DiscoverPreviewAndAccept"))
        return STR("do not see it (hidden)");
    return STR("see it and its preview, and can not accept it (public)");
}

/* ---- the layout in its frame ---- */

static void add_component(struct buf *url, struct str s) {
    form_encode(url, s);
}

struct str layout_frame_url(struct call *call, struct ctx *ctx, int64_t document,
                            const struct str *names, const struct str *values, size_t n) {
    struct buf url = BUF_INIT;
    char sealed[ID_LEN + 1];
    id_seal_to(ctx->ids, ID_PREVIEW, document, sealed);
    buf_printf(&url, "%s/layout/%s", call->app->content_url, sealed);
    for (size_t i = 0; i < n; i++) {
        buf_putc(&url, i ? '&' : '?');
        add_component(&url, names[i]);
        buf_putc(&url, '=');
        add_component(&url, values[i]);
    }
    struct str s = buf_dup(ctx->arena, &url);
    buf_free(&url);
    return s;
}

static struct err fill_layout(struct call *call, struct ctx *ctx, const struct project *p,
                              struct tpl_project *data) {
    struct arena *a = ctx->arena;
    struct str html;
    struct err e = document_get(ctx, p->document, &html);
    if (failed(e))
        return e;
    struct layout layout = layout_read(a, html);
    struct layout_samples s;
    e = layout_samples(ctx, p->id, &layout, &s);
    if (failed(e))
        return e;
    struct tpl_project_samples *samples = arena_array(a, s.n, sizeof *samples);
    for (size_t i = 0; i < s.n; i++) {
        struct str given =
            form_get(&call->req->query, arena_printf(a, "v.%.*s", STR_ARG(s.names[i])));
        s.values[i] = given.p ? given : s.values[i];
        samples[i] = (struct tpl_project_samples){s.names[i], true, s.values[i]};
    }
    data->samples = samples;
    data->samples_n = s.n;
    data->task = page_task_frame(
        call, layout_frame_url(call, ctx, p->document, s.names, s.values, s.n), FRAME_HEIGHT);
    struct layout_findings found = layout_lint(a, &layout);
    struct tpl_project_findings *list = arena_array(a, found.count, sizeof *list);
    for (size_t i = 0; i < found.count; i++)
        list[i] =
            (struct tpl_project_findings){found.list[i].level == LAYOUT_ERROR, found.list[i].line,
                                          found.list[i].column, str_c(found.list[i].text)};
    data->findings = list;
    data->findings_n = found.count;
    return NO_ERR;
}

/* ---- the page ---- */

static void add_quoted(struct buf *b, struct str text) {
    buf_putc(b, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\')
            buf_putc(b, '\\');
        buf_putc(b, text.p[i] == '\n' || text.p[i] == '\r' ? ' ' : text.p[i]);
    }
    buf_putc(b, '"');
}

static struct str ready_request(struct call *call, const struct project *p,
                                const struct tpl_project *data) {
    struct buf b = BUF_INIT;
    buf_printf(&b,
               "import boto3\n\nmturk = boto3.client(\"mturk\", region_name=\"us-east-1\",\n"
               "                     endpoint_url=\"%s\")\nmturk.create_hit(\n    "
               "HITLayoutId=\"%.*s\",\n    HITLayoutParameters=[",
               call->app->site_url, STR_ARG(p->layout_id));
    for (size_t i = 0; i < data->samples_n; i++) {
        buf_puts(&b, "\n        {\"Name\": ");
        add_quoted(&b, data->samples[i].variable);
        buf_puts(&b, ", \"Value\": \"…\"},");
    }
    buf_puts(&b, data->samples_n ? "\n    ],\n    Title=" : "],\n    Title=");
    add_quoted(&b, p->title);
    buf_puts(&b, ",\n    Description=");
    add_quoted(&b, p->description);
    buf_puts(&b, ",\n    Keywords=");
    add_quoted(&b, p->keywords);
    buf_printf(&b,
               ",\n    Reward=\"%.*s\",\n    MaxAssignments=%lld,\n    "
               "AssignmentDurationInSeconds=%lld,\n    LifetimeInSeconds=%lld,\n    "
               "AutoApprovalDelayInSeconds=%lld,\n)",
               STR_ARG(money_wire(call->req->arena, p->reward_cents)),
               (long long)p->max_assignments, (long long)p->duration_s, (long long)p->lifetime_s,
               (long long)p->auto_approval_s);
    struct str s = buf_dup(call->req->arena, &b);
    buf_free(&b);
    return s;
}

static void fill_properties(struct ctx *ctx, const struct project *p, struct tpl_project *data) {
    struct arena *a = ctx->arena;
    struct criteria c;
    criteria_read(a, p->requirements, NULL, &c);
    struct sentences s = criteria_sentences(ctx, p->requirements);
    struct tpl_project_criteria *list = arena_array(a, s.n, sizeof *list);
    for (size_t i = 0; i < s.n; i++)
        list[i].text = s.list[i];
    *data = (struct tpl_project){
        .id = p->id,
        .base = project_url(a, p->id, ""),
        .name = p->name,
        .title = p->title,
        .description = p->description,
        .keywords = p->keywords,
        .created = p->created_ms,
        .edited = p->edited_ms,
        .deleted = p->deleted_ms,
        .reward = p->reward_cents,
        .assignments = p->max_assignments,
        .allotted = span_words(a, p->duration_s),
        .lifetime = span_words(a, p->lifetime_s),
        .last_submission = span_words(a, p->lifetime_s + p->duration_s),
        .approval = span_words(a, p->auto_approval_s),
        .approval_zero = p->auto_approval_s == 0,
        .visibility = visibility_words(c.visibility),
        .criteria = list,
        .criteria_n = s.n,
        .version = p->version,
        .layout_id = p->layout_id,
        .copy = str_printf(a, "/requester/create/projects/new?copy=%lld", (long long)p->id),
    };
}

static struct err fill_versions(struct ctx *ctx, const struct project *p,
                                struct tpl_project *data) {
    struct project_versions versions;
    struct err e = project_versions(ctx, p->id, &versions);
    if (failed(e))
        return e;
    struct tpl_project_versions *list = arena_array(ctx->arena, versions.n, sizeof *list);
    for (size_t i = 0; i < versions.n; i++)
        list[i] = (struct tpl_project_versions){
            versions.list[i].version, versions.list[i].replaced_ms,
            project_url(
                ctx->arena, p->id,
                arena_printf(ctx->arena, "/versions/%lld", (long long)versions.list[i].version))};
    data->versions = list;
    data->versions_n = versions.n;
    return NO_ERR;
}

static struct err fill_batches(struct ctx *ctx, const struct project *p, struct tpl_project *data) {
    struct project_batches batches;
    struct project_figures f;
    struct err e = project_figures(ctx, p->id, &f);
    if (!failed(e))
        e = project_batches(ctx, p->id, BATCHES_SHOWN, &batches);
    if (failed(e))
        return e;
    struct tpl_project_runs *list = arena_array(ctx->arena, batches.n, sizeof *list);
    for (size_t i = 0; i < batches.n; i++) {
        const struct project_batch *b = &batches.list[i];
        list[i] = (struct tpl_project_runs){
            .id = b->id,
            .name = b->name,
            .created = b->created_ms,
            .rows = b->rows,
            .older = b->document != p->document,
            .running = b->running,
            .address = str_printf(ctx->arena, "/requester/batches/%lld", (long long)b->id),
        };
    }
    data->runs = list;
    data->runs_n = batches.n;
    data->many = f.batches > PROJECT_BATCHES_COUNTED;
    data->batches = data->many ? PROJECT_BATCHES_COUNTED : f.batches;
    data->running = f.running;
    data->last_published = f.last_ms;
    return NO_ERR;
}

static struct err fill_figures(struct ctx *ctx, const struct project *p, struct tpl_project *data) {
    struct project_work work;
    struct requirements r;
    struct publish_fee fee = {0};
    struct err e = audience_words(ctx, p->requirements, &data->audience);
    if (!failed(e))
        e = project_work(ctx, p->id, &work);
    if (!failed(e))
        e = requirements_read(ctx, p->requirements, &r);
    struct hit_type type = {.reward_cents = p->reward_cents};
    type.masters = !failed(e) && r.masters;
    if (!failed(e))
        e = publish_fee(ctx, &type, p->max_assignments, &fee);
    if (failed(e))
        return e;
    data->work = work_words(ctx->arena, &work, p->reward_cents);
    data->fee = p->reward_cents + fee.cents;
    return NO_ERR;
}

/* Whether what is published next stands with open tasks in one group. */
static struct err fill_group(struct ctx *ctx, const struct project *p, struct tpl_project *data) {
    struct hit_type_in type = {
        .title = p->title,
        .description = p->description,
        .keywords = p->keywords,
        .requirements = p->requirements,
        .reward_cents = p->reward_cents,
        .duration_s = p->duration_s,
        .auto_approval_s = p->auto_approval_s,
    };
    struct hit_type_group group;
    struct err e = hit_type_group(ctx, &type, &group);
    data->group_tasks = group.open_hits;
    data->group_batch = group.batch;
    data->group_name = group.name;
    return e;
}

static struct err show_project(struct call *call, struct ctx *ctx) {
    struct project p;
    struct tpl_project data;
    struct err e = project_of_call(call, ctx, &p);
    if (failed(e))
        return e;
    fill_properties(ctx, &p, &data);
    data.may_publish = (route_rights(&call->session) & MAY_OWN) != 0;
    e = fill_layout(call, ctx, &p, &data);
    if (!failed(e))
        e = fill_versions(ctx, &p, &data);
    if (!failed(e))
        e = fill_batches(ctx, &p, &data);
    if (!failed(e))
        e = fill_figures(ctx, &p, &data);
    if (!failed(e))
        e = fill_group(ctx, &p, &data);
    if (failed(e))
        return e;
    data.api_request = ready_request(call, &p, &data);
    return page_show(call, &(struct page){.title = "Project", .nav = NAV_R_CREATE, .task = true},
                     tpl_project_view(&data));
}

/* ---- versions ---- */

static struct err version_of_path(struct call *call, int64_t *version) {
    if (num_parse(call->params[1], 1, INT64_MAX, version))
        return NO_ERR;
    return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "The layout has no version %.*s.",
                    STR_ARG(call->params[1]));
}

/* What the present layout has otherwise. */
static struct err fill_changes(struct ctx *ctx, const struct project *p,
                               struct tpl_project_version *data) {
    struct str now;
    struct err e = document_get(ctx, p->document, &now);
    if (failed(e))
        return e;
    struct line_diff d = line_diff(ctx->arena, data->html_source, now);
    struct tpl_project_version_changes *list = arena_array(ctx->arena, d.n, sizeof *list);
    for (size_t i = 0; i < d.n; i++)
        list[i] = (struct tpl_project_version_changes){
            str_printf(ctx->arena, "%c", d.lines[i].sign), d.lines[i].text};
    data->changed = (int64_t)d.changed;
    data->changes = list;
    data->changes_n = d.n;
    return NO_ERR;
}

static struct err show_version(struct call *call, struct ctx *ctx) {
    struct project p;
    struct project_version v;
    struct str html;
    int64_t version = 0;
    struct err e = project_of_call(call, ctx, &p);
    if (!failed(e))
        e = version_of_path(call, &version);
    if (!failed(e))
        e = project_version(ctx, &p, version, &v);
    if (!failed(e))
        e = document_get(ctx, v.document, &html);
    if (failed(e))
        return e;
    struct tpl_project_version data = {
        .id = p.id,
        .name = p.name,
        .version = version,
        .replaced = v.replaced_ms,
        .current = v.replaced_ms == 0,
        .may_publish = (route_rights(&call->session) & MAY_OWN) != 0,
        .html_source = html,
        .task = page_task_frame(call, layout_frame_url(call, ctx, v.document, NULL, NULL, 0),
                                FRAME_HEIGHT),
        .restore =
            project_url(ctx->arena, p.id,
                        arena_printf(ctx->arena, "/versions/%lld/restore", (long long)version)),
        .back = project_url(ctx->arena, p.id, ""),
    };
    e = fill_changes(ctx, &p, &data);
    if (failed(e))
        return e;
    return page_show(call, &(struct page){.title = "Layout", .nav = NAV_R_CREATE, .task = true},
                     tpl_project_version_view(&data));
}

static struct err restore_version(struct call *call, struct ctx *ctx) {
    struct project p;
    int64_t id = 0, version = 0;
    struct err e = project_of_path(call, &id);
    if (!failed(e))
        e = version_of_path(call, &version);
    if (!failed(e))
        e = project_restore_version(ctx, id, version, &p);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Version %lld is the present layout again, as version %lld.",
               (long long)version, (long long)p.version);
    site_redirect(call, project_url(ctx->arena, id, ""));
    return NO_ERR;
}

/* ---- sample file ---- */

static struct err sample_file(struct call *call, struct ctx *ctx) {
    struct project p;
    struct str html;
    struct err e = project_of_call(call, ctx, &p);
    if (!failed(e))
        e = document_get(ctx, p.document, &html);
    if (failed(e))
        return e;
    size_t needed, all;
    struct layout layout = layout_read(ctx->arena, html);
    const struct str *names = layout_names(ctx->arena, &layout, &needed, &all);
    struct csv_out w;
    csv_out_begin(&w, &call->body, CSV_EXCEL);
    for (size_t i = 0; i < needed; i++)
        csv_cell(&w, names[i]);
    csv_row_end(&w);
    for (int row = 1; row <= 2; row++) {
        for (size_t i = 0; i < needed; i++)
            csv_cell(&w, str_printf(ctx->arena, "%.*s of task %d", STR_ARG(names[i]), row));
        csv_row_end(&w);
    }
    call->type = "text/csv; charset=utf-8";
    call_header(call, "Content-Disposition",
                str_printf(ctx->arena, "attachment; filename=\"Project_%lld_sample.csv\"",
                           (long long)p.id));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    return NO_ERR;
}

const struct route site_one_project_rows[] = {
    {.method = "GET",
     .pattern = "/requester/projects/{id}",
     .help = "A project: properties, layout with sample values (?v.NAME=), versions, batches.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_project},
    {.method = "GET",
     .pattern = "/requester/projects/{id}/sample.csv",
     .help = "A file with the columns that the layout needs.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = sample_file},
    {.method = "GET",
     .pattern = "/requester/projects/{id}/versions/{n}",
     .help = "An earlier layout.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_version},
    {.method = "POST",
     .pattern = "/requester/projects/{id}/versions/{n}/restore",
     .help = "Makes it the present one.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = restore_version},
    {.method = NULL},
};
