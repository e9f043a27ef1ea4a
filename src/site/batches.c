/* Batches: the three lists with their cards, one batch with its tasks, its results as CSV
 * (requester-site 4, 5.3). What is done to a batch is in batch_action.c. */
#include "base/limits.h"
#include "base/log.h"
#include "base/num.h"
#include "base/pack.h"
#include "base/utf8.h"
#include "market/attention.h"
#include "market/batch_change.h"
#include "market/group_case.h"
#include "market/hit_type.h"
#include "market/results.h"
#include "site/results.h"

enum { CARDS = 24, INPUT_SHOWN = 80 };

/* --- cards --- */

static int64_t share(int64_t part, int64_t whole) {
    return whole > 0 ? part * 1000 / whole : 0;
}

static struct str state_word(const struct batch_view *b) {
    if (b->kind == BATCH_ARCHIVE)
        return STR("Archive");
    if (b->state == BATCH_DELETING)
        return STR("Being deleted");
    if (b->state == BATCH_PUBLISHING)
        return STR("Publishing");
    switch (b->list) {
    case BATCH_IN_PROGRESS: return STR("In progress");
    case BATCH_READY_FOR_REVIEW: return STR("Ready for review");
    case BATCH_REVIEWED: break;
    }
    return STR("Reviewed");
}

static struct str state_badge(const struct batch_view *b) {
    if (b->kind == BATCH_ARCHIVE)
        return STR("neutral");
    if (b->state == BATCH_DELETING)
        return STR("warn");
    switch (b->list) {
    case BATCH_IN_PROGRESS: return STR("live");
    case BATCH_READY_FOR_REVIEW: return STR("submitted");
    case BATCH_REVIEWED: break;
    }
    return STR("approved");
}

static struct err fill_card(struct ctx *ctx, const struct batch_view *b,
                            struct tpl_batch_card *card) {
    int64_t done = b->submitted + b->approved + b->rejected, seconds = 0;
    struct waiting_batch waiting = {0};
    bool live = b->kind != BATCH_ARCHIVE && done > 0;
    struct err e = live ? batch_work_time(ctx, b->id, &seconds) : NO_ERR;
    if (!failed(e) && live && b->submitted)
        e = attention_batch(ctx, b->id, &waiting);
    int64_t all = b->slots > done ? b->slots : done;
    *card = (struct tpl_batch_card){
        .id = b->id,
        .name = b->name,
        .state = state_word(b),
        .badge = state_badge(b),
        .created = b->created_ms,
        .publishing = b->state == BATCH_PUBLISHING,
        .published = b->hits,
        .total_hits = b->hits_total,
        .hits = b->hits,
        .slots = all,
        .open = all - done - b->pending,
        .pending = b->pending,
        .submitted = b->submitted,
        .approved = b->approved,
        .rejected = b->rejected,
        .done_share = site_rate(done, all),
        .approved_share = share(b->approved, all),
        .rejected_share = share(b->rejected, all),
        .submitted_share = share(b->submitted, all),
        .rejected_from = share(b->approved, all),
        .submitted_from = share(b->approved, all) + share(b->rejected, all),
        .reward = b->reward_cents,
        .fee = b->fee_cents,
        .average = seconds,
        .hourly = seconds > 0 ? b->reward_cents * 3600 / seconds : 0,
        .undoable = b->undoable_rejections,
        .undo_ends = b->undo_ends_ms,
        .next_auto = waiting.next_ms,
        .due = waiting.due,
        .archive = b->kind == BATCH_ARCHIVE,
    };
    return e;
}

/* --- the lists --- */

static void fill_tabs(struct ctx *ctx, enum batch_list list, struct tpl_batches *page) {
    static const char *const labels[] = {"All", "In progress", "Ready for review", "Reviewed"};
    struct tpl_batches_tabs *tabs = arena_array(ctx->arena, 4, sizeof *tabs);
    for (int i = 0; i < 4; i++)
        tabs[i] = (struct tpl_batches_tabs){
            .label = str_c(labels[i]),
            .address = i ? str_printf(ctx->arena, "/requester/manage/batches?list=%s",
                                      batch_list_word((enum batch_list)i))
                         : STR("/requester/manage/batches"),
            .current = (int)list == i,
        };
    page->tabs = tabs;
    page->tabs_n = 4;
}

