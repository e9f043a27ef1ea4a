/* The person behind a sign-in, of whatever role: password, sessions, the accounts he may act for,
 * and invitations. */
#include "base/datetime.h"
#include "http/cookie.h"
#include "market/audit.h"
#include "market/member.h"
#include "market/preference.h"
#include "site/people.h"

/* ---- password and sessions ---- */

static struct err show_security(struct call *call, struct ctx *ctx) {
    struct session_rows sessions;
    struct str payout_to = STR("");
    int64_t me = call->session.party.id;
    struct err e = session_list(ctx, me, time_wall_ms(), &sessions);
    if (!failed(e))
        e = preference_get(ctx, me, PREFERENCE_PAYOUT_TO, &payout_to);
    if (failed(e))
        return e;
    struct tpl_security_rows *rows = arena_array(ctx->arena, sessions.n, sizeof *rows);
    for (size_t i = 0; i < sessions.n; i++)
        rows[i] = (struct tpl_security_rows){
            .session = sessions.items[i].digest,
            .address = sessions.items[i].address,
            .browser = sessions.items[i].agent,
            .since = sessions.items[i].created_ms,
            .until = sessions.items[i].expires_ms,
            .here = str_eq(sessions.items[i].digest, call->session.digest),
        };
    struct tpl_security data = {
        .email = call->session.party.email,
        .old_password =
            page_field(call, &(struct tpl_field){.name = STR("old_password"),
                                                 .label = STR("Present password"),
                                                 .type = STR("password"),
                                                 .autocomplete = STR("current-password"),
                                                 .required = true}),
        .password = page_field(call, &(struct tpl_field){.name = STR("password"),
                                                         .label = STR("New password"),
                                                         .hint = STR("At least 8 characters."),
                                                         .type = STR("password"),
                                                         .autocomplete = STR("new-password"),
                                                         .required = true}),
        .worker = call->session.party.role == ROLE_WORKER,
        .payout_to = page_field(
            call, &(struct tpl_field){.name = STR(PREFERENCE_PAYOUT_TO),
                                      .label = STR("Account, address or name"),
                                      .hint = STR("As agreed with the operator of this market."),
                                      .value = payout_to,
                                      .maxlength = PREFERENCE_MAX}),
        .rows = rows,
        .rows_n = sessions.n,
    };
    data.old_password.value = data.password.value = STR("");
    return page_show(call, &(struct page){.title = "Password and sessions"},
                     tpl_security_view(&data));
}

struct changing {
    struct call *call;
    struct sign_in_in in;
    struct sign_in_look look;
    struct str stored, cookie;
};

static struct err look_rule(struct ctx *ctx, void *arg) {
    struct changing *p = arg;
    return sign_in_look(ctx, &p->in, &p->look);
}
static struct err failed_rule(struct ctx *ctx, void *arg) {
    struct changing *p = arg;
    return sign_in_failed(ctx, &p->in);
}
static struct err password_rule(struct ctx *ctx, void *arg) {
    struct changing *p = arg;
    return account_set_password(ctx, p->call->session.party.id, p->stored, p->cookie);
}

/* Guessing the present password is slowed like signing in. */
struct err check_present_password(struct call *call) {
    struct str old = form_get(&call->form, "old_password");
    struct changing p = {
        .call = call,
        .in = {.email = call->session.party.email,
               .address = call->req->peer,
               .wall_ms = time_wall_ms()},
    };
    struct err e = call_read(call, look_rule, &p);
    if (failed(e) || password_verify(p.look.password, old.p ? old : STR("")))
        return e;
    e = call_write(call, failed_rule, &p);
    return failed(e) ? e
                     : err_make(call->req->arena, ERR_INVALID_PARAMETER, "old_password",
                                "This is not your present password.");
}

static struct err put_password(struct call *call) {
    struct arena *a = call->req->arena;
    struct str new = form_get(&call->form, "password");
    struct changing p = {.call = call, .cookie = http_cookie(call->req, SESSION_COOKIE)};
    struct err e = check_present_password(call);
    if (!failed(e))
        e = password_check(a, new);
    if (failed(e))
        return e;
    p.stored = password_hash(a, new);
    e = call_write(call, password_rule, &p);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "The password is changed; all other sessions have ended.");
    site_redirect(call, STR("/security"));
    return NO_ERR;
}

static struct err put_payout_to(struct call *call, struct ctx *ctx) {
    struct err e = preference_put(ctx, call->session.party.id, PREFERENCE_PAYOUT_TO,
                                  form_text(call, PREFERENCE_PAYOUT_TO));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Saved; it counts for what you take out from now on.");
    site_redirect(call, STR("/security"));
    return NO_ERR;
}

