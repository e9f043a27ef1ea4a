/* What is done to a batch or to one of its tasks: each has a page that says what will happen, and
 * one button (requester-site 4.3). */
#include "base/limits.h"
#include "base/num.h"
#include "market/batch_change.h"
#include "market/decide.h"
#include "market/funds.h"
#include "market/hit.h"
#include "site/results.h"

enum { CANCEL_STEP = 500 };

static struct err back_to_batch(struct call *call, int64_t batch) {
    site_redirect(call, site_batch_url(call->req->arena, batch, ""));
    return NO_ERR;
}

static struct err show(struct call *call, const struct tpl_batch_action *page) {
    return page_show(
        call, &(struct page){.title = str_z(call->req->arena, page->heading), .nav = NAV_R_RESULTS},
        tpl_batch_action_view(page));
}

/* Batches that can be changed; others have no such pages. */
static struct err live_batch(struct call *call, struct ctx *ctx, struct batch_view *b) {
    struct err e = site_batch(call, ctx, b);
    if (failed(e) || (b->state == BATCH_LIVE && b->kind != BATCH_ARCHIVE))
        return e;
    return err_make(ctx->arena, ERR_CONFLICT, NULL,
                    b->kind == BATCH_ARCHIVE ? "This batch is an imported archive; it can not be "
                                               "changed."
                    : b->state == BATCH_DELETING
                        ? "This batch is being deleted."
                        : "This batch is not published to its end yet; wait a moment.");
}

/* --- name and note --- */

static struct err show_rename(struct call *call, struct ctx *ctx) {
    struct batch_view b;
    struct err e = site_batch(call, ctx, &b);
    if (failed(e))
        return e;
    struct tpl_batch_action page = {
        .id = b.id,
        .name = b.name,
        .action = STR("rename"),
        .heading = STR("Name and note"),
        .button = STR("Save"),
        .name_field = page_field(call, &(struct tpl_field){.name = STR("name"),
                                                           .label = STR("Name"),
                                                           .hint = STR("Workers do not see it."),
                                                           .value = b.name,
                                                           .required = true,
                                                           .maxlength = BATCH_NAME_MAX}),
        .note_field = page_field(call, &(struct tpl_field){.name = STR("note"),
                                                           .label = STR("Note (optional)"),
                                                           .hint = STR("For you and your team."),
                                                           .value = b.note,
                                                           .type = STR("textarea"),
                                                           .rows = 3,
                                                           .maxlength = BATCH_NOTE_MAX}),
    };
    return show(call, &page);
}

static struct err put_rename(struct call *call, struct ctx *ctx) {
    struct batch_view b;
    struct err e = site_batch(call, ctx, &b);
    if (!failed(e))
        e = batch_rename(ctx, b.id, form_get(&call->form, "name"), form_get(&call->form, "note"));
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Saved.");
    return back_to_batch(call, b.id);
}

/* --- more time, more assignments --- */

static struct err show_change(struct call *call, struct ctx *ctx, bool grow) {
    struct batch_view b;
    struct batch_cost cost;
    struct err e = live_batch(call, ctx, &b);
    if (!failed(e))
        e = batch_cost(ctx, b.id, 1, &cost);
    if (failed(e))
        return e;
    struct tpl_batch_action page = {
        .id = b.id,
        .name = b.name,
        .action = grow ? STR("grow") : STR("extend"),
        .heading = grow ? STR("More assignments") : STR("More time"),
        .button = grow ? STR("Add them") : STR("Extend the time"),
        .hits = cost.hits,
        .expired = cost.expired,
        .reopened = cost.reopened,
        .reopen_cost = cost.reopen_cents,
        .barred = cost.barred,
        .each_cost = b.reward_cents + b.fee_cents,
        .available = cost.avail_cents,
        .number = page_field(
            call, grow ? &(struct tpl_field){.name = STR("more"),
                                             .label = STR("How many more for each task"),
                                             .type = STR("number"),
                                             .value = STR("1"),
                                             .required = true}
                       : &(struct tpl_field){.name = STR("hours"),
                                             .label = STR("Hours"),
                                             .hint = STR("From the end of each task's time, or "
                                                         "from now when that is past."),
                                             .type = STR("number"),
                                             .value = STR("24"),
                                             .required = true}),
    };
    return show(call, &page);
}

