/* Where events go, for the account's owner: webhooks, queues, topics and mailboxes, what became of
 * the latest messages, a test at the press of a button (docs/notifications.md). */
#include "base/limits.h"
#include "base/num.h"
#include "market/destination.h"
#include "market/hit_type.h"
#include "market/notification.h"
#include "site/people.h"

enum { SHOWN = 50, ATTEMPTS_SHOWN = 20 };

#define HOME "/requester/notifications"

/* What a requester reads; their order is that of a task's life. */
static const struct event_words {
    enum event_kind kind;
    const char *label;
} WORDS[] = {
    {EVENT_HIT_CREATED, "A task is published"},
    {EVENT_ASSIGNMENT_ACCEPTED, "A worker accepts a task"},
    {EVENT_ASSIGNMENT_SUBMITTED, "A worker submits work"},
    {EVENT_ASSIGNMENT_RETURNED, "A worker gives a task back"},
    {EVENT_ASSIGNMENT_ABANDONED, "A worker’s time for a task runs out"},
    {EVENT_HIT_REVIEWABLE, "A task has all its results"},
    {EVENT_ASSIGNMENT_APPROVED, "Work is approved, by you or by the clock"},
    {EVENT_ASSIGNMENT_REJECTED, "Work is rejected"},
    {EVENT_HIT_EXTENDED, "A task gets more time or more places"},
    {EVENT_HIT_EXPIRED, "A task expires"},
    {EVENT_HIT_DISPOSED, "A task is deleted"},
};
enum { WORDS_N = sizeof WORDS / sizeof *WORDS };

/* What is proposed for a new one: work to look at. */
#define EVENTS_PROPOSED (1u << EVENT_ASSIGNMENT_SUBMITTED | 1u << EVENT_HIT_REVIEWABLE)

/* As the form sends it. */
static const char *const transport_names[] = {
    [TRANSPORT_EMAIL] = "mail",
    [TRANSPORT_SQS] = "sqs",
    [TRANSPORT_SNS] = "sns",
    [TRANSPORT_WEBHOOK] = "webhook",
};

static int transport_named(struct str name) {
    for (int i = TRANSPORT_EMAIL; i <= TRANSPORT_WEBHOOK; i++)
        if (str_is(name, transport_names[i]))
            return i;
    return 0;
}

static struct err show(struct call *call, const char *title, struct tpl_view view) {
    return page_show(call, &(struct page){.title = title, .nav = NAV_R_SETTINGS}, view);
}

static struct str address_of(struct call *call, int64_t id) {
    return str_printf(call->req->arena, HOME "/%lld", (long long)id);
}

static struct err of_path(struct call *call, struct ctx *ctx, struct destination *d) {
    int64_t id;
    if (!num_parse(call->params[0], 1, INT64_MAX, &id))
        return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such destination.");
    return destination_get(ctx, id, d);
}

/* ---- the list ---- */

/* "AssignmentSubmitted, HITReviewable", or that it is all of them. */
static struct str events_said(struct arena *a, unsigned events) {
    if ((events & EVENTS_ALL) == EVENTS_ALL)
        return STR("all kinds of events");
    struct buf b = BUF_INIT;
    for (int i = 0; i < WORDS_N; i++)
        if (events & 1u << WORDS[i].kind)
            buf_printf(&b, "%s%s", b.n ? ", " : "", event_name(WORDS[i].kind));
    struct str said = buf_dup(a, &b);
    buf_free(&b);
    return said;
}

static struct str scope_said(struct arena *a, const struct destination *d) {
    if (d->batch)
        return str_printf(a, "only of batch “%.*s”", STR_ARG(d->batch_name));
    if (d->hit_type || d->only_type)
        return str_printf(a, "only of the HIT type “%.*s”", STR_ARG(d->title));
    return STR("of all your tasks");
}

static struct err show_list(struct call *call, struct ctx *ctx) {
    struct destination_list list;
    int64_t after_type = site_query_int(call, "type", 0, INT64_MAX, 0);
    int64_t after = site_query_int(call, "after", 0, INT64_MAX, 0);
    struct err e = destination_list(ctx, after_type, after, SHOWN, &list);
    if (failed(e))
        return e;
    struct tpl_notifications_rows *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++) {
        const struct destination *d = &list.items[i];
        rows[i] = (struct tpl_notifications_rows){
            .id = d->id,
            .address = d->address,
            .transport = str_c(transport_word(d->transport)),
            .events = events_said(ctx->arena, d->events),
            .scope = scope_said(ctx->arena, d),
            .active = d->active,
            .failures = d->failures,
            .waiting = d->waiting,
            .dead = d->dead,
            .delivered = d->good_ms,
            .by_api = d->hit_type != 0,
        };
    }
    struct tpl_notifications page = {.rows = rows, .rows_n = list.n};
    if (list.n == SHOWN)
        page.next = str_printf(ctx->arena, "?type=%lld&after=%lld",
                               (long long)list.items[list.n - 1].hit_type,
                               (long long)list.items[list.n - 1].id);
    return show(call, "Notifications", tpl_notifications_view(&page));
}

