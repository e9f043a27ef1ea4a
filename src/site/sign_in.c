/* Signing in and out, and registering (worker-site 2). Passwords are hashed in helper threads,
 * never in a transaction. */
#include "base/datetime.h"
#include "http/cookie.h"
#include "market/account.h"
#include "site/rows.h"

static const char *role_name(enum role role) {
    switch (role) {
    case ROLE_REQUESTER: return "requester";
    case ROLE_WORKER: return "worker";
    case ROLE_OPERATOR: return "operator";
    case ROLE_MEMBER: return "member";
    }
    return "";
}

struct signing_in {
    struct sign_in_in in;
    struct sign_in_look look;
    struct account_add_in add; /* registering */
    struct party party;
    struct session session;
};

static struct err look(struct ctx *ctx, void *arg) {
    struct signing_in *s = arg;
    return sign_in_look(ctx, &s->in, &s->look);
}

static struct err let_in(struct ctx *ctx, void *arg) {
    struct signing_in *s = arg;
    return sign_in_done(ctx, &s->in, &s->look, &s->session);
}

static struct err count_failure(struct ctx *ctx, void *arg) {
    struct signing_in *s = arg;
    return sign_in_failed(ctx, &s->in);
}

static struct err add_account(struct ctx *ctx, void *arg) {
    struct signing_in *s = arg;
    return account_register(ctx, &s->add, &s->party);
}

static struct str field(struct call *call, const char *name) {
    struct str value = form_get(&call->form, name);
    return value.p ? value : STR("");
}

bool site_own_address(struct str url) {
    if (url.n < 1 || url.n > 1000 || url.p[0] != '/')
        return false;
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= ' ' || url.p[i] == '\\' || (unsigned char)url.p[i] >= 127)
            return false;
    return url.n < 2 || url.p[1] != '/';
}

static void answer(struct call *call, const struct session *session) {
    call_cookie(call, cookie_set(call->req, SESSION_COOKIE, session->cookie, SESSION_S));
    if (!site_wants_json(call->req)) {
        call->signed_in = true;
        call->session = *session;
        struct str next = form_get(&call->form, "next");
        site_redirect(call, site_own_address(next) ? next : site_home(call));
        return;
    }
    struct json j = call_json(call);
    json_open_object(&j);
    json_kv_cstr(&j, "role", role_name(session->party.role));
    json_kv_str(&j, "id", session->party.public_id);
    json_kv_str(&j, "csrf_token", session->csrf);
    json_end(&j);
}

static struct err sign_in(struct call *call) {
    struct signing_in s = {
        .in = {.email = field(call, "email"),
               .address = call->req->peer,
               .agent = http_header(call->req, "User-Agent"),
               .wall_ms = time_wall_ms()},
    };
    struct err e = call_check_origin(call);
    if (!failed(e))
        e = call_read(call, look, &s);
    if (failed(e))
        return e;
    if (!password_verify(s.look.password, field(call, "password"))) {
        e = call_write(call, count_failure, &s);
        return failed(e) ? e
                         : err_make(call->req->arena, ERR_SIGN_IN_REFUSED, NULL,
                                    "E-mail address and password do not match.");
    }
    e = call_write(call, let_in, &s);
    if (!failed(e))
        answer(call, &s.session);
    return e;
}

static struct err sign_up(struct call *call) {
    struct arena *a = call->req->arena;
    struct str password = field(call, "password");
    struct signing_in s = {
        .in = {.email = field(call, "email"),
               .address = call->req->peer,
               .agent = http_header(call->req, "User-Agent"),
               .wall_ms = time_wall_ms()},
        .add = {.role = ROLE_WORKER,
                .email = field(call, "email"),
                .name = field(call, "name"),
                .country = field(call, "country")},
    };
    struct err e = call_check_origin(call);
    if (!failed(e))
        e = password_check(a, password);
    if (failed(e))
        return e;
    s.add.password = password_hash(a, password);
    e = call_write(call, add_account, &s);
    if (failed(e))
        return e;
    s.look = (struct sign_in_look){.party = s.party.id, .password = s.add.password};
    e = call_write(call, let_in, &s);
    if (failed(e))
        return e;
    answer(call, &s.session);
    if (!call->status)
        call->status = 201;
    return NO_ERR;
}

