/* The content listener: a task's HTML is a stranger's program (DESIGN 8). It comes from an origin
 * of its own, in a sandbox, and never sees a session. Whoever knows an assignment's or a HIT's id,
 * which can not be guessed, may see its document: the site tells them only to whom it may. */

#include "base/limits.h"
#include "base/pack.h"
#include "formats/layout.h"
#include "formats/question.h"
#include "formats/question_form.h"
#include "market/draft.h"
#include "market/form_work.h"
#include "market/hit.h"
#include "market/hit_question.h"
#include "site/form.h"
#include "site/layout_samples.h"
#include "site/page.h"
#include "site/rows.h"
#include "site/site.h"
#include "site/static.h"

static void safety_headers(struct call *call) {
    call_header(call, "Content-Security-Policy",
                str_printf(call->req->arena, "sandbox " TASK_SANDBOX "; frame-ancestors %s",
                           call->app->site_url));
    call_header(call, "Referrer-Policy", STR("no-referrer-when-downgrade"));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call_header(call, "Cache-Control", STR("no-store"));
}

/* What pages expect of the old service's externalHIT_v1.js (questions 3.2). */
#define HELPER_PATH "/externalHIT_v1.js"
static const char helper_js[] =
    "function turkGetParam(name, otherwise) {\n"
    "  var value = new URLSearchParams(window.location.search).get(name);\n"
    "  return value === null ? otherwise : value;\n"
    "}\n"
    "function turkSetAssignmentID(id) {\n"
    "  var value = id || turkGetParam('assignmentId', '');\n"
    "  var field = document.getElementById('assignmentId');\n"
    "  var button = document.getElementById('submitButton');\n"
    "  if (field) field.value = value;\n"
    "  if (button && value === 'ASSIGNMENT_ID_NOT_AVAILABLE') {\n"
    "    button.disabled = true;\n"
    "    button.value = 'You must ACCEPT the HIT before you can submit the results.';\n"
    "  }\n"
    "}\n";

static struct err show_helper(struct call *call, struct ctx *ctx) {
    (void)ctx;
    call->type = "text/javascript; charset=utf-8";
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call_header(call, "Cache-Control", STR("public, max-age=86400"));
    buf_puts(&call->body, helper_js);
    return NO_ERR;
}

/* The old service's hard-coded addresses of submission, helper and crowd elements become ours
 * (questions 4.3, crowd-elements 1). */
static void write_document(struct call *call, const struct question *q) {
    struct arena *a = call->req->arena;
    struct layout_addresses to = {
        .submit = str_printf(a, "%s/mturk/externalSubmit", call->app->site_url),
        .helper_js = str_printf(a, "%s" HELPER_PATH, call->app->content_url),
        .crowd_js = str_printf(a, "%s%.*s", call->app->content_url,
                               STR_ARG(static_url("crowd.js"))),
        .crowd_css = STR("data:text/css,"), /* our elements bring their own */
    };
    layout_rewrite(&call->body, q->html, &to);
}

/* What was published stays as it is, whatever is allowed since. */
static struct err write_form(struct call *call, const struct question *q) {
    struct question_form form;
    struct err e = question_form_read(call->req->arena, q->form, true, &form);
    if (!failed(e))
        form_task_page(call, &form);
    return e;
}

static struct err write_question(struct call *call, struct str xml) {
    struct question question;
    struct err e = question_read(call->req->arena, xml, 2 * LAYOUT_FILLED_MAX, true, &question);
    if (failed(e))
        return e;
    if (question.kind == QUESTION_EXTERNAL) {
        call->status = 302;
        call_header(call, "Location", question.url);
        return NO_ERR;
    }
    call->type = "text/html; charset=utf-8";
    safety_headers(call);
    if (question.kind == QUESTION_FORM)
        return write_form(call, &question);
    write_document(call, &question);
    return NO_ERR;
}

/* What keeps what is entered; it speaks to the page around it only (web/src/draft.js). */
static void add_draft_script(struct call *call) {
    buf_puts(&call->body, "<script src=\"");
    buf_str(&call->body, static_url("draft.js"));
    buf_puts(&call->body, "\" data-site=\"");
    html_text(&call->body, str_c(call->app->site_url));
    buf_puts(&call->body, "\"></script>\n");
}

static struct err show_task(struct call *call, struct ctx *ctx) {
    struct task task;
    struct hit_view view;
    struct err e = work_task(ctx, call->params[0], &task);
    if (!failed(e))
        e = hit_view_row(ctx, task.hit, &view);
    if (!failed(e))
        e = write_question(call, view.question);
    if (!failed(e) && call->status != 302)
        add_draft_script(call);
    return e;
}

static struct err show_preview(struct call *call, struct ctx *ctx) {
    int64_t row;
    struct hit_view view;
    if (!id_open(ctx->ids, ID_HIT, call->params[0], &row))
        return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such task.");
    struct err e = hit_view_row(ctx, row, &view);
    if (e.code == ERR_HIT_DOES_NOT_EXIST || (!failed(e) && view.n.disposed))
        return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such task.");
    return failed(e) ? e : write_question(call, view.question);
}

