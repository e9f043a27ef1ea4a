/* A requester's HITs: GetHIT, ListHITs, ListReviewableHITs, UpdateExpirationForHIT,
 * CreateAdditionalAssignmentsForHIT, DeleteHIT, UpdateHITReviewStatus, UpdateHITTypeOfHIT
 * (requester-api 2.4, 2.10, 2.17, 2.22, 2.26, 2.35-2.37). */
#include "api/answer.h"
#include "api/op.h"
#include "api/print.h"
#include "base/limits.h"
#include "market/due.h"
#include "market/hit.h"
#include "market/hit_type.h"

/* A list that is read inside a write sweeps first; more than this at once would hold up others, and
 * what is left over shows in the next answer. */
enum { SWEEP_LIMIT = 1000 };

struct hit_in {
    struct str hit;
};

static const struct field hit_fields[] = {
    ENTITY_FIELD("HITId", struct hit_in, hit, "the HIT"),
    {0},
};

/* ---- GetHIT ---- */

static struct err get_hit(struct op_call *call) {
    const struct hit_in *in = call->in;
    struct hit_view hit;
    struct err e = hit_get(call->ctx, in->hit, &hit);
    if (!failed(e) && hit.due && call->writable) {
        e = due_hit(call->ctx, hit.id);
        if (!failed(e))
            e = hit_get(call->ctx, in->hit, &hit);
    }
    if (failed(e))
        return e;
    call->due = hit.due;
    json_open_object(&call->out);
    json_key(&call->out, "HIT");
    print_hit(&call->out, call->ctx->arena, &hit);
    json_end(&call->out);
    return NO_ERR;
}

const struct op op_get_hit = {
    .name = "GetHIT",
    .help = "A HIT with its question, status and counters.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = hit_fields,
    .in_size = sizeof(struct hit_in),
    .group = GROUP_HITS,
    .answer = answer_hit,
    .errors = (const enum err_code[]){ERR_HIT_DOES_NOT_EXIST, ERR_OK},
    .run = get_hit,
};

/* ---- ListHITs, ListReviewableHITs ---- */

struct list_hits_in {
    struct page_in page;
    struct str hit_type;
    int status;
};

static const struct field list_hits_fields[] = {
    PAGE_FIELDS(struct list_hits_in),
    {0},
};

static struct err sweep(struct op_call *call) {
    int64_t done;
    return call->writable ? due_sweep(call->ctx, SWEEP_LIMIT, &done) : NO_ERR;
}

static void print_page(struct op_call *call, struct str filter, const struct hit_page *page) {
    int64_t keys[2] = {page->last.ms, page->last.id};
    call->due = page->due;
    json_open_object(&call->out);
    json_key(&call->out, "HITs");
    json_open_array(&call->out);
    for (int i = 0; i < page->count; i++)
        print_hit(&call->out, call->ctx->arena, &page->hits[i]);
    json_end(&call->out);
    call_page_end(call, filter, keys, 2, page->count);
    json_end(&call->out);
}

static struct err list_hits(struct op_call *call) {
    const struct list_hits_in *in = call->in;
    int64_t keys[2] = {0, 0};
    bool resumed;
    struct hit_page page;
    struct err e = call_page(call, &in->page, STR(""), keys, 2, &resumed);
    if (!failed(e))
        e = sweep(call);
    if (!failed(e))
        e = hit_list(call->ctx, (struct hit_key){keys[0], keys[1]}, (int)in->page.max, &page);
    if (!failed(e))
        print_page(call, STR(""), &page);
    return e;
}

const struct op op_list_hits = {
    .name = "ListHITs",
    .help = "All HITs of the caller but deleted ones, newest first.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = list_hits_fields,
    .in_size = sizeof(struct list_hits_in),
    .group = GROUP_HITS,
    .answer = answer_hits,
    .errors = (const enum err_code[]){ERR_INVALID_PARAMETER, ERR_OK},
    .run = list_hits,
};

static const struct word reviewable_words[] = {
    {"Reviewable", HIT_REVIEWABLE},
    {"Reviewing", HIT_REVIEWING},
    {NULL, 0},
};

static const struct field list_reviewable_fields[] = {
    {.name = "HITTypeId",
     .help = "only HITs of this type",
     .type = F_TEXT,
     .pattern = PATTERN_ENTITY,
     .at = offsetof(struct list_hits_in, hit_type),
     .min = 1,
     .max = 64},
    {.name = "Status",
     .help = "Reviewable when absent",
     .type = F_ENUM,
     .at = offsetof(struct list_hits_in, status),
     .fallback = HIT_REVIEWABLE,
     .words = reviewable_words},
    PAGE_FIELDS(struct list_hits_in),
    {0},
};

