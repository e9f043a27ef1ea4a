/* The outcome file (csv-formats 4.6): the uploaded bytes are read again as they were at staging,
 * and each row is given back with what became of it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "formats/reviewed.h"
#include "market/review_internal.h"
#include "market/review_names.h"

struct fate {
    int64_t assignment, judged;
};

/* Uploaded bytes, piece by piece. */
struct chunks {
    struct tx *tx;
    int64_t review, n;
    struct buf piece;
    size_t at;
    bool failed;
};

struct outcome_run {
    const struct id_key *ids;
    int64_t requester;
    struct str review;
    review_sink *sink;
    void *arg;
    bool gone;

    struct arena arena, row_arena, piece_arena;
    struct review_rec rec;
    struct review_findings found;
    struct buf fates; /* struct fate, by assignment */
    size_t fate_count;
    struct chunks chunks;
    struct names names;
    struct buf out;
    char sep;
    bool *dropped; /* columns of an older outcome file */
    size_t columns;
    bool any_dropped;
    struct err err;
};

enum { FLUSH_LEN = 64 * 1024 };

/* --- the uploaded bytes --- */

static bool next_piece(struct chunks *c) {
    struct sql_review_chunk_get_out out;
    enum st st = sql_review_chunk_get(
        c->tx, &(struct sql_review_chunk_get_in){.owner = c->review, .n = c->n}, &out);
    c->failed = st != ST_OK && st != ST_NONE;
    if (st != ST_OK)
        return false;
    buf_clear(&c->piece);
    buf_str(&c->piece, out.body);
    c->at = 0;
    c->n++;
    arena_reset(tx_arena(c->tx));
    return true;
}

static ptrdiff_t read_chunks(void *arg, void *p, size_t n) {
    struct chunks *c = arg;
    if (c->at == c->piece.n && !next_piece(c))
        return c->failed ? -1 : 0;
    size_t some = c->piece.n - c->at < n ? c->piece.n - c->at : n;
    memcpy(p, c->piece.p + c->at, some);
    c->at += some;
    return (ptrdiff_t)some;
}

/* --- what became of each assignment --- */

static bool take_applied(void *arg, const struct sql_review_outcomes_applied_out *row) {
    struct outcome_run *run = arg;
    buf_add(&run->fates, &(struct fate){row->assignment, row->judged}, sizeof(struct fate));
    run->fate_count++;
    return true;
}

static bool take_planned(void *arg, const struct sql_review_outcomes_planned_out *row) {
    struct outcome_run *run = arg;
    buf_add(&run->fates, &(struct fate){row->assignment, row->judged}, sizeof(struct fate));
    run->fate_count++;
    return true;
}

static enum st load_fates(struct ctx *c, struct outcome_run *run) {
    if (run->rec.r.state == REVIEW_APPLIED)
        return sql_review_outcomes_applied_each(c->tx,
                                                &(struct sql_review_outcomes_applied_in){
                                                    .review = run->rec.id,
                                                    .settlement = run->rec.r.settlement,
                                                },
                                                take_applied, run);
    return sql_review_outcomes_planned_each(
        c->tx, &(struct sql_review_outcomes_planned_in){run->rec.id}, take_planned, run);
}

static int by_assignment(const void *x, const void *y) {
    const struct fate *a = x, *b = y;
    return (a->assignment > b->assignment) - (a->assignment < b->assignment);
}

static enum st fate_of(struct outcome_run *run, const struct reviewed_row *row, int64_t *judged) {
    struct fate key = {.assignment = 0};
    enum st st = ST_OK;
    if (row->assignment_id.n)
        st = names_assignment(&run->names, row->assignment_id, &key.assignment);
    if (key.assignment == 0)
        key.assignment = -row->line;
    const struct fate *f = run->fate_count ? bsearch(&key, run->fates.p, run->fate_count,
                                                     sizeof(struct fate), by_assignment)
                                           : NULL;
    *judged = f ? f->judged : JUDGED_REFUSED + CODE_UNKNOWN;
    return st;
}

/* --- writing --- */

static void flush(struct outcome_run *run, size_t from) {
    if (run->out.n < from || run->gone)
        return;
    run->gone = !run->sink(run->arg, run->out.p, run->out.n);
    buf_clear(&run->out);
}

static void put_cell(struct buf *b, struct str text) {
    buf_putc(b, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_putc(b, '"');
        buf_putc(b, text.p[i]);
    }
    buf_putc(b, '"');
}

/* The first n cells, written anew, without those of an older outcome. */
static void put_kept(struct outcome_run *run, const struct str *cells, size_t n) {
    bool first = true;
    for (size_t i = 0; i < n; i++) {
        if (i < run->columns && run->dropped[i])
            continue;
        if (!first)
            buf_putc(&run->out, run->sep);
        put_cell(&run->out, cells[i]);
        first = false;
    }
}

/* The mark says to a spreadsheet what the file is by now: always UTF-8. A plain UTF-8 file had none
 * and gets none. */
static bool marked(const struct text_in *text) {
    return text->bom || (text->encoding != ENCODING_AUTO && text->encoding != ENCODING_UTF8);
}

/* The header as it stands. An older outcome file keeps its own columns and gets new ones for old
 * Outcome, Reason, Line. */
