/* Create: the form of a project, new or edited (requester-site 2.1-2.4). */
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/num.h"
#include "base/utf8.h"
#include "formats/layout_lint.h"
#include "market/document.h"
#include "market/draft.h"
#include "market/fees.h"
#include "market/qualification.h"
#include "site/criteria.h"
#include "site/project_pages.h"
#include "site/starts.h"

enum { COPIES_OFFERED = 12, PREVIEW_HEIGHT = 440 };

/* ---- the choice of a start ---- */

static struct err show_starts(struct call *call, struct ctx *ctx) {
    struct arena *a = ctx->arena;
    struct project_page page;
    struct err e = project_list(ctx, 0, COPIES_OFFERED, &page);
    if (failed(e))
        return e;
    size_t n = 0;
    while (starts[n].name)
        n++;
    struct tpl_project_start_starts *list = arena_array(a, n, sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct tpl_project_start_starts){
            .name = str_c(starts[i].name),
            .group = str_c(starts[i].group),
            .label = str_c(starts[i].label),
            .what = str_c(starts[i].what),
            .address = str_printf(a, "/requester/create/projects/new?start=%s", starts[i].name),
        };
    struct tpl_project_start_copies *copies = arena_array(a, (size_t)page.count, sizeof *copies);
    for (int i = 0; i < page.count; i++)
        copies[i] = (struct tpl_project_start_copies){
            .id = page.projects[i].id,
            .name = page.projects[i].name,
            .address = str_printf(a, "/requester/create/projects/new?copy=%lld",
                                  (long long)page.projects[i].id),
        };
    struct tpl_project_start data = {
        .starts = list,
        .starts_n = n,
        .copies = copies,
        .copies_n = (size_t)page.count,
    };
    return page_show(call, &(struct page){.title = "New project", .nav = NAV_R_CREATE},
                     tpl_project_start_view(&data));
}

/* ---- what stands in the form ---- */

/* A project as it is proposed, before anything was typed. */
struct proposal {
    const struct start *start; /* NULL: a copy, an edit, or pasted */
    struct project p;
    struct str layout;
    bool edit;
};

static struct err propose_project(struct ctx *ctx, int64_t id, struct proposal *out) {
    struct err e = project_get(ctx, id, &out->p);
    return failed(e) ? e : document_get(ctx, out->p.document, &out->layout);
}

/* A new project begins as most real ones did (requester-site 2.2). */
static struct err propose_new(struct call *call, struct ctx *ctx, struct proposal *out) {
    struct arena *a = ctx->arena;
    int64_t copy = site_query_int(call, "copy", 1, INT64_MAX, 0);
    if (copy) {
        struct err e = propose_project(ctx, copy, out);
        struct str name = str_printf(a, "Copy of %.*s", STR_ARG(str_sub(out->p.name, 0, 200)));
        return failed(e) ? e : project_free_name(ctx, name, name, &out->p.name);
    }
    out->start = start_find(form_get(&call->req->query, "start"));
    out->layout = out->start ? start_layout(out->start) : STR("");
    out->p = (struct project){
        .name = STR(""),
        .title = STR(""),
        .description = STR(""),
        .keywords = STR(""),
        .requirements = STR("[]"),
        .reward_cents = 5,
        .max_assignments = 3,
        .duration_s = 3600,
        .lifetime_s = 604800,
        .auto_approval_s = 259200,
    };
    if (!out->start)
        return NO_ERR;
    struct str stem = str_printf(a, "%s Project", out->start->label);
    return project_free_name(ctx, str_printf(a, "%.*s 1", STR_ARG(stem)), stem, &out->p.name);
}

static struct tpl_field text_field(struct call *call, const char *name, const char *label,
                                   const char *hint, struct str value) {
    return page_field(
        call, &(struct tpl_field){
                  .name = str_c(name), .label = str_c(label), .hint = str_c(hint), .value = value});
}

