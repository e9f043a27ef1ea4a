/* Finding work: groups, preview, accept (worker-site 3, 4). */
#include "base/limits.h"
#include "base/money.h"
#include "market/account.h"
#include "market/group_view.h"
#include "market/hide.h"
#include "market/hit_type.h"
#include "market/work_next.h"
#include "site/rows.h"

/* ---- the list ---- */

static bool flag(struct call *call, const char *name) {
    struct str value = form_get(&call->req->query, name);
    return str_is(value, "true") || str_is(value, "1") || str_is(value, "on");
}

/* Whether the address says itself how the list is wanted. */
static bool says_how(const struct form *query) {
    for (size_t i = 0; i < query->count; i++) {
        struct str name = query->fields[i].name;
        if (str_is(name, "sort") || str_is(name, "page_size") || str_starts(name, STR("filters[")))
            return true;
    }
    return false;
}

/* A worker's own way (his settings) for an address that does not; programs get what the old service
 * gave. */
static struct err own_way(struct call *call, struct ctx *ctx, struct group_list_in *in) {
    struct group_view view;
    bool worker = call->signed_in && site_of(&call->session) == ROLE_WORKER;
    if (!worker || site_wants_json(call->req) || says_how(&call->req->query))
        return NO_ERR;
    struct err e = group_view_get(ctx, ctx->actor->party, &view);
    if (failed(e))
        return e;
    in->sort = view.sort;
    in->page_size = view.page_size;
    in->qualified = view.qualified;
    in->min_reward_cents = view.min_reward_cents;
    return NO_ERR;
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

static struct tpl_groups_groups group_row(struct arena *a, const struct hit_group *g) {
    return (struct tpl_groups_groups){
        .id = g->group_id,
        .title = g->title,
        .requester_id = g->requester_id,
        .requester = g->requester_name,
        .description = g->description,
        .keywords = g->keywords,
        .available = g->available,
        .reward = g->reward_cents,
        .created = g->latest_created_ms,
        .duration = g->duration_s,
        .expires = g->latest_expires_ms,
        .may_accept = g->qualification.accept,
        .may_preview = g->qualification.preview,
        .requirements = requirement_words(a, &g->qualification),
        .requirements_n = g->qualification.n,
    };
}

/* The same list, another page. */
static struct str page_url(struct call *call, int64_t page) {
    struct buf b = BUF_INIT;
    const struct form *query = &call->req->query;
    buf_puts(&b, "?");
    for (size_t i = 0; i < query->count; i++) {
        if (str_is(query->fields[i].name, "page_number"))
            continue;
        form_encode(&b, query->fields[i].name);
        buf_putc(&b, '=');
        form_encode(&b, query->fields[i].value);
        buf_putc(&b, '&');
    }
    buf_printf(&b, "page_number=%lld", (long long)page);
    struct str url = buf_dup(call->req->arena, &b);
    buf_free(&b);
    return url;
}

/* Whether the worker hides that requester: then the list of him is empty. */
static struct err hides(struct ctx *ctx, struct str requester_id, bool *hidden) {
    struct hidden_list list;
    struct err e = hide_list(ctx, &list);
    for (size_t i = 0; !failed(e) && i < list.n; i++)
        *hidden |= list.items[i].kind == HIDDEN_REQUESTER && str_eq(list.items[i].id, requester_id);
    return e;
}

static struct err list_page(struct call *call, struct ctx *ctx, const struct group_list_in *in,
                            const struct group_list *list) {
    struct arena *a = call->req->arena;
    int64_t hidden = 0;
    bool all_hidden = false;
    struct err e = hide_count(ctx, &hidden);
    if (!failed(e) && hidden && in->requester_id.p)
        e = hides(ctx, in->requester_id, &all_hidden);
    if (failed(e))
        return e;
    struct tpl_groups_groups *rows = arena_array(a, list->n, sizeof *rows);
    for (size_t i = 0; i < list->n; i++)
        rows[i] = group_row(a, &list->items[i]);
    e = scorecard_rows(ctx, list->items, list->n, rows);
    struct tpl_scorecard card;
    struct party requester = {0};
    if (!failed(e) && in->requester_id.p)
        e = account_by_public_id(ctx, in->requester_id, &requester);
    if (!failed(e) && requester.id)
        e = scorecard_card(ctx, requester.id, &card);
    if (failed(e))
        return e;
    int64_t before = (int64_t)(in->page - 1) * in->page_size, last = before + (int64_t)list->n;
    struct str typed = form_get(&call->req->query, "filters[min_reward]");
    struct str least = typed.n ? typed : money_wire(a, in->min_reward_cents);
    struct tpl_groups page = {
        .signed_in = call->signed_in,
        .requester = requester.name,
        .card = &card,
        .card_n = requester.id ? 1 : 0,
        .search = in->search,
        .min_reward = in->min_reward_cents ? least : STR(""),
        .qualified = in->qualified,
        .masters = in->masters,
        .sort = str_c(group_sort_name(in->sort)),
        .filtered = in->search.n || in->min_reward_cents || in->qualified || in->masters,
        .total = list->total,
        .unfiltered = list->unfiltered,
        .hidden = hidden,
        .requester_id = in->requester_id,
        .all_hidden = all_hidden,
        .page = in->page,
        .pages = (list->total + in->page_size - 1) / in->page_size,
        .first = list->n ? before + 1 : 0,
        .last = last,
        .previous = in->page > 1 ? page_url(call, in->page - 1) : STR_NULL,
        .next = last < list->total ? page_url(call, in->page + 1) : STR_NULL,
        .size = in->page_size,
        .groups = rows,
        .groups_n = list->n,
    };
    return page_show(call, &(struct page){.title = "Tasks", .nav = NAV_W_TASKS},
                     tpl_groups_view(&page));
}

static struct err list(struct call *call, struct ctx *ctx, struct str requester_id) {
    struct group_list_in in = {.requester_id = requester_id};
    struct group_list groups;
    read_filters(call, &in);
    struct err e = own_way(call, ctx, &in);
    if (!failed(e))
        e = group_list(ctx, &in, &groups);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req))
        return list_page(call, ctx, &in, &groups);
    list_json(call, &in, &groups);
    return NO_ERR;
}

