/* Taking a qualification's test (worker-site 9): what it is, starting it, the form with its clock,
 * the result. */
#include "market/test.h"

#include "base/rand.h"
#include "formats/answer.h"
#include "site/form.h"
#include "site/rows.h"

static const char *state_word(enum test_state state) {
    switch (state) {
    case TEST_READY: return "ready";
    case TEST_RUNNING: return "running";
    case TEST_WAITS: return "waiting";
    case TEST_LATER: return "later";
    case TEST_NEVER: return "never";
    case TEST_INACTIVE: return "inactive";
    }
    return "";
}

/* The form is a page of its own, outside the frame of the site: a requester's pictures may be in
 * it, and its styles are its own. All markup is ours, so it needs no sandbox; the token in it is
 * the session's. */
static void show_form(struct call *call, struct ctx *ctx, const struct test *t, struct str entered,
                      const struct form_mistake *mistakes) {
    struct arena *a = call->req->arena;
    struct form_field hidden = {.name = STR("csrf_token"), .value = call->session.csrf};
    struct form_page page = {
        .form = &t->form,
        .title = str_z(a, t->name),
        .action = str_printf(a, "/qualifications/%.*s/test/submit", STR_ARG(t->type_id)),
        .hidden = &hidden,
        .hidden_count = 1,
        .entered = entered,
        .mistakes = mistakes,
        .nonce = rand_hex(a, 16),
        .left_ms = t->due_ms - ctx->now_ms,
    };
    call->type = "text/html; charset=utf-8";
    call_header(call, "Content-Security-Policy",
                str_printf(a,
                           "default-src 'none'; img-src https:; media-src https:; style-src "
                           "'unsafe-inline'; script-src 'nonce-%.*s'; base-uri 'none'; form-action "
                           "'self'; frame-ancestors 'none'",
                           STR_ARG(page.nonce)));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    call_header(call, "Cache-Control", STR("no-store"));
    form_page_write(&call->body, &page);
}

/* What a program is told; the questions are the page's. */
static void put_json(struct call *call, const struct test *t) {
    struct json j = call_json(call);
    json_open_object(&j);
    json_kv_str(&j, "qualification_type_id", t->type_id);
    json_kv_str(&j, "name", t->name);
    json_kv_cstr(&j, "state", state_word(t->state));
    json_kv_bool(&j, "scored", t->scored);
    json_kv_int(&j, "duration_s", t->duration_s);
    json_kv_int(&j, "started_ms", t->started_ms);
    json_kv_int(&j, "due_ms", t->due_ms);
    json_kv_int(&j, "again_ms", t->again_ms);
    json_key(&j, "questions");
    json_open_array(&j);
    for (const struct form_item *i = t->form.items; i; i = i->next) {
        if (!i->question)
            continue;
        json_open_object(&j);
        json_kv_str(&j, "id", i->question->id);
        json_kv_str_opt(&j, "name", i->question->display_name);
        json_kv_bool(&j, "required", i->question->required);
        json_key(&j, "choices");
        json_open_array(&j);
        for (const struct form_choice *ch = i->question->choices; ch; ch = ch->next)
            json_str(&j, ch->id);
        json_end(&j);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
}

static struct err show(struct call *call, struct ctx *ctx) {
    struct test t;
    struct err e = test_get(ctx, call->params[0], &t);
    if (failed(e))
        return e;
    if (t.state == TEST_RUNNING && !site_wants_json(call->req)) {
        show_form(call, ctx, &t, STR_NULL, NULL);
        return NO_ERR;
    }
    if (t.state != TEST_RUNNING)
        t.form.items = NULL; /* the clock comes before the questions */
    if (site_wants_json(call->req)) {
        put_json(call, &t);
        return NO_ERR;
    }
    struct tpl_test page = {
        .id = t.type_id,
        .name = t.name,
        .description = t.description,
        .state = str_c(state_word(t.state)),
        .scored = t.scored,
        .held = t.held,
        .value = t.value,
        .duration = t.duration_s,
        .questions = t.questions,
        .again = t.again_ms,
    };
    return page_show(call, &(struct page){.title = "Test", .nav = NAV_W_QUALIFICATIONS},
                     tpl_test_view(&page));
}

static struct err shard(struct call *call, struct ctx *ctx) {
    return test_shard(ctx, call->params[0], &call->shard);
}

static struct err start(struct call *call, struct ctx *ctx) {
    struct test t;
    struct err e = test_start(ctx, call->params[0], &t);
    if (failed(e))
        return e;
    if (site_wants_json(call->req)) {
        put_json(call, &t);
        return NO_ERR;
    }
    site_redirect(call,
                  str_printf(call->req->arena, "/qualifications/%.*s/test", STR_ARG(t.type_id)));
    return NO_ERR;
}

static struct err pack_form(struct call *call, struct str *fields) {
    struct arena *a = call->req->arena;
    struct answer_field *list = arena_array(a, call->form.count, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < call->form.count; i++)
        if (!str_is(call->form.fields[i].name, "csrf_token"))
            list[n++] =
                (struct answer_field){call->form.fields[i].name, call->form.fields[i].value};
    return answer_pack(a, list, n, fields);
}

static void put_mistakes(struct call *call, const struct form_mistake *m) {
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "mistakes");
    json_open_array(&j);
    for (; m; m = m->next) {
        json_open_object(&j);
        json_kv_str(&j, "field", m->question->id);
        json_kv_cstr(&j, "message", m->message);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
}

static void put_result(struct call *call, const struct test_result *r) {
    struct json j = call_json(call);
    json_open_object(&j);
    json_kv_cstr(&j, "state", r->granted ? "Granted" : "Pending");
    if (r->granted)
        json_kv_int(&j, "value", r->value);
    json_end(&j);
}

static struct err submit(struct call *call, struct ctx *ctx) {
    struct str fields;
    struct test t;
    struct test_result r;
    struct err e = pack_form(call, &fields);
    if (!failed(e))
        e = test_submit(ctx, call->params[0], fields, &t, &r);
    if (failed(e) && e.code != ERR_BAD_ANSWER)
        return e;
    bool as_json = site_wants_json(call->req);
    if (failed(e)) { /* nothing was taken; the clock goes on */
        call->status = err_http_status(e.code);
        if (as_json)
            put_mistakes(call, r.mistakes);
        else
            show_form(call, ctx, &t, fields, r.mistakes);
        return NO_ERR;
    }
    if (as_json) {
        put_result(call, &r);
        return NO_ERR;
    }
    if (r.granted)
        page_flash(call, FLASH_GOOD, "Scored: your value for %.*s is %lld.", STR_ARG(t.name),
                   (long long)r.value);
    else
        page_flash(call, FLASH_GOOD, "Your answers wait for the requester.");
    site_redirect(call, STR("/dashboard"));
    return NO_ERR;
}

const struct route site_test_rows[] = {
    {.method = "GET",
     .pattern = "/qualifications/{type}/test",
     .help = "The test of a qualification: what it is, or its form while it runs.",
     .may = MAY_WORKER,
     .kind = CALL_READ,
     .run = show},
    {.method = "POST",
     .pattern = "/qualifications/{type}/test",
     .help = "Starts the test: its clock begins.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = start,
     .shard = shard},
    {.method = "POST",
     .pattern = "/qualifications/{type}/test/submit",
     .help = "Submits the test, once.",
     .may = MAY_WORKER,
     .kind = CALL_WRITE,
     .run = submit,
     .shard = shard},
    {.method = NULL},
};
