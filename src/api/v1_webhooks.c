/* /v1/webhooks: where the requester's own programs are told of events (docs/notifications.md). */
#include <string.h>

#include "api/v1_rows.h"
#include "base/limits.h"
#include "base/num.h"
#include "market/destination.h"

struct webhook_body {
    struct str url;
    unsigned events;
    int64_t batch;
};

static const struct word event_words[] = {
    {"AssignmentAccepted", EVENT_ASSIGNMENT_ACCEPTED},
    {"AssignmentAbandoned", EVENT_ASSIGNMENT_ABANDONED},
    {"AssignmentReturned", EVENT_ASSIGNMENT_RETURNED},
    {"AssignmentSubmitted", EVENT_ASSIGNMENT_SUBMITTED},
    {"AssignmentRejected", EVENT_ASSIGNMENT_REJECTED},
    {"AssignmentApproved", EVENT_ASSIGNMENT_APPROVED},
    {"HITCreated", EVENT_HIT_CREATED},
    {"HITExpired", EVENT_HIT_EXPIRED},
    {"HITReviewable", EVENT_HIT_REVIEWABLE},
    {"HITExtended", EVENT_HIT_EXTENDED},
    {"HITDisposed", EVENT_HIT_DISPOSED},
    {0},
};

static const struct field webhook_fields[] = {
    {.name = "url",
     .help = "where messages are posted; https:// or http://",
     .type = F_TEXT,
     .flags = FIELD_PLAIN | FIELD_BYTES,
     .required = true,
     .at = offsetof(struct webhook_body, url),
     .min = 1,
     .max = DESTINATION_MAX},
    {.name = "events",
     .help = "what is told",
     .type = F_ENUMS,
     .required = true,
     .at = offsetof(struct webhook_body, events),
     .words = event_words},
    {.name = "batch",
     .help = "only of this batch; of all tasks when absent or 0",
     .type = F_INT,
     .at = offsetof(struct webhook_body, batch),
     .max = INT64_MAX},
    {0},
};

struct active_body {
    bool active;
};

static const struct field active_fields[] = {
    {.name = "active",
     .help = "false: nothing is sent, and what waits is dropped",
     .type = F_BOOL,
     .required = true,
     .at = offsetof(struct active_body, active)},
    {0},
};

/* The webhook of the path; other destinations are not this address's. */
static struct err webhook_of_path(struct call *call, struct ctx *ctx, int64_t *id) {
    struct destination d;
    struct err e = NO_ERR;
    bool good = num_parse(call->params[0], 1, INT64_MAX, id);
    if (good)
        e = destination_get(ctx, *id, &d);
    if (good && !failed(e) && d.transport == TRANSPORT_WEBHOOK)
        return NO_ERR;
    if (good && failed(e) && e.code != ERR_NOT_FOUND)
        return e;
    return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "There is no webhook \"%.*s\".",
                    STR_ARG(call->params[0]));
}

static struct destination_in given(const struct call *call) {
    const struct webhook_body *b = call->in;
    return (struct destination_in){
        .transport = TRANSPORT_WEBHOOK, .address = b->url, .events = b->events, .batch = b->batch};
}

/* The rule knows addresses, this body a url. */
static struct err in_words_of_v1(struct err e) {
    if (failed(e) && e.field && strcmp(e.field, "address") == 0)
        e.field = "url";
    return e;
}

/* ---- the list ---- */

static void time_or_nothing(struct json *j, const char *name, int64_t ms) {
    if (ms)
        json_kv_int(j, name, ms);
}

static void print_one(struct json *j, const struct destination *d) {
    json_open_object(j);
    json_kv_int(j, "id", d->id);
    json_kv_str(j, "url", d->address);
    json_key(j, "events");
    json_open_array(j);
    for (const struct word *w = event_words; w->name; w++)
        if (d->events & 1u << w->value)
            json_cstr(j, w->name);
    json_end(j);
    if (d->batch)
        json_kv_int(j, "batch", d->batch);
    json_kv_bool(j, "active", d->active);
    json_kv_int(j, "created_ms", d->created_ms);
    time_or_nothing(j, "delivered_ms", d->good_ms);
    time_or_nothing(j, "failed_ms", d->bad_ms);
    json_kv_int(j, "failures", d->failures);
    if (d->failures)
        json_kv_str(j, "error", d->error);
    json_kv_int(j, "waiting", d->waiting);
    json_kv_int(j, "dead", d->dead);
    json_end(j);
}

/* The account's own come first and are few: one page has them all. */
static struct err list(struct call *call, struct ctx *ctx) {
    struct destination_list all;
    struct err e = destination_list(ctx, 0, 0, DESTINATIONS_MAX, &all);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "webhooks");
    json_open_array(&j);
    for (size_t i = 0; i < all.n; i++)
        if (all.items[i].transport == TRANSPORT_WEBHOOK)
            print_one(&j, &all.items[i]);
    json_end(&j);
    json_end(&j);
    return NO_ERR;
}

/* ---- with a secret: in a transaction of its own, whose answer is kept nowhere ---- */

