/* What a person sets for himself: name, address, time zone, and how a worker works (worker-site 2,
 * "Settings"). A requester's account has settings of its own (members.c). */
#include "base/datetime.h"
#include "base/money.h"
#include "base/num.h"
#include "base/zone.h"
#include "market/group_view.h"
#include "market/own_data.h"
#include "market/preference.h"
#include "market/work_next.h"
#include "site/people.h"

static bool is_worker(const struct call *call) {
    return site_of(&call->session) == ROLE_WORKER;
}

static void fill_zones(struct call *call, struct tpl_own_settings *page) {
    struct str chosen = page_value(call, PREFERENCE_TIME_ZONE, call->session.time_zone);
    const struct zone *zone;
    size_t n = 0;
    while (zone_at(n))
        n++;
    struct tpl_own_settings_zones *rows = arena_array(call->req->arena, n, sizeof *rows);
    for (size_t i = 0; (zone = zone_at(i)); i++)
        rows[i] = (struct tpl_own_settings_zones){
            .name = str_c(zone_name(zone)),
            .label = str_c(zone_label(zone)),
            .chosen = str_is(chosen, zone_name(zone)),
        };
    page->zones = rows;
    page->zones_n = n;
}

static struct err fill_work(struct call *call, struct ctx *ctx, struct tpl_own_settings *page) {
    struct group_view view;
    int64_t me = call->session.party.id, size;
    bool accept_next;
    struct err e = group_view_get(ctx, me, &view);
    if (!failed(e))
        e = work_next_wanted(ctx, me, &accept_next);
    if (failed(e))
        return e;
    struct str kept_size = str_printf(ctx->arena, "%d", view.page_size);
    if (!num_parse(page_value(call, "page_size", kept_size), 1, 100, &size))
        size = view.page_size;
    page->sort = page_value(call, "sort", str_c(group_sort_name(view.sort)));
    page->size = size;
    page->qualified = page_ticked(call, "qualified", view.qualified);
    page->accept_next = page_ticked(call, "accept_next", accept_next);
    page->adult = page_ticked(call, "adult", call->session.party.adult);
    page->min_reward = page_field(
        call, &(struct tpl_field){.name = STR("min_reward"),
                                  .label = STR("Reward at least"),
                                  .hint = STR("In dollars, such as 0.05; 0.00 shows all."),
                                  .value = money_wire(ctx->arena, view.min_reward_cents),
                                  .maxlength = 20});
    return NO_ERR;
}

static void fill_downloads(struct call *call, struct tpl_own_settings *page) {
    size_t n = 0;
    while (own_data_list(n))
        n++;
    struct tpl_own_settings_downloads *rows = arena_array(call->req->arena, n, sizeof *rows);
    for (size_t i = 0; i < n; i++)
        rows[i] =
            (struct tpl_own_settings_downloads){str_c(own_data_list(i)), str_c(own_data_title(i))};
    page->downloads = rows;
    page->downloads_n = n;
}

static struct err show_settings(struct call *call, struct ctx *ctx) {
    const struct party *p = &call->session.party;
    bool worker = is_worker(call);
    struct tpl_own_settings page = {
        .id = p->public_id,
        .worker = worker,
        .other = call->session.account.id != 0,
        .now = ctx->now_ms,
        .name = page_field(call, &(struct tpl_field){.name = STR("name"),
                                                     .label = STR("Name"),
                                                     .hint = worker ? STR("Shown to you and to the "
                                                                          "operator; requesters "
                                                                          "see your id.")
                                                                    : STR_NULL,
                                                     .autocomplete = STR("name"),
                                                     .value = p->name,
                                                     .required = true,
                                                     .maxlength = NAME_MAX_CHARS}),
        .email = page_field(call, &(struct tpl_field){.name = STR("email"),
                                                      .label = STR("E-mail address"),
                                                      .type = STR("email"),
                                                      .autocomplete = STR("email"),
                                                      .value = p->email,
                                                      .required = true,
                                                      .maxlength = EMAIL_MAX}),
        .password = page_field(
            call, &(struct tpl_field){.name = STR("old_password"),
                                      .label = STR("Present password"),
                                      .hint = STR("So that nobody changes it on an open screen."),
                                      .type = STR("password"),
                                      .autocomplete = STR("current-password"),
                                      .required = true}),
    };
    page.password.value = STR("");
    fill_zones(call, &page);
    if (worker)
        fill_downloads(call, &page);
    struct err e = worker ? fill_work(call, ctx, &page) : NO_ERR;
    return failed(e) ? e
                     : page_show(call, &(struct page){.title = "Settings", .nav = NAV_W_ACCOUNT},
                                 tpl_own_settings_view(&page));
}

static struct err put_work(struct call *call, struct ctx *ctx) {
    struct group_view view = {.qualified = form_get(&call->form, "qualified").n > 0};
    struct str least = form_text(call, "min_reward");
    int64_t me = call->session.party.id, size;
    if (!group_sort_parse(form_text(call, "sort"), &view.sort))
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "sort", "Choose an order of the list.");
    if (least.n && !money_parse(least, &view.min_reward_cents))
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "min_reward",
                        "The least reward must be dollars with at most two decimals, such as "
                        "0.05.");
    view.page_size = num_parse(form_text(call, "page_size"), 1, 100, &size) ? (int)size : 0;
    struct err e = group_view_put(ctx, me, &view);
    if (!failed(e))
        e = work_next_want(ctx, me, form_get(&call->form, "accept_next").n > 0);
    if (!failed(e))
        e = account_set_adult(ctx, me, form_get(&call->form, "adult").n > 0);
    return e;
}

static struct err put_settings(struct call *call, struct ctx *ctx) {
    const struct session *s = &call->session;
    struct account_view view = {
        .time_zone = form_text(call, PREFERENCE_TIME_ZONE),
        .csv_dialect = s->csv_dialect,
        .csv_times = s->csv_times,
    };
    struct err e = account_set_name(ctx, s->party.id, form_text(call, "name"));
    if (!failed(e) && !s->account.id)
        e = account_view_put(ctx, s->party.id, &view);
    if (!failed(e) && is_worker(call))
        e = put_work(call, ctx);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Saved.");
    site_redirect(call, STR("/account"));
    return NO_ERR;
}

/* ---- the address ---- */

static struct err email_rule(struct ctx *ctx, void *arg) {
    struct call *call = arg;
    return account_set_email(ctx, call->session.party.id, form_text(call, "email"), time_wall_ms());
}

static struct err put_email(struct call *call) {
    struct err e = check_present_password(call);
    if (!failed(e))
        e = call_write(call, email_rule, call);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Saved. This is the address you sign in with from now on.");
    site_redirect(call, STR("/account"));
    return NO_ERR;
}

const struct route site_own_settings_rows[] = {
    {.method = "GET",
     .pattern = "/account",
     .help = "Name, address, time zone, and how a worker works.",
     .may = MAY_SIGNED_IN,
     .kind = CALL_READ,
     .run = show_settings},
    {.method = "POST",
     .pattern = "/account",
     .help = "Saves them.",
     .may = MAY_SIGNED_IN,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_WRITE,
     .run = put_settings,
     .form = show_settings},
    {.method = "POST",
     .pattern = "/account/email",
     .help = "Another address to sign in with; takes the present password.",
     .may = MAY_SIGNED_IN,
     .flags = ROUTE_SUSPENDED,
     .kind = CALL_SLOW,
     .slow = put_email,
     .form = show_settings},
    {.method = NULL},
};
