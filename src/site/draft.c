/* New batch, step 2: a staged draft with its tasks, its warnings and its cost; then it is published
 * or thrown away (requester-site 3). */
#include "market/draft.h"

#include "app/batch_file.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/num.h"
#include "base/pack.h"
#include "base/rand.h"
#include "market/batch.h"
#include "market/document.h"
#include "site/project_pages.h"

/* The answer to "Publish" comes after this time at the latest; the sweeper goes on. */
enum { PUBLISH_WITHIN_MS = 1500 };
enum { FRAME_HEIGHT = 560, EDGE_ROWS = 3, CELL_SHOWN = 80, COLUMNS_SHOWN = 12 };

struct look {
    struct draft d;
    struct publish_cost cost;
    struct tpl_draft page;
};

static struct err batch_of_path(struct call *call, int64_t *batch) {
    if (batch_id_parse(call->params[0], batch))
        return NO_ERR;
    return err_make(call->req->arena, ERR_NOT_FOUND, NULL, "There is no batch %.*s.",
                    STR_ARG(call->params[0]));
}

static struct str draft_url(struct arena *a, int64_t batch, const char *rest) {
    return str_printf(a, "/requester/drafts/%lld%s", (long long)batch, rest);
}

static struct str row_url(struct arena *a, int64_t batch, int64_t row) {
    return str_printf(a, "/requester/drafts/%lld?row=%lld#preview", (long long)batch,
                      (long long)row);
}

/* ---- money ---- */

static struct str dollars(struct arena *a, int64_t cents) {
    return str_printf(a, "$%.*s", STR_ARG(money_wire(a, cents)));
}

static void add_rule(struct tpl_draft *page, struct str text) {
    struct tpl_draft_rules *rules = (struct tpl_draft_rules *)page->rules;
    rules[page->rules_n++].text = text;
}

/* How the fee of an assignment comes about, a line for each rule. */
static struct err fill_rules(struct ctx *ctx, const struct look *l, struct tpl_draft *page) {
    struct arena *a = ctx->arena;
    struct fee_rates r;
    struct err e = fee_load(ctx, &r);
    page->rules = arena_array(a, 6, sizeof *page->rules);
    if (failed(e))
        return e;
    if (r.off) {
        add_rule(page, STR("no fees on this server"));
        return NO_ERR;
    }
    add_rule(page, str_printf(a, "%lld%% of the reward", (long long)r.base_pct));
    if (l->d.max_assignments >= r.many_from)
        add_rule(page, str_printf(a, "and %lld%%, as each task has %lld or more assignments",
                                  (long long)r.many_pct, (long long)r.many_from));
    if (l->d.type.masters)
        add_rule(page, str_printf(a, "and %lld%% for Masters", (long long)r.masters_pct));
    if (l->d.type.premium_cents)
        add_rule(page, str_printf(a, "and %.*s for premium qualifications",
                                  STR_ARG(dollars(a, l->d.type.premium_cents))));
    add_rule(page, str_printf(a, "at least %.*s an assignment", STR_ARG(dollars(a, r.min_cents))));
    return NO_ERR;
}

static struct err fill_money(struct ctx *ctx, struct look *l) {
    struct arena *a = ctx->arena;
    struct tpl_draft *page = &l->page;
    const struct publish_cost *c = &l->cost;
    page->tasks = c->hits;
    page->assignments_each = l->d.max_assignments;
    page->assignments = c->assignments;
    page->reward = c->reward_cents;
    page->fee = c->fee_cents;
    page->rewards = c->reward_cents * c->assignments;
    page->fees = c->fee_cents * c->assignments;
    page->total = page->total_bare = c->total_cents;
    page->available = c->avail_cents;
    page->missing = c->missing_cents;
    page->after = c->avail_cents - c->total_cents;
    page->deposit =
        str_printf(a, "/requester/account/deposit?amount=%.*s&next=%%2Frequester%%2Fdrafts%%2F%lld",
                   STR_ARG(money_wire(a, c->missing_cents)), (long long)l->d.batch);
    return fill_rules(ctx, l, page);
}

/* ---- rows ---- */

/* The first characters of a cell. */
static struct str shown(struct arena *a, struct str text) {
    size_t n = text.n < CELL_SHOWN ? text.n : CELL_SHOWN;
    while (n && n < text.n && ((unsigned char)text.p[n] & 0xC0) == 0x80)
        n--;
    return n == text.n ? text : str_printf(a, "%.*s…", (int)n, text.p);
}

static struct err fill_row(struct ctx *ctx, struct look *l, int64_t row,
                           struct tpl_draft_cells *cells) {
    struct str packed, value;
    struct err e = draft_row(ctx, l->d.batch, row, &packed);
    if (failed(e))
        return e;
    size_t width = l->page.columns_n;
    for (size_t i = 0; i < width; i++)
        cells[l->page.cells_n++] = (struct tpl_draft_cells){
            .text = pack_next(&packed, &value) ? shown(ctx->arena, value) : STR(""),
            .first = i == 0,
            .last = i + 1 == width,
            .number = row,
            .here = row == l->page.row,
            .address = row_url(ctx->arena, l->d.batch, row),
        };
    return NO_ERR;
}

