#include "market/draft.h"

#include "base/pack.h"
#include "market/document.h"
#include "market/hit_question.h"
#include "market/publish.h"
#include "store/sql.h"

static struct err unknown(struct ctx *c, int64_t batch) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no batch %lld.", (long long)batch);
}

static struct err find(struct ctx *c, int64_t batch, struct sql_draft_row_out *row) {
    enum st st = sql_draft_row(c->tx, &(struct sql_draft_row_in){batch}, row);
    return st == ST_NONE ? unknown(c, batch) : ctx_store(c, st);
}

/* The acting requester's. */
static struct err find_own(struct ctx *c, int64_t batch, struct sql_draft_row_out *row) {
    struct err e = find(c, batch, row);
    return !failed(e) && row->requester != c->actor->party ? unknown(c, batch) : e;
}

struct err draft_get(struct ctx *c, int64_t batch, struct draft *d) {
    struct sql_draft_row_out row;
    struct err e = find_own(c, batch, &row);
    if (failed(e))
        return e;
    *d = (struct draft){
        .batch = batch,
        .project = row.project == SQL_NULL ? 0 : row.project,
        .ordered = row.state != BATCH_DRAFT,
        .name = row.name,
        .file_name = row.file_name,
        .columns = row.columns,
        .rows = row.rows_total,
        .document = row.document,
        .max_assignments = row.max_assignments,
        .lifetime_s = row.lifetime_s,
        .created_ms = row.created_ms,
    };
    e = hit_type_get(c, row.hit_type, &d->type);
    if (!failed(e) && !d->ordered && row.file_digest.p && d->project)
        e = publish_twin(c, d->project, row.file_digest, &d->twin);
    return e;
}

struct lines {
    struct ctx *c;
    struct draft_lines *out;
};

static bool take_line(void *arg, const struct sql_draft_list_out *row) {
    struct lines *l = arg;
    l->out->list[l->out->n++] = (struct draft_line){
        .batch = row->id,
        .project = row->project == SQL_NULL ? 0 : row->project,
        .rows = row->rows_total,
        .created_ms = row->created_ms,
        .name = str_dup(l->c->arena, row->name),
        .file_name = str_dup(l->c->arena, row->file_name),
    };
    return true;
}

struct err draft_list(struct ctx *c, struct draft_lines *out) {
    *out = (struct draft_lines){arena_array(c->arena, DRAFTS_LISTED, sizeof(struct draft_line)), 0};
    struct lines l = {c, out};
    struct sql_draft_list_in in = {c->actor->party, DRAFTS_LISTED};
    return ctx_store(c, sql_draft_list_each(c->tx, &in, take_line, &l));
}

/* ---- rows ---- */

static struct err no_row(struct ctx *c, int64_t n) {
    return err_make(c->arena, ERR_NOT_FOUND, "row", "The draft has no row %lld.", (long long)n);
}

static struct err row_of(struct ctx *c, int64_t batch, int64_t n, struct str *packed) {
    struct sql_draft_chunk_out chunk;
    enum st st = sql_draft_chunk(c->tx, &(struct sql_draft_chunk_in){batch, n}, &chunk);
    if (st == ST_NONE)
        return no_row(c, n);
    if (st != ST_OK)
        return ctx_store(c, st);
    for (int64_t at = chunk.n; at <= n; at++)
        if (!pack_next(&chunk.body, packed))
            return no_row(c, n);
    return NO_ERR;
}

struct err draft_row(struct ctx *c, int64_t batch, int64_t n, struct str *packed) {
    struct sql_draft_row_out row;
    struct err e = find_own(c, batch, &row);
    if (!failed(e) && (row.state != BATCH_DRAFT || n < 1 || n > row.rows_total))
        e = no_row(c, n);
    return failed(e) ? e : row_of(c, batch, n, packed);
}

struct err draft_page(struct ctx *c, struct str sealed, int64_t n, struct str *question) {
    int64_t batch;
    struct sql_draft_row_out row;
    struct str packed, layout;
    struct hit_type type;
    if (!id_open(c->ids, ID_DRAFT, sealed, &batch))
        return no_row(c, n);
    struct err e = find(c, batch, &row);
    if (!failed(e) && (row.state != BATCH_DRAFT || n < 1 || n > row.rows_total))
        e = no_row(c, n);
    if (!failed(e))
        e = row_of(c, batch, n, &packed);
    if (!failed(e))
        e = document_get(c, row.document, &layout);
    if (!failed(e))
        e = hit_type_get(c, row.hit_type, &type);
    if (!failed(e))
        *question = question_of_row(c->arena, layout, type.title, row.columns, packed);
    return e;
}

struct err layout_preview(struct ctx *c, struct str sealed, struct str pairs,
                          struct str *question) {
    int64_t document;
    struct str layout;
    if (!id_open(c->ids, ID_PREVIEW, sealed, &document))
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such layout.");
    struct err e = document_get(c, document, &layout);
    if (!failed(e))
        *question = question_of_parameters(c->arena, layout, STR("Preview"), pairs);
    return e;
}

struct str layout_leave(struct ctx *c, int64_t project) {
    return id_seal_until(c->arena, c->ids, ID_UNSAVED, project, c->now_ms / 1000 + LAYOUT_LEAVE_S);
}

struct err layout_leave_open(struct ctx *c, struct str leave, int64_t *project) {
    if (id_open_until(c->ids, ID_UNSAVED, leave, c->now_ms / 1000, project))
        return NO_ERR;
    return err_make(c->arena, ERR_NOT_FOUND, NULL,
                    "This preview is over. Load the page around it again.");
}

/* ---- findings ---- */

struct err draft_keep_findings(struct ctx *c, int64_t batch, const struct findings *f) {
    struct sql_draft_finding_add_in row = {.batch = batch, .n = 0};
    enum st st = ST_OK;
    for (const struct finding_group *g = f->first; g && st == ST_OK; g = g->next) {
        row.code = str_c(g->code);
        for (const struct finding *one = g->first; one && st == ST_OK; one = one->next) {
            if (++row.n > DRAFT_FINDINGS)
                return NO_ERR;
            row.line = one->line;
            row.name = one->column;
            row.message = one->message;
            st = sql_draft_finding_add(c->tx, &row, NULL);
        }
    }
    return ctx_store(c, st);
}

struct taken {
    struct ctx *c;
    struct draft_findings *out;
};

static bool take_finding(void *arg, const struct sql_draft_findings_out *row) {
    struct taken *t = arg;
    t->out->list[t->out->n++] = (struct draft_finding){
        .code = str_dup(t->c->arena, row->code),
        .column = str_dup(t->c->arena, row->name),
        .message = str_dup(t->c->arena, row->message),
        .line = row->line,
    };
    return true;
}

struct err draft_findings(struct ctx *c, int64_t batch, struct draft_findings *out) {
    *out = (struct draft_findings){
        arena_array(c->arena, DRAFT_FINDINGS, sizeof(struct draft_finding)), 0};
    struct taken t = {c, out};
    struct sql_draft_findings_in in = {batch, DRAFT_FINDINGS};
    return ctx_store(c, sql_draft_findings_each(c->tx, &in, take_finding, &t));
}
