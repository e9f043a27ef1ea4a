#include "market/results.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "base/money.h"
#include "base/pack.h"
#include "formats/results_file.h"
#include "market/archive.h"
#include "market/due.h"
#include "market/hit.h"
#include "market/results_view.h"
#include "store/sql.h"

#define WINDOW_MS (INT64_C(1000) * OVERTURN_WINDOW_S)

enum {
    FLUSH_LEN = 64 * 1024,
    /* Rows of one HIT are sorted by the id that is printed. Beyond so many they are given in
     * pieces, each sorted: a HIT may have a thousand million assignments. */
    HIT_SORT_MAX = 10000,
    /* From so many rows on the rates of all workers are read at once, not those of the batch. */
    RATES_ALL_FROM = 100000,
};

/* One worker's figures; the texts are made when first used. */
struct rate {
    int64_t worker;
    int64_t n[6]; /* approved, rejected: in all, in 30 days, in 7 days */
    struct str text[3];
};

struct bonus_sum {
    int64_t assignment, cents;
};

/* Where a finished row stands in `rows`. */
struct piece {
    struct str id;
    size_t at, n;
};

struct results_run {
    const struct id_key *ids;
    const struct results_in *in;
    results_sink *sink;
    void *arg;
    bool gone;

    struct ctx ctx;
    struct arena arena, hit_arena, row_arena;
    struct sql_results_batch_out batch;
    struct results_file_shape shape;
    struct results_file writer;
    struct buf rates; /* struct rate, by worker */
    size_t rate_count;
    struct buf bonuses; /* struct bonus_sum, by assignment */
    size_t bonus_count;
    struct buf taken; /* int64_t, row numbers that the filter takes, ascending */

    int64_t hit; /* whose rows stand in `rows` */
    int64_t in_hit;
    struct results_file_row row; /* the HIT's cells are kept from row to row */
    struct buf rows;
    struct buf pieces; /* struct piece */
    size_t piece_count;
    struct buf out;
    struct err err;
};

/* --- words --- */

bool results_dialect(struct str word, int *dialect) {
    enum csv_dialect d;
    if (!csv_dialect_parse(word, &d))
        return false;
    *dialect = (int)d;
    return true;
}

bool results_status(struct str words, unsigned *status) {
    static const struct {
        const char *word;
        unsigned bits;
    } known[] = {
        {"submitted", RESULTS_SUBMITTED},
        {"approved", RESULTS_APPROVED},
        {"rejected", RESULTS_REJECTED},
        {"all", RESULTS_ALL},
    };
    *status = 0;
    while (words.p) {
        struct str word = str_trim(str_cut(&words, ','));
        unsigned bits = 0;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
            if (str_ieq(word, str_c(known[i].word)))
                bits = known[i].bits;
        }
        if (bits == 0)
            return false;
        *status |= bits;
    }
    return *status != 0;
}

/* --- output --- */

static void flush(struct results_run *run, size_t from) {
    if (run->out.n < from || run->gone)
        return;
    run->gone = !run->sink(run->arg, run->out.p, run->out.n);
    buf_clear(&run->out);
}

static int by_id(const void *x, const void *y) {
    return str_cmp(((const struct piece *)x)->id, ((const struct piece *)y)->id);
}

/* The rows of the HIT go out, by ascending AssignmentId (csv-formats 3.2). */
static void end_hit(struct results_run *run) {
    struct piece *pieces = (struct piece *)(void *)run->pieces.p;
    if (run->piece_count > 1)
        qsort(pieces, run->piece_count, sizeof *pieces, by_id);
    for (size_t i = 0; i < run->piece_count; i++)
        buf_add(&run->out, run->rows.p + pieces[i].at, pieces[i].n);
    run->piece_count = 0;
    buf_clear(&run->pieces);
    buf_clear(&run->rows);
    flush(run, FLUSH_LEN);
}

/* --- cells --- */

static struct str id_text(struct results_run *run, struct arena *a, enum id_kind kind, int64_t row,
                          struct str alias) {
    return alias.p ? str_dup(a, alias) : id_seal(a, run->ids, kind, row);
}

static struct str int_text(struct arena *a, int64_t v) {
    return str_printf(a, "%lld", (long long)v);
}

static struct str time_text(const struct results_run *run, struct arena *a, int64_t ms) {
    return ms == SQL_NULL ? STR("") : time_file(a, ms, run->in->utc);
}

