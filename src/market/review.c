#include "market/review.h"

#include <assert.h>
#include <string.h>

#include "base/datetime.h"
#include "base/num.h"
#include "base/pack.h"
#include "market/review_internal.h"

/* --- packed columns --- */

struct str check_pack(struct arena *a, const struct review_check *check) {
    const int64_t *v = (const int64_t *)check;
    struct buf b = BUF_INIT;
    for (int i = 0; i < REVIEW_CHECK_FIELDS; i++) {
        if (i)
            buf_putc(&b, ' ');
        buf_int(&b, v[i]);
    }
    struct str packed = buf_dup(a, &b);
    buf_free(&b);
    return packed;
}

bool check_unpack(struct str packed, struct review_check *check) {
    int64_t *v = (int64_t *)check;
    for (int i = 0; i < REVIEW_CHECK_FIELDS; i++) {
        if (!packed.p || !num_parse(str_cut(&packed, ' '), INT64_MIN, INT64_MAX, &v[i]))
            return false;
    }
    return packed.p == NULL;
}

struct str findings_pack(struct arena *a, const struct review_findings *f) {
    struct buf b = BUF_INIT;
    pack_add(&b, str_printf(a, "%lld", (long long)f->rows));
    pack_add(&b, f->encoding);
    pack_add(&b, f->separator);
    pack_add(&b, f->warnings);
    struct str packed = buf_dup(a, &b);
    buf_free(&b);
    return packed;
}

bool findings_unpack(struct str packed, struct review_findings *f) {
    struct str rows;
    return pack_next(&packed, &rows) && num_parse(rows, 0, INT64_MAX, &f->rows) &&
           pack_next(&packed, &f->encoding) && pack_next(&packed, &f->separator) &&
           pack_next(&packed, &f->warnings);
}

/* --- words --- */

struct code_words {
    int code;
    const char *name, *message, *remedy;
};

/* requester-site 5.6. Texts with a date are made in code_message. */
static const struct code_words codes[] = {
    {7, "U07", "The row has more cells than the header.",
     "Compare the row with the header; a cell may hold a separator without quotes."},
    {CODE_OTHER_BATCH, "U10", "It belongs to another of your batches.",
     "Choose \"Apply to all my batches\", or upload it there."},
    {CODE_SAME_REASON, "U20",
     "Approve and Reject are both filled; Reject still holds the old reason.",
     "Remove the text in Reject, or tick \"approve rows that still hold the old reason\"."},
    {CODE_BOTH_MARKS, "U20", "Approve and Reject are both filled.",
     "Remove the text in Reject to approve, or the mark in Approve to reject."},
    {CODE_APPROVED, "U21", "Already approved; approved work can not be rejected.",
     "Empty the Reject cell."},
    {CODE_WINDOW, "U22", "The 30 days for approving it have ended.", "Empty the Approve cell."},
    {CODE_DISPOSED, "U23", "Its task has been deleted (disposed).", "Empty the Approve cell."},
    {CODE_UNKNOWN, "U24", "No such assignment in your account.",
     "Check the AssignmentId, or remove the row."},
    {CODE_SHIFTED, "U25",
     "AssignmentId does not belong to this HITId/WorkerId: rows may have been shifted.",
     "Download the results again and mark the rows anew."},
    {CODE_NO_REASON, "U27", "Reject has a mark but no reason.",
     "Write the reason into Reject, or give one for all these rows."},
    {CODE_BAD_REASON, "U28", "Reason longer than 1,024 characters, or with control characters.",
     "Shorten the reason; the worker reads it."},
    {CODE_NUMBER_ID, "U29", "AssignmentId was turned into a number by a spreadsheet.",
     "Format the column as text before pasting, or download the results again."},
    {CODE_AUTO_APPROVED, "U30",
     "Approved automatically before this upload; approved work can not "
     "be rejected (U21).",
     "Empty the Reject cell."},
    {CODE_MONEY, "U31", "The available money does not reach this row.",
     "Deposit the missing amount and upload the rest again."},
    {CODE_REJECTED_SINCE, "U32",
     "It was Submitted in the file and has been rejected since; approving it undoes a rejection.",
     "Tick \"approve what was rejected since the download\", or empty the Approve cell."},
    {CODE_NOT_REJECTED, "U33", "It waits for a decision; there is no rejection to undo.",
     "Approve or reject it."},
    {CODE_IS_REJECTED, "U34", "It is rejected; approving it would undo a rejection.",
     "Choose \"Undo rejection\" for it."},
};

static const struct code_words *words_of(int code) {
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].code == code)
            return &codes[i];
    }
    return NULL;
}

const char *code_name(int code) {
    const struct code_words *w = words_of(code);
    return w ? w->name : "U00";
}

