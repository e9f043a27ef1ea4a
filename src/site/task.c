/* Doing work: the accepted HIT, the queue, returning (worker-site 5, 6). */
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

static struct err task_page(struct call *call, struct ctx *ctx, const struct task *t) {
    struct frame frame;
    struct err e = task_frame(call, ctx, t, &frame);
    if (failed(e))
        return e;
    struct buf *out = &call->body;
    page_begin(call, str_z(call->req->arena, t->group.title));
    if (t->assignment) {
        buf_printf(out, "<p>%lld seconds left.</p>\n<form method=\"post\" action=\"/tasks/%.*s\">",
                   (long long)((t->deadline_ms - ctx->now_ms) / 1000), STR_ARG(t->assignment_id));
        site_csrf_field(call, out);
        buf_puts(out, "<input type=\"hidden\" name=\"_method\" value=\"delete\">"
                      "<button>Return this task</button></form>\n");
    }
    buf_str(out, page_task_frame(call, frame.url, frame.height).s);
    page_end(call);
    return NO_ERR;
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

/* ---- queue ---- */

static void queue_page(struct call *call, const struct queue *queue) {
    struct buf *out = &call->body;
    page_begin(call, "Your queue");
    buf_printf(out, "<p>%zu of %lld.</p>\n<ul>\n", queue->n, (long long)queue->max_active);
    for (size_t i = 0; i < queue->n; i++) {
        const struct task *t = &queue->items[i];
        buf_printf(out, "<li><a href=\"/projects/%.*s/tasks/%.*s?assignment_id=%.*s\">",
                   STR_ARG(t->group.group_id), STR_ARG(t->hit_id), STR_ARG(t->assignment_id));
        html_text(out, t->group.title);
        buf_puts(out, "</a>\n");
    }
    buf_puts(out, "</ul>\n");
    page_end(call);
}

static struct err show_queue(struct call *call, struct ctx *ctx) {
    struct queue queue;
    struct err e = work_queue(ctx, &queue);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req)) {
        queue_page(call, &queue);
        return NO_ERR;
    }
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

static struct err give_back(struct call *call, struct ctx *ctx, struct str assignment_id) {
    struct err e = work_return(ctx, assignment_id);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req)) {
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
    {.method = "GET",
     .pattern = "/tasks",
     .help = "Accepted HITs, least time left first.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_queue},
    {.method = "DELETE",
     .pattern = "/tasks/{assignment}",
     .help = "Returns the HIT.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = return_task,
     .shard = shard_of_task},
    {.method = NULL},
};