static struct str annotation(struct results_run *run, const struct sql_results_rows_out *r) {
    struct arena *a = &run->hit_arena;
    if (run->batch.annotation.p)
        return run->batch.annotation;
    if (r->annotation.p || run->batch.kind != BATCH_FILE)
        return str_dup(a, r->annotation);
    if (run->batch.project == SQL_NULL)
        return str_printf(a, "BatchId:%lld;OriginalHitTemplateId:;", (long long)run->in->batch);
    return str_printf(a, "BatchId:%lld;OriginalHitTemplateId:%lld;", (long long)run->in->batch,
                      (long long)run->batch.project);
}

static void extend_hit(struct results_run *run, const struct sql_results_rows_out *r) {
    struct hit_counts n = {
        .max_assignments = r->max_assignments,
        .pending = r->pending,
        .submitted = r->hit_submitted,
        .approved = r->hit_approved,
        .rejected = r->hit_rejected,
        .expired = r->expired != 0,
        .reviewing = r->reviewing != 0,
        .disposed = r->disposed_ms != SQL_NULL,
    };
    struct str *x = run->row.extended;
    x[RESULTS_HIT_STATUS] = str_c(hit_status_name(hit_status(&n)));
    x[RESULTS_BATCH_NAME] = run->batch.name;
    x[RESULTS_PROJECT_VERSION] =
        run->batch.project == SQL_NULL ? STR("") : int_text(&run->hit_arena, run->batch.project);
}

static void begin_hit(struct results_run *run, const struct sql_results_rows_out *r) {
    struct arena *a = &run->hit_arena;
    struct str *f = run->row.fixed;
    arena_reset(a);
    run->hit = r->hit;
    run->in_hit = 0;
    f[RESULTS_HIT_ID] = id_text(run, a, ID_HIT, r->hit, r->hit_alias);
    f[RESULTS_HIT_TYPE_ID] = id_text(run, a, ID_HIT_TYPE, r->hit_type, r->type_alias);
    f[RESULTS_TITLE] = str_dup(a, r->title);
    f[RESULTS_DESCRIPTION] = str_dup(a, r->description);
    f[RESULTS_KEYWORDS] = str_dup(a, r->keywords);
    f[RESULTS_REWARD] = money_dollars(a, r->hit_reward_cents);
    f[RESULTS_CREATION_TIME] = time_text(run, a, r->created_ms);
    f[RESULTS_MAX_ASSIGNMENTS] = int_text(a, r->max_assignments);
    f[RESULTS_REQUESTER_ANNOTATION] = annotation(run, r);
    f[RESULTS_ASSIGNMENT_DURATION] = int_text(a, r->duration_s);
    f[RESULTS_AUTO_APPROVAL_DELAY] = int_text(a, r->auto_approval_s);
    f[RESULTS_EXPIRATION] = time_text(run, a, r->expires_ms);
    run->row.inputs = r->vars.p ? str_dup(a, r->vars) : STR("");
    if (run->in->extended)
        extend_hit(run, r);
}

static int by_worker(const void *x, const void *y) {
    const struct rate *a = x, *b = y;
    return (a->worker > b->worker) - (a->worker < b->worker);
}

static void fill_rates(struct results_run *run, int64_t worker) {
    struct rate key = {.worker = worker};
    struct rate *rate = run->rate_count ? bsearch(&key, run->rates.p, run->rate_count,
                                                  sizeof(struct rate), by_worker)
                                        : NULL;
    for (int i = 0; i < 3; i++) {
        struct str *cell = &run->row.fixed[RESULTS_LIFETIME_RATE + i];
        if (!rate) {
            *cell = STR("0% (0/0)");
            continue;
        }
        if (!rate->text[i].p) {
            struct buf b = BUF_INIT;
            results_file_rate(&b, rate->n[2 * i], rate->n[2 * i] + rate->n[2 * i + 1]);
            rate->text[i] = buf_dup(&run->arena, &b);
            buf_free(&b);
        }
        *cell = rate->text[i];
    }
}

static const char *approved_by(const struct sql_results_rows_out *r) {
    if (r->status != ASSIGNMENT_APPROVED)
        return "";
    if (r->entrance == ENTRANCE_CLOCK)
        return "auto";
    if (r->entrance == ENTRANCE_POLICY)
        return "policy";
    return r->rejected_ms == SQL_NULL ? "requester" : "override";
}

