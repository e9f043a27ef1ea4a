/* A requester's qualification types: making and changing them, who holds them, who asks
 * (requester-api 2.1 to 2.39, on screen). */
#include "base/limits.h"
#include "base/num.h"
#include "base/utf8.h"
#include "market/qualification.h"
#include "site/people.h"
#include "site/test_answers.h"

enum { SHOWN = 50, RETRY_MAX_S = 315360000 };

static bool may(struct call *call, unsigned right) {
    return (route_rights(&call->session) & right) != 0;
}

static struct err show(struct call *call, const char *title, struct tpl_view view) {
    return page_show(call, &(struct page){.title = title, .nav = NAV_R_WORKERS}, view);
}

static struct str address_of(struct call *call, struct str type_id) {
    return str_printf(call->req->arena, "/requester/qualifications/%.*s", STR_ARG(type_id));
}

/* The type of the path; another's is as unknown as none. */
static struct err type_of_path(struct call *call, struct ctx *ctx, struct qualification_type *t) {
    struct err e = qualification_type_get(ctx, call->params[0], t);
    if (e.code == ERR_QUALIFICATION_TYPE_DOES_NOT_EXIST ||
        e.code == ERR_INVALID_QUALIFICATION_TYPE_STATE || (!failed(e) && !t->own))
        e = err_make(ctx->arena, ERR_NOT_FOUND, NULL, "There is no such qualification.");
    return e;
}

static struct str way(const struct qualification_type *t) {
    if (t->test_s >= 0)
        return t->answer_key.p ? STR("by a test, scored at once") : STR("by a test, scored by you");
    return t->auto_granted ? STR("at once when they ask") : STR("when you grant their request");
}

/* ---- the list ---- */

static struct err show_types(struct call *call, struct ctx *ctx) {
    struct qualification_type_list list;
    struct qualification_type_list_in in = {
        .own = true,
        .after = site_query_int(call, "after", 1, INT64_MAX, 0),
        .limit = SHOWN,
    };
    struct err e = qualification_type_list(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_qualification_types_rows *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++) {
        const struct qualification_type *t = &list.items[i];
        rows[i] = (struct tpl_qualification_types_rows){
            .id = t->type_id,
            .name = t->name,
            .text = t->description,
            .active = t->active,
            .way = way(t),
        };
    }
    struct tpl_qualification_types page = {
        .rows = rows, .rows_n = list.n, .may_own = may(call, MAY_OWN)};
    if (list.n == SHOWN)
        page.next = str_printf(ctx->arena, "?after=%lld", (long long)list.items[list.n - 1].id);
    return show(call, "Qualifications", tpl_qualification_types_view(&page));
}

/* ---- making and changing ---- */

/* "1d12h", as it is typed. */
static struct str span(struct arena *a, int64_t seconds) {
    return seconds < 0 ? STR("") : str_printf(a, "%llds", (long long)seconds);
}

static void form_fields(struct call *call, const struct qualification_type *t,
                        struct tpl_qualification_type_form *page) {
    struct arena *a = call->req->arena;
    page->name_field = page_field(call, &(struct tpl_field){
                                            .name = STR("name"),
                                            .label = STR("Name"),
                                            .required = true,
                                            .maxlength = QUALIFICATION_NAME_MAX,
                                        });
    page->text = page_field(call, &(struct tpl_field){
                                      .name = STR("description"),
                                      .label = STR("Description"),
                                      .hint = STR("Workers read it before they ask."),
                                      .type = STR("textarea"),
                                      .rows = 3,
                                      .value = t->description,
                                      .required = true,
                                      .maxlength = DESCRIPTION_MAX,
                                  });
    page->keywords = page_field(call, &(struct tpl_field){
                                          .name = STR("keywords"),
                                          .label = STR("Keywords"),
                                          .hint = STR("Words by which workers find it."),
                                          .maxlength = KEYWORDS_MAX,
                                      });
    page->retry = page_field(
        call, &(struct tpl_field){
                  .name = STR("retry"),
                  .label = STR("Asking again"),
                  .hint = t->retry_s < 0
                              ? STR("After how long, such as 30m, 12h or 7d. Empty: once only.")
                              : STR("After how long, such as 30m, 12h or 7d."),
                  .value = span(a, t->retry_s),
              });
    page->value = page_field(call, &(struct tpl_field){
                                       .name = STR("value"),
                                       .label = STR("Value that is given at once"),
                                       .type = STR("number"),
                                       .value = str_printf(a, "%lld", (long long)t->auto_value),
                                   });
    page->active = page_ticked(call, "active", t->active);
    page->automatic = page_ticked(call, "automatic", t->auto_granted);
    page->has_test = t->test_s >= 0;
}

