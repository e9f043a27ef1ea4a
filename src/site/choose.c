/* Decisions on many results at once: what was ticked, all of a filter, or all rejections that can
 * still be undone, becomes a review (market/choose.h), whose page says what would happen and asks
 * for Yes (review.c). Rejecting asks for the reason first. */
#include "market/choose.h"

#include "base/limits.h"
#include "base/pack.h"
#include "base/utf8.h"
#include "market/attention.h"
#include "market/decide.h"
#include "site/results.h"

enum { ROWS_MAX = RESULTS_PAGE_MAX, SHORT_REASON = 3, PRESETS_MAX = 5 };

/* What a form selects and wants. */
struct chosen {
    struct batch_view batch;
    enum verdict verdict;
    struct results_query q;
    bool all;
    struct str rows[ROWS_MAX];
    size_t count;
    struct str reason, presets; /* presets: packed, latest first */
    bool republish;
};

/* --- the plan --- */

static struct err plan(struct call *call, const struct choose_in *wanted) {
    struct app *app = call->app;
    struct choose_in in = *wanted;
    struct review_answer answer;
    call->actor.entrance = ENTRANCE_PAGE;
    in.actor = &call->actor;
    struct err e = choose_plan(app->store, app->ids, call->req->arena, &in, &answer);
    if (!failed(e))
        site_redirect(
            call, str_printf(call->req->arena, "/requester/reviews/%.*s", STR_ARG(answer.review)));
    return e;
}

static void read_rows(struct call *call, struct str *rows, size_t *count) {
    struct str id;
    *count = 0;
    for (size_t i = 0; *count < ROWS_MAX && form_next(&call->form, "row", &i, &id);)
        rows[(*count)++] = id;
}

/* --- reasons --- */

#define REASONS STR("reasons")

static struct err read_choice(struct ctx *ctx, void *arg) {
    struct {
        struct call *call;
        struct chosen *k;
    } *run = arg;
    struct err e = site_batch(run->call, ctx, &run->k->batch);
    return failed(e) ? e
                     : view_choice_get(ctx, run->call->session.party.id, REASONS, &run->k->presets);
}

struct remembering {
    struct call *call;
    struct str presets;
};

static struct err remember(struct ctx *ctx, void *arg) {
    struct remembering *r = arg;
    return view_choice_put(ctx, r->call->session.party.id, REASONS, r->presets);
}

/* The reason goes to the front of those used before. */
static struct err keep_reason(struct call *call, const struct chosen *k) {
    struct buf b = BUF_INIT;
    struct str rest = k->presets, item, reason = str_trim(k->reason);
    pack_add(&b, k->republish ? STR("1") : STR("0"));
    pack_add(&b, reason);
    if (rest.n)
        pack_next(&rest, &item); /* the tick */
    for (int n = 1; n < PRESETS_MAX && rest.n && pack_next(&rest, &item);) {
        if (!str_eq(item, reason)) {
            pack_add(&b, item);
            n++;
        }
    }
    struct remembering r = {call, buf_dup(call->req->arena, &b)};
    buf_free(&b);
    return call_write(call, remember, &r);
}

/* The question for the reason, with that reason written already. */
static struct str reject_url(struct arena *a, const struct chosen *k, struct str reason) {
    struct buf url = BUF_INIT;
    buf_printf(&url, "/requester/batches/%lld/reject?%sfilter=", (long long)k->batch.id,
               k->all ? "all=1&" : "");
    form_encode(&url, k->q.query);
    if (reason.n) {
        buf_puts(&url, "&reason=");
        form_encode(&url, reason);
    }
    struct str text = buf_dup(a, &url);
    buf_free(&url);
    return text;
}

static struct err show_reason(struct call *call, const struct chosen *k, bool is_short) {
    struct arena *a = call->req->arena;
    struct str rest = k->presets, item = STR("0");
    if (rest.n)
        pack_next(&rest, &item);
    bool asked = form_get(&call->form, "reason").p != NULL;
    struct tpl_reject page = {
        .batch = k->batch.id,
        .name = k->batch.name,
        .filter = k->q.query,
        .all = k->all,
        .count = (int64_t)k->count,
        .republish = asked ? k->republish : str_is(item, "1"),
        .too_short = is_short,
        .back = results_url(a, k->batch.id, k->q.query, NULL, STR_NULL),
        .reason = {.name = STR("reason"),
                   .label = STR("Why the work is rejected"),
                   .hint = STR("The workers read this text as it is. Say what was wrong, so that "
                               "they can do better."),
                   .type = STR("textarea"),
                   .value = k->reason,
                   .required = true,
                   .rows = 3,
                   .maxlength = REASON_MAX},
    };
    if (asked && !str_trim(k->reason).n)
        page.reason.error = STR("Write why: the workers read this reason.");
    if (is_short)
        page.reason.error = STR("This reason has fewer than three letters. Workers can do nothing "
                                "with it, and will ask or appeal.");
    struct tpl_reject_rows *rows = arena_array(a, k->count, sizeof *rows);
    for (size_t i = 0; i < k->count && !k->all; i++)
        rows[page.rows_n++].id = k->rows[i];
    page.rows = rows;
    struct tpl_reject_presets *presets = arena_array(a, PRESETS_MAX, sizeof *presets);
    while (page.presets_n < PRESETS_MAX && rest.n && pack_next(&rest, &item))
        presets[page.presets_n++] =
            (struct tpl_reject_presets){.text = item, .address = reject_url(a, k, item)};
    page.presets = presets;
    if (asked)
        call->status = 422;
    return page_show(call, &(struct page){.title = "Reject results", .nav = NAV_R_RESULTS},
                     tpl_reject_view(&page));
}

