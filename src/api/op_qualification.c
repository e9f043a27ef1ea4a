/* Who holds qualifications and who asks for them: AssociateQualificationWithWorker,
 * DisassociateQualificationFromWorker, GetQualificationScore, ListWorkersWithQualificationType,
 * ListQualificationRequests, AcceptQualificationRequest, RejectQualificationRequest
 * (requester-api 2.1, 2.3, 2.13, 2.18, 2.24, 2.29, 2.32).
 */
#include "api/answer.h"
#include "api/op.h"
#include "base/limits.h"
#include "formats/answer.h"
#include "market/qualification.h"

struct grant_in {
    struct str type, worker, reason;
    int64_t value;
    bool told;
};

#define TYPE_FIELD(in) ENTITY_FIELD("QualificationTypeId", in, type, "the qualification type")

#define WORKER_FIELD                                                                               \
    {                                                                                              \
        .name = "WorkerId", .help = "the worker", .type = F_TEXT, .pattern = PATTERN_CUSTOMER,     \
        .required = true, .at = offsetof(struct grant_in, worker), .min = 1, .max = 64             \
    }

#define VALUE_FIELD(in)                                                                            \
    {                                                                                              \
        .name = "IntegerValue", .help = "the value, 1 when absent", .type = F_INT,                 \
        .at = offsetof(in, value), .min = INT32_MIN, .max = INT32_MAX, .fallback = 1               \
    }

/* ---- AssociateQualificationWithWorker ---- */

static const struct field associate_fields[] = {
    TYPE_FIELD(struct grant_in),
    WORKER_FIELD,
    VALUE_FIELD(struct grant_in),
    {.name = "SendNotification",
     .help = "tell the worker; true when absent",
     .type = F_BOOL,
     .at = offsetof(struct grant_in, told),
     .fallback = true},
    {0},
};

static struct err associate(struct op_call *call) {
    const struct grant_in *in = call->in;
    struct err e = qualification_grant(call->ctx, in->type, in->worker, in->value, in->told);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_associate_qualification_with_worker = {
    .name = "AssociateQualificationWithWorker",
    .help = "Grants a qualification, or gives it another value.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = associate_fields,
    .in_size = sizeof(struct grant_in),
    .group = GROUP_QUALIFICATIONS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_PERMISSION_DENIED,
                                      ERR_INVALID_PARAMETER, ERR_OK},
    .again = "Grants it anew.",
    .run = associate,
};

/* ---- DisassociateQualificationFromWorker ---- */

static const struct field disassociate_fields[] = {
    WORKER_FIELD,
    TYPE_FIELD(struct grant_in),
    {.name = "Reason",
     .help = "told to the worker; without it he is not told",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .at = offsetof(struct grant_in, reason),
     .max = REASON_MAX},
    {0},
};