/* The first and the last rows of the file: what a spreadsheet cut off or added stands there. */
static struct err fill_rows(struct ctx *ctx, struct look *l) {
    struct str columns = l->d.columns, name;
    int all = columns.n ? pack_count(columns) : 0;
    size_t width = all > COLUMNS_SHOWN ? COLUMNS_SHOWN : all > 0 ? (size_t)all : 0;
    struct tpl_draft_columns *list = arena_array(ctx->arena, width, sizeof *list);
    while (l->page.columns_n < width && pack_next(&columns, &name))
        list[l->page.columns_n++].column = name;
    l->page.columns = list;
    struct tpl_draft_cells *cells =
        arena_array(ctx->arena, 2 * EDGE_ROWS * (width + 1), sizeof *cells);
    l->page.cells = cells;
    struct err e = NO_ERR;
    int64_t rows = l->d.rows;
    for (int64_t row = 1; width && row <= rows && !failed(e); row++) {
        if (row == EDGE_ROWS + 1 && rows > 2 * EDGE_ROWS)
            row = rows - EDGE_ROWS + 1;
        e = fill_row(ctx, l, row, cells);
    }
    return e;
}

/* Words about values that would probably break the page (questions 10.4). */
static struct err warn_values(struct ctx *ctx, struct look *l) {
    struct str html, packed, value, columns = l->d.columns, name;
    struct err e = document_get(ctx, l->d.document, &html);
    if (!failed(e))
        e = draft_row(ctx, l->d.batch, l->page.row, &packed);
    if (failed(e))
        return e;
    struct layout layout = layout_read(ctx->arena, html);
    int all = columns.n ? pack_count(columns) : 0;
    struct tpl_draft_value_warnings *list =
        arena_array(ctx->arena, all > 0 ? (size_t)all : 0, sizeof *list);
    while (all > 0 && pack_next(&columns, &name) && pack_next(&packed, &value))
        for (size_t i = 0; i < layout.var_count; i++) {
            const char *why = str_eq(layout.vars[i].name, name)
                                  ? layout_value_warning(layout.vars[i].place, value)
                                  : NULL;
            if (why)
                list[l->page.value_warnings_n++] =
                    (struct tpl_draft_value_warnings){name, str_c(why)};
        }
    l->page.value_warnings = list;
    return NO_ERR;
}

static void fill_preview(struct call *call, struct ctx *ctx, struct look *l) {
    struct arena *a = ctx->arena;
    int64_t rows = l->d.rows, row = l->page.row;
    char sealed[ID_LEN + 1];
    uint64_t any = 0;
    rand_bytes(&any, sizeof any);
    id_seal_to(ctx->ids, ID_DRAFT, l->d.batch, sealed);
    l->page.task = page_task_frame(
        call, str_printf(a, "%s/draft/%s?row=%lld", call->app->content_url, sealed, (long long)row),
        FRAME_HEIGHT);
    l->page.previous = row > 1 ? row_url(a, l->d.batch, row - 1) : STR_NULL;
    l->page.next = row < rows ? row_url(a, l->d.batch, row + 1) : STR_NULL;
    l->page.random = row_url(a, l->d.batch, (int64_t)(any % (uint64_t)rows) + 1);
}

/* ---- the rest ---- */

static struct err fill_twin(struct ctx *ctx, struct look *l) {
    struct batch_view twin;
    if (!l->d.twin)
        return NO_ERR;
    struct err e = batch_get(ctx, ctx->actor->party, l->d.twin, &twin);
    if (failed(e))
        return e;
    l->page.twin = twin.id;
    l->page.twin_name = twin.name;
    l->page.twin_created = twin.created_ms;
    l->page.twin_url = str_printf(ctx->arena, "/requester/batches/%lld", (long long)twin.id);
    return NO_ERR;
}

static struct err fill_findings(struct ctx *ctx, struct look *l) {
    struct draft_findings found;
    struct err e = draft_findings(ctx, l->d.batch, &found);
    if (failed(e))
        return e;
    struct tpl_draft_findings *list = arena_array(ctx->arena, found.n, sizeof *list);
    for (size_t i = 0; i < found.n; i++)
        list[i] = (struct tpl_draft_findings){found.list[i].code, found.list[i].line,
                                              found.list[i].column, found.list[i].message};
    l->page.findings = list;
    l->page.findings_n = found.n;
    return NO_ERR;
}