/* --- rows of one batch --- */

static bool read_verdict(struct call *call, enum verdict *verdict) {
    struct str verb = form_get(&call->form, "verb");
    *verdict = str_is(verb, "approve")  ? VERDICT_APPROVE
               : str_is(verb, "reject") ? VERDICT_REJECT
                                        : VERDICT_OVERTURN;
    return str_is(verb, "undo") || *verdict != VERDICT_OVERTURN;
}

static struct err read_form(struct call *call, struct chosen *k) {
    struct arena *a = call->req->arena;
    struct {
        struct call *call;
        struct chosen *k;
    } run = {call, k};
    struct err e = call_read(call, read_choice, &run);
    if (failed(e))
        return e;
    if (!read_verdict(call, &k->verdict))
        return err_make(a, ERR_BAD_REQUEST, "verb", "Choose approve, reject or undo.");
    k->all = form_get(&call->form, "all").n > 0;
    k->republish = form_get(&call->form, "republish").n > 0;
    k->reason = form_get(&call->form, "reason");
    read_rows(call, k->rows, &k->count);
    return results_query_parse(call, form_get(&call->form, "filter"),
                               k->batch.submitted ? "submitted" : "all", &k->q);
}

static struct err nothing_ticked(struct call *call, const struct chosen *k) {
    page_flash(call, FLASH_WARN, "Tick the results first, or “all of this filter”.");
    site_redirect(call, results_url(call->req->arena, k->batch.id, k->q.query, NULL, STR_NULL));
    return NO_ERR;
}

/* An error of the selection is said on the list that it was made on. */
static struct err back_with(struct call *call, const struct chosen *k, struct err e) {
    if (e.code != ERR_BAD_REQUEST || site_wants_json(call->req))
        return e;
    page_flash(call, FLASH_WARN, "%s", e.detail);
    site_redirect(call, results_url(call->req->arena, k->batch.id, k->q.query, NULL, STR_NULL));
    return NO_ERR;
}

/* --- the question for the reason, on an address of its own: going back to it asks nothing anew ---
 */

static struct str selected_subject(struct arena *a, int64_t batch) {
    return str_printf(a, "selected.%lld", (long long)batch);
}

struct selection {
    struct call *call;
    const struct chosen *k;
    struct str rows; /* packed ids */
};

static struct err keep_selection(struct ctx *ctx, void *arg) {
    struct selection *s = arg;
    return view_choice_put(ctx, s->call->session.party.id,
                           selected_subject(ctx->arena, s->k->batch.id), s->rows);
}

static struct err read_selection(struct ctx *ctx, void *arg) {
    struct selection *s = arg;
    return view_choice_get(ctx, s->call->session.party.id,
                           selected_subject(ctx->arena, s->k->batch.id), &s->rows);
}

static struct err ask_reason(struct call *call, const struct chosen *k) {
    struct buf ids = BUF_INIT;
    for (size_t i = 0; i < k->count && !k->all; i++)
        pack_add(&ids, k->rows[i]);
    struct selection s = {call, k, buf_dup(call->req->arena, &ids)};
    buf_free(&ids);
    struct err e = k->all ? NO_ERR : call_write(call, keep_selection, &s);
    if (!failed(e))
        site_redirect(call, reject_url(call->req->arena, k, STR_NULL));
    return e;
}

