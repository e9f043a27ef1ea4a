/* Staging: the bytes of a reviewed file become rows of review_row (csv-formats 4.1-4.3).
 *
 * One pass over the file inside one read (ids are opened, aliases looked up), rows kept compactly
 * in memory; then sorted by assignment, equal ones merged, and written in key order in bounded
 * writes, so that others' writes go on meanwhile and the index is filled from one end. */
#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "formats/reviewed.h"
#include "market/review_internal.h"
#include "market/review_names.h"

/* One row of the file. */
struct staged {
    int64_t assignment; /* row number; -line when there is none */
    int64_t hit;
    int32_t worker, line;
    uint32_t reason, message; /* texts, from 1 */
    uint32_t repeats;
    uint8_t approve, reject; /* 0 nothing, 1 a mark, 2 a mark with a text */
    uint8_t fault, old_status;
};

struct literal {
    int64_t line;
    struct str text;
};

/* The bytes of a file that was left earlier, piece by piece, in the transaction that reads. */
struct pieces {
    struct tx *tx;
    struct arena *home; /* the transaction's own */
    struct arena arena; /* of one piece */
    int64_t review, n;
    struct str rest;
    bool failed;
};

struct stage {
    const struct id_key *ids;
    struct arena *arena; /* the caller's: answers */
    struct arena texts;  /* as long as the staging */
    const struct review_upload *in;
    const struct review_kept *kept;
    int64_t bytes; /* of the file */
    struct pieces pieces;
    bool told_to_stop;
    struct buf rows; /* struct staged */
    size_t count;
    struct intern reasons;
    struct literal literals[LITERALS_KEPT];
    int literal_count;
    struct names names;
    struct findings findings;
    struct review_findings found;
    struct str digest;
    int64_t batch, review;
    bool messages;
    struct err err;

    size_t row_at, chunk_at;
    uint32_t text_at;
};

static struct staged *rows_of(const struct stage *s) {
    return (struct staged *)(void *)s->rows.p;
}

static struct err bad_file(struct arena *a, const char *code, struct str message) {
    return err_make(a, ERR_BAD_FILE, code, "%s: %.*s", code, STR_ARG(message));
}

/* --- reading --- */

/* Reasons are compared with unified line ends. */
static uint32_t text_number(struct stage *s, struct str text) {
    bool fresh;
    if (text.n == 0)
        return 0;
    if (str_chr(text, '\r') < 0)
        return intern_add(&s->reasons, text, &fresh);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\r')
            buf_putc(&b, text.p[i]);
        else if (i + 1 == text.n || text.p[i + 1] != '\n')
            buf_putc(&b, '\n');
    }
    uint32_t n = intern_add(&s->reasons, buf_view(&b), &fresh);
    buf_free(&b);
    return n;
}

static uint8_t status_of(struct str word) {
    static const struct {
        const char *word;
        enum assignment_status status;
    } words[] = {
        {"Submitted", ASSIGNMENT_SUBMITTED},
        {"Approved", ASSIGNMENT_APPROVED},
        {"Rejected", ASSIGNMENT_REJECTED},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (word.p && str_ieq(str_trim(word), str_c(words[i].word)))
            return (uint8_t)words[i].status;
    }
    return 0;
}

/* "U24" to 24. U27 is the market's to judge: a row may be rejected already. */
static uint8_t fault_of(const char *code) {
    int64_t n = 0;
    if (!code || !num_parse(str_c(code + 1), 1, CODES - 1, &n) || n == CODE_NO_REASON)
        return 0;
    return (uint8_t)n;
}

static void keep_literal(struct stage *s, int64_t line, struct str id) {
    if (s->literal_count == LITERALS_KEPT || id.n == 0)
        return;
    s->literals[s->literal_count++] = (struct literal){
        .line = line,
        .text = str_dup(&s->texts, findings_show(&s->texts, id)),
    };
}

