#include "notify/message.h"

#include <inttypes.h>

#include "base/datetime.h"
#include "base/json.h"
#include "base/sha256.h"

enum { DOC_ID_LEN = 40 };

struct str message_doc_id(struct arena *a, const struct delivery *d) {
    struct str name = str_printf(a, "event %" PRId64 " %" PRId64 " %.*s", d->row, d->at_ms,
                                 STR_ARG(d->requester_id));
    return str_sub(sha256_hex(a, name), 0, DOC_ID_LEN);
}

/* "2019-08-09T21:17:16Z" */
static struct str seconds(struct arena *a, int64_t ms) {
    return time_iso(a, ms - ms % 1000);
}

static void print_event(struct json *j, struct arena *a, const struct delivery *d) {
    json_open_object(j);
    json_kv_cstr(j, "EventType", event_name(d->kind));
    json_kv_str(j, "EventTimestamp", seconds(a, d->at_ms));
    json_kv_str(j, "HITId", d->hit_id);
    if (d->has_assignment)
        json_kv_str(j, "AssignmentId", d->assignment_id);
    json_kv_str(j, "HITTypeId", d->hit_type_id);
    if (d->transport == TRANSPORT_WEBHOOK && d->overturned)
        json_kv_bool(j, "Overturned", true);
    json_end(j);
}

static struct str taken(struct arena *a, struct buf *b) {
    struct str text = buf_dup(a, b);
    buf_free(b);
    return text;
}

struct str message_json(struct arena *a, const struct delivery *d) {
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_object(&j);
    json_key(&j, "Events");
    json_open_array(&j);
    print_event(&j, a, d);
    json_end(&j);
    json_kv_str(&j, "EventDocId", message_doc_id(a, d));
    json_kv_str(&j, "SourceAccount", str_printf(a, "%012" PRId64, d->requester));
    json_kv_str(&j, "CustomerId", d->requester_id);
    json_kv_str(&j, "EventDocVersion", d->version);
    json_end(&j);
    return taken(a, &b);
}

struct str message_envelope(struct arena *a, const struct delivery *d) {
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_object(&j);
    json_kv_cstr(&j, "Type", "Notification");
    json_kv_str(&j, "MessageId", message_doc_id(a, d));
    json_kv_str(&j, "TopicArn", d->destination);
    json_kv_str(&j, "Subject", str_printf(a, "%" PRId64, d->at_ms));
    json_kv_str(&j, "Message", message_json(a, d));
    json_kv_str(&j, "Timestamp", time_iso(a, d->at_ms));
    json_end(&j);
    return taken(a, &b);
}

struct mail message_mail(struct arena *a, const struct delivery *d, int64_t now_ms) {
    return (struct mail){
        .to = d->destination,
        .subject = str_c(event_name(d->kind)),
        .text = message_json(a, d),
        .id = message_doc_id(a, d),
        .at_ms = now_ms,
    };
}