static struct err show_reject(struct call *call) {
    struct chosen *k = arena_new(call->req->arena, struct chosen);
    struct {
        struct call *call;
        struct chosen *k;
    } run = {call, k};
    struct selection s = {call, k, STR_NULL};
    struct err e = call_read(call, read_choice, &run);
    k->all = form_get(&call->req->query, "all").n > 0;
    k->reason = form_get(&call->req->query, "reason");
    if (!failed(e) && !k->all)
        e = call_read(call, read_selection, &s);
    if (!failed(e))
        e = results_query_parse(call, form_get(&call->req->query, "filter"),
                                k->batch.submitted ? "submitted" : "all", &k->q);
    if (failed(e))
        return e;
    for (struct str id; k->count < ROWS_MAX && s.rows.n && pack_next(&s.rows, &id);)
        k->rows[k->count++] = id;
    return k->all || k->count ? show_reason(call, k, false) : nothing_ticked(call, k);
}

/* --- what was pressed --- */

static struct err choose_rows(struct call *call) {
    struct chosen *k = arena_new(call->req->arena, struct chosen);
    struct err e = read_form(call, k);
    if (failed(e))
        return e;
    if (!k->all && k->count == 0)
        return nothing_ticked(call, k);
    if (k->verdict == VERDICT_REJECT && !k->reason.p)
        return ask_reason(call, k);
    struct str reason = str_trim(k->reason);
    bool is_short =
        reason.n && utf8_length(reason) < SHORT_REASON && !form_get(&call->form, "short").n;
    if (k->verdict == VERDICT_REJECT && (!reason.n || is_short))
        return show_reason(call, k, is_short);
    if (k->verdict == VERDICT_REJECT)
        e = keep_reason(call, k);
    struct choose_in in = {
        .what = k->all ? CHOOSE_FILTER : CHOOSE_IDS,
        .verdict = k->verdict,
        .batch = k->batch.id,
        .ids = k->rows,
        .id_count = k->count,
        .filter = &k->q.filter,
        .text = k->verdict == VERDICT_REJECT ? reason : form_get(&call->form, "message"),
        .republish = k->republish,
    };
    if (!failed(e))
        e = plan(call, &in);
    return failed(e) ? back_with(call, k, e) : e;
}

/* --- all rejections that can still be undone --- */

static struct err undo(struct call *call, struct choose_in in, const char *back) {
    in.verdict = VERDICT_OVERTURN;
    in.text = form_get(&call->form, "message");
    struct err e = plan(call, &in);
    if (e.code != ERR_BAD_REQUEST || site_wants_json(call->req))
        return e;
    page_flash(call, FLASH_INFO, "%s", e.detail);
    site_redirect(call, str_c(back));
    return NO_ERR;
}

static struct err undo_batch(struct call *call) {
    int64_t batch;
    if (!batch_id_parse(call->params[0], &batch))
        return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "There is no such batch.");
    struct str back = site_batch_url(call->req->arena, batch, "/results?status=rejected");
    return undo(call, (struct choose_in){.what = CHOOSE_UNDO_BATCH, .batch = batch},
                str_z(call->req->arena, back));
}

static struct err undo_worker(struct call *call) {
    struct choose_in in = {.what = CHOOSE_UNDO_WORKER, .worker_id = call->params[0]};
    return undo(call, in, "/requester/workers");
}

/* Ticked rejections, or all there are. */
static struct err undo_some(struct call *call) {
    struct str *rows = arena_array(call->req->arena, ROWS_MAX, sizeof *rows);
    size_t count;
    read_rows(call, rows, &count);
    if (form_get(&call->form, "all").n)
        return undo(call, (struct choose_in){.what = CHOOSE_UNDO_ALL}, "/requester/undo");
    if (count == 0) {
        page_flash(call, FLASH_WARN, "Tick the rejections first, or “all of them”.");
        site_redirect(call, STR("/requester/undo"));
        return NO_ERR;
    }
    return undo(call, (struct choose_in){.what = CHOOSE_IDS, .ids = rows, .id_count = count},
                "/requester/undo");
}

const struct route site_choose_rows[] = {
    {.method = "GET",
     .pattern = "/requester/batches/{batch}/reject",
     .help = "Asks why the selected results are rejected.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = show_reject},
    {.method = "POST",
     .pattern = "/requester/batches/{batch}/choose",
     .help = "Plans a decision on ticked results or all of the filter; nothing moves.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = choose_rows},
    {.method = "POST",
     .pattern = "/requester/batches/{batch}/undo",
     .help = "Plans to undo all rejections of the batch that can be undone; nothing moves.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = undo_batch},
    {.method = "POST",
     .pattern = "/requester/workers/{worker}/undo",
     .help = "Plans to undo all rejections of the worker that can be undone; nothing moves.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = undo_worker},
    {.method = "POST",
     .pattern = "/requester/undo",
     .help = "Plans to undo ticked rejections, or all that can be undone; nothing moves.",
     .may = MAY_REVIEW,
     .kind = CALL_SLOW,
     .slow = undo_some},
    {.method = NULL},
};
