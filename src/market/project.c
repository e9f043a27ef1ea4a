#include "market/project.h"

#include "base/limits.h"
#include "market/bounds.h"
#include "market/document.h"
#include "market/hit_type.h"
#include "market/project_check.h"
#include "store/sql.h"

/* The two statements answer alike. */
#define PROJECT(c, row)                                                                            \
    {                                                                                              \
        .id = (row)->id, .name = str_dup((c)->arena, (row)->name),                                 \
        .title = str_dup((c)->arena, (row)->title),                                                \
        .description = str_dup((c)->arena, (row)->description),                                    \
        .keywords = str_dup((c)->arena, (row)->keywords),                                          \
        .requirements = str_dup((c)->arena, (row)->requirements),                                  \
        .reward_cents = (row)->reward_cents, .max_assignments = (row)->max_assignments,            \
        .duration_s = (row)->duration_s, .lifetime_s = (row)->lifetime_s,                          \
        .auto_approval_s = (row)->auto_approval_s, .document = (row)->document,                    \
        .created_ms = (row)->created_ms, .version = (row)->version,                                \
        .edited_ms = (row)->edited_ms == SQL_NULL ? 0 : (row)->edited_ms,                          \
        .deleted_ms = (row)->deleted_ms == SQL_NULL ? 0 : (row)->deleted_ms,                       \
        .layout_id = id_seal((c)->arena, (c)->ids, ID_LAYOUT, (row)->document),                    \
    }

/* A line of text has no control characters; a description may have line ends and tabs. */
static struct err plain(struct ctx *c, const char *field, struct str text, bool lines) {
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.p[i];
        bool allowed = lines && (byte == '\n' || byte == '\r' || byte == '\t');
        if ((byte < 0x20 || byte == 0x7F) && !allowed)
            return err_make(c->arena, ERR_INVALID_PARAMETER, field,
                            "%s holds a control character (byte %zu); remove it.", field, i + 1);
    }
    return NO_ERR;
}

static struct err check_texts(struct ctx *c, const struct project_in *in) {
    if (in->name.n == 0 || in->name.n > 255)
        return err_make(c->arena, ERR_INVALID_PARAMETER, "Name",
                        "A project's name has 1 to 255 bytes; this one has %zu.", in->name.n);
    struct err e = plain(c, "Name", in->name, false);
    if (!failed(e))
        e = plain(c, "Title", in->title, false);
    if (!failed(e))
        e = plain(c, "Description", in->description, true);
    if (!failed(e))
        e = plain(c, "Keywords", in->keywords, false);
    return e;
}

/* Whose name it is, in words. own: the project that is being edited may keep it. */
static struct err check_name(struct ctx *c, struct str name, int64_t own) {
    struct sql_project_named_in in = {c->actor->party, name};
    struct sql_project_named_out out;
    enum st st = sql_project_named(c->tx, &in, &out);
    if (st == ST_NONE || (st == ST_OK && out.id == own))
        return NO_ERR;
    if (st != ST_OK)
        return ctx_store(c, st);
    if (out.deleted_ms == SQL_NULL)
        return err_make(c->arena, ERR_NAME_TAKEN, "Name",
                        "You already have a project with the name \"%.*s\".", STR_ARG(name));
    return err_make(c->arena, ERR_NAME_TAKEN, "Name",
                    "A project that you deleted has the name \"%.*s\". Restore that one, or choose "
                    "another name.",
                    STR_ARG(name));
}

struct err project_check(struct ctx *c, const struct project_in *in, int64_t own,
                         struct project_checked *out) {
    static const struct bounds assignments = {1, ASSIGNMENTS_MAX},
                               lifetime = {DURATION_S_MIN, DURATION_S_MAX},
                               layout = {1, (int64_t)LAYOUT_FILLED_MAX};
    struct requirements r;
    struct hit_type_in type = {
        .title = in->title,
        .description = in->description,
        .keywords = in->keywords.p ? in->keywords : STR(""),
        .requirements = in->requirements,
        .reward_cents = in->reward_cents,
        .duration_s = in->duration_s,
        .auto_approval_s = in->auto_approval_s < 0 ? AUTO_APPROVAL_S_MAX : in->auto_approval_s,
    };
    struct err e = requirements_read(c, in->requirements, &r);
    if (!failed(e))
        e = check_texts(c, in);
    if (!failed(e))
        e = bounds_type(c, &type);
    if (!failed(e))
        e = bounds_int(c, "MaxAssignments", in->max_assignments, &assignments);
    if (!failed(e))
        e = bounds_int(c, "LifetimeInSeconds", in->lifetime_s, &lifetime);
    if (!failed(e) && in->layout.p)
        e = bounds_int(c, "Layout", (int64_t)in->layout.n, &layout);
    if (!failed(e))
        e = check_name(c, in->name, own);
    if (!failed(e))
        *out = (struct project_checked){type.keywords, r.stored, type.auto_approval_s};
    return e;
}

