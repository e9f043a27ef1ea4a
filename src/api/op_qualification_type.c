/* Qualification types: CreateQualificationType, GetQualificationType, UpdateQualificationType,
 * DeleteQualificationType, ListQualificationTypes (requester-api 2.8, 2.12, 2.19, 2.25, 2.39). */
#include "api/answer.h"
#include "api/op.h"
#include "base/limits.h"
#include "market/qualification.h"

/* Ten years; what is longer is a mistake. */
#define SECONDS_MAX INT64_C(315360000)

enum { STATUS_ACTIVE = 1, STATUS_INACTIVE };

static const struct word status_words[] = {
    {"Active", STATUS_ACTIVE},
    {"Inactive", STATUS_INACTIVE},
    {NULL, 0},
};

struct type_in {
    struct str type;
    struct str name, description, keywords, test, answer_key;
    int status;       /* 0: absent */
    int auto_granted; /* -1: absent */
    int64_t retry_s, test_s, auto_value;
};

static void print_seconds(struct json *j, const char *key, int64_t seconds) {
    if (seconds >= 0)
        json_kv_int(j, key, seconds);
}

static void print_type(struct json *j, const struct qualification_type *t) {
    json_open_object(j);
    json_kv_str(j, "QualificationTypeId", t->type_id);
    json_kv_seconds(j, "CreationTime", t->created_ms);
    json_kv_str(j, "Name", t->name);
    json_kv_str(j, "Description", t->description);
    if (t->keywords.n)
        json_kv_str(j, "Keywords", t->keywords);
    json_kv_cstr(j, "QualificationTypeStatus", t->active ? "Active" : "Inactive");
    json_kv_str_opt(j, "Test", t->test);
    print_seconds(j, "TestDurationInSeconds", t->test_s);
    json_kv_str_opt(j, "AnswerKey", t->answer_key);
    print_seconds(j, "RetryDelayInSeconds", t->retry_s);
    json_kv_bool(j, "IsRequestable", !t->system);
    json_kv_bool(j, "AutoGranted", t->auto_granted);
    if (t->auto_granted)
        json_kv_int(j, "AutoGrantedValue", t->auto_value);
    json_end(j);
}

static struct err print_one(struct op_call *call, const struct qualification_type *t) {
    json_open_object(&call->out);
    json_key(&call->out, "QualificationType");
    print_type(&call->out, t);
    json_end(&call->out);
    return NO_ERR;
}

#define TYPE_FIELD                                                                                 \
    ENTITY_FIELD("QualificationTypeId", struct type_in, type, "the qualification type")

/* What Create and Update have in common; what Create must have, Update may leave as it is. */
#define PROPERTY_FIELDS(must)                                                                      \
    {.name = "Description",                                                                        \
     .help = "shown to workers",                                                                   \
     .type = F_TEXT,                                                                               \
     .flags = FIELD_PLAIN,                                                                         \
     .required = must,                                                                             \
     .at = offsetof(struct type_in, description),                                                  \
     .min = 1,                                                                                     \
     .max = DESCRIPTION_MAX},                                                                      \
        {.name = "QualificationTypeStatus",                                                        \
         .help = "whether workers may ask for it",                                                 \
         .type = F_ENUM,                                                                           \
         .required = must,                                                                         \
         .at = offsetof(struct type_in, status),                                                   \
         .words = status_words},                                                                   \
        {.name = "RetryDelayInSeconds",                                                            \
         .help = "how long a worker waits before he asks again; absent: once only",                \
         .type = F_INT,                                                                            \
         .at = offsetof(struct type_in, retry_s),                                                  \
         .max = SECONDS_MAX,                                                                       \
         .fallback = -1},                                                                          \
        {.name = "Test",                                                                           \
         .help = "a QuestionForm document; needs TestDurationInSeconds",                           \
         .type = F_TEXT,                                                                           \
         .flags = FIELD_BYTES,                                                                     \
         .at = offsetof(struct type_in, test),                                                     \
         .max = QUESTION_MAX},                                                                     \
        {.name = "TestDurationInSeconds",                                                          \
         .help = "time to take the test",                                                          \
         .type = F_INT,                                                                            \
         .at = offsetof(struct type_in, test_s),                                                   \
         .max = SECONDS_MAX,                                                                       \
         .fallback = -1},                                                                          \
        {.name = "AnswerKey",                                                                      \
         .help = "an AnswerKey document; absent: the test is scored by hand",                      \
         .type = F_TEXT,                                                                           \
         .flags = FIELD_BYTES,                                                                     \
         .at = offsetof(struct type_in, answer_key),                                               \
         .max = QUESTION_MAX},                                                                     \
        {.name = "AutoGranted",                                                                    \
         .help = "whoever asks gets it; excludes Test",                                            \
         .type = F_BOOL,                                                                           \
         .flags = FIELD_MAYBE,                                                                     \
         .at = offsetof(struct type_in, auto_granted)},                                            \
    {                                                                                              \
        .name = "AutoGrantedValue", .help = "the value then, 1 when absent", .type = F_INT,        \
        .at = offsetof(struct type_in, auto_value), .min = INT32_MIN, .max = INT32_MAX,            \
        .fallback = QUALIFICATION_NO_VALUE                                                         \
    }