static struct err list_reviewable_hits(struct op_call *call) {
    const struct list_hits_in *in = call->in;
    struct str filter = str_printf(call->ctx->arena, "%.*s %d", STR_ARG(in->hit_type), in->status);
    int64_t keys[2] = {0, 0};
    bool resumed;
    struct hit_type type = {0};
    struct err e = call_page(call, &in->page, filter, keys, 2, &resumed);
    if (!failed(e))
        e = sweep(call);
    if (!failed(e) && in->hit_type.p)
        e = hit_type_find(call->ctx, in->hit_type, &type);
    if (failed(e))
        return e;
    struct hit_reviewable_in query = {
        .reviewing = in->status == HIT_REVIEWING,
        .hit_type = type.id,
        .after = {keys[0], keys[1]},
        .limit = (int)in->page.max,
    };
    struct hit_page page;
    e = hit_list_reviewable(call->ctx, &query, &page);
    if (!failed(e))
        print_page(call, filter, &page);
    return e;
}

const struct op op_list_reviewable_hits = {
    .name = "ListReviewableHITs",
    .help = "HITs that take no more work and have none in progress, latest expiration first.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = list_reviewable_fields,
    .in_size = sizeof(struct list_hits_in),
    .group = GROUP_HITS,
    .answer = answer_hits,
    .errors = (const enum err_code[]){ERR_INVALID_PARAMETER, ERR_OK},
    .run = list_reviewable_hits,
};

/* ---- ListHITsForQualificationType ---- */

struct for_qualification_in {
    struct page_in page;
    struct str type;
};

static const struct field for_qualification_fields[] = {
    ENTITY_FIELD("QualificationTypeId", struct for_qualification_in, type,
                 "the qualification type"),
    PAGE_FIELDS(struct for_qualification_in),
    {0},
};

static struct err list_for_qualification(struct op_call *call) {
    const struct for_qualification_in *in = call->in;
    int64_t keys[2] = {0, 0};
    bool resumed;
    struct hit_page page;
    struct err e = call_page(call, &in->page, in->type, keys, 2, &resumed);
    if (!failed(e))
        e = sweep(call);
    if (!failed(e))
        e = hit_list_for_qualification(call->ctx, in->type, (struct hit_key){keys[0], keys[1]},
                                       (int)in->page.max, &page);
    if (!failed(e))
        print_page(call, in->type, &page);
    return e;
}

const struct op op_list_hits_for_qualification_type = {
    .name = "ListHITsForQualificationType",
    .help = "HITs of the caller that ask for a qualification, newest first.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = for_qualification_fields,
    .in_size = sizeof(struct for_qualification_in),
    .group = GROUP_HITS,
    .answer = answer_hits,
    .errors = (const enum err_code[]){ERR_INVALID_PARAMETER, ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST,
                                      ERR_INVALID_QUALIFICATION_TYPE_STATE, ERR_OK},
    .run = list_for_qualification,
};

/* ---- UpdateExpirationForHIT ---- */

struct update_expiration_in {
    struct str hit;
    int64_t expires_ms;
};

static const struct field update_expiration_fields[] = {
    ENTITY_FIELD("HITId", struct update_expiration_in, hit, "the HIT"),
    {.name = "ExpireAt",
     .help = "seconds since 1970; the past expires the HIT now",
     .type = F_TIME,
     .required = true,
     .at = offsetof(struct update_expiration_in, expires_ms)},
    {0},
};

static struct err update_expiration(struct op_call *call) {
    const struct update_expiration_in *in = call->in;
    struct err e = hit_update_expiration(call->ctx, in->hit, in->expires_ms);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_update_expiration_for_hit = {
    .name = "UpdateExpirationForHIT",
    .help = "Moves the end of a HIT; a moment that is past ends it now.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = update_expiration_fields,
    .in_size = sizeof(struct update_expiration_in),
    .group = GROUP_HITS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_HIT_DOES_NOT_EXIST, ERR_OUT_OF_RANGE,
                                      ERR_INSUFFICIENT_FUNDS, ERR_OK},
    .money = "Expiry returns what was held for assignments that nobody has taken; a later moment "
             "that reopens the HIT holds it again.",
    .again = "Harmless.",
    .run = update_expiration,
};

/* ---- CreateAdditionalAssignmentsForHIT ---- */

struct additional_in {
    struct str hit, token;
    int64_t more;
};