/* ---- one ---- */

static const char *title_word(int transport) {
    switch ((enum transport)transport) {
    case TRANSPORT_WEBHOOK: return "Webhook";
    case TRANSPORT_SQS: return "Queue";
    case TRANSPORT_SNS: return "Topic";
    case TRANSPORT_EMAIL: return "Mailbox";
    }
    return "";
}

static const struct tpl_notification_attempts *attempt_rows(struct arena *a,
                                                            const struct attempt_list *list) {
    struct tpl_notification_attempts *rows = arena_array(a, list->n, sizeof *rows);
    for (size_t i = 0; i < list->n; i++) {
        const struct attempt *t = &list->items[i];
        rows[i] = (struct tpl_notification_attempts){
            .at = t->at_ms,
            .event = str_c(t->what),
            .hit = t->hit_id,
            .number = t->number,
            .arrived = !t->error.p,
            .error = t->error,
            .took_ms = t->took_ms,
        };
    }
    return rows;
}

static struct err show_one(struct call *call, struct ctx *ctx) {
    struct destination d;
    struct attempt_list attempts;
    struct err e = of_path(call, ctx, &d);
    if (!failed(e))
        e = destination_attempts(ctx, d.id, ATTEMPTS_SHOWN, &attempts);
    if (failed(e))
        return e;
    struct tpl_notification page = {
        .id = d.id,
        .title = str_c(title_word(d.transport)),
        .address = d.address,
        .transport = str_c(transport_word(d.transport)),
        .webhook = d.transport == TRANSPORT_WEBHOOK,
        .by_api = d.hit_type != 0,
        .events = events_said(ctx->arena, d.events),
        .scope = scope_said(ctx->arena, &d),
        .type = d.hit_type_id,
        .active = d.active,
        .created = d.created_ms,
        .delivered = d.good_ms,
        .failed = d.bad_ms,
        .failures = d.failures,
        .error = d.error,
        .rests = d.failures && d.next_ms > time_wall_ms() ? d.next_ms : 0,
        .waiting = d.waiting,
        .dead = d.dead,
        .more = d.waiting >= DESTINATION_COUNT_MAX,
        .attempts = attempt_rows(ctx->arena, &attempts),
        .attempts_n = attempts.n,
    };
    return show(call, "Notification", tpl_notification_view(&page));
}

static struct err test_one(struct call *call, struct ctx *ctx) {
    struct destination d;
    struct err e = of_path(call, ctx, &d);
    if (!failed(e))
        e = destination_test(ctx, d.id);
    if (failed(e))
        return e;
    page_flash(
        call, FLASH_GOOD,
        "A Ping is on its way. What became of it stands under Latest deliveries in a moment: "
        "load this page again.");
    site_redirect(call, address_of(call, d.id));
    return NO_ERR;
}

static struct err set_active(struct call *call, struct ctx *ctx) {
    struct destination d;
    bool on = str_is(form_text(call, "active"), "yes");
    struct err e = of_path(call, ctx, &d);
    if (!failed(e))
        e = destination_set_active(ctx, d.id, on);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "%s",
               on ? "On: what happens from now on is sent."
                  : "Paused: nothing is sent until you resume it, and what waited is dropped.");
    site_redirect(call, address_of(call, d.id));
    return NO_ERR;
}

static struct err replay(struct call *call, struct ctx *ctx) {
    struct destination d;
    int64_t n = 0;
    struct err e = of_path(call, ctx, &d);
    if (!failed(e))
        e = destination_replay(ctx, d.id, &n);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "%lld given up before will be tried again, from now on.",
               (long long)n);
    site_redirect(call, address_of(call, d.id));
    return NO_ERR;
}

/* ---- taking away ---- */

static struct err show_delete(struct call *call, struct ctx *ctx) {
    struct destination d;
    struct err e = of_path(call, ctx, &d);
    if (failed(e))
        return e;
    struct tpl_notification_delete page = {
        .id = d.id,
        .address = d.address,
        .waiting = d.waiting,
        .dead = d.dead,
        .webhook = d.transport == TRANSPORT_WEBHOOK,
    };
    return show(call, "Delete", tpl_notification_delete_view(&page));
}

