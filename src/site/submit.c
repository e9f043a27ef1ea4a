/* The submit address (questions 4.3-4.5). The assignment id is the authority: a form posted from a
 * frame of another origin carries no cookie. Always a full page that works without script. */
#include "base/arena.h"
#include "base/pack.h"
#include "base/rand.h"
#include "formats/answer.h"
#include "market/work_next.h"
#include "site/form.h"
#include "site/rows.h"

struct submission {
    struct str assignment_id;
    struct str fields; /* packed */
    struct str *names;
    size_t name_count;
    struct submit_file *files;
    size_t file_count;
};

static void gather_files(struct arena *a, const struct form *form, struct submission *s) {
    s->files = arena_array(a, form->count, sizeof *s->files);
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *f = &form->fields[i];
        if (f->filename.n)
            s->files[s->file_count++] = (struct submit_file){
                .question = f->name, .name = f->filename, .type = f->type, .body = f->value};
    }
}

/* Query first, then body, in order. */
static struct err gather(struct call *call, struct submission *s) {
    struct arena *a = call->req->arena;
    const struct form *forms[] = {&call->req->query, &call->form};
    size_t n = 0, max = forms[0]->count + forms[1]->count;
    struct answer_field *fields = arena_array(a, max, sizeof *fields);
    for (size_t f = 0; f < 2; f++) {
        for (size_t i = 0; i < forms[f]->count; i++) {
            const struct form_field *field = &forms[f]->fields[i];
            if (str_is(field->name, "assignmentId") && !field->filename.p && !s->assignment_id.p)
                s->assignment_id = str_trim(field->value);
            /* Of a file part its name is the answer, unless a question form asks for the file. */
            fields[n++] = (struct answer_field){
                .name = field->name,
                .value = field->filename.p ? field->filename : field->value,
            };
        }
    }
    gather_files(a, &call->form, s);
    return answer_pack(a, fields, n, &s->fields);
}

static void gather_names(struct arena *a, struct submission *s) {
    struct answer answer;
    struct str rest = s->fields;
    size_t max = 0;
    while (answer_next(&rest, &answer))
        max++;
    s->names = arena_array(a, max, sizeof *s->names);
    rest = s->fields;
    while (answer_next(&rest, &answer))
        s->names[s->name_count++] = answer.name;
}

/* Shown in the frame: nothing of ours may be taken from it, and no script but our own runs. The
 * page may be framed by whoever framed the task: it acts on no session. */
static void frame_page_begin(struct call *call, const char *title, struct str script) {
    struct arena *a = call->req->arena;
    struct str nonce = rand_hex(a, 16);
    struct buf *out = &call->body;
    call->type = "text/html; charset=utf-8";
    call_header(call, "Content-Security-Policy",
                str_printf(a,
                           "default-src 'none'; style-src 'unsafe-inline'; script-src "
                           "'nonce-%.*s'; base-uri 'none'; form-action 'none'",
                           STR_ARG(nonce)));
    call_header(call, "X-Content-Type-Options", STR("nosniff"));
    buf_puts(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    html_text(out, str_c(title));
    buf_puts(out, "</title>\n<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem}"
                  "textarea{width:100%;min-height:10rem}</style>\n</head>\n<body>\n<h1>");
    html_text(out, str_c(title));
    buf_puts(out, "</h1>\n");
    if (script.n)
        buf_printf(out, "<script nonce=\"%.*s\">%.*s</script>\n", STR_ARG(nonce), STR_ARG(script));
}

/* The worker's words are never lost: they are offered for copying (4.4). */
static void offer_answer(struct call *call) {
    struct submission s = {.assignment_id = STR_NULL};
    struct answer answer;
    if (failed(gather(call, &s)) || !s.fields.n)
        return;
    buf_puts(&call->body, "<p>What you entered, for copying:</p>\n<textarea readonly>");
    while (answer_next(&s.fields, &answer)) {
        html_text(&call->body, answer.name);
        buf_puts(&call->body, ": ");
        html_text(&call->body, answer_joined(call->req->arena, &answer));
        buf_putc(&call->body, '\n');
    }
    buf_puts(&call->body, "</textarea>\n");
}

void submit_refuse(struct call *call, struct err e) {
    struct str words = str_c(e.detail ? e.detail : err_opening(e.code));
    if (site_wants_json(call->req)) {
        struct json j = call_json(call);
        json_open_object(&j);
        json_key(&j, "error");
        json_open_object(&j);
        json_kv_cstr(&j, "code", err_slug(e.code));
        json_kv_str(&j, "message", words);
        json_kv_str_opt(&j, "field", str_c(e.field));
        json_end(&j);
        json_end(&j);
        return;
    }
    frame_page_begin(call, "Not submitted", STR_NULL);
    buf_puts(&call->body, "<p>");
    html_text(&call->body, words);
    buf_puts(&call->body, "</p>\n");
    offer_answer(call);
    buf_puts(&call->body, "<p><a target=\"_top\" href=\"");
    html_text(&call->body, str_c(call->app->site_url));
    buf_puts(&call->body, "/tasks\">Your queue</a></p>\n</body>\n</html>\n");
}

/* Where the worker goes on: the page there knows what was accepted for him. */
static void go_on(struct buf *out, struct call *call, const struct submission *s,
                  const struct submitted *done, enum next_state next) {
    html_text(out, str_c(call->app->site_url));
    buf_printf(out, "/projects/%.*s/tasks?done=", STR_ARG(done->group_id));
    html_text(out, s->assignment_id);
    buf_printf(out, "&amp;next=%s", next_state_name(next));
}

static void success_page(struct call *call, const struct submission *s,
                         const struct submitted *done, enum next_state next) {
    struct buf script = BUF_INIT, *out = &call->body;
    struct json j = json_begin(&script);
    /* Both texts are ours: an id of capital letters and digits, and the configured address. */
    buf_puts(&script, "if(window.parent!==window)window.parent.postMessage({submitted:");
    json_str(&j, s->assignment_id);
    buf_printf(&script, ",next:\"%s\"},", next_state_name(next));
    struct json origin = json_begin(&script);
    json_cstr(&origin, call->app->site_url);
    buf_puts(&script, ");");
    frame_page_begin(call, "Submitted", buf_view(&script));
    buf_free(&script);
    buf_puts(out, "<p>Your work was submitted.</p>\n<p><a target=\"_top\" href=\"");
    go_on(out, call, s, done, next);
    buf_printf(out, "\">%s</a></p>\n</body>\n</html>\n",
               next == NEXT_ACCEPTED ? "Go on: the next task is accepted" : "Go on");
}

static struct err missing_id(struct call *call, struct str id) {
    struct arena *a = call->req->arena;
    if (!id.n)
        return err_make(a, ERR_BAD_REQUEST, "assignmentId",
                        "The form has no field \"assignmentId\", which says what is submitted.");
    return err_make(a, ERR_BAD_REQUEST, "assignmentId",
                    "This is a preview: accept the task first, then submit.");
}

static struct err submit_shard(struct call *call, struct ctx *ctx) {
    struct str id = form_get(&call->req->query, "assignmentId");
    if (!id.p)
        id = form_get(&call->form, "assignmentId");
    return work_shard(ctx, id.p ? str_trim(id) : STR(""), STR_NULL, &call->shard);
}

/* A form whose answers do not fit it: shown again with what was entered and what is wrong (6.5).
 * Not an error of this call: it has changed nothing. */
static void bad_answer(struct call *call, const struct submission *s, const struct submitted *done,
                       struct err e) {
    if (!site_wants_json(call->req)) {
        form_task_again(call, s->assignment_id, s->fields, done->form, done->mistakes);
        return;
    }
    call->status = err_http_status(e.code);
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "error");
    json_open_object(&j);
    json_kv_cstr(&j, "code", err_slug(e.code));
    json_kv_str(&j, "message", str_c(e.detail));
    json_kv_str_opt(&j, "field", str_c(e.field));
    json_end(&j);
    json_key(&j, "mistakes");
    json_open_array(&j);
    for (const struct form_mistake *m = done->mistakes; m; m = m->next) {
        json_open_object(&j);
        json_kv_str(&j, "field", m->question->id);
        json_kv_cstr(&j, "message", m->message);
        json_end(&j);
    }
    json_end(&j);
    json_end(&j);
}

