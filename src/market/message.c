#include "market/message.h"

#include <assert.h>

#include "base/datetime.h"
#include "base/limits.h"
#include "market/account.h"
#include "market/mute.h"
#include "market/person_mail.h"
#include "market/words.h"
#include "market/work.h"
#include "store/sql.h"

static struct err no_thread(struct ctx *c) {
    return err_make(c->arena, ERR_NOT_FOUND, NULL, "There is no such conversation.");
}

static struct err check_day(struct ctx *c) {
    struct sql_message_sent_out sent;
    int64_t limit = 0;
    struct err e = ctx_setting_int(c, "message_day_limit", 40, &limit);
    if (!failed(e))
        e = ctx_store(
            c, sql_message_sent(c->tx,
                                &(struct sql_message_sent_in){c->actor->party, c->now_ms - DAY_MS},
                                &sent));
    if (failed(e) || sent.n < limit)
        return e;
    return err_make(c->arena, ERR_SLOW_DOWN, "text",
                    "You have sent %lld messages in the last 24 hours, which is the limit. Nothing "
                    "was sent; try again later.",
                    (long long)sent.n);
}

/* worker: he wrote it; else it is to him, who is told unless he mutes the requester. to: the other
 * side. */
static struct err add(struct ctx *c, int64_t thread, bool worker, int64_t to, struct str text) {
    bool muted = false;
    struct err e = worker ? NO_ERR : mute_check(c, to, c->actor->party, &muted);
    if (failed(e))
        return e;
    struct sql_message_insert_in in = {thread, c->actor->party, c->now_ms, text};
    struct sql_message_insert_out made = {0};
    enum st st = sql_message_insert(c->tx, &in, &made);
    if (st == ST_OK)
        st = sql_message_thread_touch(
            c->tx,
            &(struct sql_message_thread_touch_in){thread, made.id, !worker && !muted, worker},
            NULL);
    return st == ST_OK && !muted ? person_mail_message(c, to, !worker, text) : ctx_store(c, st);
}

/* What a new conversation is about. */
static struct err find_subject(struct ctx *c, const struct message_open_in *in,
                               struct sql_message_thread_insert_in *about) {
    struct task task;
    struct hit_group group;
    struct err e = in->assignment_id.p ? work_task(c, in->assignment_id, &task)
                                       : group_get(c, in->group_id, &group);
    if (failed(e))
        return e;
    if (in->assignment_id.p)
        group = task.group;
    *about = (struct sql_message_thread_insert_in){
        .requester = group.requester,
        .worker = c->actor->party,
        .hit_type = group.hit_type,
        .assignment = in->assignment_id.p ? task.assignment : 0,
        .at_ms = c->now_ms,
    };
    return NO_ERR;
}

/* The conversation about all of a type's work, or about one assignment; made when there is none. */
static enum st enter(struct ctx *c, const struct sql_message_thread_insert_in *about,
                     int64_t *thread) {
    struct sql_message_thread_find_out known = {0};
    struct sql_message_thread_insert_out made = {0};
    enum st st = sql_message_thread_find(
        c->tx,
        &(struct sql_message_thread_find_in){about->worker, about->hit_type, about->assignment},
        &known);
    *thread = known.id;
    if (st != ST_NONE)
        return st;
    st = sql_message_thread_insert(c->tx, about, &made);
    *thread = made.id;
    return st;
}

struct err message_open(struct ctx *c, const struct message_open_in *in, int64_t *thread) {
    struct sql_message_thread_insert_in about;
    struct str text;
    struct err e = find_subject(c, in, &about);
    if (!failed(e))
        e = words_check(c, "text", in->text, 1, MESSAGE_MAX, &text);
    if (!failed(e))
        e = check_day(c);
    if (failed(e))
        return e;
    enum st st = enter(c, &about, thread);
    return st == ST_OK ? add(c, *thread, true, about.requester, text) : ctx_store(c, st);
}

struct err message_notify(struct ctx *c, struct str worker_id, struct str text, bool *sent) {
    int64_t requester = c->actor->party, thread;
    struct party p;
    struct sql_message_worker_known_out known;
    struct sql_message_last_type_out last;
    *sent = false;
    struct err e = account_by_public_id(c, worker_id, &p);
    if (e.code == ERR_NOT_FOUND || (!failed(e) && p.role != ROLE_WORKER))
        return NO_ERR;
    if (failed(e))
        return e;
    /* By its key first: a stranger's whole history is not searched for what can not be there. */
    enum st st = sql_message_worker_known(
        c->tx, &(struct sql_message_worker_known_in){requester, p.id}, &known);
    if (st == ST_OK)
        st = sql_message_last_type(c->tx, &(struct sql_message_last_type_in){requester, p.id},
                                   &last);
    if (st != ST_OK)
        return ctx_store(c, st);
    struct sql_message_thread_insert_in about = {
        .requester = requester,
        .worker = p.id,
        .hit_type = last.hit_type,
        .assignment = 0,
        .at_ms = c->now_ms,
    };
    st = enter(c, &about, &thread);
    if (st != ST_OK)
        return ctx_store(c, st);
    *sent = true;
    return add(c, thread, false, p.id, text);
}