static struct err delete_one(struct call *call, struct ctx *ctx) {
    struct destination d;
    struct err e = of_path(call, ctx, &d);
    if (!failed(e))
        e = destination_remove(ctx, d.id);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Deleted: nothing is sent there any more.");
    site_redirect(call, STR(HOME));
    return NO_ERR;
}

/* ---- making and changing ---- */

static void event_boxes(struct call *call, unsigned chosen, struct tpl_notification_form *page) {
    struct tpl_notification_form_events *rows =
        arena_array(call->req->arena, WORDS_N, sizeof *rows);
    for (int i = 0; i < WORDS_N; i++) {
        const char *name = event_name(WORDS[i].kind);
        rows[i] = (struct tpl_notification_form_events){
            .name = str_c(name),
            .label = str_c(WORDS[i].label),
            .chosen = page_ticked(call, name, chosen & 1u << WORDS[i].kind),
        };
    }
    page->events = rows;
    page->events_n = WORDS_N;
    page->events_error = page_error(call, "events");
}

static struct err show_form(struct call *call, const struct destination *d,
                            struct tpl_notification_form *page) {
    struct arena *a = call->req->arena;
    struct str batch = d->batch ? str_printf(a, "%lld", (long long)d->batch) : STR("");
    page->transport = page_value(call, "transport", STR("webhook"));
    page->address = page_field(
        call, &(struct tpl_field){
                  .name = STR("address"),
                  .label = STR("Address"),
                  .hint = STR("Of a webhook or queue, its address with https://. Of a topic, its "
                              "ARN, or the address of a subscriber. Of mail, a mailbox."),
                  .value = d->address,
                  .required = true,
                  .maxlength = DESTINATION_MAX,
              });
    page->type = page_field(call, &(struct tpl_field){
                                      .name = STR("only_type"),
                                      .label = STR("Only of one HIT type"),
                                      .hint = STR("Its id. Empty: of all."),
                                      .value = d->only_type ? d->hit_type_id : STR(""),
                                  });
    page->batch = page_field(call, &(struct tpl_field){
                                       .name = STR("batch"),
                                       .label = STR("Only of one batch"),
                                       .hint = STR("Its number, as in the address of its page. "
                                                   "Empty: of all."),
                                       .type = STR("number"),
                                       .value = batch,
                                   });
    event_boxes(call, d->events, page);
    return show(call, page->id ? "Change" : "New notification", tpl_notification_form_view(page));
}

static struct err show_new(struct call *call, struct ctx *ctx) {
    (void)ctx;
    struct destination fresh = {.events = EVENTS_PROPOSED};
    struct tpl_notification_form page = {.action = STR(HOME), .back = STR(HOME)};
    return show_form(call, &fresh, &page);
}

static struct err own_of_path(struct call *call, struct ctx *ctx, struct destination *d) {
    struct err e = of_path(call, ctx, d);
    if (!failed(e) && d->hit_type)
        e = err_make(ctx->arena, ERR_NOT_FOUND, NULL,
                     "A program set this destination by UpdateNotificationSettings, which also "
                     "changes it. Here it can be paused or deleted.");
    return e;
}

static struct err show_edit(struct call *call, struct ctx *ctx) {
    struct destination d;
    struct err e = own_of_path(call, ctx, &d);
    if (failed(e))
        return e;
    struct tpl_notification_form page = {
        .id = d.id,
        .kind = str_c(transport_word(d.transport)),
        .action = str_printf(ctx->arena, HOME "/%lld/edit", (long long)d.id),
        .back = address_of(call, d.id),
    };
    return show_form(call, &d, &page);
}

/* What the form says; the address of a HIT type is looked up. */
static struct err given(struct call *call, struct ctx *ctx, struct destination_in *in) {
    struct str type = form_text(call, "only_type"), batch = form_text(call, "batch");
    struct hit_type found;
    *in = (struct destination_in){
        .transport = transport_named(form_text(call, "transport")),
        .address = form_text(call, "address"),
    };
    for (int i = 0; i < WORDS_N; i++)
        if (form_get(&call->form, event_name(WORDS[i].kind)).p)
            in->events |= 1u << WORDS[i].kind;
    if (batch.n && !num_parse(batch, 1, INT64_MAX, &in->batch))
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "batch",
                        "Write the number of a batch, or nothing.");
    if (!type.n)
        return NO_ERR;
    struct err e = hit_type_find(ctx, type, &found);
    if (e.code == ERR_INVALID_PARAMETER)
        return err_make(ctx->arena, ERR_INVALID_PARAMETER, "only_type",
                        "You have no HIT type of this id.");
    in->only_type = failed(e) ? 0 : found.id;
    return e;
}