struct str code_message(struct arena *a, const struct code_about *about) {
    if (about->code == CODE_WINDOW && about->submitted_ms)
        return str_printf(a, "Submitted on %.*s; the 30 days for approving it ended on %.*s.",
                          STR_ARG(time_iso(a, about->submitted_ms)),
                          STR_ARG(time_iso(a, about->submitted_ms + WINDOW_MS)));
    if (about->code == CODE_AUTO_APPROVED && about->approved_ms)
        return str_printf(a,
                          "Approved automatically on %.*s, before this upload; approved work can "
                          "not be rejected (U21).",
                          STR_ARG(time_iso(a, about->approved_ms)));
    const struct code_words *w = words_of(about->code);
    return w ? str_c(w->message) : STR("The row can not be applied.");
}

const char *code_remedy(int code) {
    const struct code_words *w = words_of(code);
    return w ? w->remedy : "";
}

const char *judged_outcome(int64_t judged) {
    switch (judged) {
    case JUDGED_APPROVE: return "approved";
    case JUDGED_REJECT: return "rejected";
    case JUDGED_OVERTURN: return "overturned";
    default: return judged >= JUDGED_OTHER_BATCH ? "refused" : "unchanged";
    }
}

struct str judged_reason(struct arena *a, int64_t judged) {
    switch (judged) {
    case JUDGED_OVERTURNED_SINCE: return STR("The rejection was undone before; nothing to do.");
    case JUDGED_ALREADY: return STR("Already approved.");
    case JUDGED_REASON_KEPT:
        return STR("Already rejected; the reason is not changed by an upload.");
    default: break;
    }
    if (judged < JUDGED_OTHER_BATCH)
        return STR("");
    int code = (int)(judged % 100);
    struct str message = code_message(a, &(struct code_about){.code = code});
    return str_printf(a, "%s: %.*s %s", code_name(code), STR_ARG(message), code_remedy(code));
}

const char *review_mode_word(enum review_mode mode) {
    switch (mode) {
    case MODE_ELIGIBLE: return "eligible";
    case MODE_FUNDED: return "funded";
    case MODE_ALL: break;
    }
    return "all";
}

/* --- a review's row --- */

struct err review_not_found(struct arena *a, struct str review) {
    return err_make(a, ERR_NOT_FOUND, "review",
                    "There is no review %.*s. Reviews that are not applied are kept for 24 hours.",
                    STR_ARG(str_sub(review, 0, 64)));
}

struct err review_load(struct ctx *c, int64_t requester, struct str review,
                       struct review_rec *rec) {
    *rec = (struct review_rec){.requester = requester};
    if (!id_open(c->ids, ID_REVIEW, review, &rec->id))
        return review_not_found(c->arena, review);
    enum st st = sql_review_of(
        c->tx, &(struct sql_review_of_in){.id = rec->id, .requester = requester}, &rec->r);
    if (st == ST_NONE)
        return review_not_found(c->arena, review);
    if (st != ST_OK)
        return ctx_store(c, st);
    bool applied = rec->r.state == REVIEW_APPLIED;
    if (!applied && (rec->r.state != REVIEW_PLANNED || rec->r.expires_ms <= c->now_ms))
        return review_not_found(c->arena, review);
    return NO_ERR;
}

/* --- get --- */

struct get_run {
    const struct id_key *ids;
    struct arena *arena;
    int64_t requester;
    struct str review;
    struct review_answer *out;
    struct err err;
};

static void answer_of(const struct review_rec *rec, struct str review, struct arena *a,
                      struct review_answer *out) {
    struct review_check check;
    *out = (struct review_answer){
        .review = str_dup(a, review),
        .applied = rec->r.state == REVIEW_APPLIED,
    };
    out->json = str_dup(a, out->applied ? rec->r.outcome : rec->r.plan);
    out->token = out->applied ? STR_NULL : str_dup(a, rec->r.token);
    out->applicable =
        !out->applied && check_unpack(rec->r.plan_check, &check) && check.applicable != 0;
}

static enum tx_end get_read(struct tx *tx, void *arg) {
    struct get_run *run = arg;
    struct ctx c;
    struct review_rec rec;
    tx_use_arena(tx, run->arena);
    run->err = ctx_begin(&c, tx, NULL, run->ids);
    if (!failed(run->err))
        run->err = review_load(&c, run->requester, run->review, &rec);
    if (!failed(run->err))
        answer_of(&rec, run->review, run->arena, run->out);
    return ctx_end(run->err);
}

struct err review_get(struct store *store, const struct id_key *ids, struct arena *a,
                      int64_t requester, struct str review, struct review_answer *out) {
    struct get_run run = {
        .ids = ids, .arena = a, .requester = requester, .review = review, .out = out};
    enum st st = store_read(store, get_read, &run);
    if (st != ST_OK)
        return err_make(a, ERR_STORE, NULL, "The store failed while a review was read.");
    return run.err;
}

struct err review_plan(struct store *store, const struct id_key *ids, struct arena *a,
                       const struct actor *actor, struct str review,
                       const struct review_choice *choice, struct review_answer *out) {
    struct err e = review_get(store, ids, a, actor->party, review, out);
    if (failed(e) || out->applied)
        return e;
    int64_t id = 0;
    bool ours = id_open(ids, ID_REVIEW, review, &id);
    assert(ours);
    return review_make_plan(store, ids, a, actor, id, choice, out);
}

