/* A worker's qualifications: what he holds, has asked for and can ask for (worker-site 9). */
#include "base/limits.h"
#include "market/qualification.h"
#include "market/qualify.h"
#include "site/rows.h"

enum { ROWS_SHOWN = 50, QUERY_MAX = 200 };

static struct err show(struct call *call, struct tpl_qualifications *page) {
    return page_show(call, &(struct page){.title = "Qualifications", .nav = NAV_W_QUALIFICATIONS},
                     tpl_qualifications_view(page));
}

/* ---- assigned, pending ---- */

/* The system's own, of which everybody has a value. */
static struct err fill_own(struct ctx *ctx, struct tpl_qualifications *page) {
    static const char all[] =
        "[{\"QualificationTypeId\":\"00000000000000000040\",\"Comparator\":\"Exists\"},"
        "{\"QualificationTypeId\":\"000000000000000000L0\",\"Comparator\":\"Exists\"},"
        "{\"QualificationTypeId\":\"00000000000000000071\",\"Comparator\":\"Exists\"},"
        "{\"QualificationTypeId\":\"00000000000000000060\",\"Comparator\":\"Exists\"}]";
    struct worker_figures figures;
    struct qualification q;
    struct err e = worker_figures(ctx, ctx->actor->party, &figures);
    if (!failed(e))
        e = qualify(ctx->arena, str_c(all), &figures, &q);
    if (failed(e))
        return e;
    struct tpl_qualifications_own *own = arena_array(ctx->arena, q.n, sizeof *own);
    for (size_t i = 0; i < q.n; i++) {
        const struct requirement *r = &q.items[i];
        own[i] = (struct tpl_qualifications_own){
            .name = r->name,
            .value = r->has_value  ? str_printf(ctx->arena, "%lld", (long long)r->value)
                     : r->locale.n ? r->locale
                                   : STR("not known"),
        };
    }
    page->own = own;
    page->own_n = q.n;
    return NO_ERR;
}

static void fill_rows(struct ctx *ctx, const struct qualification_own_list *list,
                      struct tpl_qualifications *page) {
    struct tpl_qualifications_rows *rows = arena_array(ctx->arena, list->n, sizeof *rows);
    for (size_t i = 0; i < list->n; i++) {
        const struct qualification_own *q = &list->items[i];
        rows[i] = (struct tpl_qualifications_rows){
            .id = q->type_id,
            .name = q->name,
            .author = q->author.n ? q->author : STR("this market"),
            .value = q->value,
            .at = q->at_ms,
        };
    }
    page->rows = rows;
    page->rows_n = list->n;
    if (list->n == ROWS_SHOWN)
        page->next = str_printf(ctx->arena, "?after=%lld", (long long)list->items[list->n - 1].key);
}

static struct err show_assigned(struct call *call, struct ctx *ctx) {
    struct qualification_own_list list;
    struct tpl_qualifications page = {.tab = STR("assigned")};
    int64_t after = site_query_int(call, "after", 1, INT64_MAX, 0);
    struct err e = qualification_own(ctx, after, ROWS_SHOWN, &list);
    if (!failed(e))
        e = fill_own(ctx, &page);
    if (failed(e))
        return e;
    fill_rows(ctx, &list, &page);
    return show(call, &page);
}

static struct err show_pending(struct call *call, struct ctx *ctx) {
    struct qualification_own_list list;
    struct tpl_qualifications page = {.tab = STR("pending")};
    int64_t after = site_query_int(call, "after", 1, INT64_MAX, 0);
    struct err e = qualification_asked(ctx, after, ROWS_SHOWN, &list);
    if (failed(e))
        return e;
    fill_rows(ctx, &list, &page);
    return show(call, &page);
}

/* ---- all that can be asked for ---- */

static struct str next_url(struct ctx *ctx, struct str query, int64_t after) {
    struct buf b = BUF_INIT;
    buf_printf(&b, "?after=%lld&query=", (long long)after);
    form_encode(&b, query);
    struct str url = buf_dup(ctx->arena, &b);
    buf_free(&b);
    return url;
}

