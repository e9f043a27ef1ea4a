/* Submitted work: ListAssignmentsForHIT, GetAssignment, ApproveAssignment, RejectAssignment
 * (requester-api 2.2, 2.15, 2.20, 2.31). */
#include "api/answer.h"
#include "api/op.h"
#include "api/print.h"
#include "base/limits.h"
#include "market/decide.h"
#include "market/due.h"
#include "market/form_work.h"
#include "market/hit.h"

/* ---- ListAssignmentsForHIT ---- */

struct list_assignments_in {
    struct str hit;
    unsigned statuses;
    struct page_in page;
};

/* Bits of decide.h's SHOW_ are 1 << these. */
static const struct word show_words[] = {
    {"Submitted", 0},
    {"Approved", 1},
    {"Rejected", 2},
    {NULL, 0},
};
_Static_assert(SHOW_SUBMITTED == 1 << 0 && SHOW_APPROVED == 1 << 1 && SHOW_REJECTED == 1 << 2,
               "show_words must match SHOW_");

static const struct field list_assignments_fields[] = {
    ENTITY_FIELD("HITId", struct list_assignments_in, hit, "the HIT"),
    {.name = "AssignmentStatuses",
     .help = "only these; all three when absent or empty",
     .type = F_ENUMS,
     .at = offsetof(struct list_assignments_in, statuses),
     .words = show_words},
    PAGE_FIELDS(struct list_assignments_in),
    {0},
};

static struct err list_assignments(struct op_call *call) {
    const struct list_assignments_in *in = call->in;
    struct arena *a = call->ctx->arena;
    struct str filter = str_printf(a, "%.*s %u", STR_ARG(in->hit), in->statuses);
    int64_t keys[2] = {0, 0}, hit;
    bool resumed;
    struct err e = call_page(call, &in->page, filter, keys, 2, &resumed);
    if (!failed(e) && call->writable)
        e = hit_find(call->ctx, in->hit, &hit);
    if (!failed(e) && call->writable)
        e = due_hit(call->ctx, hit);
    if (failed(e))
        return e;
    struct assignment_list_in query = {
        .hit_id = in->hit,
        .statuses = in->statuses,
        .after_ms = keys[0],
        .after_row = keys[1],
        .limit = (int)in->page.max,
    };
    struct assignment_list list;
    e = assignment_list(call->ctx, &query, &list);
    if (failed(e))
        return e;
    call->due = list.due;
    json_open_object(&call->out);
    json_key(&call->out, "Assignments");
    json_open_array(&call->out);
    for (size_t i = 0; i < list.n; i++)
        print_assignment(&call->out, &list.items[i]);
    json_end(&call->out);
    if (list.n) {
        keys[0] = list.items[list.n - 1].submitted_ms;
        keys[1] = list.items[list.n - 1].row;
    }
    call_page_end(call, filter, keys, 2, (int64_t)list.n);
    json_end(&call->out);
    return NO_ERR;
}

static const struct field list_assignments_answer[] = {
    ANSWER_OF("Assignments", F_OBJECTS, answer_assignment_members, "Assignment", "the work"),
    ANSWER_PAGE,
    {0},
};

const struct op op_list_assignments_for_hit = {
    .name = "ListAssignmentsForHIT",
    .help = "Submitted work of a HIT, oldest submission first.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = list_assignments_fields,
    .in_size = sizeof(struct list_assignments_in),
    .group = GROUP_ASSIGNMENTS,
    .answer = list_assignments_answer,
    .errors = (const enum err_code[]){ERR_HIT_DOES_NOT_EXIST, ERR_INVALID_PARAMETER, ERR_OK},
    .run = list_assignments,
};

/* ---- GetAssignment ---- */

struct get_assignment_in {
    struct str assignment;
};

static const struct field get_assignment_fields[] = {
    ENTITY_FIELD("AssignmentId", struct get_assignment_in, assignment, "the assignment"),
    {0},
};

static struct err get_assignment(struct op_call *call) {
    const struct get_assignment_in *in = call->in;
    struct assignment s;
    struct hit_view hit;
    struct err e = assignment_get(call->ctx, in->assignment, &s, &call->due);
    if (!failed(e) && call->due && call->writable) {
        e = due_hit(call->ctx, s.hit);
        if (!failed(e))
            e = assignment_get(call->ctx, in->assignment, &s, &call->due);
    }
    if (!failed(e))
        e = hit_view_row(call->ctx, s.hit, &hit);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_key(&call->out, "Assignment");
    print_assignment(&call->out, &s);
    json_key(&call->out, "HIT");
    print_hit(&call->out, call->ctx->arena, &hit);
    json_end(&call->out);
    return NO_ERR;
}

static const struct field get_assignment_answer[] = {
    ANSWER_OF("Assignment", F_OBJECT, answer_assignment_members, "Assignment", "the work"),
    ANSWER_OF("HIT", F_OBJECT, answer_hit_members, "HIT", "the whole HIT"),
    {0},
};

const struct op op_get_assignment = {
    .name = "GetAssignment",
    .help = "One piece of submitted work and its HIT.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = get_assignment_fields,
    .in_size = sizeof(struct get_assignment_in),
    .group = GROUP_ASSIGNMENTS,
    .answer = get_assignment_answer,
    .errors = (const enum err_code[]){ERR_ASSIGNMENT_DOES_NOT_EXIST, ERR_INVALID_ASSIGNMENT_STATE,
                                      ERR_OK},
    .run = get_assignment,
};