static struct err submit(struct call *call, struct ctx *ctx) {
    struct submission s = {.assignment_id = STR_NULL};
    struct submitted done;
    struct accepted accepted = {0};
    enum next_state next = NEXT_OFF;
    struct err e = gather(call, &s);
    if (failed(e))
        return e;
    if (!s.assignment_id.n || str_is(s.assignment_id, "ASSIGNMENT_ID_NOT_AVAILABLE"))
        return missing_id(call, s.assignment_id);
    gather_names(call->req->arena, &s);
    struct submit_in in = {
        .assignment_id = s.assignment_id,
        .fields = s.fields,
        .names = s.names,
        .name_count = s.name_count,
        .files = s.files,
        .file_count = s.file_count,
    };
    /* Whoever holds the id submits; a session of somebody else in the browser does not matter. */
    struct actor nobody = {.entrance = ENTRANCE_PAGE, .detail = call->req->peer};
    struct ctx as_nobody = *ctx;
    as_nobody.actor = &nobody;
    e = work_submit(&as_nobody, &in, &done);
    if (!failed(e))
        e = work_next(&as_nobody, &done, &next, &accepted);
    if (failed(e) && e.code != ERR_BAD_ANSWER)
        return e;
    call_header(call, "Access-Control-Allow-Origin", STR("*"));
    if (failed(e)) {
        bad_answer(call, &s, &done, e);
        return NO_ERR;
    }
    if (!site_wants_json(call->req)) {
        success_page(call, &s, &done, next);
        return NO_ERR;
    }
    struct json j = call_json(call);
    json_open_object(&j);
    json_kv_str(&j, "assignment_id", s.assignment_id);
    json_kv_cstr(&j, "state", done.approved ? "Approved" : "Submitted");
    json_kv_bool(&j, "again", done.again);
    json_kv_str(&j, "group_id", done.group_id);
    json_kv_cstr(&j, "next", next_state_name(next));
    if (next == NEXT_ACCEPTED) {
        json_kv_str(&j, "next_assignment_id", accepted.assignment_id);
        json_kv_str(&j, "next_task_id", accepted.hit_id);
    }
    json_end(&j);
    return NO_ERR;
}

/* No token: the id is the authority (questions 4.5.2). By GET too, as old pages do; and with the
 * two slashes that come from joining addresses as texts. */
#define SUBMIT_ROW(verb, path)                                                                     \
    {                                                                                              \
        .method = verb, .pattern = path, .help = "Submits the work of an assignment.",             \
        .may = MAY_EVERYBODY, .flags = ROUTE_NO_CSRF | ROUTE_FILES, .kind = CALL_WRITE,            \
        .run = submit, .shard = submit_shard                                                       \
    }

const struct route site_submit_rows[] = {
    SUBMIT_ROW("POST", "/mturk/externalSubmit"),
    SUBMIT_ROW("POST", "//mturk/externalSubmit"),
    SUBMIT_ROW("GET", "/mturk/externalSubmit"),
    SUBMIT_ROW("GET", "//mturk/externalSubmit"),
    {.method = NULL},
};