static enum st take_row(struct stage *s, const struct reviewed_row *row) {
    int64_t worker = 0;
    struct staged t = {
        .line = (int32_t)row->line,
        .approve = (uint8_t)(!row->approve    ? 0
                             : row->message.n ? 2
                                              : 1),
        .reject = (uint8_t)(!row->reject    ? 0
                            : row->reason.n ? 2
                                            : 1),
        .fault = fault_of(row->code),
        .old_status = status_of(row->status),
        .reason = row->reject ? text_number(s, row->reason) : 0,
        .message = row->approve ? text_number(s, row->message) : 0,
    };
    s->messages |= t.message != 0;
    enum st st = ST_OK;
    if (row->assignment_id.n)
        st = names_assignment(&s->names, row->assignment_id, &t.assignment);
    if (st == ST_OK && t.assignment == 0) {
        t.assignment = -row->line;
        keep_literal(s, row->line, row->assignment_id);
    } else if (st == ST_OK) {
        st = names_hit(&s->names, row->hit_id, &t.hit);
        if (st == ST_OK)
            st = names_worker(&s->names, row->worker_id, &worker);
        t.worker = (int32_t)worker;
        assert(t.worker == worker);
    }
    buf_add(&s->rows, &t, sizeof t);
    s->count++;
    return st;
}

enum { PROGRESS_EVERY = 4096 };

/* Tells how far it is; false: the staging shall end. */
static bool tell(struct stage *s, enum review_step step, int64_t done, int64_t total) {
    struct review_progress p = {step, (int64_t)s->count, done, total};
    if (s->in->progress && !s->in->progress(s->in->progress_arg, &p))
        s->told_to_stop = true;
    return !s->told_to_stop;
}

static struct err stopped_early(const struct stage *s) {
    return err_make(s->arena, ERR_RETRY, NULL, "The server is stopping; the file is read later.");
}

static enum st read_rows(struct stage *s, struct reviewed *r, bool *stopped) {
    struct reviewed_row row;
    enum csv_step step;
    enum st st = ST_OK;
    while (st == ST_OK && (step = reviewed_next(r, &row)) == CSV_ROW) {
        st = take_row(s, &row);
        if (s->count % PROGRESS_EVERY == 0 &&
            !tell(s, REVIEW_READS, csv_text(reviewed_csv(r))->bytes, s->bytes))
            break;
    }
    *stopped = st == ST_OK && step == CSV_STOP;
    return st;
}

/* Findings of the whole file refuse it; warnings go into the plan. */
static struct err take_findings(struct stage *s, const struct csv *csv, bool stopped) {
    const char *code = NULL;
    const struct finding *refusal = findings_refusal(&s->findings, &code);
    if (refusal)
        return bad_file(s->arena, str_z(s->arena, str_c(code)), refusal->message);
    assert(!stopped);
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_array(&j);
    for (const struct finding_group *g = s->findings.first; g; g = g->next) {
        if (g->level != FINDING_WARNING)
            continue;
        for (const struct finding *f = g->first; f; f = f->next)
            json_str(&j, f->line ? str_printf(&s->texts, "Line %lld: %.*s", (long long)f->line,
                                              STR_ARG(f->message))
                                 : f->message);
    }
    json_end(&j);
    char sep[2] = {csv_separator(csv), 0};
    s->found = (struct review_findings){
        .rows = csv_rows(csv),
        .encoding = str_c(encoding_name(csv_text(csv)->encoding)),
        .separator = str_dup(&s->texts, str_c(sep)),
        .warnings = buf_dup(&s->texts, &b),
    };
    buf_free(&b);
    return NO_ERR;
}

/* The batch of the upload, or of the first row that names one of this requester's. */
static struct err find_batch(struct ctx *c, struct stage *s) {
    enum { LOOKED_AT = 1000 };
    s->batch = s->in->batch;
    enum st st = ST_OK;
    for (size_t i = 0; s->batch == 0 && i < s->count && i < LOOKED_AT && st == ST_OK; i++) {
        if (rows_of(s)[i].assignment <= 0)
            continue;
        struct sql_review_find_batch_out out;
        st = sql_review_find_batch(c->tx,
                                   &(struct sql_review_find_batch_in){
                                       .assignment = rows_of(s)[i].assignment,
                                       .requester = s->in->actor->party,
                                   },
                                   &out);
        s->batch = st == ST_OK ? out.batch : 0;
        st = st == ST_NONE ? ST_OK : st;
    }
    if (st != ST_OK)
        return ctx_store(c, st);
    if (s->batch == 0)
        return bad_file(s->arena, "U24",
                        STR("No row of the file names an assignment of your account."));
    return NO_ERR;
}

