/* The commit: the plan of a token, as one settlement in one transaction, or nothing. */
#include <assert.h>

#include "base/limits.h"
#include "formats/marks.h"
#include "ledger/ledger.h"
#include "market/due.h"
#include "market/review_internal.h"
#include "market/settle.h"

enum commit_end {
    COMMIT_DONE,    /* applied, now or before */
    COMMIT_STALE,   /* the world has moved on: nothing was changed */
    COMMIT_BLOCKED, /* the plan itself says no */
    COMMIT_DUE,     /* the clock owes something: nothing was changed, run that first */
};

struct commit_run {
    const struct id_key *ids;
    struct arena *arena;
    const struct actor *actor;
    struct str review;
    const struct review_yes *yes;
    bool sweep; /* last try: what is due happens inside this transaction */
    struct review_answer *out;
    struct review_rec rec;
    struct review_check check;
    struct str why; /* COMMIT_STALE: for the log and the answer */
    enum commit_end end;
    struct err err;
};

static enum commit_end stale(struct commit_run *run, const char *why) {
    run->why = str_c(why);
    return run->end = COMMIT_STALE;
}

/* --- the message --- */

static bool takes_message(const struct review_rec *rec) {
    int64_t verdict = (rec->r.options & REVIEW_SELECTION) / REVIEW_SELECTION_ONE;
    return verdict == VERDICT_APPROVE || verdict == VERDICT_OVERTURN;
}

static struct err check_message(struct arena *a, struct str text) {
    switch (reason_check(text, NULL)) {
    case REASON_TOO_LONG:
        return err_make(a, ERR_INVALID_PARAMETER, "message",
                        "At most %d characters; this message has more.", REASON_MAX);
    case REASON_CONTROL:
        return err_make(a, ERR_INVALID_PARAMETER, "message",
                        "The message holds control characters; remove them.");
    case REASON_EMPTY:
    case REASON_OK: break;
    }
    return NO_ERR;
}

/* Every row of such a selection names text SELECTION_TEXT already, there or not. */
static struct err put_message(struct ctx *c, struct review_rec *rec, struct str message) {
    if (!message.p || rec->r.state == REVIEW_APPLIED)
        return NO_ERR;
    if (!takes_message(rec))
        return err_make(c->arena, ERR_INVALID_PARAMETER, "message",
                        "Only approvals and undone rejections that were selected take a message; "
                        "a file has its messages in its column Approve.");
    message = str_trim(message);
    bool some = message.n > 0;
    enum st st =
        some
            ? sql_review_message_set(c->tx, &(struct sql_review_message_set_in){rec->id, message},
                                     NULL)
            : sql_review_message_clear(c->tx, &(struct sql_review_message_clear_in){rec->id}, NULL);
    rec->r.options = some ? rec->r.options | REVIEW_HAS_MESSAGES
                          : rec->r.options & ~(int64_t)REVIEW_HAS_MESSAGES;
    if (st == ST_OK)
        st = sql_review_options_set(
            c->tx, &(struct sql_review_options_set_in){rec->id, rec->r.options}, NULL);
    return ctx_store(c, st);
}

/* A plan that could not be applied keeps what was written for it. */
static enum tx_end keep_message(struct tx *tx, void *arg) {
    struct commit_run *run = arg;
    struct ctx c;
    struct review_rec rec;
    tx_use_arena(tx, run->arena);
    run->err = ctx_begin(&c, tx, run->actor, run->ids);
    if (!failed(run->err))
        run->err = review_load(&c, run->actor->party, run->review, &rec);
    if (!failed(run->err))
        run->err = put_message(&c, &rec, run->yes->message);
    return ctx_end(run->err);
}

struct err review_message(struct ctx *c, int64_t requester, struct str review,
                          struct str *message) {
    struct review_rec rec;
    struct sql_review_text_get_out out;
    *message = STR_NULL;
    struct err e = review_load(c, requester, review, &rec);
    if (failed(e) || !takes_message(&rec) || rec.r.state == REVIEW_APPLIED)
        return e.code == ERR_NOT_FOUND ? NO_ERR : e;
    enum st st =
        sql_review_text_get(c->tx, &(struct sql_review_text_get_in){rec.id, SELECTION_TEXT}, &out);
    if (st == ST_OK)
        *message = out.body;
    return ctx_store(c, st);
}

