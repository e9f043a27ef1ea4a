#include "market/group_report.h"

#include <assert.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "market/audit.h"
#include "market/group_case_internal.h"
#include "market/lookup.h"
#include "market/setting.h"
#include "market/words.h"
#include "market/work_group.h"
#include "store/sql.h"

static const char *const reason_words[] = {
    [REPORT_BROKEN] = "broken", [REPORT_PERSONAL_DATA] = "personal_data",
    [REPORT_POLICY] = "policy", [REPORT_SPAM] = "spam",
    [REPORT_UNSAFE] = "unsafe", [REPORT_PAYS_OUTSIDE] = "pays_outside",
};
enum { REASONS = sizeof reason_words / sizeof *reason_words };

const char *group_report_word(enum group_report_reason reason) {
    return reason >= REPORT_BROKEN && (int)reason < REASONS ? reason_words[reason] : "";
}

bool group_report_parse(struct str word, enum group_report_reason *reason) {
    for (int i = REPORT_BROKEN; i < REASONS; i++)
        if (str_is(word, reason_words[i])) {
            *reason = (enum group_report_reason)i;
            return true;
        }
    return false;
}

/* ---- who may ---- */

static struct err check_active(struct ctx *c) {
    struct sql_group_report_state_out party;
    if (!c->actor->party)
        return err_make(c->arena, ERR_SIGN_IN_NEEDED, NULL, "Sign in first.");
    enum st st =
        sql_group_report_state(c->tx, &(struct sql_group_report_state_in){c->actor->party}, &party);
    if (st == ST_OK && party.state != PARTY_ACTIVE)
        return err_make(c->arena, ERR_SUSPENDED, NULL,
                        "Your account is suspended: it can withdraw what it has earned, but not "
                        "report tasks.");
    return ctx_store(c, st);
}

/* The group of an own assignment: whoever had one has seen what is wrong. */
static struct err find_own(struct ctx *c, struct str assignment_id,
                           struct group_report_about *out) {
    struct task task;
    struct err e = work_task(c, assignment_id, &task);
    if (failed(e))
        return e;
    *out = (struct group_report_about){
        .hit_type = task.group.hit_type,
        .requester = task.group.requester,
        .hit = task.hit,
        .title = task.group.title,
        .requester_name = task.group.requester_name,
        .group_id = task.group.group_id,
        .counts = true,
    };
    return NO_ERR;
}

static struct err find_group(struct ctx *c, const struct group_report_of *of,
                             struct group_report_about *out) {
    struct worker_figures figures;
    struct hit_group g;
    int64_t hit_type = 0, hit = 0;
    struct err e = lookup_group(c, of->group_id, &hit_type);
    if (!failed(e) && !hit_type)
        e = work_no_group(c);
    if (!failed(e))
        e = worker_figures(c, c->actor->party, &figures);
    if (!failed(e))
        e = work_group_row(c, hit_type, &figures, &g);
    if (!failed(e) && !g.qualification.discover)
        e = work_no_group(c);
    if (!failed(e) && of->hit_id.n)
        e = lookup_hit(c, of->hit_id, &hit);
    if (!failed(e) && hit) {
        struct sql_work_hit_brief_out brief;
        enum st st = sql_work_hit_brief(c->tx, &(struct sql_work_hit_brief_in){hit}, &brief);
        if (st == ST_NONE || (st == ST_OK && brief.hit_type != hit_type))
            hit = 0; /* of another group: nothing of it is told */
        e = ctx_store(c, st);
    }
    if (failed(e))
        return e;
    /* Nothing left, but not paused: he is done with it, or was blocked, and has no word. */
    *out = (struct group_report_about){
        .hit_type = hit_type,
        .requester = g.requester,
        .hit = hit,
        .title = g.title,
        .requester_name = g.requester_name,
        .group_id = g.group_id,
        .counts = g.qualification.accept && (g.available > 0 || g.paused),
    };
    return NO_ERR;
}