static struct err disassociate(struct op_call *call) {
    const struct grant_in *in = call->in;
    struct err e = qualification_take_back(call->ctx, in->type, in->worker, in->reason);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_disassociate_qualification_from_worker = {
    .name = "DisassociateQualificationFromWorker",
    .help = "Revokes a qualification; work in progress goes on.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = disassociate_fields,
    .in_size = sizeof(struct grant_in),
    .group = GROUP_QUALIFICATIONS,
    .answer = answer_nothing,
    .errors =
        (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_PERMISSION_DENIED,
                                ERR_QUALIFICATION_DOES_NOT_EXIST, ERR_INVALID_QUALIFICATION_STATE,
                                ERR_INVALID_PARAMETER, ERR_OK},
    .again = "Refused with InvalidQualificationState.",
    .run = disassociate,
};

/* ---- GetQualificationScore ---- */

static const struct field score_fields[] = {
    TYPE_FIELD(struct grant_in),
    WORKER_FIELD,
    {0},
};

static void print_held(struct json *j, const struct qualification_held *q) {
    json_open_object(j);
    json_kv_str(j, "QualificationTypeId", q->type_id);
    json_kv_str(j, "WorkerId", q->worker_id);
    json_kv_seconds(j, "GrantTime", q->granted_ms);
    json_kv_int(j, "IntegerValue", q->value);
    json_kv_cstr(j, "Status", q->status == QUALIFICATION_GRANTED ? "Granted" : "Revoked");
    json_end(j);
}

static struct err score(struct op_call *call) {
    const struct grant_in *in = call->in;
    struct qualification_held q;
    struct err e = qualification_score(call->ctx, in->type, in->worker, &q);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_key(&call->out, "Qualification");
    print_held(&call->out, &q);
    json_end(&call->out);
    return NO_ERR;
}

static const struct word held_words[] = {
    {"Granted", QUALIFICATION_GRANTED},
    {"Revoked", QUALIFICATION_REVOKED},
    {NULL, 0},
};

static const struct field held_members[] = {
    ANSWER("QualificationTypeId", F_TEXT, "the type"),
    ANSWER("WorkerId", F_TEXT, "who holds it"),
    ANSWER("GrantTime", F_TIME, "of the last grant"),
    ANSWER("IntegerValue", F_INT, "the value"),
    {.name = "Status",
     .type = F_ENUM,
     .required = true,
     .words = held_words,
     .help = "whether it still holds"},
    {0},
};

static const struct field request_members[] = {
    ANSWER("QualificationRequestId", F_TEXT, "the request"),
    ANSWER("QualificationTypeId", F_TEXT, "what is asked for"),
    ANSWER("WorkerId", F_TEXT, "who asks"),
    ANSWER_MAYBE("Test", F_TEXT, "when the type has one"),
    ANSWER_MAYBE("Answer", F_TEXT, "a QuestionFormAnswers document, when a test was taken"),
    ANSWER("SubmitTime", F_TIME, "when it was asked"),
    {0},
};

static const struct field score_answer[] = {
    ANSWER_OF("Qualification", F_OBJECT, held_members, "Qualification", "what the worker holds"),
    {0},
};

const struct op op_get_qualification_score = {
    .name = "GetQualificationScore",
    .help = "The value a worker has of one of the caller's qualifications.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = score_fields,
    .in_size = sizeof(struct grant_in),
    .group = GROUP_QUALIFICATIONS,
    .answer = score_answer,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_PERMISSION_DENIED,
                                      ERR_QUALIFICATION_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_STATE, ERR_OK},
    .run = score,
};

/* ---- ListWorkersWithQualificationType ---- */

struct holders_in {
    struct page_in page;
    struct str type;
    int status;
};

static const struct field holders_fields[] = {
    TYPE_FIELD(struct holders_in),
    {.name = "Status",
     .help = "Granted when absent",
     .type = F_ENUM,
     .at = offsetof(struct holders_in, status),
     .fallback = QUALIFICATION_GRANTED,
     .words = held_words},
    PAGE_FIELDS(struct holders_in),
    {0},
};

static struct err holders(struct op_call *call) {
    const struct holders_in *in = call->in;
    struct str filter = str_printf(call->ctx->arena, "%.*s %d", STR_ARG(in->type), in->status);
    int64_t keys[2] = {0, 0};
    bool resumed;
    struct err e = call_page(call, &in->page, filter, keys, 2, &resumed);
    struct qualification_holders_in query = {
        .type_id = in->type,
        .status = (enum qualification_status)in->status,
        .after_ms = keys[0],
        .after_worker = keys[1],
        .limit = (int)in->page.max,
    };
    struct qualification_holders found;
    if (!failed(e))
        e = qualification_holders(call->ctx, &query, &found);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_key(&call->out, "Qualifications");
    json_open_array(&call->out);
    for (size_t i = 0; i < found.n; i++) {
        print_held(&call->out, &found.items[i]);
        keys[0] = found.items[i].granted_ms;
        keys[1] = found.items[i].worker;
    }
    json_end(&call->out);
    call_page_end(call, filter, keys, 2, (int64_t)found.n);
    json_end(&call->out);
    return NO_ERR;
}

static const struct field holders_answer[] = {
    ANSWER_OF("Qualifications", F_OBJECTS, held_members, "Qualification", "by time of granting"),
    ANSWER_PAGE,
    {0},
};

const struct op op_list_workers_with_qualification_type = {
    .name = "ListWorkersWithQualificationType",
    .help = "Who holds one of the caller's qualifications, by time of granting.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = holders_fields,
    .in_size = sizeof(struct holders_in),
    .group = GROUP_QUALIFICATIONS,
    .answer = holders_answer,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_PERMISSION_DENIED,
                                      ERR_INVALID_PARAMETER, ERR_OK},
    .run = holders,
};

/* ---- ListQualificationRequests ---- */

struct requests_in {
    struct page_in page;
    struct str type;
};

