/* The old operations (requester-api 4.5, 4.6). A row that needs no more than other names says so
 * and is done; handlers are for what was one call then and is several now. Several calls are still
 * one transaction: all of them happen, or none.
 *
 * Repetition. boto sends a call again when the answer was lost, and nothing in it says so. Most
 * calls meet the state that the first has left (work is approved once, whatever happens). Three
 * would do something twice; there the same parameters within ten minutes of the first time, or
 * within a second where a program may well mean it twice, are answered as the first time. CreateHIT
 * has UniqueRequestToken.
 */
#include <inttypes.h>
#include <string.h>

#include "api/legacy_op.h"
#include "base/arena.h"
#include "base/limits.h"

enum { SECOND_MS = 1000, TEN_MINUTES_MS = 600 * SECOND_MS };

/* What DisableHIT approves in one transaction, at most. */
enum { DISABLE_MAX = 10000 };

/* ---- helpers ---- */

static struct str text_of(const json_t *object, const char *name) {
    return str_c(json_string_value(json_object_get(object, name)));
}

static int64_t ms_of(const json_t *object, const char *name) {
    return (int64_t)(json_number_value(json_object_get(object, name)) * 1000 + 0.5);
}

static void set_text(json_t *object, const char *name, struct str s) {
    json_object_set_new(object, name, json_stringn(s.p, s.n));
}

/* The HIT of the call, as GetHIT has it. A disposed one does not exist. */
static struct err find_hit(struct legacy_call *l, json_t **hit) {
    json_t *in, *answer;
    struct err e = legacy_members(l, "GetHIT", &in);
    if (!failed(e))
        e = legacy_do(l, "GetHIT", in, &answer);
    if (failed(e))
        return e;
    *hit = json_object_get(answer, "HIT");
    if (str_is(text_of(*hit, "HITStatus"), "Disposed"))
        return err_make(l->ctx->arena, ERR_HIT_DOES_NOT_EXIST, "HITId", "Hit %.*s does not exist.",
                        STR_ARG(text_of(*hit, "HITId")));
    return NO_ERR;
}

static struct err wrong_state(struct legacy_call *l, const json_t *hit, const char *expected) {
    return err_make(l->ctx->arena, ERR_INVALID_HIT_STATE, "HITId",
                    "This HIT is currently in the state '%.*s'.  This operation can be called "
                    "with a status of: %s",
                    STR_ARG(text_of(hit, "HITStatus")), expected);
}

static json_t *of_hit(struct legacy_call *l, const json_t *hit) {
    json_t *in = legacy_object(l);
    set_text(in, "HITId", text_of(hit, "HITId"));
    return in;
}

static struct err expire(struct legacy_call *l, const json_t *hit, int64_t at_ms) {
    json_t *in = of_hit(l, hit);
    set_text(in, "ExpireAt",
             str_printf(l->ctx->arena, "%" PRId64 ".%03d", at_ms / 1000, (int)(at_ms % 1000)));
    return legacy_do(l, "UpdateExpirationForHIT", in, NULL);
}

/* ---- work ---- */

/* The old name is for rejected work only. */
static struct err approve_rejected(struct legacy_call *l, json_t **answer) {
    json_t *in, *found;
    struct err e = legacy_members(l, "ApproveAssignment", &in);
    json_t *only = legacy_object(l);
    if (failed(e))
        return e;
    json_object_set(only, "AssignmentId", json_object_get(in, "AssignmentId"));
    e = legacy_do(l, "GetAssignment", only, &found);
    if (failed(e))
        return e;
    if (!str_is(text_of(json_object_get(found, "Assignment"), "AssignmentStatus"), "Rejected"))
        return err_make(l->ctx->arena, ERR_INVALID_ASSIGNMENT_STATE, "AssignmentId",
                        "This operation can be called with a status of: Rejected");
    json_object_set_new(in, "OverrideRejection", json_true());
    return legacy_do(l, "ApproveAssignment", in, answer);
}

/* ApproveAssignment once had no OverrideRejection; a parameter of that name is another API's. */
static struct err approve(struct legacy_call *l, json_t **answer) {
    json_t *in;
    struct err e = legacy_members(l, "ApproveAssignment", &in);
    if (failed(e))
        return e;
    json_object_del(in, "OverrideRejection");
    return legacy_do(l, "ApproveAssignment", in, answer);
}

/* ---- HITs ---- */