static struct err check_earlier(struct ctx *c, int64_t hit_type) {
    struct sql_group_report_earlier_in in = {c->actor->party, hit_type, CASE_OPEN};
    struct sql_group_report_earlier_out out;
    enum st st = sql_group_report_earlier(c->tx, &in, &out);
    if (st == ST_OK)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "You have reported these tasks; an operator will look. Your report stands "
                        "under Reports, where you can take it back.");
    if (st != ST_NONE)
        return ctx_store(c, st);
    in.state = CASE_DISMISSED;
    st = sql_group_report_earlier(c->tx, &in, &out);
    if (st == ST_OK)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "An operator has looked at your report of these tasks and dismissed it; "
                        "the answer stands under Reports.");
    return ctx_store(c, st);
}

static struct err check_day(struct ctx *c) {
    struct sql_group_report_recent_out recent = {0};
    int64_t limit = 0;
    struct err e = setting_int(c, "report_day_limit", &limit);
    if (failed(e))
        return e;
    struct sql_group_report_recent_in in = {c->actor->party, c->now_ms - DAY_MS, limit};
    e = ctx_store(c, sql_group_report_recent(c->tx, &in, &recent));
    if (failed(e) || recent.n < limit)
        return e;
    return err_make(c->arena, ERR_SLOW_DOWN, NULL,
                    "You have reported %lld groups in the last 24 hours, which is the limit. "
                    "Nothing was sent; try again later.",
                    (long long)recent.n);
}

struct err group_report_possible(struct ctx *c, const struct group_report_of *of,
                                 struct group_report_about *out) {
    struct err e = check_active(c);
    if (!failed(e))
        e = of->assignment_id.n ? find_own(c, of->assignment_id, out) : find_group(c, of, out);
    if (!failed(e))
        e = check_earlier(c, out->hit_type);
    return failed(e) ? e : check_day(c);
}

/* ---- report, withdraw ---- */

/* So many workers say that it is broken: nobody else shall lose time with it. */
static struct err pause_if_broken(struct ctx *c, const struct group_report_about *about,
                                  int64_t group_case, int64_t counting, bool *paused) {
    int64_t enough = 0;
    struct err e = setting_int(c, "report_pause_n", &enough);
    if (failed(e) || !enough || counting < enough)
        return e;
    struct sql_group_pause_get_out now;
    enum st st =
        sql_group_pause_get(c->tx, &(struct sql_group_pause_get_in){about->hit_type}, &now);
    if (st != ST_NONE)
        return ctx_store(c, st);
    struct actor nobody = {.entrance = ENTRANCE_CLOCK};
    struct ctx by_nobody = *c;
    by_nobody.actor = &nobody;
    *paused = true;
    return group_pause_put(&by_nobody, &(struct group_pause_in){
                                           .hit_type = about->hit_type,
                                           .requester = about->requester,
                                           .group_case = group_case,
                                           .title = about->title,
                                           .note = STR_NULL,
                                       });
}

struct err group_report_add(struct ctx *c, const struct group_report_in *in, bool *paused) {
    struct group_report_about about;
    struct sql_group_case_enter_out entered = {0};
    struct str text;
    *paused = false;
    struct err e = group_report_possible(c, &in->of, &about);
    if (!failed(e))
        e = words_check(c, "text", in->text, REPORT_TEXT_MIN, REPORT_TEXT_MAX, &text);
    if (failed(e))
        return e;
    bool counts = about.counts && in->reason == REPORT_BROKEN;
    struct sql_group_case_enter_in enter = {about.hit_type, about.requester, counts, c->now_ms};
    enum st st = sql_group_case_enter(c->tx, &enter, &entered);
    if (st == ST_OK)
        st = sql_group_report_insert(c->tx,
                                     &(struct sql_group_report_insert_in){
                                         .group_case = entered.id,
                                         .hit_type = about.hit_type,
                                         .requester = about.requester,
                                         .worker = c->actor->party,
                                         .hit = about.hit ? about.hit : SQL_NULL,
                                         .reason = in->reason,
                                         .counts = counts,
                                         .body = text,
                                         .at_ms = c->now_ms,
                                     },
                                     NULL);
    if (st != ST_OK)
        return ctx_store(c, st);
    return pause_if_broken(c, &about, entered.id, entered.counting, paused);
}

