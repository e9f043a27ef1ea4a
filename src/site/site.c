#include "site/site.h"

#include <string.h>

#include "base/limits.h"
#include "base/num.h"
#include "site/rows.h"

static const struct route *const tables[] = {
    site_sign_in_rows, site_group_rows, site_task_rows, site_submit_rows, site_money_rows, NULL,
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

void site_redirect(struct call *call, struct str to) {
    call->status = 303;
    call_header(call, "Location", to);
}

void site_csrf_field(struct call *call, struct buf *html) {
    buf_puts(html, "<input type=\"hidden\" name=\"csrf_token\" value=\"");
    html_text(html, call->session.csrf);
    buf_puts(html, "\">");
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
    page_begin(call, e.code == ERR_SIGN_IN_NEEDED ? "Sign in" : "This did not work");
    buf_puts(&call->body, "<p>");
    html_text(&call->body, str_c(e.detail ? e.detail : err_opening(e.code)));
    buf_puts(&call->body, "</p>\n<p><a href=\"/sign-in\">Sign in</a> · <a href=\"/projects\">All "
                          "tasks</a></p>\n");
    page_end(call);
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

static const struct face face = {.kind = FACE_SITE, .enter = enter, .refuse = refuse};

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

struct http_plan site_plan(struct app *app, struct http_request *req) {
    (void)app;
    (void)req;
    return (struct http_plan){.body_max = BODY_MAX};
}

void site_handle(struct app *app, struct http_request *req) {
    struct call *call = call_new(app, req, &face);
    struct err e = http_form(req, 0, &call->form);
    if (failed(e)) {
        call_refuse(call, e);
        return;
    }
    bool other;
    call->route = find(call, real_method(call), &other);
    if (!call->route) {
        e = other ? err_make(req->arena, ERR_METHOD_NOT_ALLOWED, NULL,
                             "This address does not take %.*s.", STR_ARG(req->method))
                  : err_make(req->arena, ERR_NOT_FOUND, NULL, "There is no page at this address.");
        call_refuse(call, e);
        return;
    }
    call->kind = call->route->kind;
    call->run = call->route->run;
    call->slow = call->route->slow;
    call_start(call);
}

void site_refuse(struct app *app, struct http_request *req, struct err e) {
    struct call *call = call_new(app, req, &face);
    if (str_ends(req->path, STR("/mturk/externalSubmit")))
        call->extra = site_submit_rows;
    call_refuse(call, e);
}