/* --- outcome --- */

static struct str outcome_json(struct ctx *c, const struct commit_run *run,
                               const struct settlement *s) {
    const struct review_check *k = &run->check;
    struct sql_review_tally_out tally = {.rows = 0};
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    enum st st =
        sql_review_tally(c->tx, &(struct sql_review_tally_in){.review = run->rec.id}, &tally);
    if (st != ST_OK)
        return STR_NULL;
    int64_t decided = s->approved + s->rejected + s->overturned;
    json_open_object(&j);
    json_kv_str(&j, "review", run->review);
    json_kv_int(&j, "batch", run->rec.r.batch);
    json_kv_cstr(&j, "mode", review_mode_word((enum review_mode)run->rec.r.mode));
    static const char *const verbs[] = {NULL, "approve", "reject", "undo"};
    json_kv_cstr(&j, "selection",
                 verbs[(run->rec.r.options & REVIEW_SELECTION) / REVIEW_SELECTION_ONE]);
    json_kv_cstr(&j, "state", "applied");
    json_kv_int(&j, "applied_ms", c->now_ms);
    json_key(&j, "counts");
    json_open_object(&j);
    json_kv_int(&j, "approved", s->approved);
    json_kv_int(&j, "rejected", s->rejected);
    json_kv_int(&j, "overturned", s->overturned);
    json_kv_int(&j, "unchanged", tally.rows - decided - tally.refused);
    json_kv_int(&j, "refused", tally.refused);
    json_kv_int(&j, "new_slots", k->republish_slots);
    json_end(&j);
    json_key(&j, "cents");
    json_open_object(&j);
    json_kv_int(&j, "rewards", s->reward_cents);
    json_kv_int(&j, "fees", s->fee_cents);
    json_kv_int(&j, "from_held", s->reward_cents + s->fee_cents - s->overturn_cents);
    json_kv_int(&j, "from_available", s->overturn_cents + k->republish_cents);
    json_kv_int(&j, "released", s->released_cents);
    json_kv_int(&j, "republish", k->republish_cents);
    json_kv_int(&j, "available", s->avail_after - k->republish_cents);
    json_end(&j);
    json_end(&j);
    struct str text = buf_dup(c->arena, &b);
    buf_free(&b);
    return text;
}

/* --- steps of the transaction --- */

/* Rows and money as planned? */
static bool met(const struct review_check *k, const struct settlement *s) {
    return s->approved == k->approve && s->rejected == k->reject && s->overturned == k->overturn &&
           s->reward_cents == k->rewards && s->fee_cents == k->fees &&
           s->overturn_cents == k->overturn_cents && s->released_cents == k->released;
}

/* The decisions, by the classification that the plan was made with. */
static enum st decide(struct ctx *c, struct commit_run *run, const struct settlement *s,
                      int64_t *decided) {
    const struct review_check *k = &run->check;
    enum st st = ST_OK;
    if (k->keep)
        st = sql_review_keep(c->tx,
                             &(struct sql_review_keep_in){
                                 .review = run->rec.id,
                                 .cut_ms = k->cut_ms,
                                 .cut_assignment = k->cut_assignment,
                             },
                             NULL);
    if (st == ST_OK)
        st = sql_review_decide(c->tx,
                               &(struct sql_review_decide_in){
                                   .review = run->rec.id,
                                   .settlement = s->id,
                                   .at_ms = c->now_ms,
                                   .messages = k->messages,
                                   .cut_ms = k->cut_ms,
                                   .cut_assignment = k->cut_assignment,
                               },
                               decided);
    return st;
}

