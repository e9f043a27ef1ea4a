/* HITs looked at; market/hit_change.c changes them. */
#include "market/hit.h"

#include <assert.h>

#include "base/limits.h"
#include "market/due.h"
#include "market/hit_question.h"
#include "market/lookup.h"
#include "market/qualification.h"
#include "store/sql.h"

/* ---- status ---- */

static int64_t used(const struct hit_counts *n) {
    return n->pending + n->submitted + n->approved + n->rejected;
}

int64_t hit_available(const struct hit_counts *n) {
    return n->expired || n->disposed ? 0 : n->max_assignments - used(n);
}

enum hit_status hit_status(const struct hit_counts *n) {
    if (n->disposed)
        return HIT_DISPOSED;
    if (n->pending == 0 && (n->expired || used(n) == n->max_assignments))
        return n->reviewing ? HIT_REVIEWING : HIT_REVIEWABLE;
    return hit_available(n) > 0 ? HIT_ASSIGNABLE : HIT_UNASSIGNABLE;
}

const char *hit_status_name(enum hit_status s) {
    switch (s) {
    case HIT_ASSIGNABLE: return "Assignable";
    case HIT_UNASSIGNABLE: return "Unassignable";
    case HIT_REVIEWABLE: return "Reviewable";
    case HIT_REVIEWING: return "Reviewing";
    case HIT_DISPOSED: break;
    }
    return "Disposed";
}

/* ---- views ---- */

/* The four statements answer alike. */
#define COUNTS(row)                                                                                \
    {                                                                                              \
        .max_assignments = (row)->max_assignments, .pending = (row)->pending,                      \
        .submitted = (row)->submitted, .approved = (row)->approved, .rejected = (row)->rejected,   \
        .expired = (row)->expired, .reviewing = (row)->reviewing,                                  \
        .disposed = (row)->disposed_ms != SQL_NULL,                                                \
    }
#define VIEW(a, row)                                                                               \
    {                                                                                              \
        .id = (row)->id, .batch = (row)->batch, .hit_type = (row)->hit_type,                       \
        .requester = (row)->requester, .hit_id = str_dup((a), (row)->alias),                       \
        .hit_type_id = str_dup((a), (row)->type_alias), .title = str_dup((a), (row)->title),       \
        .description = str_dup((a), (row)->description),                                           \
        .keywords = str_dup((a), (row)->keywords), .annotation = str_dup((a), (row)->annotation),  \
        .requirements = str_dup((a), (row)->requirements), .reward_cents = (row)->reward_cents,    \
        .auto_approval_s = (row)->auto_approval_s, .duration_s = (row)->duration_s,                \
        .created_ms = (row)->created_ms, .expires_ms = (row)->expires_ms, .n = COUNTS(row),        \
    }
#define TEXTS(row)                                                                                 \
    {                                                                                              \
        .document = (row)->document, .body = (row)->body, .columns = (row)->columns,               \
        .vars = (row)->vars, .shared = (row)->has_columns, .layout = (row)->layout_hit,            \
        .activity_ms = (row)->activity_ms, .due_ms = (row)->due_ms, .policy_ms = (row)->policy_ms, \
    }

/* What a row holds besides. */
struct texts {
    int64_t document;
    struct str body, columns, vars;
    bool shared; /* the document is the batch's layout */
    bool layout; /* the document is a layout that the API named */
    int64_t activity_ms, due_ms, policy_ms;
};

static bool owed(const struct ctx *c, const struct hit_view *h, const struct texts *t) {
    if (h->n.disposed)
        return false;
    return (!h->n.expired && h->expires_ms <= c->now_ms) ||
           (t->due_ms != SQL_NULL && t->due_ms <= c->now_ms) ||
           (t->policy_ms != SQL_NULL && t->policy_ms <= c->now_ms) ||
           (h->status >= HIT_REVIEWABLE && h->n.submitted == 0 &&
            t->activity_ms <= c->now_ms - (int64_t)DISPOSAL_S * 1000);
}

/* Ids, status and question, from what the row said. */
static void complete(struct ctx *c, const struct texts *t, struct hit_view *h) {
    h->hit_id = ctx_id(c, ID_HIT, h->id, h->hit_id);
    h->hit_type_id = ctx_id(c, ID_HIT_TYPE, h->hit_type, h->hit_type_id);
    h->hit_group_id = id_seal(c->arena, c->ids, ID_HIT_GROUP, h->hit_type);
    if (t->layout)
        h->hit_layout_id = id_seal(c->arena, c->ids, ID_LAYOUT, t->document);
    h->status = hit_status(&h->n);
    h->available = hit_available(&h->n);
    h->completed = h->n.approved + h->n.rejected;
    h->due = owed(c, h, t);
    if (t->shared)
        h->question = question_of_row(c->arena, t->body, h->title, t->columns, t->vars);
    else if (t->layout)
        h->question = question_of_parameters(c->arena, t->body, h->title, t->vars);
    else
        h->question = str_dup(c->arena, t->body);
}

struct err hit_view_row(struct ctx *c, int64_t hit, struct hit_view *h) {
    struct sql_hit_view_out row;
    enum st st = sql_hit_view(c->tx, &(struct sql_hit_view_in){hit}, &row);
    if (st == ST_NONE)
        return err_make(c->arena, ERR_HIT_DOES_NOT_EXIST, "HITId", "Hit %lld does not exist.",
                        (long long)hit);
    if (st != ST_OK)
        return ctx_store(c, st);
    *h = (struct hit_view)VIEW(c->arena, &row);
    complete(c, &(struct texts)TEXTS(&row), h);
    return NO_ERR;
}