/* ---- CreateQualificationType ---- */

static const struct field create_fields[] = {
    {.name = "Name",
     .help = "unique among the caller's types",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .required = true,
     .at = offsetof(struct type_in, name),
     .min = 1,
     .max = QUALIFICATION_NAME_MAX},
    {.name = "Keywords",
     .help = "words to find it by",
     .type = F_TEXT,
     .flags = FIELD_PLAIN,
     .at = offsetof(struct type_in, keywords),
     .max = KEYWORDS_MAX},
    PROPERTY_FIELDS(true),
    {0},
};

static struct qualification_type_in properties(const struct type_in *in) {
    return (struct qualification_type_in){
        .name = in->name,
        .description = in->description,
        .keywords = in->keywords,
        .test = in->test,
        .answer_key = in->answer_key,
        .active = in->status ? in->status == STATUS_ACTIVE : -1,
        .auto_granted = in->auto_granted,
        .retry_s = in->retry_s,
        .test_s = in->test_s,
        .auto_value = in->auto_value,
    };
}

static struct err create(struct op_call *call) {
    struct qualification_type_in in = properties(call->in);
    struct qualification_type t;
    struct err e = qualification_type_create(call->ctx, &in, &t);
    return failed(e) ? e : print_one(call, &t);
}

static const struct field type_members[] = {
    ANSWER("QualificationTypeId", F_TEXT, "the type"),
    ANSWER("CreationTime", F_TIME, "when it was made"),
    ANSWER("Name", F_TEXT, "what workers see"),
    ANSWER("Description", F_TEXT, "what it stands for"),
    ANSWER_MAYBE("Keywords", F_TEXT, "when it has some"),
    {.name = "QualificationTypeStatus",
     .type = F_ENUM,
     .required = true,
     .words = status_words,
     .help = "whether workers may ask for it"},
    ANSWER_MAYBE("Test", F_TEXT, "of the caller's own, when there is one"),
    ANSWER_MAYBE("TestDurationInSeconds", F_INT, "when there is a test"),
    ANSWER_MAYBE("AnswerKey", F_TEXT, "of the caller's own, when there is one"),
    ANSWER_MAYBE("RetryDelayInSeconds", F_INT, "absent: workers may ask once only"),
    ANSWER("IsRequestable", F_BOOL, "false for the system's own types"),
    ANSWER("AutoGranted", F_BOOL, "whoever asks gets it"),
    ANSWER_MAYBE("AutoGrantedValue", F_INT, "when it is granted automatically"),
    {0},
};

static const struct field type_answer[] = {
    ANSWER_OF("QualificationType", F_OBJECT, type_members, "QualificationType", "the type"),
    {0},
};

const struct op op_create_qualification_type = {
    .name = "CreateQualificationType",
    .help = "Makes a qualification of the caller's own, with or without a test.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = create_fields,
    .in_size = sizeof(struct type_in),
    .group = GROUP_QUALIFICATION_TYPES,
    .answer = type_answer,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_TYPE_ALREADY_EXISTS, ERR_MISSING_PARAMETERS,
                                      ERR_INVALID_COMBINATION, ERR_INVALID_PARAMETER, ERR_XML_PARSE,
                                      ERR_XHTML_PARSE, ERR_OK},
    .again = "Refused with QualificationTypeAlreadyExists.",
    .run = create,
};

/* ---- UpdateQualificationType ---- */

static const struct field update_fields[] = {
    TYPE_FIELD,
    PROPERTY_FIELDS(false),
    {0},
};

static struct err update(struct op_call *call) {
    const struct type_in *given = call->in;
    struct qualification_type_in in = properties(given);
    struct qualification_type t;
    struct err e = qualification_type_update(call->ctx, given->type, &in, &t);
    return failed(e) ? e : print_one(call, &t);
}

