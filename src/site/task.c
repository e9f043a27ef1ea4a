/* Doing work: the accepted HIT, the queue, returning (worker-site 5, 6). */
#include "market/answer_draft.h"
#include "market/work_next.h"
#include "site/rows.h"

static struct err find_task(struct call *call, struct ctx *ctx, struct task *task) {
    struct str assignment_id = form_get(&call->req->query, "assignment_id");
    if (!assignment_id.n) {
        struct preview_in in = {.group_id = call->params[0], .hit_id = call->params[1]};
        return work_preview(ctx, &in, task);
    }
    struct err e = work_task(ctx, assignment_id, task);
    if (!failed(e) && !str_eq(task->hit_id, call->params[1]))
        e = err_make(ctx->arena, ERR_NOT_FOUND, "assignment_id",
                     "There is no such assignment of this task.");
    return e;
}

struct err task_page(struct call *call, struct ctx *ctx, const struct task *t) {
    struct frame frame;
    struct err e = task_frame(call, ctx, t, &frame);
    if (failed(e))
        return e;
    struct answer_draft draft = {.fields = STR_NULL};
    bool accept_next = false;
    if (t->assignment)
        e = answer_draft_of(ctx, t, &draft);
    if (!failed(e) && call->signed_in)
        e = work_next_wanted(ctx, call->session.party.id, &accept_next);
    if (failed(e))
        return e;
    const struct hit_group *g = &t->group;
    bool preview = t->assignment == 0;
    struct tpl_scorecard card;
    if (preview)
        e = scorecard_card(ctx, g->requester, &card);
    if (failed(e))
        return e;
    struct tpl_task page = {
        .card = &card,
        .card_n = preview ? 1 : 0,
        .preview = preview,
        .over = !preview && (t->status != ASSIGNMENT_ACCEPTED || t->deadline_ms <= ctx->now_ms),
        .done = form_get(&call->req->query, "done").n > 0,
        .from_queue = str_is(form_get(&call->req->query, "from"), "queue"),
        .signed_in = call->signed_in,
        .accept_next = accept_next,
        .address = call->req->target,
        .may_accept = g->qualification.accept,
        .id = t->assignment_id,
        .hit = t->hit_id,
        .group = g->group_id,
        .title = g->title,
        .description = g->description,
        .requester = g->requester_name,
        .requester_id = g->requester_id,
        .worker_id = t->worker_id,
        .reward = t->reward_cents,
        .duration = g->duration_s,
        .deadline = t->deadline_ms,
        .deadline_ms = t->deadline_ms,
        .now_ms = ctx->now_ms,
        .left = (t->deadline_ms - ctx->now_ms) / 1000,
        .available = g->available,
        .draft = draft.fields.p ? task_draft_json(call->req->arena, draft.fields) : STR(""),
        .draft_kept = draft.at_ms,
        .auto_approval = t->auto_approval_s,
        .expires = t->expires_ms,
        .task = page_task_frame(call, frame.url, frame.height),
        .requirements = requirement_words(call->req->arena, &g->qualification),
        .requirements_n = g->qualification.n,
    };
    return page_show(call,
                     &(struct page){.title = str_z(call->req->arena, g->title),
                                    .nav = preview ? NAV_W_TASKS : NAV_W_QUEUE,
                                    .task = true,
                                    .wide = true},
                     tpl_task_view(&page));
}

static struct err show_task(struct call *call, struct ctx *ctx) {
    struct task task;
    struct err e = find_task(call, ctx, &task);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req))
        return task_page(call, ctx, &task);
    struct json j = call_json(call);
    return json_queue_entry(&j, call, ctx, &task, true);
}

/* ---- accepting the next one by itself ---- */

static struct err put_accept_next(struct call *call, struct ctx *ctx) {
    struct str back = form_get(&call->form, "back");
    bool wanted = form_get(&call->form, "accept_next").n > 0;
    struct err e = work_next_want(ctx, ctx->actor->party, wanted);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "%s",
               wanted ? "Saved: with each task that you submit, the next of its group is accepted."
                      : "Saved: nothing is accepted when you submit.");
    site_redirect(call, site_own_address(back) ? back : STR("/tasks"));
    return NO_ERR;
}

/* ---- queue ---- */