static struct err show_batches(struct call *call, struct ctx *ctx) {
    static const char *const words[] = {
        "Newest first.",
        "Workers can still accept or finish work of these. What is in may be reviewed already.",
        "All work is in, and some of it waits for your decision.",
        "Everything is decided. Rejections can still be undone within their 30 days.",
    };
    struct batch_list_in in = {
        .requester = ctx->actor->party,
        .after = site_query_int(call, "after", 1, INT64_MAX, 0),
        .limit = CARDS,
    };
    struct batch_list_out out;
    batch_list_parse(form_get(&call->req->query, "list"), &in.list);
    struct err e = batch_list(ctx, &in, &out);
    if (failed(e))
        return e;
    struct tpl_batches page = {.list = str_c(in.list ? batch_list_word(in.list) : "all"),
                               .words = str_c(words[in.list]),
                               .may_publish = (route_rights(&call->session) & MAY_OWN) != 0,
                               .may_review = (route_rights(&call->session) & MAY_REVIEW) != 0};
    struct tpl_batch_card *cards = arena_array(ctx->arena, (size_t)out.count, sizeof *cards);
    for (int i = 0; i < out.count && !failed(e); i++)
        e = fill_card(ctx, &out.batches[i], &cards[i]);
    page.cards = cards;
    page.cards_n = (size_t)out.count;
    fill_tabs(ctx, in.list, &page);
    const char *word = in.list ? batch_list_word(in.list) : "";
    if (in.after)
        page.first = str_printf(ctx->arena, "/requester/manage/batches?list=%s", word);
    if (out.next)
        page.next = str_printf(ctx->arena, "/requester/manage/batches?list=%s&after=%lld", word,
                               (long long)out.next);
    return failed(e) ? e
                     : page_show(call, &(struct page){.title = "Batches", .nav = NAV_R_RESULTS},
                                 tpl_batches_view(&page));
}

/* --- one batch --- */

static struct str hit_badge(enum hit_status status) {
    switch (status) {
    case HIT_ASSIGNABLE: return STR("live");
    case HIT_UNASSIGNABLE: return STR("pending");
    case HIT_REVIEWABLE:
    case HIT_REVIEWING: return STR("submitted");
    case HIT_DISPOSED: break;
    }
    return STR("neutral");
}

/* A task in words of everyday. */
static struct str hit_words(const struct batch_hit *h) {
    switch (h->status) {
    case HIT_ASSIGNABLE: return STR("Open");
    case HIT_UNASSIGNABLE: return h->n.expired ? STR("Expired, in work") : STR("Full, in work");
    case HIT_REVIEWABLE:
    case HIT_REVIEWING: return h->n.submitted ? STR("To review") : STR("Done");
    case HIT_DISPOSED: break;
    }
    return STR("Deleted");
}

static struct str first_input(struct str vars) {
    struct str value = STR("");
    if (vars.n)
        pack_next(&vars, &value);
    return utf8_clip(value, INPUT_SHOWN);
}

static const struct {
    const char *word, *label;
    unsigned bits;
} hit_filters[] = {
    {"", "All", 0},
    {"open", "Open", HITS_OPEN},
    {"busy", "In work", HITS_BUSY},
    {"done", "All in", HITS_DONE},
    {"deleted", "Deleted", HITS_DELETED},
};
enum { HIT_FILTERS = sizeof hit_filters / sizeof *hit_filters };

/* The same page with another filter, or further down its list. */
static struct str hits_url(struct call *call, const char *word) {
    return page_with(call, "hits", str_c(word));
}

