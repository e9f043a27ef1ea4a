/* A worker and single requesters: who takes no work from him, whom he mutes (worker-site 11). */
#include "market/mute.h"

#include "site/rows.h"

static struct err show(struct call *call, struct ctx *ctx) {
    struct mute_list blocked, muted;
    struct err e = mute_blocked_by(ctx, &blocked);
    if (!failed(e))
        e = mute_list(ctx, &muted);
    if (failed(e))
        return e;
    struct tpl_requesters_blocked *b = arena_array(ctx->arena, blocked.n, sizeof *b);
    struct tpl_requesters_muted *m = arena_array(ctx->arena, muted.n, sizeof *m);
    for (size_t i = 0; i < blocked.n; i++)
        b[i] = (struct tpl_requesters_blocked){
            blocked.items[i].requester_id, blocked.items[i].requester_name, blocked.items[i].at_ms};
    for (size_t i = 0; i < muted.n; i++)
        m[i] = (struct tpl_requesters_muted){muted.items[i].requester_id,
                                             muted.items[i].requester_name, muted.items[i].at_ms};
    struct tpl_requesters page = {
        .blocked = b, .blocked_n = blocked.n, .muted = m, .muted_n = muted.n};
    return page_show(call, &(struct page){.title = "Requesters and you", .nav = NAV_W_MESSAGES},
                     tpl_requesters_view(&page));
}

static struct err mute(struct call *call, struct ctx *ctx) {
    struct str name = STR_NULL;
    bool on = !str_is(form_get(&call->form, "mute"), "0");
    struct err e = mute_set(ctx, form_get(&call->form, "id"), on, &name);
    if (failed(e))
        return e;
    if (on)
        page_flash(call, FLASH_INFO,
                   "%.*s is muted: you are not told of new messages. They are kept, and nothing "
                   "changes about your work.",
                   STR_ARG(name));
    else
        page_flash(call, FLASH_GOOD, "You are told again when %.*s writes.", STR_ARG(name));
    site_redirect(call, STR("/requesters"));
    return NO_ERR;
}

const struct route site_requester_rows[] = {
    {.method = "GET",
     .pattern = "/requesters",
     .help = "Requesters who take no work from the worker, and those he mutes.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show},
    {.method = "POST",
     .pattern = "/requesters/mute",
     .help = "Mutes a requester's messages, or takes it back (mute=0).",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = mute},
    {.method = NULL},
};
