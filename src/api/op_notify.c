/* Words to workers: NotifyWorkers (requester-api 2.30). */
#include "api/op.h"
#include "base/limits.h"
#include "market/message.h"

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

const struct op op_notify_workers = {
    .name = "NotifyWorkers",
    .help = "Writes to workers whose work the caller has approved or rejected.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = notify_fields,
    .in_size = sizeof(struct notify_in),
    .run = notify_workers,
};