/* ---- ApproveAssignment, RejectAssignment ---- */

struct decide_assignment_in {
    struct str assignment, feedback;
    bool override_rejection;
};

#define FEEDBACK_FIELD(needed, words)                                                              \
    {                                                                                              \
        .name = "RequesterFeedback", .help = words, .type = F_TEXT, .flags = FIELD_PLAIN,          \
        .required = needed, .at = offsetof(struct decide_assignment_in, feedback),                 \
        .max = FEEDBACK_MAX                                                                        \
    }

static const struct field approve_fields[] = {
    ENTITY_FIELD("AssignmentId", struct decide_assignment_in, assignment, "the assignment"),
    FEEDBACK_FIELD(false, "shown to the worker"),
    {.name = "OverrideRejection",
     .help = "true also approves rejected work, within 30 days of its submission",
     .type = F_BOOL,
     .at = offsetof(struct decide_assignment_in, override_rejection)},
    {0},
};

static const struct field reject_fields[] = {
    ENTITY_FIELD("AssignmentId", struct decide_assignment_in, assignment, "the assignment"),
    FEEDBACK_FIELD(true, "the reason, shown to the worker; may be empty"),
    {0},
};

static struct err decide(struct op_call *call,
                         struct err (*rule)(struct ctx *, const struct decide_in *,
                                            struct decided *)) {
    const struct decide_assignment_in *in = call->in;
    struct decide_in decision = {
        .assignment_id = in->assignment,
        .feedback = in->feedback,
        .override_rejection = in->override_rejection,
    };
    struct decided done;
    struct err e = rule(call->ctx, &decision, &done);
    return failed(e) ? e : call_nothing(call);
}

static struct err approve_assignment(struct op_call *call) {
    return decide(call, decide_approve);
}

static struct err reject_assignment(struct op_call *call) {
    return decide(call, decide_reject);
}

const struct op op_approve_assignment = {
    .name = "ApproveAssignment",
    .help = "Pays the worker for submitted work; with OverrideRejection also for rejected work.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = approve_fields,
    .in_size = sizeof(struct decide_assignment_in),
    .group = GROUP_ASSIGNMENTS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_ASSIGNMENT_DOES_NOT_EXIST, ERR_INVALID_PARAMETER,
                                      ERR_INVALID_HIT_STATE, ERR_INVALID_ASSIGNMENT_STATE,
                                      ERR_INSUFFICIENT_FUNDS, ERR_OK},
    .money = "Submitted work: reward and fee leave what is held for the HIT. Rejected work: they "
             "are taken from the available balance.",
    .again = "Refused with InvalidAssignmentState; nothing is paid twice.",
    .run = approve_assignment,
};

const struct op op_reject_assignment = {
    .name = "RejectAssignment",
    .help = "Refuses submitted work; the worker is told why and is not paid.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_WRITE,
    .fields = reject_fields,
    .in_size = sizeof(struct decide_assignment_in),
    .group = GROUP_ASSIGNMENTS,
    .answer = answer_nothing,
    .errors = (const enum err_code[]){ERR_ASSIGNMENT_DOES_NOT_EXIST, ERR_INVALID_PARAMETER,
                                      ERR_INVALID_HIT_STATE, ERR_INVALID_ASSIGNMENT_STATE, ERR_OK},
    .money = "Reward and fee go from held back to the available balance.",
    .again = "Refused with InvalidAssignmentState.",
    .run = reject_assignment,
};

/* ---- GetFileUploadURL ---- */

struct file_url_in {
    struct str assignment, question;
};

static const struct field file_url_fields[] = {
    ENTITY_FIELD("AssignmentId", struct file_url_in, assignment, "the assignment"),
    {.name = "QuestionIdentifier",
     .help = "the question that was answered by a file",
     .type = F_TEXT,
     .required = true,
     .at = offsetof(struct file_url_in, question)},
    {0},
};

static struct err file_url(struct op_call *call) {
    const struct file_url_in *in = call->in;
    struct str link;
    struct err e = file_link(call->ctx, in->assignment, in->question, &link);
    if (failed(e))
        return e;
    json_open_object(&call->out);
    json_kv_str(&call->out, "FileUploadURL",
                str_printf(call->ctx->arena, "%s/file/%.*s", call->content_url, STR_ARG(link)));
    json_end(&call->out);
    return NO_ERR;
}

static const struct field file_url_answer[] = {
    ANSWER("FileUploadURL", F_TEXT, "opens the file for a minute"),
    {0},
};

const struct op op_get_file_upload_url = {
    .name = "GetFileUploadURL",
    .help = "An address, good for a minute, of a file that a worker sent.",
    .rights = RIGHT_REQUESTER,
    .kind = OP_READ,
    .fields = file_url_fields,
    .in_size = sizeof(struct file_url_in),
    .group = GROUP_ASSIGNMENTS,
    .answer = file_url_answer,
    .errors = (const enum err_code[]){ERR_ASSIGNMENT_DOES_NOT_EXIST, ERR_INVALID_ASSIGNMENT_STATE,
                                      ERR_INVALID_PARAMETER, ERR_OK},
    .run = file_url,
};