static struct err create_hit(struct legacy_call *l, json_t **answer) {
    const char *name =
        legacy_param(&l->params, "HITTypeId").n ? "CreateHITWithHITType" : "CreateHIT";
    json_t *in;
    struct err e = legacy_members(l, name, &in);
    return failed(e) ? e : legacy_do(l, name, in, answer);
}

static struct err force_expire(struct legacy_call *l, json_t **answer) {
    json_t *hit;
    struct err e = find_hit(l, &hit);
    if (failed(e))
        return e;
    if (ms_of(hit, "Expiration") <= l->ctx->now_ms)
        return wrong_state(l, hit, "Assignable, Unassignable, and not expired");
    *answer = legacy_object(l);
    return expire(l, hit, 0);
}

static const struct field more_time = {
    .name = "ExpirationIncrementInSeconds",
    .type = F_INT,
    .min = 60,
    .max = DURATION_S_MAX,
};

/* The time first: assignments are added to a HIT that takes them. */
static struct err extend_hit(struct legacy_call *l, json_t **answer) {
    struct str assignments = legacy_param(&l->params, "MaxAssignmentsIncrement");
    int64_t seconds = 0;
    json_t *hit, *in;
    struct err e = legacy_param_int(l->ctx->arena, &l->params, &more_time, &seconds);
    if (!failed(e) && !seconds && !assignments.n)
        e = err_make(l->ctx->arena, ERR_MISSING_PARAMETERS, NULL,
                     "Your request is missing required parameters. Required parameters include "
                     "MaxAssignmentsIncrement or ExpirationIncrementInSeconds.");
    if (!failed(e))
        e = find_hit(l, &hit);
    if (failed(e))
        return e;
    int64_t from_ms = ms_of(hit, "Expiration");
    if (from_ms < l->ctx->now_ms)
        from_ms = l->ctx->now_ms;
    *answer = legacy_object(l);
    if (seconds)
        e = expire(l, hit, from_ms + seconds * 1000);
    if (failed(e) || !assignments.n)
        return e;
    e = legacy_members(l, "CreateAdditionalAssignmentsForHIT", &in);
    return failed(e) ? e : legacy_do(l, "CreateAdditionalAssignmentsForHIT", in, NULL);
}

static struct err approve_all(struct legacy_call *l, const json_t *hit) {
    json_t *list = of_hit(l, hit), *found, *v;
    size_t done = 0, i;
    json_object_set_new(list, "AssignmentStatuses", json_pack("[s]", "Submitted"));
    json_object_set_new(list, "MaxResults", json_integer(PAGE_MAX));
    for (;;) {
        struct err e = legacy_do(l, "ListAssignmentsForHIT", list, &found);
        json_t *work = json_object_get(found, "Assignments");
        if (failed(e) || !json_array_size(work))
            return e;
        json_array_foreach(work, i, v) {
            json_t *one = legacy_object(l);
            set_text(one, "AssignmentId", text_of(v, "AssignmentId"));
            if (++done > DISABLE_MAX)
                return err_make(l->ctx->arena, ERR_OUT_OF_RANGE, "HITId",
                                "More than %d assignments wait for a decision: approve them "
                                "first.",
                                DISABLE_MAX);
            e = legacy_do(l, "ApproveAssignment", one, NULL);
            if (failed(e))
                return e;
        }
    }
}

/* Work in progress keeps the terms it was accepted on (money-and-lifecycle 2.13): it is approved by
 * hand or in time, and only then the HIT can go. */
static struct err disable_hit(struct legacy_call *l, json_t **answer) {
    json_t *hit;
    struct err e = find_hit(l, &hit);
    if (failed(e))
        return e;
    struct str status = text_of(hit, "HITStatus");
    if (str_is(status, "Reviewable") || str_is(status, "Reviewing"))
        return wrong_state(l, hit, "Assignable, Unassignable");
    bool pending = json_integer_value(json_object_get(hit, "NumberOfAssignmentsPending")) > 0;
    *answer = legacy_object(l);
    if (ms_of(hit, "Expiration") > l->ctx->now_ms)
        e = expire(l, hit, 0);
    if (!failed(e))
        e = approve_all(l, hit);
    if (failed(e))
        return e;
    return pending ? NO_ERR : legacy_do(l, "DeleteHIT", of_hit(l, hit), NULL);
}

/* ---- qualifications ---- */

