/* The JSON shapes of worker-site 1, which worker tools depend on. */
#include "base/datetime.h"
#include "base/limits.h"
#include "base/money.h"
#include "formats/layout.h"
#include "formats/question.h"
#include "market/hit.h"
#include "site/rows.h"

void json_dollars(struct json *j, const char *key, int64_t cents) {
    char text[32];
    const char *sign = cents < 0 ? "-" : "";
    uint64_t n = cents < 0 ? (uint64_t)-cents : (uint64_t)cents;
    int len = snprintf(text, sizeof text, "%s%llu.%02d", sign, (unsigned long long)(n / 100),
                       (int)(n % 100));
    json_key(j, key);
    json_raw(j, (struct str){text, (size_t)len});
}

void json_iso(struct json *j, struct arena *a, const char *key, int64_t ms) {
    json_kv_str(j, key, time_iso(a, ms));
}

static void requirement_json(struct json *j, const struct requirement *r) {
    static const char *const actions[] = {
        [GUARD_ACCEPT] = "Accept",
        [GUARD_PREVIEW] = "PreviewAndAccept",
        [GUARD_DISCOVER] = "DiscoverPreviewAndAccept",
    };
    json_open_object(j);
    json_kv_str(j, "comparator", r->comparator);
    json_kv_str(j, "qualification_type_id", r->type_id);
    json_key(j, "qualification_type");
    json_open_object(j);
    json_kv_str(j, "name", r->name.p ? r->name : r->type_id);
    json_kv_bool(j, "has_test", false);
    json_kv_bool(j, "is_requestable", false);
    json_end(j);
    json_key(j, "qualification_values");
    json_open_array(j);
    if (r->wanted.n)
        json_str(j, r->wanted);
    json_end(j);
    json_kv_bool(j, "caller_meets_requirement", r->met);
    json_key(j, "caller_qualification_value");
    json_open_object(j);
    if (r->has_value)
        json_kv_int(j, "integer_value", r->value);
    json_kv_str_opt(j, "locale_value", r->locale);
    json_end(j);
    json_kv_cstr(j, "worker_action", actions[r->guards]);
    json_end(j);
}

void json_group(struct json *j, struct arena *a, const struct hit_group *g) {
    json_kv_str(j, "hit_set_id", g->group_id);
    json_kv_str(j, "title", g->title);
    json_kv_str(j, "description", g->description);
    json_kv_str(j, "keywords", g->keywords.p ? g->keywords : STR(""));
    json_kv_str(j, "requester_id", g->requester_id);
    json_kv_str(j, "requester_name", g->requester_name);
    json_kv_str(j, "requester_url",
                str_printf(a, "/requesters/%.*s/projects", STR_ARG(g->requester_id)));
    json_kv_int(j, "assignable_hits_count", g->available);
    json_kv_int(j, "assignment_duration_in_seconds", g->duration_s);
    json_iso(j, a, "creation_time", g->created_ms);
    json_iso(j, a, "last_updated_time", g->latest_created_ms);
    json_iso(j, a, "latest_expiration_time", g->latest_expires_ms);
    json_key(j, "monetary_reward");
    json_open_object(j);
    json_dollars(j, "amount_in_dollars", g->reward_cents);
    json_kv_cstr(j, "currency_code", "USD");
    json_end(j);
    json_kv_bool(j, "caller_meets_requirements", g->qualification.accept);
    json_kv_bool(j, "caller_meets_preview_requirements", g->qualification.preview);
    json_key(j, "project_requirements");
    json_open_array(j);
    for (size_t i = 0; i < g->qualification.n; i++)
        requirement_json(j, &g->qualification.items[i]);
    json_end(j);
    json_kv_str(j, "accept_project_task_url",
                str_printf(a, "/projects/%.*s/tasks/accept_random", STR_ARG(g->group_id)));
    json_kv_str(j, "project_tasks_url",
                str_printf(a, "/projects/%.*s/tasks", STR_ARG(g->group_id)));
}

/* ---- the frame ---- */