static struct err finish(struct ctx *c, struct commit_run *run, const struct settlement *s) {
    struct str outcome = outcome_json(c, run, s);
    if (!outcome.p)
        return ctx_store(c, ST_FAIL);
    int64_t changed = 0;
    enum st st = sql_review_applied(c->tx,
                                    &(struct sql_review_applied_in){
                                        .id = run->rec.id,
                                        .outcome = outcome,
                                        .settlement = s->id,
                                        .expires_ms = c->now_ms + OUTCOME_LIFE_MS,
                                    },
                                    &changed);
    assert(st != ST_OK || changed == 1);
    *run->out = (struct review_answer){.review = run->review, .json = outcome, .applied = true};
    run->end = COMMIT_DONE;
    return ctx_store(c, st);
}

/* Locks the work, its HITs, batches and workers, and the requester's money; gives the versions of
 * the work. What the commit changes beyond them are sums, which others may move meanwhile. */
static enum st lock_work(struct ctx *c, const struct commit_run *run, int64_t *versions) {
    int64_t review = run->rec.id;
    struct sql_review_versions_out out = {0};
    struct sql_review_lock_hits_out hits;
    struct sql_review_lock_batches_out batches;
    struct sql_review_lock_workers_out workers;
    enum st st = sql_review_versions(c->tx, &(struct sql_review_versions_in){review}, &out);
    if (st == ST_OK)
        st = sql_review_lock_hits(c->tx, &(struct sql_review_lock_hits_in){review}, &hits);
    if (st == ST_OK)
        st = sql_review_lock_batches(c->tx, &(struct sql_review_lock_batches_in){review}, &batches);
    if (st == ST_OK)
        st = sql_review_lock_workers(c->tx, &(struct sql_review_lock_workers_in){review}, &workers);
    if (st == ST_OK)
        st = ledger_lock(c->tx, run->actor->party);
    *versions = out.versions;
    return st;
}

static struct err apply(struct ctx *c, struct commit_run *run) {
    struct settlement s;
    int64_t decided = 0, versions = 0;
    const struct review_check *k = &run->check;
    enum st st = lock_work(c, run, &versions);
    if (st != ST_OK)
        return ctx_store(c, st);
    if (versions != k->versions) {
        stale(run, "Some of the rows were decided otherwise meanwhile.");
        return NO_ERR;
    }
    struct err e = settle_begin(c, run->actor->party, run->rec.id, &s);
    if (failed(e))
        return e;
    s.due_done = true; /* due_first */
    st = decide(c, run, &s, &decided);
    if (st != ST_OK)
        return ctx_store(c, st);
    if (decided != k->approve + k->reject + k->overturn) {
        stale(run, "Some of the rows come to something else by now.");
        return NO_ERR;
    }
    e = settle_apply(c, &s);
    if (e.code == ERR_INSUFFICIENT_FUNDS) {
        stale(run, "There is less money available than when the plan was made.");
        return NO_ERR;
    }
    if (!failed(e) && k->republish && k->republish_slots > 0) {
        e = review_republish(c, &s, k);
        if (e.code == ERR_INSUFFICIENT_FUNDS || e.code == ERR_CONFLICT) {
            stale(run, "The tasks to be republished have changed, or money is missing for them.");
            return NO_ERR;
        }
    }
    if (failed(e))
        return e;
    if (!met(k, &s)) {
        stale(run, "The sums have changed.");
        return NO_ERR;
    }
    return finish(c, run, &s);
}

/* What is due comes first (4.2): outside, where it takes its own time, or at last in here. */
static struct err due_first(struct ctx *c, struct commit_run *run) {
    bool any = false;
    struct err e = due_any(c, &any);
    if (failed(e) || !any)
        return e;
    if (!run->sweep) {
        run->end = COMMIT_DUE;
        return NO_ERR;
    }
    for (int64_t done = 1; done > 0 && !failed(e);)
        e = due_sweep(c, STAGE_ROWS, &done);
    return e;
}

/* The review as it is when nobody else can commit it. */
static struct err lock_review(struct ctx *c, struct commit_run *run) {
    struct err e = review_load(c, run->actor->party, run->review, &run->rec);
    if (failed(e) || run->rec.r.state == REVIEW_APPLIED)
        return e;
    struct sql_review_lock_in in = {.id = run->rec.id, .now_ms = c->now_ms};
    e = ctx_store(c, sql_review_lock(c->tx, &in, NULL));
    return failed(e) ? e : review_load(c, run->actor->party, run->review, &run->rec);
}

