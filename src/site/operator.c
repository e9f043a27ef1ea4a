/* The operator's first page, settings, health, reports and the audit. */
#include <sys/statvfs.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "market/audit.h"
#include "market/funds_request.h"
#include "market/group_case.h"
#include "market/operator.h"
#include "market/outbox.h"
#include "market/setting.h"
#include "site/people.h"

enum { COUNTED_MAX = 1000, SIZE_DEFAULT = 25 };

/* ---- first page ---- */

static struct err show_home(struct call *call, struct ctx *ctx) {
    struct waiting requests, payouts;
    struct health health;
    int64_t cases = 0, cases_since = 0;
    struct err e = funds_request_waiting(ctx, COUNTED_MAX, &requests);
    if (!failed(e))
        e = payout_waiting(ctx, PAYOUT_ASKED, COUNTED_MAX, &payouts);
    if (!failed(e))
        e = group_case_waiting(ctx, COUNTED_MAX, &cases, &cases_since);
    if (!failed(e))
        e = health_read(ctx, time_wall_ms(), &health);
    if (failed(e))
        return e;
    struct tpl_operator_home data = {
        .requests = requests.n,
        .requests_sum = requests.cents,
        .requests_since = requests.oldest_ms,
        .payouts = payouts.n,
        .payouts_sum = payouts.cents,
        .payouts_since = payouts.oldest_ms,
        .reports = cases,
        .reports_since = cases_since,
        .sessions = health.sessions,
        .overdue = health.overdue_ms / 1000,
        .late = health.overdue_ms > 60000,
        .nothing = !requests.n && !payouts.n && !cases && health.overdue_ms <= 60000,
    };
    return page_show(call, &(struct page){.title = "Operator", .nav = NAV_O_HOME},
                     tpl_operator_home_view(&data));
}

/* ---- settings ---- */

static struct err fill_settings(struct call *call, struct ctx *ctx,
                                struct tpl_operator_settings *data) {
    size_t n = 0;
    while (SETTINGS[n].name)
        n++;
    struct tpl_operator_settings_rows *rows = arena_array(ctx->arena, n, sizeof *rows);
    struct err e = NO_ERR;
    for (size_t i = 0; i < n && !failed(e); i++) {
        const struct setting *s = &SETTINGS[i];
        struct str value = STR_NULL;
        e = setting_get(ctx, s, &value);
        bool tried = str_is(form_get(&call->form, "name"), s->name);
        rows[i] = (struct tpl_operator_settings_rows){
            .name = str_c(s->name),
            .value = tried && failed(call->form_err) ? form_text(call, "value") : value,
            .usual = str_c(s->fallback),
            .help = str_c(s->help),
            .error = tried && failed(call->form_err) ? str_c(call->form_err.detail) : STR_NULL,
            .changed = !str_is(value, s->fallback),
            .other = str_c(s->other_word),
        };
    }
    data->rows = rows;
    data->rows_n = n;
    return e;
}

static const struct tpl_operator_audit_rows *audit_rows(struct arena *a,
                                                        const struct audit_list *list, size_t n) {
    struct tpl_operator_audit_rows *rows = arena_array(a, n, sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        const struct audit_row *r = &list->rows[i];
        rows[i] = (struct tpl_operator_audit_rows){
            .id = r->id,
            .at = r->at_ms,
            .action = str_c(audit_action_name(r->action)),
            .actor = r->actor_name,
            .actor_id = r->actor_public,
            .detail = r->actor_detail,
            .subject = r->subject_name,
            .subject_id = r->subject_public,
            .about = r->about,
            .old_value = r->old_value,
            .new_value = r->new_value,
            .money = r->cents != 0,
            .amount = r->cents,
            .note = r->note,
        };
    }
    return rows;
}

static struct err show_settings(struct call *call, struct ctx *ctx) {
    struct tpl_operator_settings data = {0};
    struct audit_list history;
    struct err e = fill_settings(call, ctx, &data);
    if (!failed(e))
        e = audit_list(ctx, &(struct audit_list_in){.action = AUDIT_SETTING, .limit = 20},
                       &history);
    if (failed(e))
        return e;
    struct tpl_operator_settings_history *lines = arena_array(ctx->arena, history.n, sizeof *lines);
    for (size_t i = 0; i < history.n; i++)
        lines[i] = (struct tpl_operator_settings_history){
            .at = history.rows[i].at_ms,
            .who = history.rows[i].actor_name.p ? history.rows[i].actor_name
                                                : history.rows[i].actor_detail,
            .name = history.rows[i].about,
            .old_value = history.rows[i].old_value,
            .new_value = history.rows[i].new_value,
        };
    data.history = lines;
    data.history_n = history.n;
    return page_show(call, &(struct page){.title = "Settings", .nav = NAV_O_SETTINGS},
                     tpl_operator_settings_view(&data));
}