static struct err sign_out(struct call *call, struct ctx *ctx) {
    struct str cookie = http_cookie(call->req, SESSION_COOKIE);
    struct err e = cookie.p ? session_end(ctx, cookie) : NO_ERR;
    if (failed(e))
        return e;
    call_cookie(call, cookie_set(call->req, SESSION_COOKIE, STR(""), 0));
    if (!site_wants_json(call->req)) {
        site_redirect(call, STR("/sign-in"));
        return NO_ERR;
    }
    struct json j = call_json(call);
    json_open_object(&j);
    json_end(&j);
    return NO_ERR;
}

static struct tpl_field email_field(struct call *call) {
    return page_field(call, &(struct tpl_field){
                                .name = STR("email"),
                                .label = STR("E-mail address"),
                                .type = STR("email"),
                                .autocomplete = STR("username"),
                                .required = true,
                            });
}

static struct tpl_field password_field(struct call *call, bool fresh) {
    struct tpl_field f = {
        .name = STR("password"),
        .label = STR("Password"),
        .hint =
            fresh ? STR("At least 8 characters; a few words are easy to keep in mind.") : STR_NULL,
        .type = STR("password"),
        .autocomplete = fresh ? STR("new-password") : STR("current-password"),
        .required = true,
    };
    f.error = page_error(call, "password"); /* what was typed is never sent back */
    return f;
}

static struct err show_sign_in(struct call *call, struct ctx *ctx) {
    (void)ctx;
    struct tpl_sign_in page = {
        .email = email_field(call),
        .password = password_field(call, false),
        .next = page_value(call, "next", STR("")),
    };
    return page_show(call, &(struct page){.title = "Sign in"}, tpl_sign_in_view(&page));
}

static struct err show_register(struct call *call, struct ctx *ctx) {
    (void)ctx;
    struct tpl_register page = {
        .name = page_field(call,
                           &(struct tpl_field){
                               .name = STR("name"),
                               .label = STR("Name or alias"),
                               .hint = STR("Requesters see your worker id only."),
                               .autocomplete = STR("name"),
                               .required = true,
                           }),
        .email = email_field(call),
        .password = password_field(call, true),
        .country = page_field(
            call,
            &(struct tpl_field){
                .name = STR("country"),
                .label = STR("Country"),
                .hint = STR("Two letters, such as DE; in the United States with the state: US-CA."),
                .autocomplete = STR("country"),
                .required = true,
                .maxlength = 5,
            }),
    };
    return page_show(call, &(struct page){.title = "Register"}, tpl_register_view(&page));
}

/* Nobody who signs in has a token yet: these forms are guarded by their origin alone. */
const struct route site_sign_in_rows[] = {
    {.method = "GET",
     .pattern = "/sign-in",
     .help = "The form.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_sign_in},
    {.method = "POST",
     .pattern = "/sign-in",
     .help = "Makes a session.",
     .may = MAY_EVERYBODY,
     .flags = ROUTE_NO_CSRF,
     .kind = CALL_SLOW,
     .slow = sign_in,
     .form = show_sign_in},
    {.method = "POST",
     .pattern = "/sign-out",
     .help = "Ends the session.",
     .may = MAY_SIGNED_IN,
     .kind = CALL_WRITE,
     .run = sign_out},
    {.method = "GET",
     .pattern = "/register",
     .help = "The form.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_register},
    {.method = "POST",
     .pattern = "/register",
     .help = "Makes a worker's account and a session.",
     .may = MAY_EVERYBODY,
     .flags = ROUTE_NO_CSRF,
     .kind = CALL_SLOW,
     .slow = sign_up,
     .form = show_register},
    {.method = NULL},
};