static struct tpl_amount amount_field(struct call *call, const struct tpl_amount *f) {
    struct tpl_amount field = *f;
    const char *name = str_z(call->req->arena, f->name);
    field.value = page_value(call, name, f->value);
    field.error = page_error(call, name);
    return field;
}

static struct tpl_timespan time_field(struct call *call, const char *name, const char *label,
                                      const char *hint, int64_t seconds) {
    struct arena *a = call->req->arena;
    struct span s = span_of(seconds);
    return (struct tpl_timespan){
        .name = str_c(name),
        .label = str_c(label),
        .hint = str_c(hint),
        .value = page_value(call, name, str_printf(a, "%lld", (long long)s.value)),
        .unit = page_value(call, arena_printf(a, "%s_unit", name), str_c(s.unit)),
        .error = page_error(call, name),
    };
}

static struct tpl_compared compared_field(struct call *call, const char *name, const char *label,
                                          struct str cmp, struct str value) {
    return (struct tpl_compared){
        .name = str_c(name),
        .label = str_c(label),
        .value = page_value(call, name, value),
        .cmp = page_value(call, arena_printf(call->req->arena, "%s_cmp", name), cmp),
        .error = page_error(call, name),
    };
}

static void fill_words(struct call *call, const struct proposal *from, struct tpl_project_form *f) {
    bool survey = from->start && strcmp(from->start->group, "Survey") == 0;
    const struct project *p = &from->p;
    f->name =
        text_field(call, "name", "Project name", "For you only; workers do not see it.", p->name);
    f->title = text_field(call, "title", "Title",
                          "The line in the workers' list, up to 128 characters. Say what is to be "
                          "done.",
                          p->title);
    f->description = page_field(
        call, &(struct tpl_field){.name = STR("description"),
                                  .label = STR("Description"),
                                  .hint = STR("What the task is, how long it takes, what is needed "
                                              "for it. Workers can search in it."),
                                  .type = STR("textarea"),
                                  .rows = 3,
                                  .value = p->description});
    f->keywords = text_field(call, "keywords", "Keywords", "For the workers' search, with commas.",
                             p->keywords);
    f->reward = amount_field(
        call, &(struct tpl_amount){
                  .name = STR("reward"),
                  .label = survey ? STR("Reward per response") : STR("Reward per assignment"),
                  .hint = STR("What a worker is paid for one approved piece of work."),
                  .before = STR("$"),
                  .value = money_wire(call->req->arena, p->reward_cents),
              });
    f->assignments = amount_field(
        call, &(struct tpl_amount){
                  .name = STR("assignments"),
                  .label = survey ? STR("Number of respondents") : STR("Assignments per task"),
                  .hint = survey ? STR("How many different people shall answer.")
                                 : STR("How many different workers do each task. Several answers "
                                       "show where people disagree."),
                  .after = survey ? STR("people") : STR("workers"),
                  .value = str_printf(call->req->arena, "%lld", (long long)p->max_assignments),
              });
    f->allotted = time_field(call, "allotted", "Time allotted per assignment",
                             "From accepting to submitting. Be generous: who runs out of time "
                             "loses the work.",
                             p->duration_s);
    f->lifetime = time_field(call, "lifetime", survey ? "Survey expires in" : "Task expires in",
                             "How long workers can accept it. Who accepts in the last minute may "
                             "still use the whole time allotted.",
                             p->lifetime_s);
    f->approval = time_field(call, "approval", "Approved and paid by itself after",
                             "So long you have to reject work, counted from submission; at most 30 "
                             "days. A wrong rejection can be undone for 30 days.",
                             p->auto_approval_s);
}