static struct err show_extend(struct call *call, struct ctx *ctx) {
    return show_change(call, ctx, false);
}

static struct err show_grow(struct call *call, struct ctx *ctx) {
    return show_change(call, ctx, true);
}

struct changing {
    struct call *call;
    int64_t batch, number;
    bool grow;
    struct batch_step before, step;
};

/* A step may run twice: it starts from where the last one ended. */
static struct err change_step(struct ctx *ctx, void *arg) {
    struct changing *c = arg;
    c->step = c->before;
    return c->grow ? batch_grow_step(ctx, c->batch, c->number, &c->step)
                   : batch_extend_step(ctx, c->batch, c->number, &c->step);
}

static struct err change(struct call *call, bool grow) {
    const char *field = grow ? "more" : "hours";
    struct changing c = {.call = call, .grow = grow};
    if (!batch_id_parse(call->params[0], &c.batch))
        return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "There is no such batch.");
    if (!num_parse(str_trim(form_get(&call->form, field)), 1, ASSIGNMENTS_MAX, &c.number))
        return err_make(call->req->arena, ERR_BAD_REQUEST, field,
                        "Write a whole number from 1 up.");
    if (!grow)
        c.number *= 3600;
    struct err e;
    do {
        c.before = c.step;
        e = call_write(call, change_step, &c);
    } while (!failed(e) && c.step.seq);
    if (e.code == ERR_OUT_OF_RANGE || e.code == ERR_INVALID_MAX_ASSIGNMENTS_INCREASE ||
        e.code == ERR_INSUFFICIENT_FUNDS)
        e.field = field;
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD,
               grow ? "%lld tasks have %lld more assignments each.%s"
                    : "%lld tasks go on for %lld hours longer.%s",
               (long long)c.step.changed, (long long)(grow ? c.number : c.number / 3600),
               c.step.left ? " Tasks that would reach 10 assignments were left." : "");
    return back_to_batch(call, c.batch);
}

static struct err put_extend(struct call *call) {
    return change(call, false);
}

static struct err put_grow(struct call *call) {
    return change(call, true);
}

/* --- cancel, delete --- */

static struct err show_end(struct call *call, struct ctx *ctx, bool deletes) {
    struct batch_view b;
    struct err e = live_batch(call, ctx, &b);
    if (failed(e))
        return e;
    struct tpl_batch_action page = {
        .id = b.id,
        .name = b.name,
        .action = deletes ? STR("delete") : STR("cancel"),
        .heading = deletes ? STR("Delete this batch?") : STR("Cancel this batch?"),
        .button = deletes ? STR("Yes, delete it") : STR("Yes, no new work"),
        .danger = deletes,
        .api = b.kind == BATCH_API,
        .pending = b.pending,
        .open = b.slots - b.pending - b.submitted - b.approved - b.rejected,
        .submitted = b.submitted,
        .undoable = b.undoable_rejections,
        .undo_ends = b.undo_ends_ms,
        .undo_more = b.undoable_rejections > BATCH_UNDO_COUNT_MAX,
    };
    return show(call, &page);
}

static struct err show_cancel(struct call *call, struct ctx *ctx) {
    return show_end(call, ctx, false);
}

static struct err show_delete(struct call *call, struct ctx *ctx) {
    return show_end(call, ctx, true);
}

static struct err cancel_step(struct ctx *ctx, void *arg) {
    struct changing *c = arg;
    c->step = c->before;
    return hit_cancel_batch(ctx, c->batch, CANCEL_STEP, &c->step.seq);
}

