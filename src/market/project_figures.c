/* What is told about a project beside its properties: its batches, how long its work takes, and
 * who could do it. All of it from bounded samples. */
#include <stdlib.h>

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

struct looking {
    struct ctx *c;
    struct str requirements;
    struct project_audience *out;
    struct err err;
};

static bool look_at(void *arg, const struct sql_draft_workers_out *row) {
    struct looking *l = arg;
    struct qualification q;
    struct worker_figures f = {
        .known = true,
        .accepted = row->accepted,
        .submitted = row->submitted,
        .approved = row->approved,
        .rejected = row->rejected,
        .returned = row->returned,
        .abandoned = row->abandoned,
        .country = row->country,
        .adult = row->adult != 0,
    };
    if (l->out->workers == WORKERS_LOOKED_AT) {
        l->out->more = true;
        return false;
    }
    l->err = qualify(l->c->arena, l->requirements, &f, &q);
    l->out->workers++;
    l->out->qualified += !failed(l->err) && q.accept;
    return !failed(l->err);
}

struct err project_audience(struct ctx *c, struct str requirements, struct project_audience *out) {
    *out = (struct project_audience){0};
    struct looking l = {.c = c, .requirements = requirements, .out = out};
    struct sql_draft_workers_in in = {0, WORKERS_LOOKED_AT + 1};
    enum st st = sql_draft_workers_each(c->tx, &in, look_at, &l);
    return failed(l.err) ? l.err : ctx_store(c, st);
}
