/* Review policies at work: scores, decisions, extensions, and the record of them. */
#include "market/policy.h"

#include "base/num.h"
#include "base/pack.h"
#include "base/utf8.h"
#include "formats/answer.h"
#include "market/due.h"
#include "market/hit.h"
#include "market/settle.h"
#include "store/sql.h"

/* Longer answers are left out of the comparison (requester-api 3.7). */
enum { COMPARED_MAX = 256 };

/* A policy that is being run, in the name of its requester. */
struct run {
    struct ctx ctx;
    struct actor actor;
    int64_t hit;
    int64_t at_ms; /* of its decisions */
    enum policy_level level;
    struct policy policy;
    struct settlement settlement; /* id 0 until something is decided */
};

/* run->hit is 0 when the HIT has no policy of that level. */
static struct err start(struct ctx *c, int64_t hit, enum policy_level level, struct run *run) {
    struct sql_policy_get_out row;
    *run = (struct run){.ctx = *c, .level = level, .at_ms = c->now_ms};
    enum st st = sql_policy_get(c->tx, &(struct sql_policy_get_in){hit, level}, &row);
    if (st != ST_OK)
        return ctx_store(c, st);
    run->hit = hit;
    run->policy = policy_unpack(c->arena, row.packed);
    run->actor = (struct actor){.entrance = ENTRANCE_POLICY, .party = row.requester};
    run->actor.detail = str_c(policy_name(level));
    run->ctx.actor = &run->actor;
    return NO_ERR;
}

/* ---- the record ---- */

static struct err add_line(struct run *run, const struct sql_policy_line_add_in *in, int64_t *row) {
    struct sql_policy_line_add_in line = *in;
    struct sql_policy_line_add_out out = {0};
    line.hit = run->hit;
    line.level = run->level;
    line.at_ms = run->at_ms;
    enum st st = sql_policy_line_add(run->ctx.tx, &line, &out);
    if (row)
        *row = out.id;
    return ctx_store(&run->ctx, st);
}

/* What an action came to. */
struct outcome {
    enum policy_status status;
    const char *result, *error;
};

/* assignment 0: the HIT. */
static struct err add_action(struct run *run, const char *name, int64_t assignment,
                             const struct outcome *o, int64_t *row) {
    struct sql_policy_line_add_in in = {
        .action = SQL_NULL,
        .name = str_c(name),
        .assignment = assignment ? assignment : SQL_NULL,
        .value = str_c(o->result),
        .status = o->status,
        .error = str_c(o->error),
    };
    return add_line(run, &in, row);
}

/* What results are about. */
struct subject {
    int64_t action, assignment; /* assignment 0: the HIT */
    struct str question;        /* NULL: all */
};

static struct err add_result(struct run *run, const struct subject *s, const char *key,
                             struct str value) {
    struct sql_policy_line_add_in in = {
        .action = s->action,
        .name = str_c(key),
        .assignment = s->assignment ? s->assignment : SQL_NULL,
        .question = s->question,
        .value = value,
    };
    return add_line(run, &in, NULL);
}

static struct err add_number(struct run *run, const struct subject *s, const char *key,
                             int64_t number) {
    return add_result(run, s, key, str_printf(run->ctx.arena, "%lld", (long long)number));
}

/* ---- what is done ---- */

/* Decides on one assignment and says what came of it. */
static struct err decide(struct run *run, int64_t assignment, enum assignment_status status,
                         enum verdict verdict) {
    bool approve = verdict == VERDICT_APPROVE;
    struct str reason = approve ? run->policy.approve_reason : run->policy.reject_reason;
    struct outcome o = {POLICY_SUCCEEDED, approve ? "Approved" : "Rejected", NULL};
    struct err e = NO_ERR;
    if (status == ASSIGNMENT_SUBMITTED) {
        struct settle_one one = {assignment, verdict, status, run->at_ms,
                                 reason.n || !approve ? reason : STR_NULL};
        if (!run->settlement.id)
            e = settle_begin(&run->ctx, run->actor.party, 0, &run->settlement);
        if (!failed(e))
            e = settle_add_one(&run->ctx, &run->settlement, &one);
    } else if (approve == (status == ASSIGNMENT_APPROVED)) {
        o.result = approve ? "Already approved" : "Already rejected";
    } else {
        o = (struct outcome){POLICY_FAILED,
                             approve ? "It is rejected already" : "It is approved already",
                             err_turk_code(run->ctx.arena, ERR_INVALID_ASSIGNMENT_STATE)};
    }
    if (failed(e))
        return e;
    return add_action(run, approve ? "approve" : "reject", assignment, &o, NULL);
}