struct err hit_find(struct ctx *c, struct str hit_id, int64_t *hit) {
    struct err e = lookup_hit(c, hit_id, hit);
    if (failed(e))
        return e;
    struct sql_hit_owner_out owner;
    enum st st = sql_hit_owner(c->tx, &(struct sql_hit_owner_in){*hit}, &owner);
    if (st == ST_NONE || (st == ST_OK && owner.requester != c->actor->party))
        return hit_unknown(c, hit_id);
    return ctx_store(c, st);
}

struct err hit_unknown(struct ctx *c, struct str hit_id) {
    return err_make(c->arena, ERR_HIT_DOES_NOT_EXIST, "HITId", "Hit %.*s does not exist.",
                    STR_ARG(hit_id));
}

struct err hit_get(struct ctx *c, struct str hit_id, struct hit_view *h) {
    int64_t hit;
    struct err e = hit_find(c, hit_id, &hit);
    return failed(e) ? e : hit_view_row(c, hit, h);
}

/* ---- lists ---- */

struct taking {
    struct ctx *c;
    struct hit_page *page;
};

static bool taken(struct taking *t, const struct texts *texts) {
    struct hit_view *h = &t->page->hits[t->page->count++];
    complete(t->c, texts, h);
    t->page->due |= h->due;
    return true;
}

static bool take_view(void *arg, const struct sql_hit_views_out *row) {
    struct taking *t = arg;
    t->page->hits[t->page->count] = (struct hit_view)VIEW(t->c->arena, row);
    return taken(t, &(struct texts)TEXTS(row));
}

static bool take_reviewable(void *arg, const struct sql_hit_views_reviewable_out *row) {
    struct taking *t = arg;
    t->page->hits[t->page->count] = (struct hit_view)VIEW(t->c->arena, row);
    return taken(t, &(struct texts)TEXTS(row));
}

static bool take_of_type(void *arg, const struct sql_hit_views_reviewable_type_out *row) {
    struct taking *t = arg;
    t->page->hits[t->page->count] = (struct hit_view)VIEW(t->c->arena, row);
    return taken(t, &(struct texts)TEXTS(row));
}

/* The key to begin behind; no HIT stands at the end of time. */
static struct hit_key begin_at(struct hit_key after) {
    return after.id ? after : (struct hit_key){INT64_MAX, INT64_MAX};
}

static int begin_page(struct ctx *c, int limit, struct hit_page *page) {
    if (limit < 1 || limit > PAGE_MAX)
        limit = PAGE_MAX;
    *page = (struct hit_page){.hits = arena_array(c->arena, (size_t)limit, sizeof(*page->hits))};
    return limit;
}

struct err hit_list(struct ctx *c, struct hit_key after, int limit, struct hit_page *page) {
    struct taking t = {c, page};
    int n = begin_page(c, limit, page);
    struct hit_key key = begin_at(after);
    struct sql_hit_views_in in = {c->actor->party, key.ms, key.id, n};
    enum st st = sql_hit_views_each(c->tx, &in, take_view, &t);
    if (st == ST_OK && page->count) {
        const struct hit_view *last = &page->hits[page->count - 1];
        page->last = (struct hit_key){last->created_ms, last->id};
    }
    return ctx_store(c, st);
}

struct err hit_list_reviewable(struct ctx *c, const struct hit_reviewable_in *in,
                               struct hit_page *page) {
    struct taking t = {c, page};
    int n = begin_page(c, in->limit, page);
    struct hit_key key = begin_at(in->after);
    int64_t me = c->actor->party;
    enum st st;
    if (in->hit_type) {
        struct sql_hit_views_reviewable_type_in q = {in->hit_type, me,     in->reviewing,
                                                     key.ms,       key.id, n};
        st = sql_hit_views_reviewable_type_each(c->tx, &q, take_of_type, &t);
    } else {
        struct sql_hit_views_reviewable_in q = {me, in->reviewing, key.ms, key.id, n};
        st = sql_hit_views_reviewable_each(c->tx, &q, take_reviewable, &t);
    }
    if (st != ST_OK)
        return ctx_store(c, st);
    if (page->count) {
        const struct hit_view *last = &page->hits[page->count - 1];
        page->last = (struct hit_key){last->expires_ms, last->id};
    }
    /* A HIT that is about to become Reviewable does not stand in the list yet. */
    return page->due ? NO_ERR : due_any(c, &page->due);
}

struct keys {
    struct hit_key items[PAGE_MAX];
    int n;
};

static bool take_key(void *arg, const struct sql_hits_of_qualification_out *row) {
    struct keys *k = arg;
    k->items[k->n++] = (struct hit_key){row->created_ms, row->id};
    return true;
}

struct err hit_list_for_qualification(struct ctx *c, struct str type_id, struct hit_key after,
                                      int limit, struct hit_page *page) {
    struct keys found = {.n = 0};
    struct qualification_type type;
    int n = begin_page(c, limit, page);
    struct hit_key key = begin_at(after);
    struct err e = qualification_type_get(c, type_id, &type);
    if (failed(e))
        return e;
    struct sql_hits_of_qualification_in in = {c->actor->party, type.type_id, key.ms, key.id, n};
    e = ctx_store(c, sql_hits_of_qualification_each(c->tx, &in, take_key, &found));
    for (int i = 0; i < found.n && !failed(e); i++) {
        struct hit_view *h = &page->hits[page->count++];
        e = hit_view_row(c, found.items[i].id, h);
        page->due |= h->due;
        page->last = found.items[i];
    }
    return e;
}
