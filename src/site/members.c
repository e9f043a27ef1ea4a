/* Members of the account, its name, its access keys (requester-site 9, 10). */
#include "base/zone.h"
#include "market/key.h"
#include "market/member.h"
#include "market/preference.h"
#include "site/people.h"

/* ---- members ---- */

static const char *role_means(enum member_role role) {
    switch (role) {
    case MEMBER_OWNER: return "everything: money, publishing, members";
    case MEMBER_REVIEWER: return "decides on work; sees no money, publishes nothing";
    case MEMBER_READER: return "looks at work; changes nothing";
    }
    return "";
}

static struct err fill_members(struct call *call, struct ctx *ctx, struct tpl_members *data) {
    struct member_list members;
    struct invitation_list waiting;
    struct err e = member_list(ctx, ctx->actor->party, &members);
    if (!failed(e))
        e = invitation_list(ctx, ctx->actor->party, &waiting);
    if (failed(e))
        return e;
    struct tpl_members_rows *rows = arena_array(ctx->arena, members.n, sizeof *rows);
    for (size_t i = 0; i < members.n; i++)
        rows[i] = (struct tpl_members_rows){
            .id = members.items[i].public_id,
            .name = members.items[i].name,
            .email = members.items[i].email,
            .role = str_c(member_role_name(members.items[i].role)),
            .means = str_c(role_means(members.items[i].role)),
            .since = members.items[i].added_ms,
            .founder = members.items[i].founder,
            .self = members.items[i].person == call->session.party.id,
        };
    struct tpl_members_invited *invited = arena_array(ctx->arena, waiting.n, sizeof *invited);
    for (size_t i = 0; i < waiting.n; i++)
        invited[i] = (struct tpl_members_invited){
            .email = waiting.items[i].email,
            .role = str_c(member_role_name(waiting.items[i].role)),
            .until = waiting.items[i].expires_ms,
            .over = waiting.items[i].expires_ms <= time_wall_ms(),
        };
    data->rows = rows;
    data->rows_n = members.n;
    data->invited = invited;
    data->invited_n = waiting.n;
    return NO_ERR;
}

static struct err show_members(struct call *call, struct ctx *ctx) {
    struct tpl_members data = {
        .role = page_value(call, "role", STR("reviewer")),
        .email = page_field(call, &(struct tpl_field){.name = STR("email"),
                                                      .label = STR("E-mail address"),
                                                      .type = STR("email"),
                                                      .autocomplete = STR("off"),
                                                      .required = true}),
    };
    struct err e = fill_members(call, ctx, &data);
    return failed(e) ? e
                     : page_show(call, &(struct page){.title = "Members", .nav = NAV_R_SETTINGS},
                                 tpl_members_view(&data));
}

/* Shown once and kept nowhere, so the answer is the page itself. */
struct secret_run {
    struct call *call;
    struct invite_in invite;
    struct str token;
    struct key_new key;
};

static struct err invite_rule(struct ctx *ctx, void *arg) {
    struct secret_run *s = arg;
    struct err e = form_use_once(s->call, ctx);
    return failed(e) ? e : invitation_make(ctx, ctx->actor->party, &s->invite, &s->token);
}

static struct err invite(struct call *call) {
    struct secret_run s = {
        .call = call, .invite = {.email = form_text(call, "email"), .wall_ms = time_wall_ms()}};
    if (!member_role_parse(form_text(call, "role"), &s.invite.role))
        return err_make(call->req->arena, ERR_INVALID_PARAMETER, "role",
                        "A role is owner, reviewer or reader.");
    struct err e = call_write(call, invite_rule, &s);
    if (failed(e))
        return e;
    struct tpl_invited data = {
        .email = s.invite.email,
        .role = str_c(member_role_name(s.invite.role)),
        .means = str_c(role_means(s.invite.role)),
        .link = str_printf(call->req->arena, "%s/invitation/%.*s", call->app->site_url,
                           STR_ARG(s.token)),
        .until = s.invite.wall_ms + INVITATION_S * INT64_C(1000),
    };
    return page_show(call, &(struct page){.title = "Invited", .nav = NAV_R_SETTINGS},
                     tpl_invited_view(&data));
}

static struct err withdraw(struct call *call, struct ctx *ctx) {
    struct err e = invitation_withdraw(ctx, ctx->actor->party, form_text(call, "email"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "The invitation is withdrawn; its link no longer works.");
    site_redirect(call, STR("/requester/members"));
    return NO_ERR;
}

static struct err set_role(struct call *call, struct ctx *ctx) {
    enum member_role role;
    if (!member_role_parse(form_text(call, "role"), &role))
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "role",
                        "A role is owner, reviewer or reader.");
    struct err e = member_set_role(ctx, ctx->actor->party, call->params[0], role);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "The role is %s from now on.", member_role_name(role));
    site_redirect(call, STR("/requester/members"));
    return NO_ERR;
}

static struct err remove_member(struct call *call, struct ctx *ctx) {
    struct err e = member_remove(ctx, ctx->actor->party, call->params[0]);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Removed: the next click finds no way in.");
    site_redirect(call, STR("/requester/members"));
    return NO_ERR;
}

/* ---- settings ---- */