static struct err commit(struct ctx *c, struct commit_run *run) {
    struct err e = lock_review(c, run);
    if (failed(e))
        return e;
    if (run->rec.r.state == REVIEW_APPLIED) {
        *run->out = (struct review_answer){
            .review = run->review, .json = run->rec.r.outcome, .applied = true};
        return NO_ERR;
    }
    if (run->rec.r.token.n == 0 || !str_eq(run->yes->token, run->rec.r.token)) {
        stale(run, "The token belongs to an older plan.");
        return NO_ERR;
    }
    if (!check_unpack(run->rec.r.plan_check, &run->check))
        return err_make(c->arena, ERR_INTERNAL, NULL, "The plan of review %lld is damaged.",
                        (long long)run->rec.id);
    if (!run->check.applicable) {
        run->end = COMMIT_BLOCKED;
        return NO_ERR;
    }
    e = due_first(c, run);
    if (failed(e) || run->end == COMMIT_DUE)
        return e;
    e = put_message(c, &run->rec, run->yes->message);
    return failed(e) ? e : apply(c, run);
}

static enum tx_end commit_write(struct tx *tx, void *arg) {
    struct commit_run *run = arg;
    struct ctx c;
    run->end = COMMIT_DONE;
    tx_use_arena(tx, run->arena);
    run->err = ctx_begin(&c, tx, run->actor, run->ids);
    if (!failed(run->err))
        run->err = commit(&c, run);
    if (!failed(run->err) && run->end != COMMIT_DONE)
        return TX_ROLLBACK;
    return ctx_end(run->err);
}

static struct err try_commit(struct store *store, struct commit_run *run) {
    for (int i = 0; i < COMMIT_TRIES; i++) {
        struct write w = {
            .fn = commit_write,
            .arg = run,
            .shard = run->actor->party,
            .alone = true,
        };
        run->sweep = i == COMMIT_TRIES - 1;
        w.locks = !run->sweep; /* what the clock does in here takes no locks */
        if (store_run(store, &w) != ST_OK)
            return err_make(run->arena, ERR_STORE, NULL,
                            "The store failed while a review was applied; look whether it is "
                            "applied before trying again.");
        if (failed(run->err) || run->end != COMMIT_DUE)
            return run->err;
        struct err e = due_all(store, run->arena, run->ids);
        if (failed(e))
            return e;
    }
    return run->err;
}

struct err review_commit(struct store *store, const struct id_key *ids, struct arena *a,
                         const struct actor *actor, struct str review, const struct review_yes *yes,
                         struct review_answer *out) {
    struct commit_run run = {
        .ids = ids,
        .arena = a,
        .actor = actor,
        .review = str_dup(a, review),
        .yes = yes,
        .out = out,
    };
    struct err e = check_message(a, str_trim(yes->message));
    if (!failed(e))
        e = try_commit(store, &run);
    if (failed(e) || run.end == COMMIT_DONE)
        return e;
    if (yes->message.p && store_write(store, actor->party, keep_message, &run) != ST_OK)
        return err_make(a, ERR_STORE, NULL, "The store failed while a review was applied.");
    if (failed(run.err))
        return run.err;
    e = review_make_plan(store, ids, a, actor, run.rec.id, NULL, out);
    if (failed(e))
        return e;
    if (run.end == COMMIT_BLOCKED && !out->applicable)
        return err_make(a, ERR_PLAN_BLOCKED, NULL, "The plan can not be applied: %.*s",
                        STR_ARG(out->blocked));
    if (run.end == COMMIT_BLOCKED)
        run.why = STR("The plan could not be applied when it was made; now it can.");
    return err_make(a, ERR_PLAN_STALE, "token",
                    "%.*s Nothing has been changed; look at the fresh plan.", STR_ARG(run.why));
}