static struct err no_report(struct ctx *c) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such report of yours.");
}

struct err group_report_shard(struct ctx *c, int64_t id, int64_t *shard) {
    struct sql_group_report_get_out r;
    enum st st = sql_group_report_get(c->tx, &(struct sql_group_report_get_in){id}, &r);
    *shard = st == ST_OK ? r.requester : 0;
    return ctx_store(c, st);
}

struct err group_report_withdraw(struct ctx *c, int64_t id) {
    struct sql_group_report_get_out r;
    struct sql_group_case_subtract_out left;
    struct sql_group_pause_get_out pause;
    enum st st = sql_group_report_get(c->tx, &(struct sql_group_report_get_in){id}, &r);
    if (st == ST_NONE || (st == ST_OK && r.worker != c->actor->party))
        return no_report(c);
    if (st == ST_OK && r.state != CASE_OPEN)
        return err_make(c->arena, ERR_CONFLICT, NULL,
                        "This report is not open any more: nothing was changed.");
    if (st == ST_OK)
        st = sql_group_report_withdraw(c->tx, &(struct sql_group_report_withdraw_in){id}, NULL);
    if (st == ST_OK)
        st = sql_group_case_subtract(
            c->tx, &(struct sql_group_case_subtract_in){r.group_case, r.counts}, &left);
    if (st != ST_OK || left.reports > 0)
        return ctx_store(c, st);
    /* Nobody stands behind the case any more: it is over, unless its group waits for an operator.
     */
    st = sql_group_pause_get(c->tx, &(struct sql_group_pause_get_in){left.hit_type}, &pause);
    if (st == ST_OK && pause.group_case == r.group_case)
        return NO_ERR;
    if (st == ST_OK || st == ST_NONE)
        st = sql_group_case_close(c->tx,
                                  &(struct sql_group_case_close_in){
                                      .id = r.group_case,
                                      .state = CASE_WITHDRAWN,
                                      .at_ms = c->now_ms,
                                      .closed_by = SQL_NULL,
                                      .note = STR_NULL,
                                  },
                                  NULL);
    return ctx_store(c, st);
}

/* ---- his list ---- */

struct take {
    struct arena *arena;
    struct group_report_list *list;
};

static bool take_own(void *arg, const struct sql_group_report_own_out *row) {
    struct take *t = arg;
    bool decided = row->state == CASE_DISMISSED || row->state == CASE_UPHELD;
    t->list->items[t->list->n++] = (struct group_report){
        .id = row->id,
        .at_ms = row->at_ms,
        .closed_ms = decided && row->closed_ms != SQL_NULL ? row->closed_ms : 0,
        .title = str_dup(t->arena, row->title),
        .requester_id = str_dup(t->arena, row->requester_id),
        .requester_name = str_dup(t->arena, row->requester_name),
        .text = str_dup(t->arena, row->body),
        .reason = (enum group_report_reason)row->reason,
        .state = (enum group_case_state)row->state,
        .answer = decided ? str_dup(t->arena, row->note) : STR_NULL,
        .paused = row->paused != SQL_NULL,
    };
    return true;
}

struct err group_report_own(struct ctx *c, int64_t before, int limit,
                            struct group_report_list *out) {
    assert(limit >= 1 && limit <= PAGE_MAX);
    *out = (struct group_report_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    struct sql_group_report_own_in in = {c->actor->party, before ? before : INT64_MAX, limit};
    return ctx_store(
        c, sql_group_report_own_each(c->tx, &in, take_own, &(struct take){c->arena, out}));
}
