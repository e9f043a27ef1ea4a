/* Projects that change: editing, versions of the layout, deleting and restoring. */
#include "base/limits.h"
#include "market/document.h"
#include "market/project.h"
#include "market/project_check.h"
#include "store/sql.h"

/* The acting requester's project, not deleted. */
static struct err find_living(struct ctx *c, int64_t id, struct project *p) {
    struct err e = project_get(c, id, p);
    if (!failed(e) && p->deleted_ms)
        e = err_make(c->arena, ERR_CONFLICT, NULL,
                     "This project is deleted. Restore it first; then it can be changed.");
    return e;
}

/* What it had before becomes a version; the oldest are forgotten. */
static struct err keep_version(struct ctx *c, const struct project *p) {
    struct sql_project_version_add_in old = {p->id, p->version, p->document, c->now_ms};
    enum st st = sql_project_version_add(c->tx, &old, NULL);
    struct sql_project_version_forget_in beyond = {p->id, p->version - PROJECT_VERSIONS};
    if (st == ST_OK)
        st = sql_project_version_forget(c->tx, &beyond, NULL);
    return ctx_store(c, st);
}

/* in with this document, which may be the present one. */
static struct err put(struct ctx *c, const struct project *now, const struct project_in *in,
                      const struct project_checked *checked, int64_t document) {
    bool other = document != now->document;
    struct err e = other ? keep_version(c, now) : NO_ERR;
    if (failed(e))
        return e;
    struct sql_project_put_in row = {
        .id = now->id,
        .name = in->name,
        .title = in->title,
        .description = in->description,
        .keywords = checked->keywords,
        .reward_cents = in->reward_cents,
        .max_assignments = in->max_assignments,
        .duration_s = in->duration_s,
        .lifetime_s = in->lifetime_s,
        .auto_approval_s = checked->auto_approval_s,
        .requirements = checked->requirements,
        .document = document,
        .version = now->version + other,
        /* Two edits of one moment must differ: the moment is what tells them apart. */
        .edited_ms = c->now_ms > now->edited_ms ? c->now_ms : now->edited_ms + 1,
    };
    return ctx_store(c, sql_project_put(c->tx, &row, NULL));
}

struct err project_update(struct ctx *c, int64_t id, const struct project_in *in, int64_t seen_ms,
                          struct project *p) {
    struct project now;
    struct project_checked checked;
    struct err e = find_living(c, id, &now);
    if (!failed(e) && seen_ms >= 0 && seen_ms != now.edited_ms)
        e = err_make(c->arena, ERR_CONFLICT, NULL,
                     "Somebody else has edited this project since you opened it. Nothing was "
                     "saved: open it again in another window and compare.");
    if (!failed(e))
        e = project_check(c, in, id, &checked);
    int64_t document = failed(e) ? 0 : now.document;
    if (!failed(e) && in->layout.p)
        e = document_put(c, in->layout, &document);
    if (!failed(e))
        e = put(c, &now, in, &checked, document);
    return failed(e) ? e : project_get(c, id, p);
}

struct err project_delete(struct ctx *c, int64_t id) {
    struct project p;
    struct project_figures f;
    struct err e = project_get(c, id, &p);
    if (failed(e) || p.deleted_ms)
        return e;
    e = project_figures(c, id, &f);
    if (!failed(e) && f.running)
        e = err_make(c->arena, ERR_CONFLICT, NULL,
                     "%lld batch%s of this project %s running. Wait for the end, or cancel first; "
                     "then the project can be deleted.",
                     (long long)f.running, f.running == 1 ? "" : "es",
                     f.running == 1 ? "is" : "are");
    struct sql_project_delete_in in = {id, c->now_ms};
    return failed(e) ? e : ctx_store(c, sql_project_delete(c->tx, &in, NULL));
}

struct err project_restore(struct ctx *c, int64_t id) {
    struct project p;
    struct err e = project_get(c, id, &p);
    struct sql_project_delete_in in = {id, SQL_NULL};
    return failed(e) ? e : ctx_store(c, sql_project_delete(c->tx, &in, NULL));
}

/* ---- versions ---- */

static bool take_version(void *arg, const struct sql_project_versions_out *row) {
    struct project_versions *out = arg;
    out->list[out->n++] = (struct project_version){row->version, row->document, row->replaced_ms};
    return true;
}

struct err project_versions(struct ctx *c, int64_t project, struct project_versions *out) {
    *out = (struct project_versions){
        arena_array(c->arena, PROJECT_VERSIONS, sizeof(struct project_version)), 0};
    struct sql_project_versions_in in = {project, PROJECT_VERSIONS};
    return ctx_store(c, sql_project_versions_each(c->tx, &in, take_version, out));
}

struct err project_version(struct ctx *c, const struct project *p, int64_t version,
                           struct project_version *out) {
    *out = (struct project_version){p->version, p->document, 0};
    if (version == p->version)
        return NO_ERR;
    struct sql_project_version_row_in in = {p->id, version};
    struct sql_project_version_row_out row;
    enum st st = sql_project_version_row(c->tx, &in, &row);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "The layout has no version %lld.",
                        (long long)version);
    if (st == ST_OK)
        *out = (struct project_version){version, row.document, row.replaced_ms};
    return ctx_store(c, st);
}

struct err project_restore_version(struct ctx *c, int64_t id, int64_t version, struct project *p) {
    struct project now;
    struct project_version old;
    struct err e = find_living(c, id, &now);
    if (!failed(e))
        e = project_version(c, &now, version, &old);
    if (failed(e))
        return e;
    struct project_in in = {
        .name = now.name,
        .title = now.title,
        .description = now.description,
        .reward_cents = now.reward_cents,
        .max_assignments = now.max_assignments,
        .duration_s = now.duration_s,
        .lifetime_s = now.lifetime_s,
    };
    struct project_checked same = {now.keywords, now.requirements, now.auto_approval_s};
    e = put(c, &now, &in, &same, old.document);
    return failed(e) ? e : project_get(c, id, p);
}