static struct err edit(struct call *call, struct ctx *ctx) {
    struct destination d;
    struct destination_in in;
    struct err e = own_of_path(call, ctx, &d);
    if (!failed(e))
        e = given(call, ctx, &in);
    if (!failed(e))
        e = destination_change(ctx, d.id, &in);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Saved: it counts for what is sent from now on.");
    site_redirect(call, address_of(call, d.id));
    return NO_ERR;
}

/* ---- with a secret: shown once and kept nowhere, so the answer is the page itself ---- */

struct secret_run {
    struct call *call;
    int64_t id;
    struct str address, secret;
};

static struct err show_secret(struct secret_run *s, bool again) {
    struct tpl_notification_secret page = {
        .id = s->id, .address = s->address, .secret = s->secret, .again = again};
    return show(s->call, "Secret", tpl_notification_secret_view(&page));
}

static struct err add_rule(struct ctx *ctx, void *arg) {
    struct secret_run *s = arg;
    struct destination_in in;
    struct err e = form_use_once(s->call, ctx);
    if (!failed(e))
        e = given(s->call, ctx, &in);
    if (failed(e))
        return e;
    s->address = in.address;
    return destination_add(ctx, s->call->app->seal, &in, &s->id, &s->secret);
}

static struct err add(struct call *call) {
    struct secret_run s = {.call = call};
    struct err e = call_write(call, add_rule, &s);
    if (failed(e))
        return e;
    if (s.secret.p)
        return show_secret(&s, false);
    page_flash(call, FLASH_GOOD, "Made. Send a test to see whether it arrives.");
    site_redirect(call, address_of(call, s.id));
    return NO_ERR;
}

static struct err secret_rule(struct ctx *ctx, void *arg) {
    struct secret_run *s = arg;
    struct destination d;
    struct err e = form_use_once(s->call, ctx);
    if (!failed(e))
        e = own_of_path(s->call, ctx, &d);
    if (failed(e))
        return e;
    s->id = d.id;
    s->address = d.address;
    return destination_secret(ctx, s->call->app->seal, d.id, &s->secret);
}

static struct err another_secret(struct call *call) {
    struct secret_run s = {.call = call};
    struct err e = call_write(call, secret_rule, &s);
    return failed(e) ? e : show_secret(&s, true);
}

const struct route site_notification_rows[] = {
    {.method = "GET",
     .pattern = "/requester/notifications",
     .help = "Where events are sent, and how that fares.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_list},
    {.method = "GET",
     .pattern = "/requester/new-notification",
     .help = "The form of a new destination.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_new},
    {.method = "POST",
     .pattern = "/requester/notifications",
     .help = "Makes one; answers a webhook's secret, once.",
     .may = MAY_OWN,
     .kind = CALL_SLOW,
     .slow = add,
     .form = show_new},
    {.method = "GET",
     .pattern = "/requester/notifications/{id}",
     .help = "One destination and its latest deliveries.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_one},
    {.method = "GET",
     .pattern = "/requester/notifications/{id}/edit",
     .help = "The form that changes it.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_edit},
    {.method = "POST",
     .pattern = "/requester/notifications/{id}/edit",
     .help = "Changes where it goes and what it is told.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = edit,
     .form = show_edit},
    {.method = "POST",
     .pattern = "/requester/notifications/{id}/test",
     .help = "Sends it a Ping.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = test_one},
    {.method = "POST",
     .pattern = "/requester/notifications/{id}/active",
     .help = "Pauses or resumes it.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = set_active},
    {.method = "POST",
     .pattern = "/requester/notifications/{id}/replay",
     .help = "Tries again what was given up.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = replay},
    {.method = "POST",
     .pattern = "/requester/notifications/{id}/secret",
     .help = "Makes another secret, shown once.",
     .may = MAY_OWN,
     .kind = CALL_SLOW,
     .slow = another_secret},
    {.method = "GET",
     .pattern = "/requester/notifications/{id}/delete",
     .help = "What deleting it means.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_delete},
    {.method = "POST",
     .pattern = "/requester/notifications/{id}/delete",
     .help = "Deletes it and what waits for it.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = delete_one},
    {.method = NULL},
};