/* A layout with the query's fields as values. */
static struct err show_layout(struct call *call, struct ctx *ctx) {
    struct buf pairs = BUF_INIT;
    const struct form *query = &call->req->query;
    for (size_t i = 0; i < query->count; i++) {
        pack_add(&pairs, query->fields[i].name);
        pack_add(&pairs, query->fields[i].value);
    }
    struct str question;
    struct err e = layout_preview(ctx, call->params[0], buf_dup(ctx->arena, &pairs), &question);
    buf_free(&pairs);
    return failed(e) ? e : write_question(call, question);
}

/* A layout as it is being edited: what the form around the frame sends here, and nothing is kept
 * of it. Without script all of the form's fields come; two of them are read. */
static struct err show_unsaved(struct call *call, struct ctx *ctx) {
    struct str html = form_get(&call->form, "layout");
    struct layout layout = layout_read(ctx->arena, html.p ? html : STR(""));
    struct layout_samples s;
    struct buf pairs = BUF_INIT;
    int64_t project;
    struct err e = layout_leave_open(ctx, form_get(&call->form, "leave"), &project);
    if (!failed(e) && !layout.html.n)
        e = err_make(ctx->arena, ERR_BAD_REQUEST, "layout", "There is nothing to show yet.");
    if (!failed(e))
        e = layout_samples(ctx, project, &layout, &s);
    if (failed(e))
        return e;
    for (size_t i = 0; i < s.n; i++) {
        pack_add(&pairs, s.names[i]);
        pack_add(&pairs, s.values[i]);
    }
    struct str question =
        question_of_parameters(ctx->arena, layout.html, STR("Preview"), buf_view(&pairs));
    buf_free(&pairs);
    return write_question(call, question);
}

static struct err show_draft_row(struct call *call, struct ctx *ctx) {
    struct str question;
    int64_t row = site_query_int(call, "row", 1, INT64_MAX, 1);
    struct err e = draft_page(ctx, call->params[0], row, &question);
    return failed(e) ? e : write_question(call, question);
}

/* Bytes of a stranger: never shown, only saved. */
static struct err show_file(struct call *call, struct ctx *ctx) {
    struct file_body file;
    struct arena *a = call->req->arena;
    struct err e = file_open(ctx, call->params[0], &file);
    if (failed(e))
        return e;
    struct buf name = BUF_INIT;
    form_encode(&name, file.name.n ? file.name : STR("file"));
    safety_headers(call);
    call->type = "application/octet-stream";
    call_header(call, "Content-Disposition",
                str_printf(a, "attachment; filename*=UTF-8''%.*s", STR_ARG(buf_view(&name))));
    buf_free(&name);
    buf_str(&call->body, file.body);
    return NO_ERR;
}

static const struct route rows[] = {
    {.method = "GET",
     .pattern = "/file/{link}",
     .help = "A file that a worker sent; the address is good for a minute.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_file},
    {.method = "GET",
     .pattern = "/layout/{preview}",
     .help = "A layout, filled from the query.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_layout},
    {.method = "POST",
     .pattern = "/layout",
     .help = "A layout that is not saved yet, to whoever has leave from its form.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_unsaved},
    {.method = "GET",
     .pattern = "/draft/{draft}",
     .help = "A row of a staged batch, as a worker would see it.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_draft_row},
    {.method = "GET",
     .pattern = HELPER_PATH,
     .help = "The script of pages that were made for the old service.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_helper},
    {.method = "GET",
     .pattern = "/task/{assignment}",
     .help = "The document of an assignment.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_task},
    {.method = "GET",
     .pattern = "/preview/{hit}",
     .help = "The document of a HIT.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_preview},
    {.method = NULL},
};

static void refuse(struct call *call, struct err e) {
    safety_headers(call);
    call->type = "text/html; charset=utf-8";
    buf_puts(&call->body, "<!doctype html>\n<title>Task</title>\n<p>");
    html_text(&call->body, str_c(e.detail ? e.detail : err_opening(e.code)));
    buf_puts(&call->body, "</p>\n");
}

static struct err enter(struct call *call, struct ctx *ctx) {
    (void)call;
    (void)ctx;
    return NO_ERR;
}

static const struct face face = {.kind = FACE_CONTENT, .enter = enter, .refuse = refuse};

void content_handle(struct app *app, struct http_request *req) {
    if (static_handle(req))
        return;
    struct call *call = call_new(app, req, &face);
    bool other;
    struct err e = http_form(req, FORM_LF, &call->form);
    if (failed(e)) {
        call_refuse(call, e);
        return;
    }
    call->route = route_find(rows, req->method, req->path, call->params, &other);
    if (!call->route) {
        call_refuse(call, err_make(req->arena, other ? ERR_METHOD_NOT_ALLOWED : ERR_NOT_FOUND, NULL,
                                   "There is nothing at this address."));
        return;
    }
    call->kind = call->route->kind;
    call->run = call->route->run;
    call_start(call);
}

void content_refuse(struct app *app, struct http_request *req, struct err e) {
    call_refuse(call_new(app, req, &face), e);
}
