/* Which mails a person gets, and the links that end them (worker-site 15, requester-site 10). */
#include "market/person_mail.h"
#include "site/rows.h"

/* An owner chooses for the account: mail goes to its address. */
static enum role side(const struct call *call) {
    return call->session.party.role == ROLE_WORKER ? ROLE_WORKER : ROLE_REQUESTER;
}

static struct str address_of(const struct call *call) {
    return side(call) == ROLE_WORKER ? call->session.party.email : call->session.account.email;
}

static struct str page_of(enum role role) {
    return role == ROLE_WORKER ? STR("/mails") : STR("/requester/mails");
}

static struct err show(struct call *call, struct ctx *ctx) {
    struct tpl_mails data = {.action = page_of(side(call)),
                             .address = address_of(call),
                             .requester = side(call) == ROLE_REQUESTER};
    struct tpl_mails_rows *rows = arena_array(ctx->arena, MAIL_SUBJECTS, sizeof *rows);
    unsigned wanted = 0;
    struct err e = mail_wanted(ctx, call->actor.party, &wanted);
    if (!failed(e))
        e = mails_on(ctx, &data.sent);
    if (failed(e))
        return e;
    for (int i = 0; i < MAIL_SUBJECTS; i++) {
        const struct mail_subject_row *s = &MAIL_SUBJECT_ROWS[i];
        if (s->role == side(call))
            rows[data.rows_n++] = (struct tpl_mails_rows){
                .name = str_c(s->name),
                .label = str_c(s->label),
                .hint = str_c(s->hint),
                .wanted = wanted >> i & 1,
            };
    }
    data.rows = rows;
    struct page page = {.title = "Mail",
                        .nav = side(call) == ROLE_WORKER ? NAV_NONE : NAV_R_SETTINGS};
    return page_show(call, &page, tpl_mails_view(&data));
}

static struct err put(struct call *call, struct ctx *ctx) {
    unsigned wanted = 0;
    for (int i = 0; i < MAIL_SUBJECTS; i++)
        if (form_get(&call->form, MAIL_SUBJECT_ROWS[i].name).n)
            wanted |= 1u << i;
    struct err e = mail_want(ctx, call->actor.party, wanted);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "%s",
               wanted ? "Saved." : "Saved: you get no mail; look at your pages now and then.");
    site_redirect(call, page_of(side(call)));
    return NO_ERR;
}

/* ---- the links in mails: whoever has one may end these mails, and nothing else ---- */

static struct err show_stop(struct call *call, const struct mail_stop *stop, bool stopped) {
    struct tpl_mail_stop data = {
        .token = call->params[0],
        .label = str_c(MAIL_SUBJECT_ROWS[stop->subject].label),
        .address = stop->email,
        .stopped = stopped,
        .settings = page_of(stop->role),
    };
    return page_show(call, &(struct page){.title = "Mail"}, tpl_mail_stop_view(&data));
}

static struct err ask_stop(struct call *call, struct ctx *ctx) {
    struct mail_stop stop;
    struct err e = mail_stop_find(ctx, call->params[0], &stop);
    return failed(e) ? e : show_stop(call, &stop, false);
}

/* A mail program's own button sends nothing that is asked for here (RFC 8058): one subject. */
static struct err put_stop(struct call *call, struct ctx *ctx) {
    struct mail_stop stop;
    unsigned wanted = 0;
    struct err e = mail_stop_find(ctx, call->params[0], &stop);
    if (!failed(e))
        e = mail_wanted(ctx, stop.party, &wanted);
    bool all = str_is(form_get(&call->form, "what"), "all");
    if (!failed(e))
        e = mail_want(ctx, stop.party, all ? 0 : wanted & ~(1u << stop.subject));
    return failed(e) ? e : show_stop(call, &stop, true);
}

const struct route site_mail_rows[] = {
    {.method = "GET",
     .pattern = "/mails",
     .help = "Which mails you get.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show},
    {.method = "POST",
     .pattern = "/mails",
     .help = "Changes them.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = put},
    {.method = "GET",
     .pattern = "/requester/mails",
     .help = "Which mails the account's owner gets.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show},
    {.method = "POST",
     .pattern = "/requester/mails",
     .help = "Changes them.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = put},
    {.method = "GET",
     .pattern = "/mails/stop/{token}",
     .help = "Asks whether these mails shall end.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = ask_stop},
    {.method = "POST",
     .pattern = "/mails/stop/{token}",
     .help = "Ends them.",
     .may = MAY_EVERYBODY,
     .flags = ROUTE_NO_CSRF,
     .kind = CALL_WRITE,
     .run = put_stop},
    {.method = NULL},
};
