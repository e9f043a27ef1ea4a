#include "market/hide.h"

#include "base/limits.h"
#include "market/account.h"
#include "market/lookup.h"
#include "market/work_group.h"
#include "store/sql.h"

static struct err find_group(struct ctx *c, struct str id, int64_t *subject) {
    struct err e = lookup_group(c, id, subject);
    return failed(e) || *subject ? e : work_no_group(c);
}

static struct err find_requester(struct ctx *c, struct str id, struct party *p) {
    struct err e = account_by_public_id(c, id, p);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && p->role != ROLE_REQUESTER))
        return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such requester.");
    return e;
}

/* The row behind the id; that he may know of a group is not looked at. */
static struct err find(struct ctx *c, enum hidden_kind kind, struct str id, int64_t *subject) {
    struct party p = {0};
    if (kind == HIDDEN_GROUP)
        return find_group(c, id, subject);
    struct err e = find_requester(c, id, &p);
    *subject = p.id;
    return e;
}

/* The same for one that he sees; *name as in hide_set(). */
static struct err find_seen(struct ctx *c, enum hidden_kind kind, struct str id, int64_t *subject,
                            struct str *name) {
    struct worker_figures figures;
    struct hit_group group;
    struct party p = {0};
    struct err e;
    if (kind == HIDDEN_REQUESTER) {
        e = find_requester(c, id, &p);
        *subject = p.id;
        *name = p.name;
        return e;
    }
    e = find_group(c, id, subject);
    if (!failed(e))
        e = worker_figures(c, c->actor->party, &figures);
    if (!failed(e))
        e = work_group_row(c, *subject, &figures, &group);
    if (!failed(e) && !group.qualification.discover)
        e = work_no_group(c);
    if (!failed(e))
        *name = group.title;
    return e;
}

struct err hide_count(struct ctx *c, int64_t *n) {
    struct sql_hide_count_out out = {0};
    enum st st = sql_hide_count(c->tx, &(struct sql_hide_count_in){c->actor->party}, &out);
    *n = out.n;
    return ctx_store(c, st);
}

struct err hide_set(struct ctx *c, enum hidden_kind kind, struct str id, struct str *name) {
    int64_t subject = 0, n = 0;
    struct str words = STR_NULL;
    struct err e = find_seen(c, kind, id, &subject, &words);
    if (!failed(e))
        e = hide_count(c, &n);
    if (failed(e))
        return e;
    if (n >= HIDDEN_MAX)
        return err_make(c->arena, ERR_INVALID_PARAMETER, NULL,
                        "You hide %d groups and requesters, which is the most. Show some of them "
                        "again first.",
                        HIDDEN_MAX);
    if (name)
        *name = words;
    struct sql_hide_put_in in = {c->actor->party, kind, subject, c->now_ms};
    return ctx_store(c, sql_hide_put(c->tx, &in, NULL));
}

struct err hide_remove(struct ctx *c, enum hidden_kind kind, struct str id) {
    int64_t subject = 0;
    struct err e = find(c, kind, id, &subject);
    if (failed(e))
        return e;
    struct sql_hide_delete_in in = {c->actor->party, kind, subject};
    return ctx_store(c, sql_hide_delete(c->tx, &in, NULL));
}

struct take {
    struct ctx *c;
    struct hidden_list *list;
};

static bool take_entry(void *arg, const struct sql_hide_page_out *row) {
    struct take *t = arg;
    struct arena *a = t->c->arena;
    bool group = row->kind == HIDDEN_GROUP;
    t->list->items[t->list->n++] = (struct hidden_entry){
        .kind = (enum hidden_kind)row->kind,
        .id = group ? id_seal(a, t->c->ids, ID_HIT_GROUP, row->subject)
                    : str_dup(a, row->requester_id),
        .name = str_dup(a, group ? row->title : row->requester_name),
        .requester_name = str_dup(a, row->requester_name),
        .at_ms = row->at_ms,
    };
    return true;
}

struct err hide_list(struct ctx *c, struct hidden_list *out) {
    *out = (struct hidden_list){arena_array(c->arena, HIDDEN_MAX, sizeof *out->items), 0};
    struct sql_hide_page_in in = {c->actor->party, HIDDEN_MAX};
    return ctx_store(c, sql_hide_page_each(c->tx, &in, take_entry, &(struct take){c, out}));
}