static struct err settle(struct run *run) {
    return run->settlement.id ? settle_apply(&run->ctx, &run->settlement) : NO_ERR;
}

/* Whether a failure belongs to the record and not to the transaction. */
static bool recordable(struct err e) {
    return e.code == ERR_INSUFFICIENT_FUNDS || e.code == ERR_INVALID_HIT_STATE ||
           e.code == ERR_INVALID_MAX_ASSIGNMENTS_INCREASE;
}

static struct err extend(struct run *run, int64_t max_assignments, bool *extended) {
    struct outcome o = {POLICY_SUCCEEDED, "Extended by one assignment", NULL};
    int64_t as_of = run->at_ms;
    *extended = false;
    if (max_assignments >= run->policy.extend_max) {
        o.result = "The maximum is reached already";
    } else {
        struct err e = hit_extend_one(&run->ctx, run->hit, run->policy.extend_min_s);
        if (failed(e) && !recordable(e))
            return e;
        *extended = !failed(e);
        if (failed(e))
            o = (struct outcome){POLICY_FAILED, e.detail, err_turk_code(run->ctx.arena, e.code)};
    }
    run->at_ms = run->ctx.now_ms;
    struct err e = add_action(run, "extend", 0, &o, NULL);
    run->at_ms = as_of;
    return e;
}

/* ---- answers ---- */

/* The value set of a question in a packed answer, "" when it is not answered or too long to be
 * compared; *shown is its text. */
static struct str answer_to(struct arena *a, struct str fields, struct str question,
                            struct str *shown) {
    struct answer answer;
    *shown = STR_NULL;
    while (answer_next(&fields, &answer)) {
        if (!str_eq(answer.name, question))
            continue;
        struct str *items = arena_array(a, (size_t)answer.count, sizeof(*items));
        struct policy_values values = {items, 0};
        struct str rest = answer.values;
        while (values.n < (size_t)answer.count && pack_next(&rest, &items[values.n]))
            values.n++;
        *shown = answer_joined(a, &answer);
        return utf8_length(*shown) > COMPARED_MAX ? STR("") : policy_set(a, &values);
    }
    return STR("");
}

/* ---- ScoreMyKnownAnswers ---- */

static struct err known_answers(struct run *run, int64_t assignment, int64_t *score) {
    struct arena *a = run->ctx.arena;
    struct sql_policy_answer_out row = {0};
    enum st st = sql_policy_answer(run->ctx.tx, &(struct sql_policy_answer_in){assignment}, &row);
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(&run->ctx, st);
    size_t n = run->policy.n, correct = 0;
    bool *right = arena_array(a, n, sizeof(*right));
    for (size_t i = 0; i < n; i++) {
        struct str shown, id = run->policy.questions[i].id;
        struct str set = row.fields.p ? answer_to(a, row.fields, id, &shown) : STR("");
        right[i] = str_eq(set, run->policy.questions[i].key);
        correct += right[i];
    }
    *score = (int64_t)(100 * correct / n);
    struct outcome o = {POLICY_SUCCEEDED,
                        arena_printf(a, "Reviewed %zu known answer%s; %zu/%zu correct", n,
                                     n == 1 ? "" : "s", correct, n),
                        NULL};
    struct subject s = {.assignment = assignment};
    struct err e = add_action(run, "review", assignment, &o, &s.action);
    for (size_t i = 0; i < n && !failed(e); i++) {
        s.question = run->policy.questions[i].id;
        e = add_number(run, &s, "KnownAnswerCorrect", right[i]);
    }
    s.question = STR_NULL;
    return failed(e) ? e : add_number(run, &s, "KnownAnswerScore", *score);
}

static struct err max_assignments(struct run *run, int64_t *max) {
    struct sql_hit_state_out row;
    enum st st = sql_hit_state(run->ctx.tx, &(struct sql_hit_state_in){run->hit}, &row);
    *max = st == ST_OK ? row.max_assignments : 0;
    return ctx_store(&run->ctx, st == ST_NONE ? ST_FAIL : st);
}

