/* POST /v1/projects/{id}/batches: a CSV file becomes a batch (requester-site 3, csv-formats 2). */
#include "api/v1_rows.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/pack.h"
#include "formats/csv_in.h"
#include "formats/layout.h"
#include "http/sigv4.h"
#include "market/batch.h"
#include "market/document.h"
#include "market/project.h"
#include "market/publish.h"

/* A chunk is sent off at this size: far below what one transaction should hold. */
enum { CHUNK_BYTES = 768 * 1024, STEP_CHUNKS = 4 };

/* One file on its way. */
struct publishing {
    struct call *call;
    struct csv *csv;
    struct findings findings;
    int64_t project, batch;
    struct str name;
    struct str columns; /* packed header */
    struct str file_digest;
    const struct str *header;
    size_t width;
    struct layout_plan plan;
    struct buf rows, row; /* chunk, and one row of it */
    int64_t staged, in_chunk;
    struct publish_cost cost;
    struct publish_progress progress;
    struct batch_view view;
};

static struct err bad_file(struct publishing *p) {
    const char *code = NULL;
    const struct finding *f = findings_refusal(&p->findings, &code);
    return err_make(p->call->req->arena, ERR_BAD_FILE, code, "%.*s",
                    STR_ARG(f ? f->message : STR("The file can not be read.")));
}

/* ---- rules, each a transaction ---- */

/* Every placeholder needs a column (questions 10.2, 10.9). */
static struct err check_columns(struct ctx *ctx, struct publishing *p, struct str body) {
    struct layout layout = layout_read(ctx->arena, body);
    struct layout_findings found = layout_check(ctx->arena, &layout, p->header, p->width, false);
    for (size_t i = 0; i < found.count; i++)
        if (found.list[i].level == LAYOUT_ERROR)
            return err_make(ctx->arena, ERR_BAD_FILE, "columns", "%s", found.list[i].text);
    p->plan = layout_plan(ctx->arena, body, p->header, p->width);
    return NO_ERR;
}

static struct err begin_batch(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    struct project project;
    struct str body;
    struct err e = project_get(ctx, p->project, &project);
    if (!failed(e))
        e = document_get(ctx, project.document, &body);
    if (!failed(e))
        e = check_columns(ctx, p, body);
    if (failed(e))
        return e;
    struct publish_draft_in draft = {
        .project = p->project,
        .name = p->name,
        .columns = p->columns,
        .file_digest = p->file_digest,
    };
    return publish_draft(ctx, &draft, &p->batch);
}

static struct err stage(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    struct publish_chunk chunk = {
        .packed = buf_view(&p->rows),
        .rows = p->in_chunk,
        .after = p->staged,
    };
    return publish_stage(ctx, p->batch, &chunk);
}

static struct err find_cost(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    return publish_cost(ctx, p->batch, &p->cost);
}

static struct err order(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    return publish_order(ctx, p->batch, &p->cost);
}

static struct err step(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    return publish_step(ctx, p->batch, STEP_CHUNKS, &p->progress);
}

static struct err look(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    return batch_get(ctx, p->call->session.party.id, p->batch, &p->view);
}

static struct err drop(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    return publish_drop(ctx, p->batch);
}

/* ---- the file ---- */

static struct err send_chunk(struct publishing *p) {
    if (!p->in_chunk)
        return NO_ERR;
    struct err e = call_write(p->call, stage, p);
    p->staged += p->in_chunk;
    p->in_chunk = 0;
    buf_clear(&p->rows);
    return e;
}

static struct err add_row(struct publishing *p, const struct csv_row *row) {
    struct arena *a = p->call->req->arena;
    if (row->overlong)
        return err_make(a, ERR_BAD_FILE, "U07",
                        "Line %lld has more cells than the header has columns; remove them or "
                        "quote the cell that holds the separator.",
                        (long long)row->line);
    size_t size = layout_filled_size(&p->plan, row->cells);
    if (size > LAYOUT_FILLED_MAX)
        return err_make(a, ERR_BAD_FILE, "layout",
                        "Line %lld would make a page of %zu bytes; at most %zu are allowed.",
                        (long long)row->line, size, LAYOUT_FILLED_MAX);
    buf_clear(&p->row);
    for (size_t i = 0; i < p->width; i++)
        pack_add(&p->row, row->cells[i]);
    pack_add(&p->rows, buf_view(&p->row));
    p->in_chunk++;
    return p->in_chunk == STAGE_ROWS_MAX || p->rows.n > CHUNK_BYTES ? send_chunk(p) : NO_ERR;
}