static struct err show_all(struct call *call, struct ctx *ctx) {
    struct str query = str_sub(form_get(&call->req->query, "query"), 0, QUERY_MAX);
    struct qualification_type_list list;
    struct qualification_type_list_in in = {
        .requestable = true,
        .query = query.n ? query : STR_NULL,
        .after = site_query_int(call, "after", 1, INT64_MAX, 0),
        .limit = ROWS_SHOWN,
    };
    struct err e = qualification_type_list(ctx, &in, &list);
    struct tpl_qualifications_rows *rows = arena_array(ctx->arena, ROWS_SHOWN, sizeof *rows);
    for (size_t i = 0; !failed(e) && i < list.n; i++) {
        struct party author;
        e = account_by_id(ctx, list.items[i].requester, &author);
        rows[i] = (struct tpl_qualifications_rows){
            .id = list.items[i].type_id,
            .name = list.items[i].name,
            .author = author.name,
            .text = list.items[i].description,
        };
    }
    if (failed(e))
        return e;
    struct tpl_qualifications page = {
        .tab = STR("all"), .search = query, .rows = rows, .rows_n = list.n};
    if (list.n == ROWS_SHOWN)
        page.next = next_url(ctx, query, list.items[list.n - 1].id);
    return show(call, &page);
}

/* ---- one ---- */

static struct err show_one(struct call *call, struct ctx *ctx) {
    struct qualification_mine q;
    struct err e = qualification_mine(ctx, call->params[0], &q);
    if (e.code == ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST ||
        e.code == ERR_INVALID_QUALIFICATION_TYPE_STATE)
        e = err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such qualification.");
    if (failed(e))
        return e;
    struct tpl_qualification page = {
        .id = q.type.type_id,
        .name = q.type.name,
        .author = q.author,
        .text = q.type.description,
        .active = q.type.active,
        .system = q.type.system,
        .has_test = q.type.test_s >= 0,
        .test_duration = q.type.test_s < 0 ? 0 : q.type.test_s,
        .automatic = q.type.auto_granted,
        .retry = q.type.retry_s < 0 ? 0 : q.type.retry_s,
        .once = q.type.retry_s < 0,
        .held = q.held,
        .value = q.value,
        .granted = q.granted_ms,
        .pending = q.pending,
        .asked = q.asked_ms,
        .refused = q.refused_for.p && !q.held && !q.pending,
        .reason = q.refused_for,
        .may_ask = !failed(q.why),
        .why_not = str_c(q.why.detail),
    };
    return page_show(call, &(struct page){.title = "Qualification", .nav = NAV_W_QUALIFICATIONS},
                     tpl_qualification_view(&page));
}

static struct str address_of(struct call *call) {
    return str_printf(call->req->arena, "/qualifications/%.*s", STR_ARG(call->params[0]));
}

static struct err ask(struct call *call, struct ctx *ctx) {
    enum qualification_request_state state = REQUEST_PENDING;
    struct err e = qualification_ask(ctx, call->params[0], &state);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD,
               state == REQUEST_GRANTED ? "The qualification is yours."
                                        : "You have asked for it. You get news when the requester "
                                          "answers.");
    site_redirect(call, address_of(call));
    return NO_ERR;
}

static struct err drop(struct call *call, struct ctx *ctx) {
    struct err e = qualification_drop(ctx, call->params[0]);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "You have given up this qualification.");
    site_redirect(call, address_of(call));
    return NO_ERR;
}

const struct route site_qualification_rows[] = {
    {.method = "GET",
     .pattern = "/qualifications",
     .help = "What a worker can ask for.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_all},
    {.method = "GET",
     .pattern = "/qualifications/assigned",
     .help = "What the worker holds.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_assigned},
    {.method = "GET",
     .pattern = "/qualifications/pending",
     .help = "What the worker has asked for.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_pending},
    {.method = "GET",
     .pattern = "/qualifications/{type}",
     .help = "One qualification, and whether it can be asked for.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_one},
    {.method = "POST",
     .pattern = "/qualifications/{type}/request",
     .help = "Asks for it.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = ask,
     .form = show_one},
    {.method = "POST",
     .pattern = "/qualifications/{type}/drop",
     .help = "Gives it up.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = drop,
     .form = show_one},
    {.method = NULL},
};