static struct err end_session(struct call *call, struct ctx *ctx) {
    struct err e = session_end_one(ctx, call->session.party.id, form_text(call, "session"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "This session has ended.");
    site_redirect(call, STR("/security"));
    return NO_ERR;
}

static struct err end_everywhere(struct call *call, struct ctx *ctx) {
    struct err e = session_end_all(ctx, call->session.party.id);
    if (!failed(e))
        e = audit_add(ctx, &(struct audit_in){.action = AUDIT_SESSIONS_ENDED,
                                              .subject = call->session.party.id});
    if (failed(e))
        return e;
    call_cookie(call, cookie_set(call->req, SESSION_COOKIE, STR(""), 0));
    page_flash(call, FLASH_GOOD, "You are signed out everywhere.");
    site_redirect(call, STR("/sign-in"));
    return NO_ERR;
}

/* ---- acting for an account ---- */

static struct err show_accounts(struct call *call, struct ctx *ctx) {
    const struct session *s = &call->session;
    struct membership_list list;
    struct invitation_list waiting;
    struct err e = membership_list(ctx, &s->party, &list);
    if (!failed(e))
        e = invitation_waiting(ctx, s->party.email, time_wall_ms(), &waiting);
    if (failed(e))
        return e;
    struct tpl_accounts_rows *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++)
        rows[i] = (struct tpl_accounts_rows){
            .id = list.items[i].public_id,
            .name = list.items[i].name,
            .role = str_c(member_role_name(list.items[i].role)),
            .own = list.items[i].account == s->party.id,
            .here = list.items[i].account == s->account.id,
            .suspended = list.items[i].state != PARTY_ACTIVE,
        };
    struct tpl_accounts_invited *invited = arena_array(ctx->arena, waiting.n, sizeof *invited);
    for (size_t i = 0; i < waiting.n; i++)
        invited[i] = (struct tpl_accounts_invited){
            .id = waiting.items[i].account_id,
            .name = waiting.items[i].account_name,
            .role = str_c(member_role_name(waiting.items[i].role)),
            .until = waiting.items[i].expires_ms,
        };
    bool other = s->party.role == ROLE_WORKER || s->party.role == ROLE_OPERATOR;
    struct tpl_accounts data = {
        .back = other && s->account.id,
        .as_worker = s->party.role == ROLE_WORKER,
        .rows = rows,
        .rows_n = list.n,
        .invited = invited,
        .invited_n = waiting.n,
    };
    return page_show(call, &(struct page){.title = "Accounts"}, tpl_accounts_view(&data));
}

/* The site of whom the session acts for now. */
static struct err go_there(struct call *call, struct ctx *ctx) {
    struct str cookie = http_cookie(call->req, SESSION_COOKIE);
    struct err e = session_find(ctx, cookie, time_wall_ms(), &call->session);
    if (!failed(e))
        site_redirect(call, site_home(call));
    return e;
}

static struct err act(struct call *call, struct ctx *ctx) {
    struct str id = form_text(call, "account");
    struct party account = {0};
    struct err e = NO_ERR;
    if (id.n)
        e = account_by_public_id(ctx, id, &account);
    if (!failed(e))
        e = session_act(ctx, &call->session, account.id);
    return failed(e) ? e : go_there(call, ctx);
}

static struct err join_account(struct call *call, struct ctx *ctx, struct str token,
                               int64_t account) {
    struct invitation_accept_in in = {
        .token = token,
        .account = account,
        .person = &call->session.party,
        .wall_ms = time_wall_ms(),
    };
    struct err e = invitation_accept(ctx, &in, &account);
    if (!failed(e))
        e = session_act(ctx, &call->session, account);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD,
               "You have joined, and act for this account now. Switch under your "
               "name.");
    return go_there(call, ctx);
}

static struct err accept_waiting(struct call *call, struct ctx *ctx) {
    struct party account;
    struct err e = account_by_public_id(ctx, form_text(call, "account"), &account);
    return failed(e) ? e : join_account(call, ctx, STR_NULL, account.id);
}

/* ---- an invitation's link ---- */

static struct err show_invitation(struct call *call, struct ctx *ctx) {
    struct invitation i;
    struct err e = invitation_find(ctx, call->params[0], time_wall_ms(), &i);
    if (failed(e))
        return e;
    struct str url = str_printf(ctx->arena, "/invitation/%.*s", STR_ARG(call->params[0]));
    struct tpl_invitation data = {
        .account = i.account_name,
        .role = str_c(member_role_name(i.role)),
        .email = i.email,
        .until = i.expires_ms,
        .known = i.known,
        .signed_in = call->signed_in,
        .same = call->signed_in && str_eq(i.email, call->session.party.email),
        .who = call->signed_in ? call->session.party.email : STR(""),
        .address = url,
        .sign_in = str_printf(ctx->arena, "/sign-in?next=%.*s", STR_ARG(url)),
        .name = page_field(call, &(struct tpl_field){.name = STR("name"),
                                                     .label = STR("Your name"),
                                                     .hint = STR("The other members see it."),
                                                     .autocomplete = STR("name"),
                                                     .required = true}),
        .password = page_field(call, &(struct tpl_field){.name = STR("password"),
                                                         .label = STR("A password"),
                                                         .hint = STR("At least 8 characters."),
                                                         .type = STR("password"),
                                                         .autocomplete = STR("new-password"),
                                                         .required = true}),
    };
    data.password.value = STR("");
    return page_show(call, &(struct page){.title = "Invitation"}, tpl_invitation_view(&data));
}