static struct err show_new(struct call *call, struct ctx *ctx) {
    (void)ctx;
    struct qualification_type fresh = {
        .active = true, .retry_s = -1, .test_s = -1, .auto_value = 1};
    struct tpl_qualification_type_form page = {
        .action = STR("/requester/new-qualification"),
        .back = STR("/requester/qualifications"),
    };
    form_fields(call, &fresh, &page);
    return show(call, "New qualification", tpl_qualification_type_form_view(&page));
}

static struct err show_edit(struct call *call, struct ctx *ctx) {
    struct qualification_type t;
    struct err e = type_of_path(call, ctx, &t);
    if (failed(e))
        return e;
    struct tpl_qualification_type_form page = {
        .id = t.type_id,
        .name = t.name,
        .action = str_printf(ctx->arena, "/requester/qualifications/%.*s/edit", STR_ARG(t.type_id)),
        .back = address_of(call, t.type_id),
    };
    form_fields(call, &t, &page);
    return show(call, "Edit a qualification", tpl_qualification_type_form_view(&page));
}

static struct err bad(struct ctx *ctx, const char *field, const char *words) {
    return err_make(ctx->arena, ERR_INVALID_PARAMETER, field, "%s", words);
}

/* A value as typed; 1 when it is empty. */
static struct err read_value(struct call *call, struct ctx *ctx, int64_t *value) {
    struct str typed = form_text(call, "value");
    *value = 1;
    if (typed.n && !num_parse(typed, INT32_MIN, INT32_MAX, value))
        return bad(ctx, "value", "A value is a whole number, such as 1 or 85.");
    return NO_ERR;
}

static bool too_long(struct str s, size_t most) {
    return utf8_length(s) > most;
}

/* What new ones and changes have in common. */
static struct err read_form(struct call *call, struct ctx *ctx, bool has_test,
                            struct qualification_type_in *in) {
    struct str retry = form_text(call, "retry");
    int64_t ms = 0;
    *in = (struct qualification_type_in){
        .description = form_text(call, "description"),
        .active = form_get(&call->form, "active").n != 0,
        .auto_granted = has_test ? -1 : form_get(&call->form, "automatic").n != 0,
        .retry_s = -1,
        .test_s = -1,
        .auto_value = QUALIFICATION_NO_VALUE,
    };
    if (!in->description.n || too_long(in->description, DESCRIPTION_MAX))
        return bad(ctx, "description", "Say in up to 2,000 characters what it stands for.");
    if (retry.n && (!num_parse_span(retry, &ms) || ms / 1000 > RETRY_MAX_S))
        return bad(ctx, "retry", "This is no length of time. Write it as 30m, 12h or 7d.");
    if (retry.n)
        in->retry_s = ms / 1000;
    return in->auto_granted == 1 ? read_value(call, ctx, &in->auto_value) : NO_ERR;
}

static struct err make(struct call *call, struct ctx *ctx) {
    struct qualification_type_in in;
    struct qualification_type t;
    struct err e = read_form(call, ctx, false, &in);
    if (failed(e))
        return e;
    in.name = form_text(call, "name");
    in.keywords = form_text(call, "keywords");
    if (!in.name.n || too_long(in.name, QUALIFICATION_NAME_MAX))
        return bad(ctx, "name", "A name has 1 to 200 characters.");
    if (too_long(in.keywords, KEYWORDS_MAX))
        return bad(ctx, "keywords", "These are more keywords than can be kept.");
    e = qualification_type_create(ctx, &in, &t);
    if (e.code == ERR_QUALIFICATION_TYPE_ALREADY_EXISTS)
        return bad(ctx, "name", "You have a qualification of this name already.");
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Made. Give it to workers here, or wait for their requests.");
    site_redirect(call, address_of(call, t.type_id));
    return NO_ERR;
}

static struct err edit(struct call *call, struct ctx *ctx) {
    struct qualification_type_in in;
    struct qualification_type t;
    struct err e = type_of_path(call, ctx, &t);
    if (!failed(e))
        e = read_form(call, ctx, t.test_s >= 0, &in);
    if (!failed(e) && t.retry_s >= 0 && in.retry_s < 0)
        e = bad(ctx, "retry", "The wait can be changed, but not taken away.");
    if (!failed(e))
        e = qualification_type_update(ctx, t.type_id, &in, &t);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Saved.");
    site_redirect(call, address_of(call, t.type_id));
    return NO_ERR;
}

static struct err show_delete(struct call *call, struct ctx *ctx) {
    struct qualification_type t;
    struct err e = type_of_path(call, ctx, &t);
    if (failed(e))
        return e;
    struct tpl_qualification_type_delete page = {.id = t.type_id, .name = t.name};
    return show(call, "Delete a qualification", tpl_qualification_type_delete_view(&page));
}