struct secret_run {
    struct call *call;
    int64_t id;
    struct str secret;
};

static struct err answer_secret(struct secret_run *s) {
    struct json j = call_json(s->call);
    json_open_object(&j);
    json_kv_int(&j, "id", s->id);
    json_kv_str(&j, "secret", s->secret);
    json_end(&j);
    return NO_ERR;
}

static struct err add_rule(struct ctx *ctx, void *arg) {
    struct secret_run *s = arg;
    struct destination_in in = given(s->call);
    return in_words_of_v1(destination_add(ctx, s->call->app->seal, &in, &s->id, &s->secret));
}

static struct err add(struct call *call) {
    struct secret_run s = {.call = call};
    struct err e = call_write(call, add_rule, &s);
    return failed(e) ? e : answer_secret(&s);
}

static struct err secret_rule(struct ctx *ctx, void *arg) {
    struct secret_run *s = arg;
    struct err e = webhook_of_path(s->call, ctx, &s->id);
    return failed(e) ? e : destination_secret(ctx, s->call->app->seal, s->id, &s->secret);
}

static struct err another_secret(struct call *call) {
    struct secret_run s = {.call = call};
    struct err e = call_write(call, secret_rule, &s);
    return failed(e) ? e : answer_secret(&s);
}

/* ---- changes ---- */

static struct err answer_webhook(struct call *call, struct ctx *ctx, int64_t id) {
    struct destination d;
    struct err e = destination_get(ctx, id, &d);
    if (failed(e))
        return e;
    struct json j = call_json(call);
    print_one(&j, &d);
    return NO_ERR;
}

static struct err change(struct call *call, struct ctx *ctx) {
    struct destination_in in = given(call);
    int64_t id;
    struct err e = webhook_of_path(call, ctx, &id);
    if (!failed(e))
        e = in_words_of_v1(destination_change(ctx, id, &in));
    return failed(e) ? e : answer_webhook(call, ctx, id);
}

static struct err set_active(struct call *call, struct ctx *ctx) {
    const struct active_body *b = call->in;
    int64_t id;
    struct err e = webhook_of_path(call, ctx, &id);
    if (!failed(e))
        e = destination_set_active(ctx, id, b->active);
    return failed(e) ? e : answer_webhook(call, ctx, id);
}

static struct err test(struct call *call, struct ctx *ctx) {
    int64_t id;
    struct err e = webhook_of_path(call, ctx, &id);
    return failed(e) ? e : destination_test(ctx, id);
}

static struct err remove_one(struct call *call, struct ctx *ctx) {
    int64_t id;
    struct err e = webhook_of_path(call, ctx, &id);
    return failed(e) ? e : destination_remove(ctx, id);
}

const struct v1_row v1_webhook_rows[] = {
    {.route = {.method = "GET",
               .pattern = "/v1/webhooks",
               .help = "Where events are posted to, and how that fares.",
               .may = MAY_OWN,
               .kind = CALL_READ,
               .run = list,
               .gives = "application/json"}},
    {.route = {.method = "POST",
               .pattern = "/v1/webhooks",
               .help = "Makes a webhook; answers with its secret, once.",
               .may = MAY_OWN,
               .flags = ROUTE_JSON,
               .kind = CALL_SLOW,
               .slow = add,
               .gives = "application/json"},
     .fields = webhook_fields,
     .in_size = sizeof(struct webhook_body),
     .success = 201},
    {.route = {.method = "PUT",
               .pattern = "/v1/webhooks/{id}",
               .help = "Changes where it goes and what it is told.",
               .may = MAY_OWN,
               .flags = ROUTE_JSON,
               .kind = CALL_WRITE,
               .run = change,
               .gives = "application/json"},
     .fields = webhook_fields,
     .in_size = sizeof(struct webhook_body)},
    {.route = {.method = "POST",
               .pattern = "/v1/webhooks/{id}/active",
               .help = "Turns it on or off.",
               .may = MAY_OWN,
               .flags = ROUTE_JSON,
               .kind = CALL_WRITE,
               .run = set_active,
               .gives = "application/json"},
     .fields = active_fields,
     .in_size = sizeof(struct active_body)},
    {.route = {.method = "POST",
               .pattern = "/v1/webhooks/{id}/secret",
               .help = "Makes another secret, once shown; the old one signs nothing any more.",
               .may = MAY_OWN,
               .kind = CALL_SLOW,
               .slow = another_secret,
               .gives = "application/json"}},
    {.route = {.method = "POST",
               .pattern = "/v1/webhooks/{id}/test",
               .help = "Sends it a Ping, be it on or off.",
               .may = MAY_OWN,
               .kind = CALL_WRITE,
               .run = test},
     .success = 204},
    {.route = {.method = "DELETE",
               .pattern = "/v1/webhooks/{id}",
               .help = "Removes it and what waits for it.",
               .may = MAY_OWN,
               .kind = CALL_WRITE,
               .run = remove_one},
     .success = 204},
    {.route = {.method = NULL}},
};
