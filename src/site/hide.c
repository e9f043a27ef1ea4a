/* Groups and requesters that a worker does not want to see (worker-site 3). */
#include "market/hide.h"

#include "site/rows.h"

static struct err show_hidden(struct call *call, struct ctx *ctx) {
    struct hidden_list list;
    struct err e = hide_list(ctx, &list);
    if (failed(e))
        return e;
    struct tpl_hidden_rows *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++) {
        const struct hidden_entry *h = &list.items[i];
        bool group = h->kind == HIDDEN_GROUP;
        rows[i] = (struct tpl_hidden_rows){
            .kind = group ? STR("group") : STR("requester"),
            .id = h->id,
            .name = h->name,
            .requester = group ? h->requester_name : STR_NULL,
            .since = h->at_ms,
        };
    }
    struct tpl_hidden page = {.rows = rows, .rows_n = list.n};
    return page_show(call, &(struct page){.title = "Hidden", .nav = NAV_W_TASKS},
                     tpl_hidden_view(&page));
}

static struct err kind_of(struct call *call, enum hidden_kind *kind) {
    struct str word = form_get(&call->form, "kind");
    *kind = str_is(word, "requester") ? HIDDEN_REQUESTER : HIDDEN_GROUP;
    if (str_is(word, "requester") || str_is(word, "group"))
        return NO_ERR;
    return err_make(call->req->arena, ERR_BAD_REQUEST, "kind",
                    "\"kind\" is either \"group\" or \"requester\".");
}

static struct err hide(struct call *call, struct ctx *ctx) {
    enum hidden_kind kind;
    struct str name = STR_NULL;
    struct err e = kind_of(call, &kind);
    if (!failed(e))
        e = hide_set(ctx, kind, form_get(&call->form, "id"), &name);
    if (failed(e))
        return e;
    page_flash(call, FLASH_INFO, "%s%.*s is hidden from your list. Tasks > Hidden shows it again.",
               kind == HIDDEN_REQUESTER ? "Everything of " : "", STR_ARG(name));
    site_redirect(call, STR("/projects"));
    return NO_ERR;
}

static struct err show_again(struct call *call, struct ctx *ctx) {
    enum hidden_kind kind;
    struct err e = kind_of(call, &kind);
    if (!failed(e))
        e = hide_remove(ctx, kind, form_get(&call->form, "id"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "It stands in your list again while there are tasks of it.");
    site_redirect(call, STR("/hidden"));
    return NO_ERR;
}

const struct route site_hide_rows[] = {
    {.method = "GET",
     .pattern = "/hidden",
     .help = "Groups and requesters that are hidden.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show_hidden},
    {.method = "POST",
     .pattern = "/hidden",
     .help = "Hides a group or a requester.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = hide},
    {.method = "POST",
     .pattern = "/hidden/remove",
     .help = "Shows it again.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = show_again},
    {.method = NULL},
};
