/* /v1/reviews: a reviewed results file comes back, is planned, and committed (csv-formats 4,
 * money-and-lifecycle 8.8). */
#include "api/v1_rows.h"
#include "base/limits.h"
#include "base/log.h"
#include "formats/reviewed.h"
#include "market/batch.h"
#include "market/review.h"

static bool parse_mode(struct str word, enum review_mode *mode) {
    *mode = str_is(word, "all")        ? MODE_ALL
            : str_is(word, "eligible") ? MODE_ELIGIBLE
            : str_is(word, "funded")   ? MODE_FUNDED
                                       : 0;
    return *mode != 0;
}

static const struct {
    const char *name;
    enum review_option bit;
} option_words[] = {
    {"republish", REVIEW_REPUBLISH},     {"all_batches", REVIEW_ALL_BATCHES},
    {"same_reason", REVIEW_SAME_REASON}, {"rejected_since", REVIEW_REJECTED_SINCE},
    {"no_messages", REVIEW_NO_MESSAGES},
};

static bool is_on(struct str value) {
    return str_is(value, "1") || str_is(value, "true") || str_is(value, "on");
}

/* mode, reason and the options, from the query. */
static struct err read_choice(struct call *call, struct review_choice *choice) {
    const struct form *query = &call->req->query;
    struct str mode = form_get(query, "mode");
    if (mode.n && !parse_mode(mode, &choice->mode))
        return err_make(call->req->arena, ERR_BAD_REQUEST, "mode",
                        "\"%.*s\" is no mode: all, eligible, funded.", STR_ARG(mode));
    choice->reason = form_get(query, "reason");
    for (size_t i = 0; i < sizeof option_words / sizeof *option_words; i++)
        if (is_on(form_get(query, option_words[i].name)))
            choice->options |= option_words[i].bit;
    return NO_ERR;
}

static void write_answer(struct call *call, const struct review_answer *answer) {
    call->type = "application/json";
    buf_str(&call->body, answer->json);
}

#define CHOICE_QUERY                                                                               \
    {"mode", "all (nothing moves unless everything can), eligible or funded"},                     \
        {"reason", "for rejections that are marked without one"},                                  \
        {"republish", "1: each rejection opens a slot for another worker"},                        \
        {"all_batches", "1: rows of other batches of the caller are applied too"},                 \
        {"same_reason", "1: an x beside the old reason approves"},                                 \
        {"rejected_since", "1: approve what was rejected after the download"},                     \
        {"no_messages", "1: text in Approve is a mark only"}, {                                    \
        NULL, NULL                                                                                 \
    }

static const struct route_param upload_query[] = {
    {"batch", "the batch; that of the first row that names one when absent"},
    {"name", "the file's name"},
    {"encoding", "of the file; recognised when absent"},
    {"tools", "of a Command Line Tools file: marked (an unmarked row is not touched) or old (it is "
              "approved, as the tools did)"},
    CHOICE_QUERY,
};
static const struct route_param choice_query[] = {CHOICE_QUERY};

/* How unmarked rows of a Command Line Tools file are meant (csv-formats 4.2). */
static struct err read_tools(struct call *call, int *tools) {
    struct str word = form_get(&call->req->query, "tools");
    *tools = str_is(word, "marked") ? REVIEWED_TOOLS_MARKED
             : str_is(word, "old")  ? REVIEWED_TOOLS_OLD
                                    : REVIEWED_TOOLS_ASK;
    if (!word.n || *tools)
        return NO_ERR;
    return err_make(call->req->arena, ERR_BAD_REQUEST, "tools",
                    "tools is \"%.*s\"; it must be marked or old.", STR_ARG(word));
}

/* The file: the whole body, or the first file of a form. */
static struct err take_file(struct call *call, struct review_upload *up) {
    struct http_request *req = call->req;
    up->file = http_body(req);
    up->file_name = form_get(&req->query, "name");
    if (!up->file.p)
        return err_make(req->arena, ERR_INTERNAL, NULL, "The upload can not be read.");
    if (http_has_form(req) && form_is_multipart(http_header(req, "Content-Type"))) {
        struct err e = http_form(req, 0, &call->form);
        if (failed(e))
            return e;
        const struct form_field *file = form_file(&call->form, "file");
        if (!file)
            return err_make(req->arena, ERR_BAD_REQUEST, "file",
                            "The form holds no file in the field \"file\".");
        up->file = file->value;
        if (!up->file_name.n)
            up->file_name = file->filename;
    }
    if (!up->file_name.n)
        up->file_name = STR("upload.csv");
    return NO_ERR;
}

static struct err upload(struct call *call) {
    struct app *app = call->app;
    struct arena *a = call->req->arena;
    struct review_upload up = {
        .actor = &call->actor,
        .encoding = form_get(&call->req->query, "encoding"),
        .bytes_max = app->file_max,
        .rows_max = app->file_rows_max,
    };
    call->actor.entrance = ENTRANCE_FILE;
    struct err e = v1_query_int(call, "batch", 1, INT64_MAX, 0, &up.batch);
    if (!failed(e))
        e = read_choice(call, &up.choice);
    if (!failed(e))
        e = read_tools(call, &up.tools);
    if (!failed(e))
        e = take_file(call, &up);
    struct review_answer answer;
    if (!failed(e))
        e = review_upload(app->store, app->ids, a, &up, &answer);
    if (failed(e))
        return e;
    call_header(call, "Location", str_printf(a, "/v1/reviews/%.*s", STR_ARG(answer.review)));
    write_answer(call, &answer);
    return NO_ERR;
}