static struct err delete (struct call *call, struct ctx *ctx) {
    struct qualification_type t;
    struct err e = type_of_path(call, ctx, &t);
    if (!failed(e))
        e = qualification_type_remove(ctx, t.type_id);
    if (failed(e))
        return e;
    page_flash(call, FLASH_GOOD, "Deleted.");
    site_redirect(call, STR("/requester/qualifications"));
    return NO_ERR;
}

/* ---- one: who asks, who holds ---- */

/* One request; what was typed in its forms comes back when they are shown again. */
static struct tpl_qualification_request request_card(struct call *call,
                                                     const struct qualification_request *r) {
    bool again = failed(call->form_err) && str_eq(form_get(&call->form, "request"), r->request_id);
    struct test_answers answers = test_answers(call->req->arena, r->test, r->answer);
    struct tpl_qualification_request card = {
        .id = r->request_id,
        .type_id = r->type_id,
        .worker_id = r->worker_id,
        .at = r->asked_ms,
        .answers = answers.list,
        .answers_n = answers.n,
        .may_review = may(call, MAY_REVIEW),
        .value = r->answer.p ? STR("") : STR("1"),
    };
    if (again) {
        card.value = page_value(call, "value", card.value);
        card.value_error = page_error(call, "value");
        card.reason = page_value(call, "reason", STR(""));
        card.reason_error = page_error(call, "reason");
    }
    return card;
}

static struct err fill_requests(struct call *call, struct ctx *ctx, struct str type_id,
                                struct tpl_qualification_type *page) {
    struct qualification_requests list;
    struct qualification_requests_in in = {.type_id = type_id, .limit = SHOWN};
    struct err e = qualification_requests(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_qualification_request *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++)
        rows[i] = request_card(call, &list.items[i]);
    page->requests = rows;
    page->requests_n = list.n;
    page->more_requests = list.n == SHOWN;
    return NO_ERR;
}

/* The form that gives it to a worker; a mistake in another form of the page is not its. */
static void fill_giving(struct call *call, struct tpl_qualification_type *page) {
    struct tpl_field worker = {.name = STR("worker"),
                               .label = STR("Worker ID"),
                               .type = STR("text"),
                               .required = true,
                               .maxlength = 64};
    struct tpl_field value = {
        .name = STR("value"), .label = STR("Value"), .type = STR("number"), .value = STR("1")};
    bool others = failed(call->form_err) && form_get(&call->form, "request").p;
    page->worker = others ? worker : page_field(call, &worker);
    page->value = others ? value : page_field(call, &value);
    page->told = others || page_ticked(call, "told", true);
}

static struct err fill_holders(struct call *call, struct ctx *ctx, struct str type_id,
                               struct tpl_qualification_type *page) {
    struct qualification_holders list;
    struct qualification_holders_in in = {
        .type_id = type_id,
        .status = page->revoked ? QUALIFICATION_REVOKED : QUALIFICATION_GRANTED,
        .after_ms = site_query_int(call, "after_ms", 0, INT64_MAX, 0),
        .after_worker = site_query_int(call, "after", 0, INT64_MAX, 0),
        .limit = SHOWN,
    };
    struct err e = qualification_holders(ctx, &in, &list);
    if (failed(e))
        return e;
    struct tpl_qualification_type_holders *rows = arena_array(ctx->arena, list.n, sizeof *rows);
    for (size_t i = 0; i < list.n; i++)
        rows[i] = (struct tpl_qualification_type_holders){
            list.items[i].worker_id, list.items[i].value, list.items[i].granted_ms};
    page->holders = rows;
    page->holders_n = list.n;
    if (list.n == SHOWN)
        page->next = str_printf(ctx->arena, "?status=%s&after_ms=%lld&after=%lld",
                                page->revoked ? "revoked" : "granted",
                                (long long)list.items[list.n - 1].granted_ms,
                                (long long)list.items[list.n - 1].worker);
    return NO_ERR;
}

static struct err show_type(struct call *call, struct ctx *ctx) {
    struct qualification_type t;
    struct err e = type_of_path(call, ctx, &t);
    if (failed(e))
        return e;
    struct tpl_qualification_type page = {
        .id = t.type_id,
        .name = t.name,
        .text = t.description,
        .keywords = t.keywords,
        .active = t.active,
        .way = way(&t),
        .retry = t.retry_s < 0 ? 0 : t.retry_s,
        .once = t.retry_s < 0,
        .has_test = t.test_s >= 0,
        .may_review = may(call, MAY_REVIEW),
        .may_own = may(call, MAY_OWN),
        .revoked = str_is(form_get(&call->req->query, "status"), "revoked"),
    };
    fill_giving(call, &page);
    e = fill_requests(call, ctx, t.type_id, &page);
    if (!failed(e))
        e = fill_holders(call, ctx, t.type_id, &page);
    return failed(e) ? e : show(call, "Qualification", tpl_qualification_type_view(&page));
}

