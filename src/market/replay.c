#include "market/replay.h"

#include <stdlib.h>
#include <string.h>

#include "market/account.h"
#include "market/clock.h"
#include "market/decide.h"
#include "market/due.h"
#include "market/funds.h"
#include "market/hit_type.h"
#include "market/publish.h"
#include "market/work.h"
#include "store/sql.h"

/* What happens at one moment, in this order. */
enum act { ACT_CREATE, ACT_ACCEPT, ACT_SUBMIT, ACT_REJECT, ACT_APPROVE };

struct event {
    int64_t at_ms;
    enum act act;
    size_t row; /* ACT_CREATE: index of a task */
};

struct replay_task {
    const struct replay_row *first; /* row that describes it */
    int64_t max_assignments, batch, row, rows;
};

struct replay_batch {
    struct str annotation;
    int64_t row;
};

struct replay {
    struct ctx *c;
    const struct replay_in *in;
    struct replay_out *out;
    const struct replay_row **by_hit; /* rows by HITId, then line */
    struct replay_task *tasks;        /* in file order */
    size_t task_count;
    struct replay_batch *batches; /* made so far; at most one a task */
    size_t batch_count;
    struct event *events;
    size_t event_count;
    int64_t *workers;     /* party by row */
    int64_t end_ms;       /* moment at which all has happened */
    struct hit_type type; /* of the last task: most files have one */
    struct str type_id;
};

static struct err at_line(struct replay *r, const struct replay_row *row, struct err e) {
    return failed(e) && e.code != ERR_RETRY && e.code != ERR_STORE
               ? err_prefix(r->c->arena, e, "line %lld: ", (long long)row->line)
               : e;
}

/* --- tasks --- */

static int compare_hits(const void *a, const void *b) {
    const struct replay_row *x = *(const struct replay_row *const *)a;
    const struct replay_row *y = *(const struct replay_row *const *)b;
    int c = str_cmp(x->hit_id, y->hit_id);
    return c ? c : (x->line > y->line) - (x->line < y->line);
}

static int compare_tasks(const void *a, const void *b) {
    const struct replay_task *x = a, *y = b;
    return (x->first->line > y->first->line) - (x->first->line < y->first->line);
}

static void find_tasks(struct replay *r) {
    size_t n = r->in->count;
    r->by_hit = arena_array(r->c->arena, n, sizeof(*r->by_hit));
    r->tasks = arena_array(r->c->arena, n, sizeof(*r->tasks));
    r->batches = arena_array(r->c->arena, n, sizeof(*r->batches));
    for (size_t i = 0; i < n; i++)
        r->by_hit[i] = &r->in->rows[i];
    qsort(r->by_hit, n, sizeof(*r->by_hit), compare_hits);
    for (size_t i = 0; i < n; i++) {
        const struct replay_row *row = r->by_hit[i];
        struct replay_task *t = r->task_count ? &r->tasks[r->task_count - 1] : NULL;
        if (!t || !str_eq(t->first->hit_id, row->hit_id)) {
            t = &r->tasks[r->task_count++];
            t->first = row;
        }
        t->rows++;
        if (row->max_assignments > t->max_assignments)
            t->max_assignments = row->max_assignments;
        if (t->max_assignments < t->rows)
            t->max_assignments = t->rows;
    }
    qsort(r->tasks, r->task_count, sizeof(*r->tasks), compare_tasks);
}

/* --- events --- */

