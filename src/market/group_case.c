#include "market/group_case.h"

#include <assert.h>

#include "base/limits.h"
#include "market/audit.h"
#include "market/group_case_internal.h"
#include "market/lookup.h"
#include "market/person_mail.h"
#include "market/words.h"
#include "store/sql.h"

static struct err no_case(struct ctx *c) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such case.");
}

static struct err no_pause(struct ctx *c) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such paused group.");
}

struct err group_tell(struct ctx *c, int64_t party, enum notice_kind kind, struct str title,
                      struct str words) {
    struct str note =
        words.n ? str_printf(c->arena, "%.*s. %.*s", STR_ARG(title), STR_ARG(words)) : title;
    struct sql_notice_add_in notice = {
        .party = party,
        .at_ms = c->now_ms,
        .kind = kind,
        .assignment = SQL_NULL,
        .cents = 0,
        .note = note,
    };
    enum st st = sql_notice_add(c->tx, &notice, NULL);
    struct person_mail_in mail = {.party = party, .kind = kind, .note = title};
    return st == ST_OK ? person_mail_add(c, &mail) : ctx_store(c, st);
}

static struct err audit(struct ctx *c, enum audit_action action, int64_t requester,
                        struct str title, struct str note) {
    return audit_add(c, &(struct audit_in){
                            .action = action, .subject = requester, .about = title, .note = note});
}

struct err group_pause_put(struct ctx *c, const struct group_pause_in *in) {
    struct err e = ctx_store(c, sql_group_pause_insert(c->tx,
                                                       &(struct sql_group_pause_insert_in){
                                                           .hit_type = in->hit_type,
                                                           .requester = in->requester,
                                                           .group_case = in->group_case,
                                                           .actor = actor_person(c->actor),
                                                           .at_ms = c->now_ms,
                                                           .note = in->note,
                                                       },
                                                       NULL));
    if (!failed(e))
        e = group_tell(c, in->requester, NOTICE_GROUP_PAUSED, in->title, in->note);
    struct str why = in->note.p ? in->note : STR("so many workers reported broken tasks");
    return failed(e) ? e : audit(c, AUDIT_GROUP_PAUSED, in->requester, in->title, why);
}

/* ---- cases ---- */

static int64_t or_zero(int64_t v) {
    return v == SQL_NULL ? 0 : v;
}

static struct err get_case(struct ctx *c, int64_t id, struct group_case *out) {
    struct sql_group_case_get_out k;
    enum st st = sql_group_case_get(c->tx, &(struct sql_group_case_get_in){id}, &k);
    if (st == ST_NONE)
        return no_case(c);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct group_case){
        .id = id,
        .hit_type = k.hit_type,
        .requester = k.requester,
        .state = (enum group_case_state)k.state,
        .reports = k.reports,
        .counting = k.counting,
        .opened_ms = k.opened_ms,
        .last_ms = k.last_ms,
        .resumed_ms = or_zero(k.resumed_ms),
        .closed_ms = or_zero(k.closed_ms),
        .resumed_note = k.resumed_note,
        .note = k.note,
        .closed_name = k.closed_name,
        .group_id = id_seal(c->arena, c->ids, ID_HIT_GROUP, k.hit_type),
        .title = k.title,
        .description = k.description,
        .requester_id = k.requester_id,
        .requester_name = k.requester_name,
        .reward_cents = k.reward_cents,
        .open_hits = k.open_hits,
        .paused_ms = or_zero(k.paused),
        .by_reports = k.paused_by == 0,
    };
    return NO_ERR;
}

struct ids {
    int64_t *items;
    size_t n;
};

static bool take_open(void *arg, const struct sql_group_case_queue_out *row) {
    struct ids *ids = arg;
    ids->items[ids->n++] = row->id;
    return true;
}

static bool take_decided(void *arg, const struct sql_group_case_decided_out *row) {
    struct ids *ids = arg;
    ids->items[ids->n++] = row->id;
    return true;
}

struct err group_case_list(struct ctx *c, const struct group_case_list_in *in,
                           struct group_case_list *out) {
    assert(in->limit >= 1 && in->limit <= LIST_ROWS_MAX);
    struct ids ids = {arena_array(c->arena, (size_t)in->limit, sizeof *ids.items), 0};
    *out =
        (struct group_case_list){arena_array(c->arena, (size_t)in->limit, sizeof *out->items), 0};
    enum st st;
    if (in->decided) {
        struct sql_group_case_decided_in below = {in->from ? in->from_ms : INT64_MAX, in->from,
                                                  in->limit};
        st = sql_group_case_decided_each(c->tx, &below, take_decided, &ids);
    } else {
        st = sql_group_case_queue_each(
            c->tx, &(struct sql_group_case_queue_in){in->from, in->limit}, take_open, &ids);
    }
    struct err e = ctx_store(c, st);
    for (size_t i = 0; i < ids.n && !failed(e); i++)
        e = get_case(c, ids.items[i], &out->items[out->n++]);
    return e;
}