/* Done: back to the type. */
static struct err done(struct call *call, const char *words) {
    page_flash(call, FLASH_GOOD, "%s", words);
    site_redirect(call, address_of(call, call->params[0]));
    return NO_ERR;
}

static struct err read_reason(struct call *call, struct ctx *ctx, struct str *reason) {
    *reason = form_text(call, "reason");
    if (too_long(*reason, REASON_MAX))
        return bad(ctx, "reason", "A reason has at most 1,024 characters.");
    return NO_ERR;
}

static struct err grant(struct call *call, struct ctx *ctx) {
    struct qualification_type t;
    int64_t value;
    struct err e = type_of_path(call, ctx, &t);
    if (!failed(e))
        e = read_value(call, ctx, &value);
    if (failed(e))
        return e;
    e = qualification_grant(ctx, t.type_id, form_text(call, "worker"), value,
                            form_get(&call->form, "told").n != 0);
    if (e.code == ERR_INVALID_PARAMETER)
        e = bad(ctx, "worker", "There is no worker with this ID.");
    return failed(e) ? e : done(call, "Granted.");
}

static struct err revoke(struct call *call, struct ctx *ctx) {
    struct qualification_type t;
    struct str reason;
    struct err e = type_of_path(call, ctx, &t);
    if (!failed(e))
        e = read_reason(call, ctx, &reason);
    if (!failed(e))
        e = qualification_take_back(ctx, t.type_id, form_text(call, "worker"), reason);
    return failed(e) ? e
                     : done(call, reason.n ? "Revoked. The worker is told why."
                                           : "Revoked. The worker is not told.");
}

static struct err accept_request(struct call *call, struct ctx *ctx) {
    struct qualification_type t;
    int64_t value;
    struct err e = type_of_path(call, ctx, &t);
    if (!failed(e) && t.test_s >= 0 && !form_text(call, "value").n)
        e = bad(ctx, "value", "Say which score the answers get: a whole number.");
    if (!failed(e))
        e = read_value(call, ctx, &value);
    if (!failed(e))
        e = qualification_request_accept(ctx, form_text(call, "request"), value);
    return failed(e) ? e : done(call, "Granted. The worker gets the news.");
}

static struct err reject_request(struct call *call, struct ctx *ctx) {
    struct qualification_type t;
    struct str reason;
    struct err e = type_of_path(call, ctx, &t);
    if (!failed(e))
        e = read_reason(call, ctx, &reason);
    if (!failed(e))
        e = qualification_request_reject(ctx, form_text(call, "request"), reason);
    return failed(e) ? e : done(call, "Not granted. The worker gets the news.");
}

const struct route site_qualification_type_rows[] = {
    {.method = "GET",
     .pattern = "/requester/qualifications",
     .help = "The requester's qualification types.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_types},
    {.method = "GET",
     .pattern = "/requester/new-qualification",
     .help = "A form for a new one.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_new},
    {.method = "POST",
     .pattern = "/requester/new-qualification",
     .help = "Makes it.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = make,
     .form = show_new},
    {.method = "GET",
     .pattern = "/requester/qualifications/{type}",
     .help = "One type: who asks for it and who holds it.",
     .may = MAY_READ,
     .kind = CALL_READ,
     .run = show_type},
    {.method = "GET",
     .pattern = "/requester/qualifications/{type}/edit",
     .help = "A form to change it.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_edit},
    {.method = "POST",
     .pattern = "/requester/qualifications/{type}/edit",
     .help = "Changes it.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = edit,
     .form = show_edit},
    {.method = "GET",
     .pattern = "/requester/qualifications/{type}/delete",
     .help = "What deleting means.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_delete},
    {.method = "POST",
     .pattern = "/requester/qualifications/{type}/delete",
     .help = "Deletes it.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = delete},
    {.method = "POST",
     .pattern = "/requester/qualifications/{type}/grant",
     .help = "Gives it to a worker, or another value.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = grant,
     .form = show_type},
    {.method = "POST",
     .pattern = "/requester/qualifications/{type}/revoke",
     .help = "Takes it from a worker.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = revoke,
     .form = show_type},
    {.method = "POST",
     .pattern = "/requester/qualifications/{type}/accept",
     .help = "Grants a worker's request.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = accept_request,
     .form = show_type},
    {.method = "POST",
     .pattern = "/requester/qualifications/{type}/reject",
     .help = "Refuses a worker's request.",
     .may = MAY_REVIEW,
     .kind = CALL_WRITE,
     .run = reject_request,
     .form = show_type},
    {.method = NULL},
};