struct joining {
    struct invitation_join_in in;
    struct sign_in_in sign_in;
    struct party party;
    struct session session;
};

static struct err join_rule(struct ctx *ctx, void *arg) {
    struct joining *j = arg;
    struct err e = invitation_join(ctx, &j->in, &j->party);
    if (failed(e))
        return e;
    j->sign_in.email = j->party.email;
    struct sign_in_look look = {.party = j->party.id, .password = j->in.password};
    return sign_in_done(ctx, &j->sign_in, &look, &j->session);
}

/* Somebody new: sets name and password, and is signed in. Needs no token of a session, as there is
 * none: the link is the secret. */
static struct err join_new(struct call *call) {
    struct arena *a = call->req->arena;
    struct str password = form_get(&call->form, "password");
    struct joining j = {
        .in = {.token = call->params[0],
               .name = form_text(call, "name"),
               .wall_ms = time_wall_ms()},
        .sign_in = {.address = call->req->peer,
                    .agent = http_header(call->req, "User-Agent"),
                    .wall_ms = time_wall_ms()},
    };
    struct err e = call_check_origin(call);
    if (!failed(e))
        e = password_check(a, password);
    if (failed(e))
        return e;
    j.in.password = password_hash(a, password);
    e = call_write(call, join_rule, &j);
    if (failed(e))
        return e;
    call_cookie(call, cookie_set(call->req, SESSION_COOKIE, j.session.cookie, SESSION_S));
    page_flash(call, FLASH_GOOD, "Welcome: you have joined, and are signed in.");
    site_redirect(call, STR("/requester/"));
    return NO_ERR;
}

static struct err join_known(struct call *call, struct ctx *ctx) {
    return join_account(call, ctx, call->params[0], 0);
}

static struct err put_colours(struct call *call, struct ctx *ctx) {
    (void)ctx;
    page_set_theme(call, form_get(&call->form, "theme"));
    return NO_ERR;
}

const struct route site_person_rows[] = {
    {.method = "POST",
     .pattern = "/colours",
     .help = "Light, dark or the system's colours, in this browser.",
     .may = MAY_SIGNED_IN,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_READ,
     .run = put_colours},
    {.method = "GET",
     .pattern = "/security",
     .help = "Password and sessions.",
     .may = MAY_SIGNED_IN,
     .kind = CALL_READ,
     .run = show_security},
    {.method = "POST",
     .pattern = "/security/password",
     .help = "Changes the password; other sessions end.",
     .may = MAY_SIGNED_IN,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_SLOW,
     .slow = put_password,
     .form = show_security},
    {.method = "POST",
     .pattern = "/security/payouts",
     .help = "Where a worker's payouts go.",
     .may = MAY_WORKER,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_WRITE,
     .run = put_payout_to,
     .form = show_security},
    {.method = "POST",
     .pattern = "/security/end",
     .help = "Ends one session.",
     .may = MAY_SIGNED_IN,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_WRITE,
     .run = end_session},
    {.method = "POST",
     .pattern = "/security/sign-out",
     .help = "Signs out everywhere.",
     .may = MAY_SIGNED_IN,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_WRITE,
     .run = end_everywhere},
    {.method = "GET",
     .pattern = "/accounts",
     .help = "Accounts that the person may act for, and invitations.",
     .may = MAY_SIGNED_IN,
     .kind = CALL_READ,
     .run = show_accounts},
    {.method = "POST",
     .pattern = "/accounts",
     .help = "Acts for another account; none: for himself.",
     .may = MAY_SIGNED_IN,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_WRITE,
     .run = act},
    {.method = "POST",
     .pattern = "/accounts/join",
     .help = "Takes an invitation to one's own address.",
     .may = MAY_SIGNED_IN,
     .kind = CALL_WRITE,
     .run = accept_waiting},
    {.method = "GET",
     .pattern = "/invitation/{token}",
     .help = "What an invitation's link offers.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = show_invitation},
    {.method = "POST",
     .pattern = "/invitation/{token}",
     .help = "Joins with a new sign-in.",
     .may = MAY_EVERYBODY,
     .flags = ROUTE_NO_CSRF, /* no session yet; its origin is checked */
     .kind = CALL_SLOW,
     .slow = join_new,
     .form = show_invitation},
    {.method = "POST",
     .pattern = "/invitation/{token}/join",
     .help = "Joins with the sign-in one has.",
     .may = MAY_SIGNED_IN,
     .kind = CALL_WRITE,
     .run = join_known},
    {.method = NULL},
};