struct err policy_submitted(struct ctx *c, int64_t hit, int64_t assignment, int *verdict) {
    struct run run;
    int64_t score = 0, max = 0;
    bool extended;
    *verdict = 0;
    struct err e = start(c, hit, POLICY_ASSIGNMENT, &run);
    if (failed(e) || !run.hit)
        return e;
    e = known_answers(&run, assignment, &score);
    bool approves = score >= run.policy.approve_at, rejects = score < run.policy.reject_below;
    if (approves || rejects)
        *verdict = approves ? VERDICT_APPROVE : VERDICT_REJECT;
    if (!failed(e) && *verdict)
        e = decide(&run, assignment, ASSIGNMENT_SUBMITTED, (enum verdict) * verdict);
    if (!failed(e) && approves && rejects) {
        struct outcome o = {POLICY_CANCELLED, "The policy approved it", NULL};
        e = add_action(&run, "reject", assignment, &o, NULL);
    }
    if (!failed(e))
        e = settle(&run);
    if (!failed(e) && score < run.policy.extend_below) {
        e = max_assignments(&run, &max);
        if (!failed(e))
            e = extend(&run, max, &extended);
    }
    return e;
}

/* ---- SimplePlurality ---- */

/* Work that is compared. */
struct work {
    int64_t id;
    enum assignment_status status;
    struct str fields;
    bool counted;
    int64_t agreed, differed; /* on questions with an agreed answer */
};

struct works {
    struct arena *a;
    struct work *list;
    size_t n, counted;
};

static bool take_work(void *arg, const struct sql_policy_work_out *row) {
    struct works *w = arg;
    w->list[w->n++] = (struct work){
        .id = row->id,
        .status = (enum assignment_status)row->status,
        .fields = row->fields.p ? str_dup(w->a, row->fields) : STR(""),
    };
    return true;
}

/* Leaves out what the policy disregards. */
static struct err choose(struct run *run, struct works *w) {
    const struct policy *p = &run->policy;
    for (size_t i = 0; i < w->n; i++) {
        struct work *work = &w->list[i];
        work->counted = !p->disregard_rejected || work->status != ASSIGNMENT_REJECTED;
        if (p->disregard_below && work->counted) {
            struct sql_policy_score_out score;
            int64_t value = 0;
            enum st st =
                sql_policy_score(run->ctx.tx, &(struct sql_policy_score_in){work->id}, &score);
            if (st != ST_OK && st != ST_NONE)
                return ctx_store(&run->ctx, st);
            if (st == ST_OK && num_parse(score.value, 0, 100, &value))
                work->counted = value >= p->disregard_below;
        }
        w->counted += work->counted;
    }
    return NO_ERR;
}

/* The value that most workers gave; of several the one that was there first. */
struct most {
    struct str set, shown;
    size_t votes;
};

static struct most most_frequent(struct arena *a, const struct works *w, struct str question,
                                 struct str *sets) {
    struct most most = {STR(""), STR_NULL, 0};
    struct str *shown = arena_array(a, w->n, sizeof(*shown));
    for (size_t i = 0; i < w->n; i++)
        sets[i] = answer_to(a, w->list[i].fields, question, &shown[i]);
    for (size_t i = 0; i < w->n; i++) { /* POLICY_WORK_MAX at most */
        size_t votes = 0;
        for (size_t k = 0; k < w->n && w->list[i].counted && sets[i].n; k++)
            votes += w->list[k].counted && str_eq(sets[k], sets[i]);
        if (votes > most.votes)
            most = (struct most){sets[i], shown[i], votes};
    }
    return most;
}

static struct err question_agreement(struct run *run, const struct works *w, int64_t action,
                                     struct str question, bool *agreed) {
    struct str *sets = arena_array(run->ctx.arena, w->n, sizeof(*sets));
    struct most most = most_frequent(run->ctx.arena, w, question, sets);
    int64_t score = w->counted ? (int64_t)(100 * most.votes / w->counted) : 0;
    *agreed = most.votes > 0 && score > run->policy.threshold;
    for (size_t i = 0; i < w->n && *agreed; i++) {
        bool same = str_eq(sets[i], most.set);
        w->list[i].agreed += same;
        w->list[i].differed += !same;
    }
    struct subject s = {.action = action, .question = question};
    struct err e = add_result(run, &s, "AgreedAnswerFound", *agreed ? STR("true") : STR("false"));
    if (!failed(e) && *agreed)
        e = add_result(run, &s, "AgreedAnswer", most.shown);
    if (!failed(e) && *agreed)
        e = add_number(run, &s, "AnswerAgreementScore", score);
    return e;
}

static int64_t worker_score(const struct work *w) {
    return 100 * w->agreed / (w->agreed + w->differed);
}

