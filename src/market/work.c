/* Accept, submit, return: the hot half of market/work.h. */
#include "market/work.h"

#include <assert.h>
#include <stdlib.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "base/pack.h"
#include "base/utf8.h"
#include "market/account.h"
#include "market/due.h"
#include "market/events.h"
#include "market/form_work.h"
#include "market/lookup.h"
#include "market/policy.h"
#include "market/setting.h"
#include "market/settle.h"
#include "market/slots.h"
#include "market/work_group.h"
#include "store/sql.h"

/* HITs tried for one accept: each try takes a slot or finds a HIT that the clock has just closed.
 */
enum { ACCEPT_TRIES = 100 };
/* HITs with overdue work that one accept sets right: the worker's own, and the group's when it
 * seems empty. */
enum { OVERDUE_MAX = 50 };

static struct err emit(struct ctx *c, enum event_kind kind, int64_t hit, int64_t assignment) {
    return event_emit(c, &(struct event){
                             .kind = kind,
                             .at_ms = c->now_ms,
                             .hit = hit,
                             .assignment = assignment,
                         });
}

/* ---- accept ---- */

struct accepting {
    int64_t worker, hit_type;
    struct sql_work_accept_look_out look;
};

/* Checks 1 to 3 of worker-site 4.3: the account, the block, the requirements; and the pause (11).
 */
static struct err check_worker(struct ctx *c, struct accepting *a) {
    struct sql_work_accept_look_out *w = &a->look;
    struct qualification q;
    if (!a->worker)
        return err_make(c->arena, ERR_SIGN_IN_NEEDED, NULL, "Sign in first.");
    enum st st =
        sql_work_accept_look(c->tx, &(struct sql_work_accept_look_in){a->hit_type, a->worker}, w);
    if (st == ST_NONE)
        return work_no_group(c);
    if (st != ST_OK)
        return ctx_store(c, st);
    if (w->state != PARTY_ACTIVE)
        return err_make(c->arena, ERR_SUSPENDED, NULL,
                        "Your account is suspended: it can withdraw what it has earned, but not "
                        "accept tasks.");
    struct worker_figures f = {
        .known = true,
        .accepted = w->accepted,
        .submitted = w->submitted,
        .approved = w->approved,
        .rejected = w->rejected,
        .returned = w->returned,
        .abandoned = w->abandoned,
        .country = w->country,
        .adult = w->adult != 0,
    };
    struct err e = str_is(w->requirements, "[]") ? NO_ERR : worker_held(c, a->worker, &f);
    if (!failed(e))
        e = qualify(c->arena, w->requirements, &f, &q);
    if (failed(e))
        return e;
    if (w->blocked != SQL_NULL)
        return err_make(c->arena, ERR_BLOCKED, NULL,
                        "This requester no longer takes work from you; nothing else is affected.");
    if (!q.discover)
        return work_no_group(c);
    if (!q.accept)
        return work_unqualified(c, &q);
    /* What happened before the pause is re-enacted all the same. */
    bool paused = w->paused != SQL_NULL && c->actor->entrance != ENTRANCE_REPLAY;
    return paused ? work_paused(c) : NO_ERR;
}

struct held {
    int64_t now_ms, count;
    int64_t overdue[OVERDUE_MAX];
    int overdue_count;
};

static bool count_held(void *arg, const struct sql_work_held_out *row) {
    struct held *h = arg;
    if (row->due_ms > h->now_ms)
        h->count++;
    else if (h->overdue_count < OVERDUE_MAX)
        h->overdue[h->overdue_count++] = row->hit;
    return true;
}

/* Check 4: room in the queue, once the clock has taken back what is overdue. */
static struct err check_queue(struct ctx *c, int64_t worker) {
    struct held held = {.now_ms = c->now_ms};
    int64_t max = 0;
    struct err e = setting_int(c, "max_active_per_worker", &max);
    if (!failed(e))
        e = ctx_store(
            c, sql_work_held_each(c->tx, &(struct sql_work_held_in){worker}, count_held, &held));
    if (!failed(e) && held.overdue_count)
        e = due_hits(c, held.overdue, held.overdue_count);
    if (!failed(e) && held.count >= max)
        e = err_make(c->arena, ERR_QUEUE_FULL, NULL,
                     "Your queue is full: %lld tasks are the most that can be held at once. Submit "
                     "or return one first.",
                     (long long)max);
    return e;
}