static void fill_zones(struct call *call, struct tpl_requester_settings *data) {
    struct str chosen = page_value(call, PREFERENCE_TIME_ZONE, call->session.time_zone);
    const struct zone *zone;
    size_t n = 0;
    while (zone_at(n))
        n++;
    struct tpl_requester_settings_zones *rows = arena_array(call->req->arena, n, sizeof *rows);
    for (size_t i = 0; (zone = zone_at(i)); i++)
        rows[i] = (struct tpl_requester_settings_zones){
            .name = str_c(zone_name(zone)),
            .label = str_c(zone_label(zone)),
            .chosen = str_is(chosen, zone_name(zone)),
        };
    data->zones = rows;
    data->zones_n = n;
}

static struct err show_settings(struct call *call, struct ctx *ctx) {
    const struct party *p = &call->session.account;
    struct str dialect = call->session.csv_dialect;
    struct tpl_requester_settings data = {
        .id = p->public_id,
        .email = p->email,
        .dialect = page_value(call, PREFERENCE_CSV_DIALECT, dialect.n ? dialect : STR("classic")),
        .utc = str_is(page_value(call, PREFERENCE_CSV_TIMES, call->session.csv_times), "utc"),
        .now = ctx->now_ms,
        .name = page_field(call, &(struct tpl_field){.name = STR("name"),
                                                     .label = STR("Display name"),
                                                     .hint = STR("Workers see it with every task."),
                                                     .value = p->name,
                                                     .required = true,
                                                     .maxlength = NAME_MAX_CHARS}),
    };
    fill_zones(call, &data);
    return page_show(call, &(struct page){.title = "Settings", .nav = NAV_R_SETTINGS},
                     tpl_requester_settings_view(&data));
}

static struct err put_settings(struct call *call, struct ctx *ctx) {
    struct account_view view = {
        .time_zone = form_text(call, PREFERENCE_TIME_ZONE),
        .csv_dialect = form_text(call, PREFERENCE_CSV_DIALECT),
        .csv_times = form_text(call, PREFERENCE_CSV_TIMES),
    };
    struct err e = account_set_name(ctx, ctx->actor->party, form_text(call, "name"));
    if (!failed(e))
        e = account_view_put(ctx, ctx->actor->party, &view);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Saved. Pages and downloads follow from now on.");
    site_redirect(call, STR("/requester/settings"));
    return NO_ERR;
}

/* ---- access keys ---- */

static struct err show_keys(struct call *call, struct ctx *ctx) {
    struct key_list keys;
    struct err e = key_list(ctx, ctx->actor->party, &keys);
    if (failed(e))
        return e;
    struct tpl_developer_rows *rows = arena_array(ctx->arena, keys.n, sizeof *rows);
    for (size_t i = 0; i < keys.n; i++) {
        const struct key_row *k = &keys.items[keys.n - 1 - i];
        rows[i] = (struct tpl_developer_rows){
            .key = k->key_id, .active = k->active, .created = k->created_ms};
    }
    struct tpl_developer data = {
        .endpoint = str_c(call->app->site_url), .rows = rows, .rows_n = keys.n};
    return page_show(call, &(struct page){.title = "Developer", .nav = NAV_R_SETTINGS},
                     tpl_developer_view(&data));
}

static struct err key_rule(struct ctx *ctx, void *arg) {
    struct secret_run *s = arg;
    struct err e = form_use_once(s->call, ctx);
    return failed(e) ? e : key_add(ctx, s->call->app->seal, ctx->actor->party, &s->key);
}

static struct err make_key(struct call *call) {
    struct secret_run s = {.call = call};
    struct err e = call_write(call, key_rule, &s);
    if (failed(e))
        return e;
    struct tpl_key_made data = {
        .key = s.key.key_id, .secret = s.key.secret, .endpoint = str_c(call->app->site_url)};
    return page_show(call, &(struct page){.title = "Access key", .nav = NAV_R_SETTINGS},
                     tpl_key_made_view(&data));
}

static struct err revoke_key(struct call *call, struct ctx *ctx) {
    struct err e = key_revoke(ctx, ctx->actor->party, form_text(call, "key"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Revoked: programs that use the key are refused from now on.");
    site_redirect(call, STR("/requester/developer"));
    return NO_ERR;
}

const struct route site_member_rows[] = {
    {.method = "GET",
     .pattern = "/requester/members",
     .help = "Members of the account and invitations.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_members},
    {.method = "POST",
     .pattern = "/requester/members",
     .help = "Invites an address; answers with the link, once.",
     .may = MAY_OWN,
     .kind = CALL_SLOW,
     .slow = invite,
     .form = show_members},
    {.method = "POST",
     .pattern = "/requester/members/withdraw",
     .help = "Withdraws an invitation.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = withdraw},
    {.method = "POST",
     .pattern = "/requester/members/{id}/role",
     .help = "Changes a member's role.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = set_role},
    {.method = "POST",
     .pattern = "/requester/members/{id}/remove",
     .help = "Removes a member.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = remove_member},
    {.method = "GET",
     .pattern = "/requester/settings",
     .help = "The account's settings.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_settings},
    {.method = "POST",
     .pattern = "/requester/settings",
     .help = "Changes them.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = put_settings,
     .form = show_settings},
    {.method = "GET",
     .pattern = "/requester/developer",
     .help = "Access keys.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_keys},
    {.method = "POST",
     .pattern = "/requester/developer/keys",
     .help = "Makes a key; answers with its secret, once.",
     .may = MAY_OWN,
     .kind = CALL_SLOW,
     .slow = make_key,
     .form = show_keys},
    {.method = "POST",
     .pattern = "/requester/developer/revoke",
     .help = "Revokes a key.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = revoke_key},
    {.method = NULL},
};