/* --- removal --- */

enum remove_what {
    ALL,
    ALL_BUT_ROW, /* of an applied review */
    ROWS_AND_BYTES,
    ROWS,
};

struct remove_run {
    int64_t review;
    enum remove_what what;
    int64_t left;
    enum st st;
};

/* One bounded step; left is 0 when nothing but the review's own row was there. Rows are numbered
 * from -line upward; INT64_MIN itself would be NULL. */
static enum tx_end remove_step(struct tx *tx, void *arg) {
    struct remove_run *run = arg;
    int64_t rows = 0, chunks = 0, texts = 0, n = 0;
    run->st = sql_review_delete_rows(tx,
                                     &(struct sql_review_delete_rows_in){.review = run->review,
                                                                         .first = INT64_MIN + 1,
                                                                         .limit = STAGE_ROWS},
                                     &rows);
    if (run->st == ST_OK && rows == 0 && run->what != ROWS)
        run->st = sql_review_delete_chunks(
            tx, &(struct sql_review_delete_chunks_in){.owner = run->review, .limit = STAGE_CHUNKS},
            &chunks);
    if (run->st == ST_OK && rows + chunks == 0)
        run->st = sql_review_delete_texts(
            tx, &(struct sql_review_delete_texts_in){.review = run->review}, &texts);
    bool empty = run->st == ST_OK && rows + chunks + texts == 0;
    if (empty && run->what == ALL_BUT_ROW)
        run->st = sql_review_forget(tx, &(struct sql_review_forget_in){run->review}, &n);
    if (empty && run->what == ALL)
        run->st = sql_review_job_end(tx, &(struct sql_review_job_end_in){run->review}, NULL);
    if (empty && run->what == ALL && run->st == ST_OK)
        run->st = sql_review_delete(tx, &(struct sql_review_delete_in){run->review}, &n);
    run->left = rows + chunks + texts;
    return run->st == ST_OK ? TX_COMMIT : run->st == ST_RETRY ? TX_RETRY : TX_ROLLBACK;
}

static enum st remove_all(struct store *store, int64_t requester, int64_t review,
                          enum remove_what what) {
    struct remove_run run = {.review = review, .what = what, .left = 1};
    enum st st = ST_OK;
    while (st == ST_OK && run.left > 0) {
        st = store_write(store, requester, remove_step, &run);
        if (st == ST_OK)
            st = run.st;
    }
    return st;
}

enum st review_remove(struct store *store, int64_t requester, int64_t review) {
    return remove_all(store, requester, review, ALL);
}

enum st review_remove_rows(struct store *store, int64_t requester, int64_t review, bool bytes) {
    return remove_all(store, requester, review, bytes ? ROWS_AND_BYTES : ROWS);
}

struct err review_drop(struct store *store, const struct id_key *ids, struct arena *a,
                       int64_t requester, struct str review) {
    struct review_answer answer;
    struct err e = review_get(store, ids, a, requester, review, &answer);
    if (failed(e) || answer.applied)
        return e;
    int64_t id = 0;
    bool ours = id_open(ids, ID_REVIEW, review, &id);
    assert(ours);
    if (review_remove(store, requester, id) != ST_OK)
        return err_make(a, ERR_STORE, NULL, "The store failed while a review was removed.");
    return NO_ERR;
}

enum { PURGE_MAX = 100 };

struct purge_run {
    const struct id_key *ids;
    int limit, count;
    struct sql_review_over_out over[PURGE_MAX];
    struct err err;
};

static bool purge_take(void *arg, const struct sql_review_over_out *row) {
    struct purge_run *run = arg;
    run->over[run->count++] = *row;
    return run->count < run->limit;
}

static enum tx_end purge_read(struct tx *tx, void *arg) {
    struct purge_run *run = arg;
    struct ctx c;
    run->count = 0;
    run->err = ctx_begin(&c, tx, NULL, run->ids);
    if (!failed(run->err))
        run->err = ctx_store(
            &c, sql_review_over_each(
                    tx, &(struct sql_review_over_in){.now_ms = c.now_ms, .limit = run->limit},
                    purge_take, run));
    return ctx_end(run->err);
}

struct err review_purge(struct store *store, const struct id_key *ids, int limit, int *done) {
    struct purge_run run = {.ids = ids, .limit = limit < PURGE_MAX ? limit : PURGE_MAX};
    *done = 0;
    if (limit < 1)
        return NO_ERR;
    enum st st = store_read(store, purge_read, &run);
    if (failed(run.err))
        st = ST_FAIL;
    for (int i = 0; st == ST_OK && i < run.count; i++) {
        st = remove_all(store, 0, run.over[i].id,
                        run.over[i].state == REVIEW_APPLIED ? ALL_BUT_ROW : ALL);
        if (st == ST_OK)
            *done += 1;
    }
    if (st != ST_OK)
        return (struct err){ERR_STORE, NULL, "The store failed while old reviews were removed."};
    return NO_ERR;
}