/* The old service's day turned at midnight Pacific time (worker-site 2). */
static int64_t pacific_day(int64_t ms) {
    return (ms + time_pacific_offset_s(ms) * INT64_C(1000)) / DAY_MS;
}

/* Check 5: setting daily_accept_limit (0, the default: none). Returned work counts too. */
static struct err check_day(struct ctx *c, const struct accepting *a) {
    int64_t limit = 0;
    struct err e = setting_int(c, "daily_accept_limit", &limit);
    if (failed(e) || limit <= 0 || a->look.day != pacific_day(c->now_ms) ||
        a->look.day_accepted < limit)
        return e;
    return err_make(c->arena, ERR_SLOW_DOWN, NULL,
                    "You have accepted %lld tasks today, which is the limit; the next day begins "
                    "at midnight Pacific time.",
                    (long long)a->look.day_accepted);
}

struct overdue {
    int64_t hits[OVERDUE_MAX];
    int count;
};

static bool take_overdue(void *arg, const struct sql_work_overdue_of_group_out *row) {
    struct overdue *o = arg;
    o->hits[o->count++] = row->hit;
    return true;
}

/* The group seems empty: slots may be held by work whose time is over (due-first, 4.2). */
static struct err free_overdue(struct ctx *c, int64_t hit_type) {
    struct overdue o = {.count = 0};
    struct err e = ctx_store(
        c, sql_work_overdue_of_group_each(
               c->tx, &(struct sql_work_overdue_of_group_in){hit_type, c->now_ms, OVERDUE_MAX},
               take_overdue, &o));
    return failed(e) || !o.count ? e : due_hits(c, o.hits, o.count);
}

/* Check 6 for "any of the group". */
static struct err take_any(struct ctx *c, const struct accepting *a, struct slot_hit *slot) {
    bool taken = false, freed = false;
    for (int i = 0; i < ACCEPT_TRIES && !taken; i++) {
        int64_t hit = 0;
        struct err e = work_candidate(c, a->worker, a->hit_type, 0, &hit);
        if (!failed(e) && !hit && !freed) {
            freed = true;
            e = free_overdue(c, a->hit_type);
            if (!failed(e))
                e = work_candidate(c, a->worker, a->hit_type, 0, &hit);
        }
        if (!failed(e) && !hit)
            break;
        if (!failed(e))
            e = due_hit(c, hit);
        if (!failed(e))
            e = slots_take(c, hit, c->now_ms, &taken, slot);
        if (failed(e))
            return e;
    }
    return taken ? NO_ERR
                 : err_make(c->arena, ERR_NO_MORE_HITS, NULL,
                            "There are no more tasks of this group for you.");
}

/* Check 6 for one HIT. */
static struct err take_this(struct ctx *c, const struct accepting *a, int64_t hit,
                            struct slot_hit *slot) {
    struct sql_work_holds_out own;
    bool taken = false;
    struct err e = due_hit(c, hit);
    if (failed(e))
        return e;
    enum st st = sql_work_holds(c->tx, &(struct sql_work_holds_in){a->worker, hit}, &own);
    if (st == ST_OK)
        return err_make(c->arena, ERR_NO_MORE_HITS, NULL,
                        "You hold this task already, or have submitted it.");
    if (st != ST_NONE)
        return ctx_store(c, st);
    e = slots_take(c, hit, c->now_ms, &taken, slot);
    if (failed(e) || taken)
        return e;
    return err_make(c->arena, ERR_NO_MORE_HITS, NULL, "This task is no longer available.");
}

/* Check 7: the row, the figures, the event. */
static struct err insert(struct ctx *c, const struct accepting *a, const struct slot_hit *slot,
                         struct str alias, struct accepted *out) {
    struct sql_work_assignment_insert_out made = {0};
    int64_t grace_s = 0;
    struct err e = setting_int(c, "submit_grace_s", &grace_s);
    if (failed(e))
        return e;
    out->hit = slot->id;
    out->accepted_ms = c->now_ms;
    out->deadline_ms = c->now_ms + a->look.duration_s * 1000;
    enum st st = sql_work_assignment_insert(c->tx,
                                            &(struct sql_work_assignment_insert_in){
                                                .hit = slot->id,
                                                .batch = slot->batch,
                                                .requester = slot->requester,
                                                .worker = a->worker,
                                                .reward_cents = slot->reward_cents,
                                                .fee_cents = slot->fee_cents,
                                                .auto_approval_s = a->look.auto_approval_s,
                                                .accepted_ms = out->accepted_ms,
                                                .deadline_ms = out->deadline_ms,
                                                .due_ms = out->deadline_ms + grace_s * 1000,
                                                .alias = alias,
                                            },
                                            &made);
    if (st == ST_OK)
        st = sql_work_figures_accept(
            c->tx, &(struct sql_work_figures_accept_in){a->worker, pacific_day(c->now_ms)}, NULL);
    if (st != ST_OK)
        return ctx_store(c, st);
    out->assignment = made.id;
    out->assignment_id = ctx_id(c, ID_ASSIGNMENT, made.id, alias);
    return emit(c, EVENT_ASSIGNMENT_ACCEPTED, slot->id, made.id);
}