/* A line for a qualification of the requester's own: as typed, else as stored. */
static struct tpl_criterion_own own_line(struct call *call, size_t line,
                                         const struct qualification_type_list *types,
                                         const struct own_criterion *stored) {
    struct arena *a = call->req->arena;
    const char *n = arena_printf(a, "%zu", line + 1);
    struct tpl_criterion_own_types *options = arena_array(a, types->n, sizeof *options);
    struct str chosen = page_value(call, arena_printf(a, "own_type_%s", n), stored->type_id);
    for (size_t i = 0; i < types->n; i++)
        options[i] = (struct tpl_criterion_own_types){types->items[i].type_id, types->items[i].name,
                                                      str_eq(types->items[i].type_id, chosen)};
    return (struct tpl_criterion_own){
        .n = (int64_t)line + 1,
        .types = options,
        .types_n = types->n,
        .cmp = page_value(call, arena_printf(a, "own_cmp_%s", n), stored->cmp),
        .values = page_value(call, arena_printf(a, "own_values_%s", n), stored->values),
        .guards = page_value(call, arena_printf(a, "own_guards_%s", n), stored->guards),
        .error = page_error(call, arena_printf(a, "own_values_%s", n)),
    };
}

/* Lines that are used, and two to fill in. */
static void fill_own(struct call *call, const struct qualification_type_list *types,
                     const struct criteria *c, struct tpl_project_form *f) {
    static const struct own_criterion empty;
    size_t used = c->own_n;
    for (size_t i = 0; failed(call->form_err) && i < CRITERIA_OWN_MAX; i++)
        if (form_get(&call->form, arena_printf(call->req->arena, "own_type_%zu", i + 1)).n)
            used = i + 1 > used ? i + 1 : used;
    size_t n = used + 2 < CRITERIA_OWN_MAX ? used + 2 : CRITERIA_OWN_MAX;
    struct tpl_criterion_own *lines = arena_array(call->req->arena, n, sizeof *lines);
    for (size_t i = 0; i < n; i++)
        lines[i] = own_line(call, i, types, i < c->own_n ? &c->own[i] : &empty);
    f->own = lines;
    f->own_n = types->n ? n : 0;
    f->own_open = used > 0;
}

static struct err own_types(struct ctx *ctx, struct qualification_type_list *types) {
    struct qualification_type_list_in in = {.own = true, .limit = PAGE_MAX};
    return qualification_type_list(ctx, &in, types);
}

static struct err fill_criteria(struct call *call, struct ctx *ctx, const struct proposal *from,
                                struct tpl_project_form *f) {
    struct criteria c;
    struct qualification_type_list types;
    struct err e = own_types(ctx, &types);
    if (failed(e))
        return e;
    criteria_read(ctx->arena, from->p.requirements, &types, &c);
    fill_own(call, &types, &c, f);
    f->rate =
        compared_field(call, "rate", "Approval rate over all requesters (%)", c.rate_cmp, c.rate);
    f->approved =
        compared_field(call, "approved", "Number of approved tasks", c.approved_cmp, c.approved);
    f->country_cmp = page_value(call, "countries_cmp", c.country_cmp);
    f->countries = page_value(call, "countries", c.countries);
    f->countries_error = page_error(call, "countries");
    f->masters = page_ticked(call, "masters", c.masters);
    f->adult = page_ticked(call, "adult", c.adult);
    f->visibility = page_value(call, "visibility", c.visibility);
    f->others = page_value(call, "others", c.others);
    f->others_error = page_error(call, "others");
    struct sentences s = criteria_sentences(ctx, f->others);
    struct tpl_project_form_other_criteria *list = arena_array(ctx->arena, s.n, sizeof *list);
    for (size_t i = 0; i < s.n; i++)
        list[i].text = s.list[i];
    f->other_criteria = list;
    f->other_criteria_n = s.n;
    return from->edit ? audience_words(ctx, from->p.requirements, &f->audience_note) : NO_ERR;
}

static struct str dollars(struct arena *a, int64_t cents) {
    return str_printf(a, "$%.*s", STR_ARG(money_wire(a, cents)));
}