struct err group_case_waiting(struct ctx *c, int64_t most, int64_t *n, int64_t *oldest_ms) {
    struct sql_group_case_count_out out = {0, SQL_NULL};
    enum st st = sql_group_case_count(c->tx, &(struct sql_group_case_count_in){most}, &out);
    *n = out.n;
    *oldest_ms = or_zero(out.oldest_ms);
    return ctx_store(c, st);
}

struct take_reports {
    struct ctx *c;
    struct group_case_view *view;
};

static bool take_report(void *arg, const struct sql_group_case_reports_out *row) {
    struct take_reports *t = arg;
    struct arena *a = t->c->arena;
    bool named = row->hit != SQL_NULL;
    struct group_case_report *r = &t->view->reports[t->view->n++];
    *r = (struct group_case_report){
        .id = row->id,
        .at_ms = row->at_ms,
        .hit = named ? row->hit : 0,
        .worker_id = str_dup(a, row->worker_id),
        .hit_id = named ? ctx_id(t->c, ID_HIT, row->hit, str_dup(a, row->hit_alias)) : STR_NULL,
        .text = str_dup(a, row->body),
        .reason = (enum group_report_reason)row->reason,
        .state = (enum group_case_state)row->state,
        .counts = row->counts != 0,
    };
    if (named && !t->view->hit) {
        t->view->hit = r->hit;
        t->view->hit_id = r->hit_id;
    }
    return true;
}

struct err group_case_view(struct ctx *c, int64_t id, struct group_case_view *out) {
    struct sql_group_case_hit_out open;
    *out = (struct group_case_view){.reports =
                                        arena_array(c->arena, REPORTS_SHOWN, sizeof *out->reports)};
    struct err e = get_case(c, id, &out->k);
    if (failed(e))
        return e;
    struct sql_group_case_reports_in in = {id, REPORTS_SHOWN};
    enum st st =
        sql_group_case_reports_each(c->tx, &in, take_report, &(struct take_reports){c, out});
    if (st == ST_OK && !out->hit) {
        st = sql_group_case_hit(c->tx, &(struct sql_group_case_hit_in){out->k.hit_type}, &open);
        if (st == ST_OK) {
            out->hit = open.id;
            out->hit_id = ctx_id(c, ID_HIT, open.id, open.alias);
        }
    }
    return ctx_store(c, st);
}

struct err group_case_shard(struct ctx *c, int64_t id, int64_t *shard) {
    struct group_case k = {0};
    struct err e = get_case(c, id, &k);
    *shard = k.requester;
    return e.code == ERR_NOT_FOUND ? NO_ERR : e;
}

/* ---- deciding ---- */

static struct err close_case(struct ctx *c, const struct group_case *k, bool uphold,
                             struct str words) {
    int64_t state = uphold ? CASE_UPHELD : CASE_DISMISSED;
    struct str note = str_printf(c->arena, "%.*s. %.*s", STR_ARG(k->title), STR_ARG(words));
    struct sql_group_case_close_in close = {k->id, state, c->now_ms, actor_person(c->actor), words};
    struct sql_group_report_notices_in tell = {
        k->id, c->now_ms, uphold ? NOTICE_REPORT_UPHELD : NOTICE_REPORT_DISMISSED, note};
    enum st st = sql_group_report_notices(c->tx, &tell, NULL);
    if (st == ST_OK)
        st = sql_group_report_close(c->tx, &(struct sql_group_report_close_in){k->id, state}, NULL);
    if (st == ST_OK)
        st = sql_group_case_close(c->tx, &close, NULL);
    return ctx_store(c, st);
}

/* The group takes workers again, and its requester is told. */
static struct err lift(struct ctx *c, int64_t hit_type, int64_t requester, struct str title,
                       struct str words) {
    struct err e = ctx_store(
        c, sql_group_pause_delete(c->tx, &(struct sql_group_pause_delete_in){hit_type}, NULL));
    if (!failed(e))
        e = group_tell(c, requester, NOTICE_GROUP_RESUMED, title, words);
    return failed(e) ? e : audit(c, AUDIT_GROUP_RESUMED, requester, title, words);
}

struct err group_case_decide(struct ctx *c, int64_t id, bool uphold, struct str words) {
    struct group_case k;
    struct str text;
    struct err e = get_case(c, id, &k);
    if (!failed(e) && k.state != CASE_OPEN)
        e = err_make(c->arena, ERR_CONFLICT, NULL,
                     "This case is decided already; nothing was changed.");
    if (!failed(e))
        e = words_check(c, "text", words, REPORT_TEXT_MIN, REPORT_TEXT_MAX, &text);
    if (!failed(e))
        e = close_case(c, &k, uphold, text);
    if (failed(e))
        return e;
    if (uphold)
        return group_pause_put(c, &(struct group_pause_in){
                                      .hit_type = k.hit_type,
                                      .requester = k.requester,
                                      .group_case = id,
                                      .title = k.title,
                                      .note = text,
                                  });
    e = audit(c, AUDIT_REPORTS_DISMISSED, k.requester, k.title, text);
    if (failed(e) || !k.paused_ms || !k.by_reports)
        return e;
    return lift(c, k.hit_type, k.requester, k.title, text);
}