static int compare_events(const void *a, const void *b) {
    const struct event *x = a, *y = b;
    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    if (x->act != y->act)
        return x->act < y->act ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int64_t auto_approval_ms(const struct replay_row *row) {
    return row->submitted_ms + row->auto_approval_s * 1000;
}

static void add_event(struct replay *r, int64_t at_ms, enum act act, size_t row) {
    r->events[r->event_count++] = (struct event){at_ms, act, row};
    if (at_ms > r->end_ms)
        r->end_ms = at_ms;
}

/* An approval by hand, of an overturn too, is an event; one by the clock only moves the end. */
static void add_decisions(struct replay *r, size_t i) {
    const struct replay_row *row = &r->in->rows[i];
    bool rejected = row->rejected_ms || row->status == ASSIGNMENT_REJECTED;
    if (rejected)
        add_event(r, row->rejected_ms ? row->rejected_ms : row->submitted_ms, ACT_REJECT, i);
    if (row->status != ASSIGNMENT_APPROVED)
        return;
    int64_t auto_ms = auto_approval_ms(row), at_ms = row->approved_ms;
    if (rejected || (at_ms && at_ms < auto_ms)) {
        add_event(r, at_ms ? at_ms : row->submitted_ms, ACT_APPROVE, i);
        return;
    }
    r->out->by_clock++;
    if (auto_ms > r->end_ms)
        r->end_ms = auto_ms;
}

static struct err check_row(struct replay *r, const struct replay_row *row) {
    struct arena *a = r->c->arena;
    if (!row->hit_id.n || !row->assignment_id.n || !row->worker_id.n)
        return err_make(a, ERR_BAD_FILE, NULL,
                        "line %lld: HITId, AssignmentId and WorkerId must not be empty",
                        (long long)row->line);
    if (!row->created_ms || !row->accepted_ms || !row->submitted_ms)
        return err_make(a, ERR_BAD_FILE, NULL,
                        "line %lld: CreationTime, AcceptTime and SubmitTime must be times",
                        (long long)row->line);
    if (row->accepted_ms < row->created_ms || row->submitted_ms < row->accepted_ms)
        return err_make(a, ERR_BAD_FILE, NULL,
                        "line %lld: CreationTime, AcceptTime and SubmitTime must follow each other",
                        (long long)row->line);
    return NO_ERR;
}

static struct err find_events(struct replay *r) {
    size_t n = r->in->count;
    r->events = arena_array(r->c->arena, n * 4 + r->task_count, sizeof(*r->events));
    for (size_t i = 0; i < r->task_count; i++)
        add_event(r, r->tasks[i].first->created_ms, ACT_CREATE, i);
    for (size_t i = 0; i < n; i++) {
        const struct replay_row *row = &r->in->rows[i];
        struct err e = check_row(r, row);
        if (failed(e))
            return e;
        add_event(r, row->accepted_ms, ACT_ACCEPT, i);
        add_event(r, row->submitted_ms, ACT_SUBMIT, i);
        add_decisions(r, i);
    }
    qsort(r->events, r->event_count, sizeof(*r->events), compare_events);
    r->out->first_ms = r->events[0].at_ms;
    r->out->last_ms = r->end_ms;
    return NO_ERR;
}

/* --- people and money --- */

/* The rules run for one party after the other. */
static struct ctx as(struct replay *r, struct actor *actor, int64_t party, int64_t now_ms) {
    *actor = (struct actor){.entrance = ENTRANCE_REPLAY, .party = party, .detail = STR("replay")};
    struct ctx c = *r->c;
    c.actor = actor;
    c.now_ms = now_ms;
    return c;
}

static struct err find_worker(struct replay *r, struct str id, int64_t *party) {
    struct party found;
    struct actor actor;
    struct ctx c = as(r, &actor, 0, r->out->first_ms);
    *party = r->in->worker_of ? r->in->worker_of(r->in->arg, id) : 0;
    if (*party)
        return NO_ERR;
    struct err e = account_by_public_id(&c, id, &found);
    if (e.code == ERR_NOT_FOUND) {
        struct account_add_in add = {
            .role = ROLE_WORKER,
            .email = str_printf(c.arena, "%.*s@replayed.invalid", STR_ARG(id)),
            .name = id,
            .country = STR(""),
            .password = STR(""),
            .public_id = id,
        };
        e = account_add(&c, &add, &found);
        r->out->workers++;
    }
    if (!failed(e) && found.role != ROLE_WORKER)
        e = err_make(c.arena, ERR_ALREADY_EXISTS, NULL, "WorkerId %.*s is no worker's here",
                     STR_ARG(id));
    *party = found.id;
    return e;
}

static int compare_workers(const void *a, const void *b) {
    const struct replay_row *x = *(const struct replay_row *const *)a;
    const struct replay_row *y = *(const struct replay_row *const *)b;
    return str_cmp(x->worker_id, y->worker_id);
}

static struct err find_workers(struct replay *r) {
    size_t n = r->in->count;
    const struct replay_row **rows = arena_array(r->c->arena, n, sizeof(*rows));
    r->workers = arena_array(r->c->arena, n, sizeof(*r->workers));
    for (size_t i = 0; i < n; i++)
        rows[i] = &r->in->rows[i];
    qsort(rows, n, sizeof(*rows), compare_workers);
    int64_t party = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !str_eq(rows[i]->worker_id, rows[i - 1]->worker_id)) {
            struct err e = find_worker(r, rows[i]->worker_id, &party);
            if (failed(e))
                return at_line(r, rows[i], e);
        }
        r->workers[rows[i] - r->in->rows] = party;
    }
    return NO_ERR;
}