static struct err check_batch(struct ctx *c, int64_t batch, int64_t requester) {
    struct sql_review_batch_out b;
    enum st st = sql_review_batch(
        c->tx, &(struct sql_review_batch_in){.batch = batch, .requester = requester}, &b);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, "batch", "There is no batch %lld.",
                        (long long)batch);
    if (st != ST_OK)
        return ctx_store(c, st);
    if (b.state == BATCH_DELETING)
        return err_make(c->arena, ERR_CONFLICT, "batch",
                        "Batch %lld is being deleted; its work can not be reviewed any more.",
                        (long long)batch);
    if (b.kind == BATCH_ARCHIVE)
        return err_make(c->arena, ERR_CONFLICT, "batch",
                        "Batch %lld is an imported archive; its decisions stand as they are.",
                        (long long)batch);
    return NO_ERR;
}

static ptrdiff_t read_pieces(void *arg, void *to, size_t n) {
    struct pieces *p = arg;
    struct sql_review_chunk_get_out out;
    if (!p->rest.n) {
        arena_reset(&p->arena);
        tx_use_arena(p->tx, &p->arena);
        enum st st = sql_review_chunk_get(
            p->tx, &(struct sql_review_chunk_get_in){.owner = p->review, .n = p->n++}, &out);
        tx_use_arena(p->tx, p->home);
        p->failed = st != ST_OK && st != ST_NONE;
        if (st != ST_OK)
            return p->failed ? -1 : 0;
        p->rest = out.body;
    }
    size_t some = p->rest.n < n ? p->rest.n : n;
    memcpy(to, p->rest.p, some);
    p->rest = str_from(p->rest, some);
    return (ptrdiff_t)some;
}

static struct source source_of(struct ctx *c, struct stage *s, struct str *rest) {
    if (!s->kept->review)
        return source_str(rest);
    s->pieces.tx = c->tx;
    s->pieces.home = c->arena;
    s->pieces.review = s->kept->review;
    s->pieces.n = 0;
    s->pieces.rest = STR_NULL;
    return (struct source){.read = read_pieces, .arg = &s->pieces};
}

static struct err read_file(struct ctx *c, struct stage *s) {
    struct reviewed_options options = {
        .tools = (enum reviewed_tools)s->in->tools,
        .bytes_max = s->in->bytes_max,
        .rows_max = s->in->rows_max,
    };
    if (s->in->encoding.n && !encoding_parse(s->in->encoding, &options.encoding))
        return err_make(s->arena, ERR_BAD_REQUEST, "encoding", "There is no encoding \"%.*s\".",
                        STR_ARG(str_sub(s->in->encoding, 0, 64)));
    struct str rest = s->in->file;
    bool stopped = false;
    findings_init(&s->findings, &s->texts);
    names_init(&s->names, &s->texts, c->tx, s->ids);
    struct reviewed *r = reviewed_open(source_of(c, s, &rest), &options, &s->findings);
    enum st st = read_rows(s, r, &stopped);
    struct err e = ctx_store(c, s->pieces.failed ? ST_FAIL : st);
    if (!failed(e) && s->told_to_stop)
        e = stopped_early(s);
    if (!failed(e))
        e = take_findings(s, reviewed_csv(r), stopped);
    reviewed_close(r);
    names_free(&s->names);
    return e;
}

static enum tx_end read_run(struct tx *tx, void *arg) {
    struct stage *s = arg;
    struct ctx c;
    buf_clear(&s->rows);
    s->count = 0;
    s->literal_count = 0;
    tx_use_arena(tx, s->arena);
    s->err = ctx_begin(&c, tx, s->in->actor, s->ids);
    if (!failed(s->err) && s->in->batch)
        s->err = check_batch(&c, s->in->batch, s->in->actor->party);
    if (!failed(s->err))
        s->err = read_file(&c, s);
    if (!failed(s->err))
        s->err = find_batch(&c, s);
    if (!failed(s->err))
        s->err = check_batch(&c, s->batch, s->in->actor->party);
    return s->told_to_stop ? TX_ROLLBACK : ctx_end(s->err); /* reading again would not help */
}

/* --- merging --- */

