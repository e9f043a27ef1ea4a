#include "api/print.h"

#include "base/arena.h"
#include "base/money.h"
#include "formats/answer.h"

void print_hit(struct json *j, struct arena *a, const struct hit_view *h) {
    json_open_object(j);
    json_kv_str(j, "HITId", h->hit_id);
    json_kv_str(j, "HITTypeId", h->hit_type_id);
    json_kv_str(j, "HITGroupId", h->hit_group_id);
    json_kv_str_opt(j, "HITLayoutId", h->hit_layout_id);
    json_kv_seconds(j, "CreationTime", h->created_ms);
    json_kv_str(j, "Title", h->title);
    json_kv_str(j, "Description", h->description);
    json_kv_str(j, "Question", h->question.p ? h->question : STR(""));
    json_kv_str(j, "Keywords", h->keywords.p ? h->keywords : STR(""));
    json_kv_cstr(j, "HITStatus", hit_status_name(h->status));
    json_kv_int(j, "MaxAssignments", h->n.max_assignments);
    json_kv_str(j, "Reward", money_wire(a, h->reward_cents));
    json_kv_int(j, "AutoApprovalDelayInSeconds", h->auto_approval_s);
    json_kv_seconds(j, "Expiration", h->expires_ms);
    json_kv_int(j, "AssignmentDurationInSeconds", h->duration_s);
    json_kv_str_opt(j, "RequesterAnnotation", h->annotation);
    json_key(j, "QualificationRequirements");
    json_raw(j, h->requirements.n ? h->requirements : STR("[]"));
    json_kv_cstr(j, "HITReviewStatus", "NotReviewed");
    json_kv_int(j, "NumberOfAssignmentsPending", h->n.pending);
    json_kv_int(j, "NumberOfAssignmentsAvailable", h->available);
    json_kv_int(j, "NumberOfAssignmentsCompleted", h->completed);
    json_end(j);
}

const char *print_assignment_status(enum assignment_status status) {
    switch (status) {
    case ASSIGNMENT_ACCEPTED: return "Accepted";
    case ASSIGNMENT_SUBMITTED: return "Submitted";
    case ASSIGNMENT_APPROVED: return "Approved";
    case ASSIGNMENT_REJECTED: return "Rejected";
    case ASSIGNMENT_RETURNED: return "Returned";
    case ASSIGNMENT_ABANDONED: return "Abandoned";
    }
    return "";
}

static void time_opt(struct json *j, const char *key, int64_t ms) {
    if (ms > 0)
        json_kv_seconds(j, key, ms);
}

void print_assignment(struct json *j, const struct assignment *s) {
    struct buf xml = BUF_INIT;
    answer_write_xml(&xml, s->fields.p ? s->fields : STR(""));
    json_open_object(j);
    json_kv_str(j, "AssignmentId", s->id);
    json_kv_str(j, "WorkerId", s->worker_id);
    json_kv_str(j, "HITId", s->hit_id);
    json_kv_cstr(j, "AssignmentStatus", print_assignment_status(s->status));
    time_opt(j, "AutoApprovalTime", s->auto_approval_ms);
    time_opt(j, "AcceptTime", s->accepted_ms);
    time_opt(j, "SubmitTime", s->submitted_ms);
    time_opt(j, "ApprovalTime", s->approved_ms);
    time_opt(j, "RejectionTime", s->rejected_ms);
    time_opt(j, "Deadline", s->deadline_ms);
    json_kv_str(j, "Answer", buf_view(&xml));
    if (s->feedback.n)
        json_kv_str(j, "RequesterFeedback", s->feedback);
    json_end(j);
    buf_free(&xml);
}