const struct op op_update_qualification_type = {
    .name = "UpdateQualificationType",
    .help = "Changes what is given; a Test without AnswerKey drops the old key.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = update_fields,
    .in_size = sizeof(struct type_in),
    .group = GROUP_QUALIFICATION_TYPES,
    .answer = type_answer,
    .errors =
        (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_PERMISSION_DENIED,
                                ERR_MISSING_PARAMETERS, ERR_INVALID_COMBINATION,
                                ERR_INVALID_PARAMETER, ERR_XML_PARSE, ERR_XHTML_PARSE, ERR_OK},
    .again = "Harmless.",
    .run = update,
};

/* ---- GetQualificationType, DeleteQualificationType ---- */

static const struct field type_fields[] = {
    TYPE_FIELD,
    {0},
};

static struct err get(struct op_call *call) {
    const struct type_in *in = call->in;
    struct qualification_type t;
    struct err e = qualification_type_get(call->ctx, in->type, &t);
    return failed(e) ? e : print_one(call, &t);
}

const struct op op_get_qualification_type = {
    .name = "GetQualificationType",
    .help = "Anybody's qualification type; test and key only of the caller's own.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = type_fields,
    .in_size = sizeof(struct type_in),
    .group = GROUP_QUALIFICATION_TYPES,
    .answer = type_answer,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_OK},
    .run = get,
};

static struct err delete (struct op_call *call) {
    const struct type_in *in = call->in;
    struct err e = qualification_type_remove(call->ctx, in->type);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_delete_qualification_type = {
    .name = "DeleteQualificationType",
    .help = "Removes a type; pending requests are rejected, what was granted stays recorded.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = type_fields,
    .in_size = sizeof(struct type_in),
    .group = GROUP_QUALIFICATION_TYPES,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_PERMISSION_DENIED,
                                      ERR_OK},
    .again = "Refused with InvalidQualificationTypeState.",
    .run = delete,
};

/* ---- ListQualificationTypes ---- */

struct list_in {
    struct page_in page;
    struct str query;
    bool requestable, own;
};

static const struct field list_fields[] = {
    {.name = "Query",
     .help = "words of name, description or keywords; beginnings of words will do",
     .type = F_TEXT,
     .at = offsetof(struct list_in, query),
     .max = DESCRIPTION_MAX},
    {.name = "MustBeRequestable",
     .help = "only types that workers can ask for",
     .type = F_BOOL,
     .required = true,
     .at = offsetof(struct list_in, requestable)},
    {.name = "MustBeOwnedByCaller",
     .help = "only the caller's own",
     .type = F_BOOL,
     .at = offsetof(struct list_in, own)},
    PAGE_FIELDS(struct list_in),
    {0},
};

static struct err list(struct op_call *call) {
    const struct list_in *in = call->in;
    struct str filter =
        str_printf(call->ctx->arena, "%d %d %.*s", in->requestable, in->own, STR_ARG(in->query));
    int64_t last = 0;
    bool resumed;
    struct err e = call_page(call, &in->page, filter, &last, 1, &resumed);
    struct qualification_type_list_in query = {
        .requestable = in->requestable,
        .own = in->own,
        .query = in->query,
        .after = last,
        .limit = (int)in->page.max,
    };
    struct qualification_type_list types;
    if (!failed(e))
        e = qualification_type_list(call->ctx, &query, &types);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_key(&call->out, "QualificationTypes");
    json_open_array(&call->out);
    for (size_t i = 0; i < types.n; i++) {
        print_type(&call->out, &types.items[i]);
        last = types.items[i].id;
    }
    json_end(&call->out);
    call_page_end(call, filter, &last, 1, (int64_t)types.n);
    json_end(&call->out);
    return NO_ERR;
}

static const struct field list_answer[] = {
    ANSWER_OF("QualificationTypes", F_OBJECTS, type_members, "QualificationType", "by name"),
    ANSWER_PAGE,
    {0},
};

const struct op op_list_qualification_types = {
    .name = "ListQualificationTypes",
    .help = "Qualification types by name, all or those that a search finds.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = list_fields,
    .in_size = sizeof(struct list_in),
    .group = GROUP_QUALIFICATION_TYPES,
    .answer = list_answer,
    .errors = (const enum err_code[]){ERR_INVALID_PARAMETER, ERR_OK},
    .run = list,
};