static struct err get_review(struct call *call) {
    struct app *app = call->app;
    struct review_answer answer;
    struct err e = review_get(app->store, app->ids, call->req->arena, call->actor.party,
                              call->params[0], &answer);
    if (!failed(e))
        write_answer(call, &answer);
    return e;
}

static struct err plan(struct call *call) {
    struct app *app = call->app;
    struct review_choice choice = {0};
    struct review_answer answer;
    call->actor.entrance = ENTRANCE_FILE;
    struct err e = read_choice(call, &choice);
    if (!failed(e))
        e = review_plan(app->store, app->ids, call->req->arena, &call->actor, call->params[0],
                        &choice, &answer);
    if (!failed(e))
        write_answer(call, &answer);
    return e;
}

struct commit_in {
    struct str token, message;
};

static const struct field commit_fields[] = {
    {.name = "token",
     .help = "of the plan that was shown",
     .type = F_TEXT,
     .required = true,
     .at = offsetof(struct commit_in, token),
     .min = 1,
     .max = 256},
    {.name = "message",
     .help = "of a selection made on the pages: what every worker of it is told",
     .type = F_TEXT,
     .at = offsetof(struct commit_in, message),
     .max = REASON_MAX},
    {0},
};

/* A plan that can not be applied any more is answered with a fresh one, under its own status. */
static struct err commit(struct call *call) {
    struct app *app = call->app;
    const struct commit_in *in = call->in;
    struct review_answer answer = {.json = STR_NULL};
    call->actor.entrance = ENTRANCE_FILE;
    struct err e =
        review_commit(app->store, app->ids, call->req->arena, &call->actor, call->params[0],
                      &(struct review_yes){in->token, in->message}, &answer);
    if ((e.code == ERR_PLAN_STALE || e.code == ERR_PLAN_BLOCKED) && answer.json.p) {
        call->status = err_http_status(e.code);
        call->replay_key = STR_NULL; /* the next attempt may find another world */
        write_answer(call, &answer);
        return NO_ERR;
    }
    if (!failed(e))
        write_answer(call, &answer);
    return e;
}

static struct err drop(struct call *call) {
    struct app *app = call->app;
    return review_drop(app->store, app->ids, call->req->arena, call->actor.party, call->params[0]);
}

/* ---- outcome.csv ---- */

static bool sink(void *arg, const void *p, size_t n) {
    return http_sink_write(arg, p, n);
}

static bool produce(struct http_sink *out, void *arg) {
    struct call *call = arg;
    struct review_outcome_in in = {call->actor.party, call->params[0]};
    struct err e =
        review_outcome(call->app->store, call->app->ids, call->req->arena, &in, sink, out);
    if (failed(e))
        log_error("%s: outcome of review %.*s: %s", call->req->id, STR_ARG(call->params[0]),
                  e.detail);
    return !failed(e);
}

static struct err outcome(struct call *call) {
    struct review_answer answer;
    struct app *app = call->app;
    struct err e = review_get(app->store, app->ids, call->req->arena, call->actor.party,
                              call->params[0], &answer);
    if (failed(e))
        return e;
    call->type = "text/csv; charset=utf-8";
    call_header(call, "Content-Disposition",
                str_printf(call->req->arena, "attachment; filename=\"Outcome_%.*s.csv\"",
                           STR_ARG(answer.review)));
    call->produce = produce;
    call->produce_arg = call;
    return NO_ERR;
}

const struct v1_row v1_review_rows[] = {
    {.route = {.method = "POST",
               .pattern = "/v1/reviews",
               .help = "Takes a reviewed results file as body and answers the plan; nothing moves.",
               .may = MAY_REVIEW,
               .flags = ROUTE_UPLOAD,
               .kind = CALL_SLOW,
               .slow = upload,
               .query = upload_query,
               .gives = "application/json"},
     .success = 201},
    {.route = {.method = "GET",
               .pattern = "/v1/reviews/{id}",
               .help = "The plan, or the outcome when it was applied.",
               .may = MAY_REVIEW,
               .kind = CALL_SLOW,
               .slow = get_review,
               .gives = "application/json"}},
    {.route = {.method = "DELETE",
               .pattern = "/v1/reviews/{id}",
               .help = "Drops a review that was not applied.",
               .may = MAY_REVIEW,
               .kind = CALL_SLOW,
               .slow = drop},
     .success = 204},
    {.route = {.method = "POST",
               .pattern = "/v1/reviews/{id}/plan",
               .help = "Plans the same file again, under another mode or with other options.",
               .may = MAY_REVIEW,
               .kind = CALL_SLOW,
               .slow = plan,
               .query = choice_query,
               .gives = "application/json"}},
    {.route = {.method = "POST",
               .pattern = "/v1/reviews/{id}/commit",
               .help = "Applies the plan of that token, once; 409 and a fresh plan when the world "
                       "has moved on.",
               .may = MAY_REVIEW,
               .flags = ROUTE_JSON,
               .kind = CALL_SLOW,
               .slow = commit,
               .gives = "application/json"},
     .fields = commit_fields,
     .in_size = sizeof(struct commit_in)},
    {.route = {.method = "GET",
               .pattern = "/v1/reviews/{id}/outcome.csv",
               .help = "The uploaded file with the columns Outcome, Reason and Line.",
               .may = MAY_REVIEW,
               .kind = CALL_SLOW,
               .slow = outcome,
               .gives = "text/csv"}},
    {.route = {.method = NULL}},
};