static int by_assignment(const void *x, const void *y) {
    const struct staged *a = x, *b = y;
    if (a->assignment != b->assignment)
        return a->assignment < b->assignment ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static bool is_sorted(const struct staged *rows, size_t n) {
    for (size_t i = 1; i < n; i++) {
        if (by_assignment(&rows[i - 1], &rows[i]) > 0)
            return false;
    }
    return true;
}

static bool marked(const struct staged *t) {
    return t->approve || t->reject;
}

static bool same_marks(const struct staged *a, const struct staged *b) {
    return a->approve == b->approve && a->reject == b->reject && a->reason == b->reason &&
           a->message == b->message;
}

/* What two rows say about one thing: 0 is nothing said, a contradiction is "nothing that is". */
static int64_t both(int64_t a, int64_t b) {
    if (a == 0 || a == b)
        return b;
    return b == 0 ? a : -1;
}

/* Puts row b into a (csv-formats 4.3); false when their marks differ. */
static bool merge(struct staged *a, const struct staged *b) {
    if (marked(a) && marked(b) && !same_marks(a, b))
        return false;
    struct staged m = marked(a) || !marked(b) ? *a : *b;
    m.repeats = a->repeats + 1;
    m.hit = both(a->hit, b->hit);
    m.worker = (int32_t)both(a->worker, b->worker);
    m.fault = a->fault ? a->fault : b->fault;
    *a = m;
    return true;
}

/* Sorts by assignment and merges equal ones; U26 when two rows contradict each other. */
static struct err merge_rows(struct stage *s) {
    struct staged *rows = rows_of(s);
    if (!is_sorted(rows, s->count))
        qsort(rows, s->count, sizeof *rows, by_assignment);
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        if (n == 0 || rows[n - 1].assignment != rows[i].assignment) {
            rows[n++] = rows[i];
            continue;
        }
        int32_t first = rows[n - 1].line;
        if (!merge(&rows[n - 1], &rows[i]))
            return bad_file(s->arena, "U26",
                            str_printf(s->arena,
                                       "The same assignment stands in lines %d and %d with "
                                       "different marks. Keep one of the two rows.",
                                       first, rows[i].line));
    }
    s->count = n;
    return NO_ERR;
}

/* --- writing --- */

static int64_t options_of(const struct stage *s) {
    return (s->messages ? REVIEW_HAS_MESSAGES : 0) + s->in->tools * REVIEW_TOOLS_ONE;
}

static enum tx_end add_review(struct tx *tx, void *arg) {
    struct stage *s = arg;
    struct ctx c;
    struct sql_review_add_out out;
    tx_use_arena(tx, s->arena);
    s->err = ctx_begin(&c, tx, s->in->actor, s->ids);
    if (failed(s->err))
        return ctx_end(s->err);
    enum review_mode mode = s->in->choice.mode;
    enum st st = sql_review_add(tx,
                                &(struct sql_review_add_in){
                                    .requester = s->in->actor->party,
                                    .batch = s->batch,
                                    .state = REVIEW_STAGING,
                                    .mode = mode ? mode : MODE_ALL,
                                    .options = options_of(s),
                                    .actor = actor_person(s->in->actor),
                                    .file_name = s->in->file_name.p ? s->in->file_name : STR(""),
                                    .file_digest = s->digest,
                                    .created_ms = c.now_ms,
                                    .expires_ms = c.now_ms + REVIEW_LIFE_MS,
                                },
                                &out);
    if (st == ST_OK)
        s->review = out.id;
    if (st == ST_OK)
        st = sql_review_staged(tx,
                               &(struct sql_review_staged_in){
                                   .id = out.id,
                                   .batch = s->batch,
                                   .file_digest = s->digest,
                                   .findings = findings_pack(&s->texts, &s->found),
                               },
                               NULL);
    s->err = ctx_store(&c, st);
    return ctx_end(s->err);
}

/* The review was there before its file was read. */
static enum tx_end fill_review(struct tx *tx, void *arg) {
    struct stage *s = arg;
    struct ctx c;
    s->review = s->kept->review;
    tx_use_arena(tx, s->arena);
    s->err = ctx_begin(&c, tx, s->in->actor, s->ids);
    if (failed(s->err))
        return ctx_end(s->err);
    enum st st = sql_review_options_set(
        tx, &(struct sql_review_options_set_in){.id = s->review, .options = options_of(s)}, NULL);
    if (st == ST_OK)
        st = sql_review_staged(tx,
                               &(struct sql_review_staged_in){
                                   .id = s->review,
                                   .batch = s->batch,
                                   .file_digest = s->digest,
                                   .findings = findings_pack(&s->texts, &s->found),
                               },
                               NULL);
    s->err = ctx_store(&c, st);
    return ctx_end(s->err);
}