static struct err put_setting(struct call *call, struct ctx *ctx) {
    struct str name = form_text(call, "name");
    const struct setting *s = setting_find(name);
    if (!s)
        return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no setting of this name.");
    struct err e = setting_put(ctx, s, form_text(call, "value"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "%s is %.*s from now on. Work accepted before keeps its terms.",
               s->name, STR_ARG(form_text(call, "value")));
    site_redirect(call, STR("/operator/settings"));
    return NO_ERR;
}

/* ---- health ---- */

/* Free space of the folder that the server runs in, in MiB; -1 unknown. */
static int64_t disk_free_mib(void) {
    struct statvfs v;
    if (statvfs(".", &v) != 0)
        return -1;
    return (int64_t)((unsigned long long)v.f_bavail * v.f_frsize / (1024 * 1024));
}

static struct err show_health(struct call *call, struct ctx *ctx) {
    struct health health;
    struct outbox_state outbox = {0};
    struct err e = health_read(ctx, time_wall_ms(), &health);
    if (!failed(e))
        e = outbox_state(ctx, &outbox);
    if (failed(e))
        return e;
    int64_t disk = disk_free_mib();
    struct tpl_operator_health data = {
        .store = str_c(store_kind(call->app->store)),
        .version = STR(HITD_VERSION),
        .waiting = (int64_t)store_waiting(call->app->store),
        .outbox = outbox.waiting,
        .outbox_more = outbox.waiting >= OUTBOX_COUNT_MAX,
        .outbox_dead = outbox.dead,
        .outbox_dead_more = outbox.dead >= OUTBOX_COUNT_MAX,
        .outbox_oldest = outbox.oldest_ms,
        .sessions = health.sessions,
        .sessions_more = health.sessions >= HEALTH_COUNT_MAX,
        .overdue = health.overdue_ms / 1000,
        .late = health.overdue_ms > 60000,
        .disk_known = disk >= 0,
        .disk_mib = disk,
        .disk_low =
            disk >= 0 &&
                disk<1024, .clock = ctx->now_ms, .simulated = ctx->now_ms> time_wall_ms() + 60000 ||
            ctx->now_ms < time_wall_ms() - 60000,
    };
    return page_show(call, &(struct page){.title = "Health", .nav = NAV_O_HEALTH},
                     tpl_operator_health_view(&data));
}

/* ---- reports ---- */

static struct err show_report(struct call *call, struct ctx *ctx) {
    struct report report;
    struct err e = report_read(ctx, &report);
    if (failed(e))
        return e;
    struct tpl_operator_figures_rows *rows = arena_array(ctx->arena, report.n, sizeof *rows);
    struct tpl_operator_figures data = {.cut = report.cut, .most = REPORT_ROWS_MAX};
    for (size_t i = 0; i < report.n; i++) {
        const struct report_day *d = &report.days[i];
        rows[i] = (struct tpl_operator_figures_rows){
            .day = str_sub(time_iso(ctx->arena, d->day * DAY_MS), 0, 10),
            .approved = d->approved,
            .rejected = d->rejected,
            .overturned = d->overturned,
            .rewards = d->reward_cents,
            .bonuses = d->bonus_cents,
            .fees = d->fee_cents + d->bonus_fee_cents,
        };
        data.approved += d->approved;
        data.rejected += d->rejected;
        data.overturned += d->overturned;
        data.rewards += d->reward_cents;
        data.bonuses += d->bonus_cents;
        data.fees += d->fee_cents + d->bonus_fee_cents;
    }
    data.rows = rows;
    data.rows_n = report.n;
    return page_show(call, &(struct page){.title = "Figures by day", .nav = NAV_O_REPORTS},
                     tpl_operator_figures_view(&data));
}

/* ---- audit ---- */

static struct err show_audit(struct call *call, struct ctx *ctx) {
    struct audit_list list;
    int64_t size = site_query_int(call, "size", 1, LIST_ROWS_MAX - 1, SIZE_DEFAULT);
    struct audit_list_in in = {
        .action = (enum audit_action)site_query_int(call, "action", 1, AUDIT_ACTION_COUNT - 1, 0),
        .before = site_query_int(call, "after", 1, INT64_MAX, 0),
        .limit = (int)size + 1,
    };
    struct str id = form_get(&call->req->query, "account");
    struct err e = NO_ERR;
    struct party party = {0};
    if (id.n)
        e = account_by_public_id(ctx, id, &party);
    in.subject = party.id;
    if (!failed(e))
        e = audit_list(ctx, &in, &list);
    if (failed(e))
        return e;
    size_t shown = list.n > (size_t)size ? (size_t)size : list.n;
    struct tpl_operator_audit_actions *actions =
        arena_array(ctx->arena, AUDIT_ACTION_COUNT, sizeof *actions);
    for (int i = 1; i < AUDIT_ACTION_COUNT; i++)
        actions[i - 1] = (struct tpl_operator_audit_actions){
            .id = i,
            .label = str_c(audit_action_name((enum audit_action)i)),
            .chosen = (int)in.action == i,
        };
    struct tpl_operator_audit data = {
        .account = party.public_id,
        .account_name = party.name,
        .rows = audit_rows(ctx->arena, &list, shown),
        .rows_n = shown,
        .actions = actions,
        .actions_n = AUDIT_ACTION_COUNT - 1,
    };
    if (list.n > shown)
        data.next =
            str_printf(ctx->arena, "/operator/audit?after=%lld&size=%lld&action=%d&account=%.*s",
                       (long long)list.rows[shown - 1].id, (long long)size, (int)in.action,
                       STR_ARG(party.public_id));
    return page_show(
        call, &(struct page){.title = "Audit", .nav = NAV_O_HOME, .wide = true, .size = size},
        tpl_operator_audit_view(&data));
}

const struct route site_operator_rows[] = {
    {.method = "GET",
     .pattern = "/operator/",
     .help = "What needs the operator's attention.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_home},
    {.method = "GET",
     .pattern = "/operator/settings",
     .help = "The market's settings and who changed them.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_settings},
    {.method = "POST",
     .pattern = "/operator/settings",
     .help = "Changes one setting.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = put_setting,
     .form = show_settings},
    {.method = "GET",
     .pattern = "/operator/health",
     .help = "State of the server and its store.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_health},
    {.method = "GET",
     .pattern = "/operator/figures",
     .help = "Assignments and money by day.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_report},
    {.method = "GET",
     .pattern = "/operator/audit",
     .help = "Who did what to people, money and settings.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_audit},
    {.method = NULL},
};