/* Needs a qualification that the worker has; AssociateQualificationWithWorker does not. */
static struct err update_score(struct legacy_call *l, json_t **answer) {
    json_t *in, *held;
    struct err e = legacy_members(l, "GetQualificationScore", &in);
    if (!failed(e))
        e = legacy_do(l, "GetQualificationScore", in, &held);
    if (!failed(e))
        e = legacy_members(l, "AssociateQualificationWithWorker", &in);
    return failed(e) ? e : legacy_do(l, "AssociateQualificationWithWorker", in, answer);
}

/* ---- others ---- */

/* The old pages hold 400 lines and more: all that the API's pages hold together is page 1. */
static struct err review_results(struct legacy_call *l, json_t **answer) {
    static const char *const reports[] = {"AssignmentReviewReport", "HITReviewReport", NULL};
    static const char *const parts[] = {"ReviewResults", "ReviewActions", NULL};
    json_t *in, *page, *next;
    struct err e = legacy_members(l, l->op->to, &in);
    if (!failed(e)) {
        json_object_set_new(in, "MaxResults", json_integer(PAGE_MAX));
        e = legacy_do(l, l->op->to, in, answer);
    }
    for (int pages = 1; !failed(e); pages++) {
        next = json_object_get(pages == 1 ? *answer : page, "NextToken");
        if (!next || pages > 655)
            break;
        json_object_set(in, "NextToken", next);
        e = legacy_do(l, l->op->to, in, &page);
        for (int i = 0; !failed(e) && reports[i]; i++)
            for (int k = 0; parts[k]; k++)
                json_array_extend(json_object_get(json_object_get(*answer, reports[i]), parts[k]),
                                  json_object_get(json_object_get(page, reports[i]), parts[k]));
    }
    return e;
}

/* It told where the documentation is. */
static struct err help(struct legacy_call *l, json_t **answer) {
    *answer = legacy_object(l);
    return NO_ERR;
}

/* ---- orders ---- */

static const struct legacy_sort hit_sorts[] = {
    {"CreationTime", "CreationTime"}, {"Title", "Title"},    {"Reward", "Reward"},
    {"Expiration", "Expiration"},     {"Enumeration", NULL}, {NULL, NULL},
};

static const struct legacy_sort reviewable_sorts[] = {
    {"Expiration", "Expiration"},     {"Title", "Title"},    {"Reward", "Reward"},
    {"CreationTime", "CreationTime"}, {"Enumeration", NULL}, {NULL, NULL},
};

static const struct legacy_sort assignment_sorts[] = {
    {"SubmitTime", "SubmitTime"},
    {"AcceptTime", "AcceptTime"},
    {"AssignmentStatus", "AssignmentStatus"},
    {NULL, NULL},
};

static const struct legacy_sort type_sorts[] = {{"Name", "Name"}, {NULL, NULL}};

/* Expiration is no property of a request, but what boto asks for (trap 57). */
static const struct legacy_sort request_sorts[] = {
    {"SubmitTime", "SubmitTime"},
    {"Expiration", "SubmitTime"},
    {"QualificationTypeId", "QualificationTypeId"},
    {NULL, NULL},
};

/* ---- the table ---- */