/* What the fee makes of the reward, and the step at 10 assignments with both sums. */
static struct err fill_fees(struct ctx *ctx, int64_t reward_cents, struct tpl_project_form *f) {
    struct arena *a = ctx->arena;
    struct fee_rates r;
    struct err e = fee_load(ctx, &r);
    if (failed(e) || r.off) {
        f->fee_note = STR("No fees are charged on this server.");
        f->masters_note = STR("Without further fee.");
        return e;
    }
    int64_t few, many;
    if (!fee_assignment(&r, &(struct fee_of){.reward_cents = reward_cents}, &few) ||
        !fee_assignment(&r, &(struct fee_of){.reward_cents = reward_cents, .many = true}, &many))
        return NO_ERR;
    int64_t below = (r.many_from - 1) * (reward_cents + few);
    int64_t from = r.many_from * (reward_cents + many);
    f->fee_note = str_printf(
        a,
        "On top comes a fee of %lld%%, at least %.*s an assignment. At %.*s it is %.*s: an "
        "assignment costs you %.*s.",
        (long long)r.base_pct, STR_ARG(dollars(a, r.min_cents)), STR_ARG(dollars(a, reward_cents)),
        STR_ARG(dollars(a, few)), STR_ARG(dollars(a, reward_cents + few)));
    f->tier_note = str_printf(
        a,
        "From %lld assignments per task on the fee is %lld%% for all of them: %lld assignments at "
        "this reward cost %.*s a task, %lld cost %.*s.",
        (long long)r.many_from, (long long)(r.base_pct + r.many_pct), (long long)r.many_from - 1,
        STR_ARG(dollars(a, below)), (long long)r.many_from, STR_ARG(dollars(a, from)));
    f->masters_note =
        str_printf(a, "Adds a fee of %lld%% of the reward.", (long long)r.masters_pct);
    return NO_ERR;
}

static struct err fill_work(struct ctx *ctx, const struct proposal *from,
                            struct tpl_project_form *f) {
    struct project_work work;
    if (!from->edit)
        return NO_ERR;
    struct err e = project_work(ctx, from->p.id, &work);
    f->work_note = work_words(ctx->arena, &work, from->p.reward_cents);
    if (!failed(e) && work.sample && from->p.duration_s < 2 * work.median_s)
        f->time_warning = str_printf(ctx->arena,
                                     "Half of the workers needed more than %.*s. Less than twice "
                                     "that makes careful workers run out of time.",
                                     STR_ARG(span_words(ctx->arena, work.median_s)));
    return e;
}

/* What was typed, or the file that was chosen instead. */
static struct str typed_layout(struct call *call) {
    const struct form_field *file = form_file(&call->form, "layout_file");
    if (!file || !file->value.n)
        return form_get(&call->form, "layout");
    return str_starts(file->value, STR("\xEF\xBB\xBF")) ? str_from(file->value, 3) : file->value;
}

static void fill_layout(struct call *call, struct ctx *ctx, const struct proposal *from,
                        struct tpl_project_form *f) {
    struct arena *a = ctx->arena;
    f->layout = page_value(call, "layout", from->layout);
    if (failed(call->form_err) && utf8_valid(typed_layout(call)))
        f->layout = typed_layout(call);
    f->layout_error = page_error(call, "layout");
    f->preview = str_printf(a, "%s/layout", call->app->content_url);
    f->leave = layout_leave(ctx, f->id);
    f->task = page_named_frame(call, "unsaved", PREVIEW_HEIGHT);
    if (!f->layout.n)
        return;
    size_t needed, all;
    struct layout layout = layout_read(a, f->layout);
    layout_names(a, &layout, &needed, &all);
    struct tpl_project_form_variables *vars = arena_array(a, layout.var_count, sizeof *vars);
    for (size_t i = 0; i < layout.var_count; i++)
        if (layout.vars[i].place == LAYOUT_TEXT || layout.vars[i].place == LAYOUT_ATTRIBUTE)
            vars[f->variables_n++] =
                (struct tpl_project_form_variables){layout.vars[i].name, layout.vars[i].line};
    f->variables = vars;
    struct layout_findings found = layout_lint(a, &layout);
    struct tpl_project_form_findings *list = arena_array(a, found.count, sizeof *list);
    for (size_t i = 0; i < found.count; i++)
        list[i] = (struct tpl_project_form_findings){found.list[i].level == LAYOUT_ERROR,
                                                     found.list[i].line, found.list[i].column,
                                                     str_c(found.list[i].text)};
    f->findings = list;
    f->findings_n = found.count;
}

