/* The plan: what the file would do, in figures, from one snapshot (money-and-lifecycle 8.8). */
#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/money.h"
#include "base/rand.h"
#include "formats/hash_set.h"
#include "ledger/ledger.h"
#include "market/due.h"
#include "market/fees.h"
#include "market/review_internal.h"

enum {
    JUDGED_END = JUDGED_REFUSED + CODES,
    ROWS_LARGE = 5000,
};

/* Rows that come to the same. */
struct judged_sum {
    int64_t rows, first_line;
    int64_t reward, fee;
    int64_t first_submitted_ms;
};

struct code_count {
    int64_t rows;
    int64_t first_line;
};

struct plan {
    struct review_rec rec;
    struct review_check check;
    struct review_findings findings;
    struct str reason; /* for U27; NULL: none */

    /* rows by what they come to */
    int64_t approve, reject, overturn, no_change, no_op, other_batch, refused;
    int64_t reason_kept, overturned_since, repeats, changed;
    struct code_count codes[CODES];
    int64_t not_funded, paid_twice;

    /* cents */
    int64_t approve_reward, approve_fee, overturn_reward, overturn_fee, reject_reward, reject_fee;
    int64_t available, shortfall, barred;
    int64_t many_from;      /* assignments from which a task is of the upper tier of the fee */
    int64_t window_ends_ms; /* 0: no overturn */
    int64_t reject_ends_ms; /* until when the first of its rejections can be undone; 0: none */
    int64_t workers[4];     /* by verdict */

    struct buf reasons, messages, refused_rows, warnings; /* JSON arrays */
};

static void plan_free(struct plan *p) {
    buf_free(&p->reasons);
    buf_free(&p->messages);
    buf_free(&p->refused_rows);
    buf_free(&p->warnings);
}

/* --- figures --- */

/* The pass over all judged rows. */
struct pass {
    struct plan *plan;
    struct judged_sum sums[JUDGED_END];
    struct hash_set workers[4]; /* by verdict */
};

static void pass_free(struct pass *pass) {
    for (int verdict = 0; verdict < 4; verdict++)
        hash_set_free(&pass->workers[verdict]);
}

