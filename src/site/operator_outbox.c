/* The outbox for the operator: how the queue stands, the lanes to each destination, what was given
 * up and what to do about it. */
#include "base/datetime.h"
#include "base/limits.h"
#include "base/num.h"
#include "market/outbox.h"
#include "site/people.h"

enum { SIZE_DEFAULT = 25 };

#define HOME "/operator/outbox"

static struct err show(struct call *call, const char *title, struct tpl_view view) {
    return page_show(call, &(struct page){.title = title, .nav = NAV_O_HEALTH, .wide = true}, view);
}

/* ---- the page ---- */

static struct err fill_state(struct ctx *ctx, struct tpl_operator_outbox *page) {
    struct outbox_state state;
    struct err e = outbox_state(ctx, &state);
    if (failed(e))
        return e;
    int64_t wall_ms = time_wall_ms();
    page->waiting = state.waiting;
    page->waiting_more = state.waiting >= OUTBOX_COUNT_MAX;
    page->failing = state.failing;
    page->oldest = state.oldest_ms;
    page->next = state.next_ms > wall_ms ? state.next_ms : 0;
    page->dead = state.dead;
    page->dead_more = state.dead >= OUTBOX_COUNT_MAX;
    return NO_ERR;
}

static struct err fill_lanes(struct ctx *ctx, struct tpl_operator_outbox *page) {
    struct outbox_lanes lanes;
    struct err e = outbox_lanes(ctx, &lanes);
    if (failed(e))
        return e;
    int64_t wall_ms = time_wall_ms();
    struct tpl_operator_outbox_lanes *rows = arena_array(ctx->arena, lanes.n, sizeof *rows);
    for (size_t i = 0; i < lanes.n; i++) {
        const struct outbox_lane *l = &lanes.items[i];
        rows[i] = (struct tpl_operator_outbox_lanes){
            .target = l->target,
            .address = l->address,
            .transport = str_c(transport_word(l->transport)),
            .requester = l->requester_id,
            .name = l->requester_name,
            .active = l->active,
            .failures = l->failures,
            .error = l->error,
            .rests = l->failures && l->next_ms > wall_ms ? l->next_ms : 0,
            .delivered = l->good_ms,
            .waiting = l->waiting,
            .oldest = l->oldest_ms,
            .dead = l->dead,
        };
    }
    page->lanes = rows;
    page->lanes_n = lanes.n;
    page->lanes_more = lanes.n == OUTBOX_LANES_MAX;
    return NO_ERR;
}

static struct tpl_operator_outbox_rows row_of(const struct dead_letter *d) {
    return (struct tpl_operator_outbox_rows){
        .id = d->row,
        .at = d->at_ms,
        .given_up = d->dead_ms,
        .event = str_c(d->what),
        .address = d->destination,
        .transport = str_c(transport_word(d->transport)),
        .requester = d->requester_id,
        .name = d->requester_name,
        .attempts = d->attempts,
        .error = d->error,
    };
}

static struct err fill_dead(struct call *call, struct ctx *ctx, struct tpl_operator_outbox *page) {
    struct dead_list list;
    int64_t size = site_query_int(call, "size", 1, LIST_ROWS_MAX - 1, SIZE_DEFAULT);
    int64_t after = site_query_int(call, "after", 0, INT64_MAX, 0);
    struct err e = dead_letters(ctx, after, (int)size + 1, &list);
    if (failed(e))
        return e;
    size_t shown = list.n > (size_t)size ? (size_t)size : list.n;
    struct tpl_operator_outbox_rows *rows = arena_array(ctx->arena, shown, sizeof *rows);
    for (size_t i = 0; i < shown; i++)
        rows[i] = row_of(&list.items[i]);
    page->rows = rows;
    page->rows_n = shown;
    if (list.n > shown)
        page->further = str_printf(ctx->arena, HOME "?after=%lld&size=%lld",
                                   (long long)list.items[shown - 1].row, (long long)size);
    return NO_ERR;
}