static struct err list_all(struct call *call, struct ctx *ctx) {
    return list(call, ctx, STR_NULL);
}

static struct err list_of_requester(struct call *call, struct ctx *ctx) {
    return list(call, ctx, call->params[0]);
}

/* ---- preview ---- */

static void go_to_task(struct call *call, const struct task *t, const char *more) {
    site_redirect(call,
                  str_printf(call->req->arena, "/projects/%.*s/tasks/%.*s?assignment_id=%.*s%s",
                             STR_ARG(t->group.group_id), STR_ARG(t->hit_id),
                             STR_ARG(t->assignment_id), more));
}

static const char *why_no_next(enum next_state next) {
    switch (next) {
    case NEXT_NONE: return "There is nothing more of that group for you.";
    case NEXT_UNQUALIFIED:
        return "No other of that group was accepted: you no longer have a qualification it asks "
               "for.";
    case NEXT_QUEUE_FULL:
        return "No other of that group was accepted: your queue is full. Submit or return one of "
               "it first.";
    case NEXT_LIMIT:
        return "No other of that group was accepted: you have reached the number of tasks of one "
               "day.";
    case NEXT_PAUSED:
        return "No other of that group was accepted: it is paused after reports of workers.";
    case NEXT_REFUSED: return "No other of that group was accepted: it is not open to you now.";
    case NEXT_OFF:
    case NEXT_ACCEPTED: break;
    }
    return "";
}

/* ?done=: the worker comes from a submitted task. He goes to the one that was accepted for him; to
 * the next of his queue when he came from there; else to the list, with a word why. */
static struct err after_submitting(struct call *call, struct ctx *ctx) {
    struct queue queue;
    bool wanted = false;
    const struct form *query = &call->req->query;
    enum next_state next = next_state_parse(form_get(query, "next"));
    bool from_queue = str_is(form_get(query, "from"), "queue");
    struct err e = work_queue(ctx, &queue);
    if (!failed(e))
        e = work_next_wanted(ctx, ctx->actor->party, &wanted);
    if (failed(e))
        return e;
    const struct task *held = wanted ? work_next_held(&queue, call->params[0]) : NULL;
    if (held && (next == NEXT_ACCEPTED || next == NEXT_OFF)) {
        go_to_task(call, held, "&done=1");
        return NO_ERR;
    }
    if (next == NEXT_OFF) {
        struct task more;
        struct preview_in in = {.group_id = call->params[0]};
        e = work_preview(ctx, &in, &more);
        if (e.code == ERR_NO_MORE_HITS || e.code == ERR_NOT_FOUND)
            next = NEXT_NONE;
        else if (e.code == ERR_STORE || e.code == ERR_RETRY)
            return e;
    }
    const char *why = why_no_next(next);
    page_flash(call, FLASH_GOOD, "Submitted.%s%s", *why ? " " : "", why);
    if (from_queue && queue.n)
        go_to_task(call, &queue.items[0], "&from=queue");
    else
        site_redirect(call, from_queue ? STR("/tasks") : STR("/projects"));
    return NO_ERR;
}

static struct err preview(struct call *call, struct ctx *ctx) {
    struct str after = form_get(&call->req->query, "after");
    struct preview_in in = {
        .group_id = call->params[0],
        .hit_id = call->params[1],
        .after_id = after.n ? after : STR_NULL,
    };
    struct task task;
    bool done = call->signed_in && form_get(&call->req->query, "done").n;
    if (done && !site_wants_json(call->req))
        return after_submitting(call, ctx);
    struct err e = work_preview(ctx, &in, &task);
    if (failed(e))
        return e;
    if (!site_wants_json(call->req))
        return task_page(call, ctx, &task);
    struct json j = call_json(call);
    return json_queue_entry(&j, call, ctx, &task, true);
}

/* ---- accept ---- */

static struct err accept_shard(struct call *call, struct ctx *ctx) {
    return work_shard(ctx, STR_NULL, call->params[0], &call->shard);
}

/* The tick box beside the button, where it stands. */
static struct err remember_next(struct call *call, struct ctx *ctx) {
    if (!form_get(&call->form, "accept_next_shown").n)
        return NO_ERR;
    return work_next_want(ctx, ctx->actor->party, form_get(&call->form, "accept_next").n > 0);
}

static struct err accept(struct call *call, struct ctx *ctx) {
    struct accept_in in = {.group_id = call->params[0]};
    struct accepted accepted;
    struct task task;
    struct err e = remember_next(call, ctx);
    if (!failed(e))
        e = work_accept(ctx, &in, &accepted);
    if (!failed(e))
        e = work_task(ctx, accepted.assignment_id, &task);
    if (failed(e))
        return e;
    if (site_wants_json(call->req)) {
        struct json j = call_json(call);
        return json_queue_entry(&j, call, ctx, &task, true);
    }
    go_to_task(call, &task, "");
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
     .help = "A preview with the button that accepts: a link changes nothing (worker-site 1.3).",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = preview},
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