/* A conversation as its worker or its requester reads it. */
static struct err find(struct ctx *c, int64_t row, struct thread *out) {
    struct sql_message_thread_get_out t;
    struct sql_message_get_out last = {0};
    int64_t party = c->actor->party;
    enum st st = sql_message_thread_get(c->tx, &(struct sql_message_thread_get_in){row}, &t);
    if (st == ST_NONE || (st == ST_OK && party != t.worker && party != t.requester))
        return no_thread(c);
    if (st == ST_OK)
        st = sql_message_get(c->tx, &(struct sql_message_get_in){t.last}, &last);
    if (st != ST_OK)
        return ctx_store(c, st);
    *out = (struct thread){
        .row = row,
        .requester = t.requester,
        .worker = t.worker,
        .title = t.title,
        .requester_id = t.requester_id,
        .requester_name = t.requester_name,
        .worker_id = t.worker_id,
        .assignment_id = t.assignment ? ctx_id(c, ID_ASSIGNMENT, t.assignment, t.alias) : STR_NULL,
        .unread = party == t.worker ? t.worker_unread : t.requester_unread,
        .last = t.last,
        .last_ms = last.at_ms,
        .last_body = last.body,
    };
    return NO_ERR;
}

struct err message_reply(struct ctx *c, int64_t thread, struct str words) {
    struct thread t = {0};
    struct str text;
    struct err e = find(c, thread, &t);
    if (!failed(e))
        e = words_check(c, "text", words, 1, MESSAGE_MAX, &text);
    bool worker = !failed(e) && t.worker == c->actor->party;
    if (!failed(e) && worker)
        e = check_day(c);
    if (!failed(e))
        e = add(c, thread, worker, worker ? t.requester : t.worker, text);
    return failed(e) ? e : message_read(c, thread);
}

struct rows {
    int64_t *items;
    size_t n;
};

static bool take_of_worker(void *arg, const struct sql_message_threads_of_worker_out *row) {
    struct rows *r = arg;
    r->items[r->n++] = row->id;
    return true;
}

static bool take_of_requester(void *arg, const struct sql_message_threads_of_requester_out *row) {
    struct rows *r = arg;
    r->items[r->n++] = row->id;
    return true;
}

struct err message_threads(struct ctx *c, enum role side, int64_t before, int limit,
                           struct thread_list *out) {
    assert(limit >= 1 && limit <= PAGE_MAX);
    struct rows r = {arena_array(c->arena, (size_t)limit, sizeof *r.items), 0};
    int64_t below = before ? before : INT64_MAX, party = c->actor->party;
    *out = (struct thread_list){arena_array(c->arena, (size_t)limit, sizeof *out->items), 0};
    enum st st;
    if (side == ROLE_WORKER)
        st = sql_message_threads_of_worker_each(
            c->tx, &(struct sql_message_threads_of_worker_in){party, below, limit}, take_of_worker,
            &r);
    else
        st = sql_message_threads_of_requester_each(
            c->tx, &(struct sql_message_threads_of_requester_in){party, below, limit},
            take_of_requester, &r);
    struct err e = ctx_store(c, st);
    for (size_t i = 0; i < r.n && !failed(e); i++)
        e = find(c, r.items[i], &out->items[out->n++]);
    return e;
}

struct take {
    struct ctx *c;
    struct conversation *talk;
};

/* They come newest first and are kept oldest first: from the end of the array. */
static bool take_message(void *arg, const struct sql_message_list_out *row) {
    struct take *t = arg;
    t->talk->items--;
    t->talk->n++;
    *t->talk->items = (struct message){
        .at_ms = row->at_ms,
        .own = row->sender == t->c->actor->party,
        .body = str_dup(t->c->arena, row->body),
    };
    return true;
}

struct err message_conversation(struct ctx *c, int64_t thread, struct conversation *out) {
    struct message *items = arena_array(c->arena, PAGE_MAX, sizeof *items);
    *out = (struct conversation){.items = items + PAGE_MAX};
    struct err e = find(c, thread, &out->thread);
    if (failed(e))
        return e;
    return ctx_store(c,
                     sql_message_list_each(c->tx, &(struct sql_message_list_in){thread, PAGE_MAX},
                                           take_message, &(struct take){c, out}));
}

struct err message_read(struct ctx *c, int64_t thread) {
    struct thread t = {0};
    struct err e = find(c, thread, &t);
    if (failed(e))
        return e;
    if (t.worker == c->actor->party)
        return ctx_store(c, sql_message_read_by_worker(
                                c->tx, &(struct sql_message_read_by_worker_in){thread}, NULL));
    return ctx_store(c, sql_message_read_by_requester(
                            c->tx, &(struct sql_message_read_by_requester_in){thread}, NULL));
}