static int by_bonus(const void *x, const void *y) {
    const struct bonus_sum *a = x, *b = y;
    return (a->assignment > b->assignment) - (a->assignment < b->assignment);
}

static void extend_row(struct results_run *run, const struct sql_results_rows_out *r) {
    struct arena *a = &run->row_arena;
    struct str *x = run->row.extended;
    struct bonus_sum key = {.assignment = r->assignment};
    const struct bonus_sum *bonus =
        run->bonus_count ? bsearch(&key, run->bonuses.p, run->bonus_count, sizeof key, by_bonus)
                         : NULL;
    bool rejected = r->status == ASSIGNMENT_REJECTED;
    bool undoable = rejected && r->disposed_ms == SQL_NULL && run->batch.kind != BATCH_ARCHIVE &&
                    (run->ctx.now_ms - r->submitted_ms) / 1000 <= OVERTURN_WINDOW_S;
    int64_t round = run->batch.kind == BATCH_FILE ? run->batch.max_assignments : 1;
    x[RESULTS_FEE] = money_dollars(a, r->fee_cents);
    x[RESULTS_OVERTURN_UNTIL] = undoable ? time_text(run, a, r->submitted_ms + WINDOW_MS) : STR("");
    x[RESULTS_OVERTURNED] =
        r->status == ASSIGNMENT_APPROVED && r->rejected_ms != SQL_NULL ? STR("yes") : STR("");
    x[RESULTS_APPROVED_BY] = str_c(approved_by(r));
    x[RESULTS_BONUS_TOTAL] = money_dollars(a, bonus ? bonus->cents : 0);
    x[RESULTS_ATTEMPT] = int_text(a, 1 + run->in_hit / (round > 0 ? round : 1));
}

static void fill_row(struct results_run *run, const struct sql_results_rows_out *r) {
    static const char *const status_words[] = {"", "", "Submitted", "Approved", "Rejected"};
    struct arena *a = &run->row_arena;
    struct str *f = run->row.fixed;
    f[RESULTS_WORKER_ID] = r->worker_id;
    f[RESULTS_ASSIGNMENT_STATUS] = str_c(status_words[r->status]);
    f[RESULTS_ACCEPT_TIME] = time_text(run, a, r->accepted_ms);
    f[RESULTS_SUBMIT_TIME] = time_text(run, a, r->submitted_ms);
    f[RESULTS_AUTO_APPROVAL_TIME] = time_text(run, a, r->auto_approval_ms);
    f[RESULTS_APPROVAL_TIME] = time_text(run, a, r->approved_ms);
    f[RESULTS_REJECTION_TIME] = time_text(run, a, r->rejected_ms);
    f[RESULTS_REQUESTER_FEEDBACK] = r->feedback.p ? r->feedback : STR("");
    f[RESULTS_WORK_TIME] = int_text(a, r->submitted_ms / 1000 - r->accepted_ms / 1000);
    fill_rates(run, r->worker);
    run->row.answers = r->fields.p ? r->fields : STR("");
    bool filled = r->status == ASSIGNMENT_REJECTED && !run->in->keep_reject_empty;
    run->row.reject = filled && r->feedback.p ? r->feedback : STR("");
    if (run->in->extended)
        extend_row(run, r);
}