static void put_header(struct outcome_run *run, const struct csv *csv) {
    static const char *const own[] = {"Outcome", "Reason", "Line"};
    const struct str *names = csv_header(csv, &run->columns);
    run->dropped = arena_array(&run->arena, run->columns + 1, sizeof *run->dropped);
    if (marked(csv_text(csv)))
        buf_puts(&run->out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < run->columns; i++) {
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            run->dropped[i] |= str_is(names[i], own[k]);
        run->any_dropped |= run->dropped[i];
    }
    if (run->any_dropped)
        put_kept(run, names, run->columns);
    else
        buf_str(&run->out, csv_header_raw(csv));
    for (size_t k = 0; k < sizeof own / sizeof *own; k++) {
        buf_putc(&run->out, run->sep);
        put_cell(&run->out, str_c(own[k]));
    }
    buf_puts(&run->out, "\r\n");
}

/* As it stands, filled up to the header's width. Empty cells behind the last column would push the
 * three new ones out of theirs; a row with text there is wrong (U07) and has to stay recognisable
 * as such. */
static void put_cells(struct outcome_run *run, const struct csv_row *row) {
    if (run->any_dropped || (row->count > row->width && !row->overlong)) {
        put_kept(run, row->cells, row->width);
        return;
    }
    buf_str(&run->out, row->raw);
    for (size_t i = row->count; i < row->width; i++) {
        buf_putc(&run->out, run->sep);
        put_cell(&run->out, STR(""));
    }
}

static enum st put_row(struct outcome_run *run, const struct reviewed_row *row) {
    int64_t judged = 0;
    enum st st = fate_of(run, row, &judged);
    if (st != ST_OK)
        return st;
    put_cells(run, &row->csv);
    buf_putc(&run->out, run->sep);
    put_cell(&run->out, str_c(judged_outcome(judged)));
    buf_putc(&run->out, run->sep);
    put_cell(&run->out, judged_reason(&run->row_arena, judged));
    buf_putc(&run->out, run->sep);
    buf_putc(&run->out, '"');
    buf_int(&run->out, row->line);
    buf_puts(&run->out, "\"\r\n");
    arena_reset(&run->row_arena);
    flush(run, FLUSH_LEN);
    return ST_OK;
}

static struct err put_rows(struct ctx *c, struct outcome_run *run) {
    struct findings findings;
    struct reviewed_row row;
    struct reviewed_options options = {
        .tools = (enum reviewed_tools)((run->rec.r.options & REVIEW_TOOLS) / REVIEW_TOOLS_ONE),
        .bytes_max = SIZE_MAX, /* it was within the limits when it was taken */
        .rows_max = INT64_MAX,
    };
    encoding_parse(run->found.encoding, &options.encoding);
    if (options.encoding == ENCODING_UTF8) /* read as it was then: bad bytes where it is harmless */
        options.encoding = ENCODING_AUTO;
    findings_init(&findings, &run->arena);
    struct reviewed *r = reviewed_open((struct source){.read = read_chunks, .arg = &run->chunks},
                                       &options, &findings);
    const struct csv *csv = reviewed_csv(r);
    run->sep = csv_separator(csv);
    put_header(run, csv);
    enum st st = ST_OK;
    enum csv_step step = CSV_ROW;
    while (st == ST_OK && !run->gone && (step = reviewed_next(r, &row)) == CSV_ROW)
        st = put_row(run, &row);
    flush(run, 1);
    reviewed_close(r);
    if (run->chunks.failed || (st == ST_OK && step == CSV_STOP))
        st = ST_FAIL;
    return ctx_store(c, st);
}

static struct err write_outcome(struct ctx *c, struct outcome_run *run) {
    struct err e = review_load(c, run->requester, run->review, &run->rec);
    if (failed(e))
        return e;
    run->rec.r.findings = str_dup(&run->arena, run->rec.r.findings);
    if (!findings_unpack(run->rec.r.findings, &run->found))
        return err_make(&run->arena, ERR_INTERNAL, NULL, "The findings of the review are damaged.");
    e = ctx_store(c, load_fates(c, run));
    if (failed(e))
        return e;
    run->chunks = (struct chunks){.tx = c->tx, .review = run->rec.id};
    if (!next_piece(&run->chunks) && !run->chunks.failed)
        return review_not_found(&run->arena, run->review);
    names_init(&run->names, &run->arena, c->tx, c->ids);
    e = put_rows(c, run);
    names_free(&run->names);
    return e;
}

static enum tx_end outcome_read(struct tx *tx, void *arg) {
    struct outcome_run *run = arg;
    struct ctx c;
    tx_use_arena(tx, &run->piece_arena);
    run->err = ctx_begin(&c, tx, NULL, run->ids);
    c.arena = &run->arena; /* the transaction's is emptied with each piece */
    if (!failed(run->err))
        run->err = write_outcome(&c, run);
    return failed(run->err) ? TX_ROLLBACK : TX_COMMIT;
}

struct err review_outcome(struct store *store, const struct id_key *ids, struct arena *a,
                          const struct review_outcome_in *in, review_sink *sink, void *arg) {
    struct outcome_run run = {
        .ids = ids,
        .requester = in->requester,
        .review = in->review,
        .sink = sink,
        .arg = arg,
    };
    arena_init(&run.arena, 0);
    arena_init(&run.row_arena, 0);
    arena_init(&run.piece_arena, 0);
    enum st st = store_read(store, outcome_read, &run);
    struct err e = run.err;
    if (st != ST_OK)
        e = err_make(a, ERR_STORE, NULL, "The store failed while an outcome was read.");
    else if (failed(e))
        e = err_make(a, e.code, e.field ? arena_strdup(a, e.field) : NULL, "%s",
                     e.detail ? e.detail : "");
    buf_free(&run.fates);
    buf_free(&run.chunks.piece);
    buf_free(&run.out);
    arena_free(&run.arena);
    arena_free(&run.row_arena);
    arena_free(&run.piece_arena);
    return e;
}
