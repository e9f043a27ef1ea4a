/* Finding work: groups, preview, accept (worker-site 3, 4). */
#include "base/limits.h"
#include "base/money.h"
#include "market/hit_type.h"
#include "site/rows.h"

/* ---- the list ---- */

static bool flag(struct call *call, const char *name) {
    struct str value = form_get(&call->req->query, name);
    return str_is(value, "true") || str_is(value, "1") || str_is(value, "on");
}

static void read_filters(struct call *call, struct group_list_in *in) {
    const struct form *query = &call->req->query;
    in->search = form_get(query, "filters[search_term]");
    in->qualified = flag(call, "filters[qualified]");
    in->masters = flag(call, "filters[masters]");
    in->page = (int)site_query_int(call, "page_number", 1, GROUPS_MAX, 1);
    in->page_size = (int)site_query_int(call, "page_size", 1, PAGE_MAX, 20);
    struct str sort = form_get(query, "sort");
    if (sort.n && !group_sort_parse(sort, &in->sort))
        in->sort = SORT_UPDATED_DESC;
    if (!money_parse(form_get(query, "filters[min_reward]"), &in->min_reward_cents))
        in->min_reward_cents = 0;
}

static void list_json(struct call *call, const struct group_list_in *in,
                      const struct group_list *list) {
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "results");
    json_open_array(&j);
    for (size_t i = 0; i < list->n; i++) {
        json_open_object(&j);
        json_group(&j, call->req->arena, &list->items[i]);
        json_end(&j);
    }
    json_end(&j);
    json_kv_int(&j, "page_number", in->page);
    json_kv_int(&j, "num_results", (int64_t)list->n);
    json_kv_int(&j, "total_num_results", list->total);
    json_end(&j);
}

static void list_page(struct call *call, const struct group_list *list) {
    struct buf *out = &call->body;
    page_begin(call, "Tasks");
    if (!list->n)
        buf_puts(out, list->unfiltered ? "<p>No task matches the filters.</p>\n"
                                       : "<p>There are no tasks for you at the moment.</p>\n");
    buf_puts(out, "<table>\n");
    for (size_t i = 0; i < list->n; i++) {
        const struct hit_group *g = &list->items[i];
        buf_printf(out, "<tr><td><a href=\"/projects/%.*s/tasks\">", STR_ARG(g->group_id));
        html_text(out, g->title);
        buf_puts(out, "</a><td>");
        html_text(out, g->requester_name);
        buf_puts(out, "<td>");
        buf_str(out, money_dollars(call->req->arena, g->reward_cents));
        buf_printf(out, "<td>%lld\n", (long long)g->available);
    }
    buf_puts(out, "</table>\n");
    page_end(call);
}

static struct err list(struct call *call, struct ctx *ctx, struct str requester_id) {
    struct group_list_in in = {.requester_id = requester_id};
    struct group_list groups;
    read_filters(call, &in);
    struct err e = group_list(ctx, &in, &groups);
    if (failed(e))
        return e;
    if (site_wants_json(call->req))
        list_json(call, &in, &groups);
    else
        list_page(call, &groups);
    return NO_ERR;
}

static struct err list_all(struct call *call, struct ctx *ctx) {
    return list(call, ctx, STR_NULL);
}

static struct err list_of_requester(struct call *call, struct ctx *ctx) {
    return list(call, ctx, call->params[0]);
}

/* ---- preview ---- */

static void accept_form(struct call *call, struct str group_id) {
    struct buf *out = &call->body;
    if (!call->signed_in) {
        buf_puts(out, "<p><a href=\"/sign-in\">Sign in</a> to accept this task.</p>\n");
        return;
    }
    buf_printf(out, "<form method=\"post\" action=\"/projects/%.*s/tasks/accept_random\">",
               STR_ARG(group_id));
    site_csrf_field(call, out);
    buf_puts(out, "<button>Accept</button></form>\n");
}