static struct err show_outbox(struct call *call, struct ctx *ctx) {
    struct tpl_operator_outbox page = {0};
    struct err e = fill_state(ctx, &page);
    if (!failed(e))
        e = fill_lanes(ctx, &page);
    if (!failed(e))
        e = fill_dead(call, ctx, &page);
    return failed(e) ? e : show(call, "Outbox", tpl_operator_outbox_view(&page));
}

/* ---- one, all of a destination, all ---- */

/* What a form or an address is about: ?row=, ?target= (0 has a meaning), or everything. */
struct about {
    int64_t row, target;
    bool lane;
};

static struct err about_of(struct ctx *ctx, const struct form *form, struct about *out) {
    struct str row = form_get(form, "row"), target = form_get(form, "target");
    *out = (struct about){.lane = !row.n && target.n};
    bool good = (!row.n || num_parse(row, 1, INT64_MAX, &out->row)) &&
                (!target.n || num_parse(target, 0, INT64_MAX, &out->target));
    return good ? NO_ERR : err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such event.");
}

static struct err replay(struct call *call, struct ctx *ctx) {
    struct about about;
    int64_t n = 0;
    struct err e = about_of(ctx, &call->form, &about);
    if (!failed(e))
        e = about.lane ? dead_replay_lane(ctx, about.target, &n) : dead_replay(ctx, about.row, &n);
    if (failed(e))
        return e;
    page_flash(call, n ? FLASH_GOOD : FLASH_INFO, "%lld to be tried again, from now on.",
               (long long)n);
    site_redirect(call, STR(HOME));
    return NO_ERR;
}

static struct err show_drop(struct call *call, struct ctx *ctx) {
    struct about about;
    struct outbox_lanes lanes = {0};
    struct dead_letter letter = {0};
    struct outbox_state state = {0};
    struct err e = about_of(ctx, &call->req->query, &about);
    if (!failed(e) && about.row)
        e = dead_get(ctx, about.row, &letter);
    else if (!failed(e) && about.lane)
        e = outbox_lanes(ctx, &lanes);
    else if (!failed(e))
        e = outbox_state(ctx, &state);
    if (failed(e))
        return e;
    struct tpl_operator_outbox_drop page = {
        .row = about.row,
        .lane = about.lane,
        .target = about.target,
        .event = str_c(letter.what),
        .address = letter.destination,
        .name = letter.requester_name,
        .dead = about.row ? 1 : state.dead,
    };
    for (size_t i = 0; i < lanes.n; i++)
        if (lanes.items[i].target == about.target) {
            page.address = lanes.items[i].address;
            page.name = lanes.items[i].requester_name;
            page.dead = lanes.items[i].dead;
        }
    return show(call, "Drop", tpl_operator_outbox_drop_view(&page));
}

static struct err drop(struct call *call, struct ctx *ctx) {
    struct about about;
    int64_t n = 0;
    struct err e = about_of(ctx, &call->form, &about);
    if (!failed(e))
        e = about.lane ? dead_drop_lane(ctx, about.target, &n) : dead_drop(ctx, about.row, &n);
    if (failed(e))
        return e;
    page_flash(call, n ? FLASH_GOOD : FLASH_INFO, "%lld dropped.", (long long)n);
    site_redirect(call, STR(HOME));
    return NO_ERR;
}

const struct route site_operator_outbox_rows[] = {
    {.method = "GET",
     .pattern = "/operator/outbox",
     .help = "Events to deliver, and those that were given up.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_outbox},
    {.method = "POST",
     .pattern = "/operator/outbox/replay",
     .help = "Tries one (row), all of a destination (target), or all again.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = replay},
    {.method = "GET",
     .pattern = "/operator/outbox/drop",
     .help = "What dropping them means.",
     .may = MAY_OPERATOR,
     .kind = CALL_READ,
     .run = show_drop},
    {.method = "POST",
     .pattern = "/operator/outbox/drop",
     .help = "Drops them.",
     .may = MAY_OPERATOR,
     .kind = CALL_WRITE,
     .run = drop},
    {.method = NULL},
};