static struct str frame_url(struct call *call, const struct task *t, struct str base) {
    struct arena *a = call->req->arena;
    bool preview = t->assignment == 0;
    struct task_parameters parameters = {
        .assignment = preview ? STR("ASSIGNMENT_ID_NOT_AVAILABLE") : t->assignment_id,
        .hit = t->hit_id,
        /* A preview names neither the worker nor where to submit (questions 4.1.3). */
        .submit_to = preview ? STR_NULL : str_printf(a, "%s/", call->app->site_url),
        .worker = preview ? STR_NULL : t->worker_id,
    };
    struct buf url = BUF_INIT;
    external_url(&url, base, &parameters);
    struct str text = buf_dup(a, &url);
    buf_free(&url);
    return text;
}

struct err task_frame(struct call *call, struct ctx *ctx, const struct task *t,
                      struct frame *frame) {
    struct arena *a = call->req->arena;
    struct hit_view view;
    struct question question;
    struct err e = hit_view_row(ctx, t->hit, &view);
    if (!failed(e))
        e = question_read(a, view.question, 2 * LAYOUT_FILLED_MAX, true, &question);
    if (failed(e))
        return e;
    frame->height = question.frame_height;
    if (question.kind == QUESTION_EXTERNAL) {
        frame->type = "ExternalQuestion";
        frame->url = frame_url(call, t, question.url);
        return NO_ERR;
    }
    frame->type = question.kind == QUESTION_HTML ? "HTMLQuestion" : "QuestionForm";
    struct str base =
        t->assignment
            ? str_printf(a, "%s/task/%.*s", call->app->content_url, STR_ARG(t->assignment_id))
            : str_printf(a, "%s/preview/%.*s", call->app->content_url, STR_ARG(t->hit_id));
    frame->url = frame_url(call, t, base);
    return NO_ERR;
}

static const char *state_name(enum assignment_status status) {
    switch (status) {
    case ASSIGNMENT_ACCEPTED: return "Assigned";
    case ASSIGNMENT_SUBMITTED: return "Submitted";
    case ASSIGNMENT_APPROVED: return "Approved";
    case ASSIGNMENT_REJECTED: return "Rejected";
    case ASSIGNMENT_RETURNED: return "Returned";
    case ASSIGNMENT_ABANDONED: return "Abandoned";
    }
    return "";
}

static void question_json(struct json *j, const struct frame *frame) {
    json_key(j, "question");
    json_open_object(j);
    json_kv_cstr(j, "type", frame->type);
    json_kv_str(j, "value", frame->url);
    json_key(j, "attributes");
    json_open_object(j);
    json_kv_int(j, "FrameHeight", frame->height);
    json_end(j);
    json_end(j);
}

struct err json_queue_entry(struct json *j, struct call *call, struct ctx *ctx,
                            const struct task *t, bool with_question) {
    struct arena *a = call->req->arena;
    struct frame frame;
    struct err e = with_question ? task_frame(call, ctx, t, &frame) : NO_ERR;
    if (failed(e))
        return e;
    json_open_object(j);
    if (t->assignment) {
        int64_t left_ms = t->deadline_ms - ctx->now_ms;
        json_kv_str(j, "assignment_id", t->assignment_id);
        json_iso(j, a, "accepted_at", t->accepted_ms);
        json_iso(j, a, "deadline", t->deadline_ms);
        json_kv_int(j, "time_to_deadline_in_seconds", left_ms > 0 ? left_ms / 1000 : 0);
        json_kv_cstr(j, "state", state_name(t->status));
        json_kv_str(j, "task_url",
                    str_printf(a, "/projects/%.*s/tasks/%.*s?assignment_id=%.*s",
                               STR_ARG(t->group.group_id), STR_ARG(t->hit_id),
                               STR_ARG(t->assignment_id)));
        json_kv_str(j, "expired_task_action_url",
                    str_printf(a, "/tasks/%.*s", STR_ARG(t->assignment_id)));
    }
    json_kv_str(j, "task_id", t->hit_id);
    json_key(j, "project");
    json_open_object(j);
    json_group(j, a, &t->group);
    json_end(j);
    if (with_question)
        question_json(j, &frame);
    json_end(j);
    return NO_ERR;
}
