/* Large reviewed files: the bytes are kept first, then the plan is made by whoever has time
 * (review.h). What is made is the same as review_upload() makes, by the same steps; after a restart
 * a file is begun anew from its bytes. */
#include "base/datetime.h"
#include "base/log.h"
#include "market/review_internal.h"

enum { TELL_EVERY_MS = 300 };

/* ---- leaving one ---- */

struct leaving {
    const struct review_upload *in;
    int64_t review;
};

/* From now on it is worked on: this is the write that has to be durable. */
static enum tx_end add_job(struct tx *tx, void *arg) {
    struct leaving *l = arg;
    enum st st = sql_review_job_add(tx,
                                    &(struct sql_review_job_add_in){
                                        .review = l->review,
                                        .encoding = l->in->encoding.p ? l->in->encoding : STR(""),
                                        .tools = l->in->tools,
                                        .options = l->in->choice.options,
                                        .bytes = (int64_t)l->in->file.n,
                                    },
                                    NULL);
    return st == ST_OK ? TX_COMMIT : st == ST_RETRY ? TX_RETRY : TX_ROLLBACK;
}

struct err review_leave(struct store *store, const struct id_key *ids, struct arena *a,
                        const struct review_upload *in, struct str *review) {
    struct leaving l = {.in = in};
    struct err e = review_stage_bytes(store, ids, a, in, &l.review);
    if (!failed(e) && store_write(store, in->actor->party, add_job, &l) != ST_OK)
        e = err_make(a, ERR_STORE, NULL, "The store failed while a file was taken.");
    if (failed(e) && l.review)
        review_remove(store, in->actor->party, l.review);
    if (!failed(e))
        *review = id_seal(a, ids, ID_REVIEW, l.review);
    return e;
}

/* ---- going on with one ---- */

struct job {
    struct store *store;
    struct arena *arena;
    const struct review_limits *limits;
    struct sql_review_job_next_out row;
    bool any;
    struct review_progress progress;
    int64_t told_ms; /* wall clock, of the last beat */
    bool gone;       /* the row is not there any more */
    struct err refusal;
};

/* Finds one and takes it, so that no other process does. */
static enum tx_end claim(struct tx *tx, void *arg) {
    struct job *job = arg;
    int64_t now_ms = time_wall_ms(), changed = 0;
    tx_use_arena(tx, job->arena);
    struct sql_review_job_next_in in = {now_ms - REVIEW_BEAT_MS};
    enum st st = sql_review_job_next(tx, &in, &job->row);
    if (st == ST_OK)
        st = sql_review_job_claim(
            tx, &(struct sql_review_job_claim_in){job->row.review, in.before_ms, now_ms}, &changed);
    job->any = st == ST_OK && changed == 1;
    return st == ST_OK ? TX_COMMIT : st == ST_RETRY ? TX_RETRY : TX_ROLLBACK;
}

/* Looks first: a server without files writes nothing. */
static enum tx_end look(struct tx *tx, void *arg) {
    struct job *job = arg;
    tx_use_arena(tx, job->arena);
    struct sql_review_job_next_in in = {time_wall_ms() - REVIEW_BEAT_MS};
    job->any = sql_review_job_next(tx, &in, &job->row) == ST_OK;
    return TX_ROLLBACK;
}

static enum tx_end beat(struct tx *tx, void *arg) {
    struct job *job = arg;
    int64_t changed = 0;
    enum st st = sql_review_job_beat(tx,
                                     &(struct sql_review_job_beat_in){
                                         .review = job->row.review,
                                         .step = job->progress.step,
                                         .rows_read = job->progress.rows,
                                         .done = job->progress.done,
                                         .total = job->progress.total,
                                         .now_ms = job->told_ms,
                                     },
                                     &changed);
    job->gone = st == ST_OK && changed == 0;
    return st == ST_OK ? TX_COMMIT : st == ST_RETRY ? TX_RETRY : TX_ROLLBACK;
}

static bool may_go_on(const struct job *job) {
    return !job->limits->go_on || job->limits->go_on(job->limits->arg);
}

static bool tell(void *arg, const struct review_progress *p) {
    struct job *job = arg;
    int64_t now_ms = time_wall_ms();
    bool other = p->step != job->progress.step;
    job->progress = *p;
    if (!other && now_ms - job->told_ms < TELL_EVERY_MS)
        return may_go_on(job);
    job->told_ms = now_ms;
    store_write_relaxed(job->store, job->row.requester, beat, job);
    return !job->gone && may_go_on(job);
}