/* The group, and the HIT when one is named. */
static struct err find_target(struct ctx *c, const struct accept_in *in, int64_t *hit_type,
                              int64_t *hit) {
    struct sql_work_hit_brief_out h;
    *hit = 0;
    if (!in->hit_id.p) {
        struct err e = lookup_group(c, in->group_id, hit_type);
        return failed(e) || *hit_type ? e : work_no_group(c);
    }
    struct err e = lookup_hit(c, in->hit_id, hit);
    if (failed(e))
        return e;
    enum st st =
        *hit ? sql_work_hit_brief(c->tx, &(struct sql_work_hit_brief_in){*hit}, &h) : ST_NONE;
    if (st == ST_NONE)
        return work_no_group(c);
    *hit_type = st == ST_OK ? h.hit_type : 0;
    return ctx_store(c, st);
}

struct err work_accept(struct ctx *c, const struct accept_in *in, struct accepted *out) {
    struct accepting a = {.worker = c->actor->party};
    struct slot_hit slot;
    struct sql_work_hit_brief_out brief;
    int64_t hit = 0;
    struct err e = find_target(c, in, &a.hit_type, &hit);
    if (!failed(e))
        e = check_worker(c, &a);
    if (!failed(e) && c->actor->entrance != ENTRANCE_REPLAY) /* what happened fitted his queue */
        e = check_queue(c, a.worker);
    if (!failed(e))
        e = check_day(c, &a);
    if (!failed(e))
        e = hit ? take_this(c, &a, hit, &slot) : take_any(c, &a, &slot);
    if (!failed(e))
        e = insert(c, &a, &slot, in->alias, out);
    if (failed(e))
        return e;
    enum st st = sql_work_hit_brief(c->tx, &(struct sql_work_hit_brief_in){slot.id}, &brief);
    if (st == ST_OK)
        out->hit_id = ctx_id(c, ID_HIT, slot.id, brief.alias);
    return ctx_store(c, st);
}

/* ---- submit ---- */

static struct err check_answer(struct ctx *c, const struct submit_in *in) {
    if (in->fields.n > ANSWER_MAX)
        return err_make(c->arena, ERR_TOO_LARGE, NULL,
                        "The answer is larger than %zu bytes; nothing was stored.", ANSWER_MAX);
    if (in->name_count > ANSWER_FIELDS_MAX)
        return err_make(c->arena, ERR_BAD_REQUEST, NULL, "The answer has more than %d fields.",
                        ANSWER_FIELDS_MAX);
    for (size_t i = 0; i < in->name_count; i++)
        if (in->names[i].n > FIELD_NAME_MAX)
            return err_make(c->arena, ERR_BAD_REQUEST, NULL,
                            "The field name \"%.*s…\" is longer than %d bytes.",
                            STR_ARG(utf8_clip(in->names[i], 40)), FIELD_NAME_MAX);
    return NO_ERR;
}

static const char *status_words(int64_t status) {
    switch ((enum assignment_status)status) {
    case ASSIGNMENT_ACCEPTED: return "its time is over";
    case ASSIGNMENT_SUBMITTED: return "it was submitted before, with another answer";
    case ASSIGNMENT_APPROVED: return "it was submitted before and is approved";
    case ASSIGNMENT_REJECTED: return "it was submitted before and is rejected";
    case ASSIGNMENT_RETURNED: return "it was returned";
    case ASSIGNMENT_ABANDONED: return "it was not submitted in time";
    }
    return "it is over";
}

static struct err not_in_progress(struct ctx *c, int64_t status) {
    return err_make(c->arena, ERR_NOT_IN_PROGRESS, NULL,
                    "This task is not in progress any more: %s.", status_words(status));
}