static const struct field additional_fields[] = {
    ENTITY_FIELD("HITId", struct additional_in, hit, "the HIT"),
    {.name = "NumberOfAdditionalAssignments",
     .help = "how many more",
     .type = F_INT,
     .required = true,
     .at = offsetof(struct additional_in, more),
     .min = 1,
     .max = ASSIGNMENTS_MAX},
    {.name = "UniqueRequestToken",
     .help = "a second call with the same token within 24 hours is refused",
     .type = F_TEXT,
     .at = offsetof(struct additional_in, token),
     .min = 1,
     .max = TOKEN_MAX},
    {0},
};

static struct err create_additional(struct op_call *call) {
    const struct additional_in *in = call->in;
    struct err e = hit_add_assignments(call->ctx, in->hit, in->more, in->token);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_create_additional_assignments_for_hit = {
    .name = "CreateAdditionalAssignmentsForHIT",
    .help = "Lets more workers do a HIT; their cost is held at once.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = additional_fields,
    .in_size = sizeof(struct additional_in),
    .group = GROUP_HITS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_HIT_DOES_NOT_EXIST, ERR_INVALID_HIT_STATE,
                                      ERR_INVALID_MAX_ASSIGNMENTS_INCREASE, ERR_OUT_OF_RANGE,
                                      ERR_DUPLICATE_REQUEST, ERR_INSUFFICIENT_FUNDS, ERR_OK},
    .money = "The new assignments' rewards and fees go from available to held; of an expired HIT "
             "when it is reopened.",
    .again = "More assignments again, unless UniqueRequestToken is the same: then "
             "DuplicateRequest, for 24 hours.",
    .run = create_additional,
};

/* ---- DeleteHIT ---- */

static struct err delete_hit(struct op_call *call) {
    const struct hit_in *in = call->in;
    struct err e = hit_delete(call->ctx, in->hit);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_delete_hit = {
    .name = "DeleteHIT",
    .help = "Disposes of a HIT whose work is all decided; rejections become final.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = hit_fields,
    .in_size = sizeof(struct hit_in),
    .group = GROUP_HITS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_HIT_DOES_NOT_EXIST, ERR_INVALID_HIT_STATE, ERR_OK},
    .money = "What was still held for the HIT returns to the available balance.",
    .again = "Refused with HITDoesNotExist.",
    .run = delete_hit,
};

/* ---- UpdateHITReviewStatus ---- */

struct review_status_in {
    struct str hit;
    bool revert;
};

static const struct field review_status_fields[] = {
    ENTITY_FIELD("HITId", struct review_status_in, hit, "the HIT"),
    {.name = "Revert",
     .help = "true: from Reviewing back to Reviewable",
     .type = F_BOOL,
     .at = offsetof(struct review_status_in, revert)},
    {0},
};

static struct err update_review_status(struct op_call *call) {
    const struct review_status_in *in = call->in;
    struct err e = hit_review(call->ctx, in->hit, in->revert);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_update_hit_review_status = {
    .name = "UpdateHITReviewStatus",
    .help = "Takes a Reviewable HIT to Reviewing, or back.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = review_status_fields,
    .in_size = sizeof(struct review_status_in),
    .group = GROUP_HITS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_HIT_DOES_NOT_EXIST, ERR_INVALID_HIT_STATE, ERR_OK},
    .again = "Harmless.",
    .run = update_review_status,
};

/* ---- UpdateHITTypeOfHIT ---- */

struct change_type_in {
    struct str hit, type;
};

static const struct field change_type_fields[] = {
    ENTITY_FIELD("HITId", struct change_type_in, hit, "the HIT"),
    ENTITY_FIELD("HITTypeId", struct change_type_in, type, "whose properties it takes on"),
    {0},
};

static struct err change_type(struct op_call *call) {
    const struct change_type_in *in = call->in;
    struct err e = hit_change_type(call->ctx, in->hit, in->type);
    return failed(e) ? e : call_nothing(call);
}

const struct op op_update_hit_type_of_hit = {
    .name = "UpdateHITTypeOfHIT",
    .help = "Gives a HIT the properties of another HIT type; what that costs more is held.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = change_type_fields,
    .in_size = sizeof(struct change_type_in),
    .group = GROUP_HIT_TYPES,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_HIT_DOES_NOT_EXIST, ERR_INVALID_PARAMETER,
                                      ERR_INSUFFICIENT_FUNDS, ERR_OK},
    .money = "What the open assignments cost more is held from the available balance; what they "
             "cost less returns to it.",
    .again = "Harmless.",
    .run = change_type,
};
