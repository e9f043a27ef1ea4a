/* POST /v1/projects/{id}/batches: a CSV file becomes a batch (requester-site 3, csv-formats 2). */
#include "api/v1_rows.h"
#include "app/batch_file.h"
#include "base/limits.h"
#include "base/num.h"
#include "market/batch.h"

struct publishing {
    struct call *call;
    struct batch_staged staged;
    struct publish_cost cost;
    struct batch_view view;
};

static struct err find_cost(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    return publish_cost(ctx, p->staged.batch, &p->cost);
}

static struct err look(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    return batch_get(ctx, p->call->actor.party, p->staged.batch, &p->view);
}

static struct err drop(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    return publish_drop(ctx, p->staged.batch);
}

/* The staged file is published, or only costed. A batch that was ordered is the sweeper's, should
 * a step have failed. */
static struct err publish(struct publishing *p, bool plan_only) {
    struct publish_progress progress = {0};
    struct err e;
    if (plan_only)
        e = call_read(p->call, find_cost, p);
    else
        e = batch_file_publish(p->call, p->staged.batch, 0, &p->cost, &progress);
    if (plan_only || (failed(e) && !progress.total))
        call_write(p->call, drop, p);
    return failed(e) || plan_only ? e : call_read(p->call, look, p);
}

static void write_cost(struct call *call, const struct publishing *p, bool plan_only) {
    struct json j = call_json(call);
    json_open_object(&j);
    if (!plan_only) {
        json_kv_int(&j, "id", p->staged.batch);
        json_kv_str(&j, "name", p->view.name);
    }
    json_kv_int(&j, "hits", p->cost.hits);
    json_kv_int(&j, "assignments", p->cost.assignments);
    json_key(&j, "cents");
    json_open_object(&j);
    json_kv_int(&j, "reward", p->cost.reward_cents);
    json_kv_int(&j, "fee", p->cost.fee_cents);
    json_kv_int(&j, "total", p->cost.total_cents);
    json_kv_int(&j, "available", p->cost.avail_cents);
    json_kv_int(&j, "missing", p->cost.missing_cents);
    json_end(&j);
    json_end(&j);
}

/* All faults of the file at once, by line and column. */
static void write_faults(struct call *call, struct err e, const struct findings *f) {
    call->status = err_http_status(e.code);
    struct json j = call_json(call);
    json_open_object(&j);
    json_key(&j, "error");
    json_open_object(&j);
    json_kv_cstr(&j, "code", err_slug(e.code));
    json_kv_cstr(&j, "message", e.detail);
    json_kv_cstr(&j, "field", e.field);
    batch_file_json(&j, f);
    json_end(&j);
    json_end(&j);
}

static struct err find_file(struct call *call, struct str *file) {
    struct http_request *req = call->req;
    *file = http_body(req);
    if (!file->p)
        return err_make(req->arena, ERR_INTERNAL, NULL, "The upload can not be read.");
    if (!form_is_multipart(http_header(req, "Content-Type")))
        return NO_ERR;
    struct err e = http_form(req, 0, &call->form);
    const struct form_field *field = failed(e) ? NULL : form_file(&call->form, "file");
    if (!failed(e) && !field)
        e = err_make(req->arena, ERR_BAD_REQUEST, "file",
                     "The form holds no file in the field \"file\".");
    if (field)
        *file = field->value;
    return e;
}

static struct err read_query(struct call *call, struct batch_file *in) {
    struct arena *a = call->req->arena;
    struct str encoding = form_get(&call->req->query, "encoding");
    if (!num_parse(call->params[0], 1, INT64_MAX, &in->project))
        return err_make(a, ERR_NOT_FOUND, "id", "There is no project %.*s.",
                        STR_ARG(call->params[0]));
    in->name = form_get(&call->req->query, "name");
    in->fold_case = str_is(form_get(&call->req->query, "fold_case"), "1");
    if (encoding.p && !encoding_parse(encoding, &in->encoding))
        return err_make(a, ERR_BAD_REQUEST, "encoding", "There is no encoding \"%.*s\".",
                        STR_ARG(encoding));
    return v1_query_int(call, "tasks", 1, FILE_ROWS_MAX, 0, &in->tasks);
}

static struct err create_batch(struct call *call) {
    struct publishing p = {.call = call};
    struct batch_file in = {0};
    bool plan_only = str_is(form_get(&call->req->query, "plan"), "1");
    struct err e = read_query(call, &in);
    if (!failed(e))
        e = find_file(call, &in.file);
    if (failed(e))
        return e;
    if (in.tasks && !in.file.n)
        in.file = STR_NULL;
    e = batch_file_stage(call, &in, &p.staged);
    if (e.code == ERR_BAD_FILE && p.staged.findings.first) {
        write_faults(call, e, &p.staged.findings);
        return NO_ERR;
    }
    if (!failed(e))
        e = publish(&p, plan_only);
    if (failed(e))
        return e;
    if (plan_only)
        call->status = 200;
    write_cost(call, &p, plan_only);
    return NO_ERR;
}

static const struct route_param publish_query[] = {
    {"name", "of the batch; the project's name and the date when absent"},
    {"tasks", "without a body, for a layout without variables: how many tasks, all alike"},
    {"encoding", "of the file, when it is neither UTF-8 nor UTF-16: Windows-1252, …"},
    {"fold_case", "1: a column whose name differs from a variable in case only is taken for it"},
    {"plan", "1: answer what it would cost, and publish nothing"},
    {NULL, NULL},
};

const struct v1_row v1_publish_rows[] = {
    {.route = {.method = "POST",
               .pattern = "/v1/projects/{id}/batches",
               .help = "Publishes a batch: one HIT for each row of the CSV file in the body; the "
                       "whole cost is held, or nothing happens. A file with faults "
                       "publishes nothing: error.faults names all of them by line and column.",
               .may = MAY_OWN,
               .flags = ROUTE_UPLOAD,
               .kind = CALL_SLOW,
               .slow = create_batch,
               .query = publish_query,
               .gives = "application/json"},
     .success = 201},
    {.route = {.method = NULL}},
};
