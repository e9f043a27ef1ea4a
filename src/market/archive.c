#include "market/archive.h"

#include "market/hit_type.h"
#include "store/sql.h"

static struct err check_new(struct ctx *c, struct str digest) {
    struct sql_archive_known_out known;
    enum st st =
        sql_archive_known(c->tx, &(struct sql_archive_known_in){c->actor->party, digest}, &known);
    if (st != ST_OK)
        return ctx_store(c, st);
    return err_make(c->arena, ERR_ALREADY_EXISTS, "FILE",
                    "this file was imported before, as batch %lld", (long long)known.id);
}

static void count(const struct archive_in *in, struct sql_archive_batch_add_in *row) {
    for (size_t i = 0; i < in->count; i++) {
        row->submitted += in->rows[i].status == ASSIGNMENT_SUBMITTED;
        row->approved += in->rows[i].status == ASSIGNMENT_APPROVED;
        row->rejected += in->rows[i].status == ASSIGNMENT_REJECTED;
    }
}

static struct err add_batch(struct ctx *c, const struct archive_in *in, int64_t *batch) {
    struct hit_type type;
    struct hit_type_in type_in = {
        .title = in->title,
        .description = in->description,
        .keywords = in->keywords,
        .requirements = STR("[]"),
        .reward_cents = in->reward_cents,
        .duration_s = 3600,
        .auto_approval_s = 2592000,
    };
    struct err e = hit_type_make(c, &type_in, &type);
    if (failed(e))
        return e;
    struct sql_archive_batch_add_in row = {
        .requester = c->actor->party,
        .name = in->name,
        .hit_type = type.id,
        .columns = in->header,
        .annotation = in->annotation.n ? in->annotation : STR_NULL,
        .created_ms = in->created_ms ? in->created_ms : c->now_ms,
        .hits = in->hits,
        .file_digest = in->file_digest,
    };
    struct sql_archive_batch_add_out out;
    count(in, &row);
    enum st st = sql_archive_batch_add(c->tx, &row, &out);
    if (st == ST_OK)
        *batch = out.id;
    return ctx_store(c, st);
}

struct err archive_import(struct ctx *c, const struct archive_in *in, int64_t *batch) {
    struct err e = check_new(c, in->file_digest);
    if (!failed(e))
        e = add_batch(c, in, batch);
    if (failed(e))
        return e;
    struct sql_bulk *bulk = sql_archive_row_add_begin(c->tx);
    enum st st = ST_OK;
    for (size_t i = 0; i < in->count && st == ST_OK; i++)
        st = sql_archive_row_add_add(bulk, &(struct sql_archive_row_add_in){
                                               .batch = *batch,
                                               .seq = (int64_t)i + 1,
                                               .assignment_id = in->rows[i].assignment_id,
                                               .status = in->rows[i].status,
                                               .cells = in->rows[i].cells,
                                           });
    enum st end = sql_archive_row_add_end(bulk);
    return ctx_store(c, st == ST_OK ? end : st);
}

struct err archive_header(struct ctx *c, int64_t batch, struct str *header, bool *known) {
    struct sql_archive_batch_get_out out;
    enum st st = sql_archive_batch_get(
        c->tx, &(struct sql_archive_batch_get_in){batch, c->actor->party}, &out);
    *known = st == ST_OK;
    if (st == ST_OK)
        *header = out.columns;
    return ctx_store(c, st);
}

struct seeing {
    archive_seen *seen;
    void *arg;
};

static bool see(void *arg, const struct sql_archive_rows_out *row) {
    struct seeing *s = arg;
    return s->seen(s->arg, (enum assignment_status)row->status, row->cells);
}

struct err archive_rows(struct ctx *c, int64_t batch, enum assignment_status status,
                        archive_seen *seen, void *arg) {
    struct seeing s = {seen, arg};
    return ctx_store(
        c, sql_archive_rows_each(c->tx, &(struct sql_archive_rows_in){batch, status}, see, &s));
}