static struct err worker_results(struct run *run, const struct works *w, int64_t action) {
    struct err e = NO_ERR;
    for (size_t i = 0; i < w->n && !failed(e); i++) {
        const struct work *work = &w->list[i];
        struct subject s = {.action = action, .assignment = work->id};
        if (!work->counted || work->agreed + work->differed == 0)
            continue;
        e = add_number(run, &s, "WorkerAgreementScore", worker_score(work));
        if (!failed(e))
            e = add_number(run, &s, "PluralityAnswersCorrect", work->agreed);
        if (!failed(e))
            e = add_number(run, &s, "PluralityAnswersIncorrect", work->differed);
    }
    return e;
}

/* Without an agreed answer a worker has no score, and nothing is decided on his work. */
static struct err decide_all(struct run *run, const struct works *w) {
    const struct policy *p = &run->policy;
    struct err e = NO_ERR;
    for (size_t i = 0; i < w->n && !failed(e); i++) {
        const struct work *work = &w->list[i];
        if (!work->counted || work->agreed + work->differed == 0)
            continue;
        int64_t score = worker_score(work);
        bool approves = score >= p->approve_at, rejects = score < p->reject_below;
        if (approves || rejects)
            e = decide(run, work->id, work->status, approves ? VERDICT_APPROVE : VERDICT_REJECT);
        if (!failed(e) && approves && rejects) {
            struct outcome o = {POLICY_CANCELLED, "The policy approved it", NULL};
            e = add_action(run, "reject", work->id, &o, NULL);
        }
    }
    return failed(e) ? e : settle(run);
}

static struct err plurality(struct run *run, struct works *w, int64_t max) {
    const struct policy *p = &run->policy;
    int64_t action = 0, agreed = 0;
    bool extended = false;
    struct err e = choose(run, w);
    if (failed(e))
        return e;
    struct outcome o = {POLICY_SUCCEEDED,
                        arena_printf(run->ctx.arena, "Compared %zu of %zu assignment%s", w->counted,
                                     w->n, w->n == 1 ? "" : "s"),
                        NULL};
    e = add_action(run, "review", 0, &o, &action);
    for (size_t i = 0; i < p->n && !failed(e); i++) {
        bool found = false;
        e = question_agreement(run, w, action, p->questions[i].id, &found);
        agreed += found;
    }
    int64_t score = 100 * agreed / (int64_t)p->n;
    if (!failed(e))
        e = add_number(run, &(struct subject){.action = action}, "HitAgreementScore", score);
    if (!failed(e))
        e = worker_results(run, w, action);
    if (!failed(e) && score < p->extend_below)
        e = extend(run, max, &extended);
    /* More work is to come: decisions wait for the review after it. */
    return failed(e) || extended ? e : decide_all(run, w);
}

static struct err too_much(struct run *run) {
    struct outcome o = {POLICY_FAILED,
                        arena_printf(run->ctx.arena,
                                     "The HIT has more than %d submitted assignments.",
                                     POLICY_WORK_MAX),
                        err_turk_code(run->ctx.arena, ERR_INVALID_HIT_STATE)};
    return add_action(run, "review", 0, &o, NULL);
}

static bool reviewable(const struct sql_hit_state_out *h) {
    struct hit_counts n = {
        .max_assignments = h->max_assignments,
        .pending = h->pending,
        .submitted = h->submitted,
        .approved = h->approved,
        .rejected = h->rejected,
        .expired = h->expired,
        .disposed = h->disposed_ms != SQL_NULL,
    };
    return hit_status(&n) == HIT_REVIEWABLE;
}

static struct err run_plurality(struct ctx *c, int64_t hit, int64_t at_ms) {
    struct run run;
    struct sql_hit_state_out h;
    struct err e = start(c, hit, POLICY_HIT, &run);
    if (failed(e) || !run.hit)
        return e;
    run.at_ms = at_ms;
    enum st st = sql_hit_state(c->tx, &(struct sql_hit_state_in){hit}, &h);
    if (st != ST_OK || !reviewable(&h))
        return ctx_store(c, st);
    struct works w = {c->arena, arena_array(c->arena, POLICY_WORK_MAX + 1, sizeof(*w.list)), 0, 0};
    struct sql_policy_work_in in = {hit, POLICY_WORK_MAX + 1};
    st = sql_policy_work_each(c->tx, &in, take_work, &w);
    if (st != ST_OK || w.n == 0)
        return ctx_store(c, st);
    return w.n > POLICY_WORK_MAX ? too_much(&run) : plurality(&run, &w, h.max_assignments);
}