/* ---- pauses ---- */

struct take_pauses {
    struct ctx *c;
    struct group_pause_list *list;
};

static bool take_pause(void *arg, const struct sql_group_pause_page_out *row) {
    struct take_pauses *t = arg;
    struct arena *a = t->c->arena;
    t->list->items[t->list->n++] = (struct group_pause){
        .hit_type = row->hit_type,
        .group_case = row->group_case,
        .at_ms = row->at_ms,
        .reports = row->reports,
        .group_id = id_seal(a, t->c->ids, ID_HIT_GROUP, row->hit_type),
        .title = str_dup(a, row->title),
        .requester_id = str_dup(a, row->requester_id),
        .requester_name = str_dup(a, row->requester_name),
        .by_reports = row->actor == 0,
        .decided = row->state != CASE_OPEN,
    };
    return true;
}

static bool take_pause_of(void *arg, const struct sql_group_pause_of_out *row) {
    struct take_pauses *t = arg;
    struct arena *a = t->c->arena;
    t->list->items[t->list->n++] = (struct group_pause){
        .hit_type = row->hit_type,
        .requester = t->c->actor->party,
        .at_ms = row->at_ms,
        .reports = row->reports,
        .group_id = id_seal(a, t->c->ids, ID_HIT_GROUP, row->hit_type),
        .title = str_dup(a, row->title),
        .by_reports = row->actor == 0,
    };
    return true;
}

struct err group_pause_list(struct ctx *c, int64_t requester, int64_t after, int limit,
                            struct group_pause_list *out) {
    assert(limit >= 1 && limit <= LIST_ROWS_MAX);
    struct take_pauses take = {c, out};
    *out = (struct group_pause_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    if (requester) {
        struct sql_group_pause_of_in of = {requester, after, limit};
        return ctx_store(c, sql_group_pause_of_each(c->tx, &of, take_pause_of, &take));
    }
    struct sql_group_pause_page_in all = {after, limit};
    return ctx_store(c, sql_group_pause_page_each(c->tx, &all, take_pause, &take));
}

struct err group_pause_get(struct ctx *c, int64_t hit_type, struct group_pause *out) {
    struct sql_group_pause_get_out g;
    struct group_case k;
    enum st st = sql_group_pause_get(c->tx, &(struct sql_group_pause_get_in){hit_type}, &g);
    if (st == ST_NONE)
        return no_pause(c);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct err e = get_case(c, g.group_case, &k);
    if (failed(e))
        return e;
    *out = (struct group_pause){
        .hit_type = hit_type,
        .requester = g.requester,
        .group_case = g.group_case,
        .at_ms = g.at_ms,
        .reports = k.reports,
        .group_id = k.group_id,
        .title = g.title,
        .requester_id = k.requester_id,
        .requester_name = k.requester_name,
        .note = g.note,
        .by_reports = g.actor == 0,
        .may_resume = g.actor == 0 && g.resumed_ms == SQL_NULL,
        .decided = k.state != CASE_OPEN,
    };
    return NO_ERR;
}

struct err group_pause_find(struct ctx *c, struct str group_id, struct group_pause *out) {
    int64_t hit_type = 0;
    struct err e = lookup_group(c, group_id, &hit_type);
    if (!failed(e))
        e = hit_type ? group_pause_get(c, hit_type, out) : no_pause(c);
    if (!failed(e) && out->requester != c->actor->party)
        e = no_pause(c);
    return e;
}

struct err group_pause_lift(struct ctx *c, int64_t hit_type, struct str words) {
    struct group_pause g;
    struct str text;
    struct err e = group_pause_get(c, hit_type, &g);
    if (!failed(e))
        e = words_check(c, "text", words, REPORT_TEXT_MIN, REPORT_TEXT_MAX, &text);
    if (!failed(e) && !g.decided)
        e = err_make(c->arena, ERR_CONFLICT, NULL,
                     "Its reports are not decided: dismiss or uphold them first. Dismissing lets "
                     "the group take workers again.");
    return failed(e) ? e : lift(c, hit_type, g.requester, g.title, text);
}

struct err group_pause_resume(struct ctx *c, struct str group_id, struct str words) {
    struct group_pause g;
    struct str text;
    struct err e = group_pause_find(c, group_id, &g);
    if (!failed(e) && !g.may_resume)
        e = err_make(c->arena, ERR_CONFLICT, NULL,
                     "This pause can be lifted by an operator only; nothing was changed.");
    if (!failed(e))
        e = words_check(c, "text", words, REPORT_TEXT_MIN, REPORT_TEXT_MAX, &text);
    if (failed(e))
        return e;
    enum st st =
        sql_group_report_uncount(c->tx, &(struct sql_group_report_uncount_in){g.group_case}, NULL);
    if (st == ST_OK)
        st = sql_group_case_resume(
            c->tx, &(struct sql_group_case_resume_in){g.group_case, c->now_ms, text}, NULL);
    e = ctx_store(c, st);
    return failed(e) ? e : lift(c, g.hit_type, g.requester, g.title, text);
}