static struct err show_form(struct call *call, struct ctx *ctx, const struct proposal *from,
                            struct tpl_project_form *f) {
    int64_t reward_cents = from->p.reward_cents;
    f->seen = from->p.edited_ms;
    if (failed(call->form_err)) {
        num_parse(form_get(&call->form, "seen"), 0, INT64_MAX, &f->seen);
        money_parse(str_trim(form_get(&call->form, "reward")), &reward_cents);
    }
    fill_words(call, from, f);
    struct err e = fill_criteria(call, ctx, from, f);
    if (!failed(e))
        e = fill_fees(ctx, reward_cents, f);
    if (!failed(e))
        e = fill_work(ctx, from, f);
    if (failed(e))
        return e;
    fill_layout(call, ctx, from, f);
    return page_show(call, &(struct page){.title = "Project", .nav = NAV_R_CREATE, .editor = true},
                     tpl_project_form_view(f));
}

/* The start stays in the address: labels follow it when the form is shown again. */
static struct str new_action(struct call *call, const struct proposal *from) {
    struct arena *a = call->req->arena;
    int64_t copy = site_query_int(call, "copy", 1, INT64_MAX, 0);
    if (copy)
        return str_printf(a, "/requester/create/projects/new?copy=%lld", (long long)copy);
    return str_printf(a, "/requester/create/projects/new?start=%s",
                      from->start ? from->start->name : "paste");
}

static struct err show_new(struct call *call, struct ctx *ctx) {
    struct str start = form_get(&call->req->query, "start");
    if (!failed(call->form_err) && !start.n && !form_get(&call->req->query, "copy").n)
        return show_starts(call, ctx);
    struct proposal from = {0};
    struct err e = propose_new(call, ctx, &from);
    struct tpl_project_form f = {
        .heading = from.start ? str_printf(ctx->arena, "New project: %s", from.start->label)
                              : STR("New project"),
        .action = new_action(call, &from),
        .back = STR("/requester/create/projects"),
    };
    return failed(e) ? e : show_form(call, ctx, &from, &f);
}

static struct err show_edit(struct call *call, struct ctx *ctx) {
    struct proposal from = {.edit = true};
    int64_t id = 0;
    struct err e = project_of_path(call, &id);
    if (!failed(e))
        e = propose_project(ctx, id, &from);
    struct tpl_project_form f = {
        .id = id,
        .heading = str_printf(ctx->arena, "Edit %.*s", STR_ARG(from.p.name)),
        .action = project_url(ctx->arena, id, "/edit"),
        .back = project_url(ctx->arena, id, ""),
    };
    return failed(e) ? e : show_form(call, ctx, &from, &f);
}

/* ---- what was typed ---- */

static struct err read_number(struct call *call, const char *name, int64_t *value) {
    struct str text = str_trim(form_get(&call->form, name));
    if (num_parse(text, 0, INT64_MAX / 100000, value))
        return NO_ERR;
    return err_make(call->req->arena, ERR_BAD_REQUEST, name,
                    text.n ? "\"%.*s\" is not a whole number." : "A number is needed here.%.*s",
                    STR_ARG(text));
}

static struct err read_time(struct call *call, const char *name, int64_t *seconds) {
    static const struct {
        const char *unit;
        int64_t s;
    } units[] = {{"seconds", 1}, {"minutes", 60}, {"hours", 3600}, {"days", 86400}};
    struct str unit = form_get(&call->form, arena_printf(call->req->arena, "%s_unit", name));
    struct err e = read_number(call, name, seconds);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_is(unit, units[i].unit))
            *seconds *= units[i].s;
    return e;
}

/* Keywords without those that stand there twice (requester-site 2.2); *twice says whether there
 * were such. */
