#include "app/batch_file.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "base/pack.h"
#include "base/sha256.h"
#include "formats/batch_input.h"
#include "formats/layout.h"
#include "market/document.h"
#include "market/draft.h"
#include "market/project.h"

/* A chunk is sent off at this size: far below what one transaction should hold. */
enum { CHUNK_BYTES = 768 * 1024, STEP_CHUNKS = 4 };

/* One file on its way. */
struct staging {
    struct call *call;
    const struct batch_file *in;
    struct batch_staged *out;
    struct project project;
    struct str html; /* the project's layout */
    struct layout layout;
    size_t needed, all;      /* of names */
    const struct str *names; /* placeholders of the layout */
    struct batch_input *input;
    const struct str *columns;
    size_t width;
    struct str packed_columns;
    struct layout_plan plan;
    struct buf rows, row; /* chunk, and one row of it */
    int64_t staged, in_chunk;
};

static bool faulty(const struct staging *s) {
    return findings_fault(&s->out->findings, NULL) != NULL;
}

/* ---- rules, each a transaction ---- */

static struct err load(struct ctx *ctx, void *arg) {
    struct staging *s = arg;
    struct err e = project_get(ctx, s->in->project, &s->project);
    return failed(e) ? e : document_get(ctx, s->project.document, &s->html);
}

static struct err begin(struct ctx *ctx, void *arg) {
    struct staging *s = arg;
    struct project now;
    struct err e = project_get(ctx, s->in->project, &now);
    if (failed(e))
        return e;
    if (now.document != s->project.document)
        return err_make(ctx->arena, ERR_CONFLICT, NULL,
                        "The project's layout was changed while the file was read. Nothing was "
                        "published; send the file again.");
    struct publish_draft_in draft = {
        .project = s->in->project,
        .name = s->in->name.n ? s->in->name : STR_NULL,
        .columns = s->packed_columns,
        .file_name = s->in->file_name.n ? s->in->file_name : STR_NULL,
        .file_digest = s->in->file.p ? sha256_hex(ctx->arena, s->in->file) : STR_NULL,
    };
    return publish_draft(ctx, &draft, &s->out->batch);
}

static struct err send(struct ctx *ctx, void *arg) {
    struct staging *s = arg;
    struct publish_chunk chunk = {
        .packed = buf_view(&s->rows),
        .rows = s->in_chunk,
        .after = s->staged,
    };
    return publish_stage(ctx, s->out->batch, &chunk);
}

static struct err keep_findings(struct ctx *ctx, void *arg) {
    struct staging *s = arg;
    return draft_keep_findings(ctx, s->out->batch, &s->out->findings);
}

static struct err drop(struct ctx *ctx, void *arg) {
    struct staging *s = arg;
    return publish_drop(ctx, s->out->batch);
}

/* ---- the file ---- */

static struct err fault(const struct staging *s) {
    const char *code = "file";
    const struct finding *f = findings_fault(&s->out->findings, &code);
    return err_make(s->call->req->arena, ERR_BAD_FILE, code, "%.*s",
                    STR_ARG(f ? f->message : STR("The file can not be read.")));
}

static void chunk_is_sent(struct staging *s) {
    s->staged += s->in_chunk;
    s->in_chunk = 0;
    buf_clear(&s->rows);
}

/* Only the last chunk waits for the disk, and all before it with it: a draft without its last
 * chunk was never answered. */
static struct err send_last(struct staging *s) {
    if (!s->in_chunk)
        return NO_ERR;
    struct err e = call_write(s->call, send, s);
    chunk_is_sent(s);
    return e;
}

static struct err send_when_full(struct staging *s) {
    if (s->in_chunk < STAGE_ROWS_MAX && s->rows.n <= CHUNK_BYTES)
        return NO_ERR;
    struct err e = call_write_relaxed(s->call, send, s);
    chunk_is_sent(s);
    return e;
}

/* A full chunk goes when another row comes, so that the last is never empty. */
static struct err add_row(struct staging *s, const struct str *values) {
    struct err e = send_when_full(s);
    if (failed(e))
        return e;
    buf_clear(&s->row);
    for (size_t i = 0; i < s->width; i++)
        pack_add(&s->row, values[i]);
    pack_add(&s->rows, buf_view(&s->row));
    s->in_chunk++;
    return NO_ERR;
}

static void check_size(struct staging *s, const struct batch_input_row *row) {
    size_t size = layout_filled_size(&s->plan, row->values);
    if (size > LAYOUT_FILLED_MAX)
        findings_add(&s->out->findings, FINDING_ROW, "layout", row->line, STR_NULL,
                     "Line %lld would make a page of %zu bytes; at most %zu are allowed. Shorten "
                     "its texts, or the layout.",
                     (long long)row->line, size, LAYOUT_FILLED_MAX);
}

/* Behind the first fault nothing is staged any more, but everything is read: all faults are told
 * at once. */
static struct err stage_rows(struct staging *s) {
    struct batch_input_row row;
    enum csv_step got;
    struct err e = NO_ERR;
    while (!failed(e) && (got = batch_input_next(s->input, &row)) == CSV_ROW) {
        check_size(s, &row);
        if (!faulty(s))
            e = add_row(s, row.values);
    }
    if (!failed(e) && faulty(s))
        e = fault(s);
    return failed(e) ? e : send_last(s);
}