static struct err type_of(struct replay *r, const struct replay_row *row) {
    if (r->type.id && str_eq(r->type_id, row->hit_type_id))
        return NO_ERR;
    struct actor actor;
    struct ctx c = as(r, &actor, r->in->requester, row->created_ms);
    struct hit_type_in in = {
        .title = row->title,
        .description = row->description,
        .keywords = row->keywords,
        .requirements = STR("[]"),
        .reward_cents = row->reward_cents,
        .duration_s = row->duration_s,
        .auto_approval_s = row->auto_approval_s,
        .alias = row->hit_type_id,
    };
    r->type_id = row->hit_type_id;
    return at_line(r, row, hit_type_make(&c, &in, &r->type));
}

/* What the tasks hold, and what overturned rejections take from available. */
static struct err deposit_need(struct replay *r) {
    int64_t need = 0;
    struct actor actor;
    struct ctx c = as(r, &actor, r->in->requester, r->out->first_ms);
    for (size_t i = 0; i < r->task_count; i++) {
        struct replay_task *t = &r->tasks[i];
        struct err e = type_of(r, t->first);
        struct publish_fee fee = {.cents = 0};
        if (!failed(e))
            e = publish_fee(&c, &r->type, t->max_assignments, &fee);
        if (failed(e))
            return e;
        need += t->max_assignments * (r->type.reward_cents + fee.cents);
    }
    for (size_t i = 0; i < r->in->count; i++) {
        const struct replay_row *row = &r->in->rows[i];
        if (row->rejected_ms && row->status == ASSIGNMENT_APPROVED)
            need += row->reward_cents * 2 + 100; /* reward and any fee on it */
    }
    r->out->deposit_cents = need;
    return need ? funds_deposit(&c, r->in->requester, need, STR("replay"), NULL) : NO_ERR;
}

/* --- what happens --- */

/* A batch for each RequesterAnnotation of the file. */
static struct err batch_for(struct replay *r, struct replay_task *t) {
    const struct replay_row *row = t->first;
    struct str annotation = row->annotation.n ? row->annotation : STR_NULL;
    for (size_t i = 0; i < r->batch_count; i++)
        if (str_eq(r->batches[i].annotation, row->annotation)) {
            t->batch = r->batches[i].row;
            return NO_ERR;
        }
    struct actor actor;
    struct ctx c = as(r, &actor, r->in->requester, row->created_ms);
    struct publish_replayed_batch in = {
        .type = &r->type,
        .name = r->in->name,
        .columns = r->in->columns,
        .annotation = annotation,
        .max_assignments = t->max_assignments,
        .lifetime_s = (row->expires_ms - row->created_ms) / 1000,
    };
    struct err e = publish_replayed_batch(&c, &in, &t->batch);
    r->batches[r->batch_count++] = (struct replay_batch){row->annotation, t->batch};
    r->out->batches++;
    r->out->last_batch = t->batch;
    return at_line(r, row, e);
}

static struct err create(struct replay *r, size_t at, int64_t now_ms) {
    struct replay_task *t = &r->tasks[at];
    const struct replay_row *row = t->first;
    struct err e = type_of(r, row);
    if (!failed(e))
        e = batch_for(r, t);
    if (failed(e))
        return e;
    struct actor actor;
    struct ctx c = as(r, &actor, r->in->requester, now_ms);
    struct publish_replayed_hit in = {
        .type = &r->type,
        .batch = t->batch,
        .seq = (int64_t)at + 1,
        .vars = row->vars,
        .annotation = row->annotation.n ? row->annotation : STR_NULL,
        .alias = row->hit_id,
        .max_assignments = t->max_assignments,
        .expires_ms = row->expires_ms,
    };
    r->out->hits++;
    return at_line(r, row, publish_replayed_hit(&c, &in, &t->row));
}