static struct err stage_rows(struct publishing *p) {
    struct csv_row row;
    enum csv_step got;
    while ((got = csv_next(p->csv, &row)) == CSV_ROW) {
        struct err e = add_row(p, &row);
        if (failed(e))
            return e;
    }
    return got == CSV_END ? send_chunk(p) : bad_file(p);
}

static struct err read_header(struct publishing *p) {
    struct arena *a = p->call->req->arena;
    p->header = csv_header(p->csv, &p->width);
    if (!p->width || findings_refuse(&p->findings))
        return bad_file(p);
    struct buf packed = BUF_INIT;
    for (size_t i = 0; i < p->width; i++) {
        for (size_t k = 0; k < i; k++)
            if (str_eq(p->header[i], p->header[k])) {
                buf_free(&packed);
                return err_make(a, ERR_BAD_FILE, "columns",
                                "The column \"%.*s\" stands twice in the header; rename one.",
                                STR_ARG(p->header[i]));
            }
        pack_add(&packed, p->header[i]);
    }
    p->columns = buf_dup(a, &packed);
    buf_free(&packed);
    return NO_ERR;
}

static struct err publish_all(struct publishing *p) {
    struct err e = call_write(p->call, order, p);
    while (!failed(e) && !p->progress.done)
        e = call_write(p->call, step, p);
    return failed(e) ? e : call_read(p->call, look, p);
}

static struct err publish(struct publishing *p, bool plan_only) {
    struct err e = read_header(p);
    if (!failed(e))
        e = call_write(p->call, begin_batch, p);
    if (failed(e))
        return e;
    e = stage_rows(p);
    if (!failed(e))
        e = plan_only ? call_read(p->call, find_cost, p) : publish_all(p);
    /* A batch that was ordered is the sweeper's, should a step have failed. */
    if (plan_only || (failed(e) && !p->progress.total))
        call_write(p->call, drop, p);
    return e;
}

static void write_cost(struct call *call, const struct publishing *p, bool plan_only) {
    struct json j = call_json(call);
    json_open_object(&j);
    if (!plan_only) {
        json_kv_int(&j, "id", p->batch);
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

static struct err create_batch(struct call *call) {
    struct arena *a = call->req->arena;
    struct publishing p = {.call = call};
    struct str file;
    if (!num_parse(call->params[0], 1, INT64_MAX, &p.project))
        return err_make(a, ERR_NOT_FOUND, "id", "There is no project %.*s.",
                        STR_ARG(call->params[0]));
    struct err e = find_file(call, &file);
    if (failed(e))
        return e;
    char digest[SIGV4_HEX_LEN + 1];
    sigv4_sha256_hex(file, digest);
    p.file_digest = str_dup(a, str_c(digest));
    p.name = form_get(&call->req->query, "name");
    bool plan_only = str_is(form_get(&call->req->query, "plan"), "1");
    struct csv_options options = {
        .bytes_max = call->app->file_max,
        .rows_max = call->app->file_rows_max,
    };
    findings_init(&p.findings, a);
    p.csv = csv_open(source_str(&file), &options, &p.findings);
    e = publish(&p, plan_only);
    csv_close(p.csv);
    buf_free(&p.rows);
    buf_free(&p.row);
    if (failed(e))
        return e;
    if (plan_only)
        call->status = 200;
    write_cost(call, &p, plan_only);
    return NO_ERR;
}

static const struct route_param publish_query[] = {
    {"name", "of the batch; the project's name and the date when absent"},
    {"plan", "1: answer what it would cost, and publish nothing"},
    {NULL, NULL},
};

const struct v1_row v1_publish_rows[] = {
    {.route = {.method = "POST",
               .pattern = "/v1/projects/{id}/batches",
               .help = "Publishes a batch: one HIT for each row of the CSV file in the body; the "
                       "whole cost is held, or nothing happens.",
               .may = MAY_REQUESTER,
               .flags = ROUTE_UPLOAD,
               .kind = CALL_SLOW,
               .slow = create_batch,
               .query = publish_query,
               .gives = "application/json"},
     .success = 201},
    {.route = {.method = NULL}},
};