static size_t at_most(size_t from, size_t step, size_t end) {
    return end - from < step ? end : from + step;
}

static enum tx_end step_end(struct stage *s, struct tx *tx, enum st st) {
    struct ctx c = {.tx = tx, .arena = s->arena};
    s->err = ctx_store(&c, st);
    return ctx_end(s->err);
}

static enum tx_end add_rows(struct tx *tx, void *arg) {
    struct stage *s = arg;
    size_t end = at_most(s->row_at, STAGE_ROWS, s->count);
    struct sql_bulk *bulk = sql_review_row_add_begin(tx);
    for (size_t i = s->row_at; i < end; i++) {
        const struct staged *t = &rows_of(s)[i];
        enum st st = sql_review_row_add_add(bulk, &(struct sql_review_row_add_in){
                                                      .review = s->review,
                                                      .assignment = t->assignment,
                                                      .line = t->line,
                                                      .hit = t->hit,
                                                      .worker = t->worker,
                                                      .approve = t->approve,
                                                      .reject = t->reject,
                                                      .fault = t->fault,
                                                      .old_status = t->old_status,
                                                      .repeats = t->repeats,
                                                      .reason_id = t->reason,
                                                      .message_id = t->message,
                                                  });
        if (st != ST_OK)
            break;
    }
    return step_end(s, tx, sql_review_row_add_end(bulk));
}

static enum tx_end add_texts(struct tx *tx, void *arg) {
    struct stage *s = arg;
    size_t end = at_most(s->text_at, STAGE_ROWS, s->reasons.count);
    struct sql_bulk *bulk = sql_review_text_add_begin(tx);
    for (int i = 0; s->text_at == 0 && i < s->literal_count; i++)
        sql_review_text_add_add(bulk, &(struct sql_review_text_add_in){
                                          .review = s->review,
                                          .id = -s->literals[i].line,
                                          .body = s->literals[i].text,
                                      });
    for (size_t i = s->text_at; i < end; i++)
        sql_review_text_add_add(bulk, &(struct sql_review_text_add_in){
                                          .review = s->review,
                                          .id = (int64_t)i + 1,
                                          .body = intern_text(&s->reasons, (uint32_t)i + 1),
                                      });
    return step_end(s, tx, sql_review_text_add_end(bulk));
}

static enum tx_end add_chunks(struct tx *tx, void *arg) {
    struct stage *s = arg;
    size_t chunks = (s->in->file.n + CHUNK_LEN - 1) / CHUNK_LEN;
    size_t end = at_most(s->chunk_at, STAGE_CHUNKS, chunks);
    struct sql_bulk *bulk = sql_review_chunk_add_begin(tx);
    for (size_t i = s->chunk_at; i < end; i++)
        sql_review_chunk_add_add(bulk, &(struct sql_review_chunk_add_in){

                                           .owner_kind = 1,
                                           .owner = s->review,
                                           .n = (int64_t)i,
                                           .body = str_sub(s->in->file, i * CHUNK_LEN, CHUNK_LEN),
                                       });
    return step_end(s, tx, sql_review_chunk_add_end(bulk));
}

static enum st write_chunks(struct store *store, struct stage *s) {
    size_t chunks = (s->in->file.n + CHUNK_LEN - 1) / CHUNK_LEN;
    enum st st = ST_OK;
    for (; st == ST_OK && !failed(s->err) && s->chunk_at < chunks; s->chunk_at += STAGE_CHUNKS)
        st = store_write_relaxed(store, s->in->actor->party, add_chunks, s);
    return st;
}

/* One bounded write after another. They need not be durable by themselves: who uploads hears of the
 * review when its plan is (review_plan.c, keep_plan). */
