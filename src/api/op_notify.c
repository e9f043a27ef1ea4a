/* Words to workers, and events to requesters: NotifyWorkers, UpdateNotificationSettings,
 * SendTestEventNotification (requester-api 2.30, 2.34, 2.38, 3.9). */

#include "api/answer.h"
#include "api/op.h"
#include "base/limits.h"
#include "market/message.h"
#include "market/notification.h"

struct notify_in {
    struct str subject, text;
    struct field_list workers; /* of struct str */
};

static const struct field notify_fields[] = {
    {.name = "Subject",
     .help = "the message's first line",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .required = true,
     .at = offsetof(struct notify_in, subject),
     .max = NOTIFY_SUBJECT_MAX},
    {.name = "MessageText",
     .help = "what the workers read",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .required = true,
     .at = offsetof(struct notify_in, text),
     .max = NOTIFY_TEXT_MAX},
    {.name = "WorkerIds",
     .help = "who is written to; only workers whose work the caller has decided on",
     .type = F_TEXTS,
     .pattern = PATTERN_CUSTOMER,
     .required = true,
     .at = offsetof(struct notify_in, workers),
     .max = NOTIFY_WORKERS_MAX},
    {0},
};

static void print_failure(struct json *j, struct str worker) {
    json_open_object(j);
    json_kv_cstr(j, "NotifyWorkersFailureCode", "HardFailure");
    json_kv_cstr(j, "NotifyWorkersFailureMessage",
                 "Cannot send a notification to a worker who has not done any work for you");
    json_kv_str(j, "WorkerId", worker);
    json_end(j);
}

static bool named_before(const struct str *ids, size_t i) {
    for (size_t k = 0; k < i; k++)
        if (str_eq(ids[k], ids[i]))
            return true;
    return false;
}

/* A worker who is named twice gets one message. */
static struct err notify_workers(struct op_call *call) {
    const struct notify_in *in = call->in;
    const struct str *ids = in->workers.items;
    struct str text =
        str_printf(call->ctx->arena, "%.*s\n\n%.*s", STR_ARG(in->subject), STR_ARG(in->text));
    json_open_object(&call->out);
    json_key(&call->out, "NotifyWorkersFailureStatuses");
    json_open_array(&call->out);
    for (size_t i = 0; i < in->workers.count; i++) {
        bool sent;
        if (named_before(ids, i))
            continue;
        struct err e = message_notify(call->ctx, ids[i], text, &sent);
        if (failed(e))
            return e;
        if (!sent)
            print_failure(&call->out, ids[i]);
    }
    json_end(&call->out);
    json_end(&call->out);
    return NO_ERR;
}

static const struct word failure_words[] = {
    {"SoftFailure", 1},
    {"HardFailure", 2},
    {NULL, 0},
};

static const struct field failure_members[] = {
    {.name = "NotifyWorkersFailureCode",
     .type = F_ENUM,
     .required = true,
     .words = failure_words,
     .help = "HardFailure: it is of no use to try again"},
    ANSWER("NotifyWorkersFailureMessage", F_TEXT, "why not"),
    ANSWER("WorkerId", F_TEXT, "who was not written to"),
    {0},
};

static const struct field notify_answer[] = {
    ANSWER_OF("NotifyWorkersFailureStatuses", F_OBJECTS, failure_members,
              "NotifyWorkersFailureStatus", "empty when everybody was written to"),
    {0},
};

const struct op op_notify_workers = {
    .name = "NotifyWorkers",
    .help = "Writes to workers whose work the caller has approved or rejected.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = notify_fields,
    .in_size = sizeof(struct notify_in),
    .group = GROUP_WORKERS,
    .answer = notify_answer,
    .errors = (const enum err_code[]){ERR_INVALID_PARAMETER, ERR_OK},
    .again = "Another message.",
    .run = notify_workers,
};

/* ---- specifications ---- */