/* What the layout says about its placeholders that have no column and need none. */
static void warn_placeholders(struct staging *s) {
    struct layout_findings found =
        layout_check(s->call->req->arena, &s->layout, s->columns, s->width, false);
    for (size_t i = 0; i < found.count; i++)
        if (found.list[i].level == LAYOUT_WARNING)
            findings_add(&s->out->findings, FINDING_WARNING, "placeholder", 0, found.list[i].name,
                         "%s", found.list[i].text);
}

static void pack_columns(struct staging *s) {
    struct buf packed = BUF_INIT;
    for (size_t i = 0; i < s->width; i++)
        pack_add(&packed, s->columns[i]);
    s->packed_columns = buf_dup(s->call->req->arena, &packed);
    buf_free(&packed);
}

static struct err stage_file(struct staging *s) {
    struct str rest = s->in->file;
    struct batch_input_options options = {
        .encoding = s->in->encoding,
        .bytes_max = s->call->app->file_max,
        .rows_max = s->call->app->file_rows_max,
        .variables = s->names,
        .n_variables = s->needed,
        .n_optional = s->all - s->needed,
        .fold_case = s->in->fold_case,
    };
    s->input = batch_input_open(source_str(&rest), &options, &s->out->findings);
    s->columns = batch_input_columns(s->input, &s->width);
    struct err e = NO_ERR;
    if (faulty(s)) {
        e = fault(s);
    } else {
        warn_placeholders(s);
        pack_columns(s);
        s->plan = layout_plan(s->call->req->arena, s->html, s->columns, s->width);
        e = call_write(s->call, begin, s);
    }
    if (!failed(e))
        e = stage_rows(s);
    batch_input_close(s->input);
    return e;
}

/* Without variables there is nothing to read: so many tasks, all alike. */
static struct err stage_alike(struct staging *s) {
    struct arena *a = s->call->req->arena;
    if (s->needed)
        return err_make(a, ERR_BAD_FILE, "file",
                        "The layout has variables (%.*s%s), so the batch needs a file with a "
                        "column for each.",
                        STR_ARG(s->names[0]), s->needed > 1 ? ", …" : "");
    if (s->in->tasks < 1 || s->in->tasks > FILE_ROWS_MAX)
        return err_make(a, ERR_BAD_REQUEST, "tasks",
                        "The number of tasks is %lld; it must be from 1 to %d.",
                        (long long)s->in->tasks, FILE_ROWS_MAX);
    s->packed_columns = STR("");
    warn_placeholders(s);
    struct err e = call_write(s->call, begin, s);
    for (int64_t i = 0; i < s->in->tasks && !failed(e); i++)
        e = add_row(s, NULL);
    return failed(e) ? e : send_last(s);
}

struct err batch_file_stage(struct call *call, const struct batch_file *in,
                            struct batch_staged *out) {
    struct arena *a = call->req->arena;
    struct staging s = {.call = call, .in = in, .out = out};
    *out = (struct batch_staged){0};
    findings_init(&out->findings, a);
    struct err e = call_read(call, load, &s);
    if (failed(e))
        return e;
    s.layout = layout_read(a, s.html);
    s.names = layout_names(a, &s.layout, &s.needed, &s.all);
    e = in->file.p ? stage_file(&s) : stage_alike(&s);
    if (!failed(e) && out->findings.first)
        e = call_write(call, keep_findings, &s);
    buf_free(&s.rows);
    buf_free(&s.row);
    if (failed(e) && out->batch) {
        call_write(call, drop, &s);
        out->batch = 0;
    }
    return e;
}

/* ---- publishing ---- */

struct publishing {
    int64_t batch, shown; /* shown: total_cents that the user saw, 0: nothing */
    struct publish_cost *cost;
    struct publish_progress *progress;
};

static struct err order(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    struct publish_cost now;
    struct err e = p->shown ? publish_cost(ctx, p->batch, &now) : NO_ERR;
    if (!failed(e) && p->shown && now.total_cents != p->shown)
        return err_make(ctx->arena, ERR_PLAN_STALE, "total",
                        "Nothing was published: the cost has changed since this page was shown. "
                        "Please read it again.");
    return failed(e) ? e : publish_order(ctx, p->batch, p->cost);
}

static struct err step(struct ctx *ctx, void *arg) {
    struct publishing *p = arg;
    return publish_step(ctx, p->batch, STEP_CHUNKS, p->progress);
}

struct err batch_file_publish(struct call *call, int64_t batch, int64_t within_ms,
                              struct publish_cost *cost, struct publish_progress *progress) {
    struct publishing p = {batch, cost->total_cents, cost, progress};
    int64_t end_ms = time_monotonic_us() / 1000 + within_ms;
    *progress = (struct publish_progress){0};
    struct err e = call_write(call, order, &p);
    while (!failed(e) && !progress->done && (!within_ms || time_monotonic_us() / 1000 < end_ms))
        e = call_write(call, step, &p);
    return e;
}

/* ---- words ---- */

void batch_file_json(struct json *j, const struct findings *f) {
    static const char *const levels[] = {
        [FINDING_FILE] = "file",
        [FINDING_NEEDS_INPUT] = "needs_input",
        [FINDING_ROW] = "row",
        [FINDING_WARNING] = "warning",
    };
    json_key(j, "faults");
    json_open_array(j);
    for (const struct finding_group *g = f->first; g; g = g->next)
        for (const struct finding *one = g->first; one; one = one->next) {
            json_open_object(j);
            json_kv_cstr(j, "level", levels[g->level]);
            json_kv_cstr(j, "code", g->code);
            json_kv_int(j, "line", one->line);
            json_kv_str_opt(j, "column", one->column);
            json_kv_str(j, "message", one->message);
            json_end(j);
        }
    json_end(j);
}