static struct err queue_page(struct call *call, struct ctx *ctx, const struct queue *queue) {
    struct tpl_queue_tasks *rows = arena_array(call->req->arena, queue->n, sizeof *rows);
    for (size_t i = 0; i < queue->n; i++) {
        const struct task *t = &queue->items[i];
        rows[i] = (struct tpl_queue_tasks){
            .id = t->assignment_id,
            .hit = t->hit_id,
            .group = t->group.group_id,
            .title = t->group.title,
            .requester = t->group.requester_name,
            .reward = t->reward_cents,
            .accepted = t->accepted_ms,
            .deadline = t->deadline_ms,
            .deadline_ms = t->deadline_ms,
            .left = (t->deadline_ms - ctx->now_ms) / 1000,
        };
    }
    struct tpl_queue page = {
        .held = (int64_t)queue->n,
        .max_active = queue->max_active,
        .now_ms = ctx->now_ms,
        .tasks = rows,
        .tasks_n = queue->n,
    };
    return page_show(call, &(struct page){.title = "Your queue", .nav = NAV_W_QUEUE},
                     tpl_queue_view(&page));
}

static struct err show_queue(struct call *call, struct ctx *ctx) {
    struct queue queue;
    struct err e = work_queue(ctx, &queue);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req))
        return queue_page(call, ctx, &queue);
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "tasks");
    json_open_array(&j);
    for (size_t i = 0; i < queue.n && !failed(e); i++)
        e = json_queue_entry(&j, call, ctx, &queue.items[i], false);
    json_end(&j);
    json_kv_int(&j, "num_results", (int64_t)queue.n);
    json_kv_int(&j, "total_num_results", (int64_t)queue.n);
    json_kv_int(&j, "max_active", queue.max_active);
    json_end(&j);
    return e;
}

/* ---- return ---- */

static struct err show_return(struct call *call, struct ctx *ctx) {
    struct task t;
    struct err e = work_task(ctx, call->params[0], &t);
    if (failed(e))
        return e;
    struct tpl_return_task page = {
        .id = t.assignment_id,
        .hit = t.hit_id,
        .group = t.group.group_id,
        .title = t.group.title,
        .left = (t.deadline_ms - ctx->now_ms) / 1000,
    };
    return page_show(call, &(struct page){.title = "Return this task?", .nav = NAV_W_QUEUE},
                     tpl_return_task_view(&page));
}

static struct err give_back(struct call *call, struct ctx *ctx, struct str assignment_id) {
    struct err e = work_return(ctx, assignment_id);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req)) {
        page_flash(call, FLASH_INFO, "Returned. Its place is open to others.");
        site_redirect(call, STR("/tasks"));
        return NO_ERR;
    }
    struct json j = call_json(call);
    json_open_object(&j);
    json_kv_str(&j, "assignment_id", assignment_id);
    json_kv_cstr(&j, "state", "Returned");
    json_end(&j);
    return NO_ERR;
}

static struct str named_assignment(struct call *call) {
    struct str id = form_get(&call->req->query, "assignment_id");
    if (!id.p)
        id = form_get(&call->form, "assignment_id");
    return id.p ? id : STR("");
}

static struct err shard_of_task(struct call *call, struct ctx *ctx) {
    return work_shard(ctx, call->params[0], STR_NULL, &call->shard);
}

static struct err shard_of_named(struct call *call, struct ctx *ctx) {
    return work_shard(ctx, named_assignment(call), STR_NULL, &call->shard);
}

static struct err return_task(struct call *call, struct ctx *ctx) {
    return give_back(call, ctx, call->params[0]);
}

static struct err return_of_group(struct call *call, struct ctx *ctx) {
    return give_back(call, ctx, named_assignment(call));
}

const struct route site_task_rows[] = {
    {.method = "GET",
     .pattern = "/projects/{group}/tasks/{task}",
     .help = "The accepted HIT, or a preview of this one.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_task},
    {.method = "DELETE",
     .pattern = "/projects/{group}/tasks/{task}",
     .help = "Returns the HIT.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = return_of_group,
     .shard = shard_of_named},
    {.method = "POST",
     .pattern = "/tasks/accept-next",
     .help = "Whether the next HIT of the group is accepted with each one that is submitted.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = put_accept_next},
    {.method = "GET",
     .pattern = "/tasks",
     .help = "Accepted HITs, least time left first.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_queue},
    {.method = "GET",
     .pattern = "/tasks/{assignment}/return",
     .help = "Asks whether to return the HIT.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_return},
    {.method = "DELETE",
     .pattern = "/tasks/{assignment}",
     .help = "Returns the HIT.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = return_task,
     .shard = shard_of_task},
    {.method = NULL},
};