static int by_number(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static bool is_taken(const struct results_run *run, int64_t assignment) {
    const struct buf *taken = &run->taken;
    return !run->in->filter ||
           (taken->n && bsearch(&assignment, taken->p, taken->n / sizeof assignment,
                                sizeof assignment, by_number) != NULL);
}

static bool take_row(void *arg, const struct sql_results_rows_out *r) {
    struct results_run *run = arg;
    if (!is_taken(run, r->assignment))
        return true;
    if (r->hit != run->hit || run->piece_count == HIT_SORT_MAX)
        end_hit(run);
    if (r->hit != run->hit)
        begin_hit(run, r);
    arena_reset(&run->row_arena);
    struct piece piece = {.id =
                              id_text(run, &run->hit_arena, ID_ASSIGNMENT, r->assignment, r->alias),
                          .at = run->rows.n};
    run->row.fixed[RESULTS_ASSIGNMENT_ID] = piece.id;
    fill_row(run, r);
    results_file_row(&run->writer, &run->row);
    piece.n = run->rows.n - piece.at;
    buf_add(&run->pieces, &piece, sizeof piece);
    run->piece_count++;
    run->in_hit++;
    return !run->gone;
}

/* --- what is read before the rows --- */

static bool take_rate(void *arg, const struct sql_results_rates_out *r) {
    struct results_run *run = arg;
    struct rate rate = {
        .worker = r->worker,
        .n = {r->approved, r->rejected, r->month_approved, r->month_rejected, r->week_approved,
              r->week_rejected},
    };
    buf_add(&run->rates, &rate, sizeof rate);
    run->rate_count++;
    return true;
}

static bool take_rate_of_batch(void *arg, const struct sql_results_rates_batch_out *r) {
    struct sql_results_rates_out same = {
        .worker = r->worker,
        .approved = r->approved,
        .rejected = r->rejected,
        .month_approved = r->month_approved,
        .month_rejected = r->month_rejected,
        .week_approved = r->week_approved,
        .week_rejected = r->week_rejected,
    };
    return take_rate(arg, &same);
}

static enum st read_rates(struct results_run *run) {
    int64_t today = run->ctx.now_ms / DAY_MS;
    if (run->batch.rows >= RATES_ALL_FROM)
        return sql_results_rates_each(run->ctx.tx,
                                      &(struct sql_results_rates_in){
                                          .requester = run->in->requester,
                                          .month = today - 30,
                                          .week = today - 7,
                                      },
                                      take_rate, run);
    return sql_results_rates_batch_each(run->ctx.tx,
                                        &(struct sql_results_rates_batch_in){
                                            .requester = run->in->requester,
                                            .batch = run->in->batch,
                                            .month = today - 30,
                                            .week = today - 7,
                                        },
                                        take_rate_of_batch, run);
}

static void take_number(void *arg, int64_t assignment, enum assignment_status status) {
    (void)status;
    buf_add(arg, &assignment, sizeof assignment);
}

/* What the filter takes, in the same snapshot. */
static struct err read_taken(struct results_run *run) {
    const struct actor actor = {.party = run->in->requester};
    struct ctx c = run->ctx;
    c.actor = &actor;
    struct err e = results_each(&c, run->in->batch, run->in->filter, RESULTS_FILTERED_MAX,
                                take_number, &run->taken);
    if (!failed(e) && run->taken.n)
        qsort(run->taken.p, run->taken.n / sizeof(int64_t), sizeof(int64_t), by_number);
    return e;
}

static bool take_bonus(void *arg, const struct sql_results_bonuses_out *r) {
    struct results_run *run = arg;
    buf_add(&run->bonuses, &(struct bonus_sum){r->assignment, r->cents}, sizeof(struct bonus_sum));
    run->bonus_count++;
    return true;
}

static struct str *unpack(struct arena *a, struct str packed, size_t *n) {
    int count = pack_count(packed);
    *n = count > 0 ? (size_t)count : 0;
    struct str *items = arena_array(a, *n + 1, sizeof *items);
    for (size_t i = 0; i < *n; i++)
        pack_next(&packed, &items[i]);
    return items;
}

static struct err no_batch(struct arena *a, int64_t batch) {
    return err_make(a, ERR_NOT_FOUND, "batch", "There is no batch %lld.", (long long)batch);
}

static struct err read_batch(struct results_run *run) {
    struct results_file_shape *shape = &run->shape;
    enum st st = sql_results_batch(
        run->ctx.tx,
        &(struct sql_results_batch_in){.id = run->in->batch, .requester = run->in->requester},
        &run->batch);
    if (st == ST_NONE)
        return no_batch(&run->arena, run->in->batch);
    if (st != ST_OK)
        return ctx_store(&run->ctx, st);
    shape->inputs = unpack(&run->arena, run->batch.columns, &shape->n_inputs);
    struct str *answers = unpack(&run->arena, run->batch.fields, &shape->n_answers);
    shape->n_answers = results_file_sort_names(answers, shape->n_answers);
    shape->answers = answers;
    shape->extended = run->in->extended;
    st = read_rates(run);
    if (st == ST_OK && run->in->extended)
        st = sql_results_bonuses_each(run->ctx.tx, &(struct sql_results_bonuses_in){run->in->batch},
                                      take_bonus, run);
    return ctx_store(&run->ctx, st);
}

/* --- archives: the file as it was (csv-formats 9) --- */

static void archived_row(struct results_run *run, struct str cells) {
    struct str cell;
    while (pack_next(&cells, &cell))
        csv_cell_worker(&run->writer.csv, cell);
    csv_row_end(&run->writer.csv);
    flush(run, FLUSH_LEN);
}

static bool take_archived(void *arg, enum assignment_status status, struct str cells) {
    struct results_run *run = arg;
    unsigned wanted = run->in->status ? run->in->status : RESULTS_ALL;
    unsigned is = status == ASSIGNMENT_APPROVED   ? RESULTS_APPROVED
                  : status == ASSIGNMENT_REJECTED ? RESULTS_REJECTED
                                                  : RESULTS_SUBMITTED;
    if (wanted & is)
        archived_row(run, cells);
    return !run->gone;
}

static struct err write_archive(struct results_run *run) {
    csv_out_begin(&run->writer.csv, &run->out, (enum csv_dialect)run->in->dialect);
    archived_row(run, run->batch.columns);
    struct err e =
        archive_rows(&run->ctx, run->in->batch, (enum assignment_status)0, take_archived, run);
    flush(run, 1);
    return e;
}

static struct err write_all(struct results_run *run) {
    struct err e = read_batch(run);
    if (failed(e))
        return e;
    if (run->batch.kind == BATCH_ARCHIVE)
        return write_archive(run);
    e = run->in->filter ? read_taken(run) : NO_ERR;
    if (failed(e))
        return e;
    unsigned status = run->in->status ? run->in->status : RESULTS_ALL;
    results_file_begin(&run->writer, &run->rows, (enum csv_dialect)run->in->dialect, &run->shape);
    buf_str(&run->out, buf_view(&run->rows));
    buf_clear(&run->rows);
    enum st st = sql_results_rows_each(run->ctx.tx,
                                       &(struct sql_results_rows_in){
                                           .batch = run->in->batch,
                                           .submitted = (status & RESULTS_SUBMITTED) != 0,
                                           .approved = (status & RESULTS_APPROVED) != 0,
                                           .rejected = (status & RESULTS_REJECTED) != 0,
                                       },
                                       take_row, run);
    if (st == ST_OK && !run->gone) {
        end_hit(run);
        results_file_end(&run->writer);
        buf_str(&run->out, buf_view(&run->rows));
        flush(run, 1);
    }
    return ctx_store(&run->ctx, st);
}

static enum tx_end results_read(struct tx *tx, void *arg) {
    struct results_run *run = arg;
    tx_use_arena(tx, &run->arena);
    run->err = ctx_begin(&run->ctx, tx, NULL, run->ids);
    if (!failed(run->err))
        run->err = write_all(run);
    return failed(run->err) ? TX_ROLLBACK : TX_COMMIT; /* bytes are out: never run again */
}

struct err results_write(struct store *store, const struct id_key *ids, struct arena *a,
                         const struct results_in *in, results_sink *sink, void *arg) {
    struct err e = due_all(store, a, ids);
    if (failed(e))
        return e;
    struct results_run run = {.ids = ids, .in = in, .sink = sink, .arg = arg};
    arena_init(&run.arena, 0);
    arena_init(&run.hit_arena, 0);
    arena_init(&run.row_arena, 0);
    enum st st = store_read(store, results_read, &run);
    e = run.err;
    if (st != ST_OK || e.code == ERR_RETRY)
        e = err_make(a, ERR_STORE, NULL, "The store failed while results were read.");
    else if (failed(e))
        e = err_make(a, e.code, e.field ? arena_strdup(a, e.field) : NULL, "%s",
                     e.detail ? e.detail : "");
    buf_free(&run.rates);
    buf_free(&run.bonuses);
    buf_free(&run.taken);
    buf_free(&run.rows);
    buf_free(&run.pieces);
    buf_free(&run.out);
    arena_free(&run.arena);
    arena_free(&run.hit_arena);
    arena_free(&run.row_arena);
    return e;
}

struct err results_name(struct ctx *c, int64_t requester, int64_t batch, struct str *name) {
    struct sql_results_batch_out b;
    enum st st = sql_results_batch(
        c->tx, &(struct sql_results_batch_in){.id = batch, .requester = requester}, &b);
    if (st == ST_NONE)
        return no_batch(c->arena, batch);
    if (st == ST_OK)
        *name = str_printf(c->arena, "Batch_%lld_batch_results.csv", (long long)batch);
    return ctx_store(c, st);
}
