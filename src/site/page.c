#include "site/page.h"
#include "base/zone.h"

#include <stdio.h>
#include <string.h>

#include "base/rand.h"
#include "http/cookie.h"
#include "site/rows.h"
#include "site/static.h"

#define FLASH_COOKIE "hitd_flash"
#define THEME_COOKIE "hitd_theme"

enum { THEME_S = 365 * 86400 };

/* ---- safety ---- */

static void safety_headers(struct call *call, const struct page *page) {
    const char *frames = page->task     ? "https: http:"
                         : page->editor ? call->app->content_url
                                        : "'none'";
    call_header(call, "Content-Security-Policy",
                str_printf(call->req->arena,
                           "default-src 'none'; script-src 'self'; style-src 'self'; font-src "
                           "'self'; connect-src 'self'; img-src 'self' data:%s; frame-src %s; "
                           "form-action 'self'%s%s; base-uri 'none'; frame-ancestors 'none'",
                           page->images ? " https: http:" : "", frames, page->editor ? " " : "",
                           page->editor ? call->app->content_url : ""));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call_header(call, "Referrer-Policy", STR("same-origin"));
    call_header(call, "Cache-Control", STR("no-store"));
}

/* ---- said once ---- */

static struct str to_hex(struct arena *a, struct str s) {
    static const char digits[] = "0123456789abcdef";
    char *p = arena_alloc(a, 2 * s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        p[2 * i] = digits[(unsigned char)s.p[i] >> 4];
        p[2 * i + 1] = digits[(unsigned char)s.p[i] & 15];
    }
    return (struct str){p, 2 * s.n};
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct str from_hex(struct arena *a, struct str hex) {
    char *p = arena_alloc(a, hex.n / 2 + 1);
    for (size_t i = 0; i + 1 < hex.n; i += 2) {
        int high = hex_digit(hex.p[i]), low = hex_digit(hex.p[i + 1]);
        if (high < 0 || low < 0)
            return STR_NULL;
        p[i / 2] = (char)(high << 4 | low);
    }
    return (struct str){p, hex.n / 2};
}

void page_flash(struct call *call, enum flash kind, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    struct str words = str_c(arena_vprintf(call->req->arena, fmt, ap));
    va_end(ap);
    call->flash =
        str_printf(call->req->arena, "%d%.*s", (int)kind, STR_ARG(str_sub(words, 0, FLASH_MAX)));
}

/* 303: reloading and going back repeat nothing. A program gets the same as JSON. The body is what
 * is kept of the answer for a form that comes twice (site_repeat). */
void site_redirect(struct call *call, struct str to) {
    if (site_wants_json(call->req) && route_changes(call->route)) {
        struct json j = call_json(call);
        json_open_object(&j);
        json_kv_str(&j, "location", to);
        json_kv_str_opt(&j, "message", call->flash.n ? str_from(call->flash, 1) : STR_NULL);
        json_end(&j);
        return;
    }
    call->status = 303;
    call->type = "text/plain; charset=utf-8";
    call_header(call, "Location", to);
    buf_str(&call->body, to);
    if (call->flash.n) {
        buf_putc(&call->body, '\n');
        buf_str(&call->body, call->flash);
        call_cookie(call,
                    cookie_set(call->req, FLASH_COOKIE, to_hex(call->req->arena, call->flash), 60));
    }
}

void site_repeat(struct call *call, struct str body) {
    struct str to = str_cut(&body, '\n');
    call->flash = body.p ? body : STR_NULL;
    site_redirect(call, to);
}

/* Takes what was said, and forgets it. */
static void take_flash(struct call *call, struct tpl_frame *f) {
    static const char *const kinds[] = {"info", "good", "warn", "bad", "info"};
    struct str hex = http_cookie(call->req, FLASH_COOKIE);
    if (!hex.n || hex.n > 2 * (FLASH_MAX + 1))
        return;
    struct str text = from_hex(call->req->arena, hex);
    call_cookie(call, cookie_set(call->req, FLASH_COOKIE, STR(""), 0));
    if (text.n < 2)
        return;
    int kind = text.p[0] >= '1' && text.p[0] <= '4' ? text.p[0] - '0' : 0;
    f->flash = str_from(text, 1);
    f->flash_kind = str_c(kinds[kind]);
}

/* ---- the frame ---- */

struct entry {
    enum page_nav nav;
    const char *label, *url, *icon;
    unsigned may; /* who is shown it; 0: everybody of the site */
};

static const struct entry worker_entries[] = {
    {NAV_W_TASKS, "Tasks", "/projects", "list", 0},
    {NAV_W_QUEUE, "Queue", "/tasks", "inbox", 0},
    {NAV_W_DASHBOARD, "Dashboard", "/dashboard", "gauge", 0},
    {NAV_W_APPEALS, "Appeals", "/appeals", "scale", 0},
    {NAV_W_EARNINGS, "Earnings", "/earnings", "wallet", 0},
    {NAV_W_QUALIFICATIONS, "Qualifications", "/qualifications/assigned", "award", 0},
    {NAV_W_MESSAGES, "Messages", "/messages", "mail", 0},
    {NAV_NONE, NULL, NULL, NULL, 0},
};
static const struct entry requester_entries[] = {
    {NAV_R_HOME, "Home", "/requester/", "house", 0},
    {NAV_R_CREATE, "Create", "/requester/create/projects", "plus", MAY_OWN},
    {NAV_R_RESULTS, "Results", "/requester/manage/batches", "table", 0},
    {NAV_R_WORKERS, "Workers", "/requester/workers", "users", 0},
    {NAV_R_APPEALS, "Appeals", "/requester/appeals", "scale", 0},
    {NAV_R_MESSAGES, "Messages", "/requester/messages", "mail", 0},
    {NAV_R_ACCOUNT, "Account", "/requester/account", "wallet", MAY_OWN},
    {NAV_NONE, NULL, NULL, NULL, 0},
};
static const struct entry operator_entries[] = {
    {NAV_O_HOME, "Home", "/operator/", "house", 0},
    {NAV_O_ACCOUNTS, "Accounts", "/operator/accounts", "users", 0},
    {NAV_O_DEPOSITS, "Deposits", "/operator/deposits", "landmark", 0},
    {NAV_O_PAYOUTS, "Payouts", "/operator/payouts", "banknote", 0},
    {NAV_O_CASES, "Reports", "/operator/reports", "flag", 0},
    {NAV_O_REPORTS, "Figures", "/operator/figures", "chart-column", 0},
    {NAV_O_SETTINGS, "Settings", "/operator/settings", "sliders-horizontal", 0},
    {NAV_O_HEALTH, "Health", "/operator/health", "activity", 0},
    {NAV_NONE, NULL, NULL, NULL, 0},
};
static const struct entry member_entries[] = {
    {NAV_NONE, "Accounts", "/accounts", "users", 0},
    {NAV_NONE, NULL, NULL, NULL, 0},
};
static const struct entry stranger_entries[] = {
    {NAV_W_TASKS, "Tasks", "/projects", "list", 0},
    {NAV_NONE, NULL, NULL, NULL, 0},
};

static const struct entry *entries_of(const struct call *call) {
    if (!call->signed_in)
        return stranger_entries;
    switch (site_of(&call->session)) {
    case ROLE_WORKER: return worker_entries;
    case ROLE_REQUESTER: return requester_entries;
    case ROLE_OPERATOR: return operator_entries;
    case ROLE_MEMBER: return member_entries;
    }
    return stranger_entries;
}

static void fill_navigation(struct call *call, enum page_nav nav, struct tpl_frame *f) {
    const struct entry *entries = entries_of(call);
    unsigned rights = call->signed_in ? route_rights(&call->session) : 0;
    size_t n = 0, shown = 0;
    while (entries[n].label)
        n++;
    struct tpl_frame_nav *list = arena_array(call->req->arena, n, sizeof *list);
    for (size_t i = 0; i < n; i++) {
        if (entries[i].may && !(entries[i].may & rights))
            continue;
        list[shown++] = (struct tpl_frame_nav){
            .label = str_c(entries[i].label),
            .address = str_c(entries[i].url),
            .current = entries[i].nav == nav && nav != NAV_NONE,
        };
    }
    f->nav = list;
    f->nav_n = shown;
    f->home = str_c(entries[0].url);
}

static void fill_who(struct call *call, struct tpl_frame *f) {
    static const char *const sites[] = {
        [ROLE_REQUESTER] = "requester",
        [ROLE_WORKER] = "worker",
        [ROLE_OPERATOR] = "operator",
        [ROLE_MEMBER] = "requester",
    };
    static const char *const settings[] = {
        [ROLE_REQUESTER] = "/requester/settings",
        [ROLE_WORKER] = "/account",
        [ROLE_OPERATOR] = "/account",
        [ROLE_MEMBER] = "/account",
    };
    const struct session *s = &call->session;
    f->signed_in = call->signed_in;
    f->site = STR("worker");
    if (!call->signed_in)
        return;
    f->site = str_c(sites[site_of(s)]);
    f->help = site_of(s) == ROLE_REQUESTER ? STR("/requester/help") : STR_NULL;
    bool owner = s->account.id == 0 || s->role == MEMBER_OWNER;
    f->settings = owner ? str_c(settings[site_of(s)]) : STR_NULL;
    f->name = s->party.name;
    f->id = s->account.id ? s->account.public_id : s->party.public_id;
    if (s->account.id && s->account.id != s->party.id)
        f->acting = s->account.name;
}

static struct str theme(struct call *call) {
    struct str cookie = http_cookie(call->req, THEME_COOKIE);
    return str_is(cookie, "dark") ? STR("dark") : str_is(cookie, "light") ? STR("light") : STR("");
}

/* Path and query of the page of ours that the form stood on; another site's is never followed. */
static struct str came_from(struct call *call) {
    struct str url = http_header(call->req, "Referer");
    ptrdiff_t host = str_find(url, STR("://"));
    if (host < 0)
        return site_home(call);
    struct str rest = str_from(url, (size_t)host + 3);
    ptrdiff_t path = str_find(rest, STR("/"));
    if (path < 0)
        return site_home(call);
    rest = str_from(rest, (size_t)path);
    return str_starts(rest, STR("//")) ? site_home(call) : rest;
}

void page_set_theme(struct call *call, struct str chosen) {
    bool known = str_is(chosen, "dark") || str_is(chosen, "light");
    call_cookie(call,
                cookie_set(call->req, THEME_COOKIE, known ? chosen : STR(""), known ? THEME_S : 0));
    site_redirect(call, came_from(call));
}

const struct zone *page_zone(struct call *call) {
    return zone_find(call->session.time_zone);
}

int page_dialect(struct call *call, enum csv_dialect otherwise) {
    enum csv_dialect dialect = otherwise;
    csv_dialect_parse(call->session.csv_dialect, &dialect);
    return (int)dialect;
}

/* ---- lists ---- */

enum { SIZES = 3 };
static const int64_t sizes[SIZES] = {25, 100, 500};

int64_t page_size(struct call *call) {
    int64_t asked = site_query_int(call, "size", sizes[0], sizes[SIZES - 1], sizes[0]);
    for (size_t i = 0; i < SIZES; i++)
        if (sizes[i] == asked)
            return asked;
    return sizes[0];
}

static void add_parameter(struct buf *b, struct str name, struct str value) {
    buf_putc(b, memchr(b->p, '?', b->n) ? '&' : '?');
    form_encode(b, name);
    buf_putc(b, '=');
    form_encode(b, value);
}

struct str page_with(struct call *call, const char *name, struct str value) {
    static const char *const left_out[] = {"after", "before", "balance", "format"};
    const struct form *query = &call->req->query;
    struct buf b = BUF_INIT;
    buf_str(&b, call->req->raw_path);
    for (size_t i = 0; i < query->count; i++) {
        bool kept = !str_is(query->fields[i].name, name);
        for (size_t k = 0; k < sizeof left_out / sizeof *left_out; k++)
            kept &= !str_is(query->fields[i].name, left_out[k]);
        if (kept)
            add_parameter(&b, query->fields[i].name, query->fields[i].value);
    }
    if (value.p)
        add_parameter(&b, str_c(name), value);
    struct str url = buf_dup(call->req->arena, &b);
    buf_free(&b);
    return url;
}

/* The same rows for a program: where the page stands in its list is kept. */
static struct str twin(struct call *call, const char *format) {
    const struct http_request *req = call->req;
    return str_printf(req->arena, "%.*s?%.*s%sformat=%s", STR_ARG(req->raw_path),
                      STR_ARG(req->raw_query), req->raw_query.n ? "&" : "", format);
}

/* What the foot of a page with rows offers. */
static void fill_foot(struct call *call, const struct page *page, struct tpl_view view,
                      struct tpl_frame *f) {
    struct arena *a = call->req->arena;
    bool place = form_get(&call->req->query, "after").n || form_get(&call->req->query, "before").n;
    size_t rows = view.tpl->rows ? view.tpl->rows(view.data) : 0;
    if (!rows || route_changes(call->route))
        return;
    f->csv = twin(call, "csv");
    f->json = twin(call, "json");
    if (!page->size || (!place && rows < (size_t)sizes[0]))
        return;
    struct tpl_frame_sizes *list = arena_array(a, SIZES, sizeof *list);
    for (size_t i = 0; i < SIZES; i++)
        list[i] = (struct tpl_frame_sizes){
            .n = sizes[i],
            .address = page_with(call, "size", str_printf(a, "%lld", (long long)sizes[i])),
            .current = sizes[i] == page->size,
        };
    f->sizes = list;
    f->sizes_n = SIZES;
}

/* content into call->body, inside the frame. view: what it is of, or nothing. */
static void show_html(struct call *call, const struct page *page, struct tpl_view shown,
                      struct str content) {
    struct tpl_frame f = {
        .title = str_c(page->title),
        .content = {content},
        .styles = static_url("app.css"),
        .script = static_url("app.js"),
        .editor = page->editor ? static_url("editor.js") : STR_NULL,
        .theme = theme(call),
        .zone = page_zone(call) ? call->session.time_zone : STR_NULL,
        .wide = page->wide,
        .live = page->live,
        .error = failed(call->form_err) ? str_c(call->form_err.detail) : STR_NULL,
    };
    struct tpl_out out = {
        .b = &call->body,
        .csrf = call->session.csrf,
        .icons = static_url("icons.svg"),
        .once = rand_hex(call->req->arena, 16),
        .zone = page_zone(call),
    };
    struct tpl_view view = tpl_frame_view(&f);
    call->type = "text/html; charset=utf-8";
    safety_headers(call, page);
    fill_navigation(call, page->nav, &f);
    fill_who(call, &f);
    if (shown.tpl)
        fill_foot(call, page, shown, &f);
    take_flash(call, &f);
    view.tpl->html(&out, view.data);
    if (failed(call->form_err)) {
        int status = err_http_status(call->form_err.code);
        call->status = status == 400 ? 422 : status;
    }
}

static struct err show_csv(struct call *call, struct tpl_view view) {
    struct csv_out w;
    csv_out_begin(&w, &call->body, (enum csv_dialect)page_dialect(call, CSV_EXCEL));
    view.tpl->csv(&w, view.data);
    call->type = "text/csv; charset=utf-8";
    call_header(call, "Content-Disposition",
                str_printf(call->req->arena, "attachment; filename=\"%s.csv\"", view.tpl->name));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    return NO_ERR;
}

struct err page_show(struct call *call, const struct page *page, struct tpl_view view) {
    if (view.tpl->csv && str_is(form_get(&call->req->query, "format"), "csv"))
        return show_csv(call, view);
    if (site_wants_json(call->req)) {
        struct json j = call_json(call);
        json_open_object(&j);
        view.tpl->json(&j, view.data);
        json_end(&j);
        return NO_ERR;
    }
    struct buf content = BUF_INIT;
    struct tpl_out out = {
        .b = &content,
        .csrf = call->session.csrf,
        .icons = static_url("icons.svg"),
        .once = rand_hex(call->req->arena, 16),
        .zone = page_zone(call),
    };
    view.tpl->html(&out, view.data);
    show_html(call, page, view, buf_view(&content));
    buf_free(&content);
    return NO_ERR;
}

/* ---- forms ---- */

struct str page_value(struct call *call, const char *name, struct str otherwise) {
    struct str value = STR_NULL;
    if (failed(call->form_err))
        value = form_get(&call->form, name);
    else
        value = form_get(&call->req->query, name);
    return value.p ? value : otherwise;
}

bool page_ticked(struct call *call, const char *name, bool otherwise) {
    return failed(call->form_err) ? form_get(&call->form, name).p != NULL : otherwise;
}

struct str page_error(struct call *call, const char *name) {
    bool here =
        failed(call->form_err) && call->form_err.field && strcmp(call->form_err.field, name) == 0;
    return here ? str_c(call->form_err.detail) : STR_NULL;
}

struct tpl_field page_field(struct call *call, const struct tpl_field *f) {
    struct tpl_field field = *f;
    const char *name = str_z(call->req->arena, f->name);
    field.value = page_value(call, name, f->value);
    field.error = page_error(call, name);
    if (!field.type.p)
        field.type = STR("text");
    return field;
}

/* ---- older pages ---- */

void page_begin(struct call *call, const char *title) {
    call->page_title = title;
    buf_puts(&call->body, "<header class=\"page-head\"><h1>");
    html_text(&call->body, str_c(title));
    buf_puts(&call->body, "</h1></header>\n");
}

void page_end(struct call *call) {
    struct str content = buf_dup(call->req->arena, &call->body);
    buf_clear(&call->body);
    show_html(call, &(struct page){.title = call->page_title, .task = true},
              (struct tpl_view){NULL, NULL}, content);
}

/* What every task's frame has; the caller adds where it leads, and ends the tag. */
static void open_frame(struct buf *b, int64_t height) {
    buf_puts(b, "<iframe class=\"task-frame\" title=\"Task\" sandbox=\"" TASK_SANDBOX
                "\" referrerpolicy=\"no-referrer-when-downgrade\"");
    if (height > 0)
        buf_printf(b, " height=\"%lld\"", (long long)height);
}

static struct html frame_of(struct call *call, struct buf *b) {
    buf_puts(b, "></iframe>\n");
    struct html frame = {buf_dup(call->req->arena, b)};
    buf_free(b);
    return frame;
}

struct html page_task_frame(struct call *call, struct str url, int64_t height) {
    struct buf b = BUF_INIT;
    open_frame(&b, height);
    buf_puts(&b, " src=\"");
    html_text(&b, url);
    buf_puts(&b, "\"");
    return frame_of(call, &b);
}

struct html page_named_frame(struct call *call, const char *name, int64_t height) {
    struct buf b = BUF_INIT;
    open_frame(&b, height);
    buf_printf(&b, " name=\"%s\"", name);
    return frame_of(call, &b);
}