static const struct field requests_fields[] = {
    {.name = "QualificationTypeId",
     .help = "only of this type; absent: all of the caller's",
     .type = F_TEXT,
     .pattern = PATTERN_ENTITY,
     .at = offsetof(struct requests_in, type),
     .min = 1,
     .max = 64},
    PAGE_FIELDS(struct requests_in),
    {0},
};

static void print_request(struct json *j, const struct qualification_request *r) {
    struct buf xml = BUF_INIT;
    json_open_object(j);
    json_kv_str(j, "QualificationRequestId", r->request_id);
    json_kv_str(j, "QualificationTypeId", r->type_id);
    json_kv_str(j, "WorkerId", r->worker_id);
    json_kv_str_opt(j, "Test", r->test);
    if (r->answer.p) {
        answer_write_xml(&xml, r->answer);
        json_kv_str(j, "Answer", buf_view(&xml));
    }
    json_kv_seconds(j, "SubmitTime", r->asked_ms);
    json_end(j);
    buf_free(&xml);
}

static struct err requests(struct op_call *call) {
    const struct requests_in *in = call->in;
    int64_t keys[2] = {0, 0};
    bool resumed;
    struct err e = call_page(call, &in->page, in->type, keys, 2, &resumed);
    struct qualification_requests_in query = {
        .type_id = in->type,
        .after_ms = keys[0],
        .after = keys[1],
        .limit = (int)in->page.max,
    };
    struct qualification_requests found;
    if (!failed(e))
        e = qualification_requests(call->ctx, &query, &found);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_key(&call->out, "QualificationRequests");
    json_open_array(&call->out);
    for (size_t i = 0; i < found.n; i++) {
        print_request(&call->out, &found.items[i]);
        keys[0] = found.items[i].asked_ms;
        keys[1] = found.items[i].id;
    }
    json_end(&call->out);
    call_page_end(call, in->type, keys, 2, (int64_t)found.n);
    json_end(&call->out);
    return NO_ERR;
}

static const struct field requests_answer[] = {
    ANSWER_OF("QualificationRequests", F_OBJECTS, request_members, "QualificationRequest",
              "oldest first"),
    ANSWER_PAGE,
    {0},
};

const struct op op_list_qualification_requests = {
    .name = "ListQualificationRequests",
    .help = "Requests that wait for the caller's answer, oldest first.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = requests_fields,
    .in_size = sizeof(struct requests_in),
    .group = GROUP_QUALIFICATIONS,
    .answer = requests_answer,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_PERMISSION_DENIED,
                                      ERR_INVALID_PARAMETER, ERR_OK},
    .run = requests,
};

/* ---- AcceptQualificationRequest, RejectQualificationRequest ---- */

struct answer_in {
    struct str request, reason;
    int64_t value;
};

#define REQUEST_FIELD                                                                              \
    {                                                                                              \
        .name = "QualificationRequestId", .help = "the request", .type = F_TEXT, .required = true, \
        .at = offsetof(struct answer_in, request), .max = 64                                       \
    }

static const struct field accept_fields[] = {
    REQUEST_FIELD,
    VALUE_FIELD(struct answer_in),
    {0},
};

static struct err accept(struct op_call *call) {
    const struct answer_in *in = call->in;
    struct err e = qualification_request_accept(call->ctx, in->request, in->value);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_accept_qualification_request = {
    .name = "AcceptQualificationRequest",
    .help = "Grants what a worker has asked for.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = accept_fields,
    .in_size = sizeof(struct answer_in),
    .group = GROUP_QUALIFICATIONS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_REQUEST_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_REQUEST_STATE, ERR_OK},
    .again = "Refused with InvalidQualificationRequestState.",
    .run = accept,
};

static const struct field reject_fields[] = {
    REQUEST_FIELD,
    {.name = "Reason",
     .help = "told to the worker",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .at = offsetof(struct answer_in, reason),
     .max = REASON_MAX},
    {0},
};

static struct err reject(struct op_call *call) {
    const struct answer_in *in = call->in;
    struct err e = qualification_request_reject(call->ctx, in->request, in->reason);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_reject_qualification_request = {
    .name = "RejectQualificationRequest",
    .help = "Refuses what a worker has asked for.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = reject_fields,
    .in_size = sizeof(struct answer_in),
    .group = GROUP_QUALIFICATIONS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_REQUEST_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_REQUEST_STATE,
                                      ERR_INVALID_PARAMETER, ERR_OK},
    .again = "Refused with InvalidQualificationRequestState.",
    .run = reject,
};