static void read_after(struct call *call, struct batch_hits_in *in) {
    struct str text = form_get(&call->req->query, "after");
    int64_t seq, row;
    if (text.n && num_parse(str_cut(&text, '.'), 0, INT64_MAX, &seq) && text.p &&
        num_parse(text, 1, INT64_MAX, &row)) {
        in->after_seq = seq;
        in->after = row;
    }
}

static struct err fill_hits(struct call *call, struct ctx *ctx, struct tpl_batch *page) {
    struct batch_hits_in in = {.batch = page->id, .limit = (int)page_size(call)};
    struct batch_hits list;
    struct str word = form_get(&call->req->query, "hits");
    size_t chosen = 0;
    for (size_t i = 0; i < HIT_FILTERS; i++) {
        if (word.n && str_is(word, hit_filters[i].word))
            chosen = i;
    }
    in.wanted = hit_filters[chosen].bits;
    page->wanted = str_c(hit_filters[chosen].word);
    page->shown =
        chosen ? str_printf(ctx->arena, "is “%s”", hit_filters[chosen].label) : STR("yet");
    read_after(call, &in);
    struct err e = batch_hits(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_batch_hits *hits = arena_array(ctx->arena, (size_t)list.count, sizeof *hits);
    for (int i = 0; i < list.count; i++) {
        const struct batch_hit *h = &list.hits[i];
        hits[i] = (struct tpl_batch_hits){
            .seq = h->seq,
            .id = h->id,
            .status = hit_words(h),
            .badge = hit_badge(h->status),
            .max = h->n.max_assignments,
            .pending = h->n.pending,
            .submitted = h->n.submitted,
            .approved = h->n.approved,
            .rejected = h->n.rejected,
            .expires = h->expires_ms,
            .input = first_input(h->vars),
            .may_change = page->owner && page->live && !h->n.disposed,
        };
    }
    page->hits = hits;
    page->hits_n = (size_t)list.count;
    if (in.after)
        page->first = page_with(call, "after", STR_NULL);
    if (list.more)
        page->next = page_with(
            call, "after",
            str_printf(ctx->arena, "%lld.%lld", (long long)list.next_seq, (long long)list.next));
    struct tpl_batch_filters *filters = arena_array(ctx->arena, HIT_FILTERS, sizeof *filters);
    for (size_t i = 0; i < HIT_FILTERS; i++)
        filters[i] = (struct tpl_batch_filters){str_c(hit_filters[i].label),
                                                hits_url(call, hit_filters[i].word), i == chosen};
    page->filters = filters;
    page->filters_n = HIT_FILTERS;
    return NO_ERR;
}

static struct err fill_type(struct ctx *ctx, const struct batch_view *b, struct tpl_batch *page) {
    struct hit_type type;
    struct err e = hit_type_get(ctx, b->hit_type, &type);
    if (failed(e))
        return e;
    page->title = type.title;
    page->description = type.description;
    page->keywords = type.keywords;
    page->duration = type.duration_s;
    page->auto_approval = type.auto_approval_s;
    return NO_ERR;
}

/* Whether workers reported its tasks so that none can be accepted. */
static struct err fill_pause(struct ctx *ctx, const struct batch_view *b, struct tpl_batch *page) {
    struct group_pause g;
    struct err e = group_pause_get(ctx, b->hit_type, &g);
    if (failed(e))
        return e.code == ERR_NOT_FOUND ? NO_ERR : e;
    page->paused = g.at_ms;
    page->paused_group = g.group_id;
    page->paused_by_reports = g.by_reports;
    page->reports = g.reports;
    return NO_ERR;
}

static struct err show_batch(struct call *call, struct ctx *ctx) {
    struct batch_view b;
    struct err e = site_batch(call, ctx, &b);
    if (failed(e))
        return e;
    int64_t cost = b.reward_cents + b.fee_cents;
    struct tpl_batch page = {
        .id = b.id,
        .name = b.name,
        .note = b.note,
        .owner = (route_rights(&call->session) & MAY_OWN) != 0,
        .may_review = (route_rights(&call->session) & MAY_REVIEW) != 0,
        .live = b.state == BATCH_LIVE && b.kind != BATCH_ARCHIVE,
        .deleting = b.state == BATCH_DELETING,
        .archive = b.kind == BATCH_ARCHIVE,
        .api = b.kind == BATCH_API,
        .publishing = b.state == BATCH_PUBLISHING,
        .max_assignments = b.max_assignments,
        .lifetime = b.lifetime_s,
        .annotation = b.annotation,
        .spent = b.approved * cost,
        .held = (b.slots - b.approved - b.rejected) * cost,
    };
    e = fill_card(ctx, &b, &page.card);
    page.card.own = true;
    page.card.may_undo = page.may_review && !page.archive;
    if (!failed(e))
        e = fill_type(ctx, &b, &page);
    if (!failed(e) && page.live)
        e = fill_pause(ctx, &b, &page);
    if (!failed(e) && !page.archive)
        e = fill_hits(call, ctx, &page);
    return failed(e) ? e
                     : page_show(call,
                                 &(struct page){.title = "Batch",
                                                .nav = NAV_R_RESULTS,
                                                .size = page.archive ? 0 : page_size(call),
                                                .live = b.state == BATCH_PUBLISHING},
                                 tpl_batch_view(&page));
}

/* --- results as CSV --- */

static bool sink(void *arg, const void *p, size_t n) {
    return http_sink_write(arg, p, n);
}

struct download {
    struct call *call;
    struct results_in in;
    struct results_query q;
    struct str name;
};

static struct err look(struct ctx *ctx, void *arg) {
    struct download *d = arg;
    return results_name(ctx, d->in.requester, d->in.batch, &d->name);
}

static bool produce(struct http_sink *out, void *arg) {
    struct download *d = arg;
    struct app *app = d->call->app;
    struct err e = results_write(app->store, app->ids, d->call->req->arena, &d->in, sink, out);
    if (failed(e))
        log_error("%s: results of batch %lld: %s", d->call->req->id, (long long)d->in.batch,
                  e.detail);
    return !failed(e);
}

static struct err download(struct call *call) {
    const struct form *query = &call->req->query;
    struct download *d = arena_new(call->req->arena, struct download);
    struct str dialect = form_get(query, "dialect"), status = form_get(query, "status");
    d->call = call;
    d->in.requester = call->actor.party;
    d->in.extended = str_is(form_get(query, "extended"), "1");
    d->in.keep_reject_empty = str_is(form_get(query, "fill_reject"), "0");
    d->in.dialect = page_dialect(call, CSV_CLASSIC);
    d->in.utc = str_is(call->session.csv_times, "utc");
    results_query_read(call, query, "all", &d->q);
    if (results_filter_narrow(&d->q.filter))
        d->in.filter = &d->q.filter;
    bool good = batch_id_parse(call->params[0], &d->in.batch) &&
                (!dialect.n || results_dialect(dialect, &d->in.dialect)) &&
                (!status.n || results_status(status, &d->in.status));
    if (!good)
        return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "There is no such file.");
    struct err e = call_read(call, look, d);
    if (failed(e))
        return e;
    call->type = "text/csv; charset=utf-8";
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call_header(call, "Content-Disposition",
                str_printf(call->req->arena, "attachment; filename=\"%.*s\"", STR_ARG(d->name)));
    call->produce = produce;
    call->produce_arg = d;
    return NO_ERR;
}

const struct route site_batch_rows[] = {
    {.method = "GET",
     .pattern = "/requester/manage/batches",
     .help = "Batches in progress, ready for review, and reviewed.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_batches},
    {.method = "GET",
     .pattern = "/requester/batches/{batch}",
     .help = "One batch with its tasks.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_batch},
    {.method = "GET",
     .pattern = "/requester/batches/{batch}/csv",
     .help = "The batch's results as CSV: all, or what a filter of Review Results takes.",
     .may = MAY_READ,
     .kind = CALL_SLOW,
     .slow = download},
    {.method = NULL},
};