static const struct word transports[] = {
    {"Email", TRANSPORT_EMAIL},
    {"SQS", TRANSPORT_SQS},
    {"SNS", TRANSPORT_SNS},
    {0},
};

static const struct word events[] = {
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
    {"Ping", EVENT_PING},
    {0},
};

static const struct field spec_fields[] = {
    {.name = "Destination",
     .help = "a queue's URL, a topic's ARN or a subscriber's URL, or a mail address",
     .type = F_TEXT,
     .required = true,
     .at = offsetof(struct notification, destination)},
    {.name = "Transport",
     .help = "how the message gets there",
     .type = F_ENUM,
     .required = true,
     .at = offsetof(struct notification, transport),
     .words = transports},
    {.name = "Version",
     .help = "2006-05-05 or 2014-08-15; echoed in the messages",
     .type = F_TEXT,
     .required = true,
     .at = offsetof(struct notification, version)},
    {.name = "EventTypes",
     .help = "what is told",
     .type = F_ENUMS,
     .required = true,
     .at = offsetof(struct notification, events),
     .words = events},
    {0},
};

/* ---- UpdateNotificationSettings ---- */

struct settings_in {
    struct str hit_type;
    struct notification spec;
    int active; /* -1: absent */
};

static const struct field settings_fields[] = {
    ENTITY_FIELD("HITTypeId", struct settings_in, hit_type, "a type of the caller's"),
    {.name = "Notification",
     .help = "where which events go; replaces what is there",
     .type = F_OBJECT,
     .at = offsetof(struct settings_in, spec),
     .of = spec_fields,
     .of_name = "NotificationSpecification"},
    {.name = "Active",
     .help = "whether events are told at all",
     .type = F_BOOL,
     .flags = FIELD_MAYBE,
     .at = offsetof(struct settings_in, active)},
    {0},
};

static struct err update_settings(struct op_call *call) {
    const struct settings_in *in = call->in;
    struct notification_set_in set = {in->hit_type, in->spec, in->active > 0, in->active >= 0};
    struct err e = notification_set(call->ctx, &set);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_update_notification_settings = {
    .name = "UpdateNotificationSettings",
    .help = "Says where the events of a HIT type go, and whether they go.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = settings_fields,
    .in_size = sizeof(struct settings_in),
    .group = GROUP_HIT_TYPES,
    .answer = answer_nothing,
    .errors =
        (const enum err_code[]){ERR_HIT_TYPE_DOES_NOT_EXIST, ERR_MISSING_PARAMETERS,
                                ERR_INVALID_TRANSPORT_ENDPOINT, ERR_INVALID_PARAMETER, ERR_OK},
    .again = "Harmless.",
    .run = update_settings,
};

/* ---- SendTestEventNotification ---- */

struct test_in {
    struct notification spec;
    int event;
};

static const struct field test_fields[] = {
    {.name = "Notification",
     .help = "where the test goes",
     .type = F_OBJECT,
     .required = true,
     .at = offsetof(struct test_in, spec),
     .of = spec_fields,
     .of_name = "NotificationSpecification"},
    {.name = "TestEventType",
     .help = "what it pretends to tell",
     .type = F_ENUM,
     .required = true,
     .at = offsetof(struct test_in, event),
     .words = events},
    {0},
};

static struct err send_test(struct op_call *call) {
    const struct test_in *in = call->in;
    struct err e = notification_test(call->ctx, &in->spec, in->event);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_send_test_event_notification = {
    .name = "SendTestEventNotification",
    .help = "Sends one event with empty ids to a destination.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = test_fields,
    .in_size = sizeof(struct test_in),
    .group = GROUP_HIT_TYPES,
    .answer = answer_nothing,
    .errors =
        (const enum err_code[]){ERR_INVALID_TRANSPORT_ENDPOINT, ERR_INVALID_PARAMETER, ERR_OK},
    .again = "Another test event.",
    .run = send_test,
};
