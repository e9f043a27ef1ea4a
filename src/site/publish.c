/* New batch, step 1: the file, or the number of tasks (requester-site 3, csv-formats 2). The file
 * becomes a draft; draft.c shows it. */
#include "app/batch_file.h"
#include "base/limits.h"
#include "base/num.h"
#include "market/document.h"
#include "site/project_pages.h"

enum { FAULTS_SHOWN = 200 };

/* ---- the form ---- */

static struct err fill_columns(struct ctx *ctx, const struct project *p, struct tpl_publish *data) {
    struct str html;
    struct err e = document_get(ctx, p->document, &html);
    if (failed(e))
        return e;
    size_t needed, all;
    struct layout layout = layout_read(ctx->arena, html);
    const struct str *names = layout_names(ctx->arena, &layout, &needed, &all);
    struct tpl_publish_columns *list = arena_array(ctx->arena, all, sizeof *list);
    for (size_t i = 0; i < all; i++)
        list[i] = (struct tpl_publish_columns){.column = names[i], .needed = i < needed};
    data->columns = list;
    data->columns_n = all;
    data->alike = needed == 0;
    return NO_ERR;
}

static struct tpl_publish_faults fault_row(const struct finding_group *g,
                                           const struct finding *one) {
    static const char *const levels[] = {
        [FINDING_FILE] = "file",
        [FINDING_NEEDS_INPUT] = "needs_input",
        [FINDING_ROW] = "row",
        [FINDING_WARNING] = "warning",
    };
    return (struct tpl_publish_faults){
        .level = str_c(levels[g->level]),
        .code = str_c(g->code),
        .line = one->line,
        .column = one->column,
        .message = one->message,
    };
}

/* All that is wrong with the file that was just refused. */
static void fill_faults(struct arena *a, const struct findings *f, struct tpl_publish *data) {
    struct tpl_publish_faults *faults = arena_array(a, FAULTS_SHOWN, sizeof *faults);
    struct tpl_publish_warnings *warnings = arena_array(a, FAULTS_SHOWN, sizeof *warnings);
    struct tpl_publish_more *more = arena_array(a, FAULTS_SHOWN, sizeof *more);
    for (const struct finding_group *g = f->first; g; g = g->next) {
        int64_t shown = 0;
        for (const struct finding *one = g->first; one; one = one->next) {
            struct tpl_publish_faults row = fault_row(g, one);
            if (g->level != FINDING_WARNING && data->faults_n < FAULTS_SHOWN) {
                faults[data->faults_n++] = row;
                shown++;
            } else if (g->level == FINDING_WARNING && data->warnings_n < FAULTS_SHOWN) {
                warnings[data->warnings_n++] =
                    (struct tpl_publish_warnings){row.code, row.line, row.column, row.message};
                shown++;
            }
        }
        if (g->level != FINDING_WARNING && g->count > shown && data->more_n < FAULTS_SHOWN)
            more[data->more_n++] = (struct tpl_publish_more){str_c(g->code), g->count, shown};
    }
    data->faults = faults;
    data->warnings = warnings;
    data->more = more;
    data->faulty = data->faults_n > 0;
    data->ask_encoding = findings_count(f, "U08") > 0;
    data->ask_case = findings_of(f, FINDING_FILE, "column-case") != NULL;
}

static struct err show_publish(struct call *call, struct ctx *ctx) {
    struct project p;
    struct err e = project_of_call(call, ctx, &p);
    if (failed(e))
        return e;
    if (p.deleted_ms)
        return err_make(ctx->arena, ERR_CONFLICT, NULL,
                        "The project \"%.*s\" is deleted. Restore it to publish from it.",
                        STR_ARG(p.name));
    struct tpl_publish data = {
        .id = p.id,
        .name = p.name,
        .base = project_url(ctx->arena, p.id, ""),
        .tasks = page_value(call, "tasks", STR("1")),
        .tasks_error = page_error(call, "tasks"),
        .batch_name = page_value(call, "name", STR("")),
        .batch_name_error = page_error(call, "name"),
        .max_mib = (int64_t)(call->app->file_max >> 20),
    };
    e = fill_columns(ctx, &p, &data);
    if (failed(e))
        return e;
    if (failed(call->form_err) && call->in)
        fill_faults(ctx->arena, call->in, &data);
    return page_show(call, &(struct page){.title = "Publish a batch", .nav = NAV_R_CREATE},
                     tpl_publish_view(&data));
}

