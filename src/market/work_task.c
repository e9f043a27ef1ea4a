/* One task ready to be shown, and the queue: market/work.h. */
#include "base/limits.h"
#include "market/lookup.h"
#include "market/setting.h"
#include "market/work_group.h"
#include "store/sql.h"

/* Bound of the queue page whatever max_active_per_worker is set to. */
enum { QUEUE_MAX = 1000 };

static struct err not_here(struct ctx *c, struct str id) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no task \"%.*s\".", STR_ARG(id));
}

static struct err fill_hit(struct ctx *c, int64_t hit, struct task *t) {
    struct sql_work_task_hit_out h;
    enum st st = sql_work_task_hit(c->tx, &(struct sql_work_task_hit_in){hit}, &h);
    if (st == ST_NONE)
        return work_no_group(c);
    if (st != ST_OK)
        return ctx_store(c, st);
    t->hit = hit;
    t->batch = h.batch;
    t->hit_id = ctx_id(c, ID_HIT, hit, h.alias);
    t->annotation = h.annotation;
    t->expires_ms = h.expires_ms;
    t->group.hit_type = h.hit_type;
    return NO_ERR;
}

static struct err fill_group(struct ctx *c, int64_t hit_type, struct task *t) {
    struct worker_figures f;
    struct err e = worker_figures(c, c->actor->party, &f);
    return failed(e) ? e : work_group_row(c, hit_type, &f, &t->group);
}

struct err work_preview(struct ctx *c, const struct preview_in *in, struct task *out) {
    int64_t hit_type = 0, hit = 0;
    *out = (struct task){.assignment = 0};
    struct err e =
        in->hit_id.p ? lookup_hit(c, in->hit_id, &hit) : lookup_group(c, in->group_id, &hit_type);
    if (!failed(e) && in->hit_id.p)
        e = hit ? fill_hit(c, hit, out) : not_here(c, in->hit_id);
    if (!failed(e) && in->hit_id.p)
        hit_type = out->group.hit_type;
    if (!failed(e) && !hit_type)
        e = work_no_group(c);
    if (!failed(e))
        e = fill_group(c, hit_type, out);
    if (failed(e))
        return e;
    const struct qualification *q = &out->group.qualification;
    if (!q->discover)
        return work_no_group(c);
    if (!q->preview)
        return work_unqualified(c, q);
    if (out->group.paused)
        return work_paused(c);
    out->reward_cents = out->group.reward_cents;
    if (hit)
        return NO_ERR;
    int64_t after = 0;
    if (in->after_id.p)
        e = lookup_hit(c, in->after_id, &after);
    if (!failed(e) && out->group.available > 0)
        e = work_candidate(c, c->actor->party, hit_type, after, &hit);
    if (!failed(e) && !hit && after) /* round to the first again */
        e = work_candidate(c, c->actor->party, hit_type, 0, &hit);
    if (!failed(e) && !hit)
        return err_make(c->arena, ERR_NO_MORE_HITS, NULL,
                        "There are no more tasks of this group for you.");
    struct hit_group group = out->group;
    if (!failed(e))
        e = fill_hit(c, hit, out);
    out->group = group;
    return e;
}

struct err work_task(struct ctx *c, struct str assignment_id, struct task *out) {
    struct sql_work_task_assignment_out a;
    int64_t row = 0;
    *out = (struct task){.assignment = 0};
    struct err e = lookup_assignment(c, assignment_id, &row);
    if (failed(e))
        return e;
    enum st st = ST_NONE;
    if (row)
        st = sql_work_task_assignment(c->tx, &(struct sql_work_task_assignment_in){row}, &a);
    if (st == ST_NONE || (st == ST_OK && c->actor->party && c->actor->party != a.worker))
        return not_here(c, assignment_id);
    if (st != ST_OK)
        return ctx_store(c, st);
    e = fill_hit(c, a.hit, out);
    if (!failed(e))
        e = fill_group(c, out->group.hit_type, out);
    out->assignment = row;
    out->assignment_id = ctx_id(c, ID_ASSIGNMENT, row, a.alias);
    out->worker_id = a.worker_id;
    out->status = (enum assignment_status)a.status;
    out->accepted_ms = a.accepted_ms;
    out->deadline_ms = a.deadline_ms;
    out->submitted_ms = a.submitted_ms == SQL_NULL ? 0 : a.submitted_ms;
    out->auto_approval_s = a.auto_approval_s;
    out->reward_cents = a.reward_cents;
    out->fields = a.fields;
    return e;
}

struct take {
    struct ctx *c;
    struct queue *queue;
};

static bool take_held(void *arg, const struct sql_work_queue_of_out *row) {
    struct take *t = arg;
    struct ctx *c = t->c;
    struct arena *a = c->arena;
    t->queue->items[t->queue->n++] = (struct task){
        .group =
            {
                .hit_type = row->hit_type,
                .group_id = id_seal(a, c->ids, ID_HIT_GROUP, row->hit_type),
                .hit_type_id = ctx_id(c, ID_HIT_TYPE, row->hit_type, str_dup(a, row->type_alias)),
                .title = str_dup(a, row->title),
                .description = str_dup(a, row->description),
                .keywords = str_dup(a, row->keywords),
                .requester = row->requester,
                .requester_id = str_dup(a, row->requester_id),
                .requester_name = str_dup(a, row->requester_name),
                .reward_cents = row->reward_cents,
                .duration_s = row->duration_s,
                .available = row->open_hits,
                .created_ms = row->created_ms,
                .qualification = {.accept = true, .preview = true, .discover = true},
                .masters = row->masters != 0,
            },
        .hit = row->hit,
        .batch = row->batch,
        .hit_id = ctx_id(c, ID_HIT, row->hit, str_dup(a, row->hit_alias)),
        .annotation = str_dup(a, row->annotation),
        .expires_ms = row->expires_ms,
        .assignment = row->id,
        .assignment_id = ctx_id(c, ID_ASSIGNMENT, row->id, str_dup(a, row->alias)),
        .status = ASSIGNMENT_ACCEPTED,
        .accepted_ms = row->accepted_ms,
        .deadline_ms = row->deadline_ms,
        .auto_approval_s = row->auto_approval_s,
        .reward_cents = row->reward_cents,
    };
    return true;
}

struct err work_queue(struct ctx *c, struct queue *out) {
    *out = (struct queue){.items = NULL};
    struct err e = setting_int(c, "max_active_per_worker", &out->max_active);
    if (failed(e))
        return e;
    int64_t page = out->max_active < QUEUE_MAX ? out->max_active : QUEUE_MAX;
    out->items = arena_array(c->arena, (size_t)page, sizeof *out->items);
    return ctx_store(c, sql_work_queue_of_each(
                            c->tx, &(struct sql_work_queue_of_in){c->actor->party, c->now_ms, page},
                            take_held, &(struct take){c, out}));
}