static struct err accept(struct replay *r, size_t at, int64_t now_ms) {
    const struct replay_row *row = &r->in->rows[at];
    struct actor actor;
    struct ctx c = as(r, &actor, r->workers[at], now_ms);
    struct accepted accepted;
    return work_accept(&c, &(struct accept_in){.hit_id = row->hit_id, .alias = row->assignment_id},
                       &accepted);
}

static struct err submit(struct replay *r, size_t at, int64_t now_ms) {
    const struct replay_row *row = &r->in->rows[at];
    struct actor actor;
    struct ctx c = as(r, &actor, r->workers[at], now_ms);
    struct submitted submitted;
    r->out->assignments++;
    return work_submit(&c,
                       &(struct submit_in){.assignment_id = row->assignment_id,
                                           .fields = row->fields,
                                           .names = row->names,
                                           .name_count = row->name_count},
                       &submitted);
}

static struct err decide(struct replay *r, const struct event *event) {
    const struct replay_row *row = &r->in->rows[event->row];
    struct actor actor;
    struct ctx c = as(r, &actor, r->in->requester, event->at_ms);
    bool reject = event->act == ACT_REJECT;
    bool overturned = row->rejected_ms && row->status == ASSIGNMENT_APPROVED;
    /* A file holds one feedback: the last decision's. */
    struct str feedback = reject && overturned ? STR("") : row->feedback;
    struct decide_in in = {
        .assignment_id = row->assignment_id,
        .feedback = reject || feedback.n ? (feedback.p ? feedback : STR("")) : STR_NULL,
        .override_rejection = !reject,
    };
    struct decided decided;
    struct err e = reject ? decide_reject(&c, &in, &decided) : decide_approve(&c, &in, &decided);
    if (!failed(e)) {
        r->out->approved += decided.verdict == VERDICT_APPROVE;
        r->out->rejected += decided.verdict == VERDICT_REJECT;
        r->out->overturned += decided.verdict == VERDICT_OVERTURN;
    }
    return e;
}

static struct err happen(struct replay *r, const struct event *event) {
    struct err e;
    switch (event->act) {
    case ACT_CREATE: return create(r, event->row, event->at_ms);
    case ACT_ACCEPT: e = accept(r, event->row, event->at_ms); break;
    case ACT_SUBMIT: e = submit(r, event->row, event->at_ms); break;
    case ACT_REJECT:
    case ACT_APPROVE: e = decide(r, event); break;
    default: return NO_ERR;
    }
    return at_line(r, &r->in->rows[event->row], e);
}

/* What the clock owes the tasks at the end: expiries and approvals. */
static struct err finish_tasks(struct replay *r, int64_t now_ms) {
    struct actor actor;
    struct ctx c = as(r, &actor, 0, now_ms);
    actor.entrance = ENTRANCE_CLOCK;
    for (size_t i = 0; i < r->task_count; i++) {
        struct err e = due_hit(&c, r->tasks[i].row);
        if (failed(e))
            return e;
    }
    return NO_ERR;
}

/* --- the clock --- */

static struct err set_clock_back(struct replay *r, int64_t *stands_ms) {
    struct sql_replay_hits_out hits;
    struct ctx *c = r->c;
    struct err e = clock_require_simulated(c);
    if (!failed(e))
        e = ctx_store(c, sql_replay_hits(c->tx, &hits));
    if (failed(e))
        return e;
    *stands_ms = c->now_ms;
    if (!hits.some && r->out->first_ms < c->now_ms)
        *stands_ms = r->out->first_ms;
    return NO_ERR;
}

struct err replay_run(struct ctx *c, const struct replay_in *in, struct replay_out *out) {
    struct replay r = {.c = c, .in = in, .out = out};
    int64_t stands_ms = 0;
    *out = (struct replay_out){0};
    if (in->count == 0)
        return err_make(c->arena, ERR_BAD_FILE, NULL, "the file holds no rows");
    find_tasks(&r);
    struct err e = find_events(&r);
    if (!failed(e))
        e = set_clock_back(&r, &stands_ms);
    if (!failed(e))
        e = find_workers(&r);
    if (!failed(e))
        e = deposit_need(&r);
    for (size_t i = 0; i < r.event_count && !failed(e); i++)
        e = happen(&r, &r.events[i]);
    int64_t end_ms = stands_ms > r.end_ms ? stands_ms : r.end_ms;
    if (!failed(e))
        e = finish_tasks(&r, end_ms);
    return failed(e) ? e : clock_put(c, end_ms);
}
