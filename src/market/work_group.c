#include "market/work_group.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "market/account.h"
#include "market/lookup.h"
#include "market/qualification_internal.h"
#include "market/words.h"
#include "store/sql.h"

/* Rows behind the oldest open HIT that are looked at before a shortcut is taken: a worker seldom
 * has done this many that are still open, and as many probes of an index take half a millisecond.
 */
enum { LOOK_FIRST = 1024 };
#define LOOK_ALL (INT64_C(1) << 60)
/* Groups up to this size show their exact number of HITs for this worker. */
enum { COUNT_EXACT = 100 };

struct err work_no_group(struct ctx *c) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such group of tasks.");
}

struct err work_paused(struct ctx *c) {
    return err_make(c->arena, ERR_GROUP_PAUSED, NULL,
                    "These tasks are paused after reports of workers: nothing new can be accepted "
                    "until somebody has looked. Who holds one may finish it.");
}

/* How the comparator reads before its values. */
static const char *comparator_words(struct str comparator) {
    static const struct {
        const char *api, *words;
    } table[] = {
        {"LessThan", "less than "},
        {"LessThanOrEqualTo", "at most "},
        {"GreaterThan", "more than "},
        {"GreaterThanOrEqualTo", "at least "},
        {"EqualTo", ""},
        {"NotEqualTo", "anything but "},
        {"In", "one of "},
        {"NotIn", "none of "},
        {"Exists", "to be held"},
        {"DoesNotExist", "not to be held"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (str_is(comparator, table[i].api))
            return table[i].words;
    return "";
}

struct err work_unqualified(struct ctx *c, const struct qualification *q) {
    const struct requirement *r = q->missing;
    struct str name = r->name;
    struct err e = name.p ? NO_ERR : qualification_name(c, r->type_id, &name);
    if (failed(e))
        return e;
    struct str own = STR("you do not have it");
    if (r->has_value)
        own = str_printf(c->arena, "you have %lld", (long long)r->value);
    else if (r->locale.p)
        own = str_printf(c->arena, "yours is %.*s", STR_ARG(r->locale));
    else if (r->held)
        own = STR("you have it");
    return err_make(c->arena, ERR_QUALIFICATION_MISSING, NULL,
                    "You do not have a qualification this task asks for: %.*s has to be %s%.*s, "
                    "%.*s.",
                    STR_ARG(name), comparator_words(r->comparator), STR_ARG(r->wanted),
                    STR_ARG(own));
}

static enum st candidate(struct ctx *c, struct sql_work_candidate_in in, int64_t *hit) {
    struct sql_work_candidate_out out = {0};
    enum st st = sql_work_candidate(c->tx, &in, &out);
    *hit = st == ST_OK ? out.id : 0;
    return st;
}

struct err work_candidate(struct ctx *c, int64_t worker, int64_t hit_type, int64_t after,
                          int64_t *hit) {
    struct sql_work_candidate_in in = {
        .worker = worker,
        .hit_type = hit_type,
        .after = after,
        .now_ms = c->now_ms,
        .look = LOOK_FIRST,
    };
    enum st st = candidate(c, in, hit);
    if (st != ST_NONE)
        return ctx_store(c, st);
    /* He has all of the first ones: go on behind the latest he has of this group, so that who
     * works through a large batch does not pass over all he did each time. */
    struct sql_work_group_newest_out newest;
    struct sql_work_latest_own_out own;
    st = sql_work_group_newest(c->tx, &(struct sql_work_group_newest_in){hit_type}, &newest);
    if (st != ST_OK || newest.id == SQL_NULL)
        return ctx_store(c, st);
    st = sql_work_latest_own(c->tx, &(struct sql_work_latest_own_in){worker, newest.id}, &own);
    if (st != ST_OK)
        return ctx_store(c, st);
    if (own.id != SQL_NULL && own.id > after) {
        in.after = own.id;
        st = candidate(c, in, hit);
        if (st != ST_NONE)
            return ctx_store(c, st);
    }
    in.after = after;
    in.look = LOOK_ALL;
    return ctx_store(c, candidate(c, in, hit));
}

/* How many HITs he could accept: exact for small groups; of large ones all open HITs are counted,
 * unless there is none for him. */
static struct err count_available(struct ctx *c, int64_t worker, struct hit_group *g) {
    struct sql_work_group_own_out own;
    int64_t hit = 0;
    if (!worker || g->available == 0)
        return NO_ERR;
    if (g->available > COUNT_EXACT) {
        struct err e = work_candidate(c, worker, g->hit_type, 0, &hit);
        if (!failed(e) && !hit)
            g->available = 0;
        return e;
    }
    enum st st = sql_work_group_own(
        c->tx, &(struct sql_work_group_own_in){worker, g->hit_type, COUNT_EXACT}, &own);
    if (st == ST_OK)
        g->available -= own.n;
    return ctx_store(c, st);
}

static enum st fill_times(struct ctx *c, int64_t newest, struct hit_group *g) {
    struct sql_work_hit_brief_out h;
    g->latest_created_ms = g->created_ms;
    if (!newest)
        return ST_OK;
    enum st st = sql_work_hit_brief(c->tx, &(struct sql_work_hit_brief_in){newest}, &h);
    if (st == ST_OK) {
        g->latest_created_ms = h.created_ms;
        g->latest_expires_ms = h.expires_ms;
    }
    return st;
}

struct err work_group_row(struct ctx *c, int64_t hit_type, const struct worker_figures *f,
                          struct hit_group *out) {
    struct sql_work_group_out t;
    int64_t worker = c->actor->party;
    enum st st = sql_work_group(c->tx, &(struct sql_work_group_in){worker, hit_type}, &t);
    if (st == ST_NONE)
        return work_no_group(c);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct hit_group){
        .hit_type = t.id,
        .group_id = id_seal(c->arena, c->ids, ID_HIT_GROUP, t.id),
        .hit_type_id = ctx_id(c, ID_HIT_TYPE, t.id, t.alias),
        .title = t.title,
        .description = t.description,
        .keywords = t.keywords,
        .requester = t.requester,
        .requester_id = t.requester_id,
        .requester_name = t.requester_name,
        .reward_cents = t.reward_cents,
        .duration_s = t.duration_s,
        .available = t.blocked != SQL_NULL || t.paused != SQL_NULL ? 0 : t.open_hits,
        .created_ms = t.created_ms,
        .masters = t.masters != 0,
        .paused = t.paused != SQL_NULL,
    };
    struct err e = qualify(c->arena, t.requirements, f, &out->qualification);
    if (!failed(e))
        e = qualify_names(c, &out->qualification);
    if (!failed(e))
        e = count_available(c, worker, out);
    if (!failed(e))
        e = ctx_store(c, fill_times(c, t.newest == SQL_NULL ? 0 : t.newest, out));
    return e;
}

struct err group_get(struct ctx *c, struct str group_id, struct hit_group *out) {
    struct worker_figures f;
    int64_t hit_type = 0;
    struct err e = lookup_group(c, group_id, &hit_type);
    if (!failed(e) && !hit_type)
        e = work_no_group(c);
    if (!failed(e))
        e = worker_figures(c, c->actor->party, &f);
    if (!failed(e))
        e = work_group_row(c, hit_type, &f, out);
    if (!failed(e) && (!out->qualification.discover || out->available <= 0))
        e = work_no_group(c);
    return e;
}

/* ---- the list ---- */

static const char *const sort_words[] = {
    [SORT_UPDATED_DESC] = "updated_desc",   [SORT_UPDATED_ASC] = "updated_asc",
    [SORT_REWARD_DESC] = "reward_desc",     [SORT_REWARD_ASC] = "reward_asc",
    [SORT_NUM_HITS_DESC] = "num_hits_desc", [SORT_NUM_HITS_ASC] = "num_hits_asc",
};

bool group_sort_parse(struct str s, enum group_sort *sort) {
    for (size_t i = 0; i < sizeof sort_words / sizeof *sort_words; i++)
        if (str_is(s, sort_words[i])) {
            *sort = (enum group_sort)i;
            return true;
        }
    return false;
}

const char *group_sort_name(enum group_sort sort) {
    return sort_words[sort];
}

static bool matches(const struct search *w, const struct hit_group *g) {
    for (size_t i = 0; i < w->n; i++)
        if (!search_in(g->title, w->items[i]) && !search_in(g->description, w->items[i]) &&
            !search_in(g->keywords, w->items[i]) && !search_in(g->requester_name, w->items[i]))
            return false;
    return true;
}

/* A group while the list is made: newest is its newest open HIT. */
struct entry {
    struct hit_group group;
    struct str requirements, alias;
    int64_t newest;
};

struct gather {
    struct arena *arena;
    struct entry *items;
    size_t n, room;
};

static struct entry *next_entry(struct gather *g) {
    if (g->n == g->room) {
        size_t room = g->room ? 2 * g->room : 64;
        struct entry *items = arena_array(g->arena, room, sizeof *items);
        for (size_t i = 0; i < g->n; i++)
            items[i] = g->items[i];
        g->items = items;
        g->room = room;
    }
    return &g->items[g->n++];
}

static bool take_group(void *arg, const struct sql_work_groups_out *row) {
    struct gather *g = arg;
    struct arena *a = g->arena;
    *next_entry(g) = (struct entry){
        .group =
            {
                .hit_type = row->id,
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
                .masters = row->masters != 0,
            },
        .requirements = str_dup(a, row->requirements),
        .alias = str_dup(a, row->alias),
        .newest = row->newest == SQL_NULL ? 0 : row->newest,
    };
    return true;
}

static int order(int64_t a, int64_t b) {
    return a < b ? -1 : a > b;
}

static int64_t key_updated(const struct entry *e) {
    return e->newest;
}
static int64_t key_reward(const struct entry *e) {
    return e->group.reward_cents;
}
static int64_t key_hits(const struct entry *e) {
    return e->group.available;
}

/* Equal ones: the newest type first, whatever the direction. */
static int compare(const void *a, const void *b, void *arg) {
    const struct entry *x = a, *y = b;
    enum group_sort sort = *(const enum group_sort *)arg;
    int64_t (*key)(const struct entry *) = sort <= SORT_UPDATED_ASC  ? key_updated
                                           : sort <= SORT_REWARD_ASC ? key_reward
                                                                     : key_hits;
    bool up = sort == SORT_UPDATED_ASC || sort == SORT_REWARD_ASC || sort == SORT_NUM_HITS_ASC;
    int by = order(key(x), key(y));
    if (by)
        return up ? by : -by;
    return order(y->group.hit_type, x->group.hit_type);
}

/* Leaves the entries that this worker may see and, in out->unfiltered, says how many; then those
 * that he asked for. */
static struct err filter(struct ctx *c, const struct group_list_in *in, int64_t requester,
                         struct gather *g, struct group_list *out) {
    struct worker_figures f;
    struct search words;
    size_t kept = 0;
    search_read(in->search, &words);
    struct err e = worker_figures(c, c->actor->party, &f);
    for (size_t i = 0; i < g->n && !failed(e); i++) {
        struct entry *x = &g->items[i];
        struct qualification *q = &x->group.qualification;
        e = qualify(c->arena, x->requirements, &f, q);
        if (!failed(e) && q->discover)
            e = count_available(c, c->actor->party, &x->group);
        if (failed(e) || !q->discover || x->group.available <= 0)
            continue;
        out->unfiltered++;
        if ((requester && x->group.requester != requester) || (in->qualified && !q->accept) ||
            (in->masters && !x->group.masters) || x->group.reward_cents < in->min_reward_cents ||
            !matches(&words, &x->group))
            continue;
        g->items[kept++] = *x;
    }
    g->n = kept;
    return e;
}

struct err group_list(struct ctx *c, const struct group_list_in *in, struct group_list *out) {
    struct gather g = {.arena = c->arena};
    struct party requester = {0};
    enum group_sort sort = in->sort;
    assert(in->page >= 1 && in->page_size >= 1 && in->page_size <= PAGE_MAX);
    *out = (struct group_list){.items = NULL};
    struct err e = NO_ERR;
    if (in->requester_id.p)
        e = account_by_public_id(c, in->requester_id, &requester);
    if (!failed(e))
        e = ctx_store(c, sql_work_groups_each(
                             c->tx, &(struct sql_work_groups_in){c->actor->party, GROUPS_MAX},
                             take_group, &g));
    if (!failed(e))
        e = filter(c, in, requester.id, &g, out);
    if (failed(e))
        return e;
    if (g.n)
        qsort_r(g.items, g.n, sizeof *g.items, compare, &sort);
    out->total = (int64_t)g.n;
    out->items = arena_array(c->arena, (size_t)in->page_size, sizeof *out->items);
    size_t from = (size_t)(in->page - 1) * (size_t)in->page_size;
    for (size_t i = from; i < g.n && out->n < (size_t)in->page_size && !failed(e); i++) {
        struct hit_group *x = &out->items[out->n++];
        *x = g.items[i].group;
        x->group_id = id_seal(c->arena, c->ids, ID_HIT_GROUP, x->hit_type);
        x->hit_type_id = ctx_id(c, ID_HIT_TYPE, x->hit_type, g.items[i].alias);
        e = ctx_store(c, fill_times(c, g.items[i].newest, x));
    }
    return e;
}