static struct err fill_about(struct call *call, struct ctx *ctx, struct look *l) {
    struct arena *a = ctx->arena;
    const struct hit_type *t = &l->d.type;
    struct project p = {.name = STR_NULL};
    struct err e = l->d.project ? project_get(ctx, l->d.project, &p) : NO_ERR;
    if (failed(e))
        return e;
    l->page.batch = l->d.batch;
    l->page.name = l->d.name;
    l->page.project = l->d.project;
    l->page.project_name = p.name;
    l->page.project_url = project_url(a, l->d.project, "");
    l->page.base = draft_url(a, l->d.batch, "");
    l->page.file_name = l->d.file_name;
    l->page.kept_until = l->d.created_ms + (int64_t)DRAFT_MEMORY_S * 1000;
    l->page.title = t->title;
    l->page.allotted = span_words(a, t->duration_s);
    l->page.expires = str_printf(a, "%.*s, last submission %.*s after publishing",
                                 STR_ARG(span_words(a, l->d.lifetime_s)),
                                 STR_ARG(span_words(a, l->d.lifetime_s + t->duration_s)));
    l->page.approval = t->auto_approval_s ? str_printf(a, "%.*s after submission",
                                                       STR_ARG(span_words(a, t->auto_approval_s)))
                                          : STR("at once: you can not reject");
    l->page.again_error = page_error(call, "again");
    return audience_words(ctx, t->requirements, &l->page.audience);
}

static struct err go_to_batch(struct call *call, int64_t batch) {
    site_redirect(call, str_printf(call->req->arena, "/requester/batches/%lld", (long long)batch));
    return NO_ERR;
}

static struct err show_draft(struct call *call, struct ctx *ctx) {
    struct look l = {0};
    int64_t batch = 0;
    struct err e = batch_of_path(call, &batch);
    if (!failed(e))
        e = draft_get(ctx, batch, &l.d);
    if (failed(e))
        return e;
    if (l.d.ordered)
        return go_to_batch(call, batch);
    e = publish_cost(ctx, batch, &l.cost);
    if (!failed(e))
        e = fill_about(call, ctx, &l);
    if (!failed(e))
        e = fill_money(ctx, &l);
    l.page.row = site_query_int(call, "row", 1, l.d.rows, 1);
    if (!failed(e))
        e = fill_rows(ctx, &l);
    if (!failed(e))
        e = warn_values(ctx, &l);
    if (!failed(e))
        e = fill_twin(ctx, &l);
    if (!failed(e))
        e = fill_findings(ctx, &l);
    if (failed(e))
        return e;
    fill_preview(call, ctx, &l);
    return page_show(call, &(struct page){.title = "Publish?", .nav = NAV_R_CREATE, .task = true},
                     tpl_draft_view(&l.page));
}

/* ---- Publish, and away with it ---- */

static struct err look_up(struct ctx *ctx, void *arg) {
    struct draft *d = arg;
    return draft_get(ctx, d->batch, d);
}

static struct err confirm(struct call *call, const struct draft *d) {
    if (!d->ordered && d->twin && !form_get(&call->form, "again").n)
        return err_make(call->req->arena, ERR_BAD_REQUEST, "again",
                        "Nothing was published: this file was published before. Tick the box if "
                        "all of its tasks shall be done a second time.");
    return NO_ERR;
}

static struct err publish(struct call *call) {
    struct draft d = {0};
    struct publish_cost cost = {0};
    struct publish_progress done = {0};
    struct err e = batch_of_path(call, &d.batch);
    if (!failed(e))
        e = call_read(call, look_up, &d);
    if (!failed(e))
        e = confirm(call, &d);
    if (failed(e))
        return e;
    if (!d.ordered)
        num_parse(form_get(&call->form, "total"), 1, INT64_MAX, &cost.total_cents);
    e = batch_file_publish(call, d.batch, PUBLISH_WITHIN_MS, &cost, &done);
    if (failed(e) && !done.total)
        return e;
    if (done.done)
        page_flash(call, FLASH_GOOD, "Published: %lld task%s, %lld assignment%s to be done.",
                   (long long)cost.hits, cost.hits == 1 ? "" : "s", (long long)cost.assignments,
                   cost.assignments == 1 ? "" : "s");
    else
        page_flash(call, FLASH_INFO,
                   "The batch is ordered and the money is held. %lld of %lld tasks are published; "
                   "the rest follows by itself.",
                   (long long)done.published, (long long)cost.hits);
    return go_to_batch(call, d.batch);
}

static struct err drop(struct call *call, struct ctx *ctx) {
    struct draft d;
    int64_t batch = 0;
    struct err e = batch_of_path(call, &batch);
    if (!failed(e))
        e = draft_get(ctx, batch, &d);
    if (!failed(e))
        e = publish_drop(ctx, batch);
    if (failed(e))
        return e;
    page_flash(call, FLASH_INFO, "The draft was thrown away. Nothing was published.");
    site_redirect(call, d.project ? project_url(ctx->arena, d.project, "/publish")
                                  : STR("/requester/create/projects"));
    return NO_ERR;
}

const struct route site_draft_rows[] = {
    {.method = "GET",
     .pattern = "/requester/drafts/{batch}",
     .help = "A staged batch: its tasks (?row=), warnings, and what it costs.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_draft},
    {.method = "POST",
     .pattern = "/requester/drafts/{batch}/publish",
     .help = "Holds the money and publishes, once.",
     .may = MAY_OWN,
     .kind = CALL_SLOW,
     .slow = publish,
     .form = show_draft},
    {.method = "POST",
     .pattern = "/requester/drafts/{batch}/drop",
     .help = "Throws the draft away.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = drop},
    {.method = NULL},
};