static const struct legacy_op ops[] = {
    {.name = "ApproveAssignment", .kind = OP_WRITE, .run = approve},
    {.name = "ApproveRejectedAssignment", .kind = OP_WRITE, .run = approve_rejected},
    {.name = "AssignQualification", .to = "AssociateQualificationWithWorker", .kind = OP_WRITE},
    {.name = "BlockWorker", .to = "CreateWorkerBlock", .kind = OP_WRITE},
    {.name = "ChangeHITTypeOfHIT", .to = "UpdateHITTypeOfHIT", .kind = OP_WRITE},
    {.name = "CreateHIT", .kind = OP_WRITE, .result = "HIT", .inner = "HIT", .run = create_hit},
    {.name = "CreateQualificationType",
     .to = "CreateQualificationType",
     .kind = OP_WRITE,
     .result = "QualificationType",
     .inner = "QualificationType"},
    {.name = "DisableHIT", .kind = OP_WRITE, .run = disable_hit},
    {.name = "DisposeHIT", .to = "DeleteHIT", .kind = OP_WRITE},
    {.name = "DisposeQualificationType", .to = "DeleteQualificationType", .kind = OP_WRITE},
    {.name = "ExtendHIT", .kind = OP_WRITE, .same_ms = SECOND_MS, .run = extend_hit},
    {.name = "ForceExpireHIT", .kind = OP_WRITE, .run = force_expire},
    {.name = "GetAccountBalance", .to = "GetAccountBalance", .kind = OP_READ},
    {.name = "GetAssignment", .to = "GetAssignment", .kind = OP_READ},
    {.name = "GetAssignmentsForHIT",
     .to = "ListAssignmentsForHIT",
     .kind = OP_READ,
     .list = "Assignments",
     .sorts = assignment_sorts},
    {.name = "GetBlockedWorkers",
     .to = "ListWorkerBlocks",
     .kind = OP_READ,
     .list = "WorkerBlocks",
     .page_max = 65535},
    {.name = "GetBonusPayments",
     .to = "ListBonusPayments",
     .kind = OP_READ,
     .list = "BonusPayments"},
    {.name = "GetFileUploadURL", .to = "GetFileUploadURL", .kind = OP_READ},
    {.name = "GetHIT", .to = "GetHIT", .kind = OP_READ, .result = "HIT", .inner = "HIT"},
    {.name = "GetHITsForQualificationType",
     .to = "ListHITsForQualificationType",
     .kind = OP_READ,
     .list = "HITs"},
    {.name = "GetQualificationRequests",
     .to = "ListQualificationRequests",
     .kind = OP_READ,
     .list = "QualificationRequests",
     .sorts = request_sorts,
     .subject = true},
    {.name = "GetQualificationScore",
     .to = "GetQualificationScore",
     .kind = OP_READ,
     .result = "Qualification",
     .inner = "Qualification",
     .subject = true},
    {.name = "GetQualificationType",
     .to = "GetQualificationType",
     .kind = OP_READ,
     .result = "QualificationType",
     .inner = "QualificationType"},
    {.name = "GetQualificationsForQualificationType",
     .to = "ListWorkersWithQualificationType",
     .kind = OP_READ,
     .list = "Qualifications",
     .subject = true},
    {.name = "GetReviewResultsForHIT",
     .to = "ListReviewPolicyResultsForHIT",
     .kind = OP_READ,
     .run = review_results},
    {.name = "GetReviewableHITs",
     .to = "ListReviewableHITs",
     .kind = OP_READ,
     .list = "HITs",
     .sorts = reviewable_sorts,
     .descending = true,
     .newest_first = true},
    {.name = "GrantBonus", .to = "SendBonus", .kind = OP_WRITE, .same_ms = TEN_MINUTES_MS},
    {.name = "GrantQualification", .to = "AcceptQualificationRequest", .kind = OP_WRITE},
    {.name = "Help", .kind = OP_READ, .run = help},
    {.name = "NotifyWorkers", .to = "NotifyWorkers", .kind = OP_WRITE, .same_ms = TEN_MINUTES_MS},
    {.name = "RegisterHITType", .to = "CreateHITType", .kind = OP_WRITE},
    {.name = "RejectAssignment",
     .to = "RejectAssignment",
     .kind = OP_WRITE,
     .absent = "{\"RequesterFeedback\": \"\"}"},
    {.name = "RejectQualificationRequest", .to = "RejectQualificationRequest", .kind = OP_WRITE},
    {.name = "RevokeQualification", .to = "DisassociateQualificationFromWorker", .kind = OP_WRITE},
    {.name = "SearchHITs",
     .to = "ListHITs",
     .kind = OP_READ,
     .list = "HITs",
     .sorts = hit_sorts,
     .newest_first = true},
    {.name = "SearchQualificationTypes",
     .to = "ListQualificationTypes",
     .kind = OP_READ,
     .absent = "{\"MustBeRequestable\": true}",
     .list = "QualificationTypes",
     .sorts = type_sorts},
    {.name = "SendTestEventNotification", .to = "SendTestEventNotification", .kind = OP_WRITE},
    {.name = "SetHITAsReviewing", .to = "UpdateHITReviewStatus", .kind = OP_WRITE},
    {.name = "SetHITTypeNotification", .to = "UpdateNotificationSettings", .kind = OP_WRITE},
    {.name = "UnblockWorker", .to = "DeleteWorkerBlock", .kind = OP_WRITE},
    {.name = "UpdateQualificationScore", .kind = OP_WRITE, .run = update_score},
    {.name = "UpdateQualificationType",
     .to = "UpdateQualificationType",
     .kind = OP_WRITE,
     .result = "QualificationType",
     .inner = "QualificationType"},
    {.name = NULL},
};

const struct legacy_op *legacy_op_find(struct str name) {
    for (const struct legacy_op *op = ops; op->name; op++)
        if (str_is(name, op->name))
            return op;
    return NULL;
}