static struct str distinct_keywords(struct arena *a, struct str text, bool *any_twice) {
    struct buf b = BUF_INIT;
    while (text.p) {
        struct str word = str_trim(str_cut(&text, ','));
        struct str before = buf_view(&b);
        bool twice = false;
        while (word.n && before.p && !twice)
            twice = str_ieq(str_trim(str_cut(&before, ',')), word);
        *any_twice |= twice;
        if (word.n && !twice)
            buf_printf(&b, "%s%.*s", b.n ? ", " : "", STR_ARG(word));
    }
    struct str s = buf_dup(a, &b);
    buf_free(&b);
    return s;
}

static void read_own(struct call *call, struct criteria *c) {
    struct arena *a = call->req->arena;
    const struct form *form = &call->form;
    for (size_t i = 0; i < CRITERIA_OWN_MAX; i++)
        c->own[i] = (struct own_criterion){
            .type_id = form_get(form, arena_printf(a, "own_type_%zu", i + 1)),
            .cmp = form_get(form, arena_printf(a, "own_cmp_%zu", i + 1)),
            .values = form_get(form, arena_printf(a, "own_values_%zu", i + 1)),
            .guards = form_get(form, arena_printf(a, "own_guards_%zu", i + 1)),
        };
    c->own_n = CRITERIA_OWN_MAX;
}

/* The list in the form holds own types only, but a form comes from a browser. */
static struct err check_own(struct ctx *ctx, const struct criteria *c) {
    for (size_t i = 0; i < c->own_n; i++) {
        struct qualification_type t;
        if (!c->own[i].type_id.n)
            continue;
        struct err e = qualification_type_get(ctx, c->own[i].type_id, &t);
        if (e.code == ERR_STORE || e.code == ERR_RETRY)
            return e;
        if (failed(e) || !t.own)
            return err_make(ctx->arena, ERR_BAD_REQUEST,
                            arena_printf(ctx->arena, "own_values_%zu", i + 1),
                            "This qualification is not there any more; choose another one.");
    }
    return NO_ERR;
}

static struct err read_criteria(struct call *call, struct ctx *ctx, struct str *requirements) {
    const struct form *form = &call->form;
    struct criteria c = {
        .rate_cmp = form_get(form, "rate_cmp"),
        .rate = form_get(form, "rate"),
        .approved_cmp = form_get(form, "approved_cmp"),
        .approved = form_get(form, "approved"),
        .country_cmp = form_get(form, "countries_cmp"),
        .countries = form_get(form, "countries"),
        .masters = form_get(form, "masters").n > 0,
        .adult = form_get(form, "adult").n > 0,
        .visibility = form_get(form, "visibility"),
        .others = form_get(form, "others"),
    };
    read_own(call, &c);
    struct err e = check_own(ctx, &c);
    return failed(e) ? e : criteria_json(call->req->arena, &c, requirements);
}

static struct err check_layout(struct call *call, struct str html) {
    struct arena *a = call->req->arena;
    if (!utf8_valid(html))
        return err_make(a, ERR_BAD_REQUEST, "layout",
                        "The file is not UTF-8. Save it as UTF-8, or paste its text.");
    if (!html.n)
        return err_make(a, ERR_BAD_REQUEST, "layout", "The layout is empty. Paste its HTML.");
    struct layout layout = layout_outline(html);
    struct err e = layout_require_control(a, &layout);
    e.field = "layout";
    return e;
}