static struct err write_steps(struct store *store, struct stage *s) {
    int64_t shard = s->in->actor->party;
    bool kept = s->kept->review != 0;
    enum st st = store_write_relaxed(store, shard, kept ? fill_review : add_review, s);
    if (st == ST_OK && !failed(s->err) && !kept)
        st = write_chunks(store, s);
    do {
        if (st == ST_OK && !failed(s->err))
            st = store_write_relaxed(store, shard, add_texts, s);
        s->text_at += STAGE_ROWS;
    } while (s->text_at < s->reasons.count);
    for (; st == ST_OK && !failed(s->err) && s->row_at < s->count; s->row_at += STAGE_ROWS) {
        st = store_write_relaxed(store, shard, add_rows, s);
        if (!tell(s, REVIEW_KEEPS, (int64_t)s->row_at, (int64_t)s->count))
            return stopped_early(s);
    }
    if (st != ST_OK)
        return err_make(s->arena, ERR_STORE, NULL, "The store failed while a file was taken.");
    tell(s, REVIEW_JUDGES, 0, 0);
    return s->err;
}

static struct str sha256(struct arena *a, struct str bytes) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    int ok = EVP_Digest(bytes.p ? bytes.p : "", bytes.n, digest, &n, EVP_sha256(), NULL);
    assert(ok == 1);
    struct buf b = BUF_INIT;
    for (unsigned int i = 0; i < n; i++)
        buf_printf(&b, "%02x", digest[i]);
    struct str text = buf_dup(a, &b);
    buf_free(&b);
    return text;
}

static struct err stage(struct store *store, struct stage *s) {
    enum st st = store_read(store, read_run, s);
    if (st != ST_OK)
        return err_make(s->arena, ERR_STORE, NULL, "The store failed while a file was read.");
    struct err e = s->err;
    if (!failed(e))
        e = merge_rows(s);
    if (failed(e))
        return e;
    s->digest = s->kept->review ? s->kept->digest : sha256(s->arena, s->in->file);
    return write_steps(store, s);
}

struct err review_stage(struct store *store, const struct id_key *ids, struct arena *a,
                        const struct review_upload *in, const struct review_kept *kept,
                        int64_t *review) {
    struct stage s = {.ids = ids, .arena = a, .in = in, .kept = kept};
    s.bytes = kept->review ? kept->bytes : (int64_t)in->file.n;
    arena_init(&s.texts, 0);
    arena_init(&s.pieces.arena, 0);
    intern_init(&s.reasons, &s.texts);
    struct err e = stage(store, &s);
    *review = s.review;
    buf_free(&s.rows);
    intern_free(&s.reasons);
    arena_free(&s.texts);
    arena_free(&s.pieces.arena);
    return e;
}

static enum tx_end look_at_batch(struct tx *tx, void *arg) {
    struct stage *s = arg;
    struct ctx c;
    tx_use_arena(tx, s->arena);
    s->err = ctx_begin(&c, tx, s->in->actor, s->ids);
    if (!failed(s->err) && s->in->batch)
        s->err = check_batch(&c, s->in->batch, s->in->actor->party);
    return ctx_end(s->err);
}

struct err review_stage_bytes(struct store *store, const struct id_key *ids, struct arena *a,
                              const struct review_upload *in, int64_t *review) {
    static const struct review_kept none;
    struct stage s = {.ids = ids, .arena = a, .in = in, .kept = &none, .batch = in->batch};
    arena_init(&s.texts, 0);
    s.digest = sha256(a, in->file);
    enum st st = store_read(store, look_at_batch, &s);
    if (st == ST_OK && !failed(s.err))
        st = store_write_relaxed(store, in->actor->party, add_review, &s);
    if (st == ST_OK && !failed(s.err))
        st = write_chunks(store, &s);
    *review = s.review;
    arena_free(&s.texts);
    return st == ST_OK ? s.err
                       : err_make(a, ERR_STORE, NULL, "The store failed while a file was taken.");
}

struct err review_upload(struct store *store, const struct id_key *ids, struct arena *a,
                         const struct review_upload *in, struct review_answer *out) {
    static const struct review_kept none;
    int64_t review = 0;
    struct err e = review_stage(store, ids, a, in, &none, &review);
    if (!failed(e))
        e = review_make_plan(store, ids, a, in->actor, review, &in->choice, out);
    if (failed(e) && review)
        review_remove(store, in->actor->party, review);
    return e;
}