/* His own assignment; whoever has the id when nobody is signed in (questions 4.5.2). */
static struct err find_assignment(struct ctx *c, struct str id, int64_t *row,
                                  struct sql_work_submit_look_out *a) {
    struct err e = lookup_assignment(c, id, row);
    if (failed(e))
        return e;
    enum st st =
        *row ? sql_work_submit_look(c->tx, &(struct sql_work_submit_look_in){*row}, a) : ST_NONE;
    if (st == ST_NONE || (st == ST_OK && c->actor->party && c->actor->party != a->worker))
        return err_make(c->arena, ERR_NOT_FOUND, "assignmentId", "There is no assignment \"%.*s\".",
                        STR_ARG(id));
    return ctx_store(c, st);
}

/* What was submitted is submitted: the same content again (double click, reload) is a success,
 * anything else names the state (questions 4.4). */
static struct err submitted_before(struct ctx *c, const struct submit_in *in, int64_t row,
                                   const struct sql_work_submit_look_out *a,
                                   struct submitted *out) {
    struct sql_work_answer_get_out stored;
    bool was = a->status == ASSIGNMENT_SUBMITTED || a->status == ASSIGNMENT_APPROVED ||
               a->status == ASSIGNMENT_REJECTED;
    if (!was)
        return not_in_progress(c, a->status);
    enum st st = sql_work_answer_get(c->tx, &(struct sql_work_answer_get_in){row}, &stored);
    if (st != ST_OK && st != ST_NONE)
        return ctx_store(c, st);
    if (st == ST_NONE || !str_eq(stored.fields, in->fields.p ? in->fields : STR("")))
        return not_in_progress(c, a->status);
    out->again = true;
    out->approved = a->status == ASSIGNMENT_APPROVED;
    return NO_ERR;
}

static int by_bytes(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Adds names to a batch's sorted list of answer names; NULL when all are there already, which is
 * the rule after the first few submissions. */
static struct str merged_fields(struct arena *arena, struct str packed, const struct str *names,
                                size_t name_count) {
    int known_count = pack_count(packed);
    assert(known_count >= 0);
    size_t n = (size_t)known_count, fresh = 0;
    struct str *all = arena_array(arena, n + name_count, sizeof *all);
    for (size_t i = 0; i < n; i++)
        pack_next(&packed, &all[i]);
    for (size_t i = 0; i < name_count; i++)
        if (!n || !bsearch(&names[i], all, n, sizeof *all, by_bytes))
            all[n + fresh++] = names[i];
    if (!fresh)
        return STR_NULL;
    qsort(all, n + fresh, sizeof *all, by_bytes);
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < n + fresh; i++)
        pack_add(&b, all[i]);
    struct str s = buf_dup(arena, &b);
    buf_free(&b);
    return s;
}

static enum st store_answer(struct ctx *c, const struct submit_in *in, int64_t row,
                            const struct sql_work_submit_look_out *a) {
    int64_t changed = 0;
    enum st st =
        sql_work_assignment_submit(c->tx,
                                   &(struct sql_work_assignment_submit_in){
                                       row, c->now_ms, c->now_ms + a->auto_approval_s * 1000},
                                   &changed);
    assert(st != ST_OK || changed == 1); /* the row was read in this transaction */
    if (st == ST_OK)
        st = sql_work_answer_insert(
            c->tx, &(struct sql_work_answer_insert_in){row, in->fields.p ? in->fields : STR("")},
            NULL);
    if (st == ST_OK)
        st = sql_work_figures_add(
            c->tx, &(struct sql_work_figures_add_in){.worker = a->worker, .submitted = 1}, NULL);
    struct str fields = merged_fields(c->arena, a->batch_fields, in->names, in->name_count);
    if (st == ST_OK && fields.p)
        st = sql_work_batch_fields_set(
            c->tx, &(struct sql_work_batch_fields_set_in){a->batch, fields}, NULL);
    return st;
}

/* Auto-approval without delay (7.2): the clock decides in the same transaction. */
static struct err approve_at_once(struct ctx *c, int64_t row,
                                  const struct sql_work_submit_look_out *a) {
    struct settlement s;
    struct actor clock = {.entrance = ENTRANCE_CLOCK};
    struct ctx by_clock = *c;
    by_clock.actor = &clock;
    struct err e = settle_begin(&by_clock, a->requester, 0, &s);
    if (!failed(e))
        e = settle_add_one(&by_clock, &s,
                           &(struct settle_one){
                               .assignment = row,
                               .verdict = VERDICT_APPROVE,
                               .old_status = ASSIGNMENT_SUBMITTED,
                               .at_ms = c->now_ms,
                           });
    return failed(e) ? e : settle_apply(&by_clock, &s);
}