static enum tx_end refuse(struct tx *tx, void *arg) {
    struct job *job = arg;
    const struct err *e = &job->refusal;
    enum st st =
        sql_review_job_refuse(tx,
                              &(struct sql_review_job_refuse_in){
                                  .review = job->row.review,
                                  .code = str_c(e->field ? e->field : ""),
                                  .words = str_c(e->detail ? e->detail : err_opening(e->code)),
                              },
                              NULL);
    return st == ST_OK ? TX_COMMIT : st == ST_RETRY ? TX_RETRY : TX_ROLLBACK;
}

/* What reading it again would not mend is said to the user. */
static bool is_final(struct err e) {
    return e.code != ERR_RETRY && e.code != ERR_STORE;
}

static struct err make(struct job *job, const struct id_key *ids) {
    const struct sql_review_job_next_out *row = &job->row;
    struct actor actor = {
        .entrance = ENTRANCE_FILE,
        .party = row->requester,
        .person = row->actor == row->requester ? 0 : row->actor,
        .detail = STR("file"),
    };
    struct review_upload in = {
        .actor = &actor,
        .batch = row->batch,
        .choice = {.options = row->options},
        .file_name = row->file_name,
        .encoding = row->encoding.n ? row->encoding : STR_NULL,
        .tools = (int)row->tools,
        .bytes_max = job->limits->bytes_max,
        .rows_max = job->limits->rows_max,
        .progress = tell,
        .progress_arg = job,
    };
    struct review_kept kept = {row->review, row->bytes, row->file_digest};
    struct review_answer answer;
    int64_t review;
    if (review_remove_rows(job->store, row->requester, row->review, false) != ST_OK)
        return err_make(job->arena, ERR_STORE, NULL, "The store failed.");
    struct err e = review_stage(job->store, ids, job->arena, &in, &kept, &review);
    return failed(e) ? e
                     : review_make_plan(job->store, ids, job->arena, &actor, row->review,
                                        &in.choice, &answer);
}

/* Not finished: the next call may take it at once. */
static void give_back(struct job *job) {
    job->progress = (struct review_progress){REVIEW_WAITS, 0, 0, job->row.bytes};
    job->told_ms = 0;
    store_write_relaxed(job->store, job->row.requester, beat, job);
}

struct err review_go_on(struct store *store, const struct id_key *ids, struct arena *a,
                        const struct review_limits *limits, bool *any) {
    struct job job = {.store = store, .arena = a, .limits = limits};
    enum st st = store_read(store, look, &job);
    if (st == ST_OK && job.any)
        st = store_write(store, 0, claim, &job);
    *any = st == ST_OK && job.any;
    if (!*any)
        return NO_ERR;
    struct err e = make(&job, ids);
    if (!failed(e))
        return NO_ERR;
    if (!is_final(e)) {
        if (e.code == ERR_RETRY)
            give_back(&job);
        return e;
    }
    job.refusal = e;
    st = store_write(store, job.row.requester, refuse, &job);
    if (st == ST_OK)
        st = review_remove_rows(store, job.row.requester, job.row.review, true);
    return st == ST_OK ? NO_ERR : err_make(a, ERR_STORE, NULL, "The store failed.");
}

/* ---- how far it is ---- */

struct err review_left_of(struct ctx *c, int64_t requester, struct str review,
                          struct review_left *out) {
    struct sql_review_job_of_out row;
    int64_t id;
    *out = (struct review_left){.left = false};
    if (!id_open(c->ids, ID_REVIEW, review, &id))
        return NO_ERR;
    enum st st = sql_review_job_of(c->tx, &(struct sql_review_job_of_in){id, requester}, &row);
    if (st != ST_OK)
        return st == ST_NONE ? NO_ERR : ctx_store(c, st);
    *out = (struct review_left){
        .left = true,
        .progress = {(enum review_step)row.step, row.rows_read, row.done, row.total},
        .batch = row.batch,
        .file_name = row.file_name,
    };
    if (row.step == REVIEW_REFUSED)
        out->refusal =
            err_make(c->arena, ERR_BAD_FILE, str_z(c->arena, row.code), "%.*s", STR_ARG(row.words));
    return NO_ERR;
}