static int64_t or_zero(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

/* Money and workers count only where something is decided. */
static void add_decided(struct pass *pass, struct judged_sum *sum,
                        const struct sql_review_pass_out *r) {
    static const uint64_t spread = UINT64_C(0x9E3779B97F4A7C15); /* odd: no two workers meet */
    int64_t verdict = r->judged / 100;
    sum->reward += r->reward;
    sum->fee += r->fee;
    if (sum->rows == 1 || r->submitted_ms < sum->first_submitted_ms)
        sum->first_submitted_ms = r->submitted_ms;
    pass->plan->workers[verdict] +=
        hash_set_add(&pass->workers[verdict], (uint64_t)r->worker * spread);
    if (r->judged == JUDGED_OVERTURN)
        pass->plan->paid_twice += r->again;
}

static bool add_row(void *arg, const struct sql_review_pass_out *r) {
    struct pass *pass = arg;
    struct plan *p = pass->plan;
    assert(r->judged >= JUDGED_APPROVE && r->judged < JUDGED_END);
    struct judged_sum *sum = &pass->sums[r->judged];
    sum->rows++;
    if (sum->rows == 1 || r->line < sum->first_line)
        sum->first_line = r->line;
    if (r->marks)
        p->check.versions += or_zero(r->version);
    p->repeats += r->repeats;
    p->changed += r->old_status && r->status != SQL_NULL && r->old_status != r->status;
    if (r->judged == JUDGED_APPROVE || r->judged == JUDGED_REJECT || r->judged == JUDGED_OVERTURN)
        add_decided(pass, sum, r);
    return true;
}

static void take_decided(struct plan *p, int judged, const struct judged_sum *s) {
    switch (judged) {
    case JUDGED_APPROVE:
        p->approve = s->rows;
        p->approve_reward = s->reward;
        p->approve_fee = s->fee;
        break;
    case JUDGED_REJECT:
        p->reject = s->rows;
        p->reject_reward = s->reward;
        p->reject_fee = s->fee;
        p->reject_ends_ms = s->first_submitted_ms + WINDOW_MS;
        break;
    default:
        p->overturn = s->rows;
        p->overturn_reward = s->reward;
        p->overturn_fee = s->fee;
        p->window_ends_ms = s->first_submitted_ms + WINDOW_MS;
        break;
    }
}

static void take_sum(struct plan *p, int judged, const struct judged_sum *s) {
    if (judged == JUDGED_APPROVE || judged == JUDGED_REJECT || judged == JUDGED_OVERTURN) {
        take_decided(p, judged, s);
    } else if (judged >= JUDGED_OTHER_BATCH) {
        int64_t *class = judged >= JUDGED_REFUSED ? &p->refused : &p->other_batch;
        *class += s->rows;
        p->codes[judged % CODES] = (struct code_count){s->rows, s->first_line};
    } else if (judged >= JUDGED_ALREADY) {
        p->no_op += s->rows;
        if (judged == JUDGED_REASON_KEPT)
            p->reason_kept = s->rows;
    } else {
        p->no_change += s->rows;
        if (judged == JUDGED_OVERTURNED_SINCE)
            p->overturned_since = s->rows;
    }
}

static enum st sum_rows(struct ctx *c, struct plan *p) {
    struct pass pass = {.plan = p};
    enum st st =
        sql_review_pass_each(c->tx, &(struct sql_review_pass_in){p->rec.id}, add_row, &pass);
    for (int judged = 0; judged < JUDGED_END; judged++)
        if (pass.sums[judged].rows > 0)
            take_sum(p, judged, &pass.sums[judged]);
    pass_free(&pass);
    return st;
}

/* Republished slots of the file's rejections, if that is wished. */
static enum st sum_republish(struct ctx *c, struct plan *p) {
    if (!(p->rec.r.options & REVIEW_REPUBLISH) || p->reject == 0)
        return ST_OK;
    struct sql_review_republish_sums_out r;
    enum st st = sql_review_republish_sums(
        c->tx, &(struct sql_review_republish_sums_in){p->rec.id, p->many_from}, &r);
    if (st != ST_OK)
        return st;
    p->check.republish = 1;
    p->check.republish_slots = r.slots;
    p->check.republish_cents = r.cents;
    p->barred = r.barred;
    return ST_OK;
}

/* Mode funded: overturns as far as the money goes. */
static enum st cut_overturns(struct ctx *c, struct plan *p, int64_t budget) {
    struct sql_review_funded_out f = {.submitted_ms = INT64_MIN};
    if (p->overturn_reward + p->overturn_fee <= budget)
        return ST_OK;
    enum st st = sql_review_funded(
        c->tx, &(struct sql_review_funded_in){.review = p->rec.id, .budget = budget}, &f);
    if (st != ST_OK && st != ST_NONE)
        return st;
    if (st == ST_NONE)
        f = (struct sql_review_funded_out){.submitted_ms = INT64_MIN + 1, .assignment = 0};
    p->not_funded = p->overturn - f.rows;
    p->overturn = f.rows;
    p->overturn_reward = f.reward;
    p->overturn_fee = f.fee;
    p->check.cut_ms = f.submitted_ms;
    p->check.cut_assignment = f.assignment;
    if (f.rows == 0)
        p->window_ends_ms = p->paid_twice = p->workers[VERDICT_OVERTURN] = 0;
    return ST_OK;
}

static enum st sum_money(struct ctx *c, struct plan *p) {
    struct balances b;
    enum st st = ledger_balances(c->tx, p->rec.requester, &b);
    if (st == ST_OK)
        st = sum_republish(c, p);
    if (st != ST_OK)
        return st;
    p->available = b.avail;
    p->check.released = p->reject_reward + p->reject_fee;
    p->check.cut_ms = p->check.cut_assignment = INT64_MAX;
    int64_t budget = p->available + p->check.released - p->check.republish_cents;
    if (p->rec.r.mode == MODE_FUNDED && budget >= 0)
        st = cut_overturns(c, p, budget);
    int64_t missing = p->overturn_reward + p->overturn_fee - budget;
    p->shortfall = missing > 0 ? missing : 0;
    return st;
}

static void fill_check(struct plan *p) {
    struct review_check *k = &p->check;
    k->approve = p->approve;
    k->reject = p->reject;
    k->overturn = p->overturn;
    k->rewards = p->approve_reward + p->overturn_reward;
    k->fees = p->approve_fee + p->overturn_fee;
    k->overturn_cents = p->overturn_reward + p->overturn_fee;
    k->keep = p->overturned_since + p->no_op + p->other_batch + p->refused + p->not_funded > 0;
    k->messages = !(p->rec.r.options & REVIEW_NO_MESSAGES);
}

static enum st gather_sums(struct ctx *c, struct plan *p) {
    enum st st = sum_rows(c, p);
    if (st == ST_OK)
        st = sum_money(c, p);
    if (st == ST_OK) {
        struct sql_review_text_get_out out;
        st = sql_review_text_get(
            c->tx, &(struct sql_review_text_get_in){.review = p->rec.id, .id = 0}, &out);
        p->reason = st == ST_OK ? out.body : STR_NULL;
        st = st == ST_NONE ? ST_OK : st;
    }
    fill_check(p);
    return st;
}

/* --- lists, as JSON --- */

struct list_run {
    struct ctx *c;
    struct json j;
};

static bool list_reason(void *arg, const struct sql_review_reasons_out *row) {
    struct list_run *run = arg;
    json_open_object(&run->j);
    json_kv_str(&run->j, "reason", row->reason);
    json_kv_int(&run->j, "rows", row->rows);
    json_end(&run->j);
    return true;
}

static bool list_message(void *arg, const struct sql_review_messages_out *row) {
    struct list_run *run = arg;
    json_open_object(&run->j);
    json_kv_str(&run->j, "message", row->message);
    json_kv_int(&run->j, "rows", row->rows);
    json_end(&run->j);
    return true;
}

static bool list_refused(void *arg, const struct sql_review_refused_out *row) {
    struct list_run *run = arg;
    struct ctx *c = run->c;
    struct code_about about = {
        .code = (int)(row->judged % CODES),
        .submitted_ms = row->submitted_ms == SQL_NULL ? 0 : row->submitted_ms,
        .approved_ms = row->approved_ms == SQL_NULL ? 0 : row->approved_ms,
    };
    json_open_object(&run->j);
    json_kv_int(&run->j, "line", row->line);
    json_key(&run->j, "assignment_id");
    if (row->assignment > 0)
        json_str(&run->j, ctx_id(c, ID_ASSIGNMENT, row->assignment, row->alias));
    else
        json_str(&run->j, row->literal.p ? row->literal : STR(""));
    json_kv_str(&run->j, "worker_id", row->worker);
    json_kv_cstr(&run->j, "code", code_name(about.code));
    json_kv_str(&run->j, "message", code_message(c->arena, &about));
    json_kv_cstr(&run->j, "remedy", code_remedy(about.code));
    json_end(&run->j);
    return true;
}

static bool list_other_batch(void *arg, const struct sql_review_other_batches_out *row) {
    struct list_run *run = arg;
    json_str(&run->j, str_printf(run->c->arena,
                                 "U10: %lld rows belong to your batch \"%.*s\" (%lld); they are "
                                 "not applied.",
                                 (long long)row->rows, STR_ARG(row->name), (long long)row->batch));
    return true;
}

static void warn(struct json *j, struct arena *a, int64_t n, const char *one, const char *many) {
    if (n > 0)
        json_str(j, str_printf(a, "%lld %s", (long long)n, n == 1 ? one : many));
}

/* Warnings of the plan itself; those of the reader are put before them. */
static void list_warnings(struct plan *p, struct arena *a, struct json *j) {
    warn(j, a, p->changed, "row has another status than when the file was downloaded.",
         "rows have another status than when the file was downloaded.");
    warn(j, a, p->repeats, "repeated row counts once.", "repeated rows count once.");
    warn(j, a, p->reason_kept, "rejected row holds another reason; an upload does not change it.",
         "rejected rows hold another reason; an upload does not change it.");
    warn(j, a, p->overturned_since,
         "row still holds the reason of a rejection that was undone; nothing happens to it.",
         "rows still hold the reason of a rejection that was undone; nothing happens to them.");
    warn(j, a, p->paid_twice, "of these tasks was republished and has been paid to someone else.",
         "of these tasks were republished and have been paid to someone else.");
    if (p->barred > 0)
        json_str(j, str_printf(a,
                               "%lld rejection%s not republished: a task made with fewer than "
                               "%lld assignments can not grow to so many.",
                               (long long)p->barred, p->barred == 1 ? " is" : "s are",
                               (long long)p->many_from));
    if (p->check.overturn_cents > 0 && p->check.released > 0)
        json_str(j, str_printf(a,
                               "%.*s that the rejections of this file release count toward its "
                               "approvals of rejected work.",
                               STR_ARG(money_dollars(a, p->check.released))));
}

static enum st gather_warnings(struct ctx *c, struct plan *p) {
    struct list_run run = {.c = c, .j = json_begin(&p->warnings)};
    json_open_array(&run.j);
    list_warnings(p, c->arena, &run.j);
    enum st st = ST_OK;
    if (p->other_batch > 0)
        st = sql_review_other_batches_each(
            c->tx,
            &(struct sql_review_other_batches_in){.review = p->rec.id, .limit = REFUSED_SHOWN},
            list_other_batch, &run);
    json_end(&run.j);
    return st;
}

static enum st gather_lists(struct ctx *c, struct plan *p) {
    enum st st = ST_OK;
    struct list_run reasons = {.c = c, .j = json_begin(&p->reasons)};
    json_open_array(&reasons.j);
    if (p->reject > 0)
        st = sql_review_reasons_each(
            c->tx, &(struct sql_review_reasons_in){.review = p->rec.id, .limit = REASONS_SHOWN},
            list_reason, &reasons);
    json_end(&reasons.j);
    struct list_run messages = {.c = c, .j = json_begin(&p->messages)};
    json_open_array(&messages.j);
    if (st == ST_OK && (p->rec.r.options & REVIEW_HAS_MESSAGES))
        st = sql_review_messages_each(
            c->tx, &(struct sql_review_messages_in){.review = p->rec.id, .limit = REASONS_SHOWN},
            list_message, &messages);
    json_end(&messages.j);
    struct list_run refused = {.c = c, .j = json_begin(&p->refused_rows)};
    json_open_array(&refused.j);
    if (st == ST_OK && p->refused > 0)
        st = sql_review_refused_each(
            c->tx, &(struct sql_review_refused_in){.review = p->rec.id, .limit = REFUSED_SHOWN},
            list_refused, &refused);
    json_end(&refused.j);
    return st == ST_OK ? gather_warnings(c, p) : st;
}

/* --- the plan's JSON --- */

/* Why the plan can not be applied; NULL when it can. */
static struct str blocked(const struct plan *p, struct arena *a) {
    if (p->codes[CODE_SHIFTED].rows > SHIFTED_MAX)
        return str_printf(a,
                          "U25: in %lld rows AssignmentId does not belong to the row's HITId or "
                          "WorkerId: rows were shifted. Download the results again and mark them "
                          "anew.",
                          (long long)p->codes[CODE_SHIFTED].rows);
    if (p->rec.r.mode == MODE_ALL && p->refused > 0)
        return str_printf(a,
                          "%lld rows can not be applied. Put them right and upload the file again, "
                          "or choose mode eligible to apply only the others.",
                          (long long)p->refused);
    if (p->shortfall > 0) {
        int64_t have = p->available + p->check.released;
        return str_printf(a,
                          "U31: Needed %.*s, available %.*s, missing %.*s. Deposit the missing "
                          "amount, or choose mode funded to go as far as the money does.",
                          STR_ARG(money_dollars(a, have + p->shortfall)),
                          STR_ARG(money_dollars(a, have)), STR_ARG(money_dollars(a, p->shortfall)));
    }
    return STR_NULL;
}

static void put_file(struct json *j, const struct plan *p) {
    static const char *const verbs[] = {NULL, "approve", "reject", "undo"};
    json_kv_cstr(j, "selection",
                 verbs[(p->rec.r.options & REVIEW_SELECTION) / REVIEW_SELECTION_ONE]);
    json_key(j, "file");
    json_open_object(j);
    json_kv_str(j, "name", p->rec.r.file_name);
    json_kv_str(j, "sha256", p->rec.r.file_digest);
    json_kv_int(j, "rows", p->findings.rows);
    json_kv_str(j, "encoding", p->findings.encoding);
    json_kv_str(j, "separator", p->findings.separator);
    json_end(j);
    int64_t options = p->rec.r.options;
    json_key(j, "options");
    json_open_object(j);
    json_kv_bool(j, "republish", options & REVIEW_REPUBLISH);
    json_kv_bool(j, "all_batches", options & REVIEW_ALL_BATCHES);
    json_kv_bool(j, "same_reason", options & REVIEW_SAME_REASON);
    json_kv_bool(j, "rejected_since", options & REVIEW_REJECTED_SINCE);
    json_kv_bool(j, "no_messages", options & REVIEW_NO_MESSAGES);
    json_kv_str(j, "reason", p->reason);
    json_end(j);
}

static void put_counts(struct json *j, const struct plan *p) {
    json_key(j, "counts");
    json_open_object(j);
    json_kv_int(j, "approve", p->approve);
    json_kv_int(j, "reject", p->reject);
    json_kv_int(j, "overturn", p->overturn);
    json_kv_int(j, "no_change", p->no_change);
    json_kv_int(j, "no_op", p->no_op);
    json_kv_int(j, "refused", p->refused);
    json_kv_int(j, "republished", p->paid_twice);
    json_kv_int(j, "other_batch", p->other_batch);
    json_kv_int(j, "same_reason", p->codes[CODE_SAME_REASON].rows);
    json_kv_int(j, "rejected_since", p->codes[CODE_REJECTED_SINCE].rows);
    json_kv_int(j, "needs_reason", p->codes[CODE_NO_REASON].rows);
    json_kv_int(j, "status_changed", p->changed);
    json_kv_int(j, "not_funded", p->not_funded);
    json_kv_int(j, "duplicates", p->repeats);
    json_kv_int(j, "new_slots", p->check.republish_slots);
    json_end(j);
}

static void put_class(struct json *j, const char *name, int64_t rows, int64_t workers,
                      int64_t reward, int64_t fee) {
    json_key(j, name);
    json_open_object(j);
    json_kv_int(j, "rows", rows);
    json_kv_int(j, "workers", workers);
    json_kv_int(j, "reward", reward);
    json_kv_int(j, "fee", fee);
    json_end(j);
}

static void put_money(struct json *j, const struct plan *p) {
    json_key(j, "cents");
    json_open_object(j);
    json_kv_int(j, "rewards", p->check.rewards);
    json_kv_int(j, "fees", p->check.fees);
    json_kv_int(j, "from_held", p->approve_reward + p->approve_fee);
    json_kv_int(j, "from_available", p->check.overturn_cents + p->check.republish_cents);
    json_kv_int(j, "released", p->check.released);
    json_kv_int(j, "republish", p->check.republish_cents);
    json_kv_int(j, "available", p->available);
    json_kv_int(j, "shortfall", p->shortfall);
    json_end(j);
    json_key(j, "classes");
    json_open_object(j);
    put_class(j, "approve", p->approve, p->workers[1], p->approve_reward, p->approve_fee);
    put_class(j, "reject", p->reject, p->workers[2], p->reject_reward, p->reject_fee);
    put_class(j, "overturn", p->overturn, p->workers[3], p->overturn_reward, p->overturn_fee);
    json_end(j);
}

static void put_codes(struct json *j, const struct plan *p, struct arena *a) {
    json_key(j, "codes");
    json_open_array(j);
    for (int code = 0; code < CODES; code++) {
        if (p->codes[code].rows == 0)
            continue;
        json_open_object(j);
        json_kv_cstr(j, "code", code_name(code));
        json_kv_int(j, "rows", p->codes[code].rows);
        json_kv_int(j, "first_line", p->codes[code].first_line);
        json_kv_str(j, "message", code_message(a, &(struct code_about){.code = code}));
        json_kv_cstr(j, "remedy", code_remedy(code));
        json_end(j);
    }
    json_end(j);
}

/* Two JSON arrays as one. */
static void put_warnings(struct json *j, const struct plan *p) {
    struct buf both = BUF_INIT;
    struct str reader = p->findings.warnings, own = buf_view(&p->warnings);
    buf_str(&both, str_sub(reader, 0, reader.n - 1));
    if (reader.n > 2 && own.n > 2)
        buf_putc(&both, ',');
    buf_str(&both, str_from(own, 1));
    json_key(j, "warnings");
    json_raw(j, buf_view(&both));
    buf_free(&both);
}

static void put_moment(struct json *j, const char *name, int64_t ms) {
    json_key(j, name);
    if (ms)
        json_int(j, ms);
    else
        json_write_null(j);
}

static struct str plan_json(struct ctx *c, struct plan *p, struct str token, struct str why) {
    struct buf b = BUF_INIT;
    struct json j = json_begin(&b);
    json_open_object(&j);
    json_kv_str(&j, "review", id_seal(c->arena, c->ids, ID_REVIEW, p->rec.id));
    json_kv_int(&j, "batch", p->rec.r.batch);
    json_kv_cstr(&j, "mode", review_mode_word((enum review_mode)p->rec.r.mode));
    json_kv_cstr(&j, "state", "planned");
    json_kv_str(&j, "token", token);
    json_kv_bool(&j, "applicable", p->check.applicable != 0);
    json_kv_str(&j, "blocked", why);
    put_file(&j, p);
    put_counts(&j, p);
    put_money(&j, p);
    put_moment(&j, "window_ends_ms", p->window_ends_ms);
    put_moment(&j, "rejections_end_ms", p->reject_ends_ms);
    json_kv_int(&j, "planned_ms", p->rec.r.judged_ms);
    json_kv_int(&j, "created_ms", p->rec.r.created_ms);
    json_kv_int(&j, "expires_ms", p->rec.r.expires_ms);
    json_key(&j, "reasons");
    json_raw(&j, buf_view(&p->reasons));
    json_key(&j, "messages");
    json_raw(&j, buf_view(&p->messages));
    put_codes(&j, p, c->arena);
    json_key(&j, "refused");
    json_raw(&j, buf_view(&p->refused_rows));
    put_warnings(&j, p);
    json_end(&j);
    struct str text = buf_dup(c->arena, &b);
    buf_free(&b);
    return text;
}

/* --- the steps --- */

struct plan_run {
    const struct id_key *ids;
    struct arena *arena;
    const struct actor *actor;
    int64_t review;
    const struct review_choice *choice;
    struct review_answer *out;
    struct str check;
    int64_t judged_ms;
    struct err err;
};

static struct err load(struct ctx *c, const struct plan_run *run, struct review_rec *rec) {
    *rec = (struct review_rec){.id = run->review, .requester = run->actor->party};
    enum st st = sql_review_of(
        c->tx, &(struct sql_review_of_in){.id = rec->id, .requester = rec->requester}, &rec->r);
    if (st == ST_NONE ||
        (st == ST_OK && rec->r.state != REVIEW_STAGING && rec->r.state != REVIEW_PLANNED))
        return review_not_found(c->arena, id_seal(c->arena, c->ids, ID_REVIEW, run->review));
    return ctx_store(c, st);
}

/* The rows of a large file are new to the database. */
static enum st refresh_plans(struct tx *tx, const struct review_rec *rec) {
    struct review_findings f;
    bool large = findings_unpack(rec->r.findings, &f) && f.rows >= ROWS_LARGE;
    return large ? tx_refresh_plans(tx, "review_row") : ST_OK;
}

/* Sets the moment and the wishes that the view judges by. */
static enum tx_end judge(struct tx *tx, void *arg) {
    struct plan_run *run = arg;
    struct ctx c;
    struct review_rec rec;
    tx_use_arena(tx, run->arena);
    run->err = ctx_begin(&c, tx, run->actor, run->ids);
    if (!failed(run->err))
        run->err = load(&c, run, &rec);
    if (failed(run->err))
        return ctx_end(run->err);
    const struct review_choice *choice = run->choice;
    int64_t mode = rec.r.mode, options = rec.r.options;
    enum st st = ST_OK;
    if (choice) {
        mode = choice->mode ? (int64_t)choice->mode : mode;
        options = (options & ~(int64_t)REVIEW_CHOICES) | (choice->options & REVIEW_CHOICES);
        struct str reason = str_trim(choice->reason);
        if (options & REVIEW_EVERYWHERE)
            options |= REVIEW_ALL_BATCHES;
        if (reason.n || !(options & REVIEW_SELECTION)) /* a selection keeps its reason */
            st = reason.n ? sql_review_reason_set(
                                tx, &(struct sql_review_reason_set_in){run->review, reason}, NULL)
                          : sql_review_reason_clear(
                                tx, &(struct sql_review_reason_clear_in){run->review}, NULL);
    }
    run->judged_ms = c.now_ms;
    if (st == ST_OK)
        st = refresh_plans(tx, &rec);
    if (st == ST_OK)
        st = sql_review_judge(tx,
                              &(struct sql_review_judge_in){
                                  .id = run->review,
                                  .mode = mode,
                                  .options = options,
                                  .now_ms = c.now_ms,
                              },
                              NULL);
    run->err = ctx_store(&c, st);
    return ctx_end(run->err);
}

static struct err look(struct ctx *c, struct plan_run *run, struct plan *p) {
    struct err e = load(c, run, &p->rec);
    if (failed(e))
        return e;
    if (!findings_unpack(p->rec.r.findings, &p->findings))
        return err_make(c->arena, ERR_INTERNAL, NULL, "The findings of review %lld are damaged.",
                        (long long)run->review);
    struct fee_rates rates;
    e = fee_load(c, &rates);
    if (failed(e))
        return e;
    p->many_from = rates.many_from;
    enum st st = gather_sums(c, p);
    if (st == ST_OK)
        st = gather_lists(c, p);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct str why = blocked(p, c->arena);
    struct str token = rand_text(c->arena, 32);
    p->check.applicable = why.p == NULL;
    *run->out = (struct review_answer){
        .review = id_seal(c->arena, c->ids, ID_REVIEW, run->review),
        .json = plan_json(c, p, token, why),
        .token = token,
        .applicable = why.p == NULL,
        .blocked = why,
    };
    run->check = check_pack(c->arena, &p->check);
    return NO_ERR;
}

static enum tx_end look_read(struct tx *tx, void *arg) {
    struct plan_run *run = arg;
    struct ctx c;
    struct plan p = {.reason = STR_NULL};
    tx_use_arena(tx, run->arena);
    run->err = ctx_begin(&c, tx, run->actor, run->ids);
    if (!failed(run->err))
        run->err = look(&c, run, &p);
    plan_free(&p);
    return ctx_end(run->err);
}

static enum tx_end keep_plan(struct tx *tx, void *arg) {
    struct plan_run *run = arg;
    struct ctx c;
    int64_t changed = 0;
    tx_use_arena(tx, run->arena);
    run->err = ctx_begin(&c, tx, run->actor, run->ids);
    if (failed(run->err))
        return ctx_end(run->err);
    run->err = ctx_store(&c, sql_review_planned(tx,
                                                &(struct sql_review_planned_in){
                                                    .id = run->review,
                                                    .token = run->out->token,
                                                    .plan = run->out->json,
                                                    .plan_check = run->check,
                                                    .judged_ms = run->judged_ms,
                                                },
                                                &changed));
    if (!failed(run->err))
        run->err = ctx_store(
            &c, sql_review_job_end(tx, &(struct sql_review_job_end_in){run->review}, NULL));
    if (!failed(run->err) && changed == 0)
        run->err = err_make(run->arena, ERR_CONFLICT, NULL,
                            "The review was planned or applied by another request meanwhile.");
    return ctx_end(run->err);
}

struct err review_make_plan(struct store *store, const struct id_key *ids, struct arena *a,
                            const struct actor *actor, int64_t review,
                            const struct review_choice *choice, struct review_answer *out) {
    struct plan_run run = {
        .ids = ids,
        .arena = a,
        .actor = actor,
        .review = review,
        .choice = choice,
        .out = out,
    };
    struct err e = due_all(store, a, ids);
    if (failed(e))
        return e;
    enum st st = store_write_relaxed(store, actor->party, judge, &run);
    if (st == ST_OK && !failed(run.err))
        st = store_read(store, look_read, &run);
    if (st == ST_OK && !failed(run.err))
        st = store_write(store, actor->party, keep_plan, &run);
    if (st != ST_OK)
        return err_make(a, ERR_STORE, NULL, "The store failed while a review was planned.");
    return run.err;
}