static struct err preview_page(struct call *call, struct ctx *ctx, const struct task *t) {
    struct frame frame;
    struct err e = task_frame(call, ctx, t, &frame);
    if (failed(e))
        return e;
    struct buf *out = &call->body;
    page_begin(call, str_z(call->req->arena, t->group.title));
    buf_puts(out, "<p>");
    html_text(out, t->group.description);
    buf_puts(out, "</p>\n");
    accept_form(call, t->group.group_id);
    buf_str(out, page_task_frame(call, frame.url, frame.height).s);
    page_end(call);
    return NO_ERR;
}

static struct err preview(struct call *call, struct ctx *ctx) {
    struct preview_in in = {
        .group_id = call->params[0],
        .hit_id = call->params[1],
    };
    struct task task;
    struct err e = work_preview(ctx, &in, &task);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req))
        return preview_page(call, ctx, &task);
    struct json j = call_json(call);
    return json_queue_entry(&j, call, ctx, &task, true);
}

/* ---- accept ---- */

static struct err confirm_accept(struct call *call, struct ctx *ctx) {
    struct hit_group group;
    struct err e = group_get(ctx, call->params[0], &group);
    if (failed(e))
        return e;
    page_begin(call, str_z(call->req->arena, group.title));
    accept_form(call, group.group_id);
    page_end(call);
    return NO_ERR;
}

static struct err accept_shard(struct call *call, struct ctx *ctx) {
    return work_shard(ctx, STR_NULL, call->params[0], &call->shard);
}

static struct err accept(struct call *call, struct ctx *ctx) {
    struct accept_in in = {.group_id = call->params[0]};
    struct accepted accepted;
    struct task task;
    struct err e = work_accept(ctx, &in, &accepted);
    if (!failed(e))
        e = work_task(ctx, accepted.assignment_id, &task);
    if (failed(e))
        return e;
    if (site_wants_json(call->req)) {
        struct json j = call_json(call);
        return json_queue_entry(&j, call, ctx, &task, true);
    }
    site_redirect(call, str_printf(call->req->arena, "/projects/%.*s/tasks/%.*s?assignment_id=%.*s",
                                   STR_ARG(task.group.group_id), STR_ARG(task.hit_id),
                                   STR_ARG(accepted.assignment_id)));
    return NO_ERR;
}

/* ---- old links (requester-api 1.10) ---- */

static struct err old_link(struct call *call, struct ctx *ctx) {
    struct hit_group group;
    struct err e = group_get(ctx, form_get(&call->req->query, "groupId"), &group);
    if (!failed(e))
        site_redirect(
            call, str_printf(call->req->arena, "/projects/%.*s/tasks", STR_ARG(group.group_id)));
    return e;
}

const struct route site_group_rows[] = {
    {.method = "GET",
     .pattern = "/",
     .help = "Groups of HITs.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = list_all},
    {.method = "GET",
     .pattern = "/projects",
     .help = "Groups of HITs.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = list_all},
    {.method = "GET",
     .pattern = "/requesters/{requester}/projects",
     .help = "Groups of one requester.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = list_of_requester},
    {.method = "GET",
     .pattern = "/projects/{group}/tasks",
     .help = "Preview of one HIT of the group.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = preview},
    {.method = "GET",
     .pattern = "/projects/{group}/tasks/accept_random",
     .help = "A button that accepts.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = confirm_accept},
    {.method = "POST",
     .pattern = "/projects/{group}/tasks/accept_random",
     .help = "Accepts a HIT of the group.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = accept,
     .shard = accept_shard},
    {.method = "GET",
     .pattern = "/mturk/preview",
     .help = "Old links.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = old_link},
    {.method = "GET",
     .pattern = "/mturk/previewandaccept",
     .help = "Old links.",
     .may = MAY_EVERYBODY,
     .kind = CALL_READ,
     .run = old_link},
    {.method = NULL},
};