/* ---- when ---- */

struct err policy_keep(struct ctx *c, int64_t hit, enum policy_level level, struct str packed) {
    struct sql_policy_add_in in = {hit, level, c->actor->party, packed};
    return ctx_store(c, sql_policy_add(c->tx, &in, NULL));
}

struct err policy_mark(struct ctx *c, int64_t hit, int64_t at_ms) {
    return ctx_store(c, sql_policy_mark(c->tx, &(struct sql_policy_mark_in){hit, at_ms}, NULL));
}

struct err policy_marked(struct ctx *c, int64_t hit, int64_t *at_ms) {
    struct sql_policy_marked_out row;
    enum st st = sql_policy_marked(c->tx, &(struct sql_policy_marked_in){hit, c->now_ms}, &row);
    *at_ms = st == ST_OK ? row.due_ms : 0;
    return ctx_store(c, st);
}

struct err policy_run(struct ctx *c, int64_t hit) {
    int64_t at_ms = 0;
    struct err e = policy_marked(c, hit, &at_ms);
    if (failed(e) || !at_ms)
        return e;
    e = ctx_store(c, sql_policy_unmark(c->tx, &(struct sql_policy_unmark_in){hit}, NULL));
    return failed(e) ? e : run_plurality(c, hit, at_ms);
}

struct hits {
    int64_t *list;
    size_t n;
};

static bool take_hit(void *arg, const struct sql_policy_due_out *row) {
    struct hits *h = arg;
    h->list[h->n++] = row->hit;
    return true;
}

struct err policy_sweep(struct ctx *c, int limit, int64_t *done) {
    struct hits h = {arena_array(c->arena, (size_t)limit, sizeof(*h.list)), 0};
    struct sql_policy_due_in in = {c->now_ms, limit};
    struct err e = ctx_store(c, sql_policy_due_each(c->tx, &in, take_hit, &h));
    for (size_t i = 0; i < h.n && !failed(e); i++) {
        e = due_hit(c, h.list[i]);
        if (!failed(e)) /* of a disposed HIT the mark is taken away */
            e = policy_run(c, h.list[i]);
    }
    *done += (int64_t)h.n;
    return e;
}

/* ---- looking ---- */

struct look {
    struct ctx *c;
    struct policy_report *out;
};

static bool take_line(void *arg, const struct sql_policy_lines_out *row) {
    struct look *look = arg;
    struct arena *a = look->c->arena;
    bool of_assignment = row->assignment != SQL_NULL, is_action = row->action == SQL_NULL;
    look->out->lines[look->out->n++] = (struct policy_line){
        .row = row->id,
        .action = is_action ? row->id : row->action,
        .level = (enum policy_level)row->level,
        .is_action = is_action,
        .name = str_dup(a, row->name),
        .subject = of_assignment
                       ? ctx_id(look->c, ID_ASSIGNMENT, row->assignment, str_dup(a, row->alias))
                       : look->out->hit_id,
        .of_assignment = of_assignment,
        .question = str_dup(a, row->question),
        .value = str_dup(a, row->value),
        .error = str_dup(a, row->error),
        .status = (enum policy_status)row->status,
        .at_ms = row->at_ms,
    };
    return true;
}

struct err policy_report(struct ctx *c, const struct policy_report_in *in,
                         struct policy_report *out) {
    struct hit_view hit;
    struct sql_policy_get_out row;
    struct err e = hit_get(c, in->hit_id, &hit);
    if (failed(e))
        return e;
    *out = (struct policy_report){.hit_id = hit.hit_id, .due = hit.due};
    enum st st =
        sql_policy_get(c->tx, &(struct sql_policy_get_in){hit.id, POLICY_ASSIGNMENT}, &row);
    out->assignment_policy = st == ST_OK;
    if (st == ST_OK || st == ST_NONE)
        st = sql_policy_get(c->tx, &(struct sql_policy_get_in){hit.id, POLICY_HIT}, &row);
    out->hit_policy = st == ST_OK;
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    out->lines = arena_array(c->arena, (size_t)in->limit, sizeof(*out->lines));
    struct sql_policy_lines_in lines = {hit.id, in->after, in->levels,
                                        (in->actions ? 1 : 0) | (in->results ? 2 : 0), in->limit};
    struct look look = {c, out};
    return ctx_store(c, sql_policy_lines_each(c->tx, &lines, take_line, &look));
}