struct err work_submit(struct ctx *c, const struct submit_in *in, struct submitted *out) {
    struct sql_work_submit_look_out a;
    struct submit_in typed;
    struct slot_hit slot;
    *out = (struct submitted){0};
    struct err e = check_answer(c, in);
    if (!failed(e))
        e = find_assignment(c, in->assignment_id, &out->assignment, &a);
    if (failed(e))
        return e;
    out->hit = a.hit;
    out->worker = a.worker;
    out->group_id = id_seal(c->arena, c->ids, ID_HIT_GROUP, a.hit_type);
    bool form = a.form != SQL_NULL && a.form != 0;
    if (form) {
        e = form_type(c, a.document, in, out->assignment, &typed, out);
        if (failed(e) &&
            (e.code != ERR_BAD_ANSWER || (a.status == ASSIGNMENT_ACCEPTED && a.due_ms > c->now_ms)))
            return e;
        in = &typed; /* what does not fit was not submitted before either */
    }
    if (a.status != ASSIGNMENT_ACCEPTED)
        return submitted_before(c, in, out->assignment, &a, out);
    if (a.due_ms <= c->now_ms)
        return err_make(c->arena, ERR_DEADLINE_PASSED, NULL,
                        "The time for this task ended at %.*s.",
                        STR_ARG(time_iso(c->arena, a.deadline_ms / 1000 * 1000)));
    e = due_hit(c, a.hit);
    if (!failed(e))
        e = ctx_store(c, store_answer(c, in, out->assignment, &a));
    if (!failed(e) && form)
        e = form_keep_files(c, a.hit, out->assignment, in);
    if (!failed(e))
        e = slots_submit(c, a.hit, a.reward_cents + a.fee_cents, c->now_ms, &slot);
    if (!failed(e))
        e = emit(c, EVENT_ASSIGNMENT_SUBMITTED, a.hit, out->assignment);
    int verdict = 0;
    if (!failed(e))
        e = policy_submitted(c, a.hit, out->assignment, &verdict);
    out->approved = verdict == VERDICT_APPROVE;
    if (!failed(e) && a.auto_approval_s == 0 && !verdict) {
        e = approve_at_once(c, out->assignment, &a);
        out->approved = true;
    }
    return failed(e) ? e : policy_run(c, a.hit);
}

/* ---- return ---- */

struct err work_return(struct ctx *c, struct str assignment_id) {
    struct sql_work_submit_look_out a;
    struct slot_hit slot;
    int64_t row = 0, changed = 0;
    struct err e = find_assignment(c, assignment_id, &row, &a);
    if (failed(e))
        return e;
    if (a.status != ASSIGNMENT_ACCEPTED || a.deadline_ms <= c->now_ms)
        return not_in_progress(c, a.status);
    e = due_hit(c, a.hit);
    if (failed(e))
        return e;
    enum st st =
        sql_work_assignment_return(c->tx, &(struct sql_work_assignment_return_in){row}, &changed);
    assert(st != ST_OK || changed == 1);
    if (st == ST_OK)
        st = sql_work_figures_add(
            c->tx, &(struct sql_work_figures_add_in){.worker = a.worker, .returned = 1}, NULL);
    if (st != ST_OK)
        return ctx_store(c, st);
    e = slots_free(c, a.hit, a.reward_cents + a.fee_cents, c->now_ms, &slot);
    if (!failed(e))
        e = emit(c, EVENT_ASSIGNMENT_RETURNED, a.hit, row);
    return failed(e) ? e : policy_run(c, a.hit);
}

struct err work_shard(struct ctx *c, struct str assignment_id, struct str group_id,
                      int64_t *shard) {
    struct sql_work_assignment_requester_out of_assignment;
    struct sql_work_type_requester_out of_type;
    int64_t row = 0;
    *shard = 0;
    struct err e = assignment_id.p ? lookup_assignment(c, assignment_id, &row)
                                   : lookup_group(c, group_id, &row);
    if (failed(e) || !row)
        return e;
    enum st st;
    if (assignment_id.p) {
        st = sql_work_assignment_requester(c->tx, &(struct sql_work_assignment_requester_in){row},
                                           &of_assignment);
        *shard = st == ST_OK ? of_assignment.requester : 0;
    } else {
        st = sql_work_type_requester(c->tx, &(struct sql_work_type_requester_in){row}, &of_type);
        *shard = st == ST_OK ? of_type.requester : 0;
    }
    return ctx_store(c, st);
}
