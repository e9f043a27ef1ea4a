#include "site/site.h"

#include <string.h>

#include "base/limits.h"
#include "base/num.h"
#include "market/request_key.h"
#include "site/rows.h"
#include "site/static.h"

/* ---- doors ---- */

/* The three sites by their names; the page behind says who may. */
static struct err go_in(struct call *call, struct ctx *ctx) {
    struct str path = call->req->path;
    site_redirect(call, str_is(path, "/worker") ? STR("/projects")
                                                : str_printf(ctx->arena, "%.*s/", STR_ARG(path)));
    return NO_ERR;
}

static const struct route doors[] = {
    {.method = "GET",
     .pattern = "/requester",
     .help = "Leads to the requester's first page.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = go_in},
    {.method = "GET",
     .pattern = "/worker",
     .help = "Leads to the worker's list of tasks.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = go_in},
    {.method = "GET",
     .pattern = "/operator",
     .help = "Leads to the operator's first page.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = go_in},
    {.method = NULL},
};

/* ---- the rows ---- */

static const struct route *const tables[] = {
    doors,
    site_sign_in_rows,
    site_group_rows,
    site_hide_rows,
    site_report_rows,
    site_requester_rows,
    site_task_rows,
    site_task_draft_rows,
    site_test_rows,
    site_submit_rows,
    site_money_rows,
    site_own_work_rows,
    site_review_rows,
    site_appeal_rows,
    site_requester_money_rows,
    site_message_rows,
    site_qualification_rows,
    site_qualification_type_rows,
    /* a requester's batches */
    site_home_rows,
    site_batch_rows,
    site_batch_action_rows,
    site_results_rows,
    site_result_rows,
    site_choose_rows,
    /* Create */
    site_project_rows,
    site_one_project_rows,
    site_project_form_rows,
    site_publish_rows,
    site_draft_rows,
    site_person_rows,
    site_own_settings_rows,
    site_own_data_rows,
    site_statement_rows,
    site_mail_rows,
    site_member_rows,
    site_notification_rows,
    site_operator_rows,
    site_operator_account_rows,
    site_operator_money_rows,
    site_operator_report_rows,
    site_operator_outbox_rows,
    site_paused_rows,
    site_help_rows,
    NULL,
};

bool site_wants_json(const struct http_request *req) {
    struct str accept = http_header(req, "Accept");
    return str_is(form_get(&req->query, "format"), "json") ||
           (accept.p && str_find(accept, STR("application/json")) >= 0);
}

int64_t site_query_int(struct call *call, const char *name, int64_t min, int64_t max,
                       int64_t fallback) {
    int64_t value = fallback;
    struct str text = form_get(&call->req->query, name);
    if (text.n)
        num_parse(text, min, max, &value);
    return value;
}

void site_csrf_field(struct call *call, struct buf *html) {
    buf_puts(html, "<input type=\"hidden\" name=\"csrf_token\" value=\"");
    html_text(html, call->session.csrf);
    buf_puts(html, "\">");
}

struct str site_home(const struct call *call) {
    if (!call->signed_in)
        return STR("/projects");
    switch (site_of(&call->session)) {
    case ROLE_REQUESTER: return STR("/requester/");
    case ROLE_OPERATOR: return STR("/operator/");
    case ROLE_MEMBER: return STR("/accounts");
    case ROLE_WORKER: break;
    }
    return STR("/projects");
}

enum role site_of(const struct session *session) {
    return session->account.id ? ROLE_REQUESTER : session->party.role;
}

/* ---- the face ---- */

static void refuse_json(struct call *call, struct err e) {
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "error");
    json_open_object(&j);
    json_kv_cstr(&j, "code", err_slug(e.code));
    json_kv_cstr(&j, "message", e.detail ? e.detail : err_opening(e.code));
    json_kv_str_opt(&j, "field", str_c(e.field));
    json_end(&j);
    json_end(&j);
}

static const char *refusal_title(enum err_code code) {
    switch (err_http_status(code)) {
    case 401: return "Sign in";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 413: return "Too large";
    case 429: return "Too many requests";
    default: return err_http_status(code) >= 500 ? "Not now" : "This did not work";
    }
}

/* The address that was asked for, to come back to after signing in. */
static struct str sign_in_url(struct call *call) {
    struct http_request *req = call->req;
    struct buf b = BUF_INIT;
    struct tpl_out out = {.b = &b};
    buf_puts(&b, "/sign-in");
    if (str_is(req->method, "GET") && req->target.n < 1000) {
        buf_puts(&b, "?next=");
        tpl_component(&out, req->target);
    }
    struct str url = buf_dup(req->arena, &b);
    buf_free(&b);
    return url;
}

static void refuse_html(struct call *call, struct err e) {
    if (e.code == ERR_SIGN_IN_NEEDED) {
        site_redirect(call, sign_in_url(call));
        return;
    }
    struct tpl_error page = {
        .title = str_c(refusal_title(e.code)),
        .message = str_c(e.detail ? e.detail : err_opening(e.code)),
        .request = str_c(call->req->id),
        .ours = err_http_status(e.code) >= 500,
        .unchanged = call->req->method.n && !str_is(call->req->method, "GET") &&
                     !str_is(call->req->method, "HEAD"),
        .back = site_home(call),
        .back_label = STR("Back to the start"),
    };
    page_show(call, &(struct page){.title = refusal_title(e.code)}, tpl_error_view(&page));
}

static void refuse(struct call *call, struct err e) {
    call_header(call, "X-Request-Id", str_c(call->req->id));
    if (call->extra == site_submit_rows) {
        call_header(call, "Access-Control-Allow-Origin", STR("*"));
        submit_refuse(call, e);
        return;
    }
    if (site_wants_json(call->req)) {
        refuse_json(call, e);
        return;
    }
    refuse_html(call, e);
}

static struct err enter(struct call *call, struct ctx *ctx) {
    const struct route *route = call->route;
    struct err e = call_enter_session(call, ctx);
    if (!failed(e))
        e = route_check_rights(route, call);
    if (!failed(e) && route_changes(route) && !(route->flags & ROUTE_NO_CSRF))
        e = call_check_csrf(call);
    if (!failed(e) && route->shard)
        e = route->shard(call, ctx);
    return e;
}

/* A form with something wrong in it is shown again. What no typing can mend is refused. */
static struct err (*again(struct call *call, struct err e))(struct call *call, struct ctx *ctx) {
    int status = err_http_status(e.code);
    bool mendable = status < 500 && status != 403 && status != 404 && e.code != ERR_SIGN_IN_NEEDED;
    if (!mendable || site_wants_json(call->req) || !call->route)
        return NULL;
    return call->route->form;
}

static struct err prepare(struct call *call) {
    return call->req->body_fd < 0 ? NO_ERR : http_form(call->req, FORM_LF, &call->form);
}

static const struct face face = {
    .kind = FACE_SITE,
    .prepare = prepare,
    .enter = enter,
    .refuse = refuse,
    .again = again,
    .repeat = site_repeat,
};

/* Every form carries a key of its showing (tpl_csrf): sent twice, it takes effect once. */
static void expect_once(struct call *call) {
    struct str once = form_get(&call->form, "once");
    if (call->kind == CALL_WRITE && once.n == 32 && !site_wants_json(call->req))
        call->replay_key =
            request_key_digest(call->req->arena, http_cookie(call->req, SESSION_COOKIE),
                               call->req->path, once, http_body(call->req));
}

/* Browsers can only GET and POST: a form may name another method (worker-site 1). */
static struct str real_method(struct call *call) {
    struct http_request *req = call->req;
    if (str_is(req->method, "POST") && str_ieq(form_get(&call->form, "_method"), STR("delete")))
        return STR("DELETE");
    /* A program that shows the token may accept by GET (worker-site 1.3). */
    if (str_is(req->method, "GET") && str_ends(req->path, STR("/accept_random")) &&
        http_header(req, "X-CSRF-Token").p)
        return STR("POST");
    return req->method;
}

static const struct route *find(struct call *call, struct str method, bool *other) {
    *other = false;
    for (size_t i = 0; tables[i]; i++) {
        bool here;
        const struct route *route =
            route_find(tables[i], method, call->req->path, call->params, &here);
        if (route) {
            call->extra = tables[i];
            return route;
        }
        *other |= here;
    }
    return NULL;
}

/* A host of its own has one site at its root (DESIGN 2): on the requester's, "/batches/7" stands
 * for
 * "/requester/batches/7", unless that is no page; on the worker's there are no others' pages. */
static void place_at_host(struct app *app, struct http_request *req) {
    struct str host = http_header(req, "Host");
    struct call look = {.req = req};
    bool other;
    if (app->requester_host && str_ieq(host, str_c(app->requester_host))) {
        struct str as_is = req->path;
        req->path = str_printf(req->arena, "/requester%.*s", STR_ARG(as_is));
        if (!find(&look, req->method, &other) && !other)
            req->path = as_is;
    } else if (app->worker_host && str_ieq(host, str_c(app->worker_host)) &&
               (str_starts(req->path, STR("/requester/")) ||
                str_starts(req->path, STR("/operator/")))) {
        req->path = STR("/elsewhere");
    }
}

/* Whether an answer with files names, in its query, an assignment that this store has made: ids are
 * sealed, so a stranger can not make one up and fill the disk. */
static bool names_assignment(const struct app *app, const struct http_request *req) {
    int64_t row;
    struct str id = form_get(&req->query, "assignmentId");
    return id.p && form_is_multipart(http_header(req, "Content-Type")) &&
           id_open(app->ids, ID_ASSIGNMENT, id, &row);
}

/* Nobody makes us store an upload without saying at least who he claims to be. */
struct http_plan site_plan(struct app *app, struct http_request *req) {
    struct http_plan plan = {.body_max = BODY_MAX};
    bool other;
    struct call look = {.req = req};
    place_at_host(app, req);
    const struct route *route = find(&look, req->method, &other);
    if (route && (route->flags & ROUTE_FILES) && names_assignment(app, req)) {
        plan.body_max = FORM_FILE_MAX + ANSWER_MAX;
        plan.to_file = true;
        return plan;
    }
    if (!route || !(route->flags & ROUTE_UPLOAD))
        return plan;
    if (!http_cookie(req, SESSION_COOKIE).p) {
        site_refuse(app, req, err_make(req->arena, ERR_SIGN_IN_NEEDED, NULL, "Sign in first."));
        return plan;
    }
    plan.body_max = app->file_max;
    plan.to_file = true;
    return plan;
}

static struct err no_page(struct call *call, struct ctx *ctx) {
    (void)call;
    return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no page at this address.");
}

/* The row of an address, whoever asks. */
static const struct route *row_at(struct str method, struct str path, struct str *params) {
    bool other;
    const struct route *row = NULL;
    for (size_t i = 0; tables[i] && !row; i++)
        row = route_find(tables[i], method, path, params, &other);
    return row;
}

/* The address of the page with these parameters. */
static struct str fill_pattern(struct arena *a, const char *pattern, const struct str *params) {
    struct buf b = BUF_INIT;
    struct tpl_out out = {.b = &b};
    struct str rest = str_c(pattern);
    for (bool first = true; rest.p; first = false) {
        struct str part = str_cut(&rest, '/');
        if (!first)
            buf_putc(&b, '/');
        if (part.n && part.p[0] == '{')
            tpl_component(&out, *params++);
        else
            buf_str(&b, part);
    }
    struct str url = buf_dup(a, &b);
    buf_free(&b);
    return url;
}

/* The page that shows a row's form. */
static struct str page_of_form(struct arena *a, const struct route *posts,
                               const struct str *params) {
    for (size_t i = 0; tables[i]; i++)
        for (const struct route *row = tables[i]; row->method; row++)
            if (row->run == posts->form && !route_changes(row))
                return fill_pattern(a, row->pattern, params);
    return STR_NULL;
}

/* Where to go from an address that takes a form only and is asked for as a page, as it is after a
 * refused form, by a choice of colours or the address line: the form's page, else the nearest
 * page above it. */
static struct str page_instead(struct call *call) {
    struct str params[CALL_PARAMS_MAX] = {STR_NULL}, url = STR_NULL, path = call->req->path;
    const struct route *posts = row_at(STR("POST"), path, params);
    if (posts && posts->form)
        url = page_of_form(call->req->arena, posts, params);
    while (!url.p && path.n > 1) {
        do
            path.n--;
        while (path.n > 1 && path.p[path.n] != '/');
        if (path.n > 1 && row_at(STR("GET"), path, params))
            url = path;
    }
    return url.p ? url : site_home(call);
}

static struct err no_method(struct call *call, struct ctx *ctx) {
    struct str method = call->req->method;
    if ((str_is(method, "GET") || str_is(method, "HEAD")) && !site_wants_json(call->req)) {
        site_redirect(call, page_instead(call));
        return NO_ERR;
    }
    return err_make(ctx->arena, ERR_METHOD_NOT_ALLOWED, NULL, "This address does not take %.*s.",
                    STR_ARG(call->req->method));
}

/* Rows for what has none, so that who is signed in stays so on the page that says it. */
static const struct route nowhere = {
    .method = "GET",
    .may = MAY_EVERYBODY,
    .kind = CALL_READ,
    .run = no_page,
};
static const struct route wrong_method = {
    .method = "GET",
    .may = MAY_EVERYBODY,
    .kind = CALL_READ,
    .run = no_method,
};

static void start(struct call *call) {
    bool other, upload;
    call->route = find(call, real_method(call), &other);
    if (!call->route)
        call->route = other ? &wrong_method : &nowhere;
    call->kind = call->route->kind;
    call->run = call->route->run;
    call->slow = call->route->slow;
    upload = (call->route->flags & ROUTE_UPLOAD) || call->req->body_fd >= 0;
    if (!upload)
        expect_once(call);
    if (upload)
        call_start_deferred(call);
    else
        call_start(call);
}

/* An upload's form is read where it may take its time (prepare). */
void site_handle(struct app *app, struct http_request *req) {
    if (static_handle(req))
        return;
    struct call *call = call_new(app, req, &face);
    struct err e = NO_ERR;
    if (req->body_fd < 0)
        e = http_form(req, str_ends(req->path, STR("/mturk/externalSubmit")) ? 0 : FORM_LF,
                      &call->form);
    if (failed(e))
        call_refuse(call, e);
    else
        start(call);
}

void site_refuse(struct app *app, struct http_request *req, struct err e) {
    struct call *call = call_new(app, req, &face);
    if (str_ends(req->path, STR("/mturk/externalSubmit")))
        call->extra = site_submit_rows;
    call_refuse(call, e);
}