static struct err put_cancel(struct call *call) {
    struct changing c = {.call = call};
    if (!batch_id_parse(call->params[0], &c.batch))
        return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "There is no such batch.");
    struct err e;
    do {
        c.before = c.step;
        e = call_write(call, cancel_step, &c);
    } while (!failed(e) && c.step.seq);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD,
               "Cancelled: nobody can accept this work any more. What is in "
               "progress may still be submitted.");
    return back_to_batch(call, c.batch);
}

static struct err put_delete(struct call *call, struct ctx *ctx) {
    struct batch_view b;
    struct err e = live_batch(call, ctx, &b);
    if (!failed(e) && b.undoable_rejections && !form_get(&call->form, "sure").n)
        return err_make(ctx->arena, ERR_CONFLICT, "sure",
                        "%lld rejections could still be undone. Tick that you give up undoing "
                        "them, or look at them first.",
                        (long long)b.undoable_rejections);
    if (!failed(e))
        e = batch_delete(ctx, b.id);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "“%.*s” is being deleted.", STR_ARG(b.name));
    site_redirect(call, STR("/requester/manage/batches"));
    return NO_ERR;
}

/* --- one task --- */

static struct err find_hit(struct call *call, struct ctx *ctx, struct batch_view *b,
                           struct hit_view *h) {
    struct err e = live_batch(call, ctx, b);
    if (!failed(e))
        e = hit_get(ctx, call->params[1], h);
    if (e.code == ERR_HIT_DOES_NOT_EXIST || (!failed(e) && (h->batch != b->id || h->n.disposed)))
        return err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such task in this batch.");
    return e;
}

static struct err show_hit(struct call *call, struct ctx *ctx) {
    struct batch_view b;
    struct hit_view h;
    struct funds funds = {0};
    struct undoing {
        int64_t n, ends_ms;
    } undo = {0};
    struct results_view v;
    struct err e = find_hit(call, ctx, &b, &h);
    if (!failed(e))
        e = funds_balance(ctx, ctx->actor->party, &funds);
    struct results_view_in rejected = {
        .batch = b.id,
        .filter = {.statuses = SHOW_REJECTED, .hit_id = call->params[1]},
        .limit = PAGE_MAX,
    };
    if (!failed(e) && h.n.rejected)
        e = results_view(ctx, &rejected, &v);
    for (int i = 0; !failed(e) && h.n.rejected && i < v.count; i++) {
        undo.n += v.rows[i].undo_until_ms != 0;
        if (v.rows[i].undo_until_ms > undo.ends_ms)
            undo.ends_ms = v.rows[i].undo_until_ms;
    }
    if (failed(e))
        return e;
    bool over = h.status == HIT_REVIEWABLE || h.status == HIT_REVIEWING;
    struct tpl_batch_action page = {
        .id = b.id,
        .name = b.name,
        .action = STR("hit"),
        .heading = STR("One task"),
        .hit = h.hit_id,
        .hit_status = str_c(hit_status_name(h.status)),
        .each_cost = b.reward_cents + b.fee_cents,
        .available = funds.balances.avail,
        .max = h.n.max_assignments,
        .may_expire = !h.n.expired,
        .may_delete = over && h.n.submitted == 0,
        .undoable = undo.n,
        .undo_ends = undo.ends_ms,
    };
    return show(call, &page);
}

static struct err done(struct call *call, struct ctx *ctx, struct err e, const char *words) {
    struct batch_view b;
    if (!failed(e))
        e = site_batch(call, ctx, &b);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "%s", words);
    return back_to_batch(call, b.id);
}

static struct err hit_expire_now(struct call *call, struct ctx *ctx) {
    struct batch_view b;
    struct hit_view h;
    struct err e = find_hit(call, ctx, &b, &h);
    if (!failed(e))
        e = hit_update_expiration(ctx, h.hit_id, 0);
    return done(call, ctx, e, "The task has expired.");
}