struct err project_create(struct ctx *c, const struct project_in *in, struct project *p) {
    struct project_checked checked;
    int64_t document = 0;
    struct err e = project_check(c, in, 0, &checked);
    if (!failed(e))
        e = document_put(c, in->layout, &document);
    if (failed(e))
        return e;
    struct sql_project_add_in row = {
        .requester = c->actor->party,
        .name = in->name,
        .title = in->title,
        .description = in->description,
        .keywords = checked.keywords,
        .reward_cents = in->reward_cents,
        .max_assignments = in->max_assignments,
        .duration_s = in->duration_s,
        .lifetime_s = in->lifetime_s,
        .auto_approval_s = checked.auto_approval_s,
        .requirements = checked.requirements,
        .document = document,
        .created_ms = c->now_ms,
    };
    struct sql_project_add_out out;
    enum st st = sql_project_add(c->tx, &row, &out);
    return st == ST_OK ? project_get(c, out.id, p) : ctx_store(c, st == ST_NONE ? ST_RETRY : st);
}

struct err project_free_name(struct ctx *c, struct str first, struct str stem, struct str *name) {
    enum { TRIES = 1000 };
    enum st st = ST_OK;
    *name = first;
    for (int n = 2; n < TRIES && st == ST_OK; n++) {
        struct sql_project_named_in in = {c->actor->party, *name};
        struct sql_project_named_out out;
        st = sql_project_named(c->tx, &in, &out);
        if (st == ST_OK)
            *name = str_printf(c->arena, "%.*s %d", STR_ARG(stem), n);
    }
    return st == ST_NONE ? NO_ERR : ctx_store(c, st);
}

struct err project_get(struct ctx *c, int64_t id, struct project *p) {
    struct sql_project_row_out out;
    struct sql_project_row_in in = {id, c->actor->party};
    enum st st = sql_project_row(c->tx, &in, &out);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no project %lld.", (long long)id);
    if (st == ST_OK)
        *p = (struct project)PROJECT(c, &out);
    return ctx_store(c, st);
}

struct taking {
    struct ctx *c;
    struct project_page *page;
};

static bool take(void *arg, const struct sql_project_rows_out *row) {
    struct taking *t = arg;
    t->page->projects[t->page->count++] = (struct project)PROJECT(t->c, row);
    return true;
}

static struct err list(struct ctx *c, bool deleted, int64_t before, int limit,
                       struct project_page *page) {
    if (limit < 1 || limit > PAGE_MAX)
        limit = PAGE_MAX;
    *page = (struct project_page){arena_array(c->arena, (size_t)limit, sizeof(struct project)), 0};
    struct sql_project_rows_in in = {c->actor->party, before > 0 ? before : INT64_MAX, deleted,
                                     limit};
    struct taking t = {c, page};
    return ctx_store(c, sql_project_rows_each(c->tx, &in, take, &t));
}

struct err project_list(struct ctx *c, int64_t before, int limit, struct project_page *page) {
    return list(c, false, before, limit, page);
}

struct err project_list_deleted(struct ctx *c, int64_t before, int limit,
                                struct project_page *page) {
    return list(c, true, before, limit, page);
}

struct err project_layout(struct ctx *c, struct str layout_id, struct project_layout *l) {
    struct sql_project_of_layout_out out;
    int64_t document = 0;
    enum st st = ST_NONE;
    if (id_open(c->ids, ID_LAYOUT, layout_id, &document)) {
        struct sql_project_of_layout_in in = {c->actor->party, document};
        st = sql_project_of_layout(c->tx, &in, &out);
    }
    if (st == ST_NONE)
        return err_make(c->arena, ERR_HIT_LAYOUT_DOES_NOT_EXIST, "HITLayoutId",
                        "HITLayout %.*s does not exist.", STR_ARG(layout_id));
    if (st == ST_OK)
        *l = (struct project_layout){document, out.body};
    return ctx_store(c, st);
}
