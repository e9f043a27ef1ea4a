/* What is told about a project beside its properties: its batches, how long its work takes, and
 * who could do it. All of it from bounded samples. */
#include <stdlib.h>

#include "market/hit_type.h"
#include "market/project.h"
#include "market/qualify.h"
#include "store/sql.h"

enum { SAMPLE_BATCHES = 3, SAMPLE_TASKS = 100, SAMPLE_TIMES = 2000 };

struct err project_figures(struct ctx *c, int64_t project, struct project_figures *out) {
    struct sql_project_figures_in in = {project, PROJECT_BATCHES_COUNTED + 1};
    struct sql_project_figures_out row;
    enum st st = sql_project_figures(c->tx, &in, &row);
    if (st == ST_OK)
        *out = (struct project_figures){row.batches, row.running,
                                        row.last_ms == SQL_NULL ? 0 : row.last_ms};
    return ctx_store(c, st);
}

struct err project_example(struct ctx *c, int64_t project, struct project_example *out) {
    struct sql_project_example_out row;
    enum st st = sql_project_example(c->tx, &(struct sql_project_example_in){project}, &row);
    *out = (struct project_example){STR_NULL, STR_NULL};
    if (st == ST_OK && row.vars.p)
        *out = (struct project_example){row.columns, row.vars};
    return st == ST_NONE ? NO_ERR : ctx_store(c, st);
}

struct batches {
    struct ctx *c;
    struct project_batches *out;
};

static bool take_batch(void *arg, const struct sql_project_batches_out *row) {
    struct batches *b = arg;
    b->out->list[b->out->n++] = (struct project_batch){
        .id = row->id,
        .created_ms = row->created_ms,
        .document = row->document == SQL_NULL ? 0 : row->document,
        .rows = row->rows_total,
        .published = row->rows_published,
        .name = str_dup(b->c->arena, row->name),
        .running = row->running != 0,
    };
    return true;
}

struct err project_batches(struct ctx *c, int64_t project, int limit, struct project_batches *out) {
    *out = (struct project_batches){
        arena_array(c->arena, (size_t)limit, sizeof(struct project_batch)), 0};
    struct sql_project_batches_in in = {project, limit};
    struct batches b = {c, out};
    return ctx_store(c, sql_project_batches_each(c->tx, &in, take_batch, &b));
}

/* ---- how long it takes ---- */

struct times {
    int64_t *ms;
    size_t n;
};

static bool take_time(void *arg, const struct sql_project_work_times_out *row) {
    struct times *t = arg;
    t->ms[t->n++] = row->ms;
    return t->n < SAMPLE_TIMES;
}

static int by_value(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

struct err project_work(struct ctx *c, int64_t project, struct project_work *out) {
    struct project_batches batches;
    struct times t = {arena_array(c->arena, SAMPLE_TIMES, sizeof(int64_t)), 0};
    *out = (struct project_work){0, 0};
    struct err e = project_batches(c, project, SAMPLE_BATCHES, &batches);
    for (size_t i = 0; i < batches.n && t.n < SAMPLE_TIMES && !failed(e); i++) {
        struct sql_project_work_times_in in = {batches.list[i].id, SAMPLE_TASKS};
        e = ctx_store(c, sql_project_work_times_each(c->tx, &in, take_time, &t));
    }
    if (failed(e) || t.n == 0)
        return e;
    qsort(t.ms, t.n, sizeof *t.ms, by_value);
    int64_t median_s = (t.ms[t.n / 2] + 999) / 1000;
    *out = (struct project_work){(int64_t)t.n, median_s > 0 ? median_s : 1};
    return NO_ERR;
}

/* ---- who could do it ---- */

struct looker {
    int64_t id;
    struct worker_figures figures;
};

struct looking {
    struct arena *arena;
    struct looker *list;
    size_t n;
};

static bool take_worker(void *arg, const struct sql_draft_workers_out *row) {
    struct looking *l = arg;
    l->list[l->n++] = (struct looker){.id = row->id,
                                      .figures = {
                                          .known = true,
                                          .accepted = row->accepted,
                                          .submitted = row->submitted,
                                          .approved = row->approved,
                                          .rejected = row->rejected,
                                          .returned = row->returned,
                                          .abandoned = row->abandoned,
                                          .country = str_dup(l->arena, row->country),
                                          .adult = row->adult != 0,
                                      }};
    return true;
}

/* Whether what a worker was granted matters at all: the system's types go by his figures. */
static struct err asks_for_grants(struct ctx *c, struct str requirements, bool *grants) {
    struct qualification q;
    struct err e = qualify(c->arena, requirements, &(struct worker_figures){0}, &q);
    *grants = false;
    for (size_t i = 0; i < q.n && !failed(e); i++)
        *grants |= !q.items[i].name.p || requirement_is_masters(q.items[i].type_id);
    return e;
}

struct err project_audience(struct ctx *c, struct str requirements, struct project_audience *out) {
    *out = (struct project_audience){0};
    struct looking l = {c->arena,
                        arena_array(c->arena, WORKERS_LOOKED_AT + 1, sizeof(struct looker)), 0};
    struct sql_draft_workers_in in = {0, WORKERS_LOOKED_AT + 1};
    bool grants;
    struct err e = asks_for_grants(c, requirements, &grants);
    if (!failed(e))
        e = ctx_store(c, sql_draft_workers_each(c->tx, &in, take_worker, &l));
    out->more = l.n > WORKERS_LOOKED_AT;
    out->workers = out->more ? WORKERS_LOOKED_AT : (int64_t)l.n;
    for (int64_t i = 0; i < out->workers && !failed(e); i++) {
        struct qualification q;
        if (grants)
            e = worker_held(c, l.list[i].id, &l.list[i].figures);
        if (!failed(e))
            e = qualify(c->arena, requirements, &l.list[i].figures, &q);
        out->qualified += !failed(e) && q.accept;
    }
    return e;
}