static struct err hit_extend(struct call *call, struct ctx *ctx) {
    struct batch_view b;
    struct hit_view h;
    int64_t hours = 0;
    struct err e = find_hit(call, ctx, &b, &h);
    if (!failed(e) && !num_parse(str_trim(form_get(&call->form, "hours")), 1, 8760, &hours))
        e = err_make(ctx->arena, ERR_BAD_REQUEST, "hours", "Write 1 to 8,760 hours.");
    if (!failed(e)) {
        int64_t from = h.expires_ms > ctx->now_ms ? h.expires_ms : ctx->now_ms;
        e = hit_update_expiration(ctx, h.hit_id, from + hours * 3600000);
    }
    return done(call, ctx, e, "The task has more time.");
}

static struct err hit_grow_by(struct call *call, struct ctx *ctx) {
    struct batch_view b;
    struct hit_view h;
    int64_t more = 0;
    struct err e = find_hit(call, ctx, &b, &h);
    if (!failed(e) &&
        !num_parse(str_trim(form_get(&call->form, "more")), 1, ASSIGNMENTS_MAX, &more))
        e = err_make(ctx->arena, ERR_BAD_REQUEST, "more", "Write a whole number from 1 up.");
    if (!failed(e))
        e = hit_add_assignments(ctx, h.hit_id, more, STR_NULL);
    return done(call, ctx, e, "The task has more assignments.");
}

static struct err hit_delete_now(struct call *call, struct ctx *ctx) {
    struct batch_view b;
    struct hit_view h;
    struct err e = find_hit(call, ctx, &b, &h);
    if (!failed(e))
        e = hit_delete(ctx, h.hit_id);
    return done(call, ctx, e, "The task is deleted.");
}

#define BATCH "/requester/batches/{batch}"
#define HIT   "/requester/batches/{batch}/hits/{hit}"
/* An action's page, and the action. */
#define PAGE(PATTERN, WORDS, SHOW)                                                                 \
    {                                                                                              \
        .method = "GET", .pattern = PATTERN, .help = WORDS, .may = MAY_OWN, .kind = CALL_READ,     \
        .run = SHOW                                                                                \
    }
#define ACT(PATTERN, WORDS, RUN, FORM)                                                             \
    {                                                                                              \
        .method = "POST", .pattern = PATTERN, .help = WORDS, .may = MAY_OWN, .kind = CALL_WRITE,   \
        .run = RUN, .form = FORM                                                                   \
    }
#define ACT_LONG(PATTERN, WORDS, SLOW, FORM)                                                       \
    {                                                                                              \
        .method = "POST", .pattern = PATTERN, .help = WORDS, .may = MAY_OWN, .kind = CALL_SLOW,    \
        .slow = SLOW, .form = FORM                                                                 \
    }
const struct route site_batch_action_rows[] = {
    PAGE(BATCH "/rename", "Form for name and note.", show_rename),
    ACT(BATCH "/rename", "Changes name and note.", put_rename, show_rename),
    PAGE(BATCH "/extend", "What more time costs.", show_extend),
    ACT_LONG(BATCH "/extend", "Extends all its tasks.", put_extend, show_extend),
    PAGE(BATCH "/grow", "What more assignments cost.", show_grow),
    ACT_LONG(BATCH "/grow", "More assignments for each of its tasks.", put_grow, show_grow),
    PAGE(BATCH "/cancel", "What cancelling does.", show_cancel),
    ACT_LONG(BATCH "/cancel", "Expires all its tasks.", put_cancel, show_cancel),
    PAGE(BATCH "/delete", "What deleting does, and what it closes.", show_delete),
    ACT(BATCH "/delete", "Deletes the batch.", put_delete, show_delete),
    PAGE(HIT, "What can be done to one task.", show_hit),
    ACT(HIT "/expire", "Expires one task.", hit_expire_now, show_hit),
    ACT(HIT "/extend", "Extends one task.", hit_extend, show_hit),
    ACT(HIT "/grow", "More assignments for one task.", hit_grow_by, show_hit),
    ACT(HIT "/delete", "Deletes one task.", hit_delete_now, show_hit),
    {.method = NULL},
};