/* ---- what was sent ---- */

static struct err check_name(struct arena *a, struct str name) {
    bool control = false;
    for (size_t i = 0; i < name.n; i++)
        control |= (unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7F;
    if (name.n <= 255 && !control)
        return NO_ERR;
    return err_make(a, ERR_BAD_REQUEST, "name",
                    control ? "The name holds a control character; remove it."
                            : "The name is %zu bytes long; at most 255 are possible.",
                    name.n);
}

static struct err read_form(struct call *call, struct batch_file *in) {
    struct arena *a = call->req->arena;
    const struct form_field *file = form_file(&call->form, "file");
    struct str encoding = form_get(&call->form, "encoding");
    struct str tasks = str_trim(form_get(&call->form, "tasks"));
    struct err e = project_of_path(call, &in->project);
    in->name = str_trim(form_get(&call->form, "name"));
    in->fold_case = form_get(&call->form, "fold_case").n > 0;
    if (!failed(e))
        e = check_name(a, in->name);
    if (failed(e))
        return e;
    if (encoding.n && !encoding_parse(encoding, &in->encoding))
        return err_make(a, ERR_BAD_REQUEST, "encoding", "Choose an encoding from the list.");
    if (file && (file->filename.n || file->value.n)) {
        in->file = file->value;
        in->file_name = str_sub(file->filename, 0, 255);
        return NO_ERR;
    }
    if (!tasks.p)
        return err_make(a, ERR_BAD_REQUEST, "file", "Choose the file first.");
    if (!num_parse(tasks, 1, FILE_ROWS_MAX, &in->tasks))
        return err_make(a, ERR_BAD_REQUEST, "tasks", "\"%.*s\" is not a number from 1 to %d.",
                        STR_ARG(tasks), FILE_ROWS_MAX);
    return NO_ERR;
}

/* A program gets the faults as /v1 tells them. */
static struct err refuse_json(struct call *call, struct err e, const struct findings *f) {
    call->status = err_http_status(e.code);
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "error");
    json_open_object(&j);
    json_kv_cstr(&j, "code", err_slug(e.code));
    json_kv_cstr(&j, "message", e.detail);
    json_kv_cstr(&j, "field", e.field);
    batch_file_json(&j, f);
    json_end(&j);
    json_end(&j);
    return NO_ERR;
}

static struct err upload(struct call *call) {
    struct batch_file in = {0};
    struct batch_staged *staged = arena_new(call->req->arena, struct batch_staged);
    struct err e = read_form(call, &in);
    if (failed(e))
        return e;
    e = batch_file_stage(call, &in, staged);
    if (e.code == ERR_BAD_FILE && staged->findings.first) {
        if (site_wants_json(call->req))
            return refuse_json(call, e, &staged->findings);
        call->in = &staged->findings; /* for show_publish, which shows the form again */
    }
    if (!failed(e))
        site_redirect(
            call, str_printf(call->req->arena, "/requester/drafts/%lld", (long long)staged->batch));
    return e;
}

const struct route site_publish_rows[] = {
    {.method = "GET",
     .pattern = "/requester/projects/{id}/publish",
     .help = "The form for a batch's input file.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_publish},
    {.method = "POST",
     .pattern = "/requester/projects/{id}/publish",
     .help = "Takes the file and stages it; nothing is published and no money moves.",
     .may = MAY_OWN,
     .flags = ROUTE_UPLOAD,
     .kind = CALL_SLOW,
     .slow = upload,
     .form = show_publish},
    {.method = NULL},
};