static struct err read_form(struct call *call, struct ctx *ctx, struct project_in *in) {
    struct arena *a = call->req->arena;
    struct str reward = str_trim(form_get(&call->form, "reward"));
    struct str layout = typed_layout(call);
    bool twice = false;
    *in = (struct project_in){
        .name = str_trim(form_get(&call->form, "name")),
        .title = str_trim(form_get(&call->form, "title")),
        .description = str_trim(form_get(&call->form, "description")),
        .keywords = distinct_keywords(a, form_get(&call->form, "keywords"), &twice),
        .layout = layout.p ? layout : STR(""),
    };
    if (!in->name.n)
        return err_make(a, ERR_BAD_REQUEST, "name", "Give the project a name.");
    if (!in->title.n)
        return err_make(a, ERR_BAD_REQUEST, "title",
                        "Workers choose by the title: say what is to be done.");
    if (!in->description.n)
        return err_make(a, ERR_BAD_REQUEST, "description",
                        "Describe the task in a sentence or two.");
    if (str_starts(reward, STR("$")))
        reward = str_trim(str_from(reward, 1));
    if (!money_parse(reward, &in->reward_cents))
        return err_make(a, ERR_BAD_REQUEST, "reward",
                        "\"%.*s\" is not an amount: dollars, with at most two decimals behind a "
                        "point.",
                        STR_ARG(reward));
    struct err e = read_number(call, "assignments", &in->max_assignments);
    if (!failed(e))
        e = read_time(call, "allotted", &in->duration_s);
    if (!failed(e))
        e = read_time(call, "lifetime", &in->lifetime_s);
    if (!failed(e))
        e = read_time(call, "approval", &in->auto_approval_s);
    if (!failed(e))
        e = read_criteria(call, ctx, &in->requirements);
    return failed(e) ? e : check_layout(call, in->layout);
}

/* The rules name members of the API; the form has names of its own. */
static struct err to_form(struct err e) {
    static const char *const names[][2] = {
        {"Name", "name"},
        {"Title", "title"},
        {"Description", "description"},
        {"Keywords", "keywords"},
        {"Reward", "reward"},
        {"MaxAssignments", "assignments"},
        {"AssignmentDurationInSeconds", "allotted"},
        {"LifetimeInSeconds", "lifetime"},
        {"AutoApprovalDelayInSeconds", "approval"},
        {"QualificationRequirements", "others"},
        {"Layout", "layout"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names && e.field; i++)
        if (strcmp(e.field, names[i][0]) == 0) {
            e.field = names[i][1];
            break;
        }
    return e;
}

static const char *keywords_note(struct call *call) {
    bool twice = false;
    distinct_keywords(call->req->arena, form_get(&call->form, "keywords"), &twice);
    return twice ? " Keywords that stood there twice were left out." : "";
}

static struct err create(struct call *call, struct ctx *ctx) {
    struct project_in in;
    struct project made;
    struct err e = read_form(call, ctx, &in);
    if (!failed(e))
        e = project_create(ctx, &in, &made);
    if (failed(e))
        return to_form(e);
    page_flash(call, FLASH_GOOD,
               "The project is saved.%s Look at it, then publish a batch from it.",
               keywords_note(call));
    site_redirect(call, project_url(ctx->arena, made.id, ""));
    return NO_ERR;
}

static struct err edit(struct call *call, struct ctx *ctx) {
    struct project_in in;
    struct project made;
    int64_t id = 0, seen = -1;
    struct err e = project_of_path(call, &id);
    if (!failed(e))
        e = read_form(call, ctx, &in);
    num_parse(form_get(&call->form, "seen"), 0, INT64_MAX, &seen);
    if (!failed(e))
        e = project_update(ctx, id, &in, seen, &made);
    if (failed(e))
        return to_form(e);
    page_flash(call, FLASH_GOOD,
               "The changes are saved.%s They hold for batches that are published from now on.",
               keywords_note(call));
    site_redirect(call, project_url(ctx->arena, id, ""));
    return NO_ERR;
}

const struct route site_project_form_rows[] = {
    {.method = "GET",
     .pattern = "/requester/create/projects/new",
     .help = "What to start from, or (?start=, ?copy=) the form of a new project.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_new},
    {.method = "POST",
     .pattern = "/requester/create/projects/new",
     .help = "Makes the project.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = create,
     .form = show_new},
    {.method = "GET",
     .pattern = "/requester/projects/{id}/edit",
     .help = "The form of a project.",
     .may = MAY_OWN,
     .kind = CALL_READ,
     .run = show_edit},
    {.method = "POST",
     .pattern = "/requester/projects/{id}/edit",
     .help = "Saves it; what is published stays as it is.",
     .may = MAY_OWN,
     .kind = CALL_WRITE,
     .run = edit,
     .form = show_edit},
    {.method = NULL},
};
